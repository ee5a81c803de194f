//! `microgpt router fit --kb`: the judges of the local tiers, from labelled signals.

use std::{fmt::Write as _, path::PathBuf};

use anyhow::Context;

use crate::{
    chat::Route,
    router::{
        FAQ_FEATURES, LocalModel, PassageSignals,
        ablation::{self, WRONG_SHARES},
        calibration::FITTED_OUT_OF_SCOPE,
        confidence::Logistic,
        fit::{self, Sample},
        trial::{self, Base, Seen},
    },
};

use super::{
    super::{FitArgs, print, read_lines},
    Observation, sample, share,
};

pub(in crate::cli::router) fn fit(args: &FitArgs) -> anyhow::Result<()> {
    let (faq, knowledge) = read(&args.data)?;
    let (tried, _) = read(&args.trial)?;
    let mut fitted = LocalModel {
        provenance: args.provenance.clone(),
        ..LocalModel::embedded()
    };
    let questions: Vec<_> = faq.iter().map(Base::samples).collect();
    fit_tier(Route::Faq, &FAQ_FEATURES, &questions, &mut fitted.faq)?;
    let names = PassageSignals::FEATURES;
    fit_tier(Route::Knowledge, &names, &knowledge, &mut fitted.knowledge)?;
    if faq.len() + tried.len() > 1 {
        print(&trial_table(&trial::run(&FAQ_FEATURES, &faq, &tried)));
    }
    std::fs::write(&args.out, serde_json::to_string_pretty(&fitted)? + "\n")
        .with_context(|| args.out.display().to_string())
}

/// The knowledge bases of `files` that hold FAQ entries, and the questions of those of documents.
fn read(files: &[PathBuf]) -> anyhow::Result<(Vec<Base>, Vec<Vec<Sample>>)> {
    let (mut faq, mut knowledge) = (Vec::new(), Vec::new());
    for file in files {
        let set = file.file_stem().unwrap_or_default();
        let mut base = Base {
            set: set.to_string_lossy().into_owned(),
            ..Base::default()
        };
        let mut passages = Vec::new();
        for seen in read_lines::<Observation>(file)? {
            let (asked, tier, ruled_out) = (seen.asked, seen.tier, seen.ruled_out);
            let sample = sample(seen);
            match (asked, tier) {
                (Some(asked), _) => base.probes.push((asked, Seen { sample, ruled_out })),
                (None, Route::Faq) => base.questions.push(Seen { sample, ruled_out }),
                (None, _) => passages.push(sample),
            }
        }
        if !base.questions.is_empty() {
            weigh(base.questions.iter_mut().map(|seen| &mut seen.sample));
            faq.push(base);
        }
        if !passages.is_empty() {
            weigh(passages.iter_mut());
            knowledge.push(passages);
        }
    }
    Ok((faq, knowledge))
}

fn fit_tier(
    tier: Route,
    names: &[&str],
    sets: &[Vec<Sample>],
    target: &mut Logistic,
) -> anyhow::Result<()> {
    if sets.is_empty() {
        return Ok(());
    }
    let tier = tier.as_str();
    let found = fit::fit_across(names, sets);
    *target = found.with_context(|| format!("{tier}: needs right and wrong rows"))?;
    let rows: usize = sets.iter().map(Vec::len).sum();
    print(&format!("{tier}: fitted on {rows} rows"));
    if sets.len() > 1 {
        print(&ablation_table(&ablation::ablate(names, sets)));
    }
    Ok(())
}

/// What the promise is worth on knowledge bases left out of the fit.
fn trial_table(sets: &[(&str, Option<[trial::Outcome; 3]>)]) -> String {
    let mut table =
        String::from("tolerated  wrong  of served  coverage  hindsight  left out of the fit\n");
    for (set, outcomes) in sets {
        for (tolerated, outcome) in WRONG_SHARES.iter().zip(outcomes.iter().flatten()) {
            let trial::Outcome {
                served,
                wrong,
                coverage,
                hindsight,
            } = outcome;
            let _ = writeln!(
                table,
                "{tolerated:<9}  {wrong:.3}  {served:>9}  {coverage:.3}     {hindsight:.3}      {set}"
            );
        }
    }
    table
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
fn weigh<'a>(samples: impl Iterator<Item = &'a mut Sample>) {
    const TOTAL: f32 = 1_000.0;
    let samples: Vec<&mut Sample> = samples.collect();
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
