//! An ingest's report as people read it in the terminal: a table of files, totals, what went wrong.
//!
//! Long lists are cut unless all is asked for; the report itself holds everything.

use std::fmt::Write as _;

use super::report::{FileLine, IngestReport, Notice};

/// Files, and notices of each kind, that are listed of many.
const FEW: usize = 40;
/// The widest column of names; longer names are shown whole and move their own numbers.
const MAX_NAME_CHARS: usize = 48;

impl IngestReport {
    /// The table and the lists below it; `all` lists every file and notice.
    #[must_use]
    pub fn summary(&self, all: bool) -> String {
        let most = if all { usize::MAX } else { FEW };
        let mut out = self.to_string();
        out.push_str("\n\n");
        let has_trouble = |file: &&FileLine| file.skipped + file.warnings > 0;
        // Of many files, those with something to mend are worth their lines.
        let few = self.files.len() <= most;
        let listed: Vec<&FileLine> = self
            .files
            .iter()
            .filter(|file| few || has_trouble(file))
            .take(most)
            .collect();
        let widths = listed.iter().map(|file| file.path.chars().count());
        let width = widths.max().unwrap_or(0).clamp(5, MAX_NAME_CHARS);
        let _ = writeln!(
            out,
            "{:<width$}  {:>7}  {:>8}  {:>7}  {:>8}",
            "file", "entries", "passages", "skipped", "warnings"
        );
        let mut line = |name: &str, file: &FileLine| {
            let _ = writeln!(
                out,
                "{name:<width$}  {:>7}  {:>8}  {:>7}  {:>8}",
                file.entries, file.passages, file.skipped, file.warnings
            );
        };
        for file in &listed {
            line(&file.path, file);
        }
        line("total", &self.total());
        let rest = self.files.len() - listed.len();
        if rest > 0 {
            let _ = writeln!(out, "({rest} more files; --verbose lists all)");
        }
        list(&mut out, "skipped", &self.skipped, most);
        list(&mut out, "warnings", &self.warnings, most);
        out.truncate(out.trim_end().len());
        out
    }

    fn total(&self) -> FileLine {
        let mut total = FileLine::default();
        for file in &self.files {
            total.entries += file.entries;
            total.passages += file.passages;
            total.skipped += file.skipped;
            total.warnings += file.warnings;
        }
        total
    }
}

fn list(out: &mut String, heading: &str, notices: &[Notice], most: usize) {
    if notices.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n{heading}:");
    for notice in notices.iter().take(most) {
        let _ = writeln!(out, "  {notice}");
    }
    let rest = notices.len().saturating_sub(most);
    if rest > 0 {
        let _ = writeln!(out, "  … and {rest} more (--verbose lists all)");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(files: usize) -> IngestReport {
        let file = |number: usize| FileLine {
            path: format!("notes/{number}.md"),
            passages: 1,
            skipped: usize::from(number.is_multiple_of(200)),
            ..FileLine::default()
        };
        let notice = |number: usize| {
            let path = format!("notes/{number}.md");
            Notice::new(&path, Some(1), "is not UTF-8 text")
        };
        IngestReport {
            files: (0..files).map(file).collect(),
            skipped: (0..files).step_by(200).map(notice).collect(),
            ..IngestReport::default()
        }
    }

    #[test]
    fn a_few_files_are_all_listed_in_columns() {
        insta::assert_snapshot!(report(2).summary(false), @r"
        files: 0 added, 0 changed, 0 removed, 0 unchanged
        index: 0 FAQ entries, 0 passages; 0 texts encoded; generation 0

        file        entries  passages  skipped  warnings
        notes/0.md        0         1        1         0
        notes/1.md        0         1        0         0
        total             0         2        1         0

        skipped:
          notes/0.md:1: is not UTF-8 text
        ");
    }

    #[test]
    fn of_ten_thousand_files_only_those_with_trouble_are_listed() {
        let report = report(10_000);
        let summary = report.summary(false);
        assert!(summary.lines().count() < 100, "{summary}");
        assert!(
            summary.contains("(9960 more files; --verbose lists all)"),
            "{summary}"
        );
        assert!(summary.contains("… and 10 more"), "{summary}");
        assert!(report.summary(true).lines().count() > 10_000);
    }
}
