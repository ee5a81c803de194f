//! The handle of the generator: refuses at the door, makes prompts, hands out events.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use llama_cpp_2::model::{LlamaChatTemplate, LlamaModel};
use llama_cpp_2::token::logit_bias::LlamaLogitBias;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::arbiter::Arbiter;
use super::backend::{self, Part, Role};
use super::error::EngineError;
use super::prompt;
use super::sampling::{self, DEFAULT_MAX_TOKENS};
use super::stops::Stops;
use super::task::{Event, Task, Terms};
use super::worker::{Size, Worker};
use crate::chat::{Message, Sampling};

/// Tokens in the cache of all slots together, where one slot's context isn't longer. Eight answers
/// over a few passages fit; for the default model it is 90 MiB.
const POOL_CELLS: u32 = 4096;

/// How to run the generator.
#[derive(Clone, Debug)]
pub struct GeneratorOptions {
    /// The GGUF file.
    pub model: PathBuf,
    /// The name of a chat template family that llama.cpp knows; absent: the model file's own.
    pub template: Option<String>,
    /// Answers written at once, at least 1.
    pub slots: usize,
    /// The longest prompt and answer together; cut to what the model was trained on.
    pub context_tokens: u32,
    /// Threads for computing; 0: one per core.
    pub threads: usize,
    /// Jobs that may wait for a slot; at least 1.
    pub queue: usize,
    /// A text, and what is added to the logit of its first token wherever one is chosen.
    pub token_bias: Option<(String, f32)>,
}

/// What to write an answer to, and how.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The conversation, the last message being the one to answer.
    pub messages: Vec<Message>,
    /// How to choose tokens; absent values mean greedy and at most 256 tokens.
    pub sampling: Sampling,
    /// Above 1: makes tokens less likely that the answer has already; 1.1 is light.
    pub repetition_penalty: Option<f32>,
    /// Text that the answer is made to begin with. It counts as prompt and is not sent as an event.
    pub answer_start: Option<String>,
}

/// A handle of the local model that writes. Clones share it; when all are dropped, its thread
/// ends after the answers in work.
#[derive(Clone)]
pub struct Generator {
    jobs: mpsc::Sender<Task>,
    shared: Arc<Shared>,
}

struct Shared {
    model: LlamaModel,
    template: LlamaChatTemplate,
    name: String,
    context_tokens: u32,
    token_bias: Option<LlamaLogitBias>,
}

impl Generator {
    /// Loads the model on a thread of its own and returns when it can write.
    ///
    /// # Errors
    /// [`EngineError::Load`], [`EngineError::Unsuitable`] or [`EngineError::Template`], with the
    /// path and the reason.
    pub async fn start(options: GeneratorOptions, arbiter: Arbiter) -> Result<Self, EngineError> {
        let (jobs, receiver) = mpsc::channel(options.queue.max(1));
        let (ready, started) = oneshot::channel();
        thread::Builder::new()
            .name("generator".to_owned())
            .spawn(move || serve(&options, receiver, arbiter, ready))
            .map_err(|error| EngineError::Thread(error.to_string()))?;
        let shared = started.await.map_err(|_| EngineError::Stopped)??;
        Ok(Self { jobs, shared })
    }

    /// The model's file name without its ending.
    #[must_use]
    pub fn model_name(&self) -> &str {
        &self.shared.name
    }

    /// The longest prompt and answer together.
    #[must_use]
    pub fn context_tokens(&self) -> u32 {
        self.shared.context_tokens
    }

    /// Tokens of a plain text.
    #[must_use]
    pub fn count_tokens(&self, text: &str) -> usize {
        let vocabulary = self.shared.model.vocab();
        vocabulary.tokenize(text.as_bytes(), false, false).len()
    }

    /// Tokens of a whole prompt, markup included.
    ///
    /// # Errors
    /// [`EngineError::EmptyPrompt`], [`EngineError::Template`].
    pub fn count_prompt_tokens(&self, messages: &[Message]) -> Result<usize, EngineError> {
        let Shared {
            model, template, ..
        } = &*self.shared;
        Ok(prompt::tokenize(model, template, messages, "")?
            .tokens
            .len())
    }

    /// Asks for an answer. Its text comes in pieces of whole characters, then one `Done`; or an
    /// error, which is the last event. Dropping the receiver cancels the answer. Costly enough
    /// (tokenization) to be felt with prompts of megabytes, but never waits.
    ///
    /// # Errors
    /// [`EngineError::Overloaded`] when the queue is full, [`EngineError::PromptTooLong`],
    /// [`EngineError::EmptyPrompt`], [`EngineError::Template`], [`EngineError::Stopped`].
    pub fn try_generate(&self, request: &Request) -> Result<mpsc::Receiver<Event>, EngineError> {
        let seat = self.jobs.try_reserve().map_err(|error| match error {
            TrySendError::Full(()) => EngineError::Overloaded,
            TrySendError::Closed(()) => EngineError::Stopped,
        })?;
        let Shared {
            model,
            template,
            context_tokens,
            ..
        } = &*self.shared;
        let answer_start = request.answer_start.as_deref().unwrap_or_default();
        let prompt = prompt::tokenize(model, template, &request.messages, answer_start)?;

        // The last token of an answer is sampled but never computed.
        let limit = *context_tokens as usize;
        let tokens = prompt.tokens.len();
        if tokens > limit {
            return Err(EngineError::PromptTooLong { tokens, limit });
        }
        let wanted = request.sampling.max_tokens.unwrap_or(DEFAULT_MAX_TOKENS);
        let terms = Terms {
            max_tokens: (wanted.max(1) as usize).min(limit + 1 - tokens),
            sampler: sampling::sampler(
                &request.sampling,
                request.repetition_penalty,
                self.shared.token_bias.as_ref(),
                model.n_vocab(),
            ),
            stops: Stops::new(&request.sampling.stop),
        };
        let (task, events) = Task::new(prompt, terms);
        seat.send(task);
        Ok(events)
    }
}

/// The generator's thread: owns the context, which borrows the model.
fn serve(
    options: &GeneratorOptions,
    jobs: mpsc::Receiver<Task>,
    arbiter: Arbiter,
    ready: oneshot::Sender<Result<Arc<Shared>, EngineError>>,
) {
    let shared = match load(options) {
        Ok(shared) => Arc::new(shared),
        Err(error) => return drop(ready.send(Err(error))),
    };
    let size = Size {
        slots: options.slots.max(1),
        cells: POOL_CELLS.max(shared.context_tokens),
        threads: options.threads,
    };
    match Worker::new(&shared.model, size, jobs, arbiter) {
        Err(error) => drop(ready.send(Err(error))),
        Ok(worker) => {
            if ready.send(Ok(Arc::clone(&shared))).is_ok() {
                worker.run();
            }
        }
    }
}

fn load(options: &GeneratorOptions) -> Result<Shared, EngineError> {
    let model = backend::load(&options.model, Role::Generator, Part::Whole)?;
    let name = options
        .model
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let token_bias = options.token_bias.as_ref().and_then(|(text, bias)| {
        let tokens = prompt::plain(&model, text);
        Some(LlamaLogitBias::new(*tokens.first()?, *bias))
    });
    Ok(Shared {
        token_bias,
        template: prompt::template(&model, options.template.as_deref())?,
        context_tokens: options.context_tokens.clamp(1, model.n_ctx_train()),
        name,
        model,
    })
}
