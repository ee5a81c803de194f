//! One answer as it arrives: from the bytes of a response to events, streamed or whole.
//!
//! It knows nothing of retries and of the time allowed for the whole; its caller drops it to cancel.

use std::{collections::VecDeque, pin::Pin, time::Duration};

use bytes::Bytes;
use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures_util::{Stream, StreamExt, future, stream};
use reqwest::{Response, header};

use super::{
    error::{UpstreamError, excerpt},
    wire::{self, Piece},
};
use crate::chat::{FinishReason, ModelEvent, Usage};

/// The most bytes of an answer, frames included; a server that sends more is not answering.
const MAX_ANSWER_BYTES: usize = 16 << 20;
/// The most bytes read of a refusal.
const MAX_REFUSAL_BYTES: usize = 16 << 10;
/// How long the usage and the mark of the end may take once the model is done: some servers
/// send neither and keep the connection open.
const AFTER_FINISH: Duration = Duration::from_secs(2);

type Events = Pin<Box<dyn Stream<Item = Result<Event, EventStreamError<Interruption>>> + Send>>;

/// Why bytes stopped coming.
#[derive(Debug)]
enum Interruption {
    Connection,
    TooLong,
}

/// An answer that is being read.
pub(super) struct Answer {
    /// Read but not yet handed out.
    ready: VecDeque<ModelEvent>,
    events: Events,
    finish: Option<FinishReason>,
    usage: Option<Usage>,
    /// Kept out of every message.
    key: String,
}

impl Answer {
    /// Reads as much of `response` as tells what it is: a refusal, a whole answer, a stream.
    pub(super) async fn open(response: Response, key: &str) -> Result<Self, UpstreamError> {
        if !response.status().is_success() {
            return Err(refusal(response, key).await);
        }
        let mut answer = Self {
            ready: VecDeque::new(),
            events: Box::pin(stream::empty()),
            finish: None,
            usage: None,
            key: key.to_owned(),
        };
        let kind = response.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim() {
            "application/json" => answer.read_whole(response).await?,
            // Some servers send a stream under no name or under that of plain text.
            "text/event-stream" | "text/plain" | "" => answer.events = events(response),
            other => {
                return Err(UpstreamError::Protocol {
                    message: format!("content of type {}", excerpt(other, key)),
                });
            }
        }
        Ok(answer)
    }

    /// The next event. After `Done` or an error there is none worth asking for.
    pub(super) async fn next(&mut self) -> Result<ModelEvent, UpstreamError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(event);
            }
            let Some(finish) = self.finish else {
                match self.events.next().await {
                    Some(Ok(event)) if is_end(&event) => return Ok(self.done(FinishReason::Stop)),
                    Some(Ok(event)) => self.take(&event.data)?,
                    Some(Err(error)) => return Err(interrupted(&error)),
                    None => return Err(UpstreamError::Closed),
                }
                continue;
            };
            // The answer is whole: only its usage may still come, and nothing can spoil it.
            match tokio::time::timeout(AFTER_FINISH, self.events.next()).await {
                Ok(Some(Ok(event))) if !is_end(&event) && self.take(&event.data).is_ok() => {}
                _ => return Ok(self.done(finish)),
            }
        }
    }

    async fn read_whole(&mut self, response: Response) -> Result<(), UpstreamError> {
        let body = read_body(response, MAX_ANSWER_BYTES).await;
        let body = body.map_err(|error| interrupted(&EventStreamError::Transport(error)))?;
        self.take(&String::from_utf8_lossy(&body))?;
        if self.ready.is_empty() && self.finish.is_none() {
            return Err(UpstreamError::Protocol {
                message: "JSON without a message".to_owned(),
            });
        }
        let done = self.done(self.finish.unwrap_or(FinishReason::Stop));
        self.ready.push_back(done);
        Ok(())
    }

    fn take(&mut self, json: &str) -> Result<(), UpstreamError> {
        let piece = Piece::parse(json, &self.key)?;
        self.ready.extend(piece.text.map(ModelEvent::Text));
        self.finish = piece.finish.or(self.finish);
        self.usage = piece.usage.or(self.usage);
        Ok(())
    }

    fn done(&self, finish: FinishReason) -> ModelEvent {
        let usage = self.usage;
        ModelEvent::Done { finish, usage }
    }
}

/// The mark that OpenAI puts after the last event.
fn is_end(event: &Event) -> bool {
    event.data.trim() == "[DONE]"
}

/// The server-sent events of a response, bounded in size. Characters split between two pieces of
/// the response are put together.
fn events(response: Response) -> Events {
    let mut room = MAX_ANSWER_BYTES;
    let bytes = response.bytes_stream().map(move |bytes| {
        let bytes = bytes.map_err(|_| Interruption::Connection)?;
        room = room.checked_sub(bytes.len()).ok_or(Interruption::TooLong)?;
        Ok(bytes)
    });
    // The reader panics on a byte order mark at the very start; an empty line before it, which
    // means nothing, makes the mark an ordinary character.
    let start = stream::once(future::ready(Ok(Bytes::from_static(b"\n"))));
    Box::pin(start.chain(bytes).eventsource())
}

fn interrupted(error: &EventStreamError<Interruption>) -> UpstreamError {
    let message = match error {
        EventStreamError::Transport(Interruption::Connection) => return UpstreamError::Closed,
        EventStreamError::Transport(Interruption::TooLong) => "an endless answer",
        EventStreamError::Utf8(_) => "bytes that are not UTF-8",
        EventStreamError::Parser(_) => "a stream that is not made of events",
    };
    UpstreamError::Protocol {
        message: message.to_owned(),
    }
}

async fn refusal(response: Response, key: &str) -> UpstreamError {
    let code = response.status().as_u16();
    let retry_after = retry_after(&response);
    let body = read_body(response, MAX_REFUSAL_BYTES)
        .await
        .unwrap_or_default();
    let words = wire::error_words(&String::from_utf8_lossy(&body));
    UpstreamError::Status {
        code,
        message: excerpt(&words, key),
        retry_after,
    }
}

/// In seconds; the form with a date is not worth a second try anyway.
fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds: f64 = value.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

async fn read_body(mut response: Response, limit: usize) -> Result<Vec<u8>, Interruption> {
    let mut body = Vec::new();
    while let Some(bytes) = response
        .chunk()
        .await
        .map_err(|_| Interruption::Connection)?
    {
        if body.len() + bytes.len() > limit {
            return Err(Interruption::TooLong);
        }
        body.extend_from_slice(&bytes);
    }
    Ok(body)
}
