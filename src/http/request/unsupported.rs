//! Options of the OpenAI API that would change the answer's meaning or shape and aren't built.
//!
//! They are refused by name: to drop them silently would mislead. Options that only hint (penalties,
//! service tiers, user names …) are ignored.

use serde_json::Value;

use crate::http::error::ApiError;

use super::fields::Fields;

/// An option, when it asks for something, and what stands in its place.
type Rule = (&'static str, fn(&Value) -> bool, &'static str);

const RULES: &[Rule] = &[
    ("n", |value| value != 1, "the one choice n = 1"),
    ("tools", is_filled, "an empty list"),
    ("tool_choice", chooses_tools, "\"none\" or \"auto\""),
    ("functions", is_filled, "an empty list"),
    ("function_call", chooses_tools, "\"none\" or \"auto\""),
    ("logprobs", |value| value != false, "false"),
    ("top_logprobs", |value| value != 0, "0"),
    ("logit_bias", is_filled, "an empty object"),
    ("response_format", shapes_answer, "{\"type\": \"text\"}"),
    (
        "modalities",
        |value| value != &serde_json::json!(["text"]),
        "[\"text\"]",
    ),
    ("audio", is_filled, "null"),
    ("web_search_options", |_| true, "null"),
];

/// Refuses the first option that asks for what isn't built.
///
/// # Errors
/// Names it, and what is accepted.
pub fn refuse(fields: &Fields<'_>) -> Result<(), ApiError> {
    for (name, asks, accepted) in RULES {
        if fields.get(name).is_some_and(asks) {
            let message = format!("`{name}` is not supported; leave it out or send {accepted}");
            return Err(ApiError::invalid(*name, message));
        }
    }
    Ok(())
}

fn is_filled(value: &Value) -> bool {
    match value {
        Value::Array(list) => !list.is_empty(),
        Value::Object(map) => !map.is_empty(),
        _ => true,
    }
}

fn chooses_tools(value: &Value) -> bool {
    value != "none" && value != "auto"
}

fn shapes_answer(value: &Value) -> bool {
    value.get("type").is_none_or(|kind| kind != "text")
}
