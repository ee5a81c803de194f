//! Brings the index up to date: knowledge says which texts are new, the engine makes their
//! vectors, knowledge swaps the new index in.

use super::vectors;
use crate::{
    engine::{Encoder, EngineError},
    knowledge::{IngestReport, Knowledge, KnowledgeError, PerKind},
};

/// Why the index is as it was.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The folder or the index.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// An encoder.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The work was stopped midway.
    #[error("ingest was interrupted")]
    Interrupted(#[from] tokio::task::JoinError),
}

/// Ingests what changed; `progress` hears of (done, all) texts. The old index serves until the end.
///
/// # Errors
/// [`IngestError`]; the old index then still serves.
pub async fn ingest(
    knowledge: &Knowledge,
    encoders: &PerKind<Encoder>,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<IngestReport, IngestError> {
    outlive_full_files();
    let (planner, counter) = (knowledge.clone(), encoders.passages.clone());
    let plan =
        tokio::task::spawn_blocking(move || planner.plan(&|text| counter.count_tokens(text)))
            .await??;
    let vectors = vectors::of_plan(encoders, &plan, progress).await?;
    let builder = knowledge.clone();
    let report = tokio::task::spawn_blocking(move || builder.commit(plan, &vectors)).await??;
    Ok(report)
}

/// Has writing beyond the size that the system allows a file fail as a full disk does; left alone,
/// the signal that comes with it ends the process.
fn outlive_full_files() {
    #[cfg(target_os = "linux")]
    {
        const SIGXFSZ: i32 = 25;
        let kind = tokio::signal::unix::SignalKind::from_raw(SIGXFSZ);
        // Once asked for, it stays caught as long as the process lives.
        if let Err(error) = tokio::signal::unix::signal(kind) {
            tracing::debug!(%error, "a file that grows too long will end the program");
        }
    }
}
