//! What goes into a turn and what comes out of it.

use serde::Serialize;

use crate::{
    chat::{Answer, Message, Route, Sampling, Source},
    engine::EngineError,
    router::Signals,
    store::StoreError,
};

/// Who is asked to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The cascade: the cheapest tier that may be trusted.
    Auto,
    /// The local model over passages, and nothing else.
    Knowledge,
    /// The large-model APIs, in their order.
    Escalate,
    /// The local model as it is: no retrieval, no verdict.
    Generator,
    /// One upstream by its name.
    Upstream(String),
}

/// One question, with all that came before it.
#[derive(Clone, Debug)]
pub struct TurnRequest {
    /// Oldest first; the last one is the user's.
    pub messages: Vec<Message>,
    /// Who is asked.
    pub target: Target,
    /// How to sample.
    pub sampling: Sampling,
    /// The stored conversation this belongs to. A request of a single message is answered with the
    /// stored history; one that brings its own keeps it.
    pub conversation_id: Option<String>,
    /// For logs and the store.
    pub request_id: String,
    /// The collections to search; empty: all.
    pub collections: Vec<String>,
    /// Text may be shown before the answer is whole. Where not, an upstream that breaks off can
    /// still be replaced by a degraded answer.
    pub stream: bool,
    /// What the person said to being learned from, if anything.
    pub training: Option<bool>,
    /// The answer is neither taken from a cache nor put into one.
    pub no_store: bool,
}

impl TurnRequest {
    /// Asks the cascade about these collections, with nothing else said.
    #[must_use]
    pub fn new(messages: Vec<Message>, collections: Vec<String>) -> Self {
        Self {
            messages,
            target: Target::Auto,
            sampling: Sampling::default(),
            conversation_id: None,
            request_id: String::new(),
            collections,
            stream: false,
            training: None,
            no_store: false,
        }
    }
}

/// What the asker learns, in this order: `Routed`, any number of `Text`, then `Done` or `Failed`.
/// `Failed` may come at any time.
#[derive(Clone, Debug)]
pub enum TurnEvent {
    /// The tier that will be shown is known; its text follows.
    Routed {
        /// The tier.
        route: Route,
        /// How sure the router was.
        confidence: f32,
        /// What writes the answer.
        model: String,
        /// The conversation, made if there was none.
        conversation_id: String,
        /// The answer's id.
        message_id: String,
    },
    /// More text.
    Text(String),
    /// The end; the turn is recorded.
    Done(Box<Answer>),
    /// The end, without an answer.
    Failed(TurnError),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum TurnError {
    /// The local model's queue is full.
    #[error("the local model is busy; try again in {retry_after_s} s")]
    Overloaded {
        /// When to come back.
        retry_after_s: u64,
    },
    /// Models and index are not there yet.
    #[error("still loading models and index")]
    Loading,
    /// The server is shutting down.
    #[error("shutting down")]
    Draining,
    /// The prompt doesn't fit the local model, even without its history.
    #[error("the prompt has {tokens} tokens; the local model takes {limit}")]
    PromptTooLong {
        /// Found.
        tokens: usize,
        /// Allowed.
        limit: usize,
    },
    /// An unknown model or conversation.
    #[error("{0}")]
    NotFound(String),
    /// An upstream broke off after its first words.
    #[error("the large model failed: {0}")]
    Upstream(String),
    /// The local model or the index failed.
    #[error("internal error: {0}")]
    Internal(String),
    /// The turn could not be read from or written to the store.
    #[error("the store failed: {0}")]
    Store(String),
}

/// When a busy local model is worth asking again.
const RETRY_AFTER_S: u64 = 2;

impl From<EngineError> for TurnError {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::Overloaded => Self::Overloaded {
                retry_after_s: RETRY_AFTER_S,
            },
            EngineError::PromptTooLong { tokens, limit } => Self::PromptTooLong { tokens, limit },
            other => Self::Internal(other.to_string()),
        }
    }
}

impl From<StoreError> for TurnError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

/// A decision without an answer.
#[derive(Clone, Debug, Serialize)]
pub struct Preview {
    /// The tier that would be tried first.
    pub route: Route,
    /// How sure the router is.
    pub confidence: f32,
    /// Why, in words.
    pub reasons: Vec<String>,
    /// What the search found, best first.
    pub sources: Vec<Source>,
    /// What was measured.
    pub signals: Signals,
}

/// A name that a request may ask for as `model`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ModelCard {
    /// The name.
    pub id: String,
    /// `microgpt` or `upstream`.
    pub owned_by: String,
    /// Unix seconds at which this server started to serve it.
    pub created: i64,
}
