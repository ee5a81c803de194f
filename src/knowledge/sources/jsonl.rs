//! FAQ entries in JSON Lines: one object a line; a bad line costs only itself.
//!
//! One whole JSON list under this name is read too, and so is a comma after an object: that is how
//! such files come when they were made by hand.

use serde_json::Value;

use super::{Rows, faq};
use crate::knowledge::report::Notice;

pub(super) fn read(path: &str, text: &str) -> Rows {
    let mut rows = Rows::default();
    if text.trim_start().starts_with('[')
        && let Ok(list) = serde_json::from_str::<Vec<Value>>(text)
        && list.iter().any(Value::is_object)
    {
        let reason = "is one JSON list, not an object a line; its entries' lines are not known";
        rows.warnings.push(Notice::new(path, None, reason));
        for row in &list {
            faq::add(&mut rows, path, 1, row);
        }
        return rows;
    }
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let object = line.strip_suffix(',').filter(|line| line.ends_with('}'));
        match serde_json::from_str(object.unwrap_or(line)) {
            Ok(row) => faq::add(&mut rows, path, index + 1, &row),
            Err(error) => {
                let reason = format!("is not JSON: {error}");
                rows.skipped
                    .push(Notice::new(path, Some(index + 1), reason));
            }
        }
    }
    rows
}
