//! Brings the index up to date: knowledge says which texts are new, the engine makes their
//! vectors, knowledge swaps the new index in.

use crate::{
    engine::{Encoder, EngineError, Priority},
    knowledge::{IngestReport, Knowledge, KnowledgeError},
};

/// Texts between two steps of the progress bar.
const BATCH: usize = 64;

/// Why the index is as it was.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The folder or the index.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// The encoder.
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
    encoder: &Encoder,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<IngestReport, IngestError> {
    let (planner, counter) = (knowledge.clone(), encoder.clone());
    let plan =
        tokio::task::spawn_blocking(move || planner.plan(&|text| counter.count_tokens(text)))
            .await??;
    let texts = plan.texts_to_embed().to_vec();
    let mut vectors = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        progress(vectors.len(), texts.len());
        vectors.extend(encoder.embed(batch.to_vec(), Priority::Bulk).await?);
    }
    progress(texts.len(), texts.len());
    let builder = knowledge.clone();
    let report = tokio::task::spawn_blocking(move || builder.commit(plan, &vectors)).await??;
    Ok(report)
}
