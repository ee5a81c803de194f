//! The local model as it is: asked by its own name, without retrieval, cascade or verdict.

use tokio::sync::mpsc;

use crate::{
    chat::{ModelEvent, Route},
    engine::{EngineError, Request},
};

use super::super::{
    desk::{Byline, Desk, Draft},
    history,
    turn::TurnError,
};

/// Streams the local model's words. Where the prompt is too long, the oldest turns go, and that is
/// said.
pub(in super::super) async fn generate(desk: &mut Desk) -> Result<Draft, TurnError> {
    desk.timings.route = desk.elapsed_ms();
    desk.reasons
        .push("the local model was asked for by name".into());
    let mut events = start(desk)?;
    let mut draft = Draft {
        byline: Byline {
            route: Route::Knowledge,
            confidence: 0.0,
            model: desk.parts().generator_name.clone(),
        },
        ..Draft::default()
    };
    while let Some(event) = events.recv().await {
        match event? {
            ModelEvent::Text(text) => {
                draft.content.push_str(&text);
                desk.introduce(&draft.byline).await;
                desk.say(text).await;
            }
            ModelEvent::Done { finish, usage } => {
                draft.finish = Some(finish);
                draft.usage = usage.unwrap_or_default();
                return Ok(draft);
            }
        }
    }
    Err(EngineError::Stopped.into())
}

fn start(desk: &mut Desk) -> Result<mpsc::Receiver<Result<ModelEvent, EngineError>>, TurnError> {
    let mut messages = desk.request.messages.clone();
    let mut dropped = 0;
    loop {
        let request = Request {
            messages: messages.clone(),
            sampling: desk.request.sampling.clone(),
            repetition_penalty: None,
            answer_start: None,
        };
        match desk.parts().generator.try_generate(&request) {
            Err(EngineError::PromptTooLong { .. }) if history::drop_oldest(&mut messages) => {
                dropped += 1;
            }
            Err(error) => return Err(error.into()),
            Ok(events) => {
                if dropped > 0 {
                    desk.reasons.push(format!(
                        "the oldest {dropped} messages were dropped to fit the local model"
                    ));
                }
                return Ok(events);
            }
        }
    }
}
