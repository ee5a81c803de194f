//! What of a request shows that it is hard: numbers that a linear model weighs.
//!
//! Each stands under a [`Demand`], so that a decision can say in words what made a request hard.

use super::{
    Demand,
    lists::{self, has},
    reading::{Reading, Word},
};

/// Words that may stand before the verb that a sentence asks with.
const VERB_PLACES: usize = 12;
/// Beyond this a count says no more.
const MOST: f32 = 3.0;

/// Names of the features with what each shows, in the order of the model's weights.
pub const FEATURES: [(&str, Demand); 36] = [
    ("words", Demand::Length),
    ("words beyond 30", Demand::Length),
    ("words beyond 80", Demand::Length),
    ("sentences", Demand::Length),
    ("lines", Demand::Length),
    ("letters a word", Demand::Length),
    ("numbers", Demand::Mathematics),
    ("numbers in words", Demand::Mathematics),
    ("numbers a word", Demand::Mathematics),
    ("long numbers", Demand::Mathematics),
    ("units and currencies", Demand::Mathematics),
    ("operators", Demand::Mathematics),
    ("how many or how much", Demand::Mathematics),
    ("words of mathematics", Demand::Mathematics),
    ("code marks", Demand::Code),
    ("words of programming", Demand::Code),
    ("asks to make", Demand::Writing),
    ("asks to make, among words of programming", Demand::Code),
    ("verbs of making", Demand::Writing),
    ("kinds of text", Demand::Writing),
    ("asks to think", Demand::Reasoning),
    ("verbs of thinking", Demand::Reasoning),
    ("words of logic", Demand::Reasoning),
    ("order and comparison", Demand::Reasoning),
    ("options", Demand::Reasoning),
    ("quotes", Demand::Reasoning),
    ("blanks", Demand::Reasoning),
    ("names", Demand::Reasoning),
    ("others spoken of", Demand::Reasoning),
    ("opinion words", Demand::Opinion),
    ("asks for reasons", Demand::Opinion),
    ("constraints", Demand::Constraints),
    ("a role or a scene", Demand::Constraints),
    ("speaks of oneself", Demand::Length),
    ("questions", Demand::Length),
    ("opens with a question", Demand::Length),
];

/// The features of a request, in the order of [`FEATURES`].
#[must_use]
pub(super) fn features(reading: &Reading) -> Vec<f32> {
    let words = &reading.words;
    let total = words.len().max(1);
    let among = |list: &[&str]| words.iter().filter(|word| has(list, &word.text)).count();
    let share = |list: &[&str]| ratio(among(list), total);
    let code = among(lists::CODE);
    let asks_to_make = asks(words, lists::MAKE);
    let names = words.iter().filter(|word| {
        word.capitalised && word.place > 0 && word.text != "i" && !word.text.starts_with("i'")
    });
    vec![
        log(total),
        log(total.saturating_sub(30)),
        log(total.saturating_sub(80)),
        log(reading.sentences),
        log(reading.lines),
        ratio(reading.letters, total).min(12.0) / 4.0,
        log(reading.numbers),
        log(among(lists::NUMBER_WORDS)),
        ratio(reading.numbers, total).min(1.0),
        log(reading.long_numbers),
        log(reading.currencies + among(lists::UNITS)),
        log(reading.operators),
        log(quantities(words)),
        log(among(lists::MATHEMATICS)),
        log(reading.code_marks),
        log(code),
        flag(asks_to_make),
        flag(asks_to_make && code > 0),
        log(among(lists::MAKE)),
        log(among(lists::LONG_FORM)),
        flag(asks(words, lists::THINK)),
        log(among(lists::THINK)),
        log(among(lists::LOGIC)),
        log(among(lists::ORDER)),
        log(reading.options),
        log(reading.quotes),
        log(reading.blanks),
        ratio(names.count(), total),
        share(lists::THIRD_PERSON),
        log(among(lists::OPINION)),
        flag(
            words
                .iter()
                .any(|word| word.text == "why" || word.text == "reasons"),
        ),
        log(among(lists::CONSTRAINT)),
        log(among(lists::SCENE)),
        share(lists::FIRST_PERSON),
        log(reading.questions),
        flag(
            words
                .first()
                .is_some_and(|word| has(lists::ASKING, &word.text)),
        ),
    ]
}

/// A sentence asks with one of the verbs: nothing but polite words stand before it.
fn asks(words: &[Word], verbs: &[&str]) -> bool {
    let mut only_polite = true;
    for word in words {
        only_polite = word.place == 0 || (only_polite && word.place <= VERB_PLACES);
        if only_polite && has(verbs, &word.text) {
            return true;
        }
        only_polite &= has(lists::POLITE, &word.text);
    }
    false
}

fn quantities(words: &[Word]) -> usize {
    let pairs = words.iter().zip(words.iter().skip(1));
    pairs
        .filter(|(how, much)| how.text == "how" && matches!(much.text.as_str(), "many" | "much"))
        .count()
}

fn log(count: usize) -> f32 {
    (1.0 + float(count)).ln().min(2.0 * MOST) / 2.0
}

fn flag(holds: bool) -> f32 {
    f32::from(u8::from(holds))
}

fn ratio(part: usize, whole: usize) -> f32 {
    float(part) / float(whole)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts within a request are far below 2^23"
)]
fn float(count: usize) -> f32 {
    count as f32
}
