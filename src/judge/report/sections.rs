//! Figures as lines of words, the models side by side.

use serde::Serialize;

use crate::judge::figures::{Figures, Grounded};

use super::{ModelReport, Report};

/// Lines on one subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Section {
    pub(super) title: String,
    pub(super) lines: Vec<Line>,
}

/// One figure of every model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Line {
    pub(super) label: String,
    pub(super) values: Vec<String>,
}

/// What has no figure.
const NONE: &str = "–";

/// All sections, in order. Which there are depends on the data, so they are the same for all models.
pub(super) fn sections(report: &Report) -> Vec<Section> {
    let mut columns = report.models.iter().map(of_model);
    let mut sections = columns.next().unwrap_or_default();
    for column in columns {
        for (section, other) in sections.iter_mut().zip(column) {
            for (line, other) in section.lines.iter_mut().zip(other.lines) {
                line.values.extend(other.values);
            }
        }
    }
    sections
}

fn of_model(model: &ModelReport) -> Vec<Section> {
    let figures = &model.figures;
    let mut sections = Vec::new();
    if let Some(grounded) = &figures.grounded {
        sections.extend(answers(grounded));
    }
    sections.extend(other_tasks(figures));
    if !figures.by_source.is_empty() {
        let lines = figures.by_source.iter().map(|(source, of)| Line {
            label: format!("{source} ({})", of.answerable),
            values: vec![format!("{} / {}", percent(of.contains), percent(of.f1))],
        });
        sections.push(Section {
            title: "By source: contains / F1".into(),
            lines: lines.collect(),
        });
    }
    sections.push(section(
        "Running",
        vec![
            (
                "rows and pairs too long for the context",
                figures.too_long.to_string(),
            ),
            (
                "prefill, tokens/s",
                number(model.speed.prefill_tokens_per_s),
            ),
            ("decode, tokens/s", number(model.speed.decode_tokens_per_s)),
            ("peak memory, MiB", number(model.peak_mib)),
            (
                "all questions, eight at once, s",
                number(Some(model.wall_s)),
            ),
        ],
    ));
    sections
}

fn answers(of: &Grounded) -> [Section; 3] {
    [
        section(
            "Answers from passages",
            vec![
                ("answerable questions", of.answerable.to_string()),
                ("exact match", percent(of.exact_match)),
                ("F1", percent(of.f1)),
                ("contains an accepted answer", percent(of.contains)),
            ],
        ),
        section(
            "Declining",
            vec![
                (
                    "unanswerable questions of the data",
                    of.unanswerable.to_string(),
                ),
                (
                    "questions put to wrong passages",
                    of.wrong_passages.to_string(),
                ),
                (
                    "unanswerable ones declined (recall)",
                    percent(of.abstention_recall),
                ),
                (
                    "declined ones unanswerable (precision)",
                    percent(of.abstention_precision),
                ),
                ("answerable ones declined", percent(of.answerable_declined)),
            ],
        ),
        section(
            "Shown answers, before and after the verdict",
            vec![
                ("shown before", of.shown_before.to_string()),
                (
                    "with an unsupported statement, before",
                    percent(of.unsupported_before),
                ),
                ("with an accepted answer, before", percent(of.right_before)),
                ("shown after", of.shown_after.to_string()),
                (
                    "with an unsupported statement, after",
                    percent(of.unsupported_after),
                ),
                ("with an accepted answer, after", percent(of.right_after)),
            ],
        ),
    ]
}

fn other_tasks(figures: &Figures) -> Vec<Section> {
    let mut sections = Vec::new();
    if let Some(of) = &figures.followup {
        let lines = vec![
            ("rows", of.rows.to_string()),
            ("standalone and complete", percent(of.correct)),
            ("exact match", percent(of.exact_match)),
            ("F1", percent(of.f1)),
        ];
        sections.push(section("Follow-ups made standalone", lines));
    }
    if let Some(of) = &figures.command {
        let lines = vec![
            ("rows", of.rows.to_string()),
            ("JSON", percent(of.json)),
            ("intent right", percent(of.intent)),
            ("intent and slots right", percent(of.correct)),
        ];
        sections.push(section("Commands", lines));
    }
    if let Some(of) = &figures.consistent {
        let lines = vec![
            ("rows", of.rows.to_string()),
            ("right", percent(of.correct)),
            ("sound replies found", percent(of.yes_found)),
            ("unsound replies found", percent(of.no_found)),
        ];
        sections.push(section("Is a reply consistent?", lines));
    }
    if let Some(of) = &figures.smalltalk {
        let lines = vec![
            ("rows", of.rows.to_string()),
            ("words of a reply", number(of.mean_words)),
            ("empty replies", of.empty.to_string()),
        ];
        sections.push(section("Small talk", lines));
    }
    sections
}

fn section(title: &str, lines: Vec<(&str, String)>) -> Section {
    let line = |(label, value): (&str, String)| Line {
        label: label.to_owned(),
        values: vec![value],
    };
    Section {
        title: title.to_owned(),
        lines: lines.into_iter().map(line).collect(),
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| NONE.into(), |share| format!("{:.1}%", share * 100.0))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.into(), |value| format!("{value:.1}"))
}
