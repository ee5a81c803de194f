//! Which way round: "from A to B" and "from B to A".

use super::Word;

/// Words between two things that don't change places without a change of meaning, and how many words
/// that carry a statement are looked at on either side: "is tea better than coffee".
const DIRECTIONS: &[(&str, usize)] = &[
    ("to", 1),
    ("into", 1),
    ("onto", 1),
    ("than", 3),
    ("by", 1),
    ("before", 2),
    ("after", 2),
    ("over", 1),
];

/// 1 where the other text goes the other way; 0 otherwise.
///
/// With "from A to B", A and B tell. Otherwise it does where some word stands before a word of
/// direction in one text and after it in the other, while another does the reverse.
pub(super) fn reversed(one: &[Word], other: &[Word]) -> f32 {
    let turned = match (way(one), way(other)) {
        (Some((from, to)), Some((other_from, other_to))) => from == other_to || to == other_from,
        _ => DIRECTIONS.iter().any(|&(direction, reach)| {
            let here = places(one, direction);
            here.iter().any(|at| {
                let (before, after) = around(one, *at, reach);
                places(other, direction).iter().any(|there| {
                    let (other_before, other_after) = around(other, *there, reach);
                    crossed(&before, &other_after) && crossed(&after, &other_before)
                })
            })
        }),
    };
    f32::from(u8::from(turned))
}

/// A and B of "from A to B", or "to B from A".
fn way(words: &[Word]) -> Option<(&str, &str)> {
    let start = place_after(words, 0, &["from"])?;
    let end = place_after(words, start, &["to", "into"]);
    let end = end.or_else(|| place_after(&words[..start], 0, &["to", "into"]))?;
    let object = |place: usize| {
        let next = words[place + 1..].iter().find(|word| word.is_substance());
        next.map(|word| word.form.as_str())
    };
    Some((object(start)?, object(end)?))
}

fn place_after(words: &[Word], start: usize, forms: &[&str]) -> Option<usize> {
    let place = words[start..]
        .iter()
        .position(|word| forms.contains(&word.form.as_str()));
    place.map(|place| start + place)
}

fn places(words: &[Word], direction: &str) -> Vec<usize> {
    let found = words.iter().enumerate();
    let found = found.filter(|(_, word)| word.form == direction);
    found.map(|(place, _)| place).collect()
}

/// The nearest words that carry a statement before and after `place`.
fn around(words: &[Word], place: usize, reach: usize) -> (Vec<&str>, Vec<&str>) {
    let carried = |word: &&Word| word.is_substance();
    let before = words[..place].iter().rev().filter(carried).take(reach);
    let after = words[place + 1..].iter().filter(carried).take(reach);
    (
        before.map(|word| word.form.as_str()).collect(),
        after.map(|word| word.form.as_str()).collect(),
    )
}

fn crossed(one: &[&str], other: &[&str]) -> bool {
    one.iter().any(|form| other.contains(form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read;

    fn turned(one: &str, other: &str) -> bool {
        reversed(&read(one), &read(other)) > 0.5
    }

    #[test]
    fn the_two_ends_of_a_way_changed_places() {
        assert!(turned(
            "trains from Paris to London",
            "trains from London to Paris"
        ));
        assert!(turned(
            "convert kilograms to pounds",
            "convert pounds to kilograms"
        ));
        assert!(turned(
            "is tea better than coffee?",
            "is coffee better than tea?"
        ));
    }

    #[test]
    fn the_same_way_in_other_words_is_the_same() {
        assert!(!turned(
            "trains from Paris to London",
            "to London from Paris by train"
        ));
        assert!(!turned("how to reset my password", "reset my password"));
    }
}
