//! A turn as server-sent events, exactly as OpenAI streams a completion.
//!
//! The first delta carries the role, the last one the finish reason and the `microgpt` object;
//! then the usage if asked for, then `[DONE]`. A failure after the first byte is an error event
//! and no `[DONE]`. Dropping the stream drops the turn's events, which cancels the work.

use std::{convert::Infallible, time::Duration};

use bytes::Bytes;
use futures_util::{Stream, stream};
use serde::Serialize;
use tokio::{
    sync::mpsc::Receiver,
    time::{Instant, Interval, MissedTickBehavior, interval_at},
};

use crate::orchestrator::{Answer, TurnEvent};

use super::{
    error::ApiError,
    turn_metrics::TurnClock,
    wire::{Chunk, Delta, DeltaChoice, completion_id},
};

/// How often a comment is sent, so that nobody between here and the client closes the connection.
pub const PING_EVERY: Duration = Duration::from_secs(15);
const PING: &str = ": ping\n\n";
const DONE: &str = "data: [DONE]\n\n";

/// Writes the events of one turn as chunks; pure.
#[derive(Debug)]
pub struct Writer {
    id: String,
    created: i64,
    model: String,
    include_usage: bool,
    opened: bool,
    over: bool,
}

impl Writer {
    /// A writer of chunks made at `created`; `model` stands in until the route is known.
    #[must_use]
    pub fn new(model: String, created: i64, include_usage: bool) -> Self {
        Self {
            id: completion_id(&uuid::Uuid::now_v7().to_string()),
            created,
            model,
            include_usage,
            opened: false,
            over: false,
        }
    }

    /// True once the last event was written.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// What is sent for `event`.
    pub fn write(&mut self, event: TurnEvent) -> String {
        match event {
            TurnEvent::Routed {
                model, message_id, ..
            } if !self.opened => {
                self.model = model;
                self.id = completion_id(&message_id);
                self.open()
            }
            TurnEvent::Routed { .. } => String::new(),
            TurnEvent::Text(text) => self.open() + &self.delta(Some(&text)),
            TurnEvent::Done(answer) => self.open() + &self.close(&answer),
            TurnEvent::Failed(error) => self.fail(&error.into()),
        }
    }

    /// What is sent when the answer can't be finished.
    pub fn fail(&mut self, error: &ApiError) -> String {
        self.over = true;
        last_words(error)
    }

    fn open(&mut self) -> String {
        if self.opened {
            return String::new();
        }
        self.opened = true;
        let mut chunk = self.chunk(Some(""));
        chunk.choices[0].delta.role = Some("assistant");
        data(&chunk)
    }

    fn delta(&self, text: Option<&str>) -> String {
        data(&self.chunk(text))
    }

    fn close(&mut self, answer: &Answer) -> String {
        self.over = true;
        let mut last = self.chunk(None);
        last.choices[0].finish_reason = Some(answer.finish);
        last.microgpt = Some(&answer.outcome);
        let mut frames = data(&last);
        if self.include_usage {
            let usage = Chunk {
                choices: Vec::new(),
                usage: Some(Some(answer.usage)),
                ..self.chunk(None)
            };
            frames += &data(&usage);
        }
        frames + DONE
    }

    fn chunk<'a>(&'a self, content: Option<&'a str>) -> Chunk<'a> {
        Chunk {
            id: &self.id,
            object: "chat.completion.chunk",
            created: self.created,
            model: &self.model,
            choices: vec![DeltaChoice {
                index: 0,
                delta: Delta {
                    role: None,
                    content,
                },
                logprobs: (),
                finish_reason: None,
            }],
            usage: self.include_usage.then_some(None),
            microgpt: None,
        }
    }
}

/// The event that ends a stream which can't be finished.
#[must_use]
pub fn last_words(error: &ApiError) -> String {
    error.log();
    data(&error.body())
}

fn data(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).expect("plain data with string keys serializes");
    format!("data: {json}\n\n")
}

/// The body of a streamed answer: `first`, if it has already come, then the rest of `events`.
pub fn body(
    first: Option<TurnEvent>,
    events: Receiver<TurnEvent>,
    writer: Writer,
    clock: TurnClock,
) -> impl Stream<Item = Result<Bytes, Infallible>> + use<> {
    let mut ping = interval_at(Instant::now() + PING_EVERY, PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // Without a first event the client has waited for a whole interval already.
    let opening = if first.is_none() { PING } else { "" };
    let state = Body {
        opening,
        first,
        events,
        writer,
        clock,
        ping,
    };
    stream::unfold(state, |mut state| async move {
        let frame = state.next().await?;
        Some((Ok(Bytes::from(frame)), state))
    })
}

struct Body {
    opening: &'static str,
    first: Option<TurnEvent>,
    events: Receiver<TurnEvent>,
    writer: Writer,
    clock: TurnClock,
    ping: Interval,
}

impl Body {
    /// The next frame to send; `None` at the end.
    async fn next(&mut self) -> Option<String> {
        if !self.opening.is_empty() {
            return Some(std::mem::take(&mut self.opening).to_owned());
        }
        while !self.writer.is_over() {
            let event = if self.first.is_some() {
                self.first.take()
            } else {
                tokio::select! {
                    biased;
                    event = self.events.recv() => event,
                    _ = self.ping.tick() => return Some(PING.to_owned()),
                }
            };
            let frame = match event {
                Some(event) => {
                    self.clock.observe(&event);
                    self.writer.write(event)
                }
                None => self
                    .writer
                    .fail(&ApiError::Internal("the turn ended early".into())),
            };
            // An empty chunk would end a chunked body.
            if !frame.is_empty() {
                return Some(frame);
            }
        }
        None
    }
}

#[cfg(test)]
#[path = "sse_tests.rs"]
mod tests;
