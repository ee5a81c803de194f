//! The large-model APIs, and what is said when there is none to ask.

use jiff::{Timestamp, tz::TimeZone};

use crate::{
    chat::{Message, ModelEvent, Role, Route, Source},
    upstream::{ChatRequest, Reply, UpstreamError},
};

use super::super::{
    desk::{Byline, Desk, Draft},
    estimate, history,
    turn::{Target, TurnError},
};
use super::TEMPLATE;

/// Asks the upstreams in their order, or only the one named; a failure before the first word shown
/// ends in a degraded answer, one after it in an error.
pub(in super::super) async fn escalate(
    desk: &mut Desk,
    only: Option<&str>,
    evidence: Vec<Source>,
) -> Result<Draft, TurnError> {
    if desk.timings.route <= 0.0 {
        desk.timings.route = desk.elapsed_ms();
    }
    if let Some(spent) = budget_spent(desk).await? {
        return degraded(desk, &spent, evidence);
    }
    let messages = with_evidence(desk, &evidence)?;
    let request = ChatRequest {
        messages: &messages,
        sampling: &desk.request.sampling,
        only,
    };
    let reply = match desk.parts().upstreams.chat(request).await {
        Ok(reply) => reply,
        Err(error) => return unanswered(desk, &error, evidence),
    };
    match pass_on(desk, reply, evidence.clone()).await {
        Ok(draft) => Ok(draft),
        Err(error) if desk.is_shown() => Err(TurnError::Upstream(error.to_string())),
        Err(error) => unanswered(desk, &error, evidence),
    }
}

async fn pass_on(
    desk: &mut Desk,
    mut reply: Reply,
    sources: Vec<Source>,
) -> Result<Draft, UpstreamError> {
    let confidence = match desk.request.target {
        Target::Auto if desk.signals.conversation.too_hard().is_none() => {
            1.0 - local_confidence(desk)
        }
        _ => 1.0,
    };
    desk.reasons
        .push(format!("escalated to '{}'", reply.upstream));
    let mut draft = Draft {
        sources,
        byline: Byline {
            route: Route::Escalate,
            confidence,
            model: reply.model.clone(),
        },
        ..Draft::default()
    };
    while let Some(event) = reply.events.recv().await {
        match event? {
            ModelEvent::Text(text) => {
                draft.content.push_str(&text);
                if desk.request.stream {
                    desk.introduce(&draft.byline).await;
                    desk.say(text).await;
                }
            }
            ModelEvent::Done { finish, usage } => {
                draft.finish = Some(finish);
                draft.usage = usage
                    .unwrap_or_else(|| estimate::usage(&desk.request.messages, &draft.content));
                draft.cost_usd = reply.prices.cost_usd(draft.usage);
                return Ok(draft);
            }
        }
    }
    Err(UpstreamError::Closed)
}

fn local_confidence(desk: &Desk) -> f32 {
    let judges = &desk.parts().judges;
    let faq = desk
        .signals
        .faq
        .as_ref()
        .map(|faq| faq.confidence(&judges.faq));
    let passage = desk.signals.passage.as_ref();
    let passage = passage.map(|passage| judges.knowledge.probability(&passage.features()));
    faq.unwrap_or(0.0).max(passage.unwrap_or(0.0))
}

fn unanswered(
    desk: &mut Desk,
    error: &UpstreamError,
    evidence: Vec<Source>,
) -> Result<Draft, TurnError> {
    tracing::warn!(%error, "no large model answered");
    degraded(desk, &error.to_string(), evidence)
}

/// The best that can be said without a large model, labelled as such: the nearest evidence where
/// there is any, and a plain "can't answer" where there are none.
pub(in super::super) fn degraded(
    desk: &mut Desk,
    why: &str,
    evidence: Vec<Source>,
) -> Result<Draft, TurnError> {
    desk.reasons.push(format!("degraded: {why}"));
    let evidence = not_doubted(desk, evidence);
    let content = desk.parts().prompts.degraded(&desk.standalone, &evidence);
    let route = if evidence.is_empty() {
        Route::Decline
    } else {
        Route::Knowledge
    };
    Ok(Draft {
        content: content.map_err(|error| TurnError::Internal(error.to_string()))?,
        degraded: true,
        byline: Byline {
            route,
            confidence: local_confidence(desk),
            model: TEMPLATE.into(),
        },
        sources: evidence,
        ..Draft::default()
    })
}

/// Who doubts an answer is not shown what it was made of again; nobody is shown twice in a row the
/// answer of the same entry.
fn not_doubted(desk: &Desk, mut evidence: Vec<Source>) -> Vec<Source> {
    let last = history::last_answer(&desk.request.messages);
    let doubted = desk.signals.conversation.doubted.is_some();
    evidence.retain(|source| !doubted && Some(source.text.trim()) != last);
    evidence
}

/// The conversation, led by the passages that may hold the answer.
fn with_evidence(desk: &Desk, evidence: &[Source]) -> Result<Vec<Message>, TurnError> {
    let mut messages = desk.request.messages.clone();
    if evidence.is_empty() {
        return Ok(messages);
    }
    let prompt = desk.parts().prompts.escalate(evidence);
    let prompt = prompt.map_err(|error| TurnError::Internal(error.to_string()))?;
    let spoken = messages
        .iter()
        .position(|message| message.role != Role::System);
    messages.insert(spoken.unwrap_or(0), Message::new(Role::System, prompt));
    Ok(messages)
}

/// Why nothing more may be spent, if so.
async fn budget_spent(desk: &Desk) -> Result<Option<String>, TurnError> {
    let now = Timestamp::now().to_zoned_datetime(TimeZone::UTC);
    let budget = desk.parts().budget;
    let day = now.start_of_day();
    let month = now.first_of_month().and_then(|first| first.start_of_day());
    for (bound, since, period) in [
        (budget.day_usd, day, "day"),
        (budget.month_usd, month, "month"),
    ] {
        let (Some(bound), Ok(since)) = (bound, since) else {
            continue;
        };
        let spent = desk
            .parts()
            .store
            .spent_usd_since(since.timestamp().as_millisecond())
            .await?;
        if spent >= bound {
            return Ok(Some(format!(
                "the {period}'s budget of {bound} USD is spent"
            )));
        }
    }
    Ok(None)
}
