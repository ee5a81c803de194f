//! Answers given before, found again by a question that is near.
//!
//! A store and no judge: it says which kept question is nearest, how near, and how far ahead of
//! those with another answer. Whether one may be given is decided by whoever asks, since a near
//! question may have the opposite answer.

use std::{
    collections::VecDeque,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use sha2::{Digest, Sha256};

use super::Key;

/// What is kept at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Answers; the oldest go first.
    pub max_entries: usize,
    /// How long one is given.
    pub max_age: Duration,
}

/// An answer with the question that it was written for.
#[derive(Clone, Debug)]
pub struct Kept<A> {
    /// All that the answer depends on but the question: a [`Key`] of what was said before it.
    pub scope: Key,
    /// The question.
    pub question: String,
    /// The question's vector, of unit length.
    pub vector: Vec<f32>,
    /// The answer's words, to tell answers apart; hashed, not kept.
    pub said: Said,
    /// The answer.
    pub answer: A,
}

/// A digest of an answer's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said([u8; 32]);

impl Said {
    /// Of these words.
    #[must_use]
    pub fn of(words: &str) -> Self {
        Self(Sha256::digest(words).into())
    }
}

/// A kept answer whose question is near.
#[derive(Clone, Debug, PartialEq)]
pub struct Near<A> {
    /// The question that the answer was written for.
    pub question: String,
    /// The answer.
    pub answer: A,
    /// Cosine of both questions.
    pub cosine: f32,
    /// How far that is above the nearest question with another answer; the cosine itself where there
    /// is none.
    pub margin: f32,
}

/// A bounded store of answers of type `A`, searched exactly: for some thousand vectors that takes
/// less than a millisecond.
#[derive(Debug)]
pub struct SemanticCache<A> {
    bounds: Bounds,
    /// Oldest first.
    kept: RwLock<VecDeque<(Instant, Kept<A>)>>,
}

impl<A: Clone> SemanticCache<A> {
    /// An empty one.
    #[must_use]
    pub fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            kept: RwLock::default(),
        }
    }

    /// The nearest kept question of `scope` that is not too old at `now`.
    #[must_use]
    pub fn nearest(&self, scope: &Key, vector: &[f32], now: Instant) -> Option<Near<A>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let fresh = kept
            .iter()
            .filter(|(since, entry)| entry.scope == *scope && !self.is_old(*since, now));
        let near: Vec<(f32, &Kept<A>)> = fresh
            .map(|(_, entry)| (dot(&entry.vector, vector), entry))
            .collect();
        let (cosine, best) = near.iter().max_by(|one, other| one.0.total_cmp(&other.0))?;
        let others = near.iter().filter(|(_, entry)| entry.said != best.said);
        let next = others.map(|(cosine, _)| *cosine).fold(0.0, f32::max);
        Some(Near {
            question: best.question.clone(),
            answer: best.answer.clone(),
            cosine: *cosine,
            margin: cosine - next,
        })
    }

    /// Keeps an answer. One to the same question is replaced; beyond the bounds, the oldest go.
    pub fn insert(&self, entry: Kept<A>, now: Instant) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(since, held)| {
            let same = held.scope == entry.scope && held.question == entry.question;
            !same && !self.is_old(*since, now)
        });
        kept.push_back((now, entry));
        while kept.len() > self.bounds.max_entries {
            kept.pop_front();
        }
    }

    fn is_old(&self, since: Instant, now: Instant) -> bool {
        now.saturating_duration_since(since) >= self.bounds.max_age
    }
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Message, Role};

    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    fn cache(max_entries: usize) -> SemanticCache<&'static str> {
        SemanticCache::new(Bounds {
            max_entries,
            max_age: DAY,
        })
    }

    fn scope(generation: u64) -> Key {
        Key::new(
            &[Message::new(Role::System, "be brief")],
            "auto",
            &[],
            generation,
        )
    }

    /// An answer whose question points into the direction of `degrees`.
    fn kept(degrees: f32, answer: &'static str, scope: Key) -> Kept<&'static str> {
        Kept {
            scope,
            question: format!("question at {degrees}"),
            vector: direction(degrees),
            said: Said::of(answer),
            answer,
        }
    }

    fn direction(degrees: f32) -> Vec<f32> {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        vec![cosine, sine]
    }

    fn found(
        cache: &SemanticCache<&'static str>,
        scope: &Key,
        now: Instant,
    ) -> Option<&'static str> {
        let near = cache.nearest(scope, &direction(0.0), now);
        near.map(|near| near.answer)
    }

    #[test]
    fn the_nearest_comes_first_and_the_margin_is_to_another_answer() {
        let (cache, now, scope) = (cache(9), Instant::now(), scope(1));
        for (degrees, answer) in [(60.0, "other"), (10.0, "one"), (0.0, "one")] {
            cache.insert(kept(degrees, answer, scope), now);
        }
        let near = cache.nearest(&scope, &direction(0.0), now).expect("one");
        assert_eq!(near.question, "question at 0");
        assert!((near.cosine - 1.0).abs() < 1e-6);
        assert!((near.margin - 0.5).abs() < 1e-6, "{near:?}");
    }

    #[test]
    fn new_knowledge_and_other_conversations_make_answers_unreachable() {
        let (cache, now) = (cache(9), Instant::now());
        cache.insert(kept(0.0, "old", scope(1)), now);
        assert_eq!(found(&cache, &scope(1), now), Some("old"));
        assert!(found(&cache, &scope(2), now).is_none());
        let history = [Message::new(Role::User, "hello")];
        assert!(found(&cache, &Key::new(&history, "auto", &[], 1), now).is_none());
    }

    #[test]
    fn the_oldest_goes_where_there_is_no_more_room() {
        let (cache, now, scope) = (cache(2), Instant::now(), scope(1));
        for (degrees, answer) in [(0.0, "first"), (10.0, "second"), (20.0, "third")] {
            cache.insert(kept(degrees, answer, scope), now);
        }
        assert_eq!(found(&cache, &scope, now), Some("second"));
    }

    #[test]
    fn what_is_too_old_is_not_found() {
        let (cache, now, scope) = (cache(9), Instant::now(), scope(1));
        cache.insert(kept(0.0, "old", scope), now);
        cache.insert(kept(5.0, "newer", scope), now + DAY / 2);
        assert_eq!(found(&cache, &scope, now + DAY), Some("newer"));
        assert!(found(&cache, &scope, now + DAY * 2).is_none());
    }

    #[test]
    fn a_question_has_one_answer() {
        let (cache, now, scope) = (cache(9), Instant::now(), scope(1));
        cache.insert(kept(0.0, "before", scope), now);
        cache.insert(kept(0.0, "now", scope), now);
        assert_eq!(found(&cache, &scope, now), Some("now"));
    }
}
