//! A font's own table from codes to characters (`ToUnicode`).
//!
//! Ranges stay ranges, so a table of four thousand million codes costs as much as one of ten.
//! What can't be read of it is left out.

use std::collections::HashMap;

use super::lexer::{Lexer, Token};

/// The most single codes and ranges kept.
const MAX_MAPPINGS: usize = 70_000;

#[derive(Debug, Default, PartialEq)]
pub(super) struct ToUnicode {
    singles: HashMap<u32, String>,
    /// First code, last code, what the first one stands for; sorted by the first code.
    ranges: Vec<(u32, u32, Vec<u16>)>,
}

impl ToUnicode {
    /// Reads a table; nothing where it maps no code at all.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut table = Self::default();
        let mut words: Vec<Token> = Vec::new();
        for token in Lexer::new(bytes) {
            match token {
                Token::Operator(name) => {
                    match name.as_slice() {
                        b"endbfchar" => table.add_singles(&words),
                        b"endbfrange" => table.add_ranges(&words),
                        _ => {}
                    }
                    words.clear();
                }
                word => words.push(word),
            }
            if table.singles.len() + table.ranges.len() > MAX_MAPPINGS {
                break;
            }
        }
        table.ranges.sort_by_key(|range| range.0);
        let is_empty = table.singles.is_empty() && table.ranges.is_empty();
        (!is_empty).then_some(table)
    }

    /// What `code` stands for.
    pub(super) fn get(&self, code: u32) -> Option<String> {
        if let Some(text) = self.singles.get(&code) {
            return Some(text.clone());
        }
        let after = self.ranges.partition_point(|range| range.0 <= code);
        let (first, last, text) = self.ranges.get(after.checked_sub(1)?)?;
        if code > *last {
            return None;
        }
        let mut units = text.clone();
        let step = u16::try_from(code - first).ok()?;
        *units.last_mut()? = units.last()?.wrapping_add(step);
        Some(String::from_utf16_lossy(&units))
    }

    fn add_singles(&mut self, words: &[Token]) {
        for pair in words.chunks(2) {
            if let [Token::Text(code), Token::Text(text)] = pair {
                let text = String::from_utf16_lossy(&units(text));
                self.singles.insert(number(code), text);
            }
        }
    }

    fn add_ranges(&mut self, words: &[Token]) {
        let mut words = words.iter();
        while let (Some(Token::Text(first)), Some(Token::Text(last)), Some(target)) =
            (words.next(), words.next(), words.next())
        {
            let (first, last) = (number(first), number(last));
            match target {
                Token::Text(text) if first <= last => {
                    self.ranges.push((first, last, units(text)));
                }
                Token::ArrayStart => {
                    let texts = words.by_ref().take_while(|word| **word != Token::ArrayEnd);
                    for (code, word) in (first..=last).zip(texts) {
                        if let Token::Text(text) = word {
                            let text = String::from_utf16_lossy(&units(text));
                            self.singles.insert(code, text);
                        }
                    }
                }
                _ => {}
            }
        }
    }
}

fn number(code: &[u8]) -> u32 {
    code.iter()
        .take(4)
        .fold(0, |number, &byte| number << 8 | u32::from(byte))
}

fn units(bytes: &[u8]) -> Vec<u16> {
    if let [byte] = bytes {
        return vec![u16::from(*byte)];
    }
    let (pairs, _) = bytes.as_chunks::<2>();
    pairs.iter().map(|pair| u16::from_be_bytes(*pair)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ranges_and_lists_are_read() {
        let table = ToUnicode::read(
            b"1 beginbfchar <0003> <00660069> endbfchar 2 beginbfrange <0010> <00ffffff> <0041>\n\
              <05> <06> [<0058> <0059>] endbfrange",
        )
        .expect("a table");
        let get = |code| table.get(code);
        assert_eq!(get(3).as_deref(), Some("fi"));
        assert_eq!(get(0x12).as_deref(), Some("C"));
        assert_eq!(get(6).as_deref(), Some("Y"));
        assert_eq!(get(7), None);
        assert_eq!(ToUnicode::read(b"no table"), None);
    }
}
