//! Which kind of thing a question asks for, and whether a few words can be one.

use crate::text::{Kind, Word, stem};

use super::bearing::{AMOUNTS, RECURRENCES};

/// Words that say when, beside numbers.
const TIMES: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "spring",
    "summer",
    "autumn",
    "fall",
    "winter",
    "century",
    "decade",
    "year",
    "month",
    "week",
    "weekend",
    "day",
    "hour",
    "today",
    "tomorrow",
    "yesterday",
    "morning",
    "noon",
    "afternoon",
    "evening",
    "night",
    "midnight",
    "christmas",
    "easter",
    "after",
    "before",
    "during",
    "while",
    "until",
    "since",
    "now",
    "soon",
    "ago",
    "age",
    "era",
    "period",
    "daily",
    "war",
    "birth",
    "childhood",
    "immediately",
];

/// Verbs with which a question begins that wants a yes or a no.
const POLAR: &[&str] = &[
    "am", "are", "can", "could", "did", "do", "does", "had", "has", "have", "is", "may", "might",
    "must", "shall", "should", "was", "were", "will", "would",
];

/// What a question wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// "How many", "how long", "what percentage"
    Amount,
    /// "How often"
    Frequency,
    /// "When", "which year"
    Time,
    /// "Who", "whose"
    Person,
    /// "Where"
    Place,
    /// "Is it": no span says yes or no.
    YesOrNo,
    /// "What", "which", "why", "how"
    Anything,
}

impl Wanted {
    /// What `question` wants.
    pub(super) fn of(question: &str) -> Self {
        let lower = question.to_lowercase();
        let words: Vec<&str> = lower
            .split(|sign: char| !sign.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        let asking = words.iter().enumerate().find_map(|(place, word)| {
            let next = words.get(place + 1).copied().unwrap_or_default();
            wanted(word, next)
        });
        match (words.first(), asking) {
            (Some(first), _) if POLAR.contains(first) => Self::YesOrNo,
            (_, asking) => asking.unwrap_or(Self::Anything),
        }
    }

    /// Whether `span`, as it stands in its passage, can be one; `opens`: at its sentence's start,
    /// where every word has a capital.
    pub(super) fn is_met_by(self, span: &[Word], opens: bool) -> bool {
        let any = |list: &[&str]| {
            let forms: Vec<String> = list.iter().map(|word| stem(word)).collect();
            span.iter().any(|word| forms.contains(&word.form))
        };
        let number = || span.iter().any(|word| word.kind == Kind::Number);
        let name = || span.iter().any(|word| word.kind == Kind::Name);
        match self {
            Self::Amount => number() || any(AMOUNTS),
            Self::Frequency => number() || any(RECURRENCES),
            Self::Time => number() || any(TIMES),
            Self::Person => name() || (opens && !number()),
            Self::Place => name() || span.iter().any(|word| word.kind == Kind::Content),
            Self::YesOrNo => false,
            Self::Anything => true,
        }
    }
}

fn wanted(word: &str, next: &str) -> Option<Wanted> {
    match word {
        "how" => Some(match next {
            "often" | "frequently" => Wanted::Frequency,
            "many" | "much" | "long" | "old" | "far" | "tall" | "high" | "big" | "large"
            | "wide" | "deep" | "fast" | "heavy" | "soon" => Wanted::Amount,
            _ => Wanted::Anything,
        }),
        "what" | "which" => Some(match next {
            "year" | "date" | "day" | "month" | "century" | "decade" | "season" => Wanted::Time,
            "percentage" | "percent" | "number" => Wanted::Amount,
            _ => Wanted::Anything,
        }),
        "when" => Some(Wanted::Time),
        "where" => Some(Wanted::Place),
        "who" | "whom" | "whose" => Some(Wanted::Person),
        "why" => Some(Wanted::Anything),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Wanted;
    use crate::text::read;

    #[test]
    fn the_first_asking_word_says_what_is_wanted() {
        for (question, wanted) in [
            ("How many teams played?", Wanted::Amount),
            ("For how long did it run?", Wanted::Amount),
            ("How often is it cleaned?", Wanted::Frequency),
            ("In which year was it built?", Wanted::Time),
            ("When was it built?", Wanted::Time),
            ("By whom was it built, when it burnt?", Wanted::Person),
            ("Where is it?", Wanted::Place),
            ("What happened when it burnt?", Wanted::Anything),
            ("How was it built?", Wanted::Anything),
            ("Did who built it live here?", Wanted::YesOrNo),
            ("退货期多长？", Wanted::Anything),
        ] {
            assert_eq!(Wanted::of(question), wanted, "{question}");
        }
    }

    #[test]
    fn spans_are_of_a_kind() {
        let sentence = "Later Peter Okoye moved twelve lamps to the old mill in May.";
        let words = read(sentence);
        let met =
            |wanted: Wanted, from: usize, to: usize| wanted.is_met_by(&words[from..to], false);
        assert!(met(Wanted::Person, 1, 3) && !met(Wanted::Person, 4, 6));
        assert!(met(Wanted::Amount, 4, 6) && !met(Wanted::Amount, 1, 3));
        assert!(met(Wanted::Place, 7, 10) && met(Wanted::Anything, 7, 10));
        assert!(met(Wanted::Time, 11, 12) && !met(Wanted::Time, 7, 10));
        assert!(!met(Wanted::YesOrNo, 1, 3) && !met(Wanted::Frequency, 1, 3));
    }
}
