//! One turn, from the first look to the last word.

use crate::{
    chat::Route,
    router::{self, smalltalk},
};

use super::{
    desk::{Desk, Draft},
    record, signals, tiers,
    turn::{Target, TurnError, TurnEvent},
};

/// Runs the turn and tells the asker its end.
pub(super) async fn run(mut desk: Desk) {
    let result = match desk.request.target.clone() {
        Target::Auto => cascade(&mut desk).await,
        Target::Knowledge => knowledge_alone(&mut desk).await,
        Target::Escalate => tiers::escalate(&mut desk, None, vec![]).await,
        Target::Upstream(name) => tiers::escalate(&mut desk, Some(&name), vec![]).await,
        Target::Generator => tiers::generate(&mut desk).await,
    };
    match result {
        Ok(draft) => record::finish(desk, draft).await,
        Err(error) => {
            tracing::warn!(%error, "the turn failed");
            desk.send(TurnEvent::Failed(error)).await;
        }
    }
}

async fn cascade(desk: &mut Desk) -> Result<Draft, TurnError> {
    if let Some(answer) = desk.house.cache.get(&desk.cache_key()) {
        desk.signals.repeated = true;
        let draft = tiers::repeat(desk, &answer);
        return Ok(draft);
    }
    desk.signals.smalltalk = smalltalk::detect(&desk.question);
    if let Some(kind) = desk.signals.smalltalk {
        return Ok(tiers::smalltalk(desk, kind));
    }
    let found = signals::search(desk.parts(), &desk.question, &desk.request.collections).await?;
    let gauge = desk.house.gauge();
    desk.signals = signals::measure(&desk.question, desk.request.messages.len(), &found, &gauge);
    let policy = desk.house.policy(&gauge);
    let decision = router::decide(&desk.signals, policy, &desk.parts().judges);
    desk.timings.route = desk.elapsed_ms();
    desk.reasons.extend(decision.reasons.iter().cloned());
    let evidence = signals::evidence(desk.parts(), &desk.signals, &found);
    match decision.route {
        Route::Faq => Ok(tiers::faq(&decision, &found)),
        Route::Knowledge => match tiers::knowledge(desk, decision.confidence, &found).await? {
            Some(draft) => Ok(draft),
            None => tiers::escalate(desk, None, evidence).await,
        },
        _ => tiers::escalate(desk, None, evidence).await,
    }
}

async fn knowledge_alone(desk: &mut Desk) -> Result<Draft, TurnError> {
    let found = signals::search(desk.parts(), &desk.question, &desk.request.collections).await?;
    let gauge = desk.house.gauge();
    desk.signals = signals::measure(&desk.question, desk.request.messages.len(), &found, &gauge);
    desk.timings.route = desk.elapsed_ms();
    let passage = desk.signals.passage.as_ref();
    let confidence = passage.map_or(0.0, |passage| {
        desk.parts()
            .judges
            .knowledge
            .probability(&passage.features())
    });
    let evidence = signals::evidence(desk.parts(), &desk.signals, &found);
    match tiers::knowledge(desk, confidence, &found).await? {
        Some(draft) => Ok(draft),
        None => tiers::degraded(desk, "the local answer did not hold", evidence),
    }
}
