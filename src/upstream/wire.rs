//! The JSON of OpenAI's chat completions: what is asked, and what comes back whole or in pieces.
//!
//! Pure: it reads and writes no socket. It is strict in what it sends and lenient in what it takes,
//! because "OpenAI-compatible" means something else to each server.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::error::{UpstreamError, excerpt};
use crate::chat::{FinishReason, Message, Sampling, Usage};

/// The body of a request.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    model: &'a str,
    messages: &'a [Message],
    stream: bool,
    stream_options: StreamOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u32>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// Under which name a server takes the most tokens to generate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LimitField {
    /// The old name, which every compatible server knows.
    MaxTokens,
    /// The new name, the only one that OpenAI's own newer models take.
    MaxCompletionTokens,
}

impl<'a> Request<'a> {
    /// A request for a stream with usage at its end.
    pub(super) fn new(
        model: &'a str,
        messages: &'a [Message],
        sampling: &'a Sampling,
        limit: LimitField,
    ) -> Self {
        let limited = |field| sampling.max_tokens.filter(|_| limit == field);
        Self {
            model,
            messages,
            stream: true,
            stream_options: StreamOptions {
                include_usage: true,
            },
            temperature: sampling.temperature,
            top_p: sampling.top_p,
            max_tokens: limited(LimitField::MaxTokens),
            max_completion_tokens: limited(LimitField::MaxCompletionTokens),
            stop: &sampling.stop,
            seed: sampling.seed,
        }
    }
}

/// One piece of an answer, or a whole one. Every field may be absent or null.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Piece {
    /// Text to be appended.
    pub(super) text: Option<String>,
    /// Why it ended, if it did.
    pub(super) finish: Option<FinishReason>,
    /// Tokens so far; the last one counts.
    pub(super) usage: Option<Usage>,
}

impl Piece {
    /// Reads `json`; `key` is kept out of any message.
    pub(super) fn parse(json: &str, key: &str) -> Result<Self, UpstreamError> {
        let body: Body = serde_json::from_str(json).map_err(|error| UpstreamError::Protocol {
            // The parser quotes what it found, which may be long and hold anything.
            message: format!(
                "{}: {}",
                excerpt(&error.to_string(), key),
                excerpt(json, key)
            ),
        })?;
        if let Some(error) = body.error {
            return Err(UpstreamError::Reported {
                message: excerpt(&words(&error), key),
            });
        }
        let choice = body.choices.unwrap_or_default().into_iter().next();
        let choice = choice.unwrap_or_default();
        let content = choice.delta.or(choice.message).unwrap_or_default();
        Ok(Self {
            text: content
                .content
                .or(content.refusal)
                .filter(|text| !text.is_empty()),
            finish: choice.finish_reason.as_deref().map(finish_reason),
            usage: body.usage.map(UsageCounts::usage),
        })
    }
}

/// The words of an error response's body, whatever its shape, else the body itself.
pub(super) fn error_words(body: &str) -> String {
    match serde_json::from_str::<Value>(body) {
        Ok(value) => words(value.get("error").unwrap_or(&value)),
        Err(_) => body.to_owned(),
    }
}

fn words(error: &Value) -> String {
    match error.get("message").unwrap_or(error) {
        Value::String(message) => message.clone(),
        other => other.to_string(),
    }
}

fn finish_reason(name: &str) -> FinishReason {
    match name {
        "length" | "max_tokens" => FinishReason::Length,
        _ => FinishReason::Stop,
    }
}

#[derive(Deserialize)]
struct Body {
    choices: Option<Vec<Choice>>,
    usage: Option<UsageCounts>,
    error: Option<Value>,
}

#[derive(Default, Deserialize)]
struct Choice {
    delta: Option<Content>,
    message: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Content {
    content: Option<String>,
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct UsageCounts {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

impl UsageCounts {
    /// Absurd counts are cut, so that their sum can't overflow.
    fn usage(self) -> Usage {
        let cut = |tokens: u64| u32::try_from(tokens).unwrap_or(u32::MAX).min(u32::MAX / 2);
        Usage::new(cut(self.prompt_tokens), cut(self.completion_tokens))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chat::Role;

    fn parse(json: &Value) -> Piece {
        Piece::parse(&json.to_string(), "").expect("a piece")
    }

    #[test]
    fn a_request_names_only_what_was_asked_for() {
        let messages = [Message::new(Role::User, "hi")];
        let sampling = Sampling {
            max_tokens: Some(9),
            ..Sampling::default()
        };
        let request = Request::new("m", &messages, &sampling, LimitField::MaxTokens);
        assert_eq!(
            serde_json::to_value(request).expect("JSON"),
            json!({
                "model": "m", "messages": [{"role": "user", "content": "hi"}], "stream": true,
                "stream_options": {"include_usage": true}, "max_tokens": 9
            })
        );
        let request = Request::new("m", &messages, &sampling, LimitField::MaxCompletionTokens);
        let request = serde_json::to_value(request).expect("JSON");
        assert_eq!(request["max_completion_tokens"], 9);
        assert_eq!(request.get("max_tokens"), None);
    }

    #[test]
    fn null_and_absent_fields_are_no_text() {
        for json in [
            json!({"choices": [{"delta": {"role": "assistant", "content": null}, "finish_reason": null}], "usage": null}),
            json!({"choices": [{"delta": {"content": ""}}]}),
            json!({"choices": []}),
            json!({}),
        ] {
            assert_eq!(parse(&json), Piece::default());
        }
    }

    #[test]
    fn a_whole_answer_is_one_piece() {
        let piece = parse(&json!({
            "choices": [{"message": {"content": "Hello"}, "finish_reason": "length"}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
        }));
        assert_eq!(piece.text.as_deref(), Some("Hello"));
        assert_eq!(piece.finish, Some(FinishReason::Length));
        assert_eq!(piece.usage, Some(Usage::new(3, 2)));
    }

    #[test]
    fn an_error_object_is_an_error_in_its_own_words() {
        for json in [
            json!({"error": {"message": "overloaded, sk-1", "code": 529}}),
            json!({"error": "overloaded, sk-1"}),
        ] {
            let error = Piece::parse(&json.to_string(), "sk-1").expect_err("an error");
            let message = "overloaded, [key]".to_owned();
            assert_eq!(error, UpstreamError::Reported { message });
        }
    }

    #[test]
    fn the_words_of_a_refusal_are_found_in_any_shape() {
        assert_eq!(error_words(r#"{"error":{"message":"no"}}"#), "no");
        assert_eq!(error_words(r#"{"error":"no"}"#), "no");
        assert_eq!(error_words(r#"{"message":"no"}"#), "no");
        assert_eq!(error_words("<h1>no</h1>"), "<h1>no</h1>");
    }
}
