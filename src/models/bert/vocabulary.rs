//! A `WordPiece` vocabulary in the form llama.cpp reads.
//!
//! In `vocab.txt` a piece inside a word begins with `##` and a piece at a word's start is bare.
//! llama.cpp puts a mark before each word and matches the longest pieces, so there the first kind is
//! bare and the second begins with the mark.

use super::{
    BertError, Value,
    family::{self, Marks},
};

const WORD_START: char = '\u{2581}';

/// llama.cpp's classes of tokens.
const NORMAL: i32 = 1;
const UNKNOWN: i32 = 2;
const CONTROL: i32 = 3;
const UNUSED: i32 = 5;

/// All `tokenizer.ggml.*` pairs but the count of segment types.
pub(super) fn metadata(words: &[&str], marks: &Marks) -> Result<Vec<(String, Value)>, BertError> {
    let id = |wanted: &str| {
        let position = words
            .iter()
            .position(|word| *word == wanted)
            .and_then(|position| u32::try_from(position).ok());
        position
            .map(Value::U32)
            .ok_or_else(|| BertError::Vocabulary(format!("no {wanted}")))
    };
    let pairs = [
        ("model", Value::Text("bert".into())),
        (
            "tokens",
            Value::Texts(words.iter().map(|word| piece(word)).collect()),
        ),
        (
            "token_type",
            Value::I32s(words.iter().map(|word| class(word)).collect()),
        ),
        ("bos_token_id", id(marks.start)?),
        ("cls_token_id", id(marks.start)?),
        // Spelled so in the format.
        ("seperator_token_id", id(marks.end)?),
        ("unknown_token_id", id(family::UNKNOWN)?),
        ("padding_token_id", id(marks.padding)?),
        ("mask_token_id", id(marks.mask)?),
        ("normalizer.lowercase", Value::Bool(true)),
        ("normalizer.strip_accents", Value::Bool(true)),
    ];
    Ok(pairs
        .map(|(key, value)| (format!("tokenizer.ggml.{key}"), value))
        .to_vec())
}

fn is_special(word: &str) -> bool {
    let between = |open, close| word.starts_with(open) && word.ends_with(close);
    word.len() > 2 && (between('[', ']') || between('<', '>'))
}

fn piece(word: &str) -> String {
    match word.strip_prefix("##") {
        _ if is_special(word) => word.to_owned(),
        Some(inside) if !inside.is_empty() => inside.to_owned(),
        _ => format!("{WORD_START}{word}"),
    }
}

fn class(word: &str) -> i32 {
    match word {
        family::UNKNOWN => UNKNOWN,
        _ if word.starts_with("[unused") => UNUSED,
        _ if is_special(word) => CONTROL,
        _ => NORMAL,
    }
}
