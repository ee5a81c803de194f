//! FAQ entries in CSV: a header line names the fields; `|` joins variants and tags.

use csv::{ReaderBuilder, StringRecord, Trim};
use serde_json::{Map, Value};

use super::{Rows, faq};
use crate::knowledge::report::Notice;

pub(super) fn read(path: &str, text: &str) -> Result<Rows, Notice> {
    let mut reader = ReaderBuilder::new()
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|error| Notice::new(path, Some(1), format!("the header can't be read: {error}")))?
        .clone();
    let names: Vec<String> = header.iter().map(str::to_lowercase).collect();
    for needed in ["question", "answer"] {
        if !names.iter().any(|name| name == needed) {
            let reason = format!("the header names no column `{needed}`");
            return Err(Notice::new(path, Some(1), reason));
        }
    }
    let mut rows = Rows::default();
    for record in reader.records() {
        match record {
            Ok(record) => {
                let line = line_of(&record);
                if record.len() > names.len() {
                    let reason = format!(
                        "has {} fields where the header names {}; quote texts that hold commas",
                        record.len(),
                        names.len()
                    );
                    rows.skipped.push(Notice::new(path, line, reason));
                    continue;
                }
                faq::add(&mut rows, path, line.unwrap_or(1), &object(&names, &record));
            }
            Err(error) => {
                let line = error
                    .position()
                    .and_then(|at| usize::try_from(at.line()).ok());
                rows.skipped
                    .push(Notice::new(path, line, format!("is not CSV: {error}")));
            }
        }
    }
    Ok(rows)
}

fn line_of(record: &StringRecord) -> Option<usize> {
    record
        .position()
        .and_then(|at| usize::try_from(at.line()).ok())
}

fn object(names: &[String], record: &StringRecord) -> Value {
    let fields: Map<String, Value> = names
        .iter()
        .zip(record)
        .map(|(name, text)| {
            let value = match name.as_str() {
                "variants" | "tags" => text.split('|').collect::<Vec<_>>().into(),
                _ => text.into(),
            };
            (name.clone(), value)
        })
        .collect();
    Value::Object(fields)
}
