//! Lays the words of a claim beside those of a statement, in order.

use crate::text::{Kind, Word};

use super::bearing::share;

/// A place of the claim and the place of the window that it is matched with.
pub(super) type Pair = (usize, usize);

/// The longest run of equal words in equal order, compact where there is a choice.
pub(super) fn align(claim: &[Word], window: &[&Word]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for (place, word) in claim
        .iter()
        .enumerate()
        .filter(|(_, word)| word.kind != Kind::Stop)
    {
        let equal = window
            .iter()
            .enumerate()
            .filter(|(_, other)| other.kind != Kind::Stop && other.form == word.form);
        pairs.extend(equal.map(|(other, _)| (place, other)));
    }
    let mut ends: Vec<(f32, Option<usize>)> = Vec::with_capacity(pairs.len());
    for (this, &(claim_place, window_place)) in pairs.iter().enumerate() {
        let mut end = (1.0, None);
        for (before, &(claim_before, window_before)) in pairs[..this].iter().enumerate() {
            if claim_before < claim_place && window_before < window_place {
                let skipped = share(window_place - window_before - 1, 200).min(0.5);
                let value = ends[before].0 + 1.0 - skipped;
                if value > end.0 {
                    end = (value, Some(before));
                }
            }
        }
        ends.push(end);
    }
    let last = (0..pairs.len()).max_by(|&one, &other| ends[one].0.total_cmp(&ends[other].0));
    let mut chain: Vec<Pair> = std::iter::successors(last, |&pair| ends[pair].1)
        .map(|pair| pairs[pair])
        .collect();
    chain.reverse();
    chain
}
