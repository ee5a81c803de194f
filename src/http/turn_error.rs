//! Why a turn has no answer, as the [`ApiError`] that says so to the client.
//!
//! Statuses and wording are that type's; here is only which is which.

use crate::orchestrator::TurnError;

use super::error::ApiError;

impl From<TurnError> for ApiError {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::Overloaded { retry_after_s } => Self::Overloaded { retry_after_s },
            TurnError::Loading => Self::Loading,
            TurnError::Draining => Self::Draining,
            TurnError::PromptTooLong { tokens, limit } => Self::PromptTooLong { tokens, limit },
            TurnError::NotFound(message) => Self::NotFound(message),
            TurnError::Upstream(detail) => Self::Upstream(detail),
            TurnError::Internal(detail) => Self::Internal(detail),
            TurnError::Store(detail) => Self::Store(detail),
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{ResponseError as _, http::header};

    use super::*;

    fn answered(error: TurnError) -> (u16, Option<String>, serde_json::Value) {
        let error = ApiError::from(error);
        let response = error.error_response();
        let retry = response.headers().get(header::RETRY_AFTER);
        (
            response.status().as_u16(),
            retry.map(|value| value.to_str().expect("digits").to_owned()),
            serde_json::to_value(error.body()).expect("serializes"),
        )
    }

    #[test]
    fn overload_is_429_and_says_when_to_come_back() {
        let (status, retry, body) = answered(TurnError::Overloaded { retry_after_s: 3 });
        assert_eq!((status, retry.as_deref()), (429, Some("3")));
        assert_eq!(body["error"]["type"], "rate_limit_error");
        assert_eq!(body["error"]["code"], "overloaded");
    }

    #[test]
    fn loading_and_draining_are_503_and_say_when_to_come_back() {
        for (error, code) in [
            (TurnError::Loading, "loading"),
            (TurnError::Draining, "draining"),
        ] {
            let (status, retry, body) = answered(error);
            assert_eq!(status, 503);
            assert!(retry.is_some());
            assert_eq!(body["error"]["code"], code);
        }
    }

    #[test]
    fn a_prompt_too_long_has_the_code_that_clients_look_for() {
        let (status, _, body) = answered(TurnError::PromptTooLong {
            tokens: 9,
            limit: 8,
        });
        assert_eq!(status, 400);
        assert_eq!(body["error"]["code"], "context_length_exceeded");
        assert_eq!(body["error"]["param"], "messages");
    }

    #[test]
    fn details_of_inner_failures_are_not_shown() {
        for error in [
            TurnError::Upstream("key sk-123 refused".into()),
            TurnError::Internal("/srv/secret/index missing".into()),
            TurnError::Store("disk full at /srv/secret".into()),
        ] {
            let (status, _, body) = answered(error);
            assert!(status >= 500);
            let text = body.to_string();
            assert!(!text.contains("sk-123") && !text.contains("/srv"), "{text}");
        }
    }
}
