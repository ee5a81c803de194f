//! Reads rows: which of the two models was right about a query.

use serde_json::Value;

/// A query, and whether each model answered it rightly.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// What was asked.
    pub query: String,
    /// The weak model was right.
    pub weak: bool,
    /// The strong model was right.
    pub strong: bool,
}

/// A line that can't be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{line}: {reason}")]
pub struct RowError {
    /// Counted from 1.
    pub line: usize,
    /// What was found and what is allowed.
    pub reason: String,
}

/// All rows of a file with `{"query", "weak": 0|1, "strong": 0|1}` a line. Blank lines are skipped.
///
/// # Errors
/// The first line that is not such an object.
pub fn rows(text: &str) -> Result<Vec<Row>, RowError> {
    each(text, |object| {
        Ok(Row {
            query: query(object)?,
            weak: answer(object, "weak")?,
            strong: answer(object, "strong")?,
        })
    })
}

/// The queries of a file; what else its rows hold is not looked at.
///
/// # Errors
/// The first line without a query.
pub fn queries(text: &str) -> Result<Vec<String>, RowError> {
    each(text, query)
}

fn each<T>(text: &str, read: impl Fn(&Value) -> Result<T, String>) -> Result<Vec<T>, RowError> {
    let lines = text.lines().enumerate();
    lines
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(index, line)| {
            let value = serde_json::from_str(line).map_err(|error| format!("no JSON: {error}"));
            value
                .and_then(|value: Value| read(&value))
                .map_err(|reason| RowError {
                    line: index + 1,
                    reason,
                })
        })
        .collect()
}

fn query(object: &Value) -> Result<String, String> {
    match object.get("query") {
        Some(Value::String(query)) if !query.trim().is_empty() => Ok(query.clone()),
        found => Err(refusal("query", found, "a text that is not blank")),
    }
}

fn answer(object: &Value, field: &str) -> Result<bool, String> {
    match object.get(field).and_then(Value::as_f64) {
        Some(0.0) => Ok(false),
        Some(1.0) => Ok(true),
        _ => Err(refusal(
            field,
            object.get(field),
            "1 (right) or 0 (not right)",
        )),
    }
}

fn refusal(field: &str, found: Option<&Value>, allowed: &str) -> String {
    match found {
        None => format!("\"{field}\" is missing; it must be {allowed}"),
        Some(found) => {
            let found: String = found.to_string().chars().take(40).collect();
            format!("\"{field}\" must be {allowed}, not {found}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_blank_lines_skipped() {
        let text = "{\"query\": \"a\", \"weak\": 0, \"strong\": 1}\n\n{\"query\": \"b\", \"weak\": 1, \"strong\": 0, \"more\": 2}\n";
        let read = rows(text).expect("both are rows");
        assert_eq!(read.len(), 2);
        assert!(!read[0].weak && read[0].strong && read[1].weak);
        assert_eq!(queries(text).expect("both have one"), ["a", "b"]);
    }

    #[test]
    fn a_bad_row_is_named_with_what_is_allowed() {
        let good = "{\"query\": \"a\", \"weak\": 0, \"strong\": 1}\n";
        for (bad, words) in [
            ("{\"query\": \"b\", \"weak\": 1}", vec!["strong", "missing"]),
            ("{\"weak\": 1, \"strong\": 1}", vec!["query", "missing"]),
            (
                "{\"query\": \"b\", \"weak\": 2, \"strong\": 1}",
                vec!["weak", "1 (right) or 0", "not 2"],
            ),
            (
                "{\"query\": \"b\", \"weak\": true, \"strong\": 1}",
                vec!["weak", "not true"],
            ),
            (
                "{\"query\": \" \", \"weak\": 1, \"strong\": 1}",
                vec!["query", "not blank"],
            ),
            ("[1]", vec!["query"]),
            ("{\"query\"", vec!["no JSON"]),
        ] {
            let said = rows(&format!("{good}\n{bad}\n"))
                .expect_err(bad)
                .to_string();
            assert!(said.starts_with("3: "), "{said}");
            for word in words {
                assert!(said.contains(word), "'{word}' is not in: {said}");
            }
        }
    }
}
