//! The state of one turn while it is worked on: who asked what, what was found out so far, and the
//! line to the asker.

use std::{sync::Arc, time::Instant};

use tokio::sync::mpsc;
use uuid::Uuid;

use crate::{
    cache,
    chat::{FinishReason, Message, Role, Route, Source, Timings, Usage},
    router::Signals,
};

use super::{
    House, Parts, history, last_answer,
    turn::{TurnError, TurnEvent, TurnRequest},
};

/// One turn on the desk.
pub(super) struct Desk {
    pub(super) house: Arc<House>,
    pub(super) request: TurnRequest,
    /// As it was typed.
    pub(super) question: String,
    /// As it is understood: what is searched, and what a local tier answers.
    pub(super) standalone: String,
    /// Who gave the last answer, if that is known.
    pub(super) last_route: Option<Route>,
    pub(super) conversation_id: String,
    pub(super) message_id: String,
    pub(super) reasons: Vec<String>,
    pub(super) signals: Signals,
    /// Where the router sent the turn, once it was asked.
    pub(super) decided: Option<Route>,
    /// The whole question's, where a cache of like questions was asked.
    pub(super) vector: Option<Vec<f32>>,
    pub(super) timings: Timings,
    started: Instant,
    events: mpsc::Sender<TurnEvent>,
    shown: bool,
}

/// What a tier made of the turn.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    pub(super) content: String,
    pub(super) finish: Option<FinishReason>,
    pub(super) usage: Usage,
    pub(super) sources: Vec<Source>,
    pub(super) degraded: bool,
    pub(super) cached: bool,
    pub(super) cost_usd: f64,
    pub(super) saved_usd: Option<f64>,
    pub(super) byline: Byline,
}

/// Under which name an answer is shown.
#[derive(Clone, Debug)]
pub(super) struct Byline {
    pub(super) route: Route,
    pub(super) confidence: f32,
    pub(super) model: String,
}

impl Default for Byline {
    fn default() -> Self {
        Self {
            route: Route::Decline,
            confidence: 0.0,
            model: "none".into(),
        }
    }
}

impl Desk {
    /// Takes a turn: fetches the stored history, and drops what is too old.
    pub(super) async fn open(
        house: Arc<House>,
        mut request: TurnRequest,
        events: mpsc::Sender<TurnEvent>,
    ) -> Result<Self, TurnError> {
        let started = Instant::now();
        let mut last_route = None;
        if let Some(id) = &request.conversation_id {
            let stored = house.parts.store.history(id).await?;
            let stored =
                stored.ok_or_else(|| TurnError::NotFound(format!("no conversation '{id}'")))?;
            recall(&mut request.messages, stored);
            last_route = last_answer::of_stored(&house.parts, id).await?;
        }
        let mut reasons = Vec::new();
        let dropped = history::trim(&mut request.messages);
        if dropped > 0 {
            let kept = history::MOST_MESSAGES;
            reasons.push(format!(
                "the oldest {dropped} messages were dropped, the last {kept} kept"
            ));
        }
        let conversation_id = request.conversation_id.clone();
        let question = history::question(&request.messages).to_owned();
        Ok(Self {
            standalone: question.clone(),
            last_route: last_route.or_else(|| house.given.route(&request.messages)),
            question,
            conversation_id: conversation_id.unwrap_or_else(|| Uuid::now_v7().to_string()),
            message_id: Uuid::now_v7().to_string(),
            reasons,
            signals: Signals::default(),
            decided: None,
            vector: None,
            timings: Timings::default(),
            started,
            events,
            shown: false,
            house,
            request,
        })
    }

    /// The rooms.
    pub(super) fn parts(&self) -> &Parts {
        &self.house.parts
    }

    /// What the answer to this turn depends on.
    pub(super) fn cache_key(&self) -> cache::Key {
        self.key_of(&self.request.messages)
    }

    /// What an answer after these messages depends on.
    pub(super) fn key_of(&self, messages: &[Message]) -> cache::Key {
        let request = &self.request;
        let generation = self.parts().knowledge.generation();
        let asked = format!("{:?} {:?}", request.target, request.sampling);
        cache::Key::new(messages, &asked, &request.collections, generation)
    }

    /// Milliseconds since the turn arrived.
    pub(super) fn elapsed_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    /// Tells the asker which tier's words follow. Only the first call speaks.
    pub(super) async fn introduce(&mut self, byline: &Byline) {
        if self.shown {
            return;
        }
        self.shown = true;
        self.timings.first_token = self.elapsed_ms();
        self.send(TurnEvent::Routed {
            route: byline.route,
            confidence: byline.confidence,
            model: byline.model.clone(),
            conversation_id: self.conversation_id.clone(),
            message_id: self.message_id.clone(),
        })
        .await;
    }

    /// Shows text.
    pub(super) async fn say(&mut self, text: String) {
        if !text.is_empty() {
            self.send(TurnEvent::Text(text)).await;
        }
    }

    /// Sends the last event, or any other. An asker who hung up is noticed by whoever runs the desk.
    pub(super) async fn send(&self, event: TurnEvent) {
        self.events.send(event).await.ok();
    }

    /// True once the asker has seen the first word.
    pub(super) fn is_shown(&self) -> bool {
        self.shown
    }
}

/// Puts the stored history before a request that brings none of its own.
fn recall(messages: &mut Vec<Message>, stored: Vec<Message>) {
    let spoken = messages
        .iter()
        .filter(|message| message.role != Role::System)
        .count();
    if spoken == 1 {
        let at = messages
            .iter()
            .position(|message| message.role != Role::System)
            .unwrap_or(0);
        messages.splice(at..at, stored);
    }
}
