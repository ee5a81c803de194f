//! The plain data of the domain: what a turn, a decision, a source and an answer are.
//!
//! No I/O and no behaviour beyond naming and conversion, so every other room may import this one.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Who wrote a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Instructions of the caller.
    System,
    /// The person asking.
    User,
    /// What was answered.
    Assistant,
}

impl Role {
    /// The name used in JSON, in prompts and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Who wrote it.
    pub role: Role,
    /// Its text.
    pub content: String,
}

impl Message {
    /// A message of `role`.
    pub fn new(role: Role, content: impl Into<String>) -> Self {
        Self {
            role,
            content: content.into(),
        }
    }
}

/// Which tier answered, or what else was done with the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Route {
    /// An answer given before to the same question.
    Cache,
    /// A curated answer, word for word.
    Faq,
    /// The local model over retrieved passages.
    Knowledge,
    /// A large-model API.
    Escalate,
    /// A command that was carried out.
    Action,
    /// Passed on to a person.
    Handoff,
    /// Not answered, and said so.
    Decline,
}

impl Route {
    const ALL: [Self; 7] = [
        Self::Cache,
        Self::Faq,
        Self::Knowledge,
        Self::Escalate,
        Self::Action,
        Self::Handoff,
        Self::Decline,
    ];

    /// The route of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|route| route.as_str() == name)
    }

    /// The name used in JSON, headers, metrics and the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cache => "cache",
            Self::Faq => "faq",
            Self::Knowledge => "knowledge",
            Self::Escalate => "escalate",
            Self::Action => "action",
            Self::Handoff => "handoff",
            Self::Decline => "decline",
        }
    }
}

/// What a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SourceKind {
    /// A curated question with its approved answer.
    Faq,
    /// A passage of a document.
    Document,
}

/// Evidence: an FAQ entry or a passage that an answer rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// The entry's id, or `path#n` for the n-th passage of a document.
    pub id: String,
    /// FAQ entry or document passage.
    pub kind: SourceKind,
    /// The entry's question, or the document's title and headings.
    pub title: String,
    /// Where a person can read it, if the file says so.
    pub url: Option<String>,
    /// The file's path under the knowledge folder.
    pub source: String,
    /// The page it begins on, from 1, where the file has pages (PDF).
    #[serde(default)]
    pub page: Option<u32>,
    /// How well it fits the query, 0 to 1.
    pub score: f32,
    /// The answer or the passage.
    pub text: String,
}

/// A question that the knowledge base answers, to begin with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Suggestion {
    /// The entry's id.
    pub id: String,
    /// The question.
    pub question: String,
    /// The collection it belongs to.
    pub collection: String,
}

/// A source with what stands around it: the whole document, or the FAQ entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceDocument {
    /// The id that was asked for.
    pub id: String,
    /// FAQ entry or document.
    pub kind: SourceKind,
    /// The entry's question, or the document's title.
    pub title: String,
    /// Where a person can read it, if the file says so.
    pub url: Option<String>,
    /// The file's path under the knowledge folder.
    pub source: String,
    /// The collection it belongs to.
    pub collection: String,
    /// In reading order; of an entry, its answer.
    pub passages: Vec<SourcePassage>,
}

/// A passage as it stands in its document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourcePassage {
    /// As in the sources of answers.
    pub id: String,
    /// The headings it stands under, outermost first, without the document's title.
    pub headings: Vec<String>,
    /// The page it begins on, from 1, where the file has pages.
    pub page: Option<u32>,
    /// The text.
    pub text: String,
    /// True for the one that was asked for.
    pub cited: bool,
}

/// How to sample from a model. Absent fields take the answering tier's defaults.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Sampling {
    /// 0 to 2; 0 is greedy.
    pub temperature: Option<f32>,
    /// 0 to 1; the nucleus.
    pub top_p: Option<f32>,
    /// The most tokens to generate.
    pub max_tokens: Option<u32>,
    /// Texts that end the answer; at most four.
    #[serde(default)]
    pub stop: Vec<String>,
    /// For repeatable sampling.
    pub seed: Option<u32>,
}

impl Sampling {
    /// Chance was asked for, so that the same question may get another answer.
    #[must_use]
    pub fn is_random(&self) -> bool {
        self.temperature
            .is_some_and(|temperature| temperature > 0.0)
    }
}

/// Why a model stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FinishReason {
    /// It was done, or met a stop text.
    Stop,
    /// It met `max_tokens` or the end of its context.
    Length,
}

impl FinishReason {
    /// The name used in JSON and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
        }
    }
}

/// Tokens read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt_tokens: u32,
    /// Tokens generated.
    pub completion_tokens: u32,
    /// Their sum.
    pub total_tokens: u32,
}

impl Usage {
    /// Usage of `prompt_tokens` read and `completion_tokens` written.
    #[must_use]
    pub fn new(prompt_tokens: u32, completion_tokens: u32) -> Self {
        Self {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens + completion_tokens,
        }
    }
}

/// What arrives from a model while it writes, whichever model it is.
#[derive(Clone, Debug, PartialEq)]
pub enum ModelEvent {
    /// More text; always whole characters.
    Text(String),
    /// The end.
    Done {
        /// Why it stopped.
        finish: FinishReason,
        /// What it read and wrote, if known.
        usage: Option<Usage>,
    },
}

/// Where the time of a turn went, in milliseconds from the request's arrival.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Timings {
    /// Until the route was decided.
    pub route: f64,
    /// Until the first byte of the answer could be shown.
    pub first_token: f64,
    /// Until the answer was whole and recorded.
    pub total: f64,
}

/// The `microgpt` object: what happened to a turn, and on what evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Outcome {
    /// Which tier answered.
    pub route: Route,
    /// How sure the router was that this route serves the turn, 0 to 1.
    pub confidence: f32,
    /// Why, in words, in the order things happened.
    pub reasons: Vec<String>,
    /// The evidence of the answer; empty where a model answered without any.
    pub sources: Vec<Source>,
    /// The model or tier that wrote the answer.
    pub model: String,
    /// True where a better tier was wanted but could not be had.
    pub degraded: bool,
    /// True where the answer was given before and repeated.
    pub cached: bool,
    /// What the large model cost, in US dollars.
    pub cost_usd: f64,
    /// What the first upstream would have cost for this answer, if it was not asked.
    pub saved_usd: f64,
    /// The conversation that the turn belongs to.
    pub conversation_id: String,
    /// The answer's id; feedback is given on it.
    pub message_id: String,
    /// Where the time went.
    pub timings_ms: Timings,
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The text as shown.
    pub content: String,
    /// Why it ended.
    pub finish: FinishReason,
    /// Tokens read and written by whichever model wrote it; 0 where none did.
    pub usage: Usage,
    /// What happened.
    pub outcome: Outcome,
}
