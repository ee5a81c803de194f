//! How like two texts are apart from what contradicts.
//!
//! "Open an account" and "close an account" share one word of two, and differ in nothing but the
//! opposites; "turn up the heating, please" and "lower the heating" neither.

use super::{Word, amounts, overlap};

/// Content words that say nothing of what is asked for: courtesy, wishing, and the verbs that
/// "up", "off" and the like complete; as they are read.
const LIGHT: &[&str] = &[
    "get",
    "go",
    "help",
    "know",
    "let",
    "lik",
    "mak",
    "need",
    "pleas",
    "put",
    "set",
    "sur",
    "switch",
    "tell",
    "thank",
    "tri",
    "turn",
    "understand",
    "want",
    "wish",
];

/// Dice's coefficient of the stems that carry a statement, nearly equal ones in part, without
/// `opposites`, light words, and amounts that only one text has.
pub(super) fn likeness(one: &[Word], other: &[Word], opposites: Option<(&str, &str)>) -> f32 {
    let (here, there) = opposites.unzip();
    overlap::soft_dice(&left(one, other, here), &left(other, one, there))
}

/// What is left of `words`, sorted, each once.
fn left(words: &[Word], other: &[Word], opposite: Option<&str>) -> Vec<String> {
    let is_shared = |word: &Word| other.iter().any(|other| other.form == word.form);
    let kept = words.iter().filter(|word| {
        let form = word.form.as_str();
        let contradicts = opposite == Some(form) || (amounts::is_amount(word) && !is_shared(word));
        word.is_substance() && !contradicts && !LIGHT.contains(&form)
    });
    let mut kept: Vec<String> = kept.map(|word| word.form.clone()).collect();
    kept.sort_unstable();
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::super::{SAME_THING, compare};

    #[test]
    fn opposites_and_other_amounts_leave_the_same() {
        for (one, other) in [
            ("How do I open an account?", "How can I close my account?"),
            ("increase the volume please", "Please lower the volume"),
            ("turn the lights on", "please switch off the lights"),
            ("price of plan 1", "What is the price of plan 2?"),
            ("Are you open on Monday?", "Are you open on Sunday?"),
            (
                "Are there trains in the morning?",
                "Are there trains in the evening?",
            ),
        ] {
            let likeness = compare(one, other);
            assert!(likeness.rest >= SAME_THING, "{one} / {other}: {likeness:?}");
            assert!(likeness.turned_round().is_some(), "{one} / {other}");
        }
    }

    #[test]
    fn a_detail_of_a_longer_question_does_not_turn_it_round() {
        for (one, other) in [
            (
                "My parcel was to come on Monday, it is Friday now: where is it?",
                "Where is my order?",
            ),
            (
                "I sent the shoes back 3 weeks ago, when do I get my money?",
                "Refunds take how many days, 5 or 10?",
            ),
            ("find out how I can delete my account", "delete account"),
        ] {
            assert_eq!(compare(one, other).turned_round(), None, "{one} / {other}");
        }
    }
}
