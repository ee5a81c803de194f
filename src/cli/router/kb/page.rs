//! One evaluation as a page that loads nothing and runs nothing.

use anyhow::Context;
use handlebars::Handlebars;
use serde_json::{Value, json};

use super::{
    judged::{Expected, Judged, Served},
    report::{Figures, Report, SERVED, confusion},
};
use crate::text::visible;

const TEMPLATE: &str = include_str!("../../../../templates/reports/router.hbs");
const STYLE: &str = include_str!("../../../../templates/reports/style.css");

/// Mistakes that are shown.
const MOST_MISTAKES: usize = 30;

/// What is shown.
pub(super) struct Page<'a> {
    /// The file of questions.
    pub(super) data: &'a str,
    pub(super) max_wrong: f32,
    pub(super) judged: &'a [Judged],
    pub(super) report: &'a Report,
    /// The risk-coverage curve.
    pub(super) plot: &'a str,
}

/// The whole page. The template escapes every text; the style and the drawing are the program's own.
pub(super) fn html(page: &Page<'_>) -> anyhow::Result<String> {
    let report = page.report;
    let mut sources: Vec<Value> = (report.by_source.iter())
        .map(|(source, figures)| figures_of(source, figures))
        .collect();
    sources.push(figures_of("all", &report.figures));
    let confused: Vec<Value> = confusion(page.judged)
        .iter()
        .map(|(expected, counts)| json!({"expected": expected, "counts": counts}))
        .collect();
    let mistakes = mistakes(page.judged);
    let shown = mistakes.len().min(MOST_MISTAKES);
    let data = json!({
        "data": visible(page.data),
        "style": STYLE,
        "version": env!("CARGO_PKG_VERSION"),
        "max_wrong": percent(page.max_wrong),
        "sources": sources,
        "served": SERVED,
        "confusion": confused,
        "plot": page.plot,
        "mistakes_shown": shown,
        "mistakes_all": mistakes.len(),
        "mistakes": mistakes[..shown].iter().map(|row| mistake(row)).collect::<Vec<_>>(),
    });
    let page = Handlebars::new().render_template(TEMPLATE, &data);
    page.context("the report's template")
}

/// Those that the figures count as wrong before those that they can't judge; the surest first.
fn mistakes(judged: &[Judged]) -> Vec<&Judged> {
    let mut mistakes: Vec<&Judged> = judged.iter().filter(|row| row.is_mistake()).collect();
    mistakes.sort_by(|a, b| {
        let surest = b.confidence.total_cmp(&a.confidence);
        b.is_judged().cmp(&a.is_judged()).then(surest)
    });
    mistakes
}

fn mistake(row: &Judged) -> Value {
    let expected = match &row.expected {
        Expected::Entry(id) => format!("entry '{id}'"),
        Expected::Document(stem) => format!("document '{stem}'"),
        Expected::Nothing => "nothing".into(),
    };
    let served = match &row.served {
        Served::Entry(id) => format!("entry '{id}'"),
        Served::Document(stem) => format!("document '{stem}'"),
        Served::Escalated => "escalated".into(),
    };
    let reasons: Vec<_> = row.reasons.iter().map(|reason| visible(reason)).collect();
    json!({
        "query": visible(&row.query),
        "expected": visible(&expected),
        "served": visible(&served),
        "confidence": format!("{:.3}", row.confidence),
        "reasons": reasons,
    })
}

fn figures_of(source: &str, figures: &Figures) -> Value {
    json!({
        "source": visible(source),
        "questions": figures.questions,
        "answerable": figures.answerable,
        "rank_1": percent(figures.rank_1_accuracy),
        "served": figures.served_locally,
        "right": figures.right,
        "wrong": figures.wrong,
        "coverage": percent(figures.coverage),
        "wrong_share": percent(figures.wrong_share),
    })
}

fn percent(share: f32) -> String {
    format!("{:.1}%", share * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::router::kb::judged::tests::{entry, judged, serves};

    const HOSTILE: &str = "<script>alert(1)</script> & \"<img src=x onerror=alert(2)>\u{202e}";

    fn shown(judged: &[Judged]) -> String {
        html(&Page {
            data: HOSTILE,
            max_wrong: 0.02,
            judged,
            report: &Report::new(judged, &[]),
            plot: "<svg viewBox=\"0 0 1 1\"></svg>",
        })
        .expect("it renders")
    }

    #[test]
    fn hostile_texts_are_texts_and_the_page_is_self_contained() {
        let mut row = judged(entry(HOSTILE), serves("<em>"), 0.97);
        row.query = HOSTILE.into();
        row.source = Some(HOSTILE.into());
        row.reasons = vec![HOSTILE.into()];
        let page = shown(&[row]);
        for foreign in [
            "<script", "<img", "<em>", "http:", "https:", "url(", "\u{202e}",
        ] {
            assert!(!page.contains(foreign), "{foreign}");
        }
        assert!(page.matches("&lt;script&gt;").count() >= 5, "{page}");
        assert!(page.contains("<svg viewBox"), "the drawing is none");
    }

    #[test]
    fn what_is_surely_wrong_comes_before_what_can_not_be_judged() {
        let rows = [
            judged(entry("fees"), Served::Document("guide".into()), 0.99),
            judged(entry("fees"), serves("returns"), 0.7),
            judged(Expected::Nothing, serves("returns"), 0.9),
            judged(entry("fees"), serves("fees"), 0.95),
        ];
        let confidences: Vec<_> = mistakes(&rows).iter().map(|row| row.confidence).collect();
        assert_eq!(confidences, [0.9, 0.7, 0.99]);
        let page = shown(&rows);
        assert!(page.contains("3 of 3"), "{page}");
    }

    #[test]
    fn without_mistakes_the_page_says_so() {
        let page = shown(&[judged(entry("fees"), serves("fees"), 0.95)]);
        assert!(page.contains("None."), "{page}");
    }
}
