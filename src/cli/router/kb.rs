//! `microgpt router … --kb`: judges the router on labelled questions over the ingested knowledge
//! base, and fits its local judges.

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::{
    app,
    chat::{Message, Role, Route},
    config::Config,
    orchestrator::{Orchestrator, Preview, calibrate::Outcome},
    router::{
        FAQ_FEATURES, LocalModel, PassageSignals, ablation,
        calibration::Asked,
        confidence::Logistic,
        fit::{self, Sample},
    },
};

use super::{EvalArgs, FitArgs, print, read_lines};

/// A labelled question: exactly one of `id` and `doc` is given, and may be null.
#[derive(Debug, Deserialize)]
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things here"
)]
struct Row {
    query: String,
    #[serde(default, deserialize_with = "present")]
    id: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    doc: Option<Option<String>>,
}

/// Tells a key that is null from one that is not there.
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things here"
)]
fn present<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// One question's signals for one judge, with its label.
#[derive(Debug, Serialize, Deserialize)]
struct Observation {
    tier: Route,
    query: String,
    features: Vec<f32>,
    right: bool,
    answerable: bool,
    /// Not a question of the file but one that the knowledge base is calibrated on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
}

/// What came of a set of questions.
#[derive(Debug, Default, Serialize)]
struct Report {
    questions: usize,
    answerable: usize,
    served_locally: usize,
    right: usize,
    wrong: usize,
    coverage: f32,
    wrong_share: f32,
    rank_1_accuracy: f32,
    risk_coverage: Vec<crate::router::confidence::Risk>,
}

pub(super) async fn eval(args: EvalArgs, config: &Config) -> anyhow::Result<()> {
    let rows: Vec<Row> = read_lines(&args.data)?;
    let orchestrator = app::assemble(config).await?;
    let mut report = Report {
        questions: rows.len(),
        ..Report::default()
    };
    let (mut scored, mut dump, mut first) = (Vec::new(), String::new(), 0_usize);
    for (index, row) in rows.iter().enumerate() {
        let preview = preview(&orchestrator, &row.query).await?;
        let Some(seen) = observe(row, &preview) else {
            bail!(
                "{}: row {}: needs \"id\" or \"doc\"",
                args.data.display(),
                index + 1
            );
        };
        writeln!(dump, "{}", serde_json::to_string(&seen)?)?;
        report.answerable += usize::from(seen.answerable);
        first += usize::from(seen.right);
        if preview.route == seen.tier {
            report.served_locally += 1;
            report.right += usize::from(seen.right);
        } else if matches!(preview.route, Route::Faq | Route::Knowledge) && !seen.answerable {
            report.served_locally += 1;
        }
        let judge = judge(&LocalModel::embedded(), seen.tier).probability(&seen.features);
        scored.push((judge, sample(seen)));
    }
    report.wrong = report.served_locally - report.right;
    report.coverage = share(report.right, report.answerable);
    report.wrong_share = share(report.wrong, report.served_locally);
    report.rank_1_accuracy = share(first, report.answerable);
    report.risk_coverage = fit::risk_table(&scored);
    if let Some(file) = &args.dump {
        for outcome in orchestrator.probes().await? {
            writeln!(dump, "{}", serde_json::to_string(&probe(outcome))?)?;
        }
        std::fs::write(file, dump).with_context(|| file.display().to_string())?;
    }
    show(&report, args.json)
}

async fn preview(orchestrator: &Orchestrator, query: &str) -> anyhow::Result<Preview> {
    let messages = vec![Message::new(Role::User, query)];
    Ok(orchestrator.preview(messages, vec![]).await?)
}

fn observe(row: &Row, preview: &Preview) -> Option<Observation> {
    let signals = &preview.signals;
    let (tier, label, found, features) = if let Some(id) = &row.id {
        let faq = signals.faq.clone().unwrap_or_default();
        (Route::Faq, id, faq.id.clone(), faq.features().to_vec())
    } else {
        let passage = signals.passage.clone().unwrap_or_default();
        let path = passage.id.rsplit_once('#').map_or("", |(path, _)| path);
        let stem = Path::new(path)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned());
        (
            Route::Knowledge,
            row.doc.as_ref()?,
            stem.unwrap_or_default(),
            passage.features(),
        )
    };
    Some(Observation {
        tier,
        query: row.query.clone(),
        features,
        right: label.as_deref() == Some(found.as_str()),
        answerable: label.is_some(),
        asked: None,
    })
}

fn probe(outcome: Outcome) -> Observation {
    Observation {
        tier: Route::Faq,
        query: outcome.text,
        features: outcome.signals.unwrap_or_default().features().to_vec(),
        right: outcome.right,
        answerable: matches!(outcome.asked, Asked::Variant | Asked::Rewritten),
        asked: Some(outcome.asked),
    }
}

fn sample(seen: Observation) -> Sample {
    Sample {
        features: seen.features,
        right: seen.right,
        answerable: seen.answerable,
        weight: 1.0,
    }
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

fn judge(model: &LocalModel, tier: Route) -> &Logistic {
    if tier == Route::Faq {
        &model.faq
    } else {
        &model.knowledge
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of questions are far below 2^23"
)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn show(report: &Report, json: bool) -> anyhow::Result<()> {
    if json {
        print(&serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    let Report {
        questions,
        answerable,
        served_locally,
        wrong,
        ..
    } = report;
    print(&format!(
        "questions {questions}, answerable {answerable}, rank-1 accuracy {:.3}",
        report.rank_1_accuracy
    ));
    print(&format!(
        "at the configured point: coverage {:.3}, wrong {:.4} ({wrong} of {served_locally} answered locally)",
        report.coverage, report.wrong_share
    ));
    print("confidence  wrong   coverage");
    for risk in report.risk_coverage.iter().step_by(5) {
        print(&format!(
            "{:>10.2}  {:.4}  {:.3}",
            risk.threshold, risk.wrong, risk.coverage
        ));
    }
    Ok(())
}

/// What each feature brings, on sets left out of the fit.
fn ablation_table(rows: &[ablation::Row]) -> String {
    let mut table = format!(
        "{:<34} coverage at 1%, 2%, 5% wrong, mean over sets left out\n",
        "without"
    );
    for row in rows {
        let without = row.without.as_deref().unwrap_or("(nothing: all features)");
        let [one, two, five] = row.mean();
        let _ = writeln!(table, "{without:<34} {one:.3}  {two:.3}  {five:.3}");
    }
    table
}

pub(super) fn fit(args: &FitArgs) -> anyhow::Result<()> {
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
