//! The end of a turn: it is kept, counted and told.

use std::sync::Arc;

use metrics::{counter, histogram};

use crate::{
    chat::{Answer, FinishReason, Outcome, Usage},
    router::replay::Recorded,
    store::TurnRecord,
};

use super::{
    desk::{Desk, Draft},
    estimate, near,
    turn::{Target, TurnEvent},
};

/// Shows what is not yet shown, records the turn, and only then tells that it is done: what was
/// acknowledged is durable.
pub(super) async fn finish(mut desk: Desk, draft: Draft) {
    if !desk.is_shown() {
        desk.introduce(&draft.byline).await;
        desk.say(draft.content.clone()).await;
    }
    let key = may_be_repeated(&desk, &draft).then(|| desk.cache_key());
    let saved_usd = draft.saved_usd.unwrap_or_else(|| saved_usd(&desk, &draft));
    desk.timings.total = desk.elapsed_ms();
    let outcome = Outcome {
        route: draft.byline.route,
        confidence: draft.byline.confidence,
        reasons: std::mem::take(&mut desk.reasons),
        sources: draft.sources,
        model: draft.byline.model,
        degraded: draft.degraded,
        cached: draft.cached,
        cost_usd: draft.cost_usd,
        saved_usd,
        conversation_id: desk.conversation_id.clone(),
        message_id: desk.message_id.clone(),
        timings_ms: desk.timings,
    };
    let mut answer = Answer {
        content: draft.content,
        finish: draft.finish.unwrap_or(FinishReason::Stop),
        usage: draft.usage,
        outcome,
    };
    if let Err(error) = desk.parts().store.record(row(&desk, &answer)).await {
        tracing::error!(%error, "the turn could not be recorded");
        counter!("microgpt_turns_unrecorded_total").increment(1);
        answer
            .outcome
            .reasons
            .push("this turn could not be recorded".into());
    }
    let asked = &desk.request.messages;
    let made = &answer.outcome;
    desk.house
        .given
        .keep(desk.parts(), asked, &answer.content, made);
    count(&answer);
    if let Some(key) = key {
        let answer = Arc::new(answer.clone());
        near::keep(&desk, &answer);
        desk.house.cache.insert(key, answer);
    }
    desk.send(TurnEvent::Done(Box::new(answer))).await;
}

fn row(desk: &Desk, answer: &Answer) -> TurnRecord {
    TurnRecord {
        conversation_id: desk.conversation_id.clone(),
        request_id: desk.request.request_id.clone(),
        user_message_id: uuid::Uuid::now_v7().to_string(),
        question: Some(desk.question.clone()),
        answer: answer.content.clone(),
        outcome: answer.outcome.clone(),
        usage: (answer.usage != Usage::default()).then_some(answer.usage),
        signals: serde_json::json!(Recorded {
            signals: desk.signals.clone(),
            decided: desk.decided,
        }),
        consented: desk.parts().consent.is_given(desk.request.training),
    }
}

/// A fresh, undegraded answer of the cascade to a question asked without randomness.
fn may_be_repeated(desk: &Desk, draft: &Draft) -> bool {
    let asked_of_the_cascade = desk.request.target == Target::Auto;
    asked_of_the_cascade
        && !desk.request.no_store
        && !desk.request.sampling.is_random()
        && !draft.degraded
        && !draft.cached
        && desk.signals.smalltalk.is_none()
}

/// What the first upstream would have cost for this question and answer.
fn saved_usd(desk: &Desk, draft: &Draft) -> f64 {
    if draft.cost_usd > 0.0 || draft.degraded {
        return 0.0;
    }
    let usage = estimate::usage(&desk.request.messages, &draft.content);
    let first = desk.parts().upstreams.first();
    first.map_or(0.0, |upstream| upstream.prices().cost_usd(usage))
}

fn count(answer: &Answer) {
    let outcome = &answer.outcome;
    let route = outcome.route.as_str();
    let degraded = if outcome.degraded { "true" } else { "false" };
    counter!("microgpt_turns_total", "route" => route, "degraded" => degraded).increment(1);
    histogram!("microgpt_turn_duration_seconds", "route" => route)
        .record(outcome.timings_ms.total / 1e3);
    let tokens = [
        ("input", answer.usage.prompt_tokens),
        ("output", answer.usage.completion_tokens),
    ];
    for (kind, tokens) in tokens {
        if tokens > 0 {
            let model = outcome.model.clone();
            histogram!("gen_ai_client_token_usage", "gen_ai_token_type" => kind, "gen_ai_request_model" => model)
                .record(f64::from(tokens));
        }
    }
    metrics::gauge!("microgpt_cost_usd").increment(outcome.cost_usd);
    metrics::gauge!("microgpt_saved_usd").increment(outcome.saved_usd);
    tracing::debug!(
        route,
        confidence = outcome.confidence,
        degraded = outcome.degraded,
        total_ms = outcome.timings_ms.total,
        conversation_id = outcome.conversation_id,
        "answered"
    );
}
