//! Markdown: front matter, title, and sections by heading.
//!
//! The parser only finds where headings stand; the text between them is kept as written, links,
//! tables and code blocks included. Of HTML in it the text is kept, and footnotes go where they are
//! referred to.

use std::{collections::HashMap, ops::Range};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde_json::Value;

use super::{
    RawDocument, html,
    outline::{self, Part},
};
use crate::knowledge::language;

pub(super) fn read(text: &str) -> Result<RawDocument, (Option<usize>, String)> {
    let (front, body) = split_front_matter(text);
    let mut document = match front {
        Some((kind, front)) => front_matter(kind, front)?,
        None => RawDocument::default(),
    };
    let parts = if is_bottomless(body) {
        vec![Part {
            text: body.to_owned(),
            ..Part::default()
        }]
    } else {
        parts(body)
    };
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

/// True where quotes or lists go deeper than anyone writes them; the parser would take hours.
fn is_bottomless(body: &str) -> bool {
    let is_mark = |byte: &u8| matches!(byte, b'>' | b'-' | b'+' | b'*' | b' ' | b'\t');
    body.lines().any(|line| {
        let marks = line.bytes().take_while(is_mark);
        marks
            .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'-' && *byte != b'*')
            .count()
            > 100
    })
}

/// The text before the first heading, then one part a heading.
fn parts(body: &str) -> Vec<Part> {
    let mut rewritten = Rewritten::new(body);
    let mut parts = vec![Part::default()];
    let mut footnotes = Footnotes::default();
    let (mut in_heading, mut in_table, mut in_footnote) = (false, false, 0_usize);
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        let Some(part) = parts.last_mut() else { break };
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                footnotes.define(&label, &body[range.clone()]);
                rewritten.replace(range, "");
                in_footnote += 1;
            }
            Event::End(TagEnd::FootnoteDefinition) => in_footnote -= 1,
            _ if in_footnote > 0 => {}
            Event::Start(Tag::Heading { level, .. }) => {
                part.text = rewritten.up_to(range.start);
                rewritten.skip_to(range.end);
                in_heading = true;
                parts.push(Part {
                    level: level as u8,
                    ..Part::default()
                });
                footnotes.referred.push(Vec::new());
            }
            Event::End(TagEnd::Heading(_)) => in_heading = false,
            Event::Text(text) | Event::Code(text) if in_heading => part.heading.push_str(&text),
            Event::SoftBreak | Event::HardBreak if in_heading => part.heading.push(' '),
            Event::FootnoteReference(label) => footnotes.refer(&label),
            Event::Start(Tag::Table(_)) => in_table = true,
            Event::End(TagEnd::Table) => in_table = false,
            Event::Start(Tag::HtmlBlock) => {
                let text = html::text_of_fragment(&body[range.clone()]);
                rewritten.replace(range, &(text + "\n"));
            }
            Event::InlineHtml(tag) if !in_heading => {
                // Two lines in a cell can only be written so.
                let instead = match (html::breaks_line(&tag), in_table) {
                    (true, true) => " ",
                    (true, false) => "\n",
                    (false, _) => "",
                };
                rewritten.replace(range, instead);
            }
            _ => {}
        }
    }
    if let Some(last) = parts.last_mut() {
        last.text = rewritten.up_to(body.len());
    }
    footnotes.append_to(&mut parts);
    parts
}

/// A text that is read once from start to end, with some of its pieces replaced.
struct Rewritten<'a> {
    body: &'a str,
    /// What was given out already.
    at: usize,
    /// Since then, with its replacements.
    text: String,
}

impl<'a> Rewritten<'a> {
    fn new(body: &'a str) -> Self {
        Self {
            body,
            at: 0,
            text: String::new(),
        }
    }

    /// Has no effect inside what was already replaced.
    fn replace(&mut self, range: Range<usize>, instead: &str) {
        if range.start >= self.at {
            self.text.push_str(&self.body[self.at..range.start]);
            self.text.push_str(instead);
            self.at = range.end;
        }
    }

    /// The text up to `end`.
    fn up_to(&mut self, end: usize) -> String {
        if end > self.at {
            self.text.push_str(&self.body[self.at..end]);
            self.at = end;
        }
        std::mem::take(&mut self.text)
    }

    fn skip_to(&mut self, end: usize) {
        self.at = self.at.max(end);
    }
}

/// Footnotes, which belong where they are referred to, not where they are written.
struct Footnotes {
    defined: Vec<(String, String)>,
    /// For each part its labels, in order.
    referred: Vec<Vec<String>>,
}

impl Default for Footnotes {
    fn default() -> Self {
        Self {
            defined: Vec::new(),
            referred: vec![Vec::new()],
        }
    }
}

impl Footnotes {
    fn define(&mut self, label: &str, text: &str) {
        self.defined
            .push((label.to_owned(), text.trim().to_owned()));
    }

    fn refer(&mut self, label: &str) {
        if let Some(labels) = self.referred.last_mut() {
            labels.push(label.to_owned());
        }
    }

    /// Puts each note after the first part that refers to it; one that nothing does, at the end.
    fn append_to(self, parts: &mut [Part]) {
        let mut homes: HashMap<&str, usize> = HashMap::new();
        for (part, labels) in self.referred.iter().enumerate() {
            for label in labels {
                homes.entry(label).or_insert(part);
            }
        }
        let last = parts.len().saturating_sub(1);
        for (label, note) in &self.defined {
            let home = homes.get(label.as_str()).copied().unwrap_or(last);
            if let Some(part) = parts.get_mut(home) {
                part.text.truncate(part.text.trim_end().len());
                part.text.push_str("\n\n");
                part.text.push_str(note);
                part.text.push('\n');
            }
        }
    }
}

/// How front matter is written, told by the line around it.
#[derive(Clone, Copy)]
enum FrontMatter {
    Yaml,
    Toml,
}

/// What stands between the `---` (YAML) or `+++` (TOML) of the first line and the next one, and what
/// follows it.
fn split_front_matter(text: &str) -> (Option<(FrontMatter, &str)>, &str) {
    let (kind, ends): (_, &[&str]) = if text.starts_with("---") {
        (FrontMatter::Yaml, &["---", "..."])
    } else if text.starts_with("+++") {
        (FrontMatter::Toml, &["+++"])
    } else {
        return (None, text);
    };
    let Some((_, rest)) = text
        .split_once('\n')
        .filter(|(fence, _)| fence.trim_end().len() == 3)
    else {
        return (None, text);
    };
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if ends.contains(&line.trim_end()) {
            return (Some((kind, &rest[..at])), &rest[at + line.len()..]);
        }
        at += line.len();
    }
    (None, text)
}

fn front_matter(kind: FrontMatter, text: &str) -> Result<RawDocument, (Option<usize>, String)> {
    // The parsers count from the line after the opening one.
    let value: Value = match kind {
        FrontMatter::Yaml => serde_yaml_ng::from_str(text).map_err(|error| {
            let line = error.location().map(|at| at.line() + 1);
            (line, format!("the front matter is not YAML: {error}"))
        })?,
        FrontMatter::Toml => toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map(|before| before.matches('\n').count() + 2);
            (
                line,
                format!("the front matter is not TOML: {}", error.message()),
            )
        })?,
    };
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
        lang: text("lang").and_then(|code| language::primary(&code)),
        tags,
        sections: Vec::new(),
    })
}
