//! A message as a row of words that can be exchanged and joined again.

use super::lists;

/// One word, with the signs that follow it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    /// As it was written.
    pub(super) text: &'a str,
    /// In lower case, with straight apostrophes.
    pub(super) lower: String,
    /// The signs after it.
    pub(super) marks: &'a str,
}

/// Shortened verbs, and what they are in full.
const SHORTENED: [(&str, &str); 6] = [
    ("'s", "is"),
    ("’s", "is"),
    ("'re", "are"),
    ("’re", "are"),
    ("'ll", "will"),
    ("’ll", "will"),
];

/// The words of `text`. A pronoun or an asking word with a shortened verb ("it's") is two.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut found = Vec::new();
    for piece in text.split_whitespace() {
        let core = piece.trim_matches(|sign: char| !sign.is_alphanumeric());
        if core.is_empty() {
            continue;
        }
        let end = piece.rfind(core).map_or(0, |start| start + core.len());
        let marks = &piece[end..];
        let shortened = SHORTENED
            .iter()
            .find_map(|(ending, full)| Some((core.strip_suffix(ending)?, *full)))
            .filter(|(head, _)| {
                let head = head.to_lowercase();
                lists::asks(&head) || lists::is_pronoun(&head)
            });
        if let Some((head, full)) = shortened {
            found.push(token(head, ""));
            found.push(token(full, marks));
        } else {
            found.push(token(core, marks));
        }
    }
    found
}

fn token<'a>(text: &'a str, marks: &'a str) -> Token<'a> {
    Token {
        text,
        lower: text.to_lowercase().replace('’', "'"),
        marks,
    }
}

impl Token<'_> {
    /// A clause ends after it.
    pub(super) fn ends_clause(&self) -> bool {
        self.marks
            .contains(['.', '?', '!', ',', ';', ':', '。', '？'])
    }

    /// Written like a name.
    pub(super) fn is_name(&self) -> bool {
        self.text.starts_with(char::is_uppercase) && self.lower != "i"
    }

    /// None of the small words that hold a sentence together.
    pub(super) fn is_content(&self) -> bool {
        let word = self.lower.as_str();
        !(lists::asks(word)
            || lists::helps(word)
            || lists::is_pronoun(word)
            || lists::is_determiner(word)
            || lists::is_preposition(word)
            || lists::is_joint(word)
            || lists::is_adverb(word))
    }
}

/// The words again as a text, without the signs at its end.
pub(super) fn joined(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (place, token) in tokens.iter().enumerate() {
        if place > 0 {
            text.push(' ');
        }
        text.push_str(token.text);
        if place + 1 < tokens.len() {
            text.push_str(token.marks);
        }
    }
    text
}

/// `tokens` with those of `range` exchanged for `text`; signs after the range stay.
pub(super) fn exchanged(tokens: &[Token<'_>], range: std::ops::Range<usize>, text: &str) -> String {
    let mut parts = vec![joined(&tokens[..range.start]), text.to_owned()];
    if let Some(last) = tokens[range.clone()].last()
        && range.end < tokens.len()
    {
        parts[1].push_str(last.marks);
    }
    if range.start > 0 {
        parts[0].push_str(tokens[range.start - 1].marks);
    }
    parts.push(joined(&tokens[range.end..]));
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}
