//! One reply, judged: what it declines, what the verdict makes of it, how near it comes.

use serde_json::{Value, json};

use crate::{
    chat::{Source, SourceKind},
    orchestrator::verify::{declines, verify},
    prompt::task::{Passage, Task},
};

use super::{
    ask::Reply,
    plain,
    rows::{Expected, Row},
    score,
};

/// A reply with all that is found out about it alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mark {
    /// The text as the model wrote it.
    pub reply: String,
    /// Why nothing was asked, if so.
    pub skipped: Option<String>,
    /// It says that the passages don't hold the answer.
    pub declined: bool,
    /// What the verdict would show; grounded answers only.
    pub shown: Option<String>,
    /// Not declined, and with a statement that the passages don't bear out.
    pub unsupported: bool,
    /// The same of what the verdict shows.
    pub unsupported_after: bool,
    /// Why the verdict held something back.
    pub failures: Vec<String>,
}

/// Judges a `reply` to `task`.
pub(super) fn mark(task: &Task, reply: Reply) -> Mark {
    let reply = match reply {
        Reply::Text(reply) => reply,
        Reply::TooLong(reason) => {
            return Mark {
                skipped: Some(reason),
                ..Mark::default()
            };
        }
    };
    let Task::Grounded { passages, question } = task else {
        return Mark {
            reply,
            ..Mark::default()
        };
    };
    let declined = declines(&reply);
    let sources: Vec<Source> = passages.iter().enumerate().map(source).collect();
    let verdict = verify(question, &reply, &sources);
    let shown = verdict.shown.filter(|_| !declined);
    Mark {
        declined,
        unsupported: !declined && plain::is_unsupported(&reply, passages),
        unsupported_after: shown
            .as_ref()
            .is_some_and(|shown| plain::is_unsupported(shown, passages)),
        shown,
        failures: verdict.failures.iter().map(ToString::to_string).collect(),
        skipped: None,
        reply,
    }
}

fn source((place, passage): (usize, &Passage)) -> Source {
    Source {
        id: format!("row#{place}"),
        kind: SourceKind::Document,
        title: passage.title.clone().unwrap_or_default(),
        url: None,
        source: "row".into(),
        page: None,
        score: 1.0,
        text: passage.text.clone(),
    }
}

/// One line of `--out`.
#[must_use]
pub fn line(row: &Row, mark: &Mark, wrong_passages: Option<(usize, &Mark)>) -> Value {
    let (task, expected) = match &row.expected {
        Expected::Answer(answers) if answers.len() > 1 => ("grounded", json!(answers)),
        Expected::Answer(answers) => ("grounded", json!(answers.first())),
        Expected::Standalone(standalone) => ("followup", json!(standalone.answer)),
        Expected::Command(answer) => ("command", answer.clone()),
        Expected::YesNo(yes) => ("consistent", json!(if *yes { "yes" } else { "no" })),
        Expected::Anything => ("smalltalk", Value::Null),
    };
    let grounded = task == "grounded";
    let mut line = json!({
        "row": row.line,
        "task": task,
        "source": row.source,
        "question": row.question(),
        "reply": mark.reply,
        "declined": mark.declined,
        "supported": grounded.then_some(mark.shown.is_some()),
        "expected": expected,
    });
    match &row.expected {
        Expected::Answer(answers) if !answers.is_empty() => {
            let near = score::nearness(&mark.reply, answers);
            line["f1"] = json!(near.f1);
            line["failures"] = json!(mark.failures);
        }
        Expected::Answer(_) => line["failures"] = json!(mark.failures),
        Expected::Standalone(expected) => {
            line["correct"] = json!(score::is_standalone(&mark.reply, expected));
        }
        Expected::Command(answer) => {
            line["correct"] = json!(score::obeyed(&mark.reply, answer).whole);
        }
        Expected::YesNo(yes) => {
            line["correct"] = json!(score::yes_or_no(&mark.reply) == Some(*yes));
        }
        Expected::Anything => {}
    }
    if let Some(reason) = &mark.skipped {
        line["skipped"] = json!(reason);
    }
    if let Some((passages_of, mark)) = wrong_passages {
        line["wrong_passages"] = json!({
            "of_row": passages_of,
            "reply": mark.reply,
            "declined": mark.declined,
            "supported": mark.shown.is_some(),
        });
    }
    line
}
