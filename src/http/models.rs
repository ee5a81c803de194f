//! `GET /v1/models`: the names that a request may ask for. Knows no model itself.

use actix_web::web;

use crate::orchestrator::ModelCard;

use super::{
    error::{ApiError, ErrorBody},
    extract::Ready,
    wire::{Model, ModelList},
};

impl From<ModelCard> for Model {
    fn from(card: ModelCard) -> Self {
        Self {
            id: card.id,
            object: "model",
            created: card.created,
            owned_by: card.owned_by,
        }
    }
}

/// Lists the models.
#[utoipa::path(
    get, path = "/v1/models", operation_id = "list_models", tag = "chat",
    responses(
        (status = 200, description = "The models", body = ModelList),
        (status = "5XX", description = "Not ready", body = ErrorBody),
    ),
)]
pub async fn list(ready: Ready) -> web::Json<ModelList> {
    web::Json(ModelList {
        object: "list",
        data: ready
            .orchestrator
            .models()
            .into_iter()
            .map(Model::from)
            .collect(),
    })
}

/// Shows one model.
///
/// # Errors
/// 404 when there is none of that name.
#[utoipa::path(
    get, path = "/v1/models/{model}", operation_id = "get_model", tag = "chat",
    params(("model" = String, Path, description = "The model's name")),
    responses(
        (status = 200, description = "The model", body = Model),
        (status = "4XX", description = "No such model", body = ErrorBody),
        (status = "5XX", description = "Not ready", body = ErrorBody),
    ),
)]
pub async fn one(ready: Ready, name: web::Path<String>) -> Result<web::Json<Model>, ApiError> {
    let mut cards = ready.orchestrator.models();
    if let Some(place) = cards.iter().position(|card| card.id == *name) {
        return Ok(web::Json(cards.swap_remove(place).into()));
    }
    Err(ApiError::UnknownModel {
        found: name.into_inner(),
        allowed: cards.into_iter().map(|card| card.id).collect(),
    })
}
