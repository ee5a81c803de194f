//! The local model over passages. What it writes is judged before anyone sees it.

use tokio::sync::mpsc;

use crate::{
    chat::{FinishReason, Message, ModelEvent, Route, Sampling, Source, Usage},
    engine::{EngineError, Request},
};

use super::super::{
    desk::{Byline, Desk, Draft},
    history,
    signals::Found,
    turn::TurnError,
    verify,
};
use super::statement;

/// A knowledge answer is short, so that it is soon there and easily judged.
const MOST_TOKENS: u32 = 64;
/// Passages that the model is shown.
const PASSAGES: usize = 3;
/// Prompts tried with a model that was not tuned: the second leads it to the next sentence, where
/// the first answer failed.
const ATTEMPTS: usize = 2;

/// Answers from the best passages; `None`, with the reason noted, where the verdict is against it.
pub(in super::super) async fn knowledge(
    desk: &mut Desk,
    confidence: f32,
    found: &Found,
) -> Result<Option<Draft>, TurnError> {
    let hits = found.0.passages.iter().take(PASSAGES);
    let passages: Vec<Source> = hits.map(|hit| hit.source.clone()).collect();
    if passages.is_empty() {
        desk.reasons.push("no document passage fits".into());
        return Ok(None);
    }
    let tuned = desk.parts().generator_tuned;
    for attempt in 0..if tuned { 1 } else { ATTEMPTS } {
        let written = if tuned {
            read(desk, &passages).await.map(Some)
        } else {
            quote(desk, &passages, attempt).await
        };
        let written = match written {
            Ok(Some(written)) => written,
            Ok(None) => break,
            Err(EngineError::PromptTooLong { tokens, limit }) => {
                desk.reasons.push(format!(
                    "the prompt of {tokens} tokens is longer than the local model's {limit}"
                ));
                return Ok(None);
            }
            Err(error @ EngineError::Overloaded) => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "the local model failed");
                desk.reasons.push("the local model failed".into());
                return Ok(None);
            }
        };
        let verdict = verify::verify(&desk.standalone, &written.text, &passages);
        let held = verdict.shown.is_some();
        let label = if held { "true" } else { "false" };
        metrics::counter!("microgpt_verdicts_total", "held" => label).increment(1);
        let Some(content) = verdict.shown else {
            tracing::debug!(text = written.text, "not shown");
            let failures: Vec<String> = verdict.failures.iter().map(ToString::to_string).collect();
            desk.reasons.push(format!(
                "a local answer was not shown: {}",
                failures.join("; ")
            ));
            continue;
        };
        desk.reasons
            .push("every statement shown is in its passage".into());
        return Ok(Some(Draft {
            content,
            finish: Some(FinishReason::Stop),
            usage: written.usage,
            sources: used(&passages, &verdict.used),
            byline: Byline {
                route: Route::Knowledge,
                confidence,
                model: desk.parts().generator_name.clone(),
            },
            ..Draft::default()
        }));
    }
    Ok(None)
}

/// The passages that support the answer, in the order of its marks.
fn used(passages: &[Source], used: &[usize]) -> Vec<Source> {
    used.iter()
        .filter_map(|&index| passages.get(index).cloned())
        .collect()
}

/// What a model wrote, whole.
pub(super) struct Written {
    pub(super) text: String,
    pub(super) usage: Usage,
}

/// A tuned model says in few words what answers, or that nothing does; its words are shown as the
/// statement of the passage that they come from.
async fn read(desk: &Desk, passages: &[Source]) -> Result<Written, EngineError> {
    let reading = desk
        .parts()
        .prompts
        .reading(&desk.standalone, passages)
        .map_err(|error| EngineError::Template(error.to_string()))?;
    let written = generate(desk, reading.messages, None, &[]).await?;
    let statement = statement::around(&desk.standalone, &written.text, passages, &reading.shown);
    Ok(Written {
        text: statement.unwrap_or(written.text),
        ..written
    })
}

/// Any other model is led to copy the nearest sentence; `None` where none is left.
async fn quote(
    desk: &Desk,
    passages: &[Source],
    attempt: usize,
) -> Result<Option<Written>, EngineError> {
    let parts = desk.parts();
    let history = history::before_question(&desk.request.messages);
    let prompt = parts
        .prompts
        .knowledge(history, &desk.standalone, passages, attempt)
        .map_err(|error| EngineError::Template(error.to_string()))?;
    let Some(prompt) = prompt else {
        return Ok(None);
    };
    let messages = prompt.messages.clone();
    let start = prompt.assistant_prefix.clone();
    let written = generate(desk, messages, start, &prompt.stop).await?;
    Ok(Some(Written {
        text: prompt.answer(&written.text),
        ..written
    }))
}

/// Greedily, at most [`MOST_TOKENS`].
async fn generate(
    desk: &Desk,
    messages: Vec<Message>,
    answer_start: Option<String>,
    stop: &[String],
) -> Result<Written, EngineError> {
    let asked = &desk.request.sampling;
    let most = asked.max_tokens.unwrap_or(MOST_TOKENS);
    let request = Request {
        messages,
        answer_start,
        repetition_penalty: None,
        sampling: Sampling {
            temperature: Some(0.0),
            max_tokens: Some(most.min(MOST_TOKENS)),
            stop: stop.iter().chain(&asked.stop).cloned().collect(),
            ..Sampling::default()
        },
    };
    collect(desk.parts().generator.try_generate(&request)?).await
}

/// Gathers a stream into a whole.
async fn collect(
    mut events: mpsc::Receiver<Result<ModelEvent, EngineError>>,
) -> Result<Written, EngineError> {
    let mut text = String::new();
    while let Some(event) = events.recv().await {
        match event? {
            ModelEvent::Text(more) => text.push_str(&more),
            ModelEvent::Done { usage, .. } => {
                let usage = usage.unwrap_or_default();
                return Ok(Written { text, usage });
            }
        }
    }
    Err(EngineError::Stopped)
}
