//! One turn from the parsed request to the response, whole or streamed.
//!
//! The only caller of the orchestrator's `answer`. A stream's status and headers are held back
//! until the first event, so that a turn refused at once gets its proper status.

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{self, HeaderName},
};
use tokio::{sync::mpsc::Receiver, time::timeout};

use crate::{
    chat::Route,
    orchestrator::{Answer, Orchestrator, Target, TurnEvent, TurnRequest},
};

use super::{
    error::ApiError,
    extract::Head,
    observe::ROUTE,
    request::{ChatRequest, options::Delivery},
    sse::{self, PING_EVERY, Writer},
    turn_metrics::{self, TurnClock},
    wire::ChatCompletion,
};

/// The header that says how sure the router was, 0 to 1.
const CONFIDENCE: HeaderName = HeaderName::from_static("x-microgpt-confidence");

/// Answers `request`.
///
/// # Errors
/// What the orchestrator refuses; a failure after a stream's first byte is an event in it.
pub async fn answer(
    orchestrator: &Orchestrator,
    request: ChatRequest,
    head: Head,
) -> Result<HttpResponse, ApiError> {
    let target = target(orchestrator, &request.model)?;
    let options = request.options;
    let created = jiff::Timestamp::now().as_second();
    let clock = TurnClock::start();
    let turn = TurnRequest {
        messages: request.messages,
        target,
        sampling: options.sampling,
        conversation_id: options.conversation_id,
        request_id: head.id.as_str().to_owned(),
        collections: options.collections,
        stream: matches!(options.delivery, Delivery::Stream { .. }),
        training: options.training,
        no_store: head.no_store,
    };
    let events = orchestrator.answer(turn).await?;
    match options.delivery {
        Delivery::Whole => {
            let answer = finished(events, clock).await?;
            Ok(whole(answer, created))
        }
        Delivery::Stream { include_usage } => {
            let writer = Writer::new(request.model, created, include_usage);
            streamed(events, writer, clock).await
        }
    }
}

fn target(orchestrator: &Orchestrator, model: &str) -> Result<Target, ApiError> {
    orchestrator.target(model).ok_or_else(|| {
        let cards = orchestrator.models();
        ApiError::UnknownModel {
            found: model.to_owned(),
            allowed: cards.into_iter().map(|card| card.id).collect(),
        }
    })
}

/// Waits for the turn's end.
async fn finished(
    mut events: Receiver<TurnEvent>,
    mut clock: TurnClock,
) -> Result<Answer, ApiError> {
    while let Some(event) = events.recv().await {
        clock.observe(&event);
        match event {
            TurnEvent::Routed { .. } | TurnEvent::Text(_) => {}
            TurnEvent::Done(answer) => return Ok(*answer),
            TurnEvent::Failed(error) => return Err(error.into()),
        }
    }
    Err(broken_off())
}

fn whole(answer: Answer, created: i64) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    name_route(
        &mut response,
        answer.outcome.route,
        answer.outcome.confidence,
    );
    response.json(ChatCompletion::new(answer, created))
}

async fn streamed(
    mut events: Receiver<TurnEvent>,
    writer: Writer,
    clock: TurnClock,
) -> Result<HttpResponse, ApiError> {
    // Who waits longer than this gets a ping, and with it the status and the headers.
    let first = match timeout(PING_EVERY, events.recv()).await {
        Ok(first @ Some(_)) => first,
        Ok(None) => return Err(broken_off()),
        Err(_elapsed) => None,
    };
    if let Some(TurnEvent::Failed(error)) = first {
        turn_metrics::count_failure();
        return Err(error.into());
    }
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .insert_header(("x-accel-buffering", "no"));
    if let Some(TurnEvent::Routed {
        route, confidence, ..
    }) = &first
    {
        name_route(&mut response, *route, *confidence);
    }
    Ok(response.streaming(sse::body(first, events, writer, clock)))
}

fn name_route(response: &mut HttpResponseBuilder, route: Route, confidence: f32) {
    response.insert_header((ROUTE, route.as_str()));
    response.insert_header((CONFIDENCE, format!("{confidence:.3}")));
}

fn broken_off() -> ApiError {
    ApiError::Internal("the turn ended without an answer".into())
}
