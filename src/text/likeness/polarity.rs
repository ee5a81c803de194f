//! How often a question denies.

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

/// How many words deny.
pub(super) fn denials(words: &[Word]) -> usize {
    let denying = words
        .iter()
        .filter(|word| word.kind == Kind::Negation || DENIALS.contains(&word.form.as_str()));
    denying.count()
}

/// 1 where one text denies and the other doesn't, 0.5 where one denies more, 0 otherwise.
pub(super) fn differ(one: usize, other: usize) -> f32 {
    match (one, other) {
        _ if one == other => 0.0,
        (0, _) | (_, 0) => 1.0,
        _ => 0.5,
    }
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
            assert_eq!(denials(&read(text)), 1, "{text}");
        }
        assert_eq!(denials(&read("Can I cancel it?")), 0);
    }
}
