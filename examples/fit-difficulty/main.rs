//! Fits `models/router/difficulty.json` anew on labelled requests, and prints what it is worth
//! beside a model of length alone.
//!
//! `cargo run --release --example fit-difficulty -- DATA [OUT]`. Deliberately apart from the
//! program: who serves never fits this.

mod data;
mod judge;
mod logistic;

use std::path::Path;

use anyhow::{Context, bail};
use microgpt::router::difficulty::{Difficulty, FEATURES, VERSION, Weight};

use data::Sample;
use logistic::{Fitted, Plan, fit};

const PROVENANCE: [&str; 2] = [
    "hard: Arena-Hard (Apache-2.0), GSM8K (MIT), BIG-Bench Hard (MIT); easy: StackFAQ (CC BY-SA), Bitext customer support (CDLA-Sharing 1.0), questions made from OpenStax Introduction to Sociology (CC BY 4.0), CLINC150 (CC BY 3.0), BANKING77 (CC BY 4.0), HWU64 (CC BY 4.0), and easy ones joined to long ones; both: models/router/difficulty.txt, written for this project (Apache-2.0)",
    "coefficients only; fitted by `make fit-difficulty`, penalty and threshold chosen by cross-validation over sources",
];

/// Penalties that are tried for hashed words and pairs.
const RIDGES: [f64; 3] = [1e-4, 3e-5, 1e-5];

fn plan(surface: bool, pairs: bool, ridge_pairs: f64) -> Plan {
    Plan {
        surface,
        pairs,
        ridge_surface: 1e-4,
        ridge_pairs,
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(data) = arguments.first() else {
        bail!("usage: fit-difficulty DATA [OUT]");
    };
    let samples = data::load(Path::new(data))?;
    for (name, plan) in [
        ("length alone", plan(false, false, 0.0)),
        ("surface features", plan(true, false, 0.0)),
    ] {
        tried(name, &samples, plan);
    }
    let mut best: Option<(f64, Plan, f64)> = None;
    for ridge in RIDGES {
        let plan = plan(true, true, ridge);
        let (worth, boundary) = tried(&format!("and words, penalty {ridge}"), &samples, plan);
        if best.is_none_or(|(most, _, _)| worth > most) {
            best = Some((worth, plan, boundary));
        }
    }
    let (Some((_, plan, boundary)), Some(out)) = (best, arguments.get(1)) else {
        return Ok(());
    };
    let fitted = fit(&samples.iter().collect::<Vec<_>>(), plan);
    let model = model(&fitted, &samples, boundary);
    std::fs::write(out, written(&model)?).with_context(|| out.clone())?;
    eprintln!("written: {out}; build again, so that the program carries it");
    Ok(())
}

/// Judges a plan, prints what it is worth, and returns that with the boundary chosen.
fn tried(name: &str, samples: &[Sample], plan: Plan) -> (f64, f64) {
    let folds = judge::held_out(samples, plan);
    let unseen = judge::unseen_source(samples, plan);
    // Of both, the boundary that costs fewer easy requests.
    let at = judge::threshold(samples, &folds).max(judge::threshold(samples, &unseen));
    eprintln!(
        "{}",
        judge::report(&format!("{name}, held-out folds"), samples, &folds, at)
    );
    eprintln!(
        "{}",
        judge::report(&format!("{name}, sources never seen"), samples, &unseen, at)
    );
    let worth = judge::sent_up(samples, &folds, at) + judge::sent_up(samples, &unseen, at);
    eprintln!(
        "{name}: hard requests sent up, mean of sources and of both ways: {:.3}\n",
        worth / 2.0
    );
    (worth, at)
}

fn model(fitted: &Fitted, samples: &[Sample], boundary: f64) -> Difficulty {
    let easy: Vec<&Sample> = samples.iter().filter(|sample| !sample.hard).collect();
    let usual = |place: usize| {
        let sum: f32 = easy
            .iter()
            .map(|sample| sample.measured.features[place])
            .sum();
        sum / judge::float(easy.len())
    };
    let features = FEATURES
        .iter()
        .enumerate()
        .map(|(place, (name, _))| Weight {
            name: (*name).to_owned(),
            weight: single(fitted.0[1 + place]),
            usual: usual(place),
        });
    let pairs = fitted.0[1 + FEATURES.len()..]
        .iter()
        .map(|weight| thousandths(*weight));
    Difficulty {
        version: VERSION,
        provenance: PROVENANCE.map(ToOwned::to_owned).to_vec(),
        boundary: single(boundary),
        bias: single(fitted.0[0]),
        features: features.collect(),
        pairs: pairs.collect(),
    }
}

/// Pretty but for the long list of weights, which stands on few lines.
fn written(model: &Difficulty) -> anyhow::Result<String> {
    let mut head = model.clone();
    let pairs = std::mem::take(&mut head.pairs);
    let lines: Vec<String> = pairs
        .chunks(32)
        .map(|chunk| {
            chunk
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
                .join(",")
        })
        .collect();
    let text = serde_json::to_string_pretty(&head)?;
    let list = format!("\"pairs\": [\n{}\n  ]", lines.join(",\n"));
    Ok(text.replacen("\"pairs\": []", &list, 1) + "\n")
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "single precision is enough to decide"
)]
fn single(value: f64) -> f32 {
    value as f32
}

#[expect(clippy::cast_possible_truncation, reason = "clamped before")]
fn thousandths(weight: f64) -> i16 {
    (weight * 1000.0)
        .round()
        .clamp(f64::from(i16::MIN), f64::from(i16::MAX)) as i16
}
