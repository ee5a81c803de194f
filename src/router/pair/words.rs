//! Which words go with each model being right: ridge regression on weighted words and word pairs.

use std::collections::HashMap;

/// Words in fewer queries say nothing about others.
const LEAST_QUERIES: u32 = 2;
/// Few words are seen often enough to be trusted alone.
const PENALTY: f32 = 10.0;
/// The solution is near enough after so many steps, as the penalty is large.
const MOST_STEPS: usize = 60;
const NEAR_ENOUGH: f32 = 1e-3;

/// The words and pairs of words of many queries, each known by its hash.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Vocabulary {
    places: HashMap<u32, u32>,
    /// What a word weighs: the rarer, the more.
    rarity: Vec<f32>,
}

/// The words of a query: their places and weights; the weights' squares add up to 1.
pub(super) type Terms = Vec<(u32, f32)>;

impl Vocabulary {
    pub(super) fn of(queries: &[&str]) -> Self {
        let mut seen: HashMap<u32, u32> = HashMap::new();
        for query in queries {
            for term in counted(query).into_keys() {
                *seen.entry(term).or_default() += 1;
            }
        }
        let mut kept: Vec<(u32, u32)> = seen
            .into_iter()
            .filter(|(_, queries)| *queries >= LEAST_QUERIES)
            .collect();
        kept.sort_unstable();
        let all = number(queries.len());
        let rarity =
            |&(_, count): &(u32, u32)| ((1.0 + all) / (1.0 + number(count as usize))).ln() + 1.0;
        Self::restored(
            &kept.iter().map(|(term, _)| *term).collect::<Vec<_>>(),
            kept.iter().map(rarity).collect(),
        )
    }

    /// From hashes in the order of places, and what each weighs.
    pub(super) fn restored(terms: &[u32], rarity: Vec<f32>) -> Self {
        let places = terms.iter().zip(0..).map(|(&term, place)| (term, place));
        Self {
            places: places.collect(),
            rarity,
        }
    }

    /// Hashes in the order of places, and what each weighs.
    pub(super) fn stored(&self) -> (Vec<u32>, &[f32]) {
        let mut terms = vec![0; self.rarity.len()];
        for (&term, &place) in &self.places {
            terms[place as usize] = term;
        }
        (terms, &self.rarity)
    }

    pub(super) fn len(&self) -> usize {
        self.rarity.len()
    }

    pub(super) fn terms(&self, query: &str) -> Terms {
        let mut terms: Terms = counted(query)
            .into_iter()
            .filter_map(|(term, count)| {
                let place = *self.places.get(&term)?;
                let often = 1.0 + number(count as usize).ln();
                Some((place, often * self.rarity[place as usize]))
            })
            .collect();
        // A sum of floats depends on its order.
        terms.sort_unstable_by_key(|(place, _)| *place);
        let length = terms
            .iter()
            .map(|(_, weight)| weight * weight)
            .sum::<f32>()
            .sqrt();
        for (_, weight) in &mut terms {
            *weight /= length;
        }
        terms
    }
}

fn counted(query: &str) -> HashMap<u32, u32> {
    let lower = query.to_lowercase();
    let words = lower.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    let words: Vec<&str> = words.filter(|word| word.chars().nth(1).is_some()).collect();
    let mut counts = HashMap::new();
    let single = words.iter().map(|word| hash(&[word]));
    let pairs = words.windows(2).map(hash);
    for term in single.chain(pairs) {
        *counts.entry(term).or_default() += 1;
    }
    counts
}

/// FNV-1a, with an end after each word.
fn hash(words: &[&str]) -> u32 {
    let bytes = words.iter().flat_map(|word| word.bytes().chain([0]));
    bytes.fold(0x811C_9DC5, |hash: u32, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// A linear function of a query's words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Linear {
    pub(super) bias: f32,
    /// One for each place of the vocabulary.
    pub(super) weights: Vec<f32>,
}

impl Linear {
    pub(super) fn predict(&self, terms: &Terms) -> f32 {
        self.bias + dot(terms, &self.weights)
    }

    /// Fits by the method of conjugate gradients (Hestenes, Stiefel 1952) on the normal equations,
    /// which are never written out. The bias is the targets' mean.
    pub(super) fn fit(rows: &[&Terms], targets: &[f32], width: usize) -> Self {
        let bias = targets.iter().sum::<f32>() / number(targets.len()).max(1.0);
        let mut weights = vec![0.0_f32; width];
        let mut residual = vec![0.0_f32; width];
        for (row, target) in rows.iter().zip(targets) {
            add(row, target - bias, &mut residual);
        }
        let mut direction = residual.clone();
        let mut error = square(&residual);
        let enough = error * NEAR_ENOUGH * NEAR_ENOUGH;
        for _ in 0..MOST_STEPS {
            if error <= enough {
                break;
            }
            let mut applied: Vec<f32> = direction.iter().map(|value| value * PENALTY).collect();
            for row in rows {
                add(row, dot(row, &direction), &mut applied);
            }
            let along: f32 = direction.iter().zip(&applied).map(|(a, b)| a * b).sum();
            let step = error / along;
            for place in 0..width {
                weights[place] += step * direction[place];
                residual[place] -= step * applied[place];
            }
            let left = square(&residual);
            for (value, rest) in direction.iter_mut().zip(&residual) {
                *value = rest + left / error * *value;
            }
            error = left;
        }
        Self { bias, weights }
    }
}

fn dot(terms: &Terms, weights: &[f32]) -> f32 {
    terms
        .iter()
        .map(|&(place, weight)| weight * weights[place as usize])
        .sum()
}

fn add(terms: &Terms, factor: f32, to: &mut [f32]) {
    for &(place, weight) in terms {
        to[place as usize] += factor * weight;
    }
}

fn square(values: &[f32]) -> f32 {
    values.iter().map(|value| value * value).sum()
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^23")]
fn number(count: usize) -> f32 {
    count as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_that_goes_with_success_gets_a_positive_weight() {
        let queries: Vec<&str> = (0..60)
            .map(|index| {
                if index % 2 == 0 {
                    "name the capital"
                } else {
                    "prove the theorem"
                }
            })
            .collect();
        let vocabulary = Vocabulary::of(&queries);
        let terms: Vec<Terms> = queries
            .iter()
            .map(|query| vocabulary.terms(query))
            .collect();
        let targets: Vec<f32> = (0..60_u8).map(|index| f32::from(1 - index % 2)).collect();
        let rows: Vec<&Terms> = terms.iter().collect();
        let fitted = Linear::fit(&rows, &targets, vocabulary.len());
        assert!(fitted.predict(&vocabulary.terms("the capital of France")) > 0.6);
        assert!(fitted.predict(&vocabulary.terms("a theorem")) < 0.45);
        let unknown = fitted.predict(&vocabulary.terms("zzz"));
        assert!((unknown - 0.5).abs() < 1e-6, "nothing known: the mean");
    }

    #[test]
    fn a_vocabulary_is_the_same_after_storing() {
        let vocabulary = Vocabulary::of(&["one two", "two one", "one two"]);
        let (terms, rarity) = vocabulary.stored();
        assert_eq!(Vocabulary::restored(&terms, rarity.to_vec()), vocabulary);
        assert_eq!(vocabulary.len(), 3, "both words and one pair are in two");
    }
}
