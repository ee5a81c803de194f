//! One answer as it arrives: from the bytes of a response to events, streamed or whole.
//!
//! It knows nothing of retries and of the time allowed for the whole; its caller drops it to cancel.

use std::{collections::VecDeque, time::Duration};

use reqwest::{Response, header};

use super::{
    error::{UpstreamError, excerpt},
    sse::{Fault, Reader},
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

/// Why bytes stopped coming.
#[derive(Debug)]
enum Interruption {
    Connection,
    TooLong,
}

impl From<Interruption> for UpstreamError {
    fn from(interruption: Interruption) -> Self {
        match interruption {
            Interruption::Connection => Self::Closed,
            Interruption::TooLong => protocol("an endless answer"),
        }
    }
}

impl From<Fault> for UpstreamError {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::TooLong => protocol("an endless event"),
            Fault::NotUtf8 => protocol("bytes that are not UTF-8"),
        }
    }
}

fn protocol(message: impl Into<String>) -> UpstreamError {
    UpstreamError::Protocol {
        message: message.into(),
    }
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
            events: Events::default(),
            finish: None,
            usage: None,
            key: key.to_owned(),
        };
        let named = |name| {
            let value = response.headers().get(name);
            value.and_then(|value| value.to_str().ok())
        };
        if let Some(encoding) = named(header::CONTENT_ENCODING)
            && !encoding.trim().eq_ignore_ascii_case("identity")
        {
            let encoding = excerpt(encoding, key);
            return Err(protocol(format!(
                "content encoded as {encoding}, which was not asked for"
            )));
        }
        let kind = named(header::CONTENT_TYPE).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim() {
            "application/json" => answer.read_whole(response).await?,
            // Some servers send a stream under no name or under that of plain text.
            "text/event-stream" | "text/plain" | "" => answer.events.response = Some(response),
            other => return Err(protocol(format!("content of type {}", excerpt(other, key)))),
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
                match self.events.next().await? {
                    Some(data) if is_end(&data) => return Ok(self.done(FinishReason::Stop)),
                    Some(data) => self.take(&data)?,
                    None => return Err(UpstreamError::Closed),
                }
                continue;
            };
            // The answer is whole: only its usage may still come, and nothing can spoil it.
            match tokio::time::timeout(AFTER_FINISH, self.events.next()).await {
                Ok(Ok(Some(data))) if !is_end(&data) && self.take(&data).is_ok() => {}
                _ => return Ok(self.done(finish)),
            }
        }
    }

    async fn read_whole(&mut self, response: Response) -> Result<(), UpstreamError> {
        let body = read_body(response, MAX_ANSWER_BYTES).await?;
        self.take(&String::from_utf8_lossy(&body))?;
        if self.ready.is_empty() && self.finish.is_none() {
            return Err(protocol("JSON without a message"));
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
fn is_end(data: &str) -> bool {
    data.trim() == "[DONE]"
}

/// The server-sent events of a response, bounded in size.
#[derive(Default)]
struct Events {
    /// What is still being received.
    response: Option<Response>,
    received_bytes: usize,
    reader: Reader,
    /// Read but not yet handed out.
    ready: VecDeque<String>,
    /// What comes after `ready`.
    fault: Option<UpstreamError>,
}

impl Events {
    /// The data of the next event; `None` after the last one.
    async fn next(&mut self) -> Result<Option<String>, UpstreamError> {
        loop {
            if let Some(data) = self.ready.pop_front() {
                return Ok(Some(data));
            }
            if let Some(fault) = self.fault.take() {
                return Err(fault);
            }
            let Some(response) = &mut self.response else {
                return Ok(None);
            };
            let received = match response.chunk().await {
                Ok(Some(bytes)) => self.take(&bytes),
                Ok(None) => {
                    self.response = None;
                    self.ready
                        .extend(self.reader.end().filter(|data| is_whole(data)));
                    Ok(())
                }
                Err(_) => Err(Interruption::Connection.into()),
            };
            if let Err(fault) = received {
                self.response = None;
                self.fault = Some(fault);
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) -> Result<(), UpstreamError> {
        self.received_bytes += bytes.len();
        if self.received_bytes > MAX_ANSWER_BYTES {
            return Err(Interruption::TooLong.into());
        }
        Ok(self.reader.read(bytes, &mut self.ready)?)
    }
}

/// False for an event that the end of the connection cut in two.
fn is_whole(data: &str) -> bool {
    is_end(data) || !matches!(Piece::parse(data, ""), Err(UpstreamError::Protocol { .. }))
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
