//! What a knowledge file becomes once it is read: entries, documents, passages.
//!
//! Plain data, stored with each generation so that unchanged files need no second reading. No
//! parsing and no retrieval here.

use serde::{Deserialize, Serialize};

use super::report::Notice;

/// A curated question with its approved answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Unique in its collection.
    pub(crate) id: String,
    /// The question as its owner wrote it.
    pub(crate) question: String,
    /// Other ways to ask it.
    pub(crate) variants: Vec<String>,
    /// Served word for word.
    pub(crate) answer: String,
    /// The owner's labels.
    pub(crate) tags: Vec<String>,
    /// Where a person can read it.
    pub(crate) url: Option<String>,
    /// Two-letter language code.
    pub(crate) lang: String,
    /// Where the entry starts in its file, from 1.
    pub(crate) line: usize,
}

impl Entry {
    /// The question and its variants, in the file's order.
    pub(crate) fn forms(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.question.as_str()).chain(self.variants.iter().map(String::as_str))
    }
}

/// A source text, cut into passages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    /// From the front matter, the first heading, or the file's name.
    pub(crate) title: String,
    /// The owner's labels.
    pub(crate) tags: Vec<String>,
    /// Where a person can read it.
    pub(crate) url: Option<String>,
    /// Two-letter language code.
    pub(crate) lang: String,
    /// In reading order.
    pub(crate) passages: Vec<Passage>,
}

/// A piece of a document, small enough for the encoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Passage {
    /// The headings it stands under, outermost first, without the document's title.
    pub(crate) headings: Vec<String>,
    /// The text, as the file has it.
    pub(crate) text: String,
    /// The page it begins on, from 1, where the file has pages.
    #[serde(default)]
    pub(crate) page: Option<u32>,
}

/// `title — heading — heading`: what a passage stands under, in one line.
pub(crate) fn heading_line(title: &str, headings: &[String]) -> String {
    let mut line = title.to_owned();
    for heading in headings {
        line.push_str(" — ");
        line.push_str(heading);
    }
    line
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Content {
    /// Curated entries.
    Entries(Vec<Entry>),
    /// One document.
    Document(Document),
    /// The file could not be used; its notices say why.
    Nothing,
}

/// One file of the knowledge folder, as it was read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct FileRecord {
    /// Under the knowledge folder, with `/` between its parts.
    pub(crate) path: String,
    /// The first folder of the path, or `default`.
    pub(crate) collection: String,
    /// SHA-256 of the bytes, or the reason why there are none: equal means nothing to do.
    pub(crate) hash: String,
    /// What was read from it.
    pub(crate) content: Content,
    /// What was left out of it.
    pub(crate) skipped: Vec<Notice>,
    /// What was odd but used all the same.
    pub(crate) warnings: Vec<Notice>,
}
