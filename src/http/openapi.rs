//! The description of this interface, as `OpenAPI` 3.1.
//!
//! Made from the handlers' own annotations; a test keeps it and [`super::table`] the same.

use utoipa::OpenApi;

use super::{completions, conversations, embeddings, knowledge, models, ops, pages, route};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Micro-GPT",
        description = "Answers what it can itself, with evidence, and escalates the rest. \
                       Shaped as the OpenAI API; every answer carries a `microgpt` object.",
    ),
    paths(
        completions::create,
        models::list,
        models::one,
        conversations::create,
        conversations::list,
        conversations::one,
        conversations::remove,
        conversations::say,
        conversations::feedback,
        route::preview,
        route::search,
        embeddings::create,
        knowledge::status,
        knowledge::reload,
        knowledge::suggestions,
        knowledge::source,
        ops::alive,
        ops::ready,
        ops::metrics,
        ops::openapi,
        pages::chat,
        pages::docs,
    ),
    tags(
        (name = "chat", description = "Answers, and the models that give them"),
        (name = "conversations", description = "History kept by the server, and feedback"),
        (name = "knowledge", description = "Decisions, search, vectors and the index"),
        (name = "operation", description = "Health, metrics and pages"),
    ),
)]
struct Interface;

/// The description as JSON.
///
/// # Errors
/// When it can't be serialized, which would be a fault of this program.
pub fn document() -> serde_json::Result<String> {
    Interface::openapi().to_json()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use actix_web::http::Method;
    use serde_json::Value;

    use super::*;
    use crate::{
        config::Limits,
        http::request::{
            ChatRequest, FeedbackRequest, RouteRequest, SearchRequest,
            embeddings::EmbeddingsRequest,
        },
    };

    fn described() -> Value {
        serde_json::from_str(&document().expect("serializes")).expect("JSON")
    }

    #[test]
    fn what_is_served_is_described_and_nothing_else() {
        let described = described();
        let paths = described["paths"].as_object().expect("paths");
        let described: BTreeSet<String> = paths
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("an item").keys();
                methods.map(move |method| format!("{} {path}", method.to_uppercase()))
            })
            .collect();
        let served: BTreeSet<String> = crate::http::table()
            .iter()
            .flat_map(|endpoint| {
                let methods = endpoint.methods().iter();
                // HEAD follows from GET and isn't described.
                let methods = methods.filter(|method| **method != Method::HEAD);
                methods.map(|method| format!("{method} {}", endpoint.path()))
            })
            .collect();
        assert_eq!(served, described);
    }

    #[test]
    fn every_reference_leads_to_a_schema() {
        fn walk(value: &Value, references: &mut BTreeSet<String>) {
            match value {
                Value::Object(map) => {
                    if let Some(Value::String(reference)) = map.get("$ref") {
                        references.insert(reference.clone());
                    }
                    map.values().for_each(|value| walk(value, references));
                }
                Value::Array(list) => list.iter().for_each(|value| walk(value, references)),
                _ => {}
            }
        }
        let described = described();
        let mut references = BTreeSet::new();
        walk(&described, &mut references);
        assert!(!references.is_empty());
        for reference in references {
            let pointer = reference.trim_start_matches('#');
            assert!(described.pointer(pointer).is_some(), "{reference}");
        }
    }

    #[test]
    fn it_is_openapi_3_1_with_one_id_an_operation() {
        let described = described();
        assert_eq!(described["openapi"], "3.1.0");
        let paths = described["paths"].as_object().expect("paths");
        let operations: Vec<&Value> = paths
            .values()
            .flat_map(|item| item.as_object().expect("an item").values())
            .collect();
        let ids: BTreeSet<&str> = operations
            .iter()
            .map(|operation| operation["operationId"].as_str().expect("an id"))
            .collect();
        assert_eq!(ids.len(), operations.len());
    }

    #[test]
    fn the_examples_are_accepted_by_the_parsers() {
        let described = described();
        let limits = Limits {
            max_message_bytes: 1_000,
            max_body_bytes: 10_000,
        };
        let example = |name: &str| described["components"]["schemas"][name]["example"].clone();
        ChatRequest::parse(&example("ChatCompletionRequest"), &limits).expect("accepted");
        ChatRequest::parse_message(&example("MessageRequest"), "c".into(), &limits)
            .expect("accepted");
        EmbeddingsRequest::parse(&example("EmbeddingsRequest"), &limits).expect("accepted");
        RouteRequest::parse(&example("RouteRequest"), &limits).expect("accepted");
        SearchRequest::parse(&example("SearchRequest"), &limits).expect("accepted");
        FeedbackRequest::parse(&example("FeedbackRequest"), &limits).expect("accepted");
    }
}
