//! English words and openings by which a message leans on what was said before it.

/// Words that may stand for something said before, wherever they are.
const POINTERS: &[&str] = &[
    "above", "again", "another", "before", "else", "he", "her", "hers", "him", "his", "instead",
    "it", "its", "latter", "one", "ones", "other", "others", "same", "she", "such", "that",
    "their", "them", "these", "they", "this", "those",
];

/// Openings that go on with something; a longer one stands before what it begins with.
const OPENINGS: &[&str] = &[
    "and what about ",
    "and how about ",
    "but what about ",
    "so what about ",
    "what about ",
    "how about ",
    "and what if ",
    "what if ",
    "same for ",
    "also ",
    "then ",
    "and ",
    "but ",
    "so ",
    "or ",
];

/// Whether the lower-case `word` may stand for something said before.
#[must_use]
pub fn points_back(word: &str) -> bool {
    POINTERS.contains(&word)
}

/// The opening with which `message` goes on with something, in lower case and without the space
/// after it, and what follows.
#[must_use]
pub fn opening(message: &str) -> Option<(&'static str, &str)> {
    OPENINGS.iter().find_map(|opening| {
        let head = message.get(..opening.len())?;
        let rest = || message[opening.len()..].trim_start();
        head.eq_ignore_ascii_case(opening)
            .then(|| (opening.trim_end(), rest()))
    })
}

#[cfg(test)]
mod tests {
    use super::{opening, points_back};

    #[test]
    fn the_longest_opening_is_taken() {
        assert_eq!(
            opening("And what about Spain?"),
            Some(("and what about", "Spain?"))
        );
        assert_eq!(opening("and Spain?"), Some(("and", "Spain?")));
        assert_eq!(opening("Andorra?"), None);
        assert_eq!(opening("那么退货呢"), None);
    }

    #[test]
    fn pronouns_point_back_and_nouns_do_not() {
        assert!(points_back("it") && points_back("those"));
        assert!(!points_back("kettle"));
    }
}
