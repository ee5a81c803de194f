//! Knowledge files: finding them, telling their format, reading them.
//!
//! One file's fault stays its own: whatever can't be read becomes a notice, and the rest is used.
//! Nothing here knows of vectors or indexes.

mod csv;
mod decode;
mod faq;
pub(super) mod harmless;
mod html;
mod jsonl;
mod markdown;
mod outline;
mod pdf;
mod plain;
mod scan;
mod table;
mod yaml;

pub(crate) use scan::{Found, scan};

use std::{io::Read as _, path::Path};

use super::{
    chunk::{self, CountTokens},
    language,
    records::{Content, Document, Entry, FileRecord},
    report::Notice,
};

/// The largest PDF that is read; most of it is pictures.
const MAX_PDF_BYTES: u64 = 64 << 20;
/// The largest other file: some ten thousand passages, which take minutes to encode.
const MAX_TEXT_BYTES: u64 = 16 << 20;
/// The notices kept of one file.
const MAX_NOTICES: usize = 100;

/// How a file is written; told by its ending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    FaqYaml,
    FaqCsv,
    FaqJsonl,
    Markdown,
    Html,
    Pdf,
    Text,
}

impl Format {
    /// The format of a file called `name`, if it is one of ours.
    pub(crate) fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".faq.yaml", ".faq.yml"]) {
            Some(Self::FaqYaml)
        } else if ends(&[".csv"]) {
            Some(Self::FaqCsv)
        } else if ends(&[".jsonl"]) {
            Some(Self::FaqJsonl)
        } else if ends(&[".md", ".markdown"]) {
            Some(Self::Markdown)
        } else if ends(&[".html", ".htm"]) {
            Some(Self::Html)
        } else if ends(&[".pdf"]) {
            Some(Self::Pdf)
        } else if ends(&[".txt"]) {
            Some(Self::Text)
        } else {
            None
        }
    }
}

/// A piece of a document under its headings, before it is cut to size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    /// Outermost first, without the document's title.
    pub(crate) headings: Vec<String>,
    /// What stands under them.
    pub(crate) text: String,
    /// The page it begins on, from 1, where the file has pages.
    pub(crate) page: Option<u32>,
}

/// A document before it is cut to size.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct RawDocument {
    pub(crate) title: Option<String>,
    pub(crate) url: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) lang: Option<String>,
    pub(crate) sections: Vec<Section>,
}

/// Entries, and the notices of the rows that could not be used.
#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub(crate) entries: Vec<Entry>,
    pub(crate) skipped: Vec<Notice>,
    pub(crate) warnings: Vec<Notice>,
}

/// The bytes of a found file. Blocking.
///
/// Only a plain file is opened: reading a pipe would wait for a writer for ever.
///
/// # Errors
/// The reason, in words, why it can't be read.
pub(crate) fn read(found: &Found) -> Result<Vec<u8>, String> {
    if let Some(refusal) = &found.refusal {
        return Err(refusal.clone());
    }
    let failed = |error: std::io::Error| format!("can't be read: {error}");
    let metadata = std::fs::metadata(&found.file).map_err(failed)?;
    if !metadata.is_file() {
        return Err("is not a plain file".to_owned());
    }
    let most = match found.format {
        Format::Pdf => MAX_PDF_BYTES,
        _ => MAX_TEXT_BYTES,
    };
    let too_long =
        |length: u64| format!("is {length} bytes long; at most {most} are read, so split it");
    if metadata.len() > most {
        return Err(too_long(metadata.len()));
    }
    let mut bytes = Vec::new();
    // It may grow while it is read.
    std::fs::File::open(&found.file)
        .and_then(|file| file.take(most + 1).read_to_end(&mut bytes))
        .map_err(failed)?;
    let length = bytes.len() as u64;
    if length > most {
        return Err(too_long(length));
    }
    Ok(bytes)
}

/// Turns a file's bytes into its record.
pub(crate) fn parse(
    found: &Found,
    hash: String,
    bytes: &[u8],
    count_tokens: CountTokens<'_>,
) -> FileRecord {
    let mut record = FileRecord {
        path: found.path.clone(),
        collection: found.collection.clone(),
        hash,
        content: Content::Nothing,
        skipped: Vec::new(),
        warnings: Vec::new(),
    };
    if found.format == Format::Pdf {
        let raw = pdf::read(bytes).map(|(raw, warnings)| {
            let warnings = warnings.into_iter();
            record
                .warnings
                .extend(warnings.map(|warning| Notice::new(&found.path, None, warning)));
            raw
        });
        return with_document(record, raw.map_err(|reason| (None, reason)), count_tokens);
    }
    let declared = match found.format {
        Format::Html => decode::declared_in_html(bytes),
        _ => None,
    };
    let text = match decode::decode(bytes, declared) {
        Ok(decoded) => {
            let warning = decoded.warning.into_iter();
            record
                .warnings
                .extend(warning.map(|warning| Notice::new(&found.path, None, warning)));
            decoded.text
        }
        Err((line, reason)) => {
            record.skipped.push(Notice::new(&found.path, line, reason));
            return record;
        }
    };
    let rows = match found.format {
        Format::FaqYaml => yaml::read(&found.path, &text),
        Format::FaqCsv => csv::read(&found.path, &text),
        Format::FaqJsonl => Ok(jsonl::read(&found.path, &text)),
        Format::Markdown => return with_document(record, markdown::read(&text), count_tokens),
        Format::Html => {
            let raw = html::read(&text).map_err(|reason| (None, reason));
            return with_document(record, raw, count_tokens);
        }
        Format::Text | Format::Pdf => {
            return with_document(record, Ok(plain::read(&text)), count_tokens);
        }
    };
    match rows {
        Ok(rows) => {
            record.content = Content::Entries(rows.entries);
            record.skipped = few(&found.path, rows.skipped);
            record.warnings.extend(few(&found.path, rows.warnings));
        }
        Err(notice) => record.skipped.push(notice),
    }
    record
}

/// The first notices of a file that has too many to be read, and how many more there are.
fn few(path: &str, mut notices: Vec<Notice>) -> Vec<Notice> {
    let more = notices.len().saturating_sub(MAX_NOTICES);
    if more > 0 {
        notices.truncate(MAX_NOTICES);
        let reason = format!("and {more} more lines of this file, not listed");
        notices.push(Notice::new(path, None, reason));
    }
    notices
}

fn with_document(
    mut record: FileRecord,
    raw: Result<RawDocument, (Option<usize>, String)>,
    count_tokens: CountTokens<'_>,
) -> FileRecord {
    let raw = match raw {
        Ok(raw) => raw,
        Err((line, reason)) => {
            record.skipped.push(Notice::new(&record.path, line, reason));
            return record;
        }
    };
    let title = raw.title.map(|title| harmless::line(&title));
    let title = title
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| title_of_path(&record.path));
    let mut sections = raw.sections;
    for heading in sections
        .iter_mut()
        .flat_map(|section| &mut section.headings)
    {
        *heading = harmless::line(heading);
    }
    let passages = chunk::passages(&title, &sections, count_tokens);
    if passages.is_empty() {
        record
            .skipped
            .push(Notice::new(&record.path, None, "the file holds no text"));
        return record;
    }
    let lang = raw.lang.unwrap_or_else(|| {
        let sample: String = passages.iter().take(4).map(|p| p.text.as_str()).collect();
        language::detect(&sample)
            .unwrap_or(language::DEFAULT)
            .to_owned()
    });
    record.content = Content::Document(Document {
        title,
        tags: raw.tags,
        url: raw.url,
        lang,
        passages,
    });
    record
}

/// `shop/gift-cards.md` → `gift cards`.
fn title_of_path(path: &str) -> String {
    let stem = Path::new(path)
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy();
    stem.replace(['-', '_'], " ")
}

#[cfg(test)]
mod tests;
