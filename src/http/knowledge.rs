//! `/v1/knowledge`: what is indexed, and reading it again. Indexes nothing itself.

use actix_web::web;
use serde_json::Value;

use super::{
    error::{ApiError, ErrorBody},
    extract::Ready,
    schema::KnowledgeStatus,
};

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
