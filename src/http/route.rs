//! `POST /v1/route` and `POST /v1/search`: what would be decided and what would be found, without
//! answering and without leaving a trace.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::chat::Source;

use super::{
    error::{ApiError, ErrorBody},
    extract::{Json, Ready},
    request::{RouteRequest, SearchRequest},
    schema,
};

/// What was found, best first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SearchResults {
    /// FAQ entries and passages.
    pub results: Vec<Source>,
}

/// Decides how a turn would be answered, without answering it.
///
/// # Errors
/// 400 and 413 for what the client got wrong.
#[utoipa::path(
    post, path = "/v1/route", operation_id = "preview_route", tag = "knowledge",
    request_body = schema::RouteRequest,
    responses(
        (status = 200, description = "The decision and its signals", body = schema::RoutePreview),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn preview(ready: Ready, body: Json) -> Result<HttpResponse, ApiError> {
    let request = RouteRequest::parse(&body.0, &ready.limits)?;
    let preview = ready
        .orchestrator
        .preview(request.messages, request.collections);
    Ok(HttpResponse::Ok().json(preview.await?))
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
