//! Whether a question denies.

use super::{Kind, Word};

/// Denials that the common list of negations has not: as typed without apostrophe, and words that
/// say "can't" in another way; as they are read, "-e" cut off and "-y" turned.
const DENIALS: &[&str] = &[
    "aint",
    "arent",
    "cant",
    "couldnt",
    "didnt",
    "doesnt",
    "dont",
    "fail",
    "failur",
    "hasnt",
    "havent",
    "impossibl",
    "inabiliti",
    "isnt",
    "shouldnt",
    "unabl",
    "unsuccessful",
    "wasnt",
    "werent",
    "wont",
    "wouldnt",
];

/// Whether any word denies. How many do doesn't matter: in questions, two mostly deny two things.
pub(super) fn denies(words: &[Word]) -> bool {
    words
        .iter()
        .any(|word| word.kind == Kind::Negation || DENIALS.contains(&word.form.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read;

    #[test]
    fn denials_are_seen_however_they_are_typed() {
        for text in [
            "Don't cancel it",
            "it doesnt work",
            "I am unable to pay",
            "it failed",
            "a failure",
        ] {
            assert!(denies(&read(text)), "{text}");
        }
        assert!(!denies(&read("Can I cancel it?")));
    }
}
