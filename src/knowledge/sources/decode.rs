//! From a file's bytes to text: which characters they are, and plain line ends.
//!
//! UTF-8 is believed wherever it is right. What isn't is read as what its mark or its page says,
//! else as Windows-1252, which is what old spreadsheets write; that is a guess, and said so.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::harmless;

/// A text, and what was odd about its bytes.
#[derive(Debug, PartialEq)]
pub(super) struct Decoded {
    pub(super) text: String,
    pub(super) warning: Option<String>,
}

/// The line, from 1, if one is known, and the reason why bytes are no text.
type NoText = (Option<usize>, String);

/// The text of `bytes`. `declared` is the encoding that the file itself names.
pub(super) fn decode(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<Decoded, NoText> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return if encoding == UTF_8 {
            utf8(&bytes[mark..], None)
        } else {
            decoded(&bytes[mark..], encoding, None)
        };
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        let warning = format!(
            "was read as {}, which it doesn't say it is",
            encoding.name()
        );
        return decoded(bytes, encoding, Some(warning));
    }
    utf8(bytes, declared)
}

/// The encoding that a page's first bytes name, as in `<meta charset="…">`.
pub(super) fn declared_in_html(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(4096)].to_ascii_lowercase();
    let at = head.windows(8).position(|window| window == b"charset=")?;
    let rest = head[at + 8..]
        .iter()
        .skip_while(|byte| b"\"' ".contains(byte));
    let label: Vec<u8> = rest
        .copied()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"-_:".contains(byte))
        .collect();
    // A page whose bytes could be read up to here is not in UTF-16, whatever it says.
    Encoding::for_label(&label).filter(|encoding| ![UTF_16LE, UTF_16BE].contains(encoding))
}

fn utf8(bytes: &[u8], declared: Option<&'static Encoding>) -> Result<Decoded, NoText> {
    let error = match std::str::from_utf8(bytes) {
        Ok(text) if declared == Some(ISO_2022_JP) && text.contains('\u{1b}') => {
            return decoded(bytes, ISO_2022_JP, None);
        }
        Ok(text) => {
            return Ok(Decoded {
                text: cleaned(text),
                warning: None,
            });
        }
        Err(error) => error,
    };
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8) {
        return decoded(bytes, encoding, None);
    }
    let before = &bytes[..error.valid_up_to()];
    let line = before.split(|&byte| byte == b'\n').count();
    let (mut sound, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    // Files of pictures and programs have bytes that no text has; and where most of what is beyond
    // ASCII is sound UTF-8, the rest is damage.
    let is_no_text = bytes.iter().any(
        |byte| matches!(byte, 0..=8 | 0x0e..=0x1a | 0x1c..=0x1f | 0x81 | 0x8d | 0x8f | 0x90 | 0x9d),
    );
    if is_no_text || sound > broken {
        return Err((Some(line), "is not UTF-8 text".to_owned()));
    }
    let warning = "is not UTF-8; it was read as Windows-1252, so letters with accents may be wrong";
    decoded(bytes, WINDOWS_1252, Some(warning.to_owned()))
}

fn decoded(
    bytes: &[u8],
    encoding: &'static Encoding,
    warning: Option<String>,
) -> Result<Decoded, NoText> {
    let (text, had_errors) = encoding.decode_without_bom_handling(bytes);
    if had_errors {
        return Err((
            None,
            format!("is not the {} text it seems to be", encoding.name()),
        ));
    }
    Ok(Decoded {
        text: cleaned(&text),
        warning,
    })
}

/// UTF-16 without its mark: every other byte of Latin text is zero.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |parity: usize| {
        sample
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|b| **b == 0)
            .count()
    };
    let (first, second) = (zeros(0), zeros(1));
    let most = sample.len() * 2 / 5;
    if sample.len() < 8 || !bytes.len().is_multiple_of(2) {
        None
    } else if second >= most && first == 0 {
        Some(UTF_16LE)
    } else if first >= most && second == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Line ends as `\n`, and no other control characters but tabs.
fn cleaned(text: &str) -> String {
    harmless::body(text.replace("\r\n", "\n").replace('\r', "\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8]) -> Decoded {
        decode(bytes, None).expect("text")
    }

    #[test]
    fn marks_tell_utf8_and_utf16_apart_and_all_line_ends_are_one() {
        let utf16 = |mark: [u8; 2], to: fn(u16) -> [u8; 2]| {
            let units = "a\r\nü\rz".encode_utf16();
            mark.into_iter()
                .chain(units.flat_map(to))
                .collect::<Vec<u8>>()
        };
        for bytes in [
            b"\xef\xbb\xbfa\r\n\xc3\xbc\rz".to_vec(),
            utf16([0xff, 0xfe], u16::to_le_bytes),
            utf16([0xfe, 0xff], u16::to_be_bytes),
        ] {
            assert_eq!(text(&bytes).text, "a\nü\nz");
            assert_eq!(text(&bytes).warning, None);
        }
    }

    #[test]
    fn windows_1252_is_a_guess_that_is_told() {
        let read = text(b"Gr\xf6\xdfe 5 \x80");
        assert_eq!(read.text, "Größe 5 €");
        assert!(
            read.warning
                .is_some_and(|warning| warning.contains("Windows-1252"))
        );
    }

    #[test]
    fn damaged_utf8_and_what_is_no_text_are_refused_with_their_line() {
        let damaged = "größer, älter,\nsüßer \u{e9}".as_bytes();
        let damaged = [damaged, b"\xff"].concat();
        assert_eq!(
            decode(&damaged, None).map_err(|error| error.0),
            Err(Some(2))
        );
        assert!(decode(b"\x89PNG\r\n\x1a\n\0\0\0", None).is_err());
    }

    #[test]
    fn utf16_without_a_mark_is_seen_by_its_zeros() {
        let bytes: Vec<u8> = "question,answer"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let bytes = [bytes, b"\n\0".to_vec()].concat();
        assert_eq!(text(&bytes).text, "question,answer\n");
    }

    #[test]
    fn a_page_is_read_in_the_encoding_it_names() {
        let page = b"<meta http-equiv=x content='text/html; charset=windows-1251'>\xcf\xf0\xe8";
        let read = decode(page, declared_in_html(page)).expect("text");
        assert!(read.text.ends_with("При"), "{}", read.text);
        assert_eq!(read.warning, None);
    }
}
