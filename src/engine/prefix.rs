//! Beginnings of prompts that are computed once and shared.
//!
//! A prompt's shared part (the system message and the markup round it) is kept in a sequence of
//! its own, reserved beside the slots'. A new prompt takes over the longest beginning it has in
//! common with one of them: with the unified cache that marks cells and copies nothing. The least
//! recently used one makes room. Deliberately not kept: passages and histories.

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::kv_cache::KvCacheConversionError;
use llama_cpp_2::token::LlamaToken;

/// How many beginnings are kept: a few prompts of a few bots.
pub(super) const CAPACITY: usize = 4;

/// Fewer tokens than this are computed faster than they are looked after.
const MIN_TOKENS: usize = 16;

/// See the module.
pub(super) struct Prefixes {
    /// Least recently used first.
    kept: Vec<Kept>,
    free_sequences: Vec<i32>,
}

struct Kept {
    tokens: Vec<LlamaToken>,
    sequence: i32,
}

impl Prefixes {
    /// Keeps them in `CAPACITY` sequences from `first_sequence` on.
    pub(super) fn new(first_sequence: i32) -> Self {
        Self {
            kept: Vec::with_capacity(CAPACITY),
            free_sequences: (first_sequence..).take(CAPACITY).collect(),
        }
    }

    /// Tokens kept, which take as many cells of the cache.
    pub(super) fn cells(&self) -> usize {
        self.kept.iter().map(|kept| kept.tokens.len()).sum()
    }

    /// Whether `tokens` are worth keeping and not kept yet.
    pub(super) fn wants(&self, tokens: &[LlamaToken]) -> bool {
        tokens.len() >= MIN_TOKENS && !self.kept.iter().any(|kept| kept.tokens.starts_with(tokens))
    }

    /// Gives the empty `sequence` what is kept of the beginning of `tokens`; returns how many
    /// tokens that is, always less than all, since the last one's output is needed.
    pub(super) fn attach(
        &mut self,
        context: &mut LlamaContext<'_>,
        tokens: &[LlamaToken],
        sequence: i32,
    ) -> Result<usize, KvCacheConversionError> {
        let in_common = |kept: &Kept| common(&kept.tokens, tokens);
        let best = (0..self.kept.len()).max_by_key(|&index| in_common(&self.kept[index]));
        let Some(index) = best else {
            return Ok(0);
        };
        let length = in_common(&self.kept[index]).min(tokens.len().saturating_sub(1));
        if length < MIN_TOKENS {
            return Ok(0);
        }
        let kept = self.kept.remove(index);
        let source = kept.sequence;
        self.kept.push(kept);
        context.kv_cache_seq_cp(source, sequence, Some(0), u32::try_from(length).ok())?;
        Ok(length)
    }

    /// Keeps `tokens`, which are all that `sequence` holds now.
    pub(super) fn keep(
        &mut self,
        context: &mut LlamaContext<'_>,
        tokens: &[LlamaToken],
        sequence: i32,
    ) -> Result<(), KvCacheConversionError> {
        if self.free_sequences.is_empty() {
            self.forget_oldest(context);
        }
        let Some(reserved) = self.free_sequences.pop() else {
            return Ok(());
        };
        context.kv_cache_seq_cp(sequence, reserved, None, None)?;
        self.kept.push(Kept {
            tokens: tokens.to_vec(),
            sequence: reserved,
        });
        Ok(())
    }

    /// Gives up the least recently used one; false if none is kept.
    pub(super) fn forget_oldest(&mut self, context: &mut LlamaContext<'_>) -> bool {
        if self.kept.is_empty() {
            return false;
        }
        let oldest = self.kept.remove(0);
        self.free_sequences.push(oldest.sequence);
        // Removing a whole sequence can't fail.
        let _ = context.kv_cache_seq_rm(oldest.sequence, None, None);
        true
    }
}

/// How many tokens two prompts have in common from their start.
fn common(left: &[LlamaToken], right: &[LlamaToken]) -> usize {
    left.iter()
        .zip(right)
        .take_while(|(left, right)| left == right)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(ids: std::ops::Range<i32>) -> Vec<LlamaToken> {
        ids.map(LlamaToken).collect()
    }

    fn keeping(kept: Vec<LlamaToken>) -> Prefixes {
        let mut prefixes = Prefixes::new(8);
        let sequence = prefixes.free_sequences.pop().expect("a free sequence");
        prefixes.kept.push(Kept {
            tokens: kept,
            sequence,
        });
        prefixes
    }

    #[test]
    fn what_is_in_common_ends_at_the_first_difference() {
        assert_eq!(
            common(
                &tokens(0..9),
                &[LlamaToken(0), LlamaToken(1), LlamaToken(7)]
            ),
            2
        );
    }

    #[test]
    fn what_is_kept_already_is_not_wanted_again() {
        let prefixes = keeping(tokens(0..40));
        assert!(!prefixes.wants(&tokens(0..40)));
        assert!(!prefixes.wants(&tokens(0..20)));
        assert!(prefixes.wants(&tokens(1..40)));
    }

    #[test]
    fn a_few_tokens_are_not_worth_keeping() {
        assert!(!Prefixes::new(8).wants(&tokens(0..5)));
    }
}
