//! One turn, from the first look to the last word.

use crate::{
    chat::{Route, Source},
    router::{self, Decision, Smalltalk, smalltalk},
};

use super::{
    desk::{Desk, Draft},
    history, near, record,
    signals::{self, Found},
    tiers,
    turn::{Preview, Target, TurnError, TurnEvent},
    understanding,
};

/// Results of a preview.
const PREVIEW_SOURCES: usize = 5;

/// What is to become of a turn.
enum Ruling {
    /// An answer that is kept is given again.
    Kept(Draft),
    /// A template will do.
    Smalltalk(Smalltalk),
    /// A tier is tried, with what was found.
    Decided(Decision, Found),
}

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

/// What would become of the turn, found out on the way that answers take.
pub(super) async fn preview(mut desk: Desk) -> Result<Preview, TurnError> {
    let (route, confidence, sources) = match rule(&mut desk).await? {
        Ruling::Kept(draft) => (draft.byline.route, draft.byline.confidence, draft.sources),
        Ruling::Smalltalk(_) => {
            let found = look(&mut desk).await?;
            told(&decide(&mut desk), &found)
        }
        Ruling::Decided(decision, found) => told(&decision, &found),
    };
    Ok(Preview {
        route,
        confidence,
        reasons: desk.reasons,
        sources,
        signals: desk.signals,
    })
}

fn told(decision: &Decision, found: &Found) -> (Route, f32, Vec<Source>) {
    let sources = found.merged(PREVIEW_SOURCES);
    (decision.route, decision.confidence, sources)
}

async fn cascade(desk: &mut Desk) -> Result<Draft, TurnError> {
    let (decision, found) = match rule(desk).await? {
        Ruling::Kept(draft) => return Ok(draft),
        Ruling::Smalltalk(kind) => return Ok(tiers::smalltalk(desk, kind)),
        Ruling::Decided(decision, found) => (decision, found),
    };
    let evidence = signals::evidence(desk.parts(), &desk.signals, &found);
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

/// Decides, and notes it on the desk; nothing is written yet.
async fn rule(desk: &mut Desk) -> Result<Ruling, TurnError> {
    let repeated = (!desk.request.no_store).then(|| desk.cache_key());
    if let Some(answer) = repeated.and_then(|key| desk.house.cache.get(&key)) {
        desk.signals.repeated = true;
        desk.decided = Some(Route::Cache);
        let draft = tiers::repeat(desk, &answer);
        return Ok(Ruling::Kept(draft));
    }
    desk.signals.smalltalk = smalltalk::detect(&desk.question);
    if let Some(kind) = desk.signals.smalltalk {
        desk.decided = Some(Route::Faq);
        return Ok(Ruling::Smalltalk(kind));
    }
    let found = look(desk).await?;
    let decision = decide(desk);
    if decision.route != Route::Faq
        && let Some(draft) = near::look_up(desk, &found).await
    {
        desk.decided = Some(Route::Cache);
        return Ok(Ruling::Kept(draft));
    }
    Ok(Ruling::Decided(decision, found))
}

fn decide(desk: &mut Desk) -> Decision {
    let policies = desk.house.policies();
    let decision = router::decide(&desk.signals, &policies, &desk.parts().judges);
    desk.decided = Some(decision.route);
    desk.timings.route = desk.elapsed_ms();
    desk.reasons.extend(decision.reasons.iter().cloned());
    decision
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
