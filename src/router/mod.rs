//! Decides which tier takes a turn. Pure: it reads signals and policy, and calls nothing.
//!
//! The local tiers are judged by two small logistic models ([`confidence`]) whose coefficients are
//! fitted on labelled questions (`microgpt router fit --kb`) and versioned under `models/router/`.
//! The policy's tolerated share of wrong answers becomes a confidence by calibration on the knowledge
//! base ([`calibration`]), for passages by the risk table that was measured with their judge.

pub mod ablation;
pub mod calibration;
pub mod confidence;
pub mod conversation;
pub mod difficulty;
pub mod doubt;
mod faq;
pub mod fit;
pub mod followup;
pub mod near;
pub mod pair;
pub mod policy;
pub mod replay;
pub mod smalltalk;
pub mod trial;

use serde::{Deserialize, Serialize};

use crate::chat::Route;
pub use confidence::LocalModel;
pub use conversation::Conversation;
pub use difficulty::{Demand, Difficulty};
pub use faq::{FEATURES as FAQ_FEATURES, FaqSignals};
pub use near::{NearModel, NearSignals};
pub use policy::{Policies, Policy};
pub use smalltalk::Smalltalk;

/// The router may send this many times more wrong turns to the knowledge tier than the policy
/// tolerates, since the verdict judges every answer there before it is shown.
const VERDICT_FACTOR: f32 = 5.0;
/// But no more of all turns there than this, unless the policy itself does.
const MOST_UNVERIFIED: f32 = 0.5;

/// From here on question and entry have the same content words, neither one more.
const SAME_WORDS: f32 = 0.999;

/// What was measured about a turn before deciding.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Signals {
    /// The whole message is a greeting, thanks or a goodbye.
    pub smalltalk: Option<Smalltalk>,
    /// The same question was answered before, with the same knowledge.
    pub repeated: bool,
    /// The question asked before that is likeliest the same.
    pub near: Option<NearSignals>,
    /// The best FAQ entry.
    pub faq: Option<FaqSignals>,
    /// The best passage.
    pub passage: Option<PassageSignals>,
    /// How hard the request is, 0 to 1, whatever was found; at [`difficulty::HARD`] it goes up.
    #[serde(default)]
    pub difficulty: f32,
    /// What makes it hard, weightiest first.
    #[serde(default)]
    pub demands: Vec<Demand>,
    /// Words in the message.
    pub words: usize,
    /// Messages before this one.
    pub history_messages: usize,
    /// What the conversation says about the message.
    #[serde(default)]
    pub conversation: Conversation,
}

/// How the best passage fits the question. All lie in 0 to 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PassageSignals {
    /// The passage: the document's path, `#`, and its number.
    pub id: String,
    /// The collection it belongs to.
    #[serde(default)]
    pub collection: String,
    /// The document's title.
    pub title: String,
    /// BM25, normalised.
    pub lexical: f32,
    /// Cosine to the passage.
    pub cosine: f32,
    /// Share of the question's content words, weighed by rarity, that the passage holds.
    pub overlap: f32,
    /// The fused score.
    pub fused: f32,
}

/// Where a turn goes, how sure that is, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// The tier to run.
    pub route: Route,
    /// The probability that this route serves the turn, 0 to 1.
    pub confidence: f32,
    /// Why, in words.
    pub reasons: Vec<String>,
}

/// Chooses the cheapest tier that may be trusted with the turn.
#[must_use]
pub fn decide(signals: &Signals, policies: &Policies, model: &LocalModel) -> Decision {
    if let Some(kind) = signals.smalltalk {
        return decision(Route::Faq, 1.0, vec![format!("the message is only {kind}")]);
    }
    if let Some(reason) = signals.conversation.too_hard() {
        return decision(Route::Escalate, 1.0, vec![reason.into()]);
    }
    if signals.repeated {
        let reason = "the same question was answered before from the same knowledge";
        return decision(Route::Cache, 1.0, vec![reason.into()]);
    }
    let mut reasons = Vec::new();
    let hard = signals.difficulty >= difficulty::HARD;
    if hard {
        reasons.push(difficulty::reason(signals.difficulty, &signals.demands));
        let asked_word_for_word = |faq: &FaqSignals| faq.overlap >= SAME_WORDS;
        if !signals.faq.as_ref().is_some_and(asked_word_for_word) {
            return decision(Route::Escalate, signals.difficulty, reasons);
        }
        reasons.push("but it is a question of the FAQ, word for word".into());
    }
    if let Some(faq) = &signals.faq {
        let confidence = faq.confidence(&model.faq);
        let threshold = policies.collection(&faq.collection).faq_threshold;
        reasons.push(faq.describe(confidence, threshold));
        if signals.conversation.answer_given {
            reasons.push("its answer is the one given last".into());
        } else if confidence >= threshold {
            return decision(Route::Faq, confidence, reasons);
        }
    }
    let mut best_local: f32 = 0.0;
    if let Some(passage) = signals.passage.as_ref().filter(|_| !hard) {
        let confidence = model.knowledge.probability(&passage.features());
        let max_wrong = policies.collection(&passage.collection).max_wrong;
        let tolerated = (max_wrong * VERDICT_FACTOR).min(max_wrong.max(MOST_UNVERIFIED));
        let threshold = model.knowledge.threshold(tolerated);
        reasons.push(passage.describe(confidence, threshold));
        if confidence >= threshold {
            return decision(Route::Knowledge, confidence, reasons);
        }
        best_local = confidence;
    }
    reasons.push("nothing in the knowledge base answers this well enough".into());
    decision(Route::Escalate, 1.0 - best_local, reasons)
}

fn decision(route: Route, confidence: f32, reasons: Vec<String>) -> Decision {
    Decision {
        route,
        confidence,
        reasons,
    }
}

impl PassageSignals {
    /// Names of the features, in the order of the logistic model's coefficients.
    pub const FEATURES: [&str; 3] = ["lexical", "cosine", "overlap"];

    /// The features of the logistic model.
    #[must_use]
    pub fn features(&self) -> Vec<f32> {
        vec![self.lexical, self.cosine, self.overlap]
    }

    fn describe(&self, confidence: f32, threshold: f32) -> String {
        format!(
            "passage of '{}' {confidence:.2} ({} {threshold:.2})",
            self.title,
            compared(confidence, threshold),
        )
    }
}

fn compared(confidence: f32, threshold: f32) -> &'static str {
    if confidence >= threshold {
        "at or above"
    } else {
        "below"
    }
}

#[cfg(test)]
mod tests;
