//! What goes into the store and what comes out of it: plain data, no SQL.

use serde::Serialize;
use utoipa::ToSchema;

use crate::chat::{Outcome, Role, Route, Usage};

/// One turn as it is to be recorded.
#[derive(Clone, Debug)]
pub struct TurnRecord {
    /// The conversation; its row is made if there is none yet.
    pub conversation_id: String,
    /// The request's id, as in the logs and in `x-request-id`.
    pub request_id: String,
    /// The id of the person's message.
    pub user_message_id: String,
    /// The person's new message, if the turn brought one.
    pub question: Option<String>,
    /// What was answered.
    pub answer: String,
    /// The decision and its evidence; `outcome.message_id` is the answer's id.
    pub outcome: Outcome,
    /// What the answering model read and wrote, if one did and said so.
    pub usage: Option<Usage>,
    /// What was measured before deciding, and what was then decided.
    pub signals: serde_json::Value,
    /// Whether it may be exported for training.
    pub consented: bool,
}

/// A turn as it was recorded, with what was thought of it since.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedTurn {
    /// The answer's id.
    pub message_id: String,
    /// The person's message, if the turn brought one.
    pub question: Option<String>,
    /// What was answered.
    pub answer: String,
    /// The decision and its evidence.
    pub outcome: Outcome,
    /// Whether it may be exported for training.
    pub consented: bool,
    /// 1 for good, -1 for bad.
    pub rating: Option<i64>,
    /// Messages of the conversation that came before the question, instructions among them.
    pub messages_before: u64,
}

/// A turn as it was recorded, without what was answered and on what evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidedTurn {
    /// The answer's id.
    pub message_id: String,
    /// The beginning of the person's message, if the turn brought one.
    pub opening: Option<String>,
    /// Which tier answered; absent where this version doesn't know it.
    pub route: Option<Route>,
    /// How sure the router was.
    pub confidence: f64,
    /// A better tier was wanted but could not be had.
    pub degraded: bool,
    /// What was paid for it, in US dollars.
    pub cost_usd: f64,
    /// What was measured before deciding; null where it can't be read.
    pub signals: serde_json::Value,
}

/// Who gave an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnsweredBy {
    /// By which tier.
    pub route: Route,
    /// The model or tier that wrote it.
    pub model: String,
}

/// A conversation in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ConversationSummary {
    /// Its id.
    pub id: String,
    /// The beginning of its first user message; absent while there is none.
    pub title: Option<String>,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was last answered in, or when it began; milliseconds since 1970.
    pub updated_at: i64,
    /// How many messages it has, of both sides.
    pub messages: i64,
    /// Of a search: the first message that has the text, cut around it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
}

/// A conversation with all that was said in it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// Its messages, oldest first.
    pub messages: Vec<StoredMessage>,
}

/// One message of a stored conversation.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StoredMessage {
    /// Its id.
    pub id: String,
    /// Who wrote it.
    pub role: Role,
    /// Its text.
    pub content: String,
    /// When it was written, in milliseconds since 1970.
    pub created_at: i64,
    /// Of an answer: the `microgpt` object as it was sent.
    #[serde(rename = "microgpt", skip_serializing_if = "Option::is_none")]
    pub outcome: Option<serde_json::Value>,
    /// Of an answer: the rating it was given, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rating: Option<i64>,
}
