//! The ways to answer. Each takes the desk and makes a draft of it; a tier that streams shows its
//! words itself, any other leaves that to the end of the turn.

mod generate;
mod knowledge;
mod large;
mod statement;

use crate::{
    chat::{Answer, Route},
    router::{Decision, Smalltalk},
};

use super::{
    desk::{Byline, Desk, Draft},
    signals::Found,
};
pub(super) use generate::generate;
pub(super) use knowledge::knowledge;
pub(super) use large::{degraded, escalate};

/// The name under which templates answer.
pub(super) const TEMPLATE: &str = "template";
/// The name under which curated answers stand.
pub(super) const FAQ: &str = "faq";

/// An answer given before to the same question.
pub(super) fn repeat(desk: &mut Desk, answer: &Answer) -> Draft {
    let before = &answer.outcome;
    desk.timings.route = desk.elapsed_ms();
    desk.reasons.push(format!(
        "the same question was answered before by {} (message {})",
        before.route.as_str(),
        before.message_id
    ));
    again(answer, before.confidence)
}

/// An answer given before to a question like this one.
pub(super) fn like(desk: &mut Desk, answer: &Answer) -> Draft {
    let near = desk.signals.near.as_ref();
    let confidence = near.map_or(0.0, |near| near.confidence);
    desk.timings.route = desk.elapsed_ms();
    desk.reasons.push(format!(
        "answered then by {} (message {})",
        answer.outcome.route.as_str(),
        answer.outcome.message_id
    ));
    again(answer, confidence)
}

/// What an answer cost then is what it saves now.
fn again(answer: &Answer, confidence: f32) -> Draft {
    let before = &answer.outcome;
    Draft {
        content: answer.content.clone(),
        finish: Some(answer.finish),
        sources: before.sources.clone(),
        cached: true,
        saved_usd: Some(before.cost_usd + before.saved_usd),
        byline: Byline {
            route: Route::Cache,
            confidence,
            model: before.model.clone(),
        },
        ..Draft::default()
    }
}

/// A fixed, polite answer.
pub(super) fn smalltalk(desk: &mut Desk, kind: Smalltalk) -> Draft {
    desk.timings.route = desk.elapsed_ms();
    desk.reasons.push(format!("the message is only {kind}"));
    Draft {
        content: desk.parts().prompts.smalltalk(kind),
        byline: Byline {
            route: Route::Faq,
            confidence: 1.0,
            model: TEMPLATE.into(),
        },
        ..Draft::default()
    }
}

/// The approved answer of the best entry, word for word.
pub(super) fn faq(decision: &Decision, found: &Found) -> Draft {
    let best = found.0.faq.first().map(|hit| hit.source.clone());
    Draft {
        content: best
            .as_ref()
            .map_or_else(String::new, |source| source.text.clone()),
        sources: best.into_iter().collect(),
        byline: Byline {
            route: Route::Faq,
            confidence: decision.confidence,
            model: FAQ.into(),
        },
        ..Draft::default()
    }
}
