//! FAQ entries in CSV: a header line names the fields; `|` joins variants and tags.
//!
//! Spreadsheets write it with commas, semicolons or tabs, with empty columns and empty rows; all
//! of that is read. A quote that is never closed costs its own line, not the rest of the file.

use csv::{ReaderBuilder, StringRecord, Trim};
use serde_json::{Map, Value};

use super::{Rows, faq};
use crate::knowledge::report::Notice;

/// What may stand between the fields, the likeliest first.
const SEPARATORS: [u8; 3] = *b",;\t";
const NEEDED: [&str; 2] = ["question", "answer"];
/// How often reading goes on after a quote that is never closed.
const MAX_RESTARTS: usize = 20;

pub(super) fn read(path: &str, text: &str) -> Result<Rows, Notice> {
    // Excel's own first line, which says what separates the fields; its line stays counted.
    let said = text
        .strip_prefix("sep=")
        .and_then(|rest| rest.bytes().next());
    let text = if said.is_some() {
        &text[text.find('\n').unwrap_or(text.len())..]
    } else {
        text
    };
    let separators = said.into_iter().chain(SEPARATORS);
    let headers = separators.map(|separator| (separator, header(text, separator)));
    let mut headers: Vec<(u8, Result<Vec<String>, csv::Error>)> = headers.collect();
    let fits = |names: &Vec<String>| {
        NEEDED
            .iter()
            .all(|needed| names.iter().any(|name| name == needed))
    };
    let found = headers
        .iter()
        .position(|(_, names)| names.as_ref().is_ok_and(fits));
    let (separator, names) = headers.swap_remove(found.unwrap_or(0));
    let names = names.map_err(|error| {
        Notice::new(path, Some(1), format!("the header can't be read: {error}"))
    })?;
    for needed in NEEDED {
        if !names.iter().any(|name| name == needed) {
            let reason = format!("the header names no column `{needed}`");
            return Err(Notice::new(path, Some(1), reason));
        }
    }
    let mut rows = Rows::default();
    let table = Table {
        path,
        names,
        separator,
    };
    // Where reading began, and the lines before.
    let (mut from, mut lines_before) = (0, 0);
    for restart in 0..=MAX_RESTARTS {
        let Some(line) = table.read(&text[from..], lines_before, restart == 0, &mut rows) else {
            break;
        };
        let again = restart < MAX_RESTARTS;
        let reason = if again {
            "a quote is opened and never closed; the line is left out"
        } else {
            "again a quote is opened and never closed; the rest of the file is left out"
        };
        rows.skipped.push(Notice::new(path, Some(line), reason));
        // On with the line after the one that opened the quote.
        for _ in lines_before..line {
            from += text[from..]
                .find('\n')
                .map_or(text.len() - from, |at| at + 1);
        }
        lines_before = line;
    }
    Ok(rows)
}

fn reader(text: &str, separator: u8, has_headers: bool) -> csv::Reader<&[u8]> {
    ReaderBuilder::new()
        .flexible(true)
        .trim(Trim::All)
        .delimiter(separator)
        .has_headers(has_headers)
        .from_reader(text.as_bytes())
}

fn header(text: &str, separator: u8) -> Result<Vec<String>, csv::Error> {
    let mut reader = reader(text, separator, true);
    Ok(reader.headers()?.iter().map(str::to_lowercase).collect())
}

struct Table<'a> {
    path: &'a str,
    names: Vec<String>,
    separator: u8,
}

impl Table<'_> {
    /// Adds the rows of `text`; the line of a quote that swallows all that follows, if there is one.
    fn read(
        &self,
        text: &str,
        lines_before: usize,
        has_headers: bool,
        rows: &mut Rows,
    ) -> Option<usize> {
        let number = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
        let mut reader = reader(text, self.separator, has_headers);
        let mut record = StringRecord::new();
        loop {
            match reader.read_record(&mut record) {
                Ok(false) => return None,
                Ok(true) => {
                    let (line, start) = record
                        .position()
                        .map_or((1, 0), |at| (number(at.line()), number(at.byte())));
                    let is_last = number(reader.position().byte()) >= text.len();
                    let rest = text.get(start..).unwrap_or_default();
                    let spans_lines = record.iter().any(|field| field.contains('\n'));
                    if is_last && spans_lines && rest.matches('"').count() % 2 == 1 {
                        return Some(lines_before + line);
                    }
                    self.add(&record, lines_before + line, rows);
                }
                Err(error) => {
                    let line = error.position().map(|at| lines_before + number(at.line()));
                    let reason = format!("is not CSV: {error}");
                    rows.skipped.push(Notice::new(self.path, line, reason));
                }
            }
        }
    }

    fn add(&self, record: &StringRecord, line: usize, rows: &mut Rows) {
        if record.iter().all(str::is_empty) {
            return;
        }
        let beyond = record.iter().skip(self.names.len());
        if beyond.clone().any(|field| !field.is_empty()) {
            let reason = format!(
                "has {} fields where the header names {}; quote texts that hold {}",
                record.len(),
                self.names.len(),
                match self.separator {
                    b';' => "semicolons",
                    b'\t' => "tabs",
                    _ => "commas",
                }
            );
            rows.skipped
                .push(Notice::new(self.path, Some(line), reason));
            return;
        }
        faq::add(rows, self.path, line, &self.object(record));
    }

    /// The row's fields by their names; a column without a name counts only where it says something.
    fn object(&self, record: &StringRecord) -> Value {
        let fields: Map<String, Value> = self
            .names
            .iter()
            .zip(record)
            .filter(|(name, text)| !name.is_empty() || !text.is_empty())
            .map(|(name, text)| match name.as_str() {
                "variants" | "tags" => {
                    let parts = text.split('|').collect::<Vec<_>>();
                    (name.clone(), parts.into())
                }
                "" => ("(a column without a name)".to_owned(), text.into()),
                _ => (name.clone(), text.into()),
            })
            .collect();
        Value::Object(fields)
    }
}
