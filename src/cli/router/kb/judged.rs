//! A labelled question with what would have been served.

use super::{Row, document};
use crate::{chat::Route, orchestrator::Preview};

/// What would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// This entry of the FAQ.
    Entry(String),
    /// A passage of the document with this stem.
    Document(String),
    /// No local answer.
    Nothing,
}

/// What would have been served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Served {
    Entry(String),
    /// The local model's words over a passage of this document.
    Document(String),
    /// Nothing local.
    Escalated,
}

/// A question that was judged.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub(super) query: String,
    /// Where the row says it comes from.
    pub(super) source: Option<String>,
    pub(super) expected: Expected,
    pub(super) served: Served,
    /// What was found first for it is right, served or not.
    pub(super) found: bool,
    pub(super) confidence: f32,
    pub(super) reasons: Vec<String>,
}

impl Judged {
    /// The row, whose best candidate was right where it was `found`.
    pub(super) fn new(row: Row, preview: Preview, found: bool) -> Self {
        let expected = match row.label() {
            Some((Route::Faq, Some(id))) => Expected::Entry(id.to_owned()),
            Some((_, Some(stem))) => Expected::Document(stem.to_owned()),
            _ => Expected::Nothing,
        };
        let served = match preview.route {
            Route::Faq => {
                let faq = preview.signals.faq;
                Served::Entry(faq.map_or_else(String::new, |faq| faq.id))
            }
            Route::Knowledge => {
                let passage = preview.signals.passage;
                Served::Document(passage.map_or_else(String::new, |found| document(&found.id)))
            }
            _ => Served::Escalated,
        };
        Self {
            query: row.query,
            source: row.source,
            expected,
            served,
            found,
            confidence: preview.confidence,
            reasons: preview.reasons,
        }
    }

    pub(super) fn is_answerable(&self) -> bool {
        self.expected != Expected::Nothing
    }

    /// What was served is what the row names.
    pub(super) fn is_right(&self) -> bool {
        match (&self.expected, &self.served) {
            (Expected::Entry(expected), Served::Entry(served))
            | (Expected::Document(expected), Served::Document(served)) => expected == served,
            _ => false,
        }
    }

    /// Served locally, and the row can tell whether rightly: of a question that an entry answers it
    /// can't tell whether a document does too, nor the other way round.
    pub(super) fn is_judged(&self) -> bool {
        match (&self.expected, &self.served) {
            (_, Served::Escalated) => false,
            (Expected::Entry(_), served) => matches!(served, Served::Entry(_)),
            (Expected::Document(_), served) => matches!(served, Served::Document(_)),
            (Expected::Nothing, _) => true,
        }
    }

    /// Served locally, but not what the row names.
    pub(super) fn is_mistake(&self) -> bool {
        self.served != Served::Escalated && !self.is_right()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A question of the source "shop".
    pub(in super::super) fn judged(expected: Expected, served: Served, confidence: f32) -> Judged {
        let mut judged = Judged {
            query: "How much is it?".into(),
            source: Some("shop".into()),
            expected,
            served,
            found: false,
            confidence,
            reasons: vec!["faq match".into()],
        };
        judged.found = judged.is_right();
        judged
    }

    pub(in super::super) fn entry(id: &str) -> Expected {
        Expected::Entry(id.into())
    }

    pub(in super::super) fn serves(id: &str) -> Served {
        Served::Entry(id.into())
    }

    #[test]
    fn an_answer_of_the_other_tier_is_neither_right_nor_counted_as_wrong() {
        let passage = judged(entry("fees"), Served::Document("fees".into()), 0.9);
        assert!(!passage.is_right() && !passage.is_judged() && passage.is_mistake());
        let right = judged(entry("fees"), serves("fees"), 0.9);
        assert!(right.is_right() && right.is_judged() && !right.is_mistake());
        let outside = judged(Expected::Nothing, serves("fees"), 0.9);
        assert!(!outside.is_right() && outside.is_judged() && outside.is_mistake());
        let escalated = judged(Expected::Nothing, Served::Escalated, 0.9);
        assert!(!escalated.is_judged() && !escalated.is_mistake());
    }
}
