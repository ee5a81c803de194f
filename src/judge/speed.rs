//! How fast a model reads and writes when nothing else is asked of it.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::{
    chat::{Message, ModelEvent, Role, Sampling},
    engine::{EngineError, Generator, Request},
};

use super::JudgeError;

/// Prompts that are timed, one after another.
const PROMPTS: usize = 8;
/// The longest reply; what a model writes on is written at the same speed.
const MAX_TOKENS: u32 = 48;

/// Tokens a second, of one request at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Speed {
    /// Read: from the question to the first token.
    pub prefill_tokens_per_s: Option<f64>,
    /// Written: from the first token to the last.
    pub decode_tokens_per_s: Option<f64>,
}

#[derive(Default)]
struct Spent {
    tokens: u32,
    time: Duration,
}

impl Spent {
    fn add(&mut self, tokens: u32, time: Duration) {
        self.tokens += tokens;
        self.time += time;
    }

    fn per_s(&self) -> Option<f64> {
        (self.tokens > 0).then(|| f64::from(self.tokens) / self.time.as_secs_f64())
    }
}

/// Times the longest of `prompts`. They are asked as the user's message alone: a system message
/// would be known from before, and its tokens not computed.
///
/// # Errors
/// [`JudgeError::Engine`]
pub(super) async fn measure(
    generator: &Generator,
    prompts: impl Iterator<Item = &str>,
) -> Result<Speed, JudgeError> {
    let mut texts: Vec<&str> = prompts.collect();
    texts.sort_by_key(|text| std::cmp::Reverse(text.len()));
    texts.dedup();
    let (mut read, mut written) = (Spent::default(), Spent::default());
    let mut timed = 0;
    for text in texts {
        match time(generator, text, &mut read, &mut written).await {
            Ok(()) => timed += 1,
            Err(EngineError::PromptTooLong { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        if timed == PROMPTS {
            break;
        }
    }
    Ok(Speed {
        prefill_tokens_per_s: read.per_s(),
        decode_tokens_per_s: written.per_s(),
    })
}

async fn time(
    generator: &Generator,
    text: &str,
    read: &mut Spent,
    written: &mut Spent,
) -> Result<(), EngineError> {
    let request = Request {
        messages: vec![Message::new(Role::User, text)],
        sampling: Sampling {
            max_tokens: Some(MAX_TOKENS),
            ..Sampling::default()
        },
        ..Request::default()
    };
    let prompt_tokens = u32::try_from(generator.count_prompt_tokens(&request.messages)?);
    let asked = Instant::now();
    let mut events = generator.try_generate(&request)?;
    let mut first = None;
    while let Some(event) = events.recv().await {
        let event = event?;
        let first = *first.get_or_insert_with(Instant::now);
        if let ModelEvent::Done { usage, .. } = event {
            read.add(prompt_tokens.unwrap_or(u32::MAX), first - asked);
            let tokens = usage.map_or(0, |usage| usage.completion_tokens);
            written.add(tokens.saturating_sub(1), first.elapsed());
            return Ok(());
        }
    }
    Err(EngineError::Stopped)
}
