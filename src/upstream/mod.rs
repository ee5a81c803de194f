//! The large-model APIs: asked in order, in OpenAI's protocol, passed on as they arrive.
//!
//! An upstream that fails before its first token gives way to the next one; after the first token
//! a failure is the reader's to see, because what was shown can't be taken back. Dropping a
//! [`Reply`] cancels the request. Whether an upstream may be asked at all, what was spent and what
//! to answer when all fail is decided by callers.

mod answer;
mod endpoint;
mod environment;
mod error;
mod prices;
mod sse;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use tokio::sync::mpsc;

pub use self::{
    endpoint::Upstream,
    error::{Stage, UpstreamError},
    prices::Prices,
};
use crate::{
    chat::{Message, ModelEvent, Sampling},
    config,
};

/// All upstreams, in the order in which they are tried. Clones share connections.
#[derive(Clone, Debug)]
pub struct Upstreams {
    list: Arc<[Upstream]>,
}

/// What is asked of an upstream.
#[derive(Clone, Copy, Debug)]
pub struct ChatRequest<'a> {
    /// The conversation, the new message last.
    pub messages: &'a [Message],
    /// How to sample; what is absent is left to the upstream.
    pub sampling: &'a Sampling,
    /// Ask this upstream and no other.
    pub only: Option<&'a str>,
}

/// An answer that has begun.
#[derive(Debug)]
pub struct Reply {
    /// The upstream that answers.
    pub upstream: String,
    /// Its own name of its model.
    pub model: String,
    /// What it charges.
    pub prices: Prices,
    /// The answer from its first token on; it ends after `Done` or an error. Dropping it cancels
    /// the request.
    pub events: mpsc::Receiver<Result<ModelEvent, UpstreamError>>,
}

impl Upstreams {
    /// The upstreams of `configs`, with the keys that their variables hold. One without its key is
    /// kept, and says why it can't be asked.
    ///
    /// # Errors
    /// A `base_url` that is no web address, or a name that was given twice.
    pub fn new(configs: &[config::Upstream]) -> Result<Self, UpstreamError> {
        Self::with_variables(configs, |name| std::env::var(name).ok())
    }

    /// The upstream that a key in the environment implies, for when none is configured:
    /// `OPENAI_API_KEY` (with `OPENAI_BASE_URL` and `OPENAI_MODEL`), else `ANTHROPIC_API_KEY`
    /// (with `ANTHROPIC_MODEL`); empty without either.
    #[must_use]
    pub fn from_environment() -> Vec<config::Upstream> {
        environment::upstreams(|name| std::env::var(name).ok())
    }

    fn with_variables(
        configs: &[config::Upstream],
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, UpstreamError> {
        let mut list: Vec<Upstream> = Vec::with_capacity(configs.len());
        for config in configs {
            if list.iter().any(|known| known.name() == config.name) {
                return Err(UpstreamError::Unusable {
                    name: config.name.clone(),
                    message: "another upstream has this name".to_owned(),
                });
            }
            list.push(Upstream::new(config, &variable)?);
        }
        Ok(Self { list: list.into() })
    }

    /// Their names, in order.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.list.iter().map(Upstream::name).collect()
    }

    /// The upstream of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Upstream> {
        self.list.iter().find(|upstream| upstream.name() == name)
    }

    /// The one that is tried first; what it would have cost is what a local answer saves.
    #[must_use]
    pub fn first(&self) -> Option<&Upstream> {
        self.list.first()
    }

    /// True where there is none at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Asks the upstreams in order until one begins to answer. Resolves with the first token (or
    /// the end of an empty answer).
    ///
    /// # Errors
    /// Why the last of them failed; that one has no key is said only if nothing worse happened.
    pub async fn chat(&self, request: ChatRequest<'_>) -> Result<Reply, UpstreamError> {
        let mut failure = UpstreamError::NoneConfigured;
        let asked_for =
            |upstream: &&Upstream| request.only.is_none_or(|name| name == upstream.name());
        for upstream in self.list.iter().filter(asked_for) {
            match upstream.chat(request).await {
                Ok(reply) => return Ok(reply),
                Err(error) => {
                    tracing::warn!(upstream = upstream.name(), %error, "an upstream did not answer");
                    if upstream.unusable().is_none() || failure == UpstreamError::NoneConfigured {
                        failure = error;
                    }
                }
            }
        }
        Err(failure)
    }
}
