//! The tokenizer of a student: the kept tokens, the merges that make them of one another, and their new numbers.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{StudentError, kept};
use crate::gguf::Value;

/// Cuts down the base's metadata in place.
pub(super) fn cut(
    metadata: &mut BTreeMap<String, Value>,
    tokens: &[usize],
) -> Result<(), StudentError> {
    let wants = |what: &str| StudentError::Base(format!("its tokenizer has no {what}"));
    let Some(Value::Texts(texts)) = metadata.get_mut("tokenizer.ggml.tokens") else {
        return Err(wants("list of tokens"));
    };
    *texts = kept(texts, tokens)?;
    let there: HashSet<String> = texts.iter().cloned().collect();
    if let Some(Value::I32s(kinds)) = metadata.get_mut("tokenizer.ggml.token_type") {
        *kinds = kept(kinds, tokens)?;
    }
    let Some(Value::Texts(merges)) = metadata.get_mut("tokenizer.ggml.merges") else {
        return Err(wants("merges"));
    };
    merges.retain(|merge| can_be_made(merge, &there));
    renumber(metadata, tokens)
}

/// Whether both sides of a merge and what they make are there.
fn can_be_made(merge: &str, there: &HashSet<String>) -> bool {
    merge.split_once(' ').is_some_and(|(left, right)| {
        let made = format!("{left}{right}");
        [left, right, &made]
            .iter()
            .all(|token| there.contains(*token))
    })
}

/// Gives the marks that the metadata name (where a text begins, ends, …) their new numbers.
fn renumber(metadata: &mut BTreeMap<String, Value>, tokens: &[usize]) -> Result<(), StudentError> {
    let numbers = tokens.iter().zip(0_u32..);
    let numbers: HashMap<usize, u32> = numbers.map(|(old, new)| (*old, new)).collect();
    for (key, value) in metadata.iter_mut() {
        if let Value::U32(token) = value
            && key.starts_with("tokenizer.ggml.")
            && key.ends_with("_token_id")
        {
            let new = usize::try_from(*token)
                .ok()
                .and_then(|old| numbers.get(&old));
            *token = *new.ok_or_else(|| {
                StudentError::Tokens(format!("lacks token {token}, which the base's {key} names"))
            })?;
        }
    }
    Ok(())
}
