//! What FAQ entries and passages of documents each have of their own: their vectors may come from
//! different encoders.

use serde::{Deserialize, Serialize};

/// One for the FAQ entries, one for the passages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PerKind<T> {
    /// Of the entries' questions, variants and answers.
    pub faq: T,
    /// Of the passages.
    pub passages: T,
}

/// Which encoder vectors come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VectorSpace {
    /// Changes whenever the encoder's vectors or its tokens do; an index of another is rebuilt.
    pub encoder: String,
    /// The vectors' length.
    pub dimensions: usize,
}

impl<T> PerKind<T> {
    /// The same for both.
    pub fn same(of_both: T) -> Self
    where
        T: Clone,
    {
        Self {
            faq: of_both.clone(),
            passages: of_both,
        }
    }

    /// References to both.
    pub fn as_ref(&self) -> PerKind<&T> {
        PerKind {
            faq: &self.faq,
            passages: &self.passages,
        }
    }

    /// Both, made of these.
    pub fn map<U>(self, make: impl Fn(T) -> U) -> PerKind<U> {
        PerKind {
            faq: make(self.faq),
            passages: make(self.passages),
        }
    }

    /// Each with its other.
    pub fn zip<U>(self, other: PerKind<U>) -> PerKind<(T, U)> {
        PerKind {
            faq: (self.faq, other.faq),
            passages: (self.passages, other.passages),
        }
    }
}
