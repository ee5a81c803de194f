//! What handlers ask for: the orchestrator once it is ready, what a request says of itself in its
//! head, the JSON body.
//!
//! Each refuses at the door with an [`ApiError`]. Nothing here looks inside the JSON; that is
//! [`super::request`]'s work.

use std::future::{Ready as Now, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web,
};
use bytes::{Bytes, BytesMut};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde_json::Value;

use crate::{config::Limits, orchestrator::Orchestrator};

use super::{State, error::ApiError, json, observe::RequestId};

/// A body too large is read on up to this many times the limit, so that the client has sent it
/// all and reads the refusal instead of a broken connection.
const DRAIN_FACTOR: usize = 8;

/// The orchestrator and the limits; refused while loading or draining.
pub struct Ready {
    /// Answers turns.
    pub orchestrator: Orchestrator,
    /// What is refused at the door.
    pub limits: Limits,
}

impl State {
    /// The orchestrator, if new work may begin.
    ///
    /// # Errors
    /// [`ApiError::Draining`] or [`ApiError::Loading`].
    pub fn orchestrator(&self) -> Result<Orchestrator, ApiError> {
        if self.drain.has_begun() {
            return Err(ApiError::Draining);
        }
        self.ready.borrow().clone().ok_or(ApiError::Loading)
    }
}

fn state(request: &HttpRequest) -> Result<&State, ApiError> {
    request
        .app_data::<web::Data<State>>()
        .map(web::Data::get_ref)
        .ok_or_else(|| ApiError::Internal("no state is registered".into()))
}

impl FromRequest for Ready {
    type Error = ApiError;
    type Future = Now<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(state(request).and_then(|state| {
            Ok(Self {
                orchestrator: state.orchestrator()?,
                limits: state.limits.clone(),
            })
        }))
    }
}

/// What the head of a request says of it.
pub struct Head {
    /// Its id.
    pub id: RequestId,
    /// `cache-control: no-store`: its answer is neither taken from a cache nor put into one.
    pub no_store: bool,
}

impl FromRequest for Head {
    type Error = ApiError;
    type Future = Now<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<RequestId>().cloned();
        ready(Ok(Self {
            id: known.unwrap_or_else(RequestId::fresh),
            no_store: no_store(request.headers()),
        }))
    }
}

fn no_store(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::CACHE_CONTROL);
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|directive| directive.trim().eq_ignore_ascii_case("no-store"))
}

/// A body declared as JSON that is JSON.
pub struct Json(pub Value);

impl FromRequest for Json {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = json_is_declared(request.headers());
        let bounds = state(request).map(|state| (state.limits.max_body_bytes, state.body_timeout));
        let payload = payload.take();
        Box::pin(async move {
            declared?;
            let (limit, patience) = bounds?;
            let body = tokio::time::timeout(patience, read(payload, limit))
                .await
                .map_err(|_| ApiError::BodyTimeout)??;
            json::parse(&body).map(Self)
        })
    }
}

fn json_is_declared(headers: &HeaderMap) -> Result<(), ApiError> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(encoding) = text(header::CONTENT_ENCODING)
        && !encoding.eq_ignore_ascii_case("identity")
    {
        return Err(ApiError::ContentType(format!(
            "content encoding {encoding}"
        )));
    }
    let found = text(header::CONTENT_TYPE).unwrap_or("none");
    let essence = found.split(';').next().unwrap_or_default().trim();
    let essence = essence.to_ascii_lowercase();
    let is_json = essence == "application/json"
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    if is_json {
        return Ok(());
    }
    Err(ApiError::ContentType(found.to_owned()))
}

async fn read(mut payload: Payload, limit: usize) -> Result<Bytes, ApiError> {
    let mut body = BytesMut::new();
    let mut seen = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| ApiError::Invalid {
            param: None,
            message: format!("the body could not be read: {error}"),
        })?;
        seen += chunk.len();
        if seen <= limit {
            body.extend_from_slice(&chunk);
        } else if seen > limit.saturating_mul(DRAIN_FACTOR) {
            break;
        }
    }
    if seen > limit {
        return Err(ApiError::BodyTooLarge(limit));
    }
    Ok(body.freeze())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn declared(content_type: &'static str) -> Result<(), ApiError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        json_is_declared(&headers)
    }

    #[test]
    fn no_store_is_found_among_other_directives() {
        for (value, expected) in [
            ("no-store", true),
            ("max-age=0, No-Store", true),
            ("no-cache", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(value));
            assert_eq!(no_store(&headers), expected, "{value}");
        }
        assert!(!no_store(&HeaderMap::new()));
    }

    #[test]
    fn json_types_are_accepted_with_parameters() {
        for content_type in [
            "application/json",
            "Application/JSON; charset=utf-8",
            "application/vnd.api+json",
        ] {
            assert!(declared(content_type).is_ok(), "{content_type}");
        }
    }

    #[test]
    fn other_types_and_none_are_refused_by_name() {
        for content_type in ["text/plain", "application/x-www-form-urlencoded"] {
            let error = declared(content_type).expect_err("refused");
            assert!(error.to_string().contains(content_type));
        }
        assert!(json_is_declared(&HeaderMap::new()).is_err());
    }
}
