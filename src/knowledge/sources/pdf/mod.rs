//! PDF: the text of a document page by page, with headings, paragraphs and tables.
//!
//! A PDF comes from anywhere and may be made to harm, so it is read on a thread of its own within
//! bounds of time, size and work; whatever goes wrong there ends as a reason. Pictures are not
//! looked at: a scan has no text here. Passwords are not asked for.

mod blocks;
mod cmap;
mod font;
mod furniture;
mod layout;
mod lexer;
mod page;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use blocks::{Block, Style};
use layout::Row;
use lopdf::{Document, Error, LoadOptions, Object};
use page::{Budget, Page};

use super::{
    RawDocument,
    outline::{self, Part},
    table,
};
use crate::knowledge::language;

/// Pages read of one document.
const MAX_PAGES: usize = 5_000;
/// What one compressed stream may unpack to while the document is opened.
const MAX_STREAM_BYTES: usize = 32 << 20;
/// What all pages together may unpack to.
const MAX_CONTENT_BYTES: usize = 256 << 20;
/// Words of drawing instructions in all pages together.
const MAX_TOKENS: usize = 50_000_000;
/// Letters in all pages together.
const MAX_LETTERS: usize = 16 << 20;
/// How long reading may take.
const MAX_TIME: Duration = Duration::from_secs(30);
/// The library goes down a hundred levels of nesting at most.
const STACK_BYTES: usize = 16 << 20;

/// What was read, and what is odd about it.
pub(super) type Reading = Result<(RawDocument, Vec<String>), String>;

/// Reads a document. Blocking.
///
/// # Errors
/// The reason, in words, why there is no text to be had.
pub(super) fn read(bytes: &[u8]) -> Reading {
    let head = &bytes[..bytes.len().min(1024)];
    if !head.windows(5).any(|window| window == b"%PDF-") {
        return Err("is not a PDF, whatever its name says".to_owned());
    }
    let (sender, receiver) = mpsc::channel();
    let bytes = bytes.to_vec();
    let reader = thread::Builder::new()
        .name("pdf".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || {
            let until = Instant::now() + MAX_TIME;
            let reading = catch_unwind(AssertUnwindSafe(|| document(&bytes, until)));
            // Nobody listens any more where it took too long.
            let _ = sender.send(reading.unwrap_or_else(|_| Err(damaged("it is malformed"))));
        });
    if let Err(error) = reader {
        return Err(format!("can't be read now: {error}"));
    }
    // The thread keeps its own time but for the opening, which nothing interrupts.
    let grace = Duration::from_secs(5);
    receiver
        .recv_timeout(MAX_TIME + grace)
        .unwrap_or_else(|_| Err(too_much()))
}

fn damaged(why: &str) -> String {
    format!("is damaged or cut short ({why}); save it anew from the program that made it")
}

fn too_much() -> String {
    "asks for far more work than a text of its size; print it to a new PDF and use that".to_owned()
}

fn encrypted() -> String {
    "is encrypted; save it without a password".to_owned()
}

fn document(bytes: &[u8], until: Instant) -> Reading {
    let document = open(bytes)?;
    let mut budget = Budget {
        bytes: MAX_CONTENT_BYTES,
        tokens: MAX_TOKENS,
        letters: MAX_LETTERS,
        until,
    };
    let mut pages = Vec::new();
    let mut warnings = Vec::new();
    for (number, id) in (1..).zip(document.page_iter()) {
        if pages.len() == MAX_PAGES {
            warnings.push(format!("only its first {MAX_PAGES} pages are read"));
            break;
        }
        pages.push(page::read(&document, id, number, &mut budget).map_err(|_| too_much())?);
    }
    if pages.is_empty() {
        return Err(damaged("no page can be found in it"));
    }
    let letters = |page: &Page| page.fragments.iter().map(|f| f.text.len()).sum::<usize>();
    let shown: usize = pages.iter().map(letters).sum();
    let unreadable: usize = pages.iter().map(|page| page.unreadable).sum();
    if shown == 0 && unreadable > 0 {
        return Err(
            "holds letters that its fonts don't name; print it to a new PDF, or run OCR".to_owned(),
        );
    }
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    let is_whole = tail.windows(5).any(|window| window == b"%%EOF");
    if shown == 0 && !is_whole {
        return Err(damaged("its end is missing"));
    }
    if !is_whole {
        warnings.push("is cut short: its end is missing; what came before is read".to_owned());
    }
    if shown == 0 {
        return Err("holds no text, only pictures; run OCR first".to_owned());
    }
    if unreadable * 10 > shown {
        warnings.push(format!(
            "{unreadable} letters can't be read: their fonts don't name them"
        ));
    }
    let empty: Vec<String> = pages
        .iter()
        .filter(|page| page.fragments.is_empty())
        .map(|page| page.number.to_string())
        .collect();
    if !empty.is_empty() {
        let some = &empty[..empty.len().min(10)];
        let more = if empty.len() > some.len() {
            ", …"
        } else {
            ""
        };
        warnings.push(format!(
            "{} of its {} pages hold no text ({}{more}); if they are scans, run OCR",
            empty.len(),
            pages.len(),
            some.join(", ")
        ));
    }
    furniture::remove(&mut pages);
    let parts = parts(&pages, until)?;
    let title = title(&document, &parts);
    let sections = outline::sections(title.as_deref(), &parts);
    let lang = document
        .catalog()
        .and_then(|catalog| catalog.get_deref(b"Lang", &document))
        .and_then(lopdf::decode_text_string);
    let raw = RawDocument {
        title,
        lang: lang.ok().and_then(|code| language::primary(&code)),
        sections,
        ..RawDocument::default()
    };
    Ok((raw, warnings))
}

fn open(bytes: &[u8]) -> Result<Document, String> {
    let options = LoadOptions::with_max_decompressed_size(MAX_STREAM_BYTES);
    match Document::load_mem_with_options(bytes, options) {
        // A document that only forbids things (printing, copying) opens with the empty password.
        Ok(document) if document.is_encrypted() => Err(encrypted()),
        Ok(document) => Ok(document),
        Err(Error::InvalidPassword | Error::Decryption(_)) => Err(encrypted()),
        Err(Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
            Err(too_much())
        }
        Err(error) => Err(damaged(&error.to_string())),
    }
}

/// The text under each heading of each page. A heading holds on over the pages that follow.
fn parts(pages: &[Page], until: Instant) -> Result<Vec<Part>, String> {
    let rows: Option<Vec<Vec<Row>>> = pages
        .iter()
        .map(|page| (Instant::now() < until).then(|| layout::rows(&page.fragments)))
        .collect();
    let rows = rows.ok_or_else(too_much)?;
    let style = Style::of(rows.iter().flatten());
    let mut parts: Vec<Part> = Vec::new();
    for (page, rows) in pages.iter().zip(&rows) {
        let mut is_new_page = true;
        for block in style.blocks(rows) {
            let text = match block {
                Block::Heading(level, heading) => {
                    parts.push(Part {
                        level,
                        heading,
                        page: Some(page.number),
                        ..Part::default()
                    });
                    is_new_page = false;
                    continue;
                }
                Block::Paragraph(text) => text,
                Block::Table(rows) => table::written(&rows),
            };
            if let Some(part) = parts.last_mut().filter(|_| is_new_page)
                && blocks::goes_on(&part.text, &text)
                && !part.text.is_empty()
            {
                // The sentence that the page's end broke off.
                let mut last = part.text.trim_end().to_owned();
                style.join(&mut last, &text);
                part.text = last + "\n\n";
            } else {
                if is_new_page || parts.is_empty() {
                    // It has no heading and is below all others, so the open headings hold on.
                    let level = if parts.is_empty() { 0 } else { u8::MAX };
                    parts.push(Part {
                        level,
                        page: Some(page.number),
                        ..Part::default()
                    });
                }
                if let Some(part) = parts.last_mut() {
                    part.text.push_str(&text);
                    part.text.push_str("\n\n");
                }
            }
            is_new_page = false;
        }
    }
    Ok(parts)
}

/// What the file says its title is, unless a program put it there; else its first heading, where
/// that stands above all text.
fn title(document: &Document, parts: &[Part]) -> Option<String> {
    let said = document
        .trailer
        .get_deref(b"Info", document)
        .and_then(Object::as_dict)
        .and_then(|info| info.get_deref(b"Title", document))
        .and_then(lopdf::decode_text_string)
        .ok();
    let said = said.map(|title| title.split_whitespace().collect::<Vec<_>>().join(" "));
    let is_meant = |title: &String| {
        let lower = title.to_lowercase();
        let is_file = [
            ".doc", ".docx", ".indd", ".odt", ".tex", ".pdf", ".xls", ".xlsx", ".qxd",
        ]
        .iter()
        .any(|ending| lower.ends_with(ending));
        let is_default = lower.starts_with("microsoft ")
            || [
                "untitled",
                "unnamed",
                "document",
                "title",
                "(anonymous)",
                "print",
            ]
            .contains(&lower.as_str());
        title
            .chars()
            .filter(|letter| letter.is_alphabetic())
            .count()
            > 2
            && !is_file
            && !is_default
    };
    said.filter(is_meant).or_else(|| {
        let first = parts.iter().find(|part| part.level != 0)?;
        let above = parts
            .first()
            .is_none_or(|part| part.level != 0 || part.text.len() < 200);
        (above && !first.heading.is_empty()).then(|| first.heading.clone())
    })
}

#[cfg(test)]
mod tests;
