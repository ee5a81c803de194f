//! How near a reply comes to what is expected.
//!
//! Texts are compared as in `SQuAD` (Rajpurkar et al. 2016): in lower case, without punctuation and
//! articles. Marks "[n]" at a reply's end name its source and are no part of the answer.

use serde_json::Value;

use super::rows::Standalone;

/// Words with which a question or a request begins.
const ASKING: &[&str] = &[
    "what", "whats", "who", "whom", "whose", "which", "when", "where", "why", "how", "is", "are",
    "was", "were", "do", "does", "did", "can", "could", "may", "might", "must", "shall", "should",
    "will", "would", "has", "have", "had", "am", "in", "at", "on", "for", "to", "from", "tell",
    "give", "show", "list", "explain", "describe", "find", "compare", "name", "please", "help",
    "let", "i",
];

/// How near a reply comes to the nearest accepted answer, each 0 to 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Nearness {
    pub(super) exact: f64,
    pub(super) f1: f64,
    pub(super) contains: f64,
}

/// `reply` without the marks of its sources.
pub(super) fn bare(reply: &str) -> &str {
    let mut text = reply.trim();
    loop {
        let open = text.trim_end_matches(['.', ' ']);
        let digits = open
            .strip_suffix(']')
            .map(|inner| inner.trim_end_matches(|sign: char| sign.is_ascii_digit()));
        let before = digits
            .filter(|inner| inner.len() + 1 < open.len())
            .and_then(|inner| inner.strip_suffix('['));
        match before {
            Some(before) => text = before.trim_end(),
            None => return text,
        }
    }
}

/// The words that count.
pub(super) fn normalised(text: &str) -> Vec<String> {
    let kept: String = text
        .to_lowercase()
        .chars()
        .filter(|sign| !(sign.is_ascii_punctuation() || "“”‘’«»…".contains(*sign)))
        .collect();
    kept.split_whitespace()
        .filter(|word| !matches!(*word, "a" | "an" | "the"))
        .map(ToOwned::to_owned)
        .collect()
}

/// Whether the words of `part` stand in `whole` side by side; no words stand nowhere.
pub(super) fn holds(whole: &[String], part: &[String]) -> bool {
    !part.is_empty() && whole.windows(part.len()).any(|run| run == part)
}

/// The best that `reply` reaches with any of `answers`.
pub(super) fn nearness(reply: &str, answers: &[String]) -> Nearness {
    let said = normalised(bare(reply));
    answers
        .iter()
        .map(|answer| normalised(answer))
        .fold(Nearness::default(), |best, answer| Nearness {
            exact: best.exact.max(one_if(said == answer)),
            f1: best.f1.max(f1(&said, &answer)),
            contains: best.contains.max(one_if(holds(&said, &answer))),
        })
}

fn one_if(holds: bool) -> f64 {
    f64::from(u8::from(holds))
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn f1(said: &[String], answer: &[String]) -> f64 {
    let mut left = answer.to_vec();
    let shared = said
        .iter()
        .filter(|word| {
            let place = left.iter().position(|other| other == *word);
            place.map(|place| left.swap_remove(place)).is_some()
        })
        .count();
    if shared == 0 {
        return 0.0;
    }
    2.0 * shared as f64 / (said.len() + answer.len()) as f64
}

/// Whether `reply` is the question that was to be made standalone.
pub(super) fn is_standalone(reply: &str, expected: &Standalone) -> bool {
    let said = normalised(reply);
    let says = |phrase: &String| holds(&said, &normalised(phrase));
    let asks = reply.trim_end().ends_with('?')
        || said
            .first()
            .is_some_and(|word| ASKING.contains(&word.as_str()));
    if expected.needs.is_empty() && said != normalised(&expected.answer) {
        return false;
    }
    asks && expected.needs.iter().all(|group| group.iter().any(says))
        && !expected.not.iter().any(says)
}

/// What a reply to a command came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Obeyed {
    pub(super) json: bool,
    pub(super) intent: bool,
    pub(super) whole: bool,
}

/// Compares JSON as JSON: the order of keys and space don't matter.
pub(super) fn obeyed(reply: &str, expected: &Value) -> Obeyed {
    let Ok(said) = serde_json::from_str::<Value>(reply.trim()) else {
        return Obeyed::default();
    };
    Obeyed {
        json: true,
        intent: said.get("intent").is_some() && said.get("intent") == expected.get("intent"),
        whole: said == *expected,
    }
}

/// "yes" or "no", if the reply begins with one.
pub(super) fn yes_or_no(reply: &str) -> Option<bool> {
    match normalised(reply).first()?.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn near(reply: &str, answers: &[&str]) -> Nearness {
        let answers: Vec<String> = answers.iter().map(ToString::to_string).collect();
        nearness(reply, &answers)
    }

    #[test]
    fn case_punctuation_articles_and_marks_do_not_count() {
        for reply in [
            "denver broncos",
            "The “Denver Broncos”. [2]",
            "Denver Broncos [1][12].",
        ] {
            let found = near(reply, &["Denver Broncos"]);
            assert_eq!(
                (found.exact, found.f1, found.contains),
                (1.0, 1.0, 1.0),
                "{reply}"
            );
        }
        assert_eq!(bare("See [a] [3] "), "See [a]");
        assert_eq!(bare("[]"), "[]");
    }

    #[test]
    fn the_nearest_of_several_answers_counts() {
        let found = near(
            "It was the Denver Broncos team",
            &["Seattle", "Denver Broncos"],
        );
        assert_eq!((found.exact, found.contains), (0.0, 1.0));
        assert!((found.f1 - 4.0 / 7.0).abs() < 1e-9, "{found:?}");
        assert_eq!(near("", &["x"]), Nearness::default());
    }

    #[test]
    fn whole_words_are_held_and_repeated_ones_count_once() {
        assert!(near("in 1984", &["4"]).contains < 1.0);
        assert!((near("tea tea tea", &["tea"]).f1 - 0.5).abs() < 1e-9);
    }

    #[test]
    fn a_standalone_question_has_what_it_needs_and_asks() {
        let words = |words: &[&str]| words.iter().map(ToString::to_string).collect::<Vec<_>>();
        let expected = Standalone {
            answer: "What does a child's ticket cost?".into(),
            needs: vec![
                words(&["child", "children"]),
                words(&["ticket price", "ticket"]),
            ],
            not: words(&["adult"]),
        };
        for (reply, right) in [
            ("How much is a ticket for children?", true),
            ("Tell me the ticket price for a child", true),
            ("A child ticket costs 5 euros.", false),
            ("How much is a ticket?", false),
            ("How much is a ticket for a child and an adult?", false),
        ] {
            assert_eq!(is_standalone(reply, &expected), right, "{reply}");
        }
        let alone = Standalone {
            answer: "Is tea hot?".into(),
            ..Standalone::default()
        };
        assert!(is_standalone("is tea hot?", &alone) && !is_standalone("Is it hot?", &alone));
    }

    #[test]
    fn commands_are_compared_as_json() {
        let expected = json!({"intent": "on", "slots": {"room": "hall", "lamp": "big"}});
        let whole = obeyed(
            r#" {"slots":{"lamp":"big","room":"hall"},"intent":"on"}"#,
            &expected,
        );
        assert!(whole.json && whole.intent && whole.whole);
        let half = obeyed(r#"{"intent":"on"}"#, &expected);
        assert!(half.intent && !half.whole);
        assert_eq!(obeyed("on", &expected), Obeyed::default());
        assert!(!obeyed("{}", &json!({})).intent);
    }

    #[test]
    fn yes_and_no_are_read_at_the_beginning() {
        assert_eq!(yes_or_no("Yes."), Some(true));
        assert_eq!(yes_or_no("no, it is not"), Some(false));
        assert_eq!(yes_or_no("It says no"), None);
    }
}
