//! `microgpt router … --kb`: judges the router on labelled questions over the ingested knowledge
//! base, and fits its local judges.

mod fitting;
mod judged;
mod page;
mod plot;
mod report;

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::{
    app,
    chat::{Message, Role, Route},
    config::Config,
    orchestrator::{Orchestrator, Preview, TurnRequest, calibrate::Outcome},
    router::{LocalModel, calibration::Asked, confidence::Logistic, fit::Sample},
};

use super::{EvalArgs, print, read_lines};
pub(super) use fitting::fit;
use judged::Judged;
use report::{Figures, Report};

/// A labelled question: `id` or `doc` is given, and may be null.
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
    source: Option<String>,
}

impl Row {
    /// The tier that could answer it, and what of; where both keys are given, by the one that is not
    /// null.
    fn label(&self) -> Option<(Route, Option<&str>)> {
        match (&self.id, &self.doc) {
            (Some(None), Some(Some(doc))) => Some((Route::Knowledge, Some(doc))),
            (Some(id), _) => Some((Route::Faq, id.as_deref())),
            (None, doc) => Some((Route::Knowledge, doc.as_ref()?.as_deref())),
        }
    }
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
    /// A rule says no, whatever the judge says.
    #[serde(default)]
    ruled_out: bool,
    /// Not a question of the file but one that the knowledge base is calibrated on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
}

pub(super) async fn eval(args: EvalArgs, config: &Config) -> anyhow::Result<()> {
    let rows: Vec<Row> = read_lines(&args.data)?;
    let orchestrator = app::assemble(config).await?;
    let model = app::judges(config)?;
    let (mut scored, mut dump, mut judged) = (Vec::new(), String::new(), Vec::new());
    for (index, row) in rows.into_iter().enumerate() {
        let preview = preview(&orchestrator, &row.query).await?;
        let Some(seen) = observe(&row, &preview) else {
            bail!(
                "{}: row {}: needs \"id\" or \"doc\"",
                args.data.display(),
                index + 1
            );
        };
        writeln!(dump, "{}", serde_json::to_string(&seen)?)?;
        let confidence = judge(&model, seen.tier).probability(&seen.features);
        judged.push(Judged::new(row, preview, seen.right));
        scored.push((confidence, sample(seen)));
    }
    let report = Report::new(&judged, &scored);
    if let Some(file) = &args.dump {
        for outcome in orchestrator.probes().await? {
            writeln!(dump, "{}", serde_json::to_string(&probe(outcome))?)?;
        }
        std::fs::write(file, dump).with_context(|| file.display().to_string())?;
    }
    let max_wrong = config.router.max_wrong;
    let curves = plot::risk_coverage(&scored, &report.figures, max_wrong);
    if let Some(file) = &args.plot {
        std::fs::write(file, curves.svg()).with_context(|| file.display().to_string())?;
    }
    if let Some(file) = &args.report {
        let data = args.data.display().to_string();
        let page = page::html(&page::Page {
            data: &data,
            max_wrong,
            judged: &judged,
            report: &report,
            plot: &curves.inline_svg(),
        })?;
        std::fs::write(file, page).with_context(|| file.display().to_string())?;
    }
    show(&report, args.json)
}

async fn preview(orchestrator: &Orchestrator, query: &str) -> anyhow::Result<Preview> {
    let messages = vec![Message::new(Role::User, query)];
    let request = TurnRequest::new(messages, vec![]);
    Ok(orchestrator.preview(request).await?)
}

fn observe(row: &Row, preview: &Preview) -> Option<Observation> {
    let signals = &preview.signals;
    let (tier, label) = row.label()?;
    let (found, features, ruled_out) = if tier == Route::Faq {
        let faq = signals.faq.clone().unwrap_or_default();
        let ruled_out = faq.is_ruled_out();
        (faq.id.clone(), faq.features().to_vec(), ruled_out)
    } else {
        let passage = signals.passage.clone().unwrap_or_default();
        (document(&passage.id), passage.features(), false)
    };
    Some(Observation {
        tier,
        query: row.query.clone(),
        features,
        right: label == Some(found.as_str()),
        answerable: label.is_some(),
        ruled_out,
        asked: None,
    })
}

fn probe(outcome: Outcome) -> Observation {
    let faq = outcome.signals.unwrap_or_default();
    Observation {
        tier: Route::Faq,
        query: outcome.text,
        features: faq.features().to_vec(),
        ruled_out: faq.is_ruled_out(),
        right: outcome.right,
        answerable: matches!(outcome.asked, Asked::Variant | Asked::Rewritten),
        asked: Some(outcome.asked),
    }
}

/// The stem of the file that a passage is of.
fn document(passage: &str) -> String {
    let path = passage.rsplit_once('#').map_or("", |(path, _)| path);
    let stem = Path::new(path).file_stem();
    stem.map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
}

fn sample(seen: Observation) -> Sample {
    Sample {
        features: seen.features,
        right: seen.right,
        answerable: seen.answerable,
        weight: 1.0,
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
    let Figures {
        questions,
        answerable,
        served_locally,
        wrong,
        ..
    } = report.figures;
    print(&format!(
        "questions {questions}, answerable {answerable}, rank-1 accuracy {:.3}",
        report.figures.rank_1_accuracy
    ));
    print(&format!(
        "at the configured point: coverage {:.3}, wrong {:.4} ({wrong} of {served_locally} answered locally)",
        report.figures.coverage, report.figures.wrong_share
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_about_the_key_that_is_given_and_of_two_the_one_that_is_not_null() {
        let label = |row: &str| {
            let row: Row = serde_json::from_str(row).expect("a row");
            row.label()
                .map(|(tier, label)| (tier, label.map(str::to_owned)))
        };
        let named = |name: &str| Some(name.to_owned());
        for (row, expected) in [
            (
                r#"{"query": "q", "id": "a"}"#,
                Some((Route::Faq, named("a"))),
            ),
            (r#"{"query": "q", "id": null}"#, Some((Route::Faq, None))),
            (
                r#"{"query": "q", "doc": "b"}"#,
                Some((Route::Knowledge, named("b"))),
            ),
            (
                r#"{"query": "q", "doc": null}"#,
                Some((Route::Knowledge, None)),
            ),
            (
                r#"{"query": "q", "id": null, "doc": "b"}"#,
                Some((Route::Knowledge, named("b"))),
            ),
            (
                r#"{"query": "q", "id": "a", "doc": null}"#,
                Some((Route::Faq, named("a"))),
            ),
            (r#"{"query": "q"}"#, None),
        ] {
            assert_eq!(label(row), expected, "{row}");
        }
    }
}
