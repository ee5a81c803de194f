//! Texts to vectors, by the encoder of FAQ entries and that of passages; by one where both are the same.

use crate::{
    engine::{Encoder, EngineError, Priority},
    knowledge::{IngestPlan, PerKind},
};

/// Texts between two steps of the progress bar.
const BATCH: usize = 64;

/// A question's vectors; none where an encoder failed, which is logged.
pub(super) type QuestionVectors = PerKind<Option<Vec<f32>>>;

/// The vectors of a question.
///
/// # Errors
/// [`EngineError::Overloaded`].
pub(super) async fn of_question(
    encoders: &PerKind<Encoder>,
    question: &str,
) -> Result<QuestionVectors, EngineError> {
    let PerKind { faq, passages } = encoders;
    if faq.fingerprint() == passages.fingerprint() {
        return Ok(PerKind::same(of_text(passages, question).await?));
    }
    let (faq, passages) = tokio::join!(of_text(faq, question), of_text(passages, question));
    Ok(PerKind {
        faq: faq?,
        passages: passages?,
    })
}

async fn of_text(encoder: &Encoder, text: &str) -> Result<Option<Vec<f32>>, EngineError> {
    match encoder.embed(vec![text.to_owned()], Priority::Query).await {
        Ok(mut vectors) => Ok(vectors.pop()),
        Err(error @ EngineError::Overloaded) => Err(error),
        Err(error) => {
            tracing::error!(%error, "the encoder failed; searching by words alone");
            Ok(None)
        }
    }
}

/// The vectors that `plan` needs; `progress` hears of (done, all) texts.
///
/// # Errors
/// What the encoders say.
pub(super) async fn of_plan(
    encoders: &PerKind<Encoder>,
    plan: &IngestPlan,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<PerKind<Vec<Vec<f32>>>, EngineError> {
    let texts = plan.texts_to_embed();
    let all = texts.faq.len() + texts.passages.len();
    let faq = of_texts(&encoders.faq, &texts.faq, &|done| progress(done, all)).await?;
    let before = faq.len();
    let progress = |done| progress(before + done, all);
    let passages = of_texts(&encoders.passages, &texts.passages, &progress).await?;
    Ok(PerKind { faq, passages })
}

async fn of_texts(
    encoder: &Encoder,
    texts: &[String],
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Vec<Vec<f32>>, EngineError> {
    let mut vectors = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        progress(vectors.len());
        vectors.extend(encoder.embed(batch.to_vec(), Priority::Bulk).await?);
    }
    progress(texts.len());
    Ok(vectors)
}
