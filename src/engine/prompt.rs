//! Messages → tokens, by the model's chat template.
//!
//! Only the template's own markup may become control tokens. What people wrote is tokenized apart
//! from it and as plain text, so nobody can end a turn or open a system message by typing
//! `<|im_end|>`. Runs on the caller's thread, never on the engine's.

use llama_cpp_2::model::{LlamaChatMessage, LlamaChatTemplate, LlamaModel};
use llama_cpp_2::token::LlamaToken;

use super::error::EngineError;
use crate::chat::{Message, Role};

/// A prompt, ready to compute.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    pub(super) tokens: Vec<LlamaToken>,
    /// How many tokens come before the first user message's text: what other prompts with the
    /// same system message have in common with this one.
    pub(super) shared: usize,
}

/// The template family called `name`, or the model's own.
///
/// # Errors
/// [`EngineError::Template`] where there is none, or llama.cpp does not know its family.
pub(super) fn template(
    model: &LlamaModel,
    name: Option<&str>,
) -> Result<LlamaChatTemplate, EngineError> {
    let template = match name {
        Some(name) => LlamaChatTemplate::new(name).map_err(|error| error.to_string()),
        None => model.chat_template(None).map_err(|_| {
            "the model file has none; name a family, such as \"chatml\", in the manifest".to_owned()
        }),
    }
    .map_err(EngineError::Template)?;
    let trial = [Message::new(Role::User, "?")];
    render(model, &template, &trial)?;
    Ok(template)
}

/// The tokens of `messages`, up to where the model's answer begins; `answer_start` is put there
/// as if the model had written it.
///
/// # Errors
/// [`EngineError::EmptyPrompt`], [`EngineError::Template`].
pub(super) fn tokenize(
    model: &LlamaModel,
    template: &LlamaChatTemplate,
    messages: &[Message],
    answer_start: &str,
) -> Result<Prompt, EngineError> {
    let rendered = render(model, template, messages)?;
    let vocabulary = model.vocab();
    let mut prompt = Prompt {
        tokens: Vec::new(),
        shared: 0,
    };
    let mut at_start = true;
    for piece in pieces(&rendered) {
        match piece {
            Piece::Markup(text) => {
                vocabulary.tokenize_into(text.as_bytes(), &mut prompt.tokens, at_start, true);
            }
            Piece::Content(index) => {
                let Some(message) = messages.get(index) else {
                    continue;
                };
                if message.role == Role::User && prompt.shared == 0 {
                    prompt.shared = prompt.tokens.len();
                }
                let text = message.content.trim();
                vocabulary.tokenize_into(text.as_bytes(), &mut prompt.tokens, at_start, false);
            }
        }
        at_start = false;
    }
    vocabulary.tokenize_into(answer_start.as_bytes(), &mut prompt.tokens, false, false);
    if prompt.tokens.is_empty() {
        return Err(EngineError::EmptyPrompt);
    }
    Ok(prompt)
}

/// The tokens of a text that is no message.
pub(super) fn plain(model: &LlamaModel, text: &str) -> Vec<LlamaToken> {
    let mut tokens = Vec::new();
    model
        .vocab()
        .tokenize_into(text.as_bytes(), &mut tokens, false, false);
    tokens
}

/// The template filled with a mark in place of each message's text.
fn render(
    model: &LlamaModel,
    template: &LlamaChatTemplate,
    messages: &[Message],
) -> Result<String, EngineError> {
    if messages.is_empty() {
        return Err(EngineError::EmptyPrompt);
    }
    let failed = |error: &dyn std::error::Error| EngineError::Template(error.to_string());
    let marked = messages
        .iter()
        .enumerate()
        .map(|(index, message)| {
            let mark = format!("{MARK_START}{index}{MARK_END}");
            LlamaChatMessage::new(message.role.as_str().to_owned(), mark)
                .map_err(|error| failed(&error))
        })
        .collect::<Result<Vec<_>, _>>()?;
    model
        .apply_chat_template(template, &marked, true)
        .map_err(|error| failed(&error))
}

// Private-use characters: no template contains them, and people's texts never pass through it.
const MARK_START: char = '\u{f8f0}';
const MARK_END: char = '\u{f8f1}';

#[derive(Debug, PartialEq, Eq)]
enum Piece<'a> {
    /// The template's own text.
    Markup(&'a str),
    /// The text of the message with this index.
    Content(usize),
}

fn pieces(rendered: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for (number, part) in rendered.split(MARK_START).enumerate() {
        let markup = match part.split_once(MARK_END) {
            Some((index, rest)) if number > 0 => {
                pieces.extend(index.parse().ok().map(Piece::Content));
                rest
            }
            _ => part,
        };
        if !markup.is_empty() {
            pieces.push(Piece::Markup(markup));
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_contents_are_told_apart() {
        let rendered = "<s>\u{f8f0}0\u{f8f1}</s>\n<u>\u{f8f0}1\u{f8f1}</u><a>";
        let expected = [
            Piece::Markup("<s>"),
            Piece::Content(0),
            Piece::Markup("</s>\n<u>"),
            Piece::Content(1),
            Piece::Markup("</u><a>"),
        ];
        assert_eq!(pieces(rendered), expected);
    }

    #[test]
    fn adjacent_contents_are_kept_apart() {
        let rendered = "\u{f8f0}0\u{f8f1}\u{f8f0}1\u{f8f1}";
        assert_eq!(pieces(rendered), [Piece::Content(0), Piece::Content(1)]);
    }
}
