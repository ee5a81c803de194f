//! Whether a question in the middle of a conversation can be understood without it.
//!
//! A rule of words, for English; a question in another writing that comes after others counts as
//! leaning on them. Careful on purpose: a question that is wrongly left out costs a row, one that is
//! wrongly kept teaches to guess.

use crate::text;

/// Shorter questions mostly leave out what was named before.
const FEWEST_WORDS: usize = 5;

/// True if `question` has enough words of its own and none that points back.
pub(super) fn stands_alone(question: &str) -> bool {
    let question = question.trim().to_lowercase();
    if text::opening(&question).is_some() {
        return false;
    }
    let words: Vec<&str> = question
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    words.len() >= FEWEST_WORDS
        && question.is_ascii()
        && !words.iter().any(|word| text::points_back(word))
        && !text::opens_with_reference(&question)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_names_all_it_asks_about_stands_alone() {
        for question in [
            "How long do I have to return an item?",
            "Which acid is used to descale the Heron kettle?",
            "What does shipping to Norway cost?",
        ] {
            assert!(stands_alone(question), "{question}");
        }
    }

    #[test]
    fn a_question_that_points_back_does_not() {
        for question in [
            "And how do I send it back?",
            "How much does it cost to ship?",
            "What about the blue kettle with the wooden handle?",
            "How much for Norway?",
            "Do you have the same kettle in red?",
            "那么退货怎么办？",
        ] {
            assert!(!stands_alone(question), "{question}");
        }
    }
}
