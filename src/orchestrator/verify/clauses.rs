//! Takes a clause off the end of a sentence.
//!
//! A small model copies a statement well and then adds a "which…" of its own.

/// Words that begin an added clause; one that takes something back ("but") must not come off.
const ADDING: &[&str] = &[
    "as",
    "because",
    "especially",
    "even",
    "particularly",
    "so",
    "that",
    "to",
    "when",
    "where",
    "which",
    "who",
    "whose",
];
/// Words that make an added clause of an "and"; else it ends a list.
const SAYING: &[&str] = &[
    "are", "can", "has", "have", "he", "is", "it", "often", "she", "they", "this", "was", "were",
    "will",
];

/// `sentence` without its last added clause; a statement with fewer words is none.
pub(super) fn without_last(sentence: &str) -> Option<String> {
    let commas: Vec<usize> = sentence
        .match_indices([',', ';', '—'])
        .map(|(place, _)| place)
        .collect();
    // "Not only this, but that" without the second half says the opposite.
    if sentence.to_lowercase().contains("not only") {
        return None;
    }
    let cut = commas
        .into_iter()
        .rev()
        .find(|&place| adds(&sentence[place..]))?;
    Some(format!("{}.", sentence[..cut].trim_end()))
}

/// `sentence` before a bracket that it breaks off in, if it does.
pub(super) fn without_open_aside(sentence: &str) -> Option<&str> {
    let open = sentence.rfind('(')?;
    let cut = !sentence[open..].contains(')');
    cut.then(|| sentence[..open].trim_end_matches([' ', ',']))
}

fn adds(tail: &str) -> bool {
    let lower = tail.to_lowercase();
    let mut words = lower
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty());
    match words.next() {
        Some("and" | "or") => words.next().is_some_and(|word| SAYING.contains(&word)),
        Some(word) => ADDING.contains(&word),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{without_last, without_open_aside};

    #[test]
    fn a_bracket_that_is_cut_comes_off() {
        assert_eq!(
            without_open_aside("Tea is hot (Lu, Chen"),
            Some("Tea is hot")
        );
        assert_eq!(without_open_aside("Tea (green) is hot"), None);
    }

    #[test]
    fn added_clauses_come_off_one_by_one_and_lists_stay_whole() {
        let sentence = "Tea is hot, strong, and black, which is old, and is sold by the pound.";
        let first = without_last(sentence).expect("an added clause");
        assert_eq!(first, "Tea is hot, strong, and black, which is old.");
        let second = without_last(&first).expect("an added clause");
        assert_eq!(second, "Tea is hot, strong, and black.");
        assert_eq!(without_last(&second), None);
        assert_eq!(
            without_last("Tea is not only hot, but it is also strong."),
            None
        );
    }
}
