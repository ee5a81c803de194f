//! Understands a message in its conversation, searches for what it means, and measures both.

use crate::{
    chat::{Message, Route},
    router::{
        Conversation, Signals,
        conversation::{self, Understanding},
        followup::Leaning,
    },
};

use super::{
    Parts, history,
    signals::{self, Found},
    turn::TurnError,
};

/// A message that was looked into.
pub(super) struct Looked {
    /// The question that it stands for.
    pub(super) question: String,
    /// How it was read, where that is not as it was typed; in words.
    pub(super) note: Option<String>,
    /// What was found for it.
    pub(super) found: Found,
    /// What was measured.
    pub(super) signals: Signals,
}

/// Looks into the last of `messages`, after an answer of `last_route`. A message that only may lean
/// on the one before is searched both ways at once, and taken for what fits better.
pub(super) async fn look(
    parts: &Parts,
    messages: &[Message],
    last_route: Option<Route>,
    collections: &[String],
) -> Result<Looked, TurnError> {
    let typed = history::question(messages);
    let last = history::last_answer(messages);
    let understood = conversation::understand(messages);
    let mut leans = understood.leaning != Leaning::Not;
    let found = if understood.leaning == Leaning::Perhaps {
        let (as_read, as_typed) = tokio::join!(
            signals::search(parts, &understood.text, collections),
            signals::search(parts, typed, collections),
        );
        let (as_read, as_typed) = (as_read?, as_typed?);
        leans = !gives(&as_read, last)
            && signals::local_confidence(parts, &understood.text, &as_read)
                >= signals::local_confidence(parts, typed, &as_typed);
        if leans { as_read } else { as_typed }
    } else {
        signals::search(parts, &understood.text, collections).await?
    };
    let note = (leans && understood.leaning != Leaning::Unclear && understood.doubted.is_none())
        .then(|| format!("read as: '{}'", understood.text));
    let question = if leans {
        understood.text.clone()
    } else {
        typed.to_owned()
    };
    let mut signals = signals::measure(parts, &question, messages.len(), &found);
    signals.conversation = measured(&understood, leans, last_route, gives(&found, last));
    Ok(Looked {
        question,
        note,
        found,
        signals,
    })
}

fn measured(
    understood: &Understanding,
    leans: bool,
    last_route: Option<Route>,
    answer_given: bool,
) -> Conversation {
    Conversation {
        follow_up: leans,
        unclear: understood.leaning == Leaning::Unclear,
        doubted: understood.doubted,
        last_route,
        answer_given,
    }
}

/// Whether the best entry's answer is `last`.
fn gives(found: &Found, last: Option<&str>) -> bool {
    let best = found.0.faq.first().map(|hit| hit.source.text.trim());
    best.is_some() && best == last
}
