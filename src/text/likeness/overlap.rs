//! How much two readings have in common.

use std::cmp::Ordering;

use super::{Word, grams, is_linking};

/// Nearly equal words are at least so much alike; below, they are two words.
const NEARLY: f32 = 0.5;
/// Longer lists are compared by equal words only: the rest would take the square of their length.
const MOST_NEARLY: usize = 32;

/// Dice's coefficient of two sorted lists; equal items count as often as both have them. Two empty
/// lists are alike.
pub(super) fn dice<T: Ord>(one: &[T], other: &[T]) -> f32 {
    if one.is_empty() && other.is_empty() {
        return 1.0;
    }
    2.0 * quotient(common(one, other), one.len() + other.len())
}

/// [`dice`] of stems, where what only one list has may be nearly what only the other has: "pasword"
/// and "password", "activat" and "activation".
pub(super) fn soft_dice(one: &[String], other: &[String]) -> f32 {
    if one.is_empty() && other.is_empty() {
        return 1.0;
    }
    let shared = count(common(one, other)) + near_matches(one, other);
    2.0 * shared / count(one.len() + other.len())
}

fn near_matches(one: &[String], other: &[String]) -> f32 {
    let alone = |list: &[String], against: &[String]| {
        let left = list
            .iter()
            .filter(|stem| against.binary_search(stem).is_err());
        left.map(|stem| grams::of_word(stem)).collect::<Vec<_>>()
    };
    let (left, right) = (alone(one, other), alone(other, one));
    if left.len().max(right.len()) > MOST_NEARLY {
        return 0.0;
    }
    let nearest = |grams: &Vec<u64>, among: &[Vec<u64>]| {
        let likeness = among.iter().map(|other| dice(grams, other));
        likeness.fold(0.0, f32::max)
    };
    let sum = |from: &[Vec<u64>], to: &[Vec<u64>]| {
        let near = from.iter().map(|grams| nearest(grams, to));
        near.filter(|likeness| *likeness >= NEARLY).sum::<f32>()
    };
    // The smaller of both sides, so that one word doesn't stand for two.
    sum(&left, &right).min(sum(&right, &left))
}

/// The share of the shorter sorted list that the other has.
pub(super) fn contained(one: &[String], other: &[String]) -> f32 {
    let fewer = one.len().min(other.len());
    if fewer == 0 {
        return f32::from(u8::from(one.len() == other.len()));
    }
    quotient(common(one, other), fewer)
}

/// Neighbours among the words that are no mere links, sorted.
pub(super) fn neighbours(words: &[Word]) -> Vec<(String, String)> {
    let bare: Vec<&Word> = words.iter().filter(|word| !is_linking(word)).collect();
    let pairs = bare.windows(2);
    let mut pairs: Vec<(String, String)> = pairs
        .map(|pair| (pair[0].form.clone(), pair[1].form.clone()))
        .collect();
    pairs.sort_unstable();
    pairs
}

/// The share of neighbours among the common stems that stand in the same order in both texts.
pub(super) fn order(one: &[Word], other: &[Word]) -> f32 {
    let place = |form: &str| other.iter().position(|word| word.form == form);
    let carried = one.iter().filter(|word| word.is_substance());
    let places: Vec<usize> = carried.filter_map(|word| place(&word.form)).collect();
    if places.len() < 2 {
        return 1.0;
    }
    let kept = places.windows(2).filter(|pair| pair[0] <= pair[1]).count();
    quotient(kept, places.len() - 1)
}

/// The smaller count as a share of the larger.
pub(super) fn ratio(one: usize, other: usize) -> f32 {
    if one == other {
        return 1.0;
    }
    quotient(one.min(other), one.max(other))
}

/// How many items two sorted lists share.
fn common<T: Ord>(one: &[T], other: &[T]) -> usize {
    let (mut left, mut right, mut shared) = (0, 0, 0);
    while left < one.len() && right < other.len() {
        match one[left].cmp(&other[right]) {
            Ordering::Less => left += 1,
            Ordering::Greater => right += 1,
            Ordering::Equal => (left, right, shared) = (left + 1, right + 1, shared + 1),
        }
    }
    shared
}

fn quotient(part: usize, whole: usize) -> f32 {
    count(part) / count(whole)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "texts are far shorter than 2^23"
)]
fn count(items: usize) -> f32 {
    items as f32
}
