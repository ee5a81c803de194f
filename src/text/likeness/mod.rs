//! How like are two questions, and in what do they differ?
//!
//! Two questions may be near in words and in meaning, and still want opposite answers: a negation, a
//! number or the two ends of a way make the difference, and vectors hardly see it. [`compare`] names
//! such differences one by one. Pure and fast (some ten microseconds for a short pair); what the
//! signals are worth together is fitted elsewhere. English is known best; of other languages,
//! numbers, names and letters are compared.
//!
//! Deliberately without weights, thresholds and vectors.

mod amounts;
mod asks;
mod direction;
mod grams;
mod opposites;
mod overlap;
mod polarity;
mod rest;
mod verb;

use super::{Kind, Word, language, read, stem};
use asks::Asks;

/// Names of the signals, in the order of [`Likeness::features`].
pub const FEATURES: [&str; 16] = [
    "trigrams",
    "words",
    "contained",
    "pairs",
    "order",
    "length",
    "verb",
    "asks",
    "negated",
    "opposed",
    "reversed",
    "numbers",
    "units",
    "dates",
    "names",
    "language",
];

/// What two texts share, and what sets them apart; each from 0 to 1.
///
/// The first eight say how like they are (1: the same), the others how much they contradict each
/// other (0: not at all). For things that may be named, 0.5 means that only one of both names any.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Likeness {
    /// Letters: Dice's coefficient of the runs of three signs. A slip of the pen costs little.
    pub trigrams: f32,
    /// Words: Dice's coefficient of the stems that carry a statement; nearly equal ones count in part.
    pub words: f32,
    /// The share of the stems of the text with fewer of them that the other has.
    pub contained: f32,
    /// Dice's coefficient of neighbouring stems.
    pub pairs: f32,
    /// The share of common stems that keep their order.
    pub order: f32,
    /// The shorter's number of words, of the longer's.
    pub length: f32,
    /// They have the same main verb; 0.5 where one shows none.
    pub verb: f32,
    /// They ask for the same kind of thing (a reason, a time, a place, …); 0.5 where that is open.
    pub asks: f32,
    /// One denies, the other doesn't; 0.5 where one denies more often.
    pub negated: f32,
    /// One has a word, the other its opposite: "enable" and "disable".
    pub opposed: f32,
    /// What goes before a word of direction in one goes after it in the other: "from A to B".
    pub reversed: f32,
    /// They name different numbers.
    pub numbers: f32,
    /// They measure in different units.
    pub units: f32,
    /// They name different days, months or times.
    pub dates: f32,
    /// They name different things: capitalised words, codes and identifiers.
    pub names: f32,
    /// They are in different languages.
    pub language: f32,
    /// As [`words`](Self::words), without what contradicts and without words of courtesy and of wishing;
    /// no feature.
    #[serde(default)]
    pub rest: f32,
}

impl Likeness {
    /// The values, in the order of [`FEATURES`].
    #[must_use]
    pub fn features(&self) -> [f32; FEATURES.len()] {
        [
            self.trigrams,
            self.words,
            self.contained,
            self.pairs,
            self.order,
            self.length,
            self.verb,
            self.asks,
            self.negated,
            self.opposed,
            self.reversed,
            self.numbers,
            self.units,
            self.dates,
            self.names,
            self.language,
        ]
    }

    /// The first thing, in words, that makes the other's answer doubtful; `None` where nothing does.
    #[must_use]
    pub fn contradiction(&self) -> Option<&'static str> {
        let contradictions = [
            (self.negated, "one of them denies"),
            (self.opposed, "one asks for the opposite"),
            (self.reversed, "the direction is the other way round"),
            (self.numbers, "they name different numbers"),
            (self.units, "they measure in different units"),
            (self.dates, "they name different times"),
            (self.language, "they are in different languages"),
        ];
        let found = contradictions.iter().find(|(degree, _)| *degree >= 1.0);
        found.map(|(_, words)| *words)
    }

    /// The contradiction, where hardly anything else sets both apart: then it is what was meant, and
    /// not a detail of a longer question.
    #[must_use]
    pub fn turned_round(&self) -> Option<&'static str> {
        self.contradiction()
            .filter(|_| self.words.max(self.rest) >= SAME_THING)
    }
}

/// Texts with so much the same [`words`](Likeness::words) are about the same thing.
pub const SAME_THING: f32 = 0.8;

/// Order, direction and opposites are looked for among so many words: a longer text is no short
/// question, and to compare each word with each takes the square of their number.
const MOST_WORDS: usize = 200;

/// What of a text is compared, read once for any number of comparisons.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// The first [`MOST_WORDS`].
    words: Vec<Word>,
    /// All of them.
    length: usize,
    /// Stems that carry a statement, sorted, each once.
    substance: Vec<String>,
    trigrams: Vec<u64>,
    pairs: Vec<(String, String)>,
    asks: Asks,
    verb: Option<String>,
    denials: usize,
    amounts: amounts::Amounts,
    language: Option<&'static str>,
}

impl Profile {
    /// Reads `text`.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut words = read(text);
        let stems = words.iter().filter(|word| word.is_substance());
        let mut substance: Vec<String> = stems.map(|word| word.form.clone()).collect();
        substance.sort_unstable();
        substance.dedup();
        let length = words.len();
        let amounts = amounts::read(&words);
        let denials = polarity::denials(&words);
        words.truncate(MOST_WORDS);
        Self {
            trigrams: grams::trigrams(text),
            pairs: overlap::neighbours(&words),
            asks: asks::asks(&words),
            verb: verb::main(&words).map(ToOwned::to_owned),
            denials,
            amounts,
            length,
            language: language::detect(text),
            substance,
            words,
        }
    }

    /// What both share, and what sets them apart. The same from either side.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Likeness {
        let (one, two) = (&self.amounts, &other.amounts);
        let opposites = opposites::pair(&self.words, &other.words);
        Likeness {
            trigrams: overlap::dice(&self.trigrams, &other.trigrams),
            words: overlap::soft_dice(&self.substance, &other.substance),
            contained: overlap::contained(&self.substance, &other.substance),
            pairs: overlap::dice(&self.pairs, &other.pairs),
            order: overlap::order(&self.words, &other.words),
            length: overlap::ratio(self.length, other.length),
            verb: verb::agreement(self.verb.as_deref(), other.verb.as_deref()),
            asks: asks::agreement(self.asks, other.asks),
            negated: polarity::differ(self.denials, other.denials),
            opposed: f32::from(u8::from(opposites.is_some())),
            reversed: direction::reversed(&self.words, &other.words),
            numbers: amounts::differ(&one.numbers, &two.numbers),
            units: amounts::differ(&one.units, &two.units),
            dates: amounts::differ(&one.dates, &two.dates),
            names: self.other_names(other),
            language: f32::from(u8::from(matches!(
                (self.language, other.language),
                (Some(one), Some(two)) if one != two
            ))),
            rest: rest::likeness(&self.words, &other.words, opposites),
        }
    }

    /// Names that the other text doesn't have in any writing: users write names in lower case too.
    fn other_names(&self, other: &Self) -> f32 {
        let unknown = |names: &[String], words: &[Word]| {
            names
                .iter()
                .any(|name| !words.iter().any(|word| word.form == *name))
        };
        let here = unknown(&self.amounts.names, &other.words);
        let there = unknown(&other.amounts.names, &self.words);
        amounts::degree(here, there)
    }
}

/// What two texts share, and what sets them apart.
#[must_use]
pub fn compare(one: &str, other: &str) -> Likeness {
    Profile::of(one).compare(&Profile::of(other))
}

/// Words that stand for their place alone or tie others together.
fn is_linking(word: &Word) -> bool {
    matches!(word.kind, Kind::Stop | Kind::Relation | Kind::Modal)
}

#[cfg(test)]
mod tests;
