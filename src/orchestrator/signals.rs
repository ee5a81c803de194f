//! Measures a question against the knowledge base. No side effects.

use crate::{
    chat::Source,
    knowledge::{FaqHit, Query, SearchResult},
    router::{Conversation, FaqSignals, PassageSignals, Signals, smalltalk},
    text::{self, likeness},
};

use super::{
    Parts,
    turn::TurnError,
    vectors::{self, QuestionVectors},
};

/// Entries and passages that a turn looks at: enough to find the best entry with another answer.
const LOOKED_AT: usize = 8;

/// Passages that whoever answers instead is given.
const EVIDENCE_PASSAGES: usize = 3;
/// A passage below this fused score is no evidence for the question.
const EVIDENCE_SCORE: f32 = 0.45;
/// The language that the judges were fitted on.
const ENGLISH: &str = "en";
/// Forms nearer to each other than this are the same.
const SAME_FORM: f32 = 1e-3;
/// An entry at or above this confidence is likelier right than not.
const LIKELY: f32 = 0.5;

/// What the search found for a question, and the question's vectors.
pub(super) struct Found(pub(super) SearchResult, QuestionVectors);

impl Found {
    /// The question's vector among passages, where their encoder gave one.
    pub(super) fn vector(&self) -> Option<&[f32]> {
        self.1.passages.as_deref()
    }

    /// Entries and passages in one list, best first.
    pub(super) fn merged(&self, top_k: usize) -> Vec<Source> {
        let entries = self.0.faq.iter().map(|hit| &hit.source);
        let passages = self.0.passages.iter().map(|hit| &hit.source);
        let mut sources: Vec<Source> = entries.chain(passages).cloned().collect();
        sources.sort_by(|a, b| b.score.total_cmp(&a.score));
        sources.truncate(top_k);
        sources
    }
}

/// Searches as a turn does: of a long message only the gist is encoded.
pub(super) async fn search(
    parts: &Parts,
    question: &str,
    collections: &[String],
) -> Result<Found, TurnError> {
    let gist = text::gist(question);
    search_encoded(parts, question, &gist, collections, LOOKED_AT).await
}

/// Searches for the best `top_k` of each kind.
pub(super) async fn search_top(
    parts: &Parts,
    question: &str,
    collections: &[String],
    top_k: usize,
) -> Result<Found, TurnError> {
    search_encoded(parts, question, question, collections, top_k).await
}

/// Searches for the words of `question` and the meaning of `encoded`, which is its gist or itself.
async fn search_encoded(
    parts: &Parts,
    question: &str,
    encoded: &str,
    collections: &[String],
    top_k: usize,
) -> Result<Found, TurnError> {
    let vectors = vectors::of_question(&parts.encoders, encoded).await?;
    let found = parts.knowledge.search(&Query {
        text: question,
        vectors: vectors.as_ref().map(Option::as_deref),
        top_k,
        collections,
        kind: None,
        without: None,
    });
    Ok(Found(found, vectors))
}

/// The router's view of a question and of what was found for it.
pub(super) fn measure(parts: &Parts, question: &str, messages: usize, found: &Found) -> Signals {
    let assessment = parts.difficulty.assess(question);
    Signals {
        smalltalk: smalltalk::detect(question),
        repeated: false,
        near: None,
        faq: faq(question, &found.0),
        passage: passage(&found.0),
        difficulty: assessment.difficulty,
        demands: assessment.demands,
        words: question.split_whitespace().count(),
        history_messages: messages.saturating_sub(1),
        conversation: Conversation::default(),
    }
}

/// What may help whoever answers, where no local tier may be trusted: the best entry, if it is
/// likelier right than not, and the passages that are near. Best first.
pub(super) fn evidence(parts: &Parts, signals: &Signals, found: &Found) -> Vec<Source> {
    let entry = found.0.faq.first().zip(signals.faq.as_ref());
    let entry = entry.filter(|(_, faq)| faq.confidence(&parts.judges.faq) >= LIKELY);
    let passages = found.0.passages.iter();
    let near = passages.filter(|hit| hit.fused >= EVIDENCE_SCORE);
    entry
        .map(|(hit, _)| hit.source.clone())
        .into_iter()
        .chain(near.take(EVIDENCE_PASSAGES).map(|hit| hit.source.clone()))
        .collect()
}

/// How sure the better of the local judges is of what was found.
pub(super) fn local_confidence(parts: &Parts, question: &str, found: &Found) -> f32 {
    let judges = &parts.judges;
    let faq = faq(question, &found.0);
    let faq = faq.map_or(0.0, |faq| faq.confidence(&judges.faq));
    let passage = passage(&found.0);
    let passage = passage.map_or(0.0, |passage| {
        judges.knowledge.probability(&passage.features())
    });
    faq.max(passage)
}

/// How the best entry fits.
pub(super) fn faq(question: &str, found: &SearchResult) -> Option<FaqSignals> {
    let best = found.faq.first()?;
    let others = (found.faq.iter()).filter(|hit| hit.source.text != best.source.text);
    let next = others.clone().next();
    let crowding = others
        .clone()
        .map(|hit| hit.cosine_best)
        .fold(0.0, f32::max);
    let lead = others.map(|hit| lead(best, hit)).reduce(f32::min);
    Some(FaqSignals {
        id: best.source.id.clone(),
        collection: best.collection.clone(),
        lexical: best.lexical,
        cosine_question: best.cosine_question,
        cosine_answer: best.cosine_answer,
        overlap: best.overlap,
        fused: best.fused,
        margin: best.fused - next.map_or(0.0, |hit| hit.fused),
        crowding,
        // Where no other was found, the middle lies between the entry and nothing.
        lead: lead.unwrap_or(best.cosine_question),
        foreign: text::detect(question).is_some_and(|language| language != ENGLISH),
        next_id: next.map(|hit| hit.source.id.clone()),
        centred_question: best.centred_question,
        likeness: likeness::compare(question, &best.matched_form),
    })
}

/// How far the question has gone from the middle between both entries to the best one, 0 to 1.
fn lead(best: &FaqHit, other: &FaqHit) -> f32 {
    let whole = 1.0 - other.cosine_best;
    if whole < SAME_FORM {
        return 0.0;
    }
    ((best.cosine_question - other.cosine_question) / whole).clamp(0.0, 1.0)
}

fn passage(found: &SearchResult) -> Option<PassageSignals> {
    let best = found.passages.first()?;
    Some(PassageSignals {
        id: best.source.id.clone(),
        collection: best.collection.clone(),
        title: best.source.title.clone(),
        lexical: best.lexical,
        cosine: best.cosine,
        overlap: best.overlap,
        fused: best.fused,
    })
}
