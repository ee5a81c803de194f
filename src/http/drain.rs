//! Stopping in order: new work is refused, what is in flight may end, what can't is told so.
//!
//! Three phases: serving; draining, in which [`super::extract`] refuses new work with 503; and the
//! cut, at which a stream still open ends with an error event and a whole answer still awaited is a
//! 503. Nothing is just dropped. When each begins is `app`'s decision.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_web::{
    Error, HttpMessage as _, HttpResponse, ResponseError,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, StatusCode, header},
    middleware::Next,
    web,
};
use bytes::Bytes;
use tokio::{sync::watch, time::timeout};

use super::{
    State,
    error::ApiError,
    observe::{REQUEST_ID, RequestId},
    sse,
};

/// How long what was cut off may take to be told.
const FAREWELL: Duration = Duration::from_millis(500);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Serving,
    Draining,
    Cut,
}

/// The phase of a server, and what it has in flight. Clones are the same one.
#[derive(Clone, Debug)]
pub struct Drain {
    phase: Arc<watch::Sender<Phase>>,
    in_flight: Arc<watch::Sender<usize>>,
}

impl Default for Drain {
    fn default() -> Self {
        Self {
            phase: Arc::new(watch::Sender::new(Phase::Serving)),
            in_flight: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Drain {
    /// True once the server was told to stop.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        *self.phase.borrow() != Phase::Serving
    }

    /// Refuses new work, and waits until nothing is in flight; what still is after `patience` is
    /// cut off. Returns how many requests that were.
    pub async fn run(&self, patience: Duration) -> usize {
        self.phase.send_replace(Phase::Draining);
        tracing::info!(
            in_flight = *self.in_flight.borrow(),
            patience_ms = u64::try_from(patience.as_millis()).unwrap_or(u64::MAX),
            "stopping: what is in flight may end, new work is refused"
        );
        let mut in_flight = self.in_flight.subscribe();
        if timeout(patience, in_flight.wait_for(|count| *count == 0))
            .await
            .is_ok()
        {
            return 0;
        }
        let left = *in_flight.borrow();
        self.phase.send_replace(Phase::Cut);
        let told = timeout(FAREWELL, in_flight.wait_for(|count| *count == 0)).await;
        if told.is_err() {
            tracing::warn!("some clients did not take their last words");
        }
        left
    }

    /// Resolves when what is in flight is cut off.
    async fn cut(&self) {
        let mut phase = self.phase.subscribe();
        // An error would mean that the sender is gone, but `self` holds it.
        let _ = phase.wait_for(|phase| *phase == Phase::Cut).await;
    }

    fn enter(&self) -> InFlight {
        self.in_flight.send_modify(|count| *count += 1);
        InFlight(self.clone())
    }
}

/// One request that is not answered whole yet.
struct InFlight(Drain);

impl Drop for InFlight {
    fn drop(&mut self) {
        let leave = |count: &mut usize| *count = count.saturating_sub(1);
        self.0.in_flight.send_modify(leave);
    }
}

/// The middleware: counts what is in flight, and ends it at the cut.
///
/// # Errors
/// 503 at the cut, and what inner services raise.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let drain = match request.app_data::<web::Data<State>>() {
        Some(state) => state.drain.clone(),
        None => Drain::default(),
    };
    let in_flight = drain.enter();
    let id = request.extensions().get::<RequestId>().cloned();
    let mut response = tokio::select! {
        biased;
        response = next.call(request) => response?,
        () = drain.cut() => return Err(CutOff(id).into()),
    };
    if drain.has_begun() {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    let streams = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
    Ok(response.map_body(|_, body| {
        let cut: Pin<Box<dyn Future<Output = ()>>> = if streams {
            Box::pin(async move { drain.cut().await })
        } else {
            Box::pin(std::future::pending())
        };
        BoxBody::new(Cuttable {
            body: Some(body.boxed()),
            cut,
            _in_flight: in_flight,
        })
    }))
}

/// A request whose answer was still awaited at the cut.
#[derive(Debug, thiserror::Error)]
#[error("cut off by the end of the server")]
struct CutOff(Option<RequestId>);

impl ResponseError for CutOff {
    fn status_code(&self) -> StatusCode {
        ApiError::Draining.status_code()
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        let mut response = ApiError::Draining.error_response();
        if let Some(Ok(id)) = self.0.as_ref().map(|id| id.as_str().try_into()) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
            .head_mut()
            .set_connection_type(ConnectionType::Close);
        response
    }
}

/// A body that can be ended early with an error event.
struct Cuttable {
    /// `None` after the cut.
    body: Option<BoxBody>,
    cut: Pin<Box<dyn Future<Output = ()>>>,
    _in_flight: InFlight,
}

impl MessageBody for Cuttable {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.as_ref().map_or(BodySize::None, BoxBody::size)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_next(context);
        if polled.is_pending() && this.cut.as_mut().poll(context).is_ready() {
            // Dropping the body cancels the work behind it.
            this.body = None;
            return Poll::Ready(Some(Ok(sse::last_words(&ApiError::Draining).into())));
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_idle_server_drains_at_once() {
        let drain = Drain::default();
        assert_eq!(drain.run(Duration::MAX).await, 0);
        assert!(drain.has_begun());
    }

    #[tokio::test]
    async fn what_ends_in_time_is_not_cut() {
        let drain = Drain::default();
        let work = drain.enter();
        let running = tokio::spawn({
            let drain = drain.clone();
            async move { drain.run(Duration::MAX).await }
        });
        let mut phase = drain.phase.subscribe();
        let begun = phase.wait_for(|phase| *phase != Phase::Serving).await;
        assert_eq!(*begun.expect("the sender lives"), Phase::Draining);
        drop(work);
        assert_eq!(running.await.expect("no panic"), 0);
    }

    #[tokio::test]
    async fn what_does_not_end_is_cut() {
        let drain = Drain::default();
        let work = drain.enter();
        let told = tokio::spawn({
            let drain = drain.clone();
            async move {
                drain.cut().await;
                drop(work);
            }
        });
        assert_eq!(drain.run(Duration::ZERO).await, 1);
        told.await.expect("no panic");
    }
}
