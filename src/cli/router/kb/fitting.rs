//! `microgpt router fit --kb`: the judges of the local tiers, from labelled signals.

use std::fmt::Write as _;

use anyhow::Context;

use crate::{
    chat::Route,
    router::{
        FAQ_FEATURES, LocalModel, PassageSignals, ablation,
        calibration::FITTED_OUT_OF_SCOPE,
        fit::{self, Sample},
    },
};

use super::{
    super::{FitArgs, print, read_lines},
    Observation, sample, share,
};

pub(in crate::cli::router) fn fit(args: &FitArgs) -> anyhow::Result<()> {
    let (mut faq, mut knowledge) = (Vec::new(), Vec::new());
    for file in &args.data {
        let mut observations = read_lines::<Observation>(file)?;
        observations.retain(|seen| seen.asked.is_none());
        let (of_faq, of_knowledge): (Vec<_>, Vec<_>) = observations
            .into_iter()
            .partition(|seen| seen.tier == Route::Faq);
        for (seen, sets) in [(of_faq, &mut faq), (of_knowledge, &mut knowledge)] {
            let mut samples: Vec<Sample> = seen.into_iter().map(sample).collect();
            weigh(&mut samples);
            sets.push(samples);
        }
    }
    let mut fitted = LocalModel {
        provenance: args.provenance.clone(),
        ..LocalModel::embedded()
    };
    for (tier, mut sets, target) in [
        (Route::Faq, faq, &mut fitted.faq),
        (Route::Knowledge, knowledge, &mut fitted.knowledge),
    ] {
        let names = match tier {
            Route::Faq => FAQ_FEATURES.to_vec(),
            _ => PassageSignals::FEATURES.to_vec(),
        };
        sets.retain(|samples| !samples.is_empty());
        let samples = sets.concat();
        if samples.is_empty() {
            continue;
        }
        let found = fit::fit(&names, &samples);
        *target =
            found.with_context(|| format!("{}: needs right and wrong rows", tier.as_str()))?;
        print(&format!(
            "{}: fitted on {} rows",
            tier.as_str(),
            samples.len()
        ));
        if sets.len() > 1 {
            print(&ablation_table(&ablation::ablate(&names, &sets)));
        }
    }
    std::fs::write(&args.out, serde_json::to_string_pretty(&fitted)? + "\n")
        .with_context(|| args.out.display().to_string())
}

/// What each feature brings, on sets left out of the fit.
fn ablation_table(rows: &[ablation::Row]) -> String {
    let head = "coverage at 1%, 2%, 5% wrong, mean over sets left out";
    let mut table = format!("{:<34} {head}\n", "without");
    for row in rows {
        let without = row.without.as_deref().unwrap_or("(nothing: all features)");
        let [one, two, five] = row.mean();
        let _ = writeln!(table, "{without:<34} {one:.3}  {two:.3}  {five:.3}");
    }
    table
}

/// Has each question count so that there are as many from outside as the calibration assumes by
/// default, and every file as much as every other.
fn weigh(samples: &mut [Sample]) {
    const TOTAL: f32 = 1_000.0;
    let outside = samples.iter().filter(|sample| !sample.answerable).count();
    let inside = samples.len() - outside;
    for sample in samples {
        sample.weight = if sample.answerable {
            share(1, inside)
        } else {
            FITTED_OUT_OF_SCOPE * share(1, outside)
        };
        sample.weight *= TOTAL / (1.0 + FITTED_OUT_OF_SCOPE);
    }
}
