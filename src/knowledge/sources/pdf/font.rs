//! Fonts, as far as reading needs them: which characters a code shows, and how wide it is.
//!
//! The font's own table of characters is believed first, then its encoding. Glyphs are never
//! looked at: a font that names its characters nowhere can't be read.

use std::collections::HashMap;

use lopdf::{Dictionary, Document, Object};

use super::cmap::ToUnicode;

/// The most that a font's table may unpack to.
const MAX_TABLE_BYTES: usize = 4 << 20;
/// The most widths kept of a font.
const MAX_WIDTHS: usize = 70_000;

/// The widths of Helvetica from space to tilde, in thousandths: near enough for any font that
/// brings none, since they only tell where words end.
const HELVETICA: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

pub(super) struct Font {
    /// Codes are two bytes long, not one.
    wide: bool,
    to_unicode: Option<ToUnicode>,
    /// What each one-byte code shows by the encoding.
    encoding: Vec<String>,
    widths: HashMap<u32, f32>,
    default_width: Option<f32>,
    /// Bold by its name.
    pub(super) bold: bool,
}

/// A code of a shown text.
pub(super) struct Glyph {
    /// What it says; empty where nobody knows.
    pub(super) text: String,
    /// In parts of the font size.
    pub(super) width: f32,
    /// It is the one-byte space, which word spacing widens.
    pub(super) is_space: bool,
}

impl Font {
    pub(super) fn read(font: &Dictionary, document: &Document) -> Self {
        let name = |dict: &Dictionary, key: &[u8]| {
            let object = dict.get_deref(key, document).ok()?;
            Some(String::from_utf8_lossy(object.as_name().ok()?).into_owned())
        };
        let base = name(font, b"BaseFont").unwrap_or_default().to_lowercase();
        let wide = name(font, b"Subtype").as_deref() == Some("Type0");
        let table = font
            .get_deref(b"ToUnicode", document)
            .and_then(Object::as_stream);
        let to_unicode = table
            .ok()
            .and_then(|table| table.get_plain_content_with_limit(MAX_TABLE_BYTES).ok())
            .and_then(|bytes| ToUnicode::read(&bytes));
        let encoding = if wide {
            Vec::new()
        } else {
            one_byte_encoding(font, document)
        };
        let (widths, default_width) = if wide {
            wide_widths(font, document)
        } else {
            simple_widths(font, document, base.contains("courier"))
        };
        Self {
            wide,
            to_unicode,
            encoding,
            widths,
            default_width,
            bold: ["bold", "black", "heavy", "demi"]
                .iter()
                .any(|word| base.contains(word)),
        }
    }

    /// The glyphs of a shown text.
    pub(super) fn glyphs(&self, text: &[u8]) -> Vec<Glyph> {
        let code_bytes = if self.wide { 2 } else { 1 };
        text.chunks(code_bytes)
            .map(|bytes| {
                let code = bytes
                    .iter()
                    .fold(0, |code, &byte| code << 8 | u32::from(byte));
                Glyph {
                    text: self.text(code),
                    width: self.width(code),
                    is_space: code == 32 && !self.wide,
                }
            })
            .collect()
    }

    fn text(&self, code: u32) -> String {
        let told = self.to_unicode.as_ref().and_then(|table| table.get(code));
        let text = told.filter(|text| !text.is_empty()).or_else(|| {
            let place = usize::try_from(code).ok()?;
            self.encoding.get(place).cloned()
        });
        text.map_or_else(String::new, |text| legible(&text))
    }

    fn width(&self, code: u32) -> f32 {
        if let Some(width) = self.widths.get(&code).or(self.default_width.as_ref()) {
            return *width;
        }
        let place = usize::try_from(code)
            .ok()
            .and_then(|code| code.checked_sub(32));
        let width = place.and_then(|place| HELVETICA.get(place)).unwrap_or(&556);
        f32::from(*width) / 1000.0
    }
}

/// Ligatures as their letters; no control characters and none of the private ones.
fn legible(text: &str) -> String {
    let mut legible = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{fb00}' => legible.push_str("ff"),
            '\u{fb01}' => legible.push_str("fi"),
            '\u{fb02}' => legible.push_str("fl"),
            '\u{fb03}' => legible.push_str("ffi"),
            '\u{fb04}' => legible.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => legible.push_str("st"),
            '\u{a0}' | '\t' | '\n' | '\r' | '\u{2000}'..='\u{200a}' | '\u{3000}' => {
                legible.push(' ');
            }
            '\u{e000}'..='\u{f8ff}' | '\u{fffd}' | '\u{feff}' | '\u{200b}' => {}
            _ if character.is_control() => {}
            _ => legible.push(character),
        }
    }
    legible
}

fn one_byte_encoding(font: &Dictionary, document: &Document) -> Vec<String> {
    // The library would take the font's own table instead, which is read here, and better bounded.
    let mut font = font.clone();
    font.remove(b"ToUnicode");
    font.set("Type", Object::Name(b"Font".to_vec()));
    let Ok(encoding) = font.get_font_encoding_with_limit(document, MAX_TABLE_BYTES) else {
        return Vec::new();
    };
    let text = |code| encoding.bytes_to_string(&[code]).unwrap_or_default();
    (0..=u8::MAX).map(text).collect()
}

fn simple_widths(
    font: &Dictionary,
    document: &Document,
    is_courier: bool,
) -> (HashMap<u32, f32>, Option<f32>) {
    let default = is_courier.then_some(0.6);
    let Ok(list) = font
        .get_deref(b"Widths", document)
        .and_then(Object::as_array)
    else {
        return (HashMap::new(), default);
    };
    let first = font
        .get_deref(b"FirstChar", document)
        .and_then(Object::as_i64);
    let first = first.ok().and_then(|first| u32::try_from(first).ok());
    // A Type 3 font measures in its own units.
    let scale = font
        .get_deref(b"FontMatrix", document)
        .and_then(Object::as_array)
        .ok()
        .and_then(|matrix| matrix.first()?.as_float().ok())
        .unwrap_or(0.001);
    let widths = (first.unwrap_or(0)..).zip(list.iter().take(256));
    let widths = widths.filter_map(|(code, width)| {
        let (_, width) = document.dereference(width).ok()?;
        Some((code, width.as_float().ok()? * scale))
    });
    // Some writers leave out widths with zeros; a letter has one.
    (widths.filter(|(_, width)| *width > 0.0).collect(), default)
}

/// The widths of a font of two-byte codes: `[first [w w …] first last w …]`.
fn wide_widths(font: &Dictionary, document: &Document) -> (HashMap<u32, f32>, Option<f32>) {
    let descendant = font
        .get_deref(b"DescendantFonts", document)
        .and_then(Object::as_array)
        .ok()
        .and_then(|fonts| document.dereference(fonts.first()?).ok())
        .and_then(|(_, font)| font.as_dict().ok());
    let Some(descendant) = descendant else {
        return (HashMap::new(), Some(1.0));
    };
    let default = descendant
        .get_deref(b"DW", document)
        .and_then(Object::as_float)
        .unwrap_or(1000.0);
    let list = descendant
        .get_deref(b"W", document)
        .and_then(Object::as_array);
    let mut widths = HashMap::new();
    let mut items = list.map_or(&[][..], Vec::as_slice).iter();
    let code = |object: &Object| {
        object
            .as_i64()
            .ok()
            .and_then(|code| u32::try_from(code).ok())
    };
    while let (Some(first), Some(next)) = (items.next().and_then(code), items.next()) {
        let Ok((_, next)) = document.dereference(next) else {
            break;
        };
        if let Ok(list) = next.as_array() {
            for (number, width) in (first..).zip(list.iter().take(MAX_WIDTHS)) {
                widths.insert(number, width.as_float().unwrap_or(default) / 1000.0);
            }
        } else if let (Some(last), Some(width)) = (code(next), items.next()) {
            let width = width.as_float().unwrap_or(default) / 1000.0;
            let end = last.min(first.saturating_add(0xffff));
            widths.extend((first..=end).map(|code| (code, width)));
        }
        if widths.len() > MAX_WIDTHS {
            break;
        }
    }
    (widths, Some(default / 1000.0))
}
