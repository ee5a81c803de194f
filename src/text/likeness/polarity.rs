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

/// What one doesn't do who asks, as it is read: "I don't know how to pay" is "how to pay?".
const ASKING: &[&str] = &["know", "understand", "sur", "figur"];

/// How many words deny.
pub(super) fn denials(words: &[Word]) -> usize {
    let denies = |word: &Word| word.kind == Kind::Negation || DENIALS.contains(&word.form.as_str());
    let next = words.iter().skip(1).map(Some).chain([None]);
    let denying = words.iter().zip(next).filter(|(word, next)| {
        let asks = next.is_some_and(|next| ASKING.contains(&next.form.as_str()));
        denies(word) && !asks
    });
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
        assert_eq!(denials(&read("I don't know how I can cancel it")), 0);
        assert_eq!(denials(&read("I'm not sure why it was sent")), 0);
    }
}
