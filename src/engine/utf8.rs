//! Bytes as they come from tokens → whole characters.
//!
//! A token may end in the middle of a character; what is incomplete waits for the next token.

/// Collects bytes and gives out text.
#[derive(Debug, Default)]
pub(super) struct Utf8Stream {
    /// The start of a character, at most three bytes.
    incomplete: Vec<u8>,
}

impl Utf8Stream {
    /// Takes more bytes; returns all characters that are whole now. Bytes that can't be text
    /// become U+FFFD.
    pub(super) fn push(&mut self, bytes: &[u8]) -> String {
        self.incomplete.extend_from_slice(bytes);
        let mut text = String::new();
        loop {
            match std::str::from_utf8(&self.incomplete) {
                Ok(whole) => {
                    text.push_str(whole);
                    self.incomplete.clear();
                    return text;
                }
                Err(error) => {
                    let (whole, rest) = self.incomplete.split_at(error.valid_up_to());
                    text.push_str(&String::from_utf8_lossy(whole));
                    let wrong = error.error_len();
                    self.incomplete = rest[wrong.unwrap_or(0)..].to_vec();
                    if wrong.is_none() {
                        return text;
                    }
                    text.push(char::REPLACEMENT_CHARACTER);
                }
            }
        }
    }

    /// What is left when no more bytes come.
    pub(super) fn finish(&mut self) -> String {
        if std::mem::take(&mut self.incomplete).is_empty() {
            return String::new();
        }
        char::REPLACEMENT_CHARACTER.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_character_split_over_tokens_comes_out_whole() {
        let mut stream = Utf8Stream::default();
        let bytes = "é😀".as_bytes();
        assert_eq!(stream.push(&bytes[..1]), "");
        assert_eq!(stream.push(&bytes[1..4]), "é");
        assert_eq!(stream.push(&bytes[4..]), "😀");
    }

    #[test]
    fn wrong_bytes_are_replaced_and_do_not_hold_up_the_rest() {
        let mut stream = Utf8Stream::default();
        assert_eq!(stream.push(b"a\xffb"), "a\u{fffd}b");
    }

    #[test]
    fn a_character_cut_off_at_the_end_is_replaced() {
        let mut stream = Utf8Stream::default();
        assert_eq!(stream.push(&"😀".as_bytes()[..2]), "");
        assert_eq!(stream.finish(), "\u{fffd}");
        assert_eq!(stream.finish(), "");
    }

    proptest! {
        #[test]
        fn any_text_survives_any_split(text in "\\PC{0,40}", size in 1_usize..6) {
            let mut stream = Utf8Stream::default();
            let mut joined: String =
                text.as_bytes().chunks(size).map(|bytes| stream.push(bytes)).collect();
            joined.push_str(&stream.finish());
            prop_assert_eq!(joined, text);
        }
    }
}
