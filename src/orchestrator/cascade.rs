//! One turn, from the first look to the last word.

use crate::{
    chat::Route,
    router::{self, smalltalk},
};

use super::{
    desk::{Desk, Draft},
    history, near, record,
    signals::{self, Found},
    tiers,
    turn::{Target, TurnError, TurnEvent},
    understanding,
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
    let repeated = (!desk.request.no_store).then(|| desk.cache_key());
    if let Some(answer) = repeated.and_then(|key| desk.house.cache.get(&key)) {
        desk.signals.repeated = true;
        desk.decided = Some(Route::Cache);
        let draft = tiers::repeat(desk, &answer);
        return Ok(draft);
    }
    desk.signals.smalltalk = smalltalk::detect(&desk.question);
    if let Some(kind) = desk.signals.smalltalk {
        desk.decided = Some(Route::Faq);
        return Ok(tiers::smalltalk(desk, kind));
    }
    let found = look(desk).await?;
    let policies = desk.house.policies();
    let decision = router::decide(&desk.signals, &policies, &desk.parts().judges);
    desk.decided = Some(decision.route);
    desk.timings.route = desk.elapsed_ms();
    desk.reasons.extend(decision.reasons.iter().cloned());
    let evidence = signals::evidence(desk.parts(), &desk.signals, &found);
    if decision.route != Route::Faq
        && let Some(draft) = near::look_up(desk, &found).await
    {
        desk.decided = Some(Route::Cache);
        return Ok(draft);
    }
    match decision.route {
        Route::Faq => Ok(tiers::faq(&decision, &found)),
        Route::Knowledge => match tiers::knowledge(desk, decision.confidence, &found).await? {
            Some(draft) if !is_last_answer(desk, &draft) => Ok(draft),
            Some(_) => {
                desk.reasons
                    .push("the local answer is the one given last".into());
                tiers::escalate(desk, None, evidence).await
            }
            None => tiers::escalate(desk, None, evidence).await,
        },
        _ => tiers::escalate(desk, None, evidence).await,
    }
}

/// Searches for what the message means; the desk keeps how it was understood.
async fn look(desk: &mut Desk) -> Result<Found, TurnError> {
    let looked = understanding::look(
        desk.parts(),
        &desk.request.messages,
        desk.last_route,
        &desk.request.collections,
    )
    .await?;
    desk.reasons.extend(looked.note);
    desk.standalone = looked.question;
    desk.signals = looked.signals;
    Ok(looked.found)
}

fn is_last_answer(desk: &Desk, draft: &Draft) -> bool {
    history::last_answer(&desk.request.messages) == Some(draft.content.trim())
}

async fn knowledge_alone(desk: &mut Desk) -> Result<Draft, TurnError> {
    let found = look(desk).await?;
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
