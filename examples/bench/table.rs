//! The table of results, and the few statistics behind it.
//!
//! A row says what was measured, in its unit; whether it reaches what it must is worked out here,
//! so that no section can flatter itself.

use std::{fs, io::Write, thread};

/// What a figure is counted in.
#[derive(Clone, Copy)]
pub(crate) enum Unit {
    Seconds,
    Milliseconds,
    Mebibytes,
    Share,
    Count,
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::Seconds => format!("{value:.2} s"),
            Self::Milliseconds => format!("{value:.2} ms"),
            Self::Mebibytes => format!("{value:.0} MiB"),
            Self::Share => format!("{:.1}%", value * 100.0),
            Self::Count => format!("{value:.0}"),
        }
    }
}

/// Rows in the order they were measured.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 4]>);

impl Table {
    /// A figure that must not be above `bound`.
    pub(crate) fn at_most(
        &mut self,
        figure: impl Into<String>,
        value: f64,
        bound: f64,
        unit: Unit,
    ) {
        self.bounded(
            figure.into(),
            value,
            format!("≤ {}", unit.show(bound)),
            value <= bound,
            unit,
        );
    }

    /// A figure that must not be below `bound`.
    pub(crate) fn at_least(
        &mut self,
        figure: impl Into<String>,
        value: f64,
        bound: f64,
        unit: Unit,
    ) {
        self.bounded(
            figure.into(),
            value,
            format!("≥ {}", unit.show(bound)),
            value >= bound,
            unit,
        );
    }

    /// A figure that stands for itself.
    pub(crate) fn plain(&mut self, figure: impl Into<String>, value: f64, unit: Unit) {
        self.note(figure, unit.show(value));
    }

    /// The rows of another table, after these.
    pub(crate) fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Anything said in words: a set that is not there, a section that failed.
    pub(crate) fn note(&mut self, figure: impl Into<String>, said: impl Into<String>) {
        self.0
            .push([figure.into(), said.into(), String::new(), String::new()]);
    }

    fn bounded(&mut self, figure: String, value: f64, must: String, reached: bool, unit: Unit) {
        let reached = if reached && value.is_finite() {
            "yes"
        } else {
            "no"
        };
        self.0
            .push([figure, unit.show(value), must, reached.to_owned()]);
    }

    /// Prints date and machine, then the rows, as Markdown.
    pub(crate) fn print(&self) {
        let head = ["figure", "measured", "must reach", "reached"].map(ToOwned::to_owned);
        let rows: Vec<&[String; 4]> = std::iter::once(&head).chain(&self.0).collect();
        let width = |column: usize| {
            rows.iter()
                .map(|row| row[column].chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths = [width(0), width(1), width(2), width(3)];
        let line = |row: &[String; 4]| {
            let cells = row
                .iter()
                .zip(widths)
                .map(|(cell, width)| format!(" {cell:<width$} |"));
            format!("|{}", cells.collect::<String>())
        };
        let rule: String = widths
            .iter()
            .map(|width| "-".repeat(width + 2) + "|")
            .collect();
        let mut text = format!("{}\n\n{}\n|{rule}\n", machine(), line(&head));
        for row in &self.0 {
            text.push_str(&line(row));
            text.push('\n');
        }
        std::io::stdout().write_all(text.as_bytes()).ok();
    }
}

fn machine() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = cpus
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(':'));
    let name = name.map_or("unknown processor", |(_, name)| name.trim());
    let cores = thread::available_parallelism().map_or(1, usize::from);
    format!(
        "{}, {name}, {cores} cores, no GPU",
        jiff::Timestamp::now().strftime("%F")
    )
}

/// The smallest value that at least `part` (0 to 1) of all values do not exceed; no number where
/// there are none.
pub(crate) fn percentile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rank among few values"
    )]
    let rank = (part * count(sorted.len())).ceil() as usize;
    sorted.get(rank.max(1) - 1).copied().unwrap_or(f64::NAN)
}

/// A part of a whole; no number where there is no whole.
pub(crate) fn share(part: usize, whole: usize) -> f64 {
    count(part) / count(whole)
}

/// A count as a figure.
#[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}
