//! Plain text: one section, no headings, its file's name as title.

use super::{RawDocument, Section};

pub(super) fn read(text: &str) -> RawDocument {
    RawDocument {
        sections: vec![Section {
            headings: Vec::new(),
            text: text.to_owned(),
            page: None,
        }],
        ..RawDocument::default()
    }
}
