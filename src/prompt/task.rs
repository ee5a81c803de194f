//! The tasks that the micro model is tuned for, each with one prompt.
//!
//! Training, judging and serving fill the same templates: what a model was taught is what it is
//! asked. Plain data in, chat messages out.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{PromptError, Prompts, evidence};
use crate::chat::{Message, Role, Source};

/// The sentences of the passages that a tuned model is shown: few are soon read, and these hold
/// the answer nearly always.
const SHOWN_SENTENCES: usize = 8;

/// What a tuned model says where the passages don't hold the answer.
pub const DECLINED: &str = "Not in the passages.";

/// One thing asked of the micro model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "task", rename_all = "lowercase")]
pub enum Task {
    /// A question, to be answered from passages or declined.
    Grounded {
        /// What may be used, in the order of its numbers.
        passages: Vec<Passage>,
        /// A question that stands alone.
        question: String,
    },
    /// A question that leans on the conversation before it, to be made standalone.
    Followup {
        /// What was said before, oldest first.
        dialogue: Vec<Utterance>,
        /// The question as it was typed.
        question: String,
    },
    /// A command, to be read as JSON.
    Command {
        /// The command as it was typed.
        text: String,
    },
    /// A reply, to be judged "yes" or "no" by what it should rest on.
    Consistent {
        /// The passages it was made from.
        passages: Vec<Passage>,
        /// What was said before, oldest first.
        #[serde(default)]
        dialogue: Vec<Utterance>,
        /// The reply to judge.
        reply: String,
    },
    /// A greeting or the like, to be answered in a sentence.
    Smalltalk {
        /// What was said.
        text: String,
    },
}

/// A text that an answer may rest on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Passage {
    /// What it is called, if anything.
    #[serde(default)]
    pub title: Option<String>,
    /// Its words.
    pub text: String,
}

/// Something said in a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Utterance {
    /// Who said it: "user" or "assistant".
    pub role: Role,
    /// What was said.
    pub content: String,
}

/// What a tuned model is asked of passages that were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// A constant system message, then passages and question.
    pub messages: Vec<Message>,
    /// Which of the passages are shown, in the order of their numbers.
    pub shown: Vec<usize>,
}

impl Prompts {
    /// Asks a tuned model for the answer to `question`, from the parts of `passages` nearest to it.
    ///
    /// # Errors
    /// [`PromptError`] where a template can't be filled.
    pub fn reading(&self, question: &str, passages: &[Source]) -> Result<Reading, PromptError> {
        let (shown, texts): (Vec<usize>, Vec<Passage>) =
            evidence::select(question, passages, SHOWN_SENTENCES, 0)
                .passages
                .into_iter()
                .map(|(place, text)| {
                    let title = Some(passages[place].title.clone());
                    (place, Passage { title, text })
                })
                .unzip();
        let question = question.to_owned();
        let task = Task::Grounded {
            passages: texts,
            question,
        };
        Ok(Reading {
            messages: self.task(&task)?,
            shown,
        })
    }

    /// The system and the user message that put `task` to a generator.
    ///
    /// # Errors
    /// [`PromptError`] where a template can't be filled.
    pub fn task(&self, task: &Task) -> Result<Vec<Message>, PromptError> {
        let (name, data) = match task {
            Task::Grounded { passages, question } => (
                "grounded",
                json!({"passages": numbered(passages), "question": one_line(question)}),
            ),
            Task::Followup { dialogue, question } => (
                "followup",
                json!({"dialogue": spoken(dialogue), "question": one_line(question)}),
            ),
            Task::Command { text } => ("command", json!({"text": one_line(text)})),
            Task::Consistent {
                passages,
                dialogue,
                reply,
            } => (
                "consistent",
                json!({
                    "passages": numbered(passages),
                    "dialogue": spoken(dialogue),
                    "reply": one_line(reply),
                }),
            ),
            Task::Smalltalk { text } => ("smalltalk", json!({"text": one_line(text)})),
        };
        let fill =
            |part: &str, data: &Value| self.library.render(&format!("prompts/{name}_{part}"), data);
        Ok(vec![
            Message::new(Role::System, fill("system", &json!({}))?),
            Message::new(Role::User, fill("user", &data)?),
        ])
    }
}

/// Passages with their numbers; one alone has none, since nothing has to be told apart.
fn numbered(passages: &[Passage]) -> Value {
    let several = passages.len() > 1;
    passages
        .iter()
        .enumerate()
        .map(|(place, passage)| {
            json!({
                "number": several.then_some(place + 1),
                "title": passage.title.as_deref().map(one_line),
                "text": passage.text.trim(),
            })
        })
        .collect()
}

fn spoken(dialogue: &[Utterance]) -> Value {
    dialogue
        .iter()
        .map(|said| {
            let speaker = match said.role {
                Role::Assistant => "Assistant",
                _ => "User",
            };
            json!({"speaker": speaker, "text": one_line(&said.content)})
        })
        .collect()
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
