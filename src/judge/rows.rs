//! What is asked, and what is expected: JSON rows, one a line.
//!
//! A row that can't be used stops the reading with its file, its line and what is allowed: figures
//! over the rows that happened to parse would be figures over another set.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::Path,
};

use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;

use crate::prompt::task::{Passage, Task, Utterance};

use super::JudgeError;

/// The longest row. What fits no context is skipped later; this only bounds memory.
const MOST_BYTES: u64 = 1 << 20;

/// One question with what is known of its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Its line in the file, from 1.
    pub line: usize,
    /// What is asked.
    pub task: Task,
    /// What a good reply is.
    pub expected: Expected,
    /// Where the row comes from, for figures apart.
    pub source: Option<String>,
}

/// What a good reply is.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// One of these; none at all: the passages don't hold it, and it is to be declined.
    Answer(Vec<String>),
    /// A question that stands alone.
    Standalone(Standalone),
    /// This JSON.
    Command(Value),
    /// "yes" or "no".
    YesNo(bool),
    /// Anything polite; only its length is measured.
    Anything,
}

/// What makes a rewritten question right.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standalone {
    /// One wording of it.
    pub answer: String,
    /// Of each group, one word or phrase is in it; no groups: it is `answer`.
    pub needs: Vec<Vec<String>>,
    /// Words and phrases that are not in it.
    pub not: Vec<String>,
}

impl Row {
    /// The passages, where the task has some.
    #[must_use]
    pub fn passages(&self) -> &[Passage] {
        match &self.task {
            Task::Grounded { passages, .. } | Task::Consistent { passages, .. } => passages,
            Task::Followup { .. } | Task::Command { .. } | Task::Smalltalk { .. } => &[],
        }
    }

    /// What was typed.
    #[must_use]
    pub fn question(&self) -> &str {
        match &self.task {
            Task::Grounded { question, .. } | Task::Followup { question, .. } => question,
            Task::Command { text } | Task::Smalltalk { text } => text,
            Task::Consistent { reply, .. } => reply,
        }
    }

    /// The accepted answers of a question that its passages answer.
    #[must_use]
    pub fn answers(&self) -> &[String] {
        match &self.expected {
            Expected::Answer(answers) => answers,
            _ => &[],
        }
    }
}

/// Reads the rows of `file`, in order; empty lines are no rows.
///
/// # Errors
/// [`JudgeError::File`], [`JudgeError::Row`] with the first line that is no row,
/// [`JudgeError::Empty`].
pub fn read(file: &Path) -> Result<Vec<Row>, JudgeError> {
    let failed = |source| JudgeError::File {
        file: file.to_owned(),
        source,
    };
    let mut reader = BufReader::new(File::open(file).map_err(failed)?);
    let mut rows = Vec::new();
    for line in 1.. {
        let mut bytes = Vec::new();
        let mut bounded = (&mut reader).take(MOST_BYTES + 1);
        if bounded.read_until(b'\n', &mut bytes).map_err(failed)? == 0 {
            break;
        }
        let row = text(&bytes).and_then(|text| {
            let text = text.trim_start_matches('\u{feff}').trim();
            (!text.is_empty()).then(|| parse(text)).transpose()
        });
        let row = row.map_err(|reason| JudgeError::Row {
            file: file.to_owned(),
            line,
            reason,
        })?;
        rows.extend(row.map(|row| Row { line, ..row }));
    }
    if rows.is_empty() {
        return Err(JudgeError::Empty {
            file: file.to_owned(),
        });
    }
    Ok(rows)
}

fn text(bytes: &[u8]) -> Result<&str, String> {
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("the row is longer than {MOST_BYTES} bytes"));
    }
    std::str::from_utf8(bytes).map_err(|_| "the row is no UTF-8".to_owned())
}

const TASKS: &str = "grounded, followup, command, consistent or smalltalk";
const GROUNDED: &str = r#"{"context" or "passages": [{"title"?, "text"}], "question", "answer": text or null, or "answers": [text]}"#;
const FOLLOWUP: &str = r#"{"task": "followup", "dialogue": [{"role", "content"}], "question", "answer", "needs"?: [[text]], "not"?: [text]}"#;
const COMMAND: &str = r#"{"task": "command", "text", "answer": {"intent", "slots": {}}}"#;
const CONSISTENT: &str = r#"{"task": "consistent", "passages": [{"title"?, "text"}], "dialogue"?: [{"role", "content"}], "reply", "answer": "yes" or "no"}"#;
const SMALLTALK: &str = r#"{"task": "smalltalk", "text"}"#;

#[derive(Deserialize)]
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things here"
)]
struct GroundedRow {
    context: Option<String>,
    title: Option<String>,
    passages: Option<Vec<Passage>>,
    question: String,
    #[serde(default, deserialize_with = "present")]
    answer: Option<Option<String>>,
    answers: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct FollowupRow {
    dialogue: Vec<Utterance>,
    question: String,
    answer: String,
    #[serde(default)]
    needs: Vec<Vec<String>>,
    #[serde(default)]
    not: Vec<String>,
}

#[derive(Deserialize)]
struct CommandRow {
    text: String,
    answer: Value,
}

#[derive(Deserialize)]
struct ConsistentRow {
    passages: Vec<Passage>,
    #[serde(default)]
    dialogue: Vec<Utterance>,
    reply: String,
    answer: YesNo,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum YesNo {
    Yes,
    No,
}

#[derive(Deserialize)]
struct SmalltalkRow {
    text: String,
}

/// Tells a key that is null from one that is not there.
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things here"
)]
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

fn parse(text: &str) -> Result<Row, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
    let Value::Object(fields) = &value else {
        return Err(format!("no JSON object; a row is {GROUNDED}"));
    };
    let source = match fields.get("source") {
        None | Some(Value::Null) => None,
        Some(Value::String(source)) => Some(source.clone()),
        Some(_) => return Err("source: a text is allowed".into()),
    };
    let task = match fields.get("task") {
        None => "grounded".to_owned(),
        Some(Value::String(task)) => task.clone(),
        Some(_) => return Err(format!("task: one of {TASKS} is allowed")),
    };
    let (task, expected) = match task.as_str() {
        "grounded" => grounded(shaped(value, "grounded", GROUNDED)?)?,
        "followup" => followup(shaped(value, "followup", FOLLOWUP)?),
        "command" => command(shaped(value, "command", COMMAND)?)?,
        "consistent" => consistent(shaped(value, "consistent", CONSISTENT)?),
        "smalltalk" => {
            let SmalltalkRow { text } = shaped(value, "smalltalk", SMALLTALK)?;
            (Task::Smalltalk { text }, Expected::Anything)
        }
        other => return Err(format!("task '{other}': one of {TASKS} is allowed")),
    };
    Ok(Row {
        line: 0,
        task,
        expected,
        source,
    })
}

fn shaped<T: DeserializeOwned>(value: Value, task: &str, shape: &str) -> Result<T, String> {
    serde_json::from_value(value).map_err(|error| format!("{error}; a {task} row is {shape}"))
}

fn grounded(row: GroundedRow) -> Result<(Task, Expected), String> {
    let wrong = |what: &str| Err(format!("{what}; a grounded row is {GROUNDED}"));
    let passages = match (row.context, row.passages) {
        (Some(text), None) => vec![Passage {
            title: row.title,
            text,
        }],
        (None, Some(passages)) if !passages.is_empty() => passages,
        (None, Some(_)) => return wrong("passages is empty"),
        (None, None) => return wrong("context and passages are missing"),
        (Some(_), Some(_)) => return wrong("context and passages exclude each other"),
    };
    let answers = match (row.answer, row.answers) {
        (Some(answer), None) => answer.into_iter().collect(),
        (None | Some(None), Some(answers)) => answers,
        (None, None) => return wrong("answer and answers are missing"),
        (Some(Some(_)), Some(_)) => return wrong("answer and answers exclude each other"),
    };
    if answers.iter().any(|answer| answer.trim().is_empty()) {
        return wrong("an answer is empty; one that the passages don't hold is null");
    }
    let question = row.question;
    Ok((
        Task::Grounded { passages, question },
        Expected::Answer(answers),
    ))
}

fn followup(row: FollowupRow) -> (Task, Expected) {
    let task = Task::Followup {
        dialogue: row.dialogue,
        question: row.question,
    };
    let expected = Standalone {
        answer: row.answer,
        needs: row.needs,
        not: row.not,
    };
    (task, Expected::Standalone(expected))
}

fn command(row: CommandRow) -> Result<(Task, Expected), String> {
    if !row.answer.get("intent").is_some_and(Value::is_string) {
        return Err(format!("answer has no intent; a command row is {COMMAND}"));
    }
    let text = row.text;
    Ok((Task::Command { text }, Expected::Command(row.answer)))
}

fn consistent(row: ConsistentRow) -> (Task, Expected) {
    let yes = matches!(row.answer, YesNo::Yes);
    let task = Task::Consistent {
        passages: row.passages,
        dialogue: row.dialogue,
        reply: row.reply,
    };
    (task, Expected::YesNo(yes))
}

#[cfg(test)]
#[path = "rows_tests.rs"]
mod tests;
