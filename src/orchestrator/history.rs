//! What of a conversation is looked at: the question, and the turns that are kept.

use crate::chat::{Message, Role};

/// Messages of user and assistant that are kept; older ones are dropped, and that is said.
pub(super) const MOST_MESSAGES: usize = 40;

/// The text to answer: the last message of the user.
#[must_use]
pub(super) fn question(messages: &[Message]) -> &str {
    let asked = messages
        .iter()
        .rev()
        .find(|message| message.role == Role::User);
    asked.map_or("", |message| message.content.as_str())
}

/// What was said before the question.
#[must_use]
pub(super) fn before_question(messages: &[Message]) -> &[Message] {
    let asked = messages
        .iter()
        .rposition(|message| message.role == Role::User);
    &messages[..asked.unwrap_or(0)]
}

/// What was answered last, before the question.
#[must_use]
pub(super) fn last_answer(messages: &[Message]) -> Option<&str> {
    let before = before_question(messages).iter().rev();
    let mut answers = before.filter(|message| message.role == Role::Assistant);
    answers.next().map(|message| message.content.trim())
}

/// Drops the oldest turns beyond [`MOST_MESSAGES`]; instructions of the caller stay. Returns how
/// many messages went.
pub(super) fn trim(messages: &mut Vec<Message>) -> usize {
    let spoken = messages
        .iter()
        .filter(|message| message.role != Role::System)
        .count();
    let surplus = spoken.saturating_sub(MOST_MESSAGES);
    let mut left = surplus;
    messages.retain(|message| {
        let dropped = left > 0 && message.role != Role::System;
        left -= usize::from(dropped);
        !dropped
    });
    surplus
}

/// Drops the oldest spoken message, if the question is not the only one left.
pub(super) fn drop_oldest(messages: &mut Vec<Message>) -> bool {
    let mut spoken = messages
        .iter()
        .enumerate()
        .filter(|(_, message)| message.role != Role::System);
    let (oldest, later) = (spoken.next(), spoken.next());
    match (oldest, later) {
        (Some((index, _)), Some(_)) => {
            messages.remove(index);
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(turns: usize) -> Vec<Message> {
        let mut messages = vec![Message::new(Role::System, "be brief")];
        for turn in 0..turns {
            messages.push(Message::new(Role::User, format!("question {turn}")));
            messages.push(Message::new(Role::Assistant, format!("answer {turn}")));
        }
        messages.push(Message::new(Role::User, "the last question"));
        messages
    }

    #[test]
    fn the_oldest_turns_go_and_the_instructions_stay() {
        let mut messages = conversation(200);
        assert_eq!(trim(&mut messages), 401 - MOST_MESSAGES);
        assert_eq!(messages.len(), MOST_MESSAGES + 1);
        assert_eq!(messages[0].role, Role::System);
        assert_eq!(question(&messages), "the last question");
    }

    #[test]
    fn a_short_conversation_is_kept_whole() {
        let mut messages = conversation(3);
        let before = messages.clone();
        assert_eq!(trim(&mut messages), 0);
        assert_eq!(messages, before);
    }

    #[test]
    fn the_question_itself_is_never_dropped() {
        let mut messages = conversation(1);
        assert!(drop_oldest(&mut messages) && drop_oldest(&mut messages));
        assert!(!drop_oldest(&mut messages));
        assert_eq!(question(&messages), "the last question");
    }
}
