//! One bounded pass over a request: its words, where sentences begin, and the marks in it.
//!
//! Knows nothing of what makes a request hard.

use crate::text::boundary;

/// Of a longer request only this much of the beginning and of the end is read: instructions stand
/// there, and a decision must not wait for the pages between.
const MOST_HEAD_BYTES: usize = 2_500;
const MOST_TAIL_BYTES: usize = 1_000;
/// Longer runs of letters are no words.
const LONGEST_WORD_BYTES: usize = 40;

/// A run of letters, lower-cased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    /// Its place in its sentence, from 0.
    pub(super) place: usize,
    pub(super) capitalised: bool,
}

/// What a request is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reading {
    pub(super) words: Vec<Word>,
    pub(super) sentences: usize,
    pub(super) lines: usize,
    pub(super) questions: usize,
    /// Runs of digits; `1,000.50` is one.
    pub(super) numbers: usize,
    /// Numbers of eight digits and more: order numbers, telephones.
    pub(super) long_numbers: usize,
    pub(super) currencies: usize,
    pub(super) operators: usize,
    /// Brackets, semicolons and other marks that code has and letters don't.
    pub(super) code_marks: usize,
    pub(super) quotes: usize,
    /// `(A)`, `b)`, `- item` at the start of a line.
    pub(super) options: usize,
    pub(super) blanks: usize,
    pub(super) letters: usize,
}

/// Reads a request.
pub(super) fn read(text: &str) -> Reading {
    let (head, tail) = ends(text);
    let mut reading = Reading::default();
    let mut place = 0;
    for part in [head, tail] {
        scan(part, &mut place, &mut reading);
    }
    reading.sentences += usize::from(place > 0);
    reading
}

/// The beginning and the end of a text, all of it where it is short.
fn ends(text: &str) -> (&str, &str) {
    if text.len() <= MOST_HEAD_BYTES + MOST_TAIL_BYTES {
        return (text, "");
    }
    let head = boundary(text, MOST_HEAD_BYTES);
    let tail = boundary(text, text.len() - MOST_TAIL_BYTES);
    (&text[..head], &text[tail..])
}

fn scan(text: &str, place: &mut usize, reading: &mut Reading) {
    let mut letters = text.char_indices().peekable();
    let mut before = '\n';
    let mut line_start = true;
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or('\n', |&(_, next)| next);
        if letter.is_alphabetic() {
            let mut end = at + letter.len_utf8();
            while let Some(&(_, inner)) = letters.peek() {
                if !(inner.is_alphabetic() || inner == '\'' || inner == '’') {
                    break;
                }
                end += inner.len_utf8();
                letters.next();
            }
            let run = &text[at..end];
            let after = letters.peek().map_or('\n', |&(_, after)| after);
            if run.len() == 1 && after == ')' && (before == '(' || line_start) {
                reading.options += 1;
            }
            reading.letters += run.len();
            if run.len() <= LONGEST_WORD_BYTES {
                reading.words.push(Word {
                    text: plain(run),
                    place: *place,
                    capitalised: letter.is_uppercase(),
                });
                *place += 1;
            }
            (before, line_start) = (letter, false);
            continue;
        }
        if letter.is_ascii_digit() {
            let mut digits = 1;
            while let Some(&(_, inner)) = letters.peek() {
                if !(inner.is_ascii_digit() || inner == ',' || inner == '.') {
                    break;
                }
                digits += usize::from(inner.is_ascii_digit());
                before = inner;
                letters.next();
            }
            reading.numbers += 1;
            reading.long_numbers += usize::from(digits >= 8);
            if matches!(before, '.' | ',') {
                end_of_sentence(place, reading);
            }
            (before, line_start) = ('0', false);
            continue;
        }
        mark(letter, before, next, line_start, place, reading);
        if letter == '\n' {
            line_start = true;
        } else if !letter.is_whitespace() {
            line_start = false;
        }
        before = letter;
    }
}

fn mark(
    letter: char,
    before: char,
    next: char,
    line_start: bool,
    place: &mut usize,
    reading: &mut Reading,
) {
    match letter {
        '.' | '?' | '!' => {
            reading.questions += usize::from(letter == '?');
            if next.is_whitespace() || matches!(next, '"' | '\'' | ')') {
                end_of_sentence(place, reading);
            }
        }
        '\n' => {
            reading.lines += usize::from(before != '\n');
            end_of_sentence(place, reading);
        }
        '$' | '€' | '£' | '%' => reading.currencies += 1,
        '+' | '*' | '^' | '×' | '÷' | '√' | '=' => reading.operators += 1,
        '-' if line_start && next == ' ' => reading.options += 1,
        '-' | '/' => {
            let side = |mark: char| mark.is_ascii_digit() || mark == ' ' || mark == '(';
            reading.operators += usize::from(side(before) && side(next) && !line_start);
        }
        '{' | '}' | '[' | ']' | '<' | '>' | ';' | '\\' | '`' | '|' => reading.code_marks += 1,
        '_' if before == '_' && next != '_' => reading.blanks += 1,
        '_' if before.is_alphanumeric() && next.is_alphanumeric() => reading.code_marks += 1,
        '(' if next == ')' => reading.code_marks += 1,
        '"' | '“' | '”' => reading.quotes += 1,
        _ => {}
    }
}

fn end_of_sentence(place: &mut usize, reading: &mut Reading) {
    reading.sentences += usize::from(*place > 0);
    *place = 0;
}

/// Lower case, with the plain apostrophe, without one at the end.
fn plain(run: &str) -> String {
    let lower: String = run
        .chars()
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == '’' { '\'' } else { letter })
        .collect();
    lower.trim_end_matches('\'').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_their_place_in_their_sentence() {
        let reading = read("Please help. Write CODE now");
        let seen: Vec<(&str, usize)> = reading
            .words
            .iter()
            .map(|word| (word.text.as_str(), word.place))
            .collect();
        let expected = [
            ("please", 0),
            ("help", 1),
            ("write", 0),
            ("code", 1),
            ("now", 2),
        ];
        assert_eq!(seen, expected);
        assert_eq!(reading.sentences, 2);
    }

    #[test]
    fn a_number_with_separators_is_one_number() {
        let reading = read("I paid $1,000.50 for 3, not 4.");
        assert_eq!((reading.numbers, reading.currencies), (3, 1));
        assert_eq!(read("order 113542617735902").long_numbers, 1);
    }

    #[test]
    fn a_hyphen_in_a_word_is_no_operator_and_a_minus_is() {
        assert_eq!(read("a well-known e-mail").operators, 0);
        assert_eq!(read("7 - 3 = ?").operators, 2);
    }

    #[test]
    fn options_are_counted_by_letter_and_by_dash() {
        assert_eq!(read("Options:\n(A) yes\n(B) no").options, 2);
        assert_eq!(read("Options:\n- Yes\n- No").options, 2);
    }

    #[test]
    fn a_text_of_any_length_is_read_at_both_ends_only() {
        let long = format!("Prove it. {} Thanks", "ü".repeat(40_000));
        let reading = read(&long);
        assert_eq!(
            reading.words.first().map(|word| word.text.as_str()),
            Some("prove")
        );
        assert_eq!(
            reading.words.last().map(|word| word.text.as_str()),
            Some("thanks")
        );
        assert!(reading.letters < 4_000);
        assert_eq!(read(""), Reading::default());
    }
}
