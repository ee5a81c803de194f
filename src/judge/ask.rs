//! Puts many prompts to a generator at once, and keeps their order.

use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    chat::{Message, ModelEvent, Sampling},
    engine::{EngineError, Generator, Request},
};

use super::JudgeError;

/// Requests in flight.
pub const AT_ONCE: usize = 8;
/// How often a request that waited too long for room in the cache is made again; each time it has
/// waited ten seconds behind work that goes on.
const TRIES: usize = 100;

/// A prompt, and how long a reply may get.
pub(super) struct Prompt {
    pub(super) messages: Vec<Message>,
    pub(super) max_tokens: u32,
}

/// What became of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Text(String),
    /// It fits no context; why, in words.
    TooLong(String),
}

/// One reply for each of `prompts`, in their order; `progress` is told how many are done.
///
/// # Errors
/// [`JudgeError::Engine`] where the model fails, rather than a prompt.
pub(super) async fn all(
    generator: &Generator,
    prompts: &[Prompt],
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Reply>, JudgeError> {
    let mut done = 0;
    let replies = stream::iter(prompts)
        .map(|prompt| one(generator, prompt))
        .buffered(AT_ONCE)
        .inspect(|_| {
            done += 1;
            progress(done);
        });
    replies.try_collect().await
}

async fn one(generator: &Generator, prompt: &Prompt) -> Result<Reply, JudgeError> {
    let request = Request {
        messages: prompt.messages.clone(),
        sampling: Sampling {
            temperature: Some(0.0),
            max_tokens: Some(prompt.max_tokens),
            ..Sampling::default()
        },
        ..Request::default()
    };
    let mut outcome = Err(EngineError::Overloaded);
    for _ in 0..TRIES {
        outcome = whole(generator, &request).await;
        if !matches!(outcome, Err(EngineError::Overloaded)) {
            break;
        }
    }
    match outcome {
        Ok(text) => Ok(Reply::Text(text)),
        Err(error @ EngineError::PromptTooLong { .. }) => Ok(Reply::TooLong(error.to_string())),
        Err(error) => Err(error.into()),
    }
}

async fn whole(generator: &Generator, request: &Request) -> Result<String, EngineError> {
    let mut events = generator.try_generate(request)?;
    let mut text = String::new();
    while let Some(event) = events.recv().await {
        match event? {
            ModelEvent::Text(piece) => text.push_str(&piece),
            ModelEvent::Done { .. } => return Ok(text),
        }
    }
    Err(EngineError::Stopped)
}
