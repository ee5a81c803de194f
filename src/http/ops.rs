//! For those who operate the server: alive, ready, metrics, the interface's description.
//!
//! None of these needs the models, so they answer while they load.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    State,
    error::{ApiError, ErrorBody},
    pages::Pages,
    schema::Health,
};

/// Says that the process is alive.
#[utoipa::path(
    get, path = "/healthz", tag = "operation",
    responses((status = 200, description = "Alive", body = Health)),
)]
pub async fn alive() -> web::Json<Health> {
    web::Json(Health { status: "alive" })
}

/// Says that models and index are loaded and new work is taken.
///
/// # Errors
/// 503 while loading or draining.
#[utoipa::path(
    get, path = "/readyz", tag = "operation",
    responses(
        (status = 200, description = "Ready", body = Health),
        (status = 503, description = "Loading or draining", body = ErrorBody),
    ),
)]
pub async fn ready(state: web::Data<State>) -> Result<web::Json<Health>, ApiError> {
    state.orchestrator()?;
    Ok(web::Json(Health { status: "ready" }))
}

/// Shows the metrics in Prometheus' text format.
#[utoipa::path(
    get, path = "/metrics", tag = "operation",
    responses((status = 200, description = "The metrics", body = String, content_type = "text/plain")),
)]
pub async fn metrics(state: web::Data<State>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body((state.metrics)())
}

/// Describes this interface.
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = Object)),
)]
pub async fn openapi(pages: web::Data<Pages>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(pages.openapi.clone())
}

/// Refuses a path that isn't served.
///
/// # Errors
/// Always 404.
pub async fn unknown_path(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let asked = format!("{} {}", request.method(), request.path());
    Err(ApiError::UnknownPath(asked))
}
