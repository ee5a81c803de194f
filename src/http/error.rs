//! The only place that turns an error into a status, a body and a log line.
//!
//! The body is OpenAI's error object. What failed inside (a path, an upstream's reply, a
//! database message) goes to the log only, never to the client.

use actix_web::{HttpResponse, ResponseError, body::BoxBody, http::StatusCode, http::header};
use serde::Serialize;
use utoipa::ToSchema;

use crate::text::visible;

/// The longest message; what people sent is in some of them.
const MAX_MESSAGE_CHARS: usize = 1_000;

/// Why a request is not answered. `Display` is the message shown to the client.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// A field is missing, of the wrong type or out of range.
    #[error("{message}")]
    Invalid {
        /// The field, as `messages[2].role`; `None` for the body as a whole.
        param: Option<String>,
        /// What is wrong and what is allowed.
        message: String,
    },
    /// The body is not JSON; holds what the parser found and where.
    #[error("the body is not valid JSON: {0}")]
    Json(String),
    /// A field of the body is not JSON.
    #[error("`{param}` can't be read: {message}")]
    JsonField {
        /// The field, as `messages[2].role`.
        param: String,
        /// What the parser found and where.
        message: String,
    },
    /// The body is not UTF-8 from this byte on.
    #[error("the body is not valid UTF-8: the byte at offset {0} can't be decoded")]
    NotUtf8(usize),
    /// The body is not declared as JSON; holds the declared type.
    #[error("the content type must be application/json; found {0}")]
    ContentType(String),
    /// The body is larger than this many bytes.
    #[error("the body is too large: at most {0} bytes are allowed")]
    BodyTooLarge(usize),
    /// One text is too long.
    #[error("`{param}` is too large: {bytes} bytes, at most {limit} are allowed")]
    MessageTooLarge {
        /// The field that holds the text.
        param: String,
        /// Its length.
        bytes: usize,
        /// The most allowed.
        limit: usize,
    },
    /// The address is longer than this many bytes.
    #[error("the address is too long: at most {0} bytes are allowed")]
    UriTooLong(usize),
    /// The header fields are larger than this many bytes.
    #[error("the header fields are too large: at most {0} bytes are allowed in all")]
    HeadersTooLarge(usize),
    /// The body stopped coming.
    #[error("the body did not arrive in time")]
    BodyTimeout,
    /// No such path.
    #[error("there is no {0}; /openapi.json lists every path")]
    UnknownPath(String),
    /// The path exists, the method doesn't.
    #[error("this method is not allowed here; allowed: {allow}")]
    MethodNotAllowed {
        /// The allowed ones, as in the `Allow` header.
        allow: String,
    },
    /// No such model.
    #[error("the model `{found}` does not exist; available: {}", allowed.join(", "))]
    UnknownModel {
        /// What was asked for.
        found: String,
        /// What may be asked for.
        allowed: Vec<String>,
    },
    /// No such conversation or message; holds the message.
    #[error("{0}")]
    NotFound(String),
    /// More tokens than the context holds.
    #[error(
        "the prompt has {tokens} tokens, but the model's context holds {limit}; shorten the messages"
    )]
    PromptTooLong {
        /// The prompt's length.
        tokens: usize,
        /// The most that fits.
        limit: usize,
    },
    /// Every slot and the queue are taken.
    #[error("the server is busy; try again in {retry_after_s} s")]
    Overloaded {
        /// When to try again.
        retry_after_s: u64,
    },
    /// Models and index are not loaded yet.
    #[error("the server is loading its models and its knowledge; try again shortly")]
    Loading,
    /// The server is stopping.
    #[error("the server is stopping; try again shortly")]
    Draining,
    /// An upstream asked for by name failed; the detail is for the log.
    #[error("the upstream model could not answer; try again or ask for `auto`")]
    Upstream(String),
    /// Conversations can't be read or written; the detail is for the log.
    #[error("conversations can't be read or written now; try again shortly")]
    Store(String),
    /// A fault of this program; the detail is for the log.
    #[error("an internal error occurred; the log has it under this request's x-request-id")]
    Internal(String),
}

/// The body of every error.
#[derive(Debug, Serialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorObject,
}

/// OpenAI's error object.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
pub struct ErrorObject {
    /// What is wrong, and what is allowed.
    pub message: String,
    /// The class of the error.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The field at fault.
    #[schema(required)]
    pub param: Option<String>,
    /// A stable name of the error.
    #[schema(required)]
    pub code: Option<&'static str>,
}

impl ApiError {
    /// A fault of the field `param`.
    pub fn invalid(param: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            param: Some(param.into()),
            message: message.into(),
        }
    }

    /// The status and the stable code: the map.
    fn status_and_code(&self) -> (StatusCode, Option<&'static str>) {
        match self {
            Self::Invalid { .. } => (StatusCode::BAD_REQUEST, None),
            Self::Json(_) | Self::JsonField { .. } => {
                (StatusCode::BAD_REQUEST, Some("invalid_json"))
            }
            Self::NotUtf8(_) => (StatusCode::BAD_REQUEST, Some("invalid_utf8")),
            Self::PromptTooLong { .. } => {
                (StatusCode::BAD_REQUEST, Some("context_length_exceeded"))
            }
            Self::UnknownPath(_) => (StatusCode::NOT_FOUND, Some("unknown_path")),
            Self::UnknownModel { .. } => (StatusCode::NOT_FOUND, Some("model_not_found")),
            Self::NotFound(_) => (StatusCode::NOT_FOUND, Some("not_found")),
            Self::MethodNotAllowed { .. } => {
                (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed"))
            }
            Self::UriTooLong(_) => (StatusCode::URI_TOO_LONG, Some("uri_too_long")),
            Self::HeadersTooLarge(_) => (
                StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
                Some("headers_too_large"),
            ),
            Self::BodyTimeout => (StatusCode::REQUEST_TIMEOUT, Some("body_timeout")),
            Self::BodyTooLarge(_) => (StatusCode::PAYLOAD_TOO_LARGE, Some("body_too_large")),
            Self::MessageTooLarge { .. } => {
                (StatusCode::PAYLOAD_TOO_LARGE, Some("message_too_large"))
            }
            Self::ContentType(_) => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Some("unsupported_media_type"),
            ),
            Self::Overloaded { .. } => (StatusCode::TOO_MANY_REQUESTS, Some("overloaded")),
            Self::Upstream(_) => (StatusCode::BAD_GATEWAY, Some("upstream_failed")),
            Self::Loading => (StatusCode::SERVICE_UNAVAILABLE, Some("loading")),
            Self::Draining => (StatusCode::SERVICE_UNAVAILABLE, Some("draining")),
            Self::Store(_) => (StatusCode::SERVICE_UNAVAILABLE, Some("store_unavailable")),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, Some("internal_error")),
        }
    }

    fn param(&self) -> Option<&str> {
        match self {
            Self::Invalid { param, .. } => param.as_deref(),
            Self::MessageTooLarge { param, .. } | Self::JsonField { param, .. } => Some(param),
            Self::PromptTooLong { .. } => Some("messages"),
            Self::UnknownModel { .. } => Some("model"),
            _ => None,
        }
    }

    fn retry_after_s(&self) -> Option<u64> {
        match self {
            Self::Overloaded { retry_after_s } => Some((*retry_after_s).max(1)),
            Self::Loading => Some(1),
            Self::Draining | Self::Store(_) => Some(5),
            _ => None,
        }
    }

    /// The object that clients see.
    #[must_use]
    pub fn body(&self) -> ErrorBody {
        let (status, code) = self.status_and_code();
        let kind = match status {
            StatusCode::TOO_MANY_REQUESTS => "rate_limit_error",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request_error",
        };
        ErrorBody {
            error: ErrorObject {
                message: self.message(),
                kind,
                param: self.param().map(str::to_owned),
                code,
            },
        }
    }

    /// What is said about it, cut, and without characters that would not be seen as themselves.
    fn message(&self) -> String {
        let message = self.to_string();
        match message.char_indices().nth(MAX_MESSAGE_CHARS) {
            Some((end, _)) => visible(&message[..end]).into_owned() + "…",
            None => visible(&message).into_owned(),
        }
    }

    /// Writes it to the log, with what the client doesn't see. Called once, when it is sent.
    pub fn log(&self) {
        let (status, code) = self.status_and_code();
        let (status, code) = (status.as_u16(), code.unwrap_or("invalid_request"));
        match self {
            Self::Upstream(detail) | Self::Store(detail) | Self::Internal(detail) => {
                tracing::error!(status, code, detail, "request failed");
            }
            _ => tracing::debug!(status, code, reason = self.message(), "request refused"),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.status_and_code().0
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.log();
        let mut response = HttpResponse::build(self.status_code());
        if let Some(seconds) = self.retry_after_s() {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Self::MethodNotAllowed { allow } = self {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        response.json(self.body())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_has_the_four_fields_of_the_openai_object() {
        let body = serde_json::to_value(ApiError::invalid("n", "no").body()).expect("serializes");
        assert_eq!(
            body,
            serde_json::json!({"error": {
                "message": "no", "type": "invalid_request_error", "param": "n", "code": null,
            }})
        );
    }

    #[test]
    fn what_people_sent_is_cut_and_made_visible() {
        let body = ApiError::NotFound(format!("no `\u{202e}\n{}`", "x".repeat(5_000))).body();
        let message = body.error.message;
        assert!(message.starts_with("no `\\u{202e}\\u{a}xxx"), "{message}");
        assert!(message.chars().count() < 1_100);
    }

    #[test]
    fn a_refused_method_names_the_allowed_ones() {
        let error = ApiError::MethodNotAllowed {
            allow: "GET, HEAD".into(),
        };
        let response = error.error_response();
        assert_eq!(response.status(), 405);
        let allow = response.headers().get(header::ALLOW).expect("named");
        assert_eq!(allow, "GET, HEAD");
    }
}
