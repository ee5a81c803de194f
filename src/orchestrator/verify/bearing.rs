//! Does a supported statement bear on what was asked?

use crate::text::{Kind, Treatment, Word, opens_with_reference, read, split, stem, treatment};

use super::passage::{Passage, Support};

/// Words of a question that ask, rather than say what about.
const ASKING: &[&str] = &[
    "answer",
    "define",
    "definition",
    "describe",
    "difference",
    "example",
    "explain",
    "find",
    "get",
    "give",
    "happen",
    "help",
    "know",
    "like",
    "many",
    "mean",
    "meaning",
    "much",
    "need",
    "please",
    "question",
    "tell",
    "term",
    "want",
    "long",
    "work",
    "use",
    "什",
    "么",
    "多",
    "长",
    "少",
    "几",
    "吗",
    "哪",
    "怎",
    "样",
    "请",
    "问",
    "是",
];

/// Amounts that are not numbers.
pub(super) const AMOUNTS: &[&str] = &[
    "free", "none", "half", "double", "single", "one", "several", "few", "many", "daily", "weekly",
    "monthly", "yearly", "annually", "day", "week", "month", "year", "hour", "minute", "lifetime",
    "dozen", "no", "until", "nothing", "every", "each", "all", "once", "twice", "first", "always",
];

/// Words that say how often.
pub(super) const RECURRENCES: &[&str] = &[
    "every",
    "each",
    "once",
    "twice",
    "times",
    "per",
    "daily",
    "weekly",
    "monthly",
    "quarterly",
    "yearly",
    "annually",
    "always",
    "never",
    "whenever",
    "after",
    "regularly",
    "rarely",
    "often",
    "seldom",
];

/// At least this share of the question's words stands in the statement, its passage's sentence or
/// the headings above it.
const LEAST_SHARE: f32 = 0.5;
/// The same for a span and its whole passage. At a quarter, answers from passages about something
/// else passed ten times as often (15 of 800 instead of 2, on questions about Wikipedia).
const LEAST_TOLD: f32 = 0.34;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// "What is X?"
    Definition,
    /// "How many?", "how long?", "when?"
    Amount,
    /// "How often?"
    Frequency,
    Other,
}

/// What a question asks about.
pub(super) struct Asked {
    question: String,
    form: Form,
    /// The words that say what about.
    keys: Vec<Word>,
    /// Every word that a question lends to its answer.
    words: Vec<Word>,
}

impl Asked {
    pub(super) fn read(question: &str) -> Self {
        let words: Vec<Word> = split(question)
            .iter()
            .flat_map(|sentence| read(sentence.text))
            .collect();
        let asking: Vec<String> = ASKING.iter().map(|word| stem(word)).collect();
        let substance: Vec<Word> = words
            .iter()
            .filter(|word| word.is_substance())
            .cloned()
            .collect();
        let about: Vec<Word> = substance
            .iter()
            .filter(|word| !asking.contains(&word.form))
            .cloned()
            .collect();
        let keys = if about.is_empty() { substance } else { about };
        Self {
            question: question.to_owned(),
            form: form(question),
            keys,
            words,
        }
    }

    /// Whether the question says `form`.
    pub(super) fn says(&self, form: &str) -> bool {
        self.words.iter().any(|word| word.form == form)
    }

    /// The question itself.
    pub(super) fn question(&self) -> &str {
        &self.question
    }

    /// Whether the question has a "not" of its own.
    pub(super) fn denies(&self) -> bool {
        self.words.iter().any(|word| word.kind == Kind::Negation)
    }

    /// Whether `sentence` of `passage` speaks of the question: it, or the one before, says a word
    /// of it; the passage says enough of them, and all its names and numbers.
    pub(super) fn is_told(&self, passage: &Passage, sentence: usize) -> bool {
        let window = &passage.sentences[sentence.saturating_sub(1)..=sentence];
        let near = |key: &Word| window.iter().flatten().any(|word| word.form == key.form);
        let particular = |key: &&Word| matches!(key.kind, Kind::Number | Kind::Name);
        let said = self.keys.iter().filter(|key| passage.says(&key.form));
        self.keys.iter().any(near)
            && share(said.count(), self.keys.len()) >= LEAST_TOLD
            && self
                .keys
                .iter()
                .filter(particular)
                .all(|key| passage.says(&key.form))
    }

    /// Whether `claim`, which `support` shows to be in `passage`, is about the question.
    pub(super) fn borne_on_by(
        &self,
        sentence: &str,
        claim: &[Word],
        passage: &Passage,
        support: Support,
    ) -> bool {
        let given = |key: &&Word| passage.says(&key.form);
        let particular = self
            .keys
            .iter()
            .filter(|key| matches!(key.kind, Kind::Number | Kind::Name));
        if !particular.into_iter().all(|key| given(&key)) {
            return false;
        }
        let in_claim = |form: &str| claim.iter().any(|word| word.form == form);
        let in_window = |form: &str| passage.window_says(support, form);
        if self.form == Form::Amount {
            let amount =
                |word: &Word| word.kind == Kind::Number || AMOUNTS.contains(&word.form.as_str());
            if !claim.iter().any(amount) {
                return false;
            }
        }
        let recurs = |word: &str| {
            RECURRENCES.contains(&word.trim_matches(|sign: char| !sign.is_alphanumeric()))
        };
        let lower = sentence.to_lowercase();
        if self.form == Form::Frequency && !lower.split_whitespace().any(recurs) {
            return false;
        }
        if self.keys.is_empty() {
            return false;
        }
        if self.form == Form::Definition {
            let leans = opens_with_reference(sentence);
            let missing = self.keys.iter().filter(|key| {
                !(in_claim(&key.form)
                    || leans && (in_window(&key.form) || passage.heading_says(&key.form)))
            });
            let term: Vec<String> = self.keys.iter().map(|key| key.form.clone()).collect();
            let treated = leans || treatment(claim, &term) != Treatment::Mentioned;
            return treated && missing.count() <= usize::from(self.keys.len() >= 3);
        }
        let near = |key: &&Word| {
            in_claim(&key.form) || in_window(&key.form) || passage.heading_says(&key.form)
        };
        let said = self.keys.iter().filter(near).count();
        let told = self
            .keys
            .iter()
            .any(|key| in_claim(&key.form) || in_window(&key.form));
        told && share(said, self.keys.len()) >= LEAST_SHARE
    }
}

fn form(question: &str) -> Form {
    let lower = question.to_lowercase().replace('’', "'");
    let lower = lower.trim_start_matches(|sign: char| !sign.is_alphanumeric());
    let begins = |openings: &[&str]| openings.iter().any(|opening| lower.starts_with(opening));
    let has = |phrases: &[&str]| phrases.iter().any(|phrase| lower.contains(phrase));
    if lower.contains("how often") {
        return Form::Frequency;
    }
    if begins(&["when "])
        || has(&[
            "how many",
            "how much",
            "how long",
            "how old",
            "how hot",
            "how cold",
            "how high",
            "how deep",
            "how far",
            "how fast",
            "how heavy",
            "how big",
            "how large",
            "how tall",
            "how wide",
            "what year",
        ])
    {
        return Form::Amount;
    }
    let short = lower.split_whitespace().count() <= 7;
    let defines = begins(&[
        "what is ",
        "what are ",
        "what's ",
        "define ",
        "who is ",
        "who was ",
        "what was ",
    ]) || (begins(&["what does ", "what do "]) && lower.contains(" mean"));
    if short && defines {
        Form::Definition
    } else {
        Form::Other
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
pub(super) fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}
