//! `POST /v1/route` and `POST /v1/search`: what would be decided and what would be found, without
//! answering and without leaving a trace.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{chat::Source, orchestrator::TurnRequest};

use super::{
    error::{ApiError, ErrorBody},
    extract::{Head, Json, Ready},
    request::{RouteRequest, SearchRequest},
    schema,
};

/// What was found, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// FAQ entries and passages.
    pub results: Vec<Source>,
}

/// Decides how a turn would be answered, without answering it: from a kept answer, too.
///
/// # Errors
/// 400 and 413 for what the client got wrong, 404 for an unknown conversation.
#[utoipa::path(
    post, path = "/v1/route", operation_id = "preview_route", tag = "knowledge",
    request_body = schema::RouteRequest,
    responses(
        (status = 200, description = "The decision and its signals", body = schema::RoutePreview),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn preview(ready: Ready, head: Head, body: Json) -> Result<HttpResponse, ApiError> {
    let RouteRequest { messages, options } = RouteRequest::parse(&body.0, &ready.limits)?;
    let turn = TurnRequest {
        sampling: options.sampling,
        conversation_id: options.conversation_id,
        no_store: head.no_store,
        ..TurnRequest::new(messages, options.collections)
    };
    let preview = ready.orchestrator.preview(turn).await?;
    Ok(HttpResponse::Ok().json(preview))
}

/// Searches the knowledge base.
///
/// # Errors
/// 400 and 413 for what the client got wrong.
#[utoipa::path(
    post, path = "/v1/search", operation_id = "search", tag = "knowledge",
    request_body = schema::SearchRequest,
    responses(
        (status = 200, description = "What was found, best first", body = SearchResults),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn search(ready: Ready, body: Json) -> Result<web::Json<SearchResults>, ApiError> {
    let request = SearchRequest::parse(&body.0, &ready.limits)?;
    let found = ready
        .orchestrator
        .search(&request.query, request.top_k, &request.collections);
    Ok(web::Json(SearchResults {
        results: found.await?,
    }))
}
