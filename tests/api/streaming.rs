//! Streams are OpenAI's, chunk by chunk.

use serde_json::{Value, json};

use crate::helpers::{Server, events};

async fn stream(server: &Server, question: &str, include_usage: bool) -> Vec<Value> {
    let body = json!({
        "model": "auto", "stream": true, "stream_options": {"include_usage": include_usage},
        "messages": [{"role": "user", "content": question}],
    });
    let response = server.post("/v1/chat/completions", &body).await;
    assert_eq!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .split(';')
            .next(),
        Some("text/event-stream")
    );
    assert!(response.headers().contains_key("x-microgpt-route"));
    assert!(response.headers().contains_key("x-microgpt-confidence"));
    events(&response.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_one_identity_a_role_first_and_ends_with_done() {
    let server = Server::start().await;
    let chunks = stream(&server, "what does delivery cost?", false).await;
    assert_eq!(chunks.last().unwrap(), "[DONE]");
    let chunks = &chunks[..chunks.len() - 1];
    for key in ["id", "created", "model"] {
        assert!(
            chunks.iter().all(|chunk| chunk[key] == chunks[0][key]),
            "{key} differs"
        );
    }
    assert_eq!(chunks[0]["choices"][0]["delta"]["role"], "assistant");
    let last = chunks.last().unwrap();
    assert_eq!(last["choices"][0]["finish_reason"], "stop");
    assert_eq!(last["microgpt"]["route"], "faq");
    let said: String = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
        .collect();
    assert_eq!(
        said,
        "Standard shipping costs 4.90 euros, and is free from 50 euros."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_comes_in_a_chunk_of_its_own_where_it_is_asked_for() {
    let server = Server::start().await;
    let chunks = stream(
        &server,
        "How often should the Heron kettle be descaled?",
        true,
    )
    .await;
    let chunks = &chunks[..chunks.len() - 1];
    let (usage, before) = chunks.split_last().unwrap();
    assert_eq!(usage["choices"], json!([]));
    assert!(usage["usage"]["total_tokens"].as_u64().unwrap() > 0);
    assert!(before.iter().all(|chunk| chunk["usage"].is_null()));
}
