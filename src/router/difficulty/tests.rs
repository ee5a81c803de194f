use super::*;

fn difficulty(text: &str) -> f32 {
    Difficulty::embedded().assess(text).difficulty
}

#[test]
fn requests_beyond_a_small_model_are_hard() {
    for text in [
        "Write a Python function that merges two sorted linked lists without recursion.",
        "Prove that the sum of two odd numbers is even.",
        "A farmer has 120 eggs. He sells half of them in the morning and a third of the rest in the \
         afternoon. How many eggs are left?",
        "Write an essay of about 500 words on whether cities should ban cars.",
        "If Ann is older than Bob and Bob is older than Cy, who is the youngest?\n(A) Ann\n(B) Bob\n(C) Cy",
    ] {
        assert!(difficulty(text) >= HARD, "{text}: {}", difficulty(text));
    }
}

#[test]
fn what_customers_and_pupils_ask_is_not() {
    for text in [
        "How do I return an item?",
        "Where is my order 113542617735902?",
        "I ordered two shirts for $40 on the 3rd of May and only one came. What can I do?",
        "can i get my money back",
        "When does the library open?",
        "What is photosynthesis?",
        "turn the lights off in the kitchen",
        "Hi there! I got a gift card for my birthday, I scratched off the code but one letter can't be \
         read any more. I have the receipt. Is there a way to still use it, or do I need a new one?",
    ] {
        assert!(difficulty(text) < HARD, "{text}: {}", difficulty(text));
    }
}

#[test]
fn the_demand_that_weighs_most_is_named_first() {
    let model = Difficulty::embedded();
    let first = |text: &str| model.assess(text).demands.first().copied();
    assert_eq!(
        first("Lena has 3 bags of 12 apples and gives away 7. How many apples are left in total?"),
        Some(Demand::Mathematics)
    );
    assert_eq!(
        first("fix this: for (int i = 0; i < n; i++) { list[i] = null; }"),
        Some(Demand::Code)
    );
}

#[test]
fn texts_of_any_kind_have_a_difficulty_between_nothing_and_one() {
    let page = "Why is 7 > 3? { } ".repeat(2_000);
    for text in [
        "",
        " ",
        "?",
        "🦊🦊🦊",
        "退货怎么办",
        page.as_str(),
        &"x".repeat(30_000),
    ] {
        let difficulty = difficulty(text);
        assert!((0.0..=1.0).contains(&difficulty), "{difficulty}");
    }
}

#[test]
fn lists_are_sorted_so_that_words_are_found() {
    use lists::*;
    for list in [
        MAKE,
        THINK,
        LONG_FORM,
        CODE,
        MATHEMATICS,
        NUMBER_WORDS,
        UNITS,
        LOGIC,
        ORDER,
        OPINION,
        CONSTRAINT,
        SCENE,
        FIRST_PERSON,
        THIRD_PERSON,
        ASKING,
        POLITE,
    ] {
        assert!(list.is_sorted(), "{list:?}");
    }
}

#[test]
fn a_file_of_another_version_is_refused_with_the_reason() {
    let json = EMBEDDED.replacen("\"version\": 1", "\"version\": 2", 1);
    assert!(Difficulty::parse(&json).is_err_and(|reason| reason.contains("version 2")));
    assert!(Difficulty::parse("{}").is_err());
}

#[test]
fn a_file_for_other_features_is_refused() {
    let json = EMBEDDED.replacen("\"sentences\"", "\"clauses\"", 1);
    assert!(Difficulty::parse(&json).is_err_and(|reason| reason.contains("other features")));
}
