//! The main verb of a request: what is to be done.

use super::{Kind, Word};

/// Who does it, or "to": the verb follows.
const LEADS: &[&str] = &["i", "we", "you", "they", "he", "she", "to"];
/// Verbs of asking and wanting, which lead to the one that matters, and words of
/// courtesy; as they are read.
const LIGHT: &[&str] = &[
    "abl", "explain", "find", "get", "go", "hello", "help", "hi", "know", "let", "lik", "look",
    "need", "pleas", "possibl", "say", "show", "tell", "tri", "try", "us", "use", "want", "wish",
    "wonder",
];

/// The stem of the main verb: the first word that says something after "I", "you" or "to", or at the
/// very beginning of a command.
pub(super) fn main(words: &[Word]) -> Option<&str> {
    let mut expected = true;
    for word in words {
        let form = word.form.as_str();
        let passed_over =
            LIGHT.contains(&form) || matches!(word.kind, Kind::Modal | Kind::Negation);
        if LEADS.contains(&form) {
            expected = true;
        } else if word.kind == Kind::Stop {
            // "the", "what" or "my": a thing is named, not a deed.
            expected = expected && matches!(form, "do" | "does" | "did" | "have" | "be" | "been");
        } else if expected && word.kind == Kind::Content && !passed_over {
            return Some(form);
        } else if !passed_over {
            expected = false;
        }
    }
    None
}

/// 1 for the same verb, 0 for two, 0.5 where one text shows none.
pub(super) fn agreement(one: Option<&str>, other: Option<&str>) -> f32 {
    match (one, other) {
        (Some(one), Some(other)) => f32::from(u8::from(one == other)),
        _ => 0.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read;

    #[test]
    fn the_verb_follows_who_does_it_or_begins_a_command() {
        for (text, expected) in [
            ("How do I cancel my order?", Some("cancel")),
            ("I would like to cancel my order", Some("cancel")),
            ("please cancel my order", Some("cancel")),
            ("Cancel my order", Some("cancel")),
            ("Why can't I change the address?", Some("chang")),
            ("What is the capital of France?", None),
        ] {
            assert_eq!(main(&read(text)), expected, "{text}");
        }
    }
}
