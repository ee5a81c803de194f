//! The report as a table for a terminal.

use std::fmt::Write;

use super::{Report, sections::sections};

const INDENT: &str = "  ";

/// The whole report.
#[must_use]
pub fn table(report: &Report) -> String {
    let headings: Vec<String> = report
        .models
        .iter()
        .map(super::ModelReport::heading)
        .collect();
    let sections = sections(report);
    let lines = || sections.iter().flat_map(|section| &section.lines);
    let width = |text: &str| text.chars().count();
    let labels = lines().map(|line| width(&line.label) + INDENT.len());
    let titles = sections.iter().map(|section| width(&section.title));
    let label = labels.chain(titles).max().unwrap_or_default();
    let columns: Vec<usize> = headings
        .iter()
        .enumerate()
        .map(|(column, heading)| {
            let values = lines().filter_map(|line| line.values.get(column));
            values
                .map(|value| width(value))
                .max()
                .unwrap_or_default()
                .max(width(heading))
        })
        .collect();
    let mut text = format!("{}\n{}\n", report.data, report.asked);
    let mut row = |label_text: &str, values: &[String]| {
        let _ = write!(text, "{label_text:label$}");
        for (value, column) in values.iter().zip(&columns) {
            let _ = write!(text, "  {value:>column$}");
        }
        text.push('\n');
    };
    row("", &headings);
    for section in &sections {
        row(&section.title, &[]);
        for line in &section.lines {
            row(&format!("{INDENT}{}", line.label), &line.values);
        }
    }
    text
}
