//! FAQ entries in JSON Lines: one object a line; a bad line costs only itself.

use super::{Rows, faq};
use crate::knowledge::report::Notice;

pub(super) fn read(path: &str, text: &str) -> Rows {
    let mut rows = Rows::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(line) {
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
