//! Requests, parsed once from raw JSON into what the orchestrator takes.
//!
//! What these types hold is valid; handlers check nothing. Whether a model, a collection or a
//! conversation exists is not decided here.

pub mod embeddings;
pub mod fields;
pub mod messages;
pub mod options;
pub mod unsupported;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::{
    chat::{Message, Role},
    config::Limits,
};

use super::error::ApiError;
use fields::Fields;
use options::{Options, collections};

/// The model asked for where none is named and none has to be.
pub const DEFAULT_MODEL: &str = "auto";
const DEFAULT_TOP_K: u64 = 5;
const MAX_TOP_K: u64 = 50;

/// A chat completion, or a message to a conversation.
#[derive(Debug, PartialEq)]
pub struct ChatRequest {
    /// The model as named by the client.
    pub model: String,
    /// What was said; ends with the user's message.
    pub messages: Vec<Message>,
    /// How to answer.
    pub options: Options,
}

impl ChatRequest {
    /// The body of `POST /v1/chat/completions`.
    ///
    /// # Errors
    /// Names the field that is wrong and what is allowed.
    pub fn parse(body: &Value, limits: &Limits) -> Result<Self, ApiError> {
        let fields = Fields::root(body)?;
        fields.required("model", "a string, for example \"auto\"")?;
        unsupported::refuse(&fields)?;
        Ok(Self {
            model: model(&fields)?,
            messages: messages::messages(&fields, limits.max_message_bytes)?,
            options: Options::parse(&fields)?,
        })
    }

    /// The body of `POST /v1/conversations/ID/messages`.
    ///
    /// # Errors
    /// Names the field that is wrong and what is allowed.
    pub fn parse_message(
        body: &Value,
        conversation_id: String,
        limits: &Limits,
    ) -> Result<Self, ApiError> {
        let fields = Fields::root(body)?;
        unsupported::refuse(&fields)?;
        let content = messages::text(&fields, "content", limits.max_message_bytes)?;
        let mut options = Options::parse(&fields)?;
        options.conversation_id = Some(conversation_id);
        Ok(Self {
            model: model(&fields)?,
            messages: vec![Message::new(Role::User, content)],
            options,
        })
    }
}

fn model(fields: &Fields<'_>) -> Result<String, ApiError> {
    Ok(fields.string("model")?.unwrap_or(DEFAULT_MODEL).to_owned())
}

/// The body of `POST /v1/route`.
#[derive(Debug, PartialEq)]
pub struct RouteRequest {
    /// What was said; ends with the user's message.
    pub messages: Vec<Message>,
    /// How an answer would be asked for: a cache is asked only where nothing is left to chance.
    pub options: Options,
}

impl RouteRequest {
    /// Parses the body.
    ///
    /// # Errors
    /// Names the field that is wrong and what is allowed.
    pub fn parse(body: &Value, limits: &Limits) -> Result<Self, ApiError> {
        let fields = Fields::root(body)?;
        let limit = limits.max_message_bytes;
        let messages = match (fields.get("query"), fields.get("messages")) {
            (Some(_), None) => {
                vec![Message::new(
                    Role::User,
                    messages::text(&fields, "query", limit)?,
                )]
            }
            (None, Some(_)) => messages::messages(&fields, limit)?,
            _ => {
                return Err(ApiError::invalid(
                    "query",
                    "send either `query`, a string, or `messages`, a list of messages",
                ));
            }
        };
        Ok(Self {
            messages,
            options: Options::parse(&fields)?,
        })
    }
}

/// The body of `POST /v1/search`.
#[derive(Debug, PartialEq)]
pub struct SearchRequest {
    /// What to look for.
    pub query: String,
    /// The most results, 1 to 50.
    pub top_k: usize,
    /// The collections to search; empty means all.
    pub collections: Vec<String>,
}

impl SearchRequest {
    /// Parses the body.
    ///
    /// # Errors
    /// Names the field that is wrong and what is allowed.
    pub fn parse(body: &Value, limits: &Limits) -> Result<Self, ApiError> {
        let fields = Fields::root(body)?;
        let top_k = fields
            .count("top_k", 1, MAX_TOP_K)?
            .unwrap_or(DEFAULT_TOP_K);
        Ok(Self {
            query: messages::text(&fields, "query", limits.max_message_bytes)?,
            top_k: usize::try_from(top_k).unwrap_or(usize::MAX),
            collections: collections(&fields)?,
        })
    }
}

/// The body of `POST /v1/messages/ID/feedback`.
#[derive(Debug, PartialEq)]
pub struct FeedbackRequest {
    /// 1 for a good answer, -1 for a bad one.
    pub rating: i64,
    /// Why, in the person's words.
    pub comment: Option<String>,
}

impl FeedbackRequest {
    /// Parses the body.
    ///
    /// # Errors
    /// Names the field that is wrong and what is allowed.
    pub fn parse(body: &Value, limits: &Limits) -> Result<Self, ApiError> {
        const WHAT: &str = "1 for a good answer or -1 for a bad one";
        let fields = Fields::root(body)?;
        let value = fields.required("rating", WHAT)?;
        let rating = value.as_i64().filter(|rating| matches!(rating, 1 | -1));
        let limit = limits.max_message_bytes;
        let comment = fields.string("comment")?;
        Ok(Self {
            rating: rating.ok_or_else(|| fields::must_be("rating", WHAT, value))?,
            comment: comment
                .map(|text| messages::bounded("comment".into(), text.into(), limit))
                .transpose()?,
        })
    }
}
