//! `POST /v1/embeddings`: the encoder's vectors, written as the client asks. Computes none
//! itself.

use actix_web::web;
use base64::{Engine, prelude::BASE64_STANDARD};

use super::{
    error::{ApiError, ErrorBody},
    extract::{Json, Ready},
    request::embeddings::{EmbeddingsRequest, Encoding},
    schema,
    wire::{Embedding, EmbeddingList, EmbeddingUsage, Vector},
};

/// Embeds one text or a list of up to 256.
///
/// # Errors
/// 400 and 413 for what the client got wrong, 404 for any model but the encoder.
#[utoipa::path(
    post, path = "/v1/embeddings", operation_id = "create_embeddings", tag = "knowledge",
    request_body = schema::EmbeddingsRequest,
    responses(
        (status = 200, description = "The vectors", body = EmbeddingList),
        (status = "4XX", description = "Refused", body = ErrorBody),
        (status = "5XX", description = "Failed", body = ErrorBody),
    ),
)]
pub async fn create(ready: Ready, body: Json) -> Result<web::Json<EmbeddingList>, ApiError> {
    let request = EmbeddingsRequest::parse(&body.0, &ready.limits)?;
    let encoder = ready.orchestrator.encoder_name().to_owned();
    if request.model != encoder {
        return Err(ApiError::UnknownModel {
            found: request.model,
            allowed: vec![encoder],
        });
    }
    let (vectors, tokens) = ready.orchestrator.embed(request.inputs).await?;
    check_dimensions(request.dimensions, vectors.first().map_or(0, Vec::len))?;
    let one = |(index, vector)| Embedding {
        object: "embedding",
        index,
        embedding: encode(vector, request.encoding),
    };
    Ok(web::Json(EmbeddingList {
        object: "list",
        data: vectors.into_iter().enumerate().map(one).collect(),
        model: encoder,
        usage: EmbeddingUsage {
            prompt_tokens: tokens,
            total_tokens: tokens,
        },
    }))
}

/// The encoder has one length; another can't be had.
fn check_dimensions(asked: Option<u64>, length: usize) -> Result<(), ApiError> {
    match asked {
        Some(asked) if asked != length as u64 => Err(ApiError::invalid(
            "dimensions",
            format!("`dimensions` must be {length}, the encoder's own; found {asked}"),
        )),
        _ => Ok(()),
    }
}

fn encode(vector: Vec<f32>, encoding: Encoding) -> Vector {
    match encoding {
        Encoding::Float => Vector::Float(vector),
        Encoding::Base64 => {
            let bytes: Vec<u8> = vector.into_iter().flat_map(f32::to_le_bytes).collect();
            Vector::Base64(BASE64_STANDARD.encode(bytes))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_holds_little_endian_single_precision_numbers() {
        let Vector::Base64(text) = encode(vec![1.0, -2.0], Encoding::Base64) else {
            panic!("base64 was asked for");
        };
        let bytes = BASE64_STANDARD.decode(text).expect("base64");
        assert_eq!(bytes, [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
    }

    #[test]
    fn only_the_encoders_own_length_can_be_asked_for() {
        assert!(check_dimensions(Some(384), 384).is_ok());
        assert!(check_dimensions(None, 384).is_ok());
        let error = check_dimensions(Some(256), 384).expect_err("refused");
        assert_eq!(
            error.to_string(),
            "`dimensions` must be 384, the encoder's own; found 256"
        );
    }
}
