//! Numbers that look random and are the same on every run: a fit must be repeatable.

/// `SplitMix64` (Steele, Lea, Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Draw(u64);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0xA076_1D64_78BD_642F) ^ 0x9E37_79B9_7F4A_7C15)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// 0 to 1, without 1.
    #[expect(clippy::cast_precision_loss, reason = "24 bits fit exactly")]
    pub(super) fn share(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// 0 to `end`, without `end`, which is not 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end.max(1) as u64).unwrap_or(0)
    }

    /// Fisher and Yates.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}

/// Which of `folds` parts each of `count` rows is held out with: equal parts, drawn.
pub(super) fn folds(count: usize, folds: usize, seed: u64) -> Vec<usize> {
    let mut parts: Vec<usize> = (0..count).map(|index| index % folds).collect();
    Draw::new(seed).shuffle(&mut parts);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_equal_and_the_same_for_a_seed() {
        let parts = folds(103, 5, 1);
        assert_eq!(parts, folds(103, 5, 1));
        assert_ne!(parts, folds(103, 5, 2));
        for part in 0..5 {
            let size = parts.iter().filter(|&&found| found == part).count();
            assert!((20..=21).contains(&size));
        }
    }

    #[test]
    fn shares_fill_the_whole_range() {
        let mut draw = Draw::new(7);
        let shares: Vec<f32> = (0..1000).map(|_| draw.share()).collect();
        assert!(shares.iter().all(|share| (0.0..1.0).contains(share)));
        assert!(shares.iter().any(|&share| share < 0.05));
        assert!(shares.iter().any(|&share| share > 0.95));
    }
}
