//! Text from elsewhere, made fit to stand in a log line or a message.

use std::{borrow::Cow, fmt::Write as _};

/// `text` with every character escaped that would not be seen as itself: control characters, and
/// those that turn the direction of writing around or break lines.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        if is_hidden(character) {
            // Writing to a string can't fail.
            let _ = write!(shown, "{}", character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_seen_stays() {
        for text in ["", "退货 🙂 é", "\"quoted\" \\ 'so'"] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_can_not_be_seen_is_written_out() {
        assert_eq!(visible("a\nb\u{1b}[31m"), "a\\u{a}b\\u{1b}[31m");
        assert_eq!(visible("\u{202e}gnp.exe\0"), "\\u{202e}gnp.exe\\u{0}");
    }
}
