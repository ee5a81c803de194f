//! What kind of thing a question asks for.

use super::{Kind, Word};

/// The kinds of question. Those but [`Asks::Open`] each want an answer of their own kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// "Why", "how come", "what is the reason".
    Reason,
    /// "When", "what time", "how long", "how soon", "how often".
    Time,
    /// "Where", "which place".
    Place,
    /// "Who", "whose", "whom".
    Person,
    /// "How much", "how many", "what is the price".
    Amount,
    /// "How", "what", "can I", or a command: people ask for the same thing in any of these ways.
    Open,
}

/// How far from the beginning the word that asks may stand: "Hello, please tell me when…".
const REACH: usize = 8;

/// What `words` ask for, by the first word that tells.
pub(super) fn asks(words: &[Word]) -> Asks {
    let forms = || words.iter().take(REACH);
    for (place, word) in forms().enumerate() {
        let next = words.get(place + 1).map_or("", |next| next.form.as_str());
        return match word.form.as_str() {
            "why" => Asks::Reason,
            // "…when I pay" is no question; "when" and its like ask only at the beginning or
            // after a verb of telling.
            "when" if leads(words, place) => Asks::Time,
            "where" if leads(words, place) => Asks::Place,
            "who" | "whose" | "whom" if leads(words, place) => Asks::Person,
            "how" => match next {
                "com" => Asks::Reason,
                "long" | "soon" | "often" | "lat" | "earli" => Asks::Time,
                "much" | "mani" | "far" | "old" | "big" | "high" | "tall" | "larg" => Asks::Amount,
                _ => Asks::Open,
            },
            "what" | "which" => noun(&words[place + 1..]),
            _ => continue,
        };
    }
    Asks::Open
}

/// What "what" or "which" asks for, by the noun after it.
fn noun(after: &[Word]) -> Asks {
    let mut told = after.iter().filter(|word| word.kind != Kind::Stop);
    match told.next().map_or("", |word| word.form.as_str()) {
        "tim" | "day" | "dat" | "hour" | "month" | "year" => Asks::Time,
        "reason" | "caus" => Asks::Reason,
        "plac" | "location" | "address" => Asks::Place,
        "pric" | "cost" | "fee" | "amount" | "number" => Asks::Amount,
        "person" => Asks::Person,
        _ => Asks::Open,
    }
}

/// Whether the word at `place` begins the question, or follows one of telling.
fn leads(words: &[Word], place: usize) -> bool {
    let before = words[..place].iter().rev();
    let mut before = before.filter(|word| word.kind != Kind::Stop);
    before.next().is_none_or(|word| {
        matches!(
            word.form.as_str(),
            "tell"
                | "know"
                | "say"
                | "explain"
                | "ask"
                | "pleas"
                | "show"
                | "find"
                | "hello"
                | "hi"
        )
    })
}

/// 1 for the same kind, 0 for two that want different answers, 0.5 where one of them is open.
pub(super) fn agreement(one: Asks, other: Asks) -> f32 {
    match (one, other) {
        (one, other) if one == other => 1.0,
        (Asks::Open, _) | (_, Asks::Open) => 0.5,
        _ => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read;

    #[test]
    fn the_kind_of_answer_is_told_by_the_word_that_asks() {
        for (text, expected) in [
            ("Why was my card declined?", Asks::Reason),
            ("How come my card was declined?", Asks::Reason),
            ("Please tell me when you open", Asks::Time),
            ("What time do you open?", Asks::Time),
            ("How long does shipping take?", Asks::Time),
            ("Where is my order?", Asks::Place),
            ("How much is shipping?", Asks::Amount),
            ("What is the price of the kettle?", Asks::Amount),
            ("Who made it?", Asks::Person),
            ("How do I pay when I am abroad?", Asks::Open),
            ("Cancel my order when it ships", Asks::Open),
            ("Can I cancel?", Asks::Open),
        ] {
            assert_eq!(asks(&read(text)), expected, "{text}");
        }
    }
}
