//! Conversations kept by the server, messages to them, and feedback on answers.
//!
//! Keeps nothing itself: what a conversation looks like is the store's matter.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    error::{ApiError, ErrorBody},
    extract::{Head, Json, Ready},
    request::{ChatRequest, FeedbackRequest},
    schema, turn,
    wire::{ChatCompletion, Chunk},
};

const DEFAULT_PAGE: u32 = 20;
const MAX_PAGE: u32 = 100;
const MAX_QUERY_BYTES: usize = 200;

/// A conversation that was begun.
#[derive(Debug, Serialize, ToSchema)]
pub struct Created {
    /// Its id.
    pub id: String,
}

/// A conversation that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Deleted {
    /// Its id.
    pub id: String,
    /// Always `conversation.deleted`.
    pub object: &'static str,
    /// Always true.
    pub deleted: bool,
}

/// Feedback that was kept.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedbackKept {
    /// The answer it is on.
    pub message_id: String,
    /// 1 or -1.
    pub rating: i64,
}

/// Which conversations to list.
#[derive(Debug, Deserialize)]
pub struct Page {
    limit: Option<String>,
    before: Option<String>,
    query: Option<String>,
}

impl Page {
    fn limit(&self) -> Result<u32, ApiError> {
        let Some(text) = &self.limit else {
            return Ok(DEFAULT_PAGE);
        };
        let limit = text.parse().ok();
        limit
            .filter(|limit| (1..=MAX_PAGE).contains(limit))
            .ok_or_else(|| {
                let message = format!("`limit` must be a whole number from 1 to {MAX_PAGE}");
                ApiError::invalid("limit", message)
            })
    }

    /// What to look for; an empty text is nothing to look for.
    fn query(&self) -> Result<Option<&str>, ApiError> {
        let query = self.query.as_deref().map(str::trim).unwrap_or_default();
        if query.len() > MAX_QUERY_BYTES {
            let message = format!("`query` must have at most {MAX_QUERY_BYTES} bytes");
            return Err(ApiError::invalid("query", message));
        }
        Ok(Some(query).filter(|query| !query.is_empty()))
    }
}

fn unknown(what: &str, id: &str) -> ApiError {
    ApiError::NotFound(format!("there is no {what} `{id}`"))
}

/// Begins a conversation.
///
/// # Errors
/// 503 when the store can't take it.
#[utoipa::path(
    post, path = "/v1/conversations", operation_id = "create_conversation", tag = "conversations",
    responses(
        (status = 200, description = "It has begun", body = Created),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn create(ready: Ready) -> Result<web::Json<Created>, ApiError> {
    let id = ready.orchestrator.create_conversation().await?;
    Ok(web::Json(Created { id }))
}

/// Lists conversations, the newest first.
///
/// # Errors
/// 400 for a bad page size or too long a query, 503 when the store can't be read.
#[utoipa::path(
    get, path = "/v1/conversations", operation_id = "list_conversations", tag = "conversations",
    params(
        ("limit" = Option<u32>, Query, description = "How many, 1 to 100; 20 if absent"),
        ("before" = Option<String>, Query, description = "The last id of the page before"),
        ("query" = Option<String>, Query, description = "Only those with this text in a message, in either case"),
    ),
    responses(
        (status = 200, description = "The conversations", body = schema::ConversationList),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn list(
    ready: Ready,
    page: web::Query<Page>,
) -> Result<web::Json<schema::ConversationList>, ApiError> {
    let (limit, query) = (page.limit()?, page.query()?);
    let found = ready
        .orchestrator
        .conversations(limit, page.before.as_deref(), query);
    Ok(web::Json(schema::ConversationList {
        object: "list",
        data: found.await?,
    }))
}

/// Shows one conversation with its messages.
///
/// # Errors
/// 404 when there is none, 503 when the store can't be read.
#[utoipa::path(
    get, path = "/v1/conversations/{id}", operation_id = "get_conversation", tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 200, description = "The conversation", body = schema::Conversation),
        (status = "4XX", description = "No such conversation", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn one(ready: Ready, id: web::Path<String>) -> Result<web::Json<Value>, ApiError> {
    let found = ready.orchestrator.conversation(&id).await?;
    found
        .map(web::Json)
        .ok_or_else(|| unknown("conversation", &id))
}

/// Deletes one conversation with its messages.
///
/// # Errors
/// 404 when there is none, 503 when the store can't be written.
#[utoipa::path(
    delete, path = "/v1/conversations/{id}", operation_id = "delete_conversation", tag = "conversations",
    params(("id" = String, Path, description = "The conversation")),
    responses(
        (status = 200, description = "It is gone", body = Deleted),
        (status = "4XX", description = "No such conversation", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn remove(ready: Ready, id: web::Path<String>) -> Result<web::Json<Deleted>, ApiError> {
    if !ready.orchestrator.delete_conversation(&id).await? {
        return Err(unknown("conversation", &id));
    }
    Ok(web::Json(Deleted {
        id: id.into_inner(),
        object: "conversation.deleted",
        deleted: true,
    }))
}

/// Adds the user's message to a conversation and answers it, as a chat completion does.
///
/// # Errors
/// As chat completions; 404 when there is no such conversation.
#[utoipa::path(
    post, path = "/v1/conversations/{id}/messages", operation_id = "create_message", tag = "conversations",
    params(
        ("id" = String, Path, description = "The conversation"),
        ("cache-control" = Option<String>, Header, description = "`no-store`: the answer is neither taken from a cache nor kept in one"),
    ),
    request_body = schema::MessageRequest,
    responses(
        (status = 200, description = "The answer, or its stream", content(
            (ChatCompletion = "application/json"),
            (Chunk = "text/event-stream"),
        )),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn say(
    ready: Ready,
    head: Head,
    id: web::Path<String>,
    body: Json,
) -> Result<HttpResponse, ApiError> {
    let request = ChatRequest::parse_message(&body.0, id.into_inner(), &ready.limits)?;
    turn::answer(&ready.orchestrator, request, head).await
}

/// Says whether an answer was good.
///
/// # Errors
/// 404 when there is no such answer, 503 when the store can't be written.
#[utoipa::path(
    post, path = "/v1/messages/{id}/feedback", operation_id = "give_feedback", tag = "conversations",
    params(("id" = String, Path, description = "The answer's `message_id`")),
    request_body = schema::FeedbackRequest,
    responses(
        (status = 200, description = "It is kept", body = FeedbackKept),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn feedback(
    ready: Ready,
    id: web::Path<String>,
    body: Json,
) -> Result<web::Json<FeedbackKept>, ApiError> {
    let FeedbackRequest { rating, comment } = FeedbackRequest::parse(&body.0, &ready.limits)?;
    let kept = ready.orchestrator.feedback(&id, rating, comment.as_deref());
    if !kept.await? {
        return Err(unknown("message", &id));
    }
    Ok(web::Json(FeedbackKept {
        message_id: id.into_inner(),
        rating,
    }))
}
