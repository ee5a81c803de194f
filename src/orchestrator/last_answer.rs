//! Who gave the last answer of a conversation: the store knows it of its own, and a short memory of
//! those that a client sends along.

use std::time::Duration;

use crate::{
    cache::{ExactCache, Key},
    chat::{Message, Outcome, Role, Route},
    router::smalltalk,
};

use super::{Parts, history, tiers, turn::TurnError};

/// Of a stored conversation.
pub(super) async fn of_stored(parts: &Parts, id: &str) -> Result<Option<Route>, TurnError> {
    let answers = parts.store.answered_by(id).await?;
    let wanted = |answer: &crate::store::AnsweredBy| wanted(parts, answer.route, &answer.model);
    Ok(answers.iter().find_map(wanted))
}

/// The tier that an answer needed: of a repeated answer the one that gave it first, of one for want
/// of a better [`Route::Escalate`]. `None` for small talk, which says nothing of the matter.
fn wanted(parts: &Parts, route: Route, model: &str) -> Option<Route> {
    match route {
        Route::Faq if model == tiers::TEMPLATE => None,
        Route::Knowledge | Route::Decline if model == tiers::TEMPLATE => Some(Route::Escalate),
        Route::Cache if model == tiers::FAQ => Some(Route::Faq),
        Route::Cache if model == parts.generator_name => Some(Route::Knowledge),
        Route::Cache => Some(Route::Escalate),
        other => Some(other),
    }
}

/// The routes of answers given lately, found again by question and answer: so a client that keeps
/// its own history has what a stored conversation has. Lost with the process.
#[derive(Clone)]
pub(super) struct Given(ExactCache<Route>);

impl Given {
    /// None yet; each is known for `max_age`.
    pub(super) fn new(max_age: Duration) -> Self {
        Self(ExactCache::new(max_age))
    }

    /// Keeps who answered the last of `messages`.
    pub(super) fn keep(&self, parts: &Parts, messages: &[Message], answer: &str, made: &Outcome) {
        if let Some(route) = wanted(parts, made.route, &made.model) {
            self.0
                .insert(key(history::question(messages), answer), route);
        }
    }

    /// Who gave the last answer in `messages` that was more than small talk.
    pub(super) fn route(&self, messages: &[Message]) -> Option<Route> {
        let before = history::before_question(messages);
        let mut pairs = before.windows(2).rev().filter(|pair| {
            pair[0].role == Role::User
                && pair[1].role == Role::Assistant
                && smalltalk::detect(&pair[0].content).is_none()
        });
        let last = pairs.next()?;
        self.0.get(&key(&last[0].content, &last[1].content))
    }
}

fn key(question: &str, answer: &str) -> Key {
    let said = [
        Message::new(Role::User, question),
        Message::new(Role::Assistant, answer),
    ];
    Key::new(&said, "answered by", &[], 0)
}
