//! Words and pairs of neighbouring words, hashed into buckets (the hashing trick: Weinberger et
//! al. 2009, *Feature Hashing for Large Scale Multitask Learning*).

use super::reading::Reading;

/// How many buckets there are.
pub const BUCKETS: u16 = 4096;

/// The buckets of a request's words and pairs, ascending, each once.
pub(super) fn buckets(reading: &Reading) -> Vec<u16> {
    let words = &reading.words;
    let single = words.iter().map(|word| bucket(&[&word.text]));
    let pairs = words.iter().zip(words.iter().skip(1));
    let pairs = pairs
        .filter(|(_, second)| second.place > 0)
        .map(|(first, second)| bucket(&[&first.text, &second.text]));
    let mut all: Vec<u16> = single.chain(pairs).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// What each bucket's weight is scaled by, so that a long request isn't hard for its length.
#[expect(clippy::cast_precision_loss, reason = "at most 4096 buckets")]
#[must_use]
pub fn scale(buckets: usize) -> f32 {
    1.0 / (buckets.max(1) as f32).sqrt()
}

/// FNV-1a, folded.
fn bucket(words: &[&str]) -> u16 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for word in words {
        for byte in word.bytes().chain([b' ']) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    u16::try_from((hash >> 32 ^ hash) % u64::from(BUCKETS)).unwrap_or(0)
}
