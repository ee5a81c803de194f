//! Requests: JSON, and what is made of it.

#[path = "../../src/http/error.rs"]
mod error;
#[path = "../../src/http/json.rs"]
mod json;
#[path = "../../src/http/request/mod.rs"]
mod requests;

use error::ApiError;
use serde_json::Value;

use crate::{
    chat::{Message, Role},
    config::Limits,
};
use requests::{
    ChatRequest, FeedbackRequest, RouteRequest, SearchRequest, embeddings::EmbeddingsRequest,
};

const LIMITS: Limits = Limits {
    max_message_bytes: 64,
    max_body_bytes: 4096,
};

/// What is accepted keeps what the types promise; what is refused is refused in a short message
/// with a status of the client's.
pub fn request(data: &[u8]) {
    let body = match json::parse(data) {
        Ok(body) => body,
        Err(error) => return refused(&error),
    };
    let lenient: Value =
        serde_json::from_slice(data).expect("what the strict parser takes is JSON");
    assert_eq!(body, lenient);
    let written = serde_json::to_vec(&body).expect("it serializes");
    assert_eq!(json::parse(&written).expect("it was read before"), body);

    match ChatRequest::parse(&body, &LIMITS) {
        Ok(request) => {
            conversation(&request.messages);
            let sampling = request.options.sampling;
            assert!(
                sampling
                    .temperature
                    .is_none_or(|number| (0.0..=2.0).contains(&number))
            );
            assert!(
                sampling
                    .top_p
                    .is_none_or(|number| (0.0..=1.0).contains(&number))
            );
            assert!(sampling.max_tokens != Some(0));
            assert!(sampling.stop.len() <= 4 && sampling.stop.iter().all(|stop| !stop.is_empty()));
        }
        Err(error) => refused(&error),
    }
    match ChatRequest::parse_message(&body, "c".into(), &LIMITS) {
        Ok(request) => conversation(&request.messages),
        Err(error) => refused(&error),
    }
    match RouteRequest::parse(&body, &LIMITS) {
        Ok(request) => conversation(&request.messages),
        Err(error) => refused(&error),
    }
    match SearchRequest::parse(&body, &LIMITS) {
        Ok(request) => {
            spoken(&request.query);
            assert!((1..=50).contains(&request.top_k));
        }
        Err(error) => refused(&error),
    }
    match FeedbackRequest::parse(&body, &LIMITS) {
        Ok(request) => assert!(matches!(request.rating, 1 | -1)),
        Err(error) => refused(&error),
    }
    match EmbeddingsRequest::parse(&body, &LIMITS) {
        Ok(request) => {
            assert!((1..=256).contains(&request.inputs.len()));
            request.inputs.iter().for_each(|input| spoken(input));
        }
        Err(error) => refused(&error),
    }
}

fn conversation(messages: &[Message]) {
    let asked = messages
        .iter()
        .rfind(|message| message.role != Role::System);
    let asked = asked.expect("somebody asks");
    assert_eq!(asked.role, Role::User);
    for message in messages {
        bounded(&message.content);
        if message.role == Role::User {
            spoken(&message.content);
        }
    }
}

fn bounded(text: &str) {
    assert!(text.len() <= LIMITS.max_message_bytes && !text.contains('\0'));
}

fn spoken(text: &str) {
    bounded(text);
    assert!(!text.trim().is_empty());
}

fn refused(error: &ApiError) {
    use actix_web::ResponseError as _;
    let status = error.status_code().as_u16();
    assert!(matches!(status, 400 | 413), "{status}: {error}");
    let body = error.body().error;
    assert!(
        body.message.len() <= 4096,
        "{} bytes: {}",
        body.message.len(),
        body.message
    );
    assert!(
        !body.message.chars().any(char::is_control),
        "{:?}",
        body.message
    );
    assert_eq!(body.kind, "invalid_request_error");
}
