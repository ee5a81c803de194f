//! What of a long message to encode: its beginning and what it asks at last.
//!
//! Encoding costs by the token, and a vector of a whole page says little of the question in it. So a
//! long message is cut to its opening, which says what it is about, and its last questions; a short
//! one is left whole. It picks from the message and never makes words; it knows no tokenizer, so it
//! counts pieces of about a token's size.

use std::{borrow::Cow, ops::Range};

/// Pieces of a gist at most.
const MOST_PIECES: usize = 48;
/// Of those, what the last questions may take.
const FOR_QUESTIONS: usize = 24;
/// Letters of a word that an encoder's vocabulary mostly holds as one piece.
const LETTERS_A_PIECE: usize = 7;
/// Digits of a number that it holds as one piece.
const DIGITS_A_PIECE: usize = 2;
/// Questions are looked for in this much of the end.
const MOST_TAIL_BYTES: usize = 4_000;
/// Words that open a question, with a mark at its end or not.
const OPENERS: [&str; 18] = [
    "are", "can", "could", "did", "do", "does", "how", "is", "may", "should", "what", "when",
    "where", "which", "who", "why", "will", "would",
];

/// The message itself where it is short; else its beginning and its last questions (its end, where
/// it asks none). Linear in the message's length.
#[must_use]
pub fn gist(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if opening(text, MOST_PIECES).0 == text {
        return Cow::Borrowed(text);
    }
    let (asked, used) = last_questions(text);
    let before = asked.first().map_or(text.len(), |first| first.start);
    let (head, _) = opening(&text[..before], MOST_PIECES - used);
    let questions = asked.into_iter().map(|range| text[range].trim());
    let parts: Vec<&str> = std::iter::once(head.trim())
        .chain(questions)
        .filter(|part| !part.is_empty())
        .collect();
    Cow::Owned(parts.join(" "))
}

/// Where the first letter at or after the byte numbered `at` begins, or the text ends.
#[must_use]
pub fn boundary(text: &str, at: usize) -> usize {
    (at..text.len())
        .find(|&place| text.is_char_boundary(place))
        .unwrap_or(text.len())
}

/// The last sentences that ask, in order, or else the last one; and how many pieces they are.
fn last_questions(text: &str) -> (Vec<Range<usize>>, usize) {
    let sentences = sentences(text);
    let asks = |range: &&Range<usize>| is_question(&text[(*range).clone()]);
    let mut chosen: Vec<&Range<usize>> = sentences.iter().rev().filter(asks).collect();
    if chosen.is_empty() {
        chosen.extend(sentences.last());
    }
    let (mut taken, mut used) = (Vec::new(), 0);
    for range in chosen {
        if used >= FOR_QUESTIONS {
            break;
        }
        let (part, pieces) = opening(&text[range.clone()], FOR_QUESTIONS - used);
        used += pieces;
        taken.push(range.start..range.start + part.len());
    }
    taken.reverse();
    (taken, used)
}

/// Where the sentences of the text's end stand.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let tail = boundary(text, text.len().saturating_sub(MOST_TAIL_BYTES));
    let (mut found, mut start) = (Vec::new(), tail);
    let mut letters = text[tail..].char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |&(_, next)| next);
        let ends = match letter {
            '\n' | '。' | '？' | '！' => true,
            '.' | '?' | '!' => next.is_whitespace(),
            _ => false,
        };
        if ends {
            let end = tail + at + letter.len_utf8();
            found.push(start..end);
            start = end;
        }
    }
    found.push(start..text.len());
    found.retain(|range| text[range.clone()].contains(char::is_alphanumeric));
    found
}

fn is_question(sentence: &str) -> bool {
    let sentence = sentence.trim();
    let first = sentence
        .split(|letter: char| !letter.is_alphabetic())
        .next();
    let opens = first.is_some_and(|word| OPENERS.contains(&word.to_lowercase().as_str()));
    opens || sentence.ends_with(['?', '？'])
}

/// As many whole words of the beginning as make at most `most` pieces, and how many those are.
fn opening(text: &str, most: usize) -> (&str, usize) {
    let (mut pieces, mut end, mut at) = (0, 0, 0);
    while at < text.len() {
        let (length, cost) = next_run(&text[at..], most + 1);
        if pieces + cost > most {
            return (&text[..end], pieces);
        }
        pieces += cost;
        at += length;
        end = at;
    }
    (text, pieces)
}

/// The bytes of the next word, number, space or mark, and its pieces; a run that costs `most` is cut.
fn next_run(text: &str, most: usize) -> (usize, usize) {
    let first = text.chars().next().map_or(Kind::Space, kind);
    let (mut bytes, mut letters) = (0, 0);
    for letter in text.chars() {
        let ends = kind(letter) != first || (bytes > 0 && first == Kind::Mark);
        if ends || letters > most * LETTERS_A_PIECE {
            break;
        }
        bytes += letter.len_utf8();
        letters += 1;
    }
    let pieces = match first {
        Kind::Space => 0,
        Kind::Mark => 1,
        Kind::Letter => letters.div_ceil(LETTERS_A_PIECE),
        Kind::Digit => letters.div_ceil(DIGITS_A_PIECE),
    };
    (bytes, pieces)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Letter,
    Digit,
    /// Punctuation; and signs of scripts without spaces, each a word or so.
    Mark,
}

fn kind(letter: char) -> Kind {
    match letter {
        _ if letter.is_whitespace() => Kind::Space,
        '\u{2e80}'..='\u{ffff}' => Kind::Mark,
        _ if letter.is_alphabetic() => Kind::Letter,
        _ if letter.is_numeric() => Kind::Digit,
        _ => Kind::Mark,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filler(sentences: usize) -> String {
        "The parcel was left with the neighbour again. ".repeat(sentences)
    }

    #[test]
    fn a_short_message_is_left_as_it_is() {
        let text = "  My order 1234 hasn't come. Where is it?\n";
        assert_eq!(gist(text), text.trim());
        assert_eq!(gist(""), "");
    }

    #[test]
    fn a_long_message_keeps_its_opening_and_its_last_question() {
        let text = format!(
            "I bought a lamp in May. {}How do I send it back? {}Regards, Ann",
            filler(20),
            filler(5)
        );
        let gist = gist(&text);
        assert!(gist.starts_with("I bought a lamp in May. "), "{gist}");
        assert!(gist.ends_with("How do I send it back?"), "{gist}");
    }

    #[test]
    fn a_question_without_a_mark_is_found_by_its_first_word() {
        let text = format!("{}\ncan i get my money back\n{}", filler(20), filler(20));
        assert!(gist(&text).ends_with("can i get my money back"));
    }

    #[test]
    fn where_nothing_is_asked_the_end_is_kept() {
        let text = format!("{}Cancel my plan.", filler(30));
        assert!(gist(&text).ends_with("Cancel my plan."));
    }

    #[test]
    fn a_gist_is_never_longer_than_its_pieces_whatever_the_message() {
        let page = format!("{}Why? ", filler(3)).repeat(200);
        let texts = [
            page,
            "x".repeat(30_000),
            "? ".repeat(15_000),
            "問".repeat(10_000),
            "7".repeat(30_000),
            "🦊".repeat(8_000),
        ];
        for text in texts {
            let gist = gist(&text);
            assert!(!gist.is_empty() || !text.contains(' '));
            assert!(opening(&gist, MOST_PIECES).0 == gist.as_ref(), "{gist}");
        }
    }

    #[test]
    fn many_questions_leave_room_for_the_opening() {
        let text = format!(
            "About the red lamp: {}",
            "What does it cost to send it back to you? ".repeat(40)
        );
        let gist = gist(&text);
        assert!(gist.starts_with("About the red lamp:"));
        assert!(gist.len() < 400);
    }
}
