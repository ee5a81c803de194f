//! What is told to people about an ingest and about the index: counts, and what was left out.
//!
//! Only data and its wording; nothing here is measured or decided.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::sources::harmless;

/// The longest reason that is told.
const MAX_REASON_CHARS: usize = 400;

/// A file or a part of one that was left out or looked odd, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Notice {
    /// The file's path under the knowledge folder.
    pub path: String,
    /// The line, from 1, where one is known.
    pub line: Option<usize>,
    /// Why, in words.
    pub reason: String,
}

impl Notice {
    /// A notice about `path`.
    pub(crate) fn new(path: &str, line: Option<usize>, reason: impl Into<String>) -> Self {
        let mut reason = harmless::line(&reason.into());
        // A reason may quote the file; what it quotes may be endless.
        if let Some((at, _)) = reason.char_indices().nth(MAX_REASON_CHARS) {
            reason.truncate(at);
            reason.push('…');
        }
        Self {
            path: path.to_owned(),
            line,
            reason,
        }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "{}:{line}: {}", self.path, self.reason),
            None => write!(out, "{}: {}", self.path, self.reason),
        }
    }
}

/// How the files differ from those of the generation before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Files that were not there.
    pub added: usize,
    /// Files with other content.
    pub changed: usize,
    /// Files that are gone.
    pub removed: usize,
    /// Files as they were.
    pub unchanged: usize,
}

/// What one file gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileLine {
    /// Its path under the knowledge folder.
    pub path: String,
    /// FAQ entries from it.
    pub entries: usize,
    /// Passages from it.
    pub passages: usize,
    /// Notices of what was left out of it.
    pub skipped: usize,
    /// Notices of what was odd.
    pub warnings: usize,
}

/// What an ingest did. Its `Display` is the totals in two lines; `summary` has the files too.
#[derive(Clone, Debug, Default, Serialize)]
pub struct IngestReport {
    /// How the files differ from before.
    #[serde(flatten)]
    pub changes: Changes,
    /// FAQ entries now in the index.
    pub entries: usize,
    /// Passages now in the index.
    pub passages: usize,
    /// Texts that had to be encoded; the others kept their vectors.
    pub embedded: usize,
    /// The generation that now serves.
    pub generation: u64,
    /// Why everything was built anew, if it was.
    pub rebuilt_because: Option<String>,
    /// All knowledge files with what they gave, by path.
    pub files: Vec<FileLine>,
    /// What is not in the index, and why.
    pub skipped: Vec<Notice>,
    /// What is in the index but looked odd.
    pub warnings: Vec<Notice>,
}

impl fmt::Display for IngestReport {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(reason) = &self.rebuilt_because {
            writeln!(out, "index rebuilt: {reason}")?;
        }
        let Changes {
            added,
            changed,
            removed,
            unchanged,
        } = self.changes;
        writeln!(
            out,
            "files: {added} added, {changed} changed, {removed} removed, {unchanged} unchanged"
        )?;
        write!(
            out,
            "index: {} FAQ entries, {} passages; {} texts encoded; generation {}",
            self.entries, self.passages, self.embedded, self.generation
        )
    }
}

/// What serves now.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Status {
    /// 0 where there is no index yet; grows with every ingest that changed something.
    pub generation: u64,
    /// When that generation was built, RFC 3339.
    pub built_at: Option<String>,
    /// Knowledge files read.
    pub files: usize,
    /// FAQ entries.
    pub entries: usize,
    /// Passages of documents.
    pub passages: usize,
    /// The collections that hold something.
    pub collections: Vec<String>,
    /// Two-letter codes of the languages found.
    pub languages: Vec<String>,
    /// What is not in the index, and why.
    pub skipped: Vec<Notice>,
    /// What is in the index but looked odd.
    pub warnings: Vec<Notice>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_names_the_reason_of_a_rebuild() {
        let report = IngestReport {
            changes: Changes {
                added: 2,
                ..Changes::default()
            },
            entries: 3,
            passages: 4,
            embedded: 10,
            generation: 1,
            rebuilt_because: Some("another encoder".to_owned()),
            ..IngestReport::default()
        };
        insta::assert_snapshot!(report.to_string(), @r"
        index rebuilt: another encoder
        files: 2 added, 0 changed, 0 removed, 0 unchanged
        index: 3 FAQ entries, 4 passages; 10 texts encoded; generation 1
        ");
    }
}
