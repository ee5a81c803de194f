//! The report as one page that loads nothing and runs nothing: tables and drawings.

use handlebars::Handlebars;
use serde_json::json;

use crate::{
    chart::bars::{Bars, Chart, Group, draw},
    judge::{JudgeError, figures::Grounded},
};

use super::{ModelReport, Report, sections::sections};

const TEMPLATE: &str = include_str!("../../../templates/reports/judge.hbs");
const STYLE: &str = include_str!("../../../templates/reports/style.css");

/// The whole page.
///
/// # Errors
/// [`JudgeError::Report`] where the template is broken.
pub fn html(report: &Report) -> Result<String, JudgeError> {
    let headings: Vec<String> = report.models.iter().map(ModelReport::heading).collect();
    let data = json!({
        "data": report.data,
        "style": STYLE,
        "asked": report.asked,
        "headings": headings,
        "sections": sections(report),
        "charts": charts(report, &headings),
        "version": env!("CARGO_PKG_VERSION"),
    });
    let page = Handlebars::new().render_template(TEMPLATE, &data);
    page.map_err(|error| JudgeError::Report(Box::new(error)))
}

fn charts(report: &Report, headings: &[String]) -> Vec<Chart> {
    let Some(first) = report.models.first() else {
        return Vec::new();
    };
    let all = [
        by_source(report, first, headings),
        by_length(report, first, headings),
        declining(first),
        support(report),
    ];
    let drawn = all.into_iter().filter(|bars| !bars.groups.is_empty());
    drawn.map(draw).collect()
}

fn by_source(report: &Report, first: &ModelReport, headings: &[String]) -> Bars {
    let groups = first.figures.by_source.iter().map(|(source, seen)| Group {
        label: source.clone(),
        count: format!("{} rows", seen.answerable),
        shares: report
            .models
            .iter()
            .map(|model| model.figures.by_source.get(source)?.f1)
            .collect(),
    });
    Bars {
        title: "F1 by source".into(),
        note: "Words that a reply and the nearest accepted answer have in common; answerable questions.".into(),
        series: headings.to_vec(),
        groups: groups.collect(),
    }
}

fn by_length(report: &Report, first: &ModelReport, headings: &[String]) -> Bars {
    let groups = first.figures.by_length.iter().map(|group| {
        let same = |model: &ModelReport| {
            let mut groups = model.figures.by_length.iter();
            groups
                .find(|other| other.most_words == group.most_words)?
                .f1
        };
        Group {
            label: group
                .most_words
                .map_or_else(|| "more".into(), |most| format!("≤ {most} words")),
            count: format!("{} rows", group.answerable),
            shares: report.models.iter().map(same).collect(),
        }
    });
    Bars {
        title: "F1 by context length".into(),
        note: "Words of all passages of a question; answerable questions.".into(),
        series: headings.to_vec(),
        groups: groups.collect(),
    }
}

fn declining(model: &ModelReport) -> Bars {
    let groups = model
        .figures
        .declining
        .iter()
        .filter(|group| group.answerable + group.unanswerable > 0);
    let groups = groups.map(|group| Group {
        label: format!("≤ {:.0}%", group.most_overlap * 100.0),
        count: format!("{} + {}", group.answerable, group.unanswerable),
        shares: vec![group.answerable_declined, group.unanswerable_declined],
    });
    Bars {
        title: format!(
            "Declined by {}, as the passages have more of the question's words",
            model.model
        ),
        note: "A model that reads declines unanswerable questions at every overlap; one that only \
               compares words answers those on the right."
            .into(),
        series: vec!["answerable".into(), "unanswerable".into()],
        groups: groups.collect(),
    }
}

fn support(report: &Report) -> Bars {
    let group = |model: &ModelReport| {
        let of: &Grounded = model.figures.grounded.as_ref()?;
        Some(Group {
            label: model.model.clone(),
            count: format!("{} → {} shown", of.shown_before, of.shown_after),
            shares: vec![of.unsupported_before, of.unsupported_after],
        })
    };
    Bars {
        title: "Shown answers with an unsupported statement".into(),
        note: "By the plain check, which the verdict has no part in.".into(),
        series: vec!["before the verdict".into(), "after it".into()],
        groups: report.models.iter().filter_map(group).collect(),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
