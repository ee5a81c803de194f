//! `POST /v1/chat/completions`: parses and passes on. The turn itself is in [`super::turn`].

use actix_web::HttpResponse;

use super::{
    error::{ApiError, ErrorBody},
    extract::{Head, Json, Ready},
    request::ChatRequest,
    schema::ChatCompletionRequest,
    turn,
    wire::{ChatCompletion, Chunk},
};

/// Answers the last user message.
///
/// `model` is `auto` (the cascade), a tier (`knowledge`, `escalate`), the generator's name (the
/// local model as it is) or an upstream's name. With `stream` the answer comes as server-sent
/// events, closed by `data: [DONE]`.
///
/// # Errors
/// 400 and 413 for what the client got wrong, 404 for an unknown model, 429 and 503 to come again.
#[utoipa::path(
    post, path = "/v1/chat/completions", operation_id = "create_chat_completion", tag = "chat",
    params(("cache-control" = Option<String>, Header, description = "`no-store`: the answer is neither taken from a cache nor kept in one")),
    request_body = ChatCompletionRequest,
    responses(
        (status = 200, description = "The answer, or its stream", content(
            (ChatCompletion = "application/json"),
            (Chunk = "text/event-stream"),
        ), headers(
            ("x-request-id" = String, description = "The request's id, taken from the request or made"),
            ("x-microgpt-route" = String, description = "The route taken"),
            ("x-microgpt-confidence" = String, description = "How sure the router was, 0 to 1"),
        )),
        (status = "4XX", description = "Refused; 429 says when to come again", body = ErrorBody),
        (status = "5XX", description = "Failed; 503 says when to come again", body = ErrorBody),
    ),
)]
pub async fn create(ready: Ready, head: Head, body: Json) -> Result<HttpResponse, ApiError> {
    let request = ChatRequest::parse(&body.0, &ready.limits)?;
    turn::answer(&ready.orchestrator, request, head).await
}
