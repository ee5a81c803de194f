//! What the conversation says about a message, and what the router makes of it.
//!
//! Pure. [`followup`](super::followup) reads the message, [`doubt`](super::doubt) tells doubts; here
//! is what both mean for the choice of a tier.

use serde::{Deserialize, Serialize};

use super::{doubt, followup};
use crate::chat::{Message, Role, Route};

/// Why the last answer is not to be trusted with the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Doubt {
    /// The person said so: "are you sure?", "that doesn't help".
    Said,
    /// The same question came again.
    Repeated,
}

/// The conversation's part of the signals.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Conversation {
    /// The message was read as another one, since it leans on what was said before.
    pub follow_up: bool,
    /// It leans on what was said, but the rules can't tell on what.
    pub unclear: bool,
    /// The last answer is doubted.
    pub doubted: Option<Doubt>,
    /// Who gave the last answer, if that is known: of a repeated answer, who gave it first; of one
    /// for want of a better, [`Route::Escalate`], since a large model was wanted.
    pub last_route: Option<Route>,
    /// The best FAQ entry's answer is what was answered last.
    pub answer_given: bool,
}

impl Conversation {
    /// Why a large model is to take the turn whatever the knowledge base holds, if so.
    #[must_use]
    pub fn too_hard(&self) -> Option<&'static str> {
        let from_large = self.last_route == Some(Route::Escalate);
        match (self.doubted, self.follow_up) {
            (Some(Doubt::Said), _) => Some("the last answer is doubted"),
            (Some(Doubt::Repeated), _) if !from_large => {
                Some("the same question again: the last answer was no help")
            }
            (_, true) if from_large => Some("a follow-up of what a large model was needed for"),
            (_, true) if self.unclear => {
                Some("it leans on what was said, and it is not clear on what")
            }
            _ => None,
        }
    }
}

/// The last message, in the light of what was said before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understanding {
    /// What to search for and to judge: the message, or the question that it stands for.
    pub text: String,
    /// Whether `text` is not what was typed, and how surely it is what was meant.
    pub leaning: followup::Leaning,
    /// The last answer is doubted.
    pub doubted: Option<Doubt>,
}

/// Understands the last message of the person. A doubt is read as the question it is about.
#[must_use]
pub fn understand(messages: &[Message]) -> Understanding {
    let asked = messages
        .iter()
        .rposition(|message| message.role == Role::User);
    let typed = asked.map_or("", |place| messages[place].content.as_str());
    let as_typed = |doubted| Understanding {
        text: typed.to_owned(),
        leaning: followup::Leaning::Not,
        doubted,
    };
    let before = &messages[..asked.unwrap_or(0)];
    if !before.iter().any(|message| message.role == Role::Assistant) {
        return as_typed(None);
    }
    let Some(last) = followup::question_before(messages) else {
        return as_typed(doubt::doubts(typed).then_some(Doubt::Said));
    };
    if doubt::doubts(typed) {
        return Understanding {
            text: last,
            leaning: followup::Leaning::Surely,
            doubted: Some(Doubt::Said),
        };
    }
    let Some(reading) = followup::read(messages) else {
        return as_typed(None);
    };
    let again = doubt::is_repeated(&reading.text, &last);
    Understanding {
        text: reading.text,
        leaning: reading.leaning,
        doubted: again.then_some(Doubt::Repeated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use followup::Leaning;

    fn said(texts: &[&str]) -> Vec<Message> {
        let roles = [Role::User, Role::Assistant].into_iter().cycle();
        let pairs = texts.iter().zip(roles);
        pairs
            .map(|(text, role)| Message::new(role, *text))
            .collect()
    }

    #[test]
    fn the_first_message_is_what_it_says() {
        for first in ["and to Spain?", "are you sure?", "it didn't work"] {
            let understood = understand(&said(&[first]));
            assert_eq!(understood.text, first);
            assert_eq!(
                (understood.leaning, understood.doubted),
                (Leaning::Not, None)
            );
        }
    }

    #[test]
    fn a_doubt_is_about_the_question_before() {
        let talk = [
            "What does shipping cost?",
            "9 euros.",
            "and to Spain?",
            "12 euros.",
            "are you sure?",
        ];
        let understood = understand(&said(&talk));
        assert_eq!(understood.doubted, Some(Doubt::Said));
        assert_eq!(understood.text, "What does shipping cost to Spain?");
    }

    #[test]
    fn a_question_asked_again_counts_as_a_doubt_and_another_does_not() {
        let again = |question| {
            let talk = ["What does express delivery cost?", "14 euros.", question];
            understand(&said(&talk)).doubted
        };
        assert_eq!(
            again("what does EXPRESS delivery cost"),
            Some(Doubt::Repeated)
        );
        assert_eq!(again("What does standard delivery cost?"), None);
    }

    #[test]
    fn a_large_model_keeps_its_follow_ups_and_gives_back_what_is_new() {
        let after_large = |follow_up, doubted| Conversation {
            follow_up,
            doubted,
            last_route: Some(Route::Escalate),
            ..Conversation::default()
        };
        assert!(after_large(true, None).too_hard().is_some());
        assert_eq!(after_large(false, None).too_hard(), None);
        assert!(after_large(false, Some(Doubt::Said)).too_hard().is_some());
    }

    #[test]
    fn a_local_answer_is_not_given_again_to_who_doubts_it() {
        for last_route in [None, Some(Route::Faq), Some(Route::Knowledge)] {
            let of = |doubted| Conversation {
                doubted,
                last_route,
                ..Conversation::default()
            };
            assert!(of(Some(Doubt::Said)).too_hard().is_some());
            assert!(of(Some(Doubt::Repeated)).too_hard().is_some());
            assert_eq!(of(None).too_hard(), None);
        }
    }
}
