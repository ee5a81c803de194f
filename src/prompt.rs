//! What is said to models and, where no model speaks, to people: Handlebars over `templates/`.
//!
//! The templates are compiled in; a folder given at start overrides those of the same name. All of
//! them are tried once at start, so that a broken one stops the start and not a turn. It calls no
//! model and judges no answer.

pub mod evidence;
mod library;
pub mod task;

use serde_json::json;

use crate::{
    chat::{Message, Role, Source},
    router::Smalltalk,
};
use library::Library;
pub use library::PromptError;

/// The characters of earlier turns that a small model is shown.
const HISTORY_CHARS: usize = 600;
/// The earlier messages, at most.
const HISTORY_MESSAGES: usize = 4;
/// The sentences of the passages that a small model is shown.
const EVIDENCE_SENTENCES: usize = 2;
/// The sentences that a degraded answer quotes.
const QUOTED_SENTENCES: usize = 2;

/// The templates, checked.
pub struct Prompts {
    library: Library,
}

/// What a generator is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnowledgePrompt {
    /// A constant system message, the last turns, then the evidence and the question.
    pub messages: Vec<Message>,
    /// How the model's answer is made to begin.
    pub assistant_prefix: Option<String>,
    /// What of the prefix belongs to the answer itself.
    pub opening: String,
    /// What ends the answer: the end of the quotation.
    pub stop: Vec<String>,
}

impl KnowledgePrompt {
    /// The whole answer, of which the model wrote `written`.
    #[must_use]
    pub fn answer(&self, written: &str) -> String {
        let joint = if written.starts_with(char::is_alphanumeric) && !self.opening.is_empty() {
            " "
        } else {
            ""
        };
        format!("{}{joint}{written}", self.opening)
    }
}

impl Prompts {
    /// The templates of `folder`, and those compiled in where it has none.
    ///
    /// # Errors
    /// [`PromptError`], naming file and line.
    pub fn load(folder: Option<&std::path::Path>) -> Result<Self, PromptError> {
        let prompts = Self {
            library: Library::load(folder)?,
        };
        prompts.try_all()?;
        Ok(prompts)
    }

    /// Asks for an answer to `question` out of `passages`; `attempt` 0 begins it as the nearest
    /// sentence begins, 1 as the next, and so on. `None`: no sentence is left to begin with.
    ///
    /// # Errors
    /// [`PromptError`] where a template can't be filled.
    pub fn knowledge(
        &self,
        history: &[Message],
        question: &str,
        passages: &[Source],
        attempt: usize,
    ) -> Result<Option<KnowledgePrompt>, PromptError> {
        let evidence = evidence::select(question, passages, EVIDENCE_SENTENCES, attempt);
        let Some(opening) = evidence.opening else {
            return Ok(None);
        };
        let shown = evidence.passages.iter().enumerate().map(|(place, (passage, text))| {
            json!({"number": place + 1, "title": passages[*passage].title, "text": text})
        });
        let data = json!({
            "passages": shown.collect::<Vec<_>>(),
            "question": question.split_whitespace().collect::<Vec<_>>().join(" "),
            "opening": opening,
        });
        let mut messages = vec![Message::new(
            Role::System,
            self.library
                .render("prompts/knowledge_system", &json!({}))?,
        )];
        messages.extend(recent(history));
        messages.push(Message::new(
            Role::User,
            self.library.render("prompts/knowledge_user", &data)?,
        ));
        Ok(Some(KnowledgePrompt {
            messages,
            assistant_prefix: Some(self.library.render("prompts/knowledge_prefix", &data)?),
            opening,
            stop: vec!["\"".into(), "\n".into()],
        }))
    }

    /// The answer to small talk.
    ///
    /// # Panics
    /// Never: these templates were rendered with the same data at start.
    #[must_use]
    pub fn smalltalk(&self, kind: Smalltalk) -> String {
        let name = match kind {
            Smalltalk::Greeting => "answers/greeting",
            Smalltalk::Thanks => "answers/thanks",
            Smalltalk::Goodbye => "answers/goodbye",
        };
        self.library
            .render(name, &json!({}))
            .expect("it has no variables and was rendered at start")
    }

    /// Says that a large model would be needed and can't be had, and quotes what of `passages` is
    /// nearest to `question`.
    ///
    /// # Errors
    /// [`PromptError`] where a template can't be filled.
    pub fn degraded(&self, question: &str, passages: &[Source]) -> Result<String, PromptError> {
        let evidence = evidence::select(question, passages, QUOTED_SENTENCES, 0);
        if evidence.passages.is_empty() {
            return self.decline();
        }
        let quoted = evidence.passages.iter().map(|(passage, text)| {
            json!({"number": passage + 1, "title": passages[*passage].title, "text": text})
        });
        self.library.render(
            "answers/degraded",
            &json!({"question": question, "passages": quoted.collect::<Vec<_>>()}),
        )
    }

    /// Says that nothing here answers the question.
    ///
    /// # Errors
    /// [`PromptError`] where the template can't be filled.
    pub fn decline(&self) -> Result<String, PromptError> {
        self.library.render("answers/decline", &json!({}))
    }

    /// The passages as a large model is given them.
    ///
    /// # Errors
    /// [`PromptError`] where the template can't be filled.
    pub fn escalate(&self, passages: &[Source]) -> Result<String, PromptError> {
        let numbered = passages
            .iter()
            .enumerate()
            .map(|(place, source)| json!({"number": place + 1, "title": source.title, "text": source.text}));
        self.library.render(
            "prompts/escalate",
            &json!({"passages": numbered.collect::<Vec<_>>()}),
        )
    }

    fn try_all(&self) -> Result<(), PromptError> {
        let passages = json!([{"number": 1, "title": "A title", "text": "A text."}]);
        let data = json!({
            "passages": passages, "question": "A question?", "opening": "A text",
            "dialogue": [{"speaker": "User", "text": "A text."}],
            "reply": "A text.", "text": "A text.",
        });
        for name in library::NAMES {
            self.library.render(name, &data)?;
        }
        Ok(())
    }
}

/// The last turns, oldest first, as many as fit.
fn recent(history: &[Message]) -> Vec<Message> {
    let mut left = HISTORY_CHARS;
    let spoken = history
        .iter()
        .rev()
        .filter(|message| message.role != Role::System);
    let mut turns: Vec<Message> = spoken
        .take(HISTORY_MESSAGES)
        .map_while(|message| {
            left = left.checked_sub(message.content.chars().count())?;
            Some(message.clone())
        })
        .collect();
    turns.reverse();
    let first_user = turns.iter().position(|message| message.role == Role::User);
    turns.drain(..first_user.unwrap_or(turns.len()));
    turns
}

#[cfg(test)]
mod tests;
