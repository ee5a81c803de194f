//! Answers given before, found again by the exact question; by a question that is near, in
//! [`semantic`].
//!
//! A key holds all that an answer depends on, the knowledge's generation among it, so new knowledge
//! makes old answers unreachable without a sweep.

pub mod semantic;

use std::time::Duration;

use moka::sync::Cache;
use sha2::{Digest, Sha256};

use crate::chat::Message;

const MOST_ENTRIES: u64 = 10_000;

/// All that decides an answer, hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key([u8; 32]);

impl Key {
    /// The key of a conversation asked of `target` (with the sampling asked for) over a
    /// generation of knowledge. Case, surrounding and repeated white space don't matter.
    #[must_use]
    pub fn new(
        messages: &[Message],
        target: &str,
        collections: &[String],
        generation: u64,
    ) -> Self {
        let mut hash = Sha256::new();
        let mut field = |text: &str| {
            hash.update((text.len() as u64).to_le_bytes());
            hash.update(text);
        };
        field(target);
        field(&collections.join("\0"));
        field(&generation.to_string());
        for message in messages {
            field(message.role.as_str());
            let words: Vec<&str> = message.content.split_whitespace().collect();
            field(&words.join(" ").to_lowercase());
        }
        Self(hash.finalize().into())
    }
}

/// A bounded store of answers of type `A`.
#[derive(Clone)]
pub struct ExactCache<A: Clone + Send + Sync + 'static> {
    answers: Cache<Key, A>,
}

impl<A: Clone + Send + Sync + 'static> ExactCache<A> {
    /// An empty one, whose answers are given for `max_age`.
    #[must_use]
    pub fn new(max_age: Duration) -> Self {
        let builder = Cache::builder().max_capacity(MOST_ENTRIES);
        Self {
            answers: builder.time_to_live(max_age).build(),
        }
    }

    /// The answer given to this key, if it is still held.
    #[must_use]
    pub fn get(&self, key: &Key) -> Option<A> {
        self.answers.get(key)
    }

    /// Keeps an answer.
    pub fn insert(&self, key: Key, answer: A) {
        self.answers.insert(key, answer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::Role;

    fn key(text: &str, generation: u64) -> Key {
        Key::new(&[Message::new(Role::User, text)], "auto", &[], generation)
    }

    #[test]
    fn case_and_white_space_do_not_matter() {
        assert_eq!(
            key("Where is  my order?", 1),
            key(" where is my order?\n", 1)
        );
    }

    #[test]
    fn another_question_generation_or_history_is_another_key() {
        assert_ne!(key("cancel my order", 1), key("do not cancel my order", 1));
        assert_ne!(key("cancel my order", 1), key("cancel my order", 2));
        let history = [
            Message::new(Role::User, "hello"),
            Message::new(Role::User, "cancel my order"),
        ];
        assert_ne!(
            Key::new(&history, "auto", &[], 1),
            key("cancel my order", 1)
        );
    }

    #[test]
    fn what_is_kept_is_found_again() {
        let cache = ExactCache::new(Duration::from_secs(60));
        cache.insert(key("a", 1), "answer");
        assert_eq!(cache.get(&key("a", 1)), Some("answer"));
        assert_eq!(cache.get(&key("a", 2)), None);
    }
}
