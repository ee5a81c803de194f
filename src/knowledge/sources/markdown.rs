//! Markdown: front matter, title, and sections by heading.
//!
//! The parser only finds where headings stand; the text between them is kept as written, links,
//! tables and code blocks included.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use super::{
    RawDocument,
    outline::{self, Part},
};
use crate::knowledge::language;

pub(super) fn read(text: &str) -> Result<RawDocument, (Option<usize>, String)> {
    let (front, body) = split_front_matter(text);
    let mut document = match front {
        Some(front) => front_matter(front)?,
        None => RawDocument::default(),
    };
    let parts = parts(body);
    if document.title.is_none() {
        // A heading of the top level above everything else is the document's title.
        document.title = match parts.as_slice() {
            [before, first, ..] if before.text.trim().is_empty() && first.level == 1 => {
                Some(first.heading.clone())
            }
            _ => None,
        };
    }
    document.sections = outline::sections(document.title.as_deref(), &parts);
    Ok(document)
}

/// The text before the first heading, then one part a heading.
fn parts(body: &str) -> Vec<Part> {
    let mut parts = vec![Part::default()];
    let mut text_from = 0;
    let mut in_heading = false;
    for (event, range) in Parser::new_ext(body, Options::ENABLE_TABLES).into_offset_iter() {
        let Some(part) = parts.last_mut() else { break };
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                body[text_from..range.start].clone_into(&mut part.text);
                text_from = range.end;
                in_heading = true;
                parts.push(Part {
                    level: level as u8,
                    ..Part::default()
                });
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(text) | Event::Code(text) if in_heading => part.heading.push_str(&text),
            Event::SoftBreak | Event::HardBreak if in_heading => part.heading.push(' '),
            _ => {}
        }
    }
    if let Some(last) = parts.last_mut() {
        body[text_from..].clone_into(&mut last.text);
    }
    parts
}

/// The YAML between the `---` of the first line and the next one, and what follows it.
fn split_front_matter(text: &str) -> (Option<&str>, &str) {
    let Some(rest) = text.strip_prefix("---\n") else {
        return (None, text);
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if matches!(line.trim_end(), "---" | "...") {
            return (Some(&rest[..at]), &rest[at + line.len()..]);
        }
        at += line.len();
    }
    (None, text)
}

fn front_matter(yaml: &str) -> Result<RawDocument, (Option<usize>, String)> {
    let value: Value = serde_yaml_ng::from_str(yaml).map_err(|error| {
        // The parser counts from the line after the opening dashes.
        let line = error.location().map(|at| at.line() + 1);
        (line, format!("the front matter is not YAML: {error}"))
    })?;
    let text = |name: &str| match value.get(name) {
        Some(Value::String(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    };
    let tags = match value.get("tags") {
        Some(Value::Array(tags)) => tags
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => text("tags").map_or_else(Vec::new, |tags| {
            tags.split(',').map(|tag| tag.trim().to_owned()).collect()
        }),
    };
    Ok(RawDocument {
        title: text("title"),
        url: text("url"),
        lang: text("lang").map(|code| language::primary(&code)),
        tags,
        sections: Vec::new(),
    })
}
