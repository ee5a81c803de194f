//! `/v1/knowledge`: what is indexed, reading it again, and single sources. Indexes nothing itself.

use actix_web::web;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::chat::{SourceDocument, Suggestion};

use super::{
    error::{ApiError, ErrorBody},
    extract::Ready,
    schema::KnowledgeStatus,
};

const DEFAULT_SUGGESTIONS: usize = 4;
const MAX_SUGGESTIONS: usize = 50;

/// Questions to begin with.
#[derive(Debug, Serialize, ToSchema)]
pub struct SuggestionList {
    /// Always `list`.
    pub object: &'static str,
    /// The questions.
    pub data: Vec<Suggestion>,
}

/// How many questions to suggest.
#[derive(Debug, Deserialize)]
pub struct Count {
    limit: Option<String>,
}

/// Which source to show.
#[derive(Debug, Deserialize)]
pub struct Which {
    id: Option<String>,
    source: Option<String>,
}

/// Shows what is indexed: counts, generation, skipped files and why.
#[utoipa::path(
    get, path = "/v1/knowledge/status", operation_id = "knowledge_status", tag = "knowledge",
    responses(
        (status = 200, description = "The index", body = KnowledgeStatus),
        (status = "5XX", description = "Not ready", body = ErrorBody),
    ),
)]
pub async fn status(ready: Ready) -> web::Json<Value> {
    web::Json(ready.orchestrator.knowledge_status())
}

/// Brings the index up to date with the knowledge folder while requests go on.
///
/// # Errors
/// 5xx when the folder can't be read or the index can't be written.
#[utoipa::path(
    post, path = "/v1/knowledge/reload", operation_id = "reload_knowledge", tag = "knowledge",
    responses(
        (status = 200, description = "What was added, changed, removed and skipped", body = KnowledgeStatus),
        (status = "5XX", description = "Failed; the index is as it was", body = ErrorBody),
    ),
)]
pub async fn reload(ready: Ready) -> Result<web::Json<Value>, ApiError> {
    Ok(web::Json(ready.orchestrator.reload().await?))
}

/// Suggests questions that the FAQ answers.
///
/// # Errors
/// 400 for a bad number.
#[utoipa::path(
    get, path = "/v1/knowledge/suggestions", operation_id = "suggest_questions", tag = "knowledge",
    params(("limit" = Option<u32>, Query, description = "How many at most, 1 to 50; 4 if absent")),
    responses(
        (status = 200, description = "The questions", body = SuggestionList),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Not ready", body = ErrorBody),
    ),
)]
pub async fn suggestions(
    ready: Ready,
    count: web::Query<Count>,
) -> Result<web::Json<SuggestionList>, ApiError> {
    let limit = match &count.limit {
        None => Some(DEFAULT_SUGGESTIONS),
        Some(text) => text.parse().ok(),
    };
    let limit = limit.filter(|limit| (1..=MAX_SUGGESTIONS).contains(limit));
    let limit = limit.ok_or_else(|| {
        let message = format!("`limit` must be a whole number from 1 to {MAX_SUGGESTIONS}");
        ApiError::invalid("limit", message)
    })?;
    Ok(web::Json(SuggestionList {
        object: "list",
        data: ready.orchestrator.suggestions(limit),
    }))
}

/// Shows a source with what stands around it in its document.
///
/// # Errors
/// 400 without an id, 404 where the index does not hold it now.
#[utoipa::path(
    get, path = "/v1/knowledge/source", operation_id = "get_source", tag = "knowledge",
    params(
        ("id" = String, Query, description = "The source's id, as in an answer's `sources`"),
        ("source" = Option<String>, Query, description = "The file's path, where two entries share an id"),
    ),
    responses(
        (status = 200, description = "The document or entry", body = SourceDocument),
        (status = "4XX", description = "No such source", body = ErrorBody),
        (status = "5XX", description = "Not ready", body = ErrorBody),
    ),
)]
pub async fn source(
    ready: Ready,
    which: web::Query<Which>,
) -> Result<web::Json<SourceDocument>, ApiError> {
    let id = which.id.as_deref().ok_or_else(|| {
        ApiError::invalid(
            "id",
            "`id` is needed: the source's id, as in an answer's `sources`".to_owned(),
        )
    })?;
    let found = ready.orchestrator.source(id, which.source.as_deref());
    found
        .map(web::Json)
        .ok_or_else(|| ApiError::NotFound(format!("there is no source `{id}`")))
}
