//! FAQ entries in YAML: a list of entries.
//!
//! The parser gives no places of what it read, so the lines of the entries are found by the
//! dashes that open them.

use serde_json::Value;

use super::{Rows, faq};
use crate::knowledge::report::Notice;

pub(super) fn read(path: &str, text: &str) -> Result<Rows, Notice> {
    let mut rows = Rows::default();
    if text.trim().is_empty() {
        return Ok(rows);
    }
    let value: Value = serde_yaml_ng::from_str(text).map_err(|error| {
        let line = error.location().map(|at| at.line());
        Notice::new(path, line, format!("is not YAML: {error}"))
    })?;
    let entries = match value {
        Value::Null => return Ok(rows),
        Value::Array(entries) => entries,
        _ => {
            let reason = "must be a list of entries, each with question and answer";
            return Err(Notice::new(path, Some(1), reason));
        }
    };
    let lines = lines_of_entries(text);
    for (index, entry) in entries.iter().enumerate() {
        let line = lines.get(index).copied().unwrap_or(1);
        faq::add(&mut rows, path, line, entry);
    }
    Ok(rows)
}

/// The lines, from 1, whose dash opens an entry: those indented as the first one is, for all that
/// belongs to an entry is indented more.
fn lines_of_entries(text: &str) -> Vec<usize> {
    let dash_at = |line: &str| {
        let rest = line.trim_start_matches(' ');
        let opens = rest == "-" || rest.starts_with("- ");
        opens.then(|| line.len() - rest.len())
    };
    let Some(indent) = text.lines().find_map(dash_at) else {
        return Vec::new();
    };
    text.lines()
        .enumerate()
        .filter(|(_, line)| dash_at(line) == Some(indent))
        .map(|(index, _)| index + 1)
        .collect()
}
