//! The handle of the encoder: texts → vectors of unit length.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::arbiter::Arbiter;
use super::embedder::{Embedder, Weights};
use super::embedding::{BATCH_TEXTS, Queries, Queue, Text, run_bulk};
use super::error::EngineError;

/// How to run the encoder.
#[derive(Clone, Debug)]
pub struct EncoderOptions {
    /// The GGUF file.
    pub model: PathBuf,
    /// Threads for bulk texts, and for a query while nothing else computes; 0: one per core. Other
    /// queries are computed with one.
    pub threads: usize,
    /// Query texts that may wait; at least 1.
    pub queue: usize,
}

/// Who waits for an embedding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Priority {
    /// A person: never waits for bulk texts or the generator; refused when the queue is full.
    Query,
    /// An index: waits for its turn.
    Bulk,
}

/// A handle of the local model that embeds. Clones share it; when all are dropped, its threads end.
#[derive(Clone)]
pub struct Encoder {
    queries: mpsc::Sender<Text>,
    bulk: mpsc::Sender<Text>,
    shared: Arc<Shared>,
}

struct Shared {
    weights: Weights,
    fingerprint: String,
}

impl Encoder {
    /// Loads the model on threads of its own and returns when it can embed.
    ///
    /// # Errors
    /// [`EngineError::Load`] or [`EngineError::Unsuitable`], with the path and the reason.
    pub async fn start(options: EncoderOptions, arbiter: Arbiter) -> Result<Self, EngineError> {
        let (queries, query_texts) = mpsc::channel(options.queue.max(1));
        let (bulk, bulk_texts) = mpsc::channel(BATCH_TEXTS);
        let (ready, started) = oneshot::channel();
        thread::Builder::new()
            .name("encoder".to_owned())
            .spawn(move || serve(&options, [query_texts, bulk_texts], &arbiter, ready))
            .map_err(|error| EngineError::Thread(error.to_string()))?;
        let shared = started.await.map_err(|_| EngineError::Stopped)??;
        Ok(Self {
            queries,
            bulk,
            shared,
        })
    }

    /// Embeds `texts`: one vector each, in their order, of length 1; a blank text's is all zeros,
    /// like nothing. What is beyond 512 tokens of a text is not looked at. Dropping the future
    /// drops the work.
    ///
    /// # Errors
    /// [`EngineError::Overloaded`] for queries when the queue is full, [`EngineError::Decode`],
    /// [`EngineError::Stopped`].
    pub async fn embed(
        &self,
        texts: Vec<String>,
        priority: Priority,
    ) -> Result<Vec<Vec<f32>>, EngineError> {
        let mut answers = Vec::with_capacity(texts.len());
        for text in &texts {
            let (text, answer) = Text::new(self.tokenize(text));
            match priority {
                Priority::Query => self.queries.try_send(text).map_err(|error| match error {
                    TrySendError::Full(_) => EngineError::Overloaded,
                    TrySendError::Closed(_) => EngineError::Stopped,
                })?,
                Priority::Bulk => {
                    self.bulk
                        .send(text)
                        .await
                        .map_err(|_| EngineError::Stopped)?;
                }
            }
            answers.push(answer);
        }
        let mut vectors = Vec::with_capacity(texts.len());
        for answer in answers {
            vectors.push(answer.await.map_err(|_| EngineError::Stopped)??);
        }
        Ok(vectors)
    }

    /// How long the vectors are.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.shared.weights.dimensions()
    }

    /// Tokens of a text, with those that mark its start and end; not cut.
    #[must_use]
    pub fn count_tokens(&self, text: &str) -> usize {
        self.shared.weights.tokenize(text).len()
    }

    /// What identifies the encoder: vectors of different fingerprints can't be compared.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.shared.fingerprint.clone()
    }

    fn tokenize(&self, text: &str) -> Vec<i32> {
        if text.trim().is_empty() {
            return Vec::new();
        }
        let weights = &self.shared.weights;
        cut(weights.tokenize(text), weights.most_tokens())
    }
}

/// At most `limit` tokens, the last one (the end mark) kept.
fn cut(mut tokens: Vec<i32>, limit: usize) -> Vec<i32> {
    if tokens.len() > limit {
        tokens.drain(limit - 1..tokens.len() - 1);
    }
    tokens
}

/// More threads for queries than this would leave nothing to whoever generates.
const MOST_QUERY_THREADS: usize = 2;

/// The encoder's first thread, which becomes the one for bulk texts and starts those for queries.
/// They own the contexts, which borrow the model.
fn serve(
    options: &EncoderOptions,
    [queries, bulk_texts]: [mpsc::Receiver<Text>; 2],
    arbiter: &Arbiter,
    ready: oneshot::Sender<Result<Arc<Shared>, EngineError>>,
) {
    let shared = match load(&options.model, options.threads) {
        Ok(shared) => Arc::new(shared),
        Err(error) => return drop(ready.send(Err(error))),
    };
    let (queries, own, bulk) = match make(&shared.weights, options.threads, queries, arbiter) {
        Ok(made) => made,
        Err(error) => return drop(ready.send(Err(error))),
    };
    if ready.send(Ok(Arc::clone(&shared))).is_err() {
        return;
    }
    thread::scope(|scope| {
        for embedder in own {
            let queries = &queries;
            scope.spawn(move || queries.run(embedder));
        }
        run_bulk(bulk, Queue::new(bulk_texts), arbiter);
    });
}

/// What the queries' threads share, the embedder of each, and that for bulk texts.
fn make<'model>(
    weights: &'model Weights,
    threads: usize,
    queries: mpsc::Receiver<Text>,
    arbiter: &Arbiter,
) -> Result<(Queries<'model>, Vec<Embedder<'model>>, Embedder<'model>), EngineError> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let own = (0..cores.min(MOST_QUERY_THREADS)).map(|_| Embedder::alone(weights));
    let own = own.collect::<Result<_, _>>()?;
    let queries = Queries::new(weights, threads, Queue::new(queries), arbiter.clone())?;
    Ok((queries, own, Embedder::together(weights, threads)?))
}

fn load(path: &Path, threads: usize) -> Result<Shared, EngineError> {
    let weights = Weights::load(path, threads)?;
    let fingerprint = fingerprint(path).map_err(|error| EngineError::Load {
        path: path.to_owned(),
        reason: error.to_string(),
    })?;
    Ok(Shared {
        weights,
        fingerprint,
    })
}

/// Name, size and the hash of the whole file: formats of one model differ only in their weights.
fn fingerprint(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        bytes += read;
    }
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let digest = hash.finalize();
    let short = digest
        .iter()
        .take(8)
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    Ok(format!("{name}:{bytes}:{short:016x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_is_cut_before_its_end_mark() {
        assert_eq!(cut(vec![101, 1, 2, 3, 102], 3), [101, 1, 102]);
        assert_eq!(cut(vec![101, 1, 102], 3), [101, 1, 102]);
    }

    #[test]
    fn another_content_makes_another_fingerprint() -> io::Result<()> {
        let file = tempfile::NamedTempFile::new()?;
        std::fs::write(file.path(), b"one")?;
        let first = fingerprint(file.path())?;
        assert_eq!(first, fingerprint(file.path())?);
        std::fs::write(file.path(), b"two")?;
        assert_ne!(first, fingerprint(file.path())?);
        Ok(())
    }
}
