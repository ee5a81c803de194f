//! A logistic model with an L2 penalty, by full gradient steps (Adam: Kingma and Ba 2015). Each
//! source weighs the same within its class, and both classes weigh the same.

use std::collections::HashMap;

use microgpt::router::difficulty::{BUCKETS, FEATURES, Measured, scale};

use crate::data::Sample;

const STEPS: i32 = 300;
const RATE: f64 = 0.05;
/// What a source of joined requests counts beside the one that it is made of.
const MADE_PART: f64 = 0.25;

/// What is fitted, and how much coefficients cost.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    /// Surface features are used; without them only the number of words is.
    pub(crate) surface: bool,
    /// Hashed words and pairs are used.
    pub(crate) pairs: bool,
    pub(crate) ridge_surface: f64,
    pub(crate) ridge_pairs: f64,
}

/// Bias, features, buckets, one after another.
#[derive(Clone)]
pub(crate) struct Fitted(pub(crate) Vec<f64>);

impl Fitted {
    pub(crate) fn logit(&self, plan: Plan, measured: &Measured) -> f64 {
        inputs(plan, measured)
            .map(|(place, value)| self.0[place] * value)
            .sum()
    }
}

/// Places and values of what is not zero.
fn inputs(plan: Plan, measured: &Measured) -> impl Iterator<Item = (usize, f64)> + '_ {
    let surface = if plan.surface { FEATURES.len() } else { 1 };
    let by = f64::from(scale(measured.buckets.len()));
    let buckets = measured.buckets.iter().filter(move |_| plan.pairs);
    let features = measured.features.iter().take(surface);
    std::iter::once((0, 1.0))
        .chain((1..).zip(features.map(|&value| f64::from(value))))
        .chain(buckets.map(move |&bucket| (1 + FEATURES.len() + usize::from(bucket), by)))
}

pub(crate) fn fit(samples: &[&Sample], plan: Plan) -> Fitted {
    let size = 1 + FEATURES.len() + usize::from(BUCKETS);
    let weights = balance(samples);
    // Flat, since the steps go over them hundreds of times.
    let rows: Vec<Vec<(usize, f64)>> = samples
        .iter()
        .map(|sample| inputs(plan, &sample.measured).collect())
        .collect();
    let mut fitted = Fitted(vec![0.0; size]);
    let (mut first, mut second) = (vec![0.0; size], vec![0.0; size]);
    for step in 1..=STEPS {
        let mut gradient: Vec<f64> = (0..size)
            .map(|place| penalty(plan, place) * fitted.0[place])
            .collect();
        for ((sample, row), weight) in samples.iter().zip(&rows).zip(&weights) {
            let logit: f64 = row
                .iter()
                .map(|(place, value)| fitted.0[*place] * value)
                .sum();
            let wanted = f64::from(u8::from(sample.hard));
            let error = weight * (1.0 / (1.0 + (-logit).exp()) - wanted);
            for (place, value) in row {
                gradient[*place] += error * value;
            }
        }
        for place in 0..size {
            let slope = gradient[place];
            first[place] = 0.9 * first[place] + 0.1 * slope;
            second[place] = 0.999 * second[place] + 0.001 * slope * slope;
            let mean = first[place] / (1.0 - 0.9_f64.powi(step));
            let spread = second[place] / (1.0 - 0.999_f64.powi(step));
            fitted.0[place] -= RATE * mean / (spread.sqrt() + 1e-12);
        }
    }
    fitted
}

fn penalty(plan: Plan, place: usize) -> f64 {
    match place {
        0 => 0.0,
        place if place <= FEATURES.len() => plan.ridge_surface,
        _ => plan.ridge_pairs,
    }
}

/// A weight for each sample; all together 1.
fn balance(samples: &[&Sample]) -> Vec<f64> {
    let mut counts: HashMap<&str, f64> = HashMap::new();
    let mut sources: HashMap<bool, f64> = HashMap::new();
    for sample in samples {
        let count = counts.entry(&sample.source).or_insert_with(|| {
            *sources.entry(sample.hard).or_default() += part(sample);
            0.0
        });
        *count += 1.0;
    }
    let weight = |sample: &&Sample| {
        0.5 * part(sample) / sources[&sample.hard] / counts[sample.source.as_str()]
    };
    samples.iter().map(weight).collect()
}

/// A source made of another counts less.
fn part(sample: &Sample) -> f64 {
    if sample.is_made() { MADE_PART } else { 1.0 }
}
