//! History kept by the server.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::helpers::{Server, route};

async fn new_conversation(server: &Server) -> String {
    let made: Value = server
        .post("/v1/conversations", &json!({}))
        .await
        .json()
        .await
        .unwrap();
    made["id"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_is_kept_with_its_answers_and_can_be_deleted() {
    let server = Server::start().await;
    let id = new_conversation(&server).await;
    let messages = format!("/v1/conversations/{id}/messages");
    let answer: Value = server
        .post(&messages, &json!({"content": "what does delivery cost?"}))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(route(&answer), "faq");
    assert_eq!(answer["microgpt"]["conversation_id"], id.as_str());

    let kept: Value = server
        .get(&format!("/v1/conversations/{id}"))
        .await
        .json()
        .await
        .unwrap();
    let roles: Vec<&str> = kept["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|message| message["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["user", "assistant"]);
    let all: Value = server.get("/v1/conversations").await.json().await.unwrap();
    assert!(all.to_string().contains(&id));

    let url = format!("{}/v1/conversations/{id}", server.url);
    assert!(
        server
            .client
            .delete(&url)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    assert_eq!(
        server
            .get(&format!("/v1/conversations/{id}"))
            .await
            .status(),
        StatusCode::NOT_FOUND
    );
    let gone = server.post(&messages, &json!({"content": "hello"})).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn feedback_is_kept_for_an_answer_and_for_nothing_else() {
    let server = Server::start().await;
    let answer = server.ask("what does delivery cost?").await;
    let id = answer["microgpt"]["message_id"].as_str().unwrap();
    let path = format!("/v1/messages/{id}/feedback");
    assert!(
        server
            .post(&path, &json!({"rating": 1, "comment": "quick"}))
            .await
            .status()
            .is_success()
    );
    assert_eq!(
        server.post(&path, &json!({"rating": 3})).await.status(),
        StatusCode::BAD_REQUEST
    );
    let unknown = server
        .post("/v1/messages/nobody/feedback", &json!({"rating": 1}))
        .await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_outlive_the_server() {
    let server = Server::start().await;
    let id = new_conversation(&server).await;
    server
        .post(
            &format!("/v1/conversations/{id}/messages"),
            &json!({"content": "what does delivery cost?"}),
        )
        .await;
    let again = Server::start_in(server.stop(), |_, _| {}).await;
    let kept: Value = again
        .get(&format!("/v1/conversations/{id}"))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(kept["messages"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_are_searched_by_what_was_said() {
    let server = Server::start().await;
    server.ask("what does delivery cost?").await;
    let list = async |query: &str| -> Value {
        let path = format!("/v1/conversations?query={query}");
        server.get(&path).await.json().await.unwrap()
    };
    let found = list("DELIVERY%20cost").await;
    assert_eq!(found["data"].as_array().unwrap().len(), 1);
    let excerpt = found["data"][0]["excerpt"].as_str().unwrap();
    assert_eq!(excerpt, "what does delivery cost?");
    assert_eq!(list("teapot").await["data"], json!([]));
    let refused = list(&"x".repeat(201)).await;
    assert_eq!(refused["error"]["param"], "query");
}
