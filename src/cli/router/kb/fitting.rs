//! `microgpt router fit --kb`: the judges of the local tiers, from labelled signals.

use anyhow::Context;

use crate::{
    chat::Route,
    router::{
        FaqSignals, LocalModel, PassageSignals,
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
        let observations = read_lines::<Observation>(file)?;
        let (of_faq, of_knowledge): (Vec<_>, Vec<_>) = observations
            .into_iter()
            .partition(|seen| seen.tier == Route::Faq);
        for (seen, all) in [(of_faq, &mut faq), (of_knowledge, &mut knowledge)] {
            let mut samples: Vec<Sample> = seen.into_iter().map(sample).collect();
            weigh(&mut samples);
            all.extend(samples);
        }
    }
    let mut fitted = LocalModel {
        provenance: args.provenance.clone(),
        ..LocalModel::embedded()
    };
    for (tier, samples, target) in [
        (Route::Faq, faq, &mut fitted.faq),
        (Route::Knowledge, knowledge, &mut fitted.knowledge),
    ] {
        let names = match tier {
            Route::Faq => FaqSignals::feature_names(),
            _ => PassageSignals::FEATURES.to_vec(),
        };
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
    }
    std::fs::write(&args.out, serde_json::to_string_pretty(&fitted)? + "\n")
        .with_context(|| args.out.display().to_string())
}

/// Has each question count so that there are as many from outside as the calibration assumes by
/// default, and every file as much as every other.
fn weigh(samples: &mut [Sample]) {
    const OUT_OF_SCOPE: f32 = 2.0;
    const TOTAL: f32 = 1_000.0;
    let outside = samples.iter().filter(|sample| !sample.answerable).count();
    let inside = samples.len() - outside;
    for sample in samples {
        sample.weight = if sample.answerable {
            share(1, inside)
        } else {
            OUT_OF_SCOPE * share(1, outside)
        };
        sample.weight *= TOTAL / (1.0 + OUT_OF_SCOPE);
    }
}
