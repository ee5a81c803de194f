//! What is refused by its head alone, before a body is read or a handler asked; and the framing of
//! answers to old clients.
//!
//! actix itself refuses a head of more than 128 KiB or 96 fields, and one that is no HTTP, with an
//! empty reply; below that the bounds are these, and the reply says so.

use actix_web::{
    Error, ResponseError as _,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{ConnectionType, Version},
    middleware::Next,
};

use super::error::ApiError;

/// The longest address of a request.
const MAX_URI_BYTES: usize = 8 << 10;
/// The most that all header fields may come to.
const MAX_HEADER_BYTES: usize = 32 << 10;

/// The middleware. A refusal closes the connection.
///
/// # Errors
/// Passes on what inner services raise.
pub async fn guard(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(refusal) = refusal(&request) else {
        let version = request.version();
        let mut response = next.call(request).await?.map_into_boxed_body();
        let is_stream = matches!(response.response().body().size(), BodySize::Stream);
        if is_stream && version < Version::HTTP_11 {
            // Chunks are younger than these clients: their streams end with the connection.
            let head = response.response_mut().head_mut();
            head.no_chunking(true);
            head.set_connection_type(ConnectionType::Close);
        }
        return Ok(response);
    };
    let mut response = refusal.error_response();
    response
        .head_mut()
        .set_connection_type(ConnectionType::Close);
    Ok(request.into_response(response))
}

fn refusal(request: &ServiceRequest) -> Option<ApiError> {
    let uri = request.uri();
    let uri_bytes = uri.path().len() + uri.query().map_or(0, str::len);
    if uri_bytes > MAX_URI_BYTES {
        return Some(ApiError::UriTooLong(MAX_URI_BYTES));
    }
    let fields = request.headers().iter();
    let header_bytes: usize = fields
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    (header_bytes > MAX_HEADER_BYTES).then_some(ApiError::HeadersTooLarge(MAX_HEADER_BYTES))
}
