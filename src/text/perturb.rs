//! The same question in another writing: what people's typing does to it, made by program.
//!
//! For probes of a knowledge base, so the changes keep the meaning; [`deny`] alone turns it round.
//! The same text and number always give the same writing. No paraphrases: other words for the same
//! thing are beyond a program of this size.

/// What may happen to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Two neighbouring letters of a word change places.
    Typo,
    /// A quarter of the words is missing.
    FewerWords,
    /// Half of the words is missing.
    HalfTheWords,
    /// The end comes first.
    Reordered,
    /// Small letters, and a polite way in.
    LeadIn,
}

/// All of them.
pub const CHANGES: [Change; 5] = [
    Change::Typo,
    Change::FewerWords,
    Change::HalfTheWords,
    Change::Reordered,
    Change::LeadIn,
];

const WAYS_IN: [&str; 4] = [
    "hi, I have a question:",
    "can you tell me",
    "I would like to know",
    "please help me,",
];

/// `text` after `change`; `number` chooses where it happens.
#[must_use]
pub fn perturb(text: &str, change: Change, number: u64) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return text.to_owned();
    }
    let mut dice = Dice::new(text, number);
    match change {
        Change::Typo => typo(&words, &mut dice),
        Change::FewerWords => without(&words, words.len().div_ceil(4), &mut dice),
        Change::HalfTheWords => without(&words, words.len() / 2, &mut dice),
        Change::Reordered => {
            let mut words = words;
            let at = dice.below(words.len());
            words.rotate_left(at);
            words.join(" ")
        }
        Change::LeadIn => {
            let way_in = WAYS_IN[dice.below(WAYS_IN.len())];
            format!("{way_in} {}", text.to_lowercase())
        }
    }
}

/// Ways to ask for something to do, before what is to be done.
const ASKS_TO_DO: [&str; 12] = [
    "how do i ",
    "how do we ",
    "how do you ",
    "how can i ",
    "how can we ",
    "how should i ",
    "how would i ",
    "how to ",
    "can i ",
    "i want to ",
    "i need to ",
    "i would like to ",
];

/// The opposite wish, where `text` asks for something to be done; "is it not …?" asks the same as
/// "is it …?", so that other questions have no denial here.
#[must_use]
pub fn deny(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let action = ASKS_TO_DO.iter().find_map(|way| lower.strip_prefix(way))?;
    Some(format!(
        "I do not want to {}",
        action.trim_end_matches(['?', ' '])
    ))
}

fn typo(words: &[&str], dice: &mut Dice) -> String {
    let mut words: Vec<String> = words.iter().map(ToString::to_string).collect();
    let at = dice.below(words.len());
    let mut letters: Vec<char> = words[at].chars().collect();
    if letters.len() > 3 {
        let first = dice.below(letters.len() - 1);
        letters.swap(first, first + 1);
        words[at] = letters.into_iter().collect();
    }
    words.join(" ")
}

fn without(words: &[&str], fewer: usize, dice: &mut Dice) -> String {
    let mut words = words.to_vec();
    for _ in 0..fewer.min(words.len() - 1) {
        let at = dice.below(words.len());
        words.remove(at);
    }
    words.join(" ")
}

/// Numbers that depend on a text and a number alone (`SplitMix64`; Steele, Lea, Flood, 2014).
struct Dice(u64);

impl Dice {
    fn new(text: &str, number: u64) -> Self {
        let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        let bound = u64::try_from(bound.max(1)).unwrap_or(u64::MAX);
        usize::try_from(mixed % bound).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = "How long do I have to return an item?";

    #[test]
    fn every_change_changes_a_question_and_is_the_same_each_time() {
        for change in CHANGES {
            let writing = (0..4).map(|number| perturb(QUESTION, change, number));
            let writing: Vec<String> = writing.collect();
            assert!(writing.iter().any(|text| text != QUESTION), "{change:?}");
            assert_eq!(perturb(QUESTION, change, 2), writing[2]);
        }
    }

    #[test]
    fn a_word_always_stays() {
        for change in CHANGES {
            assert!(!perturb("refund", change, 1).trim().is_empty());
            assert_eq!(perturb("", change, 1), "");
        }
    }

    #[test]
    fn only_what_is_to_be_done_is_denied() {
        let denied = deny("How do I return an item?");
        assert_eq!(denied.as_deref(), Some("I do not want to return an item"));
        assert_eq!(deny("What is a refund?"), None);
    }

    #[test]
    fn half_the_words_are_half_the_words() {
        let half = perturb(QUESTION, Change::HalfTheWords, 1);
        assert_eq!(half.split_whitespace().count(), 5);
    }

    #[test]
    fn letters_of_any_script_change_places_whole() {
        let typo = perturb("Wie lange dauert die Rücksendung?", Change::Typo, 5);
        assert_eq!(
            typo.chars().count(),
            "Wie lange dauert die Rücksendung?".chars().count()
        );
    }
}
