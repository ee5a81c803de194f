//! Around every request: an id, a span, a log line and the HTTP metrics.
//!
//! The line and the figures are written when the response has been sent whole or was given up, so
//! a stream counts to its end. Nothing here reads a body.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Instant,
};

use actix_web::{
    Error, HttpMessage,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{HeaderName, HeaderValue},
    },
    middleware::Next,
};
use bytes::Bytes;
use tracing::{Instrument, Span};

/// The header that carries a request's id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The header that names the route a turn took.
pub const ROUTE: HeaderName = HeaderName::from_static("x-microgpt-route");

const ACTIVE: &str = "http_server_active_requests";
const DURATION: &str = "http_server_request_duration_seconds";
const REQUESTS: &str = "http_requests_total";

/// The status logged where the client hung up before there was one.
const CLIENT_CLOSED: u16 = 499;
const MAX_ID_BYTES: usize = 128;
/// The most of a path that is logged.
const MAX_LOGGED_CHARS: usize = 200;

/// The name of one request in logs, rows and replies: 1 to 128 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// A new one, ordered by time.
    #[must_use]
    pub fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().to_string())
    }

    /// The client's own, if it is fit to be written into logs.
    #[must_use]
    pub fn parse(value: &HeaderValue) -> Option<Self> {
        let text = value.to_str().ok()?;
        let fits = (1..=MAX_ID_BYTES).contains(&text.len());
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        (fits && visible).then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Says what the metrics of this module are.
pub fn describe_metrics() {
    metrics::describe_counter!(REQUESTS, "HTTP requests answered");
    metrics::describe_gauge!(ACTIVE, "HTTP requests being answered");
    metrics::describe_histogram!(
        DURATION,
        metrics::Unit::Seconds,
        "Time from a request's head to the last byte of its response"
    );
}

/// The middleware.
///
/// # Errors
/// Passes on what inner services raise.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let given = request.headers().get(REQUEST_ID);
    let id = given
        .and_then(RequestId::parse)
        .unwrap_or_else(RequestId::fresh);
    request.extensions_mut().insert(id.clone());

    let span = tracing::info_span!("request", request_id = id.as_str());
    let mut record = Record::start(&request, span.clone());
    let mut response = next.call(request).instrument(span).await?;

    let id = HeaderValue::from_str(id.as_str());
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    record.answered(&response);
    Ok(response.map_body(|_, body| Observed {
        body: body.boxed(),
        record,
    }))
}

/// One request, written down when it is dropped.
struct Record {
    span: Span,
    started: Instant,
    method: Method,
    path: String,
    pattern: String,
    status: u16,
    route: Option<String>,
    whole: bool,
}

impl Record {
    fn start(request: &ServiceRequest, span: Span) -> Self {
        metrics::gauge!(ACTIVE).increment(1.0);
        Self {
            span,
            started: Instant::now(),
            method: request.method().clone(),
            path: request.path().chars().take(MAX_LOGGED_CHARS).collect(),
            pattern: "unknown".to_owned(),
            status: CLIENT_CLOSED,
            route: None,
            whole: false,
        }
    }

    fn answered<B: MessageBody>(&mut self, response: &ServiceResponse<B>) {
        self.status = response.status().as_u16();
        if let Some(pattern) = response.request().match_pattern() {
            self.pattern = pattern;
        }
        let route = response.headers().get(ROUTE);
        self.route = route
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let empty = matches!(
            response.response().body().size(),
            BodySize::None | BodySize::Sized(0)
        );
        self.whole = empty || self.method == Method::HEAD;
    }

    /// A method of the standard ones, so that clients can't make up series.
    fn method_label(&self) -> &'static str {
        match self.method {
            Method::GET => "GET",
            Method::HEAD => "HEAD",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            Method::OPTIONS => "OPTIONS",
            _ => "_OTHER",
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let elapsed = self.started.elapsed();
        let labels = [
            ("http_request_method", self.method_label().to_owned()),
            ("http_route", self.pattern.clone()),
            ("http_response_status_code", self.status.to_string()),
        ];
        metrics::gauge!(ACTIVE).decrement(1.0);
        metrics::counter!(REQUESTS, &labels).increment(1);
        metrics::histogram!(DURATION, &labels).record(elapsed.as_secs_f64());
        tracing::info!(
            parent: &self.span,
            method = %self.method,
            // As a string, which is logged with quotes and escapes: people choose paths.
            path = self.path,
            status = self.status,
            route = self.route.as_deref().unwrap_or("-"),
            whole = self.whole,
            ms = elapsed.as_secs_f64() * 1e3,
            "served"
        );
    }
}

/// A response body that takes its record along until it is sent or dropped.
struct Observed {
    body: BoxBody,
    record: Record,
}

impl MessageBody for Observed {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let this = self.get_mut();
        let _entered = this.record.span.enter();
        let polled = Pin::new(&mut this.body).poll_next(context);
        if matches!(polled, Poll::Ready(None)) {
            this.record.whole = true;
        }
        polled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<RequestId> {
        RequestId::parse(&HeaderValue::from_str(text).expect("a header"))
    }

    #[test]
    fn a_sane_id_is_taken_as_it_is() {
        let id = parsed("order-7:a/b").expect("sane");
        assert_eq!(id.as_str(), "order-7:a/b");
    }

    #[test]
    fn ids_unfit_for_logs_are_not_taken() {
        assert_eq!(parsed(""), None);
        assert_eq!(parsed("two words"), None);
        assert_eq!(parsed(&"x".repeat(129)), None);
        let accented = HeaderValue::from_bytes("café".as_bytes()).expect("a header");
        assert_eq!(RequestId::parse(&accented), None);
    }

    #[test]
    fn fresh_ids_differ_and_are_ordered_by_time() {
        let (first, second) = (RequestId::fresh(), RequestId::fresh());
        assert!(first.as_str() < second.as_str());
    }
}
