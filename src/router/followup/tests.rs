use super::*;

/// The last of `said`, which begin with the person's, as it is read.
fn reading(said: &[&str]) -> Reading {
    let roles = [Role::User, Role::Assistant].into_iter().cycle();
    let messages: Vec<Message> = said
        .iter()
        .zip(roles)
        .map(|(text, role)| Message::new(role, *text))
        .collect();
    read(&messages).expect("there is a question before")
}

fn after(question: &str, message: &str) -> Reading {
    reading(&[question, "So it is.", message])
}

#[track_caller]
fn reads(question: &str, message: &str, expected: &str) {
    let reading = after(question, message);
    assert_eq!(reading.text, expected, "{question} / {message}");
    assert_ne!(reading.leaning, Leaning::Not, "{question} / {message}");
}

#[test]
fn a_fragment_takes_the_place_of_its_counterpart() {
    for (question, message, expected) in [
        (
            "What does a pass to Zurich cost?",
            "and to Bern?",
            "What does a pass to Bern cost?",
        ),
        (
            "What does a pass to Zurich cost?",
            "What about Bern",
            "What does a pass to Bern cost?",
        ),
        (
            "Do you have the vest for men?",
            "ok, and for women?",
            "Do you have the vest for women?",
        ),
        (
            "How do I mount the wall lamp?",
            "And the floor lamp?",
            "How do I mount the floor lamp?",
        ),
        (
            "When is the history test?",
            "and geography?",
            "When is the geography test?",
        ),
        ("Can I pay by card?", "or in cash?", "Can I pay in cash?"),
        (
            "How loud is the fan of the oven?",
            "and that of the hood?",
            "How loud is the fan of the hood?",
        ),
        (
            "When is the history test?",
            "and the one in geography?",
            "When is the test in geography?",
        ),
    ] {
        reads(question, message, expected);
    }
}

#[test]
fn a_fragment_without_a_counterpart_is_put_after_the_question() {
    reads(
        "Which boots do you have?",
        "and for children?",
        "Which boots do you have for children?",
    );
    reads(
        "When do you open?",
        "on Sundays too?",
        "When do you open on Sundays?",
    );
}

#[test]
fn a_pronoun_is_exchanged_for_what_was_talked_about() {
    for (question, message, expected) in [
        (
            "Do you sell the Otter tent?",
            "How heavy is it?",
            "How heavy is the Otter tent?",
        ),
        (
            "Do you sell the Otter tent?",
            "what are its colours",
            "What are the Otter tent's colours?",
        ),
        (
            "Where are my invoices?",
            "Can I print them?",
            "Can I print my invoices?",
        ),
        (
            "When is the branch in Bern open?",
            "Can I park there?",
            "Can I park at the branch in Bern?",
        ),
        (
            "How do I add a timer?",
            "How do I delete one?",
            "How do I delete a timer?",
        ),
        (
            "Can I change my order?",
            "How do I do that?",
            "How do I change my order?",
        ),
        (
            "What does delivery to Oslo cost?",
            "how long does that take?",
            "How long does delivery to Oslo take?",
        ),
    ] {
        reads(question, message, expected);
    }
}

#[test]
fn an_asking_word_asks_the_question_otherwise() {
    reads(
        "What does a new key cost?",
        "why?",
        "Why does a new key cost?",
    );
    reads(
        "Do you deliver at night?",
        "since when?",
        "Since when Do you deliver at night?",
    );
}

#[test]
fn the_other_of_two_is_found_where_they_were_named() {
    let said = [
        "Which tents are there?",
        "The Otter tent and the Heron hut.",
        "How heavy is the Otter tent?",
        "Three kilos.",
        "and the other one?",
    ];
    assert_eq!(reading(&said).text, "How heavy is the Heron hut?");
    let said = [
        "Who teaches music?",
        "Ms Reed, Mr Lark or Ms Finch.",
        "When is the second free?",
    ];
    assert_ne!(reading(&said).leaning, Leaning::Not);
}

#[test]
fn a_chain_of_fragments_is_followed() {
    let said = [
        "What does a pass to Zurich cost?",
        "9.",
        "and to Bern?",
        "7.",
        "and Basel?",
    ];
    assert_eq!(reading(&said).text, "What does a pass to Basel cost?");
}

#[test]
fn thanks_and_doubts_are_no_question_to_lean_on() {
    let said = [
        "How heavy is the Otter tent?",
        "3 kilos.",
        "thanks!",
        "Welcome.",
        "are you sure?",
        "Yes.",
        "and the Heron hut?",
    ];
    assert_eq!(reading(&said).text, "How heavy is the Heron hut?");
}

#[test]
fn a_fresh_question_stays_as_it_was_typed() {
    for message in [
        "What does delivery to Norway cost?",
        "And what are your opening hours?",
        "How long does it take to get a refund?",
        "Is it possible to pay later?",
        "What does it mean if the lamp blinks?",
        "My parcel is late, how can I track it?",
        "Can I keep the tent I bought if it is torn?",
        "Does the oven have a lamp in it?",
        "Is there a shop in Bern?",
        "Which offers are there this week?",
        "turn on the lights",
        "checking an invoice",
        "How does one enrol?",
        "Can I repeat a test that I failed?",
        "what time is it?",
    ] {
        let reading = after("How do I wash the rain jacket?", message);
        assert_eq!((reading.leaning, &*reading.text), (Leaning::Not, message));
    }
}

#[test]
fn what_points_to_something_unknown_is_said_to_be_unclear() {
    for (question, message) in [
        ("Is the pump on?", "what is that?"),
        ("Who has the key?", "where can I find her?"),
        ("Do you rent bikes?", "yes please"),
        ("Do you rent bikes?", "tell me more"),
        ("Can we go?", "how much is it?"),
    ] {
        assert_eq!(
            after(question, message).leaning,
            Leaning::Unclear,
            "{message}"
        );
    }
}

#[test]
fn a_search_in_few_words_is_only_perhaps_a_fragment() {
    assert_eq!(
        after("How do I pay?", "gift card").leaning,
        Leaning::Perhaps
    );
}

#[test]
fn other_languages_are_left_alone() {
    for (question, message) in [
        ("Was kostet der Versand nach Wien?", "und nach Graz?"),
        ("¿Cuánto cuesta el envío?", "¿y a Madrid?"),
        ("运费是多少？", "那退货呢？"),
        ("What does shipping cost?", "那退货呢？"),
        ("What does shipping cost?", "Wie kann ich bezahlen?"),
    ] {
        let reading = after(question, message);
        assert_eq!((reading.leaning, &*reading.text), (Leaning::Not, message));
    }
}

#[test]
fn odd_messages_do_no_harm() {
    let long = "it ".repeat(20_000);
    for message in ["", "?", "🙂", "and", "and?", "the other one", "one", &long] {
        for question in ["", "?", "it", "🙂 the", &long] {
            after(question, message);
        }
    }
}
