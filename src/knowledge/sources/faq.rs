//! One FAQ row to one entry, whatever format the row came from.
//!
//! Strict where a mistake would be served to people (no question, no answer), lenient where it
//! would not (an unknown field is only warned about).

use std::fmt::Write as _;

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use super::{Entry, Rows, harmless};
use crate::knowledge::{language, report::Notice};

const FIELDS: [&str; 7] = [
    "id", "question", "variants", "answer", "tags", "url", "lang",
];

/// The longest slug made of a question.
const MAX_SLUG_CHARS: usize = 60;

/// Adds the row that starts at `line` to `rows`, or the reason why it can't be.
pub(super) fn add(rows: &mut Rows, path: &str, line: usize, row: &Value) {
    match entry(path, line, row) {
        Ok((entry, warnings)) => {
            let notice = |reason| Notice::new(path, Some(line), reason);
            rows.warnings.extend(warnings.into_iter().map(notice));
            rows.entries.push(entry);
        }
        Err(reason) => rows.skipped.push(Notice::new(path, Some(line), reason)),
    }
}

/// The entry, and what is odd about its row.
fn entry(path: &str, line: usize, row: &Value) -> Result<(Entry, Vec<String>), String> {
    let Value::Object(fields) = row else {
        return Err("an entry must have the fields question and answer".to_owned());
    };
    let question = harmless_line(&required(fields, "question")?, "question")?;
    let answer = required(fields, "answer")?;
    let variants: Vec<String> = texts(fields, "variants")?
        .into_iter()
        .filter(|variant| *variant != question)
        .collect();
    let id = match optional(fields, "id")? {
        Some(id) => harmless_line(&id, "id")?,
        None => made_id(path, &question),
    };
    let mut warnings = Vec::new();
    let code = optional(fields, "lang")?;
    let named = code.as_deref().and_then(language::primary);
    if let Some(code) = code.filter(|_| named.is_none()) {
        let shown = harmless::line(&code);
        warnings.push(format!(
            "lang '{shown}' is no code of a language, as \"en\" is one"
        ));
    }
    let lang = named.unwrap_or_else(|| {
        let guess = language::detect(&format!("{question} {answer}"));
        guess.unwrap_or(language::DEFAULT).to_owned()
    });
    let entry = Entry {
        id,
        variants,
        answer,
        tags: texts(fields, "tags")?,
        url: optional(fields, "url")?,
        lang,
        line,
        question,
    };
    let unknown = fields.keys().filter(|key| !FIELDS.contains(&key.as_str()));
    let unknown: Vec<&str> = unknown.map(String::as_str).collect();
    if !unknown.is_empty() {
        let (unknown, known) = (unknown.join(", "), FIELDS.join(", "));
        warnings.push(format!("unknown field {unknown}; known are {known}"));
    }
    Ok((entry, warnings))
}

/// A question and an id stand in lists and logs, on one line.
fn harmless_line(text: &str, name: &str) -> Result<String, String> {
    let line = harmless::line(text);
    if line.is_empty() {
        return Err(format!("the {name} is empty"));
    }
    Ok(line)
}

fn required(fields: &Map<String, Value>, name: &str) -> Result<String, String> {
    match fields.get(name) {
        None => Err(format!("the {name} is missing")),
        Some(_) => optional(fields, name)?.ok_or_else(|| format!("the {name} is empty")),
    }
}

/// A text, trimmed; nothing where it is absent or empty.
fn optional(fields: &Map<String, Value>, name: &str) -> Result<Option<String>, String> {
    let Some(value) = fields.get(name) else {
        return Ok(None);
    };
    let text = scalar(value).ok_or_else(|| format!("{name} must be a text"))?;
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// A list of texts; one text stands for a list of one.
fn texts(fields: &Map<String, Value>, name: &str) -> Result<Vec<String>, String> {
    let expected = || format!("{name} must be a list of texts");
    let mut list = match fields.get(name) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(values)) => values
            .iter()
            .map(|value| scalar(value).ok_or_else(expected))
            .collect::<Result<_, _>>()?,
        Some(value) => vec![scalar(value).ok_or_else(expected)?],
    };
    list.retain(|text| !text.is_empty());
    Ok(list)
}

/// YAML reads `answer: 30` as a number and `answer: true` as a truth value; both were meant as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// An id that stays the same as long as the file's name and the question do.
fn made_id(path: &str, question: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.split('.').next().unwrap_or(name);
    let mut slug = slug(question);
    if slug.is_empty() || slug.chars().count() > MAX_SLUG_CHARS {
        let digest = Sha256::digest(question);
        slug = slug.chars().take(MAX_SLUG_CHARS).collect();
        for byte in &digest[..4] {
            let _ = write!(slug, "{byte:02x}");
        }
    }
    format!("{stem}-{slug}")
}

fn slug(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-")
}
