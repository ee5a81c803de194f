//! One answer in the making: its tokens, how far they are computed, and who waits for it.
//!
//! A task knows nothing of slots: it can be put back and taken up again, at the price of
//! computing its tokens anew.

use std::time::{Duration, Instant};

use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::vocab::LlamaVocab;
use tokio::sync::mpsc;
use tracing::Span;

use super::error::EngineError;
use super::prompt::Prompt;
use super::stops::Stops;
use super::utf8::Utf8Stream;
use crate::chat::{FinishReason, ModelEvent, Usage};

/// The longest wait for a slot: whoever waited so long is told to come again, before a stream's
/// first ping would have to promise an answer.
const MOST_WAIT: Duration = Duration::from_secs(10);

/// What the receiver of an answer sees.
pub(super) type Event = Result<ModelEvent, EngineError>;

/// See the module.
pub(super) struct Task {
    /// The prompt, then the answer so far.
    pub(super) tokens: Vec<LlamaToken>,
    prompt_tokens: usize,
    /// How many tokens, from the first, other prompts are likely to have in common with this one.
    shared: usize,
    /// How many tokens have their keys and values in the task's slot.
    pub(super) computed: usize,
    /// The shared tokens are to be kept for others when exactly they are computed.
    pub(super) keeps_shared: bool,
    /// How many tokens of the answer end it.
    max_tokens: usize,
    sampler: LlamaSampler,
    characters: Utf8Stream,
    stops: Stops,
    /// Holds an event for each possible token and one for the end, so that sending never waits.
    events: mpsc::Sender<Event>,
    asked: Instant,
    span: Span,
}

/// What a task is made of, beside its prompt.
pub(super) struct Terms {
    pub(super) max_tokens: usize,
    pub(super) sampler: LlamaSampler,
    pub(super) stops: Stops,
}

impl Task {
    /// A task and the channel of its events.
    pub(super) fn new(prompt: Prompt, terms: Terms) -> (Self, mpsc::Receiver<Event>) {
        let (events, receiver) = mpsc::channel(terms.max_tokens + 2);
        let task = Self {
            prompt_tokens: prompt.tokens.len(),
            shared: prompt.shared,
            tokens: prompt.tokens,
            computed: 0,
            keeps_shared: false,
            max_tokens: terms.max_tokens,
            sampler: terms.sampler,
            characters: Utf8Stream::default(),
            stops: terms.stops,
            events,
            asked: Instant::now(),
            span: Span::current(),
        };
        (task, receiver)
    }

    /// How many tokens to compute next, at most: up to the end of the shared ones where they are
    /// to be kept, else all.
    pub(super) fn pending(&self) -> usize {
        let end = if self.keeps_shared {
            self.shared
        } else {
            self.tokens.len()
        };
        end.saturating_sub(self.computed)
    }

    /// All is computed: the next token can be chosen.
    pub(super) fn is_ready_to_sample(&self) -> bool {
        self.computed == self.tokens.len()
    }

    /// The tokens that other prompts are likely to begin with.
    pub(super) fn shared_tokens(&self) -> &[LlamaToken] {
        &self.tokens[..self.shared]
    }

    /// Nobody waits for the answer any more.
    pub(super) fn is_cancelled(&self) -> bool {
        self.events.is_closed()
    }

    /// Nothing of the answer is written, and it was asked for too long ago.
    pub(super) fn is_overdue(&self) -> bool {
        self.answer_tokens() == 0 && self.asked.elapsed() > MOST_WAIT
    }

    /// The sampler, to choose the next token with.
    pub(super) fn sampler(&mut self) -> &mut LlamaSampler {
        &mut self.sampler
    }

    /// Takes the next token of the answer and sends what text it makes whole. Returns why the
    /// answer ends, if it does.
    pub(super) fn accept(
        &mut self,
        token: LlamaToken,
        vocabulary: &LlamaVocab<'_>,
    ) -> Option<FinishReason> {
        if vocabulary.is_eog(token) {
            self.flush();
            return Some(FinishReason::Stop);
        }
        self.tokens.push(token);
        let text = self
            .characters
            .push(&vocabulary.token_to_piece(token, false, None));
        let passed = self.stops.push(&text);
        self.send_text(passed.text);
        if passed.stopped {
            return Some(FinishReason::Stop);
        }
        if self.answer_tokens() >= self.max_tokens {
            self.flush();
            return Some(FinishReason::Length);
        }
        None
    }

    /// Ends the answer.
    pub(super) fn finish(self, finish: FinishReason) {
        let usage = Usage::new(count(self.prompt_tokens), count(self.answer_tokens()));
        tracing::debug!(parent: &self.span, ?usage, finish = finish.as_str(), "answer ended");
        let _ = self.events.try_send(Ok(ModelEvent::Done {
            finish,
            usage: Some(usage),
        }));
    }

    /// Ends the answer with an error.
    pub(super) fn fail(self, error: EngineError) {
        if error == EngineError::Overloaded {
            // Whoever asked is told, and may ask again.
            tracing::debug!(parent: &self.span, %error, "answer refused");
        } else {
            tracing::warn!(parent: &self.span, %error, "answer failed");
        }
        let _ = self.events.try_send(Err(error));
    }

    fn answer_tokens(&self) -> usize {
        self.tokens.len() - self.prompt_tokens
    }

    fn flush(&mut self) {
        let cut_off = self.characters.finish();
        let passed = self.stops.push(&cut_off);
        let held = if passed.stopped {
            String::new()
        } else {
            self.stops.finish()
        };
        self.send_text(passed.text + &held);
    }

    fn send_text(&self, text: String) {
        if !text.is_empty() {
            // Fails only if the receiver is gone, which the worker sees before its next tick.
            let _ = self.events.try_send(Ok(ModelEvent::Text(text)));
        }
    }
}

fn count(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
}
