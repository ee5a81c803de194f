//! Reading messages and other texts of a request.
//!
//! Guarantees for what is read: at least one message, the last one that is no instruction comes
//! from the user, the user's texts are not blank, no text is longer than the limit or holds U+0000
//! (which neither the store nor the tokenizer can take).

use serde_json::Value;

use crate::{
    chat::{Message, Role},
    http::error::ApiError,
};

use super::fields::{Fields, must_be};

const ROLES: &str = "one of system, developer, user, assistant";

/// The list under `messages`.
///
/// # Errors
/// Names the message and the field that is wrong.
pub fn messages(fields: &Fields<'_>, max_bytes: usize) -> Result<Vec<Message>, ApiError> {
    const WHAT: &str = "a list of at least one message";
    let list = match fields.required("messages", WHAT)? {
        Value::Array(list) if !list.is_empty() => list,
        other => return Err(must_be("messages", WHAT, other)),
    };
    let read =
        |(index, value)| message(Fields::at(format!("messages[{index}]"), value)?, max_bytes);
    let messages: Vec<Message> = list
        .iter()
        .enumerate()
        .map(read)
        .collect::<Result<_, _>>()?;
    let asked = messages
        .iter()
        .rfind(|message| message.role != Role::System);
    if asked.is_none_or(|message| message.role != Role::User) {
        return Err(ApiError::invalid(
            "messages",
            "`messages` must end with a message of the role user: it is the one answered",
        ));
    }
    Ok(messages)
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "made for this call by its only caller"
)]
fn message(fields: Fields<'_>, max_bytes: usize) -> Result<Message, ApiError> {
    let role = match fields.required("role", ROLES)?.as_str() {
        Some("system" | "developer") => Role::System,
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("tool" | "function") => {
            let name = fields.name("role");
            let message = format!("`{name}`: tools are not supported; allowed is {ROLES}");
            return Err(ApiError::invalid(name, message));
        }
        _ => {
            let value = fields.required("role", ROLES)?;
            return Err(must_be(&fields.name("role"), ROLES, value));
        }
    };
    let content = content(&fields)?;
    let name = fields.name("content");
    let content = match role {
        Role::User => spoken(name, content, max_bytes)?,
        Role::System | Role::Assistant => bounded(name, content, max_bytes)?,
    };
    Ok(Message { role, content })
}

/// A message's text, given whole or as parts.
fn content(fields: &Fields<'_>) -> Result<String, ApiError> {
    const WHAT: &str = "a string or a list of parts {\"type\": \"text\", \"text\": …}";
    let name = fields.name("content");
    let parts = match fields.required("content", WHAT)? {
        Value::String(text) => return Ok(text.clone()),
        Value::Array(parts) => parts,
        other => return Err(must_be(&name, WHAT, other)),
    };
    let mut texts = Vec::with_capacity(parts.len());
    for (index, part) in parts.iter().enumerate() {
        let part = Fields::at(format!("{name}[{index}]"), part)?;
        let kind = part.required("type", "only \"text\" is supported")?;
        if kind != "text" {
            return Err(must_be(&part.name("type"), "\"text\"", kind));
        }
        let text = part.string("text")?;
        let text = text.ok_or_else(|| {
            let name = part.name("text");
            let message = format!("`{name}` is required: a string");
            ApiError::invalid(name, message)
        })?;
        texts.push(text);
    }
    Ok(texts.join("\n"))
}

/// A text under `key` that says something.
///
/// # Errors
/// When it is absent, no string, blank or too long.
pub fn text(fields: &Fields<'_>, key: &str, max_bytes: usize) -> Result<String, ApiError> {
    fields.required(key, "a string that is not blank")?;
    let text = fields.string(key)?.unwrap_or_default();
    spoken(fields.name(key), text.to_owned(), max_bytes)
}

/// `text`, if it says something and is short enough.
///
/// # Errors
/// When it is blank or too long.
pub fn spoken(name: String, text: String, max_bytes: usize) -> Result<String, ApiError> {
    if text.trim().is_empty() {
        let message = format!("`{name}` must not be blank");
        return Err(ApiError::invalid(name, message));
    }
    bounded(name, text, max_bytes)
}

/// `text`, if it is short enough.
///
/// # Errors
/// When it is too long or holds U+0000.
pub fn bounded(name: String, text: String, max_bytes: usize) -> Result<String, ApiError> {
    if text.len() > max_bytes {
        return Err(ApiError::MessageTooLarge {
            param: name,
            bytes: text.len(),
            limit: max_bytes,
        });
    }
    if text.contains('\0') {
        let message = format!("`{name}` must not contain the character U+0000");
        return Err(ApiError::invalid(name, message));
    }
    Ok(text)
}
