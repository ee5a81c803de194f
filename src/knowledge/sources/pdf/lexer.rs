//! The words of a PDF content stream: numbers, names, texts, operators.
//!
//! One token at a time and never failing: what is no PDF is passed over. It knows no operator's
//! meaning but that of inline images, whose bytes are no words. Nesting costs no stack.

/// One word of a content stream.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Number(f32),
    Name(Vec<u8>),
    Text(Vec<u8>),
    ArrayStart,
    ArrayEnd,
    Operator(Vec<u8>),
}

/// The longest text that is taken as one; texts shown are a line long.
const MAX_TEXT_BYTES: usize = 1 << 16;

pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The bytes from here on for which `belongs` holds.
    fn take_while(&mut self, belongs: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = &self.bytes[self.at..];
        let length = rest.iter().position(|&byte| !belongs(byte));
        let taken = &rest[..length.unwrap_or(rest.len())];
        self.at += taken.len();
        taken
    }

    /// `( … )`, with its escapes and inner pairs; the opening one is behind.
    fn literal(&mut self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut open = 1_usize;
        while let Some(byte) = self.peek() {
            self.at += 1;
            let byte = match byte {
                b'(' => {
                    open += 1;
                    byte
                }
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                    byte
                }
                b'\\' => match self.escaped() {
                    Some(byte) => byte,
                    None => continue,
                },
                _ => byte,
            };
            if text.len() < MAX_TEXT_BYTES {
                text.push(byte);
            }
        }
        text
    }

    /// What stands for an escape whose backslash is behind; nothing for a broken line.
    fn escaped(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'n' => Some(b'\n'),
            b'r' => Some(b'\r'),
            b't' => Some(b'\t'),
            b'b' | b'f' => Some(b' '),
            b'\n' => None,
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
                None
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                u8::try_from(code & 0xff).ok()
            }
            other => Some(other),
        }
    }

    /// `< … >`; the opening one is behind.
    fn hexadecimal(&mut self) -> Vec<u8> {
        let inside = self.take_while(|byte| byte != b'>');
        self.at += 1;
        hex_bytes(inside)
    }

    /// Passes over an inline image: from `BI` to an `EI` that stands alone.
    fn skip_image(&mut self) {
        let rest = &self.bytes[self.at.min(self.bytes.len())..];
        let alone = |at: usize| {
            let before = at == 0 || is_space(rest[at - 1]);
            let after = rest.get(at + 2).is_none_or(|&byte| is_space(byte));
            before && after
        };
        let end = (0..rest.len().saturating_sub(1))
            .find(|&at| rest[at] == b'E' && rest[at + 1] == b'I' && alone(at));
        self.at += end.map_or(rest.len(), |at| at + 2);
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                _ if is_space(byte) => {}
                b'%' => {
                    self.take_while(|byte| byte != b'\n' && byte != b'\r');
                }
                b'(' => return Some(Token::Text(self.literal())),
                // Dictionaries belong to marked content and images; their words do no harm.
                b'<' if self.peek() == Some(b'<') => self.at += 1,
                b'<' => return Some(Token::Text(self.hexadecimal())),
                b'[' => return Some(Token::ArrayStart),
                b']' => return Some(Token::ArrayEnd),
                b'/' => return Some(Token::Name(self.take_while(is_regular).to_vec())),
                b'>' | b'{' | b'}' | b')' => {}
                _ => {
                    self.at -= 1;
                    let word = self.take_while(is_regular);
                    if let Some(number) = number(word) {
                        return Some(Token::Number(number));
                    }
                    if word == b"BI" {
                        self.skip_image();
                        continue;
                    }
                    return Some(Token::Operator(word.to_vec()));
                }
            }
        }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte) && !b"()<>[]{}/%".contains(&byte)
}

/// A number as PDF writers write it, `--3` and `1.-2` included.
fn number(word: &[u8]) -> Option<f32> {
    if !matches!(word.first()?, b'0'..=b'9' | b'+' | b'-' | b'.') {
        return None;
    }
    let text = std::str::from_utf8(word).ok()?;
    let parsed = text.parse::<f32>().or_else(|_| {
        let digits = text.trim_start_matches(['-', '+']);
        let sign = if text.starts_with('-') { "-" } else { "" };
        let end = digits.find('-').unwrap_or(digits.len());
        format!("{sign}{}", &digits[..end]).parse()
    });
    parsed.ok().filter(|number| number.is_finite())
}

/// The bytes of hexadecimal digits; an odd last digit is followed by 0.
pub(super) fn hex_bytes(digits: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .iter()
        .filter_map(|&digit| char::from(digit).to_digit(16))
        .filter_map(|digit| u8::try_from(digit).ok())
        .take(2 * MAX_TEXT_BYTES)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_lose_their_escapes_and_keep_their_inner_pairs() {
        let tokens: Vec<Token> = Lexer::new(b"[(a\\)b(c)\\101\\\nd) -1.5 <4142 4>]TJ").collect();
        let expected = [
            Token::ArrayStart,
            Token::Text(b"a)b(c)Ad".to_vec()),
            Token::Number(-1.5),
            Token::Text(b"AB@".to_vec()),
            Token::ArrayEnd,
            Token::Operator(b"TJ".to_vec()),
        ];
        assert_eq!(tokens, expected);
    }

    #[test]
    fn the_bytes_of_an_inline_image_are_no_words() {
        let tokens: Vec<Token> = Lexer::new(b"q BI /W 2 ID \x00(xEI\xff EI Q").collect();
        let expected = [
            Token::Operator(b"q".to_vec()),
            Token::Operator(b"Q".to_vec()),
        ];
        assert_eq!(tokens, expected);
    }

    proptest! {
        #[test]
        fn any_bytes_come_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Lexer::new(&bytes).count() <= bytes.len());
        }
    }
}
