//! Answers to questions like one before: when they are looked for, and which are kept.

use std::{borrow::Cow, sync::Arc, time::Instant};

use crate::{
    cache::{
        self,
        semantic::{Kept, Said},
    },
    chat::{Answer, Role, Route},
    engine::Priority,
    text,
};

use super::{
    desk::{Desk, Draft},
    history,
    signals::Found,
    tiers,
    turn::Target,
};

/// The encoder reads the beginning of a long text only, and what follows may make the difference.
const LONGEST_QUESTION_BYTES: usize = 1_000;
/// Reading for personal data takes time, and a longer conversation hardly repeats itself.
const LONGEST_CONVERSATION_BYTES: usize = 4_000;

/// The answer to a question like this one, if it may be given; notes why (not).
pub(super) async fn look_up(desk: &mut Desk, found: &Found) -> Option<Draft> {
    if !is_open(desk) {
        return None;
    }
    desk.vector = whole_vector(desk, found).await;
    let vector = desk.vector.as_deref()?;
    let now = Instant::now();
    let found = desk.house.near.nearest(&scope(desk), vector, now)?;
    let model = &desk.parts().near;
    let (cosine, margin) = (found.cosine, found.margin);
    let signals = model.judge(meant(desk), &found.question, cosine, margin);
    let policy = desk.house.policies().strictest(&desk.request.collections);
    let (given, reason) = desk.parts().near.decide(&signals, policy);
    desk.signals.near = Some(signals);
    desk.reasons.push(reason);
    given.then(|| tiers::like(desk, &found.answer))
}

/// The question, completed from the conversation where it had to be.
fn meant(desk: &Desk) -> &str {
    &desk.standalone
}

/// The vector of the whole question. The search is content with the gist of a longer one, but what it
/// leaves out may be what sets two questions apart.
async fn whole_vector(desk: &Desk, found: &Found) -> Option<Vec<f32>> {
    let question = meant(desk);
    if matches!(text::gist(question), Cow::Borrowed(_)) {
        return found.vector().map(<[f32]>::to_vec);
    }
    let texts = vec![question.to_owned()];
    let vectors = desk
        .parts()
        .encoders
        .passages
        .embed(texts, Priority::Query)
        .await;
    vectors.ok()?.pop()
}

/// Keeps an answer for questions like its own, if it was written for this one.
pub(super) fn keep(desk: &Desk, answer: &Arc<Answer>) {
    let written = matches!(answer.outcome.route, Route::Escalate | Route::Knowledge);
    if !written || !is_open(desk) || tells_of_a_person(desk, answer) {
        return;
    }
    let Some(vector) = desk.vector.clone() else {
        return;
    };
    let entry = Kept {
        scope: scope(desk),
        question: meant(desk).to_owned(),
        vector,
        said: Said::of(&answer.content),
        answer: answer.clone(),
    };
    desk.house.near.insert(entry, Instant::now());
}

/// Whether an answer says of a person what its sources don't: a telephone number that the owner has
/// published is nobody's secret.
fn tells_of_a_person(desk: &Desk, answer: &Answer) -> bool {
    let sources = &answer.outcome.sources;
    let published = |text: &str| sources.iter().any(|source| source.text.contains(text));
    let mut found = desk.house.personal.find(&answer.content);
    found.any(|(_, text)| !published(text))
}

/// Whether this turn may take part: asked of the cascade, without randomness, short, no doubt of the
/// answer before (which wants another one), and without a word about a person. (What the caller's instructions say of one is the owner's.)
fn is_open(desk: &Desk) -> bool {
    let request = &desk.request;
    let spoken = || {
        let messages = request.messages.iter();
        let spoken = messages.filter(|message| message.role != Role::System);
        spoken.map(|message| message.content.as_str())
    };
    desk.parts().cache.semantic
        && request.target == Target::Auto
        && !request.no_store
        && desk.signals.conversation.doubted.is_none()
        && !request.sampling.is_random()
        && meant(desk).len() <= LONGEST_QUESTION_BYTES
        && spoken().map(str::len).sum::<usize>() <= LONGEST_CONVERSATION_BYTES
        && !spoken().any(|text| desk.house.personal.find(text).next().is_some())
}

/// All that an answer depends on but the question.
fn scope(desk: &Desk) -> cache::Key {
    desk.key_of(history::before_question(&desk.request.messages))
}
