//! The shapes of replies, as OpenAI names their fields, with the `microgpt` object added.
//!
//! Plain data; when which one is sent is decided in [`super::turn`] and [`super::sse`].

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    chat::{FinishReason, Outcome, Usage},
    orchestrator::Answer,
};

/// The answer to a turn, whole.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChatCompletion {
    /// `chatcmpl-` and the answer's message id.
    pub id: String,
    /// Always `chat.completion`.
    pub object: &'static str,
    /// When it was made, in seconds since 1970.
    pub created: i64,
    /// The model or tier that wrote the answer.
    pub model: String,
    /// Always one.
    pub choices: Vec<Choice>,
    /// Tokens read and written.
    pub usage: Usage,
    /// What happened to the turn, and on what evidence.
    pub microgpt: Outcome,
}

/// The one choice of a completion.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choice {
    /// Always 0.
    pub index: u32,
    /// What was answered.
    pub message: ReplyMessage,
    /// Always null.
    #[schema(value_type = Option<Object>, required)]
    pub logprobs: (),
    /// Why it ended.
    pub finish_reason: FinishReason,
}

/// What was answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReplyMessage {
    /// Always `assistant`.
    pub role: &'static str,
    /// The text.
    pub content: String,
    /// Always null.
    #[schema(value_type = Option<Object>, required)]
    pub refusal: (),
}

impl ChatCompletion {
    /// The whole answer, made at `created`.
    #[must_use]
    pub fn new(answer: Answer, created: i64) -> Self {
        Self {
            id: completion_id(&answer.outcome.message_id),
            object: "chat.completion",
            created,
            model: answer.outcome.model.clone(),
            choices: vec![Choice {
                index: 0,
                message: ReplyMessage {
                    role: "assistant",
                    content: answer.content,
                    refusal: (),
                },
                logprobs: (),
                finish_reason: answer.finish,
            }],
            usage: answer.usage,
            microgpt: answer.outcome,
        }
    }
}

/// A completion's id, made from the id of the message that it answers with.
#[must_use]
pub fn completion_id(message_id: &str) -> String {
    format!("chatcmpl-{message_id}")
}

/// One event of a streamed answer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Chunk<'a> {
    /// The same for all chunks of an answer.
    pub id: &'a str,
    /// Always `chat.completion.chunk`.
    pub object: &'static str,
    /// The same for all chunks of an answer.
    pub created: i64,
    /// The same for all chunks of an answer.
    pub model: &'a str,
    /// One, or none in the chunk that carries the usage.
    pub choices: Vec<DeltaChoice<'a>>,
    /// Absent unless asked for; null in all chunks but the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Usage>)]
    pub usage: Option<Option<Usage>>,
    /// In the chunk that carries the finish reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub microgpt: Option<&'a Outcome>,
}

/// The one choice of a chunk.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeltaChoice<'a> {
    /// Always 0.
    pub index: u32,
    /// What is added to the answer.
    pub delta: Delta<'a>,
    /// Always null.
    #[schema(value_type = Option<Object>, required)]
    pub logprobs: (),
    /// Null until the answer ends.
    #[schema(required)]
    pub finish_reason: Option<FinishReason>,
}

/// What a chunk adds to the answer.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Delta<'a> {
    /// In the first chunk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<&'static str>,
    /// More text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<&'a str>,
}

/// A list of models.
#[derive(Debug, Serialize, ToSchema)]
pub struct ModelList {
    /// Always `list`.
    pub object: &'static str,
    /// The models.
    pub data: Vec<Model>,
}

/// A name that a request may ask for as `model`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Model {
    /// The name.
    pub id: String,
    /// Always `model`.
    pub object: &'static str,
    /// When it came to be, in seconds since 1970.
    pub created: i64,
    /// Who it belongs to.
    pub owned_by: String,
}

/// Vectors of texts, in the order of the texts.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmbeddingList {
    /// Always `list`.
    pub object: &'static str,
    /// One a text.
    pub data: Vec<Embedding>,
    /// The encoder.
    pub model: String,
    /// Tokens read.
    pub usage: EmbeddingUsage,
}

/// The vector of one text.
#[derive(Debug, Serialize, ToSchema)]
pub struct Embedding {
    /// Always `embedding`.
    pub object: &'static str,
    /// The place of the text in the request.
    pub index: usize,
    /// The vector, of length 1.
    pub embedding: Vector,
}

/// A vector as the client asked for it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum Vector {
    /// Numbers.
    Float(Vec<f32>),
    /// Base64 of little-endian single-precision numbers.
    Base64(String),
}

/// Tokens read to embed texts.
#[derive(Debug, Serialize, ToSchema)]
pub struct EmbeddingUsage {
    /// Tokens read.
    pub prompt_tokens: u32,
    /// The same.
    pub total_tokens: u32,
}
