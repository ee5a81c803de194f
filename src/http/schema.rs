//! The shapes of requests, and of replies that other rooms compose, for the interface's
//! description.
//!
//! Nothing is read into these types: [`super::request`] parses by hand, so that its complaints name
//! the field. A test feeds it the example of each.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::chat::{Outcome, Role, Route, Source};

/// What is to be answered, and how.
#[derive(ToSchema)]
#[schema(example = json!({
    "model": "auto",
    "messages": [{"role": "user", "content": "How long do I have to return an item?"}],
    "stream": false,
}))]
pub struct ChatCompletionRequest {
    /// `auto`, `knowledge`, `escalate`, the generator's name or an upstream's.
    pub model: String,
    /// What was said so far; ends with the user's message.
    #[schema(min_items = 1)]
    pub messages: Vec<RequestMessage>,
    /// Send the answer as server-sent events.
    pub stream: Option<bool>,
    /// How to stream.
    pub stream_options: Option<StreamOptions>,
    /// 0 is greedy.
    #[schema(minimum = 0, maximum = 2)]
    pub temperature: Option<f32>,
    /// The nucleus.
    #[schema(minimum = 0, maximum = 1)]
    pub top_p: Option<f32>,
    /// The most tokens to generate.
    #[schema(minimum = 1)]
    pub max_completion_tokens: Option<u64>,
    /// The older name of `max_completion_tokens`.
    #[schema(minimum = 1)]
    pub max_tokens: Option<u64>,
    /// Texts that end the answer; at most four in a list.
    pub stop: Option<OneOrMore>,
    /// For repeatable sampling.
    pub seed: Option<i64>,
    /// What this server understands beyond OpenAI's fields.
    pub metadata: Option<Metadata>,
}

/// One message.
#[derive(ToSchema)]
pub struct RequestMessage {
    /// Who wrote it.
    pub role: RequestRole,
    /// A text, or a list of parts of type text.
    pub content: Content,
}

/// Who wrote a message.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum RequestRole {
    /// Instructions of the caller.
    System,
    /// The same, by its newer name.
    Developer,
    /// The person asking.
    User,
    /// What was answered.
    Assistant,
}

/// A message's content.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Content {
    /// The text.
    Text(String),
    /// Its parts, joined by line breaks.
    Parts(Vec<Part>),
}

/// A part of a message.
#[derive(Serialize, ToSchema)]
pub struct Part {
    /// Always `text`.
    #[serde(rename = "type")]
    #[schema(example = "text")]
    pub kind: String,
    /// The text.
    pub text: String,
}

/// One text or a list of texts.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum OneOrMore {
    /// One.
    One(String),
    /// Several.
    More(Vec<String>),
}

/// How to stream.
#[derive(ToSchema)]
pub struct StreamOptions {
    /// Send the usage in a chunk of its own before the end.
    pub include_usage: Option<bool>,
}

/// What this server understands beyond OpenAI's fields.
#[derive(ToSchema)]
pub struct Metadata {
    /// The collections to search; all if absent.
    pub collection: Option<OneOrMore>,
    /// The conversation to go on with.
    pub conversation_id: Option<String>,
    /// Whether this turn may be exported to train a model. Where absent, the server's configuration
    /// decides; it may also rule it out.
    pub training: Option<YesOrNo>,
}

/// A person's choice.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum YesOrNo {
    /// Agreed.
    Yes,
    /// Refused.
    No,
}

/// A message to a conversation. The options of a chat completion may be added.
#[derive(ToSchema)]
#[schema(example = json!({"content": "And how do I send it back?", "stream": false}))]
pub struct MessageRequest {
    /// What the user says.
    pub content: String,
    /// Send the answer as server-sent events.
    pub stream: Option<bool>,
    /// As in chat completions; `auto` if absent.
    pub model: Option<String>,
}

/// Texts to embed.
#[derive(ToSchema)]
#[schema(example = json!({"model": "all-minilm-l6-v2", "input": ["return window", "refund"]}))]
pub struct EmbeddingsRequest {
    /// The encoder's name.
    pub model: String,
    /// One text or up to 256.
    pub input: OneOrMore,
    /// `float` or `base64`.
    #[schema(example = "float")]
    pub encoding_format: Option<String>,
    /// Must be the encoder's own.
    pub dimensions: Option<u32>,
}

/// What to decide on: either `query` or `messages`. The options of a chat completion may be added: an answer
/// is kept for what it was asked with.
#[derive(ToSchema)]
#[schema(example = json!({"query": "How long do I have to return an item?"}))]
pub struct RouteRequest {
    /// A single user message.
    pub query: Option<String>,
    /// What was said so far; ends with the user's message.
    pub messages: Option<Vec<RequestMessage>>,
    /// The collections to search; all if absent.
    pub collection: Option<OneOrMore>,
    /// `collection` may stand here too; with a `conversation_id`, what was said in it comes before.
    pub metadata: Option<Metadata>,
}

/// A decision without an answer.
#[derive(ToSchema)]
pub struct RoutePreview {
    /// The route that would be taken.
    pub route: Route,
    /// How sure the router is that it serves, 0 to 1.
    pub confidence: f32,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// The evidence.
    pub sources: Vec<Source>,
    /// What was measured.
    #[schema(value_type = Object)]
    pub signals: Value,
}

/// What to look for.
#[derive(ToSchema)]
#[schema(example = json!({"query": "return window", "top_k": 3}))]
pub struct SearchRequest {
    /// In words.
    pub query: String,
    /// How many results; 5 if absent.
    #[schema(minimum = 1, maximum = 50)]
    pub top_k: Option<u32>,
    /// The collections to search; all if absent.
    pub collection: Option<OneOrMore>,
}

/// A verdict of a person on an answer.
#[derive(ToSchema)]
#[schema(example = json!({"rating": 1, "comment": "exactly"}))]
pub struct FeedbackRequest {
    /// 1 for a good answer, -1 for a bad one.
    #[schema(minimum = -1, maximum = 1)]
    pub rating: i64,
    /// Why.
    pub comment: Option<String>,
}

/// What is indexed: counts, generation, skipped files.
#[derive(ToSchema)]
pub struct KnowledgeStatus {}

/// Conversations, the newest first.
#[derive(Serialize, ToSchema)]
pub struct ConversationList {
    /// Always `list`.
    pub object: &'static str,
    /// One page of them.
    #[schema(value_type = Vec<ConversationSummary>)]
    pub data: Value,
}

/// A conversation in a list.
#[derive(ToSchema)]
pub struct ConversationSummary {
    /// Its id.
    pub id: String,
    /// The beginning of its first user message.
    pub title: Option<String>,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// When something was last said, in milliseconds since 1970.
    pub updated_at: i64,
    /// How many messages it has.
    pub messages: i64,
    /// Of a search: the first message that has the text, cut around it.
    pub excerpt: Option<String>,
}

/// A conversation with its messages.
#[derive(ToSchema)]
pub struct Conversation {
    /// Its id.
    pub id: String,
    /// When it began, in milliseconds since 1970.
    pub created_at: i64,
    /// What was said, in order.
    pub messages: Vec<StoredMessage>,
}

/// One message of a conversation.
#[derive(ToSchema)]
pub struct StoredMessage {
    /// Its id; feedback is given on an answer's.
    pub id: String,
    /// Who wrote it.
    pub role: Role,
    /// Its text.
    pub content: String,
    /// When it was written, in milliseconds since 1970.
    pub created_at: i64,
    /// Of an answer: what happened to the turn.
    pub microgpt: Option<Outcome>,
    /// Of an answer: the rating it was given.
    pub rating: Option<i64>,
}

/// How the process is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// `alive` or `ready`.
    pub status: &'static str,
}
