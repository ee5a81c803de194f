//! What came of a set of questions, counted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    judged::{Expected, Judged, Served},
    share,
};
use crate::router::{
    confidence::Risk,
    fit::{self, Sample},
};

/// The figures of all questions, and of each source where the rows name theirs.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Report {
    #[serde(flatten)]
    pub(super) figures: Figures,
    pub(super) risk_coverage: Vec<Risk>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) by_source: BTreeMap<String, Figures>,
}

/// At the configured point.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub(super) struct Figures {
    pub(super) questions: usize,
    pub(super) answerable: usize,
    pub(super) served_locally: usize,
    pub(super) right: usize,
    pub(super) wrong: usize,
    /// Right ones, as a share of the answerable.
    pub(super) coverage: f32,
    /// Wrong ones, as a share of those served locally.
    pub(super) wrong_share: f32,
    pub(super) rank_1_accuracy: f32,
}

/// Where rows say no source, but others do.
const NO_SOURCE: &str = "(none)";

impl Report {
    pub(super) fn new(judged: &[Judged], scored: &[(f32, Sample)]) -> Self {
        let mut by_source: BTreeMap<String, Vec<&Judged>> = BTreeMap::new();
        if judged.iter().any(|row| row.source.is_some()) {
            for row in judged {
                let source = row.source.as_deref().unwrap_or(NO_SOURCE);
                by_source.entry(source.to_owned()).or_default().push(row);
            }
        }
        let by_source = by_source.into_iter();
        Self {
            figures: Figures::of(judged.iter()),
            risk_coverage: fit::risk_table(scored),
            by_source: by_source
                .map(|(source, rows)| (source, Figures::of(rows.into_iter())))
                .collect(),
        }
    }
}

impl Figures {
    fn of<'a>(judged: impl Iterator<Item = &'a Judged>) -> Self {
        let (mut figures, mut found) = (Self::default(), 0_usize);
        for row in judged {
            figures.questions += 1;
            figures.answerable += usize::from(row.is_answerable());
            figures.served_locally += usize::from(row.is_judged());
            figures.right += usize::from(row.is_right());
            found += usize::from(row.found);
        }
        figures.wrong = figures.served_locally - figures.right;
        figures.coverage = share(figures.right, figures.answerable);
        figures.wrong_share = share(figures.wrong, figures.served_locally);
        figures.rank_1_accuracy = share(found, figures.answerable);
        figures
    }
}

/// The columns of a [`confusion`] table.
pub(super) const SERVED: [&str; 5] = [
    "right entry",
    "another entry",
    "right document",
    "another document",
    "escalated",
];

/// How often what was served for what would be right.
pub(super) fn confusion(judged: &[Judged]) -> [(&'static str, [usize; SERVED.len()]); 3] {
    let mut table = ["an FAQ entry", "a document", "nothing"].map(|row| (row, [0; SERVED.len()]));
    for row in judged {
        let expected = match row.expected {
            Expected::Entry(_) => 0,
            Expected::Document(_) => 1,
            Expected::Nothing => 2,
        };
        let served = match row.served {
            Served::Entry(_) => usize::from(!row.is_right()),
            Served::Document(_) => 2 + usize::from(!row.is_right()),
            Served::Escalated => 4,
        };
        table[expected].1[served] += 1;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::router::kb::judged::tests::{entry, judged, serves};

    fn rows() -> Vec<Judged> {
        let mut unnamed = judged(Expected::Nothing, serves("fees"), 0.8);
        unnamed.source = None;
        vec![
            judged(entry("fees"), serves("fees"), 0.9),
            judged(entry("fees"), serves("returns"), 0.9),
            judged(entry("fees"), Served::Document("fees".into()), 0.9),
            judged(Expected::Nothing, Served::Escalated, 0.9),
            unnamed,
        ]
    }

    #[test]
    fn figures_are_counted_for_all_and_for_each_source() {
        let report = Report::new(&rows(), &[]);
        let figures = &report.figures;
        assert_eq!((figures.questions, figures.answerable), (5, 3));
        assert_eq!(
            (figures.served_locally, figures.right, figures.wrong),
            (3, 1, 2)
        );
        assert!((figures.coverage - 1.0 / 3.0).abs() < 1e-6);
        let sources: Vec<_> = (report.by_source.iter())
            .map(|(source, figures)| (source.as_str(), figures.questions, figures.wrong))
            .collect();
        assert_eq!(sources, [("(none)", 1, 1), ("shop", 4, 1)]);
    }

    #[test]
    fn rows_without_sources_have_no_figures_of_theirs() {
        let mut rows = rows();
        for row in &mut rows {
            row.source = None;
        }
        let shown = serde_json::json!(Report::new(&rows, &[]));
        assert!(shown["by_source"].is_null() && shown["questions"] == 5);
    }

    #[test]
    fn each_question_has_one_place_in_the_confusion_table() {
        let table = confusion(&rows());
        assert_eq!(table[0].1, [1, 1, 0, 1, 0]);
        assert_eq!(table[1].1, [0; 5]);
        assert_eq!(table[2].1, [0, 1, 0, 0, 1]);
    }
}
