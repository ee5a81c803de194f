//! Names and titles that can be shown anywhere: no control characters, and nothing that turns the
//! direction of the text around it.
//!
//! Bodies keep their direction marks, which languages written from the right need; control
//! characters are no part of any text.

use std::{ffi::OsStr, fmt::Write as _};

/// A file's name, with what could do harm written as its number: a name must stay unique.
pub(crate) fn file_name(name: &OsStr) -> String {
    let mut shown = String::new();
    for chunk in name.as_encoded_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            if is_harmful(character) {
                shown.extend(character.escape_unicode());
            } else {
                shown.push(character);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// One line of text for a title, a heading or a reason: what could do harm is left out.
pub(crate) fn line(text: &str) -> String {
    if !text.chars().any(|c| is_harmful(c) || c == '\u{a0}') {
        return text.to_owned();
    }
    let spaced = text.replace(|c: char| c.is_control() || c.is_whitespace(), " ");
    let kept: String = spaced.chars().filter(|&c| !is_harmful(c)).collect();
    kept.split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// A body of text without control characters; line ends and tabs stay. What breaks a line or a page
/// for a printer becomes a space: no editor counts it as a line, and neither do the lines told of.
pub(crate) fn body(text: String) -> String {
    let is_ours = |c: char| c == '\n' || c == '\t';
    if !text.chars().any(|c| c.is_control() && !is_ours(c)) {
        return text;
    }
    text.chars()
        .filter_map(|character| match character {
            '\u{c}' | '\u{b}' | '\u{85}' => Some(' '),
            _ if character.is_control() && !is_ours(character) => None,
            _ => Some(character),
        })
        .collect()
}

/// Controls, marks that turn the direction of text, and what has no width or breaks a line.
fn is_harmful(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_shows_what_is_hidden_in_it_and_a_title_goes_without() {
        assert_eq!(
            file_name(OsStr::new("gpj\u{202e}fdp.\u{1b}[2J.md")),
            "gpj\\u{202e}fdp.\\u{1b}[2J.md"
        );
        assert_eq!(line("Sale\u{202e} of\r\nthe\u{7} week"), "Sale of the week");
        assert_eq!(line("بيع الأسبوع"), "بيع الأسبوع");
        assert_eq!(body("a\u{1b}[31m\tb\u{c}c\n".to_owned()), "a[31m\tb c\n");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_no_text_stay_apart() {
        use std::os::unix::ffi::OsStrExt as _;
        let (one, other) = (
            OsStr::from_bytes(b"a\xff.md"),
            OsStr::from_bytes(b"a\xfe.md"),
        );
        assert_eq!(file_name(one), "a\\xff.md");
        assert_ne!(file_name(one), file_name(other));
    }
}
