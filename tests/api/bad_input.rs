//! What is not a request is refused with the field, and what is allowed.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::helpers::Server;

async fn refused(server: &Server, body: Value, status: u16, words: &[&str]) {
    let response = server.post("/v1/chat/completions", &body).await;
    assert_eq!(response.status().as_u16(), status, "{body}");
    assert!(response.headers().contains_key("x-request-id"));
    let error: Value = response.json().await.unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    for word in words {
        assert!(message.contains(word), "'{word}' is not in: {message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn each_malformed_request_is_refused_by_its_field() {
    let server = Server::start().await;
    let asked = |content: Value| json!([{"role": "user", "content": content}]);
    let cases = [
        (json!({"model": "auto"}), 400, vec!["messages"]),
        (
            json!({"model": "auto", "messages": []}),
            400,
            vec!["messages"],
        ),
        (
            json!({"model": "auto", "messages": "hello"}),
            400,
            vec!["messages"],
        ),
        (
            json!({"model": "auto", "messages": [{"role": "robot", "content": "x"}]}),
            400,
            vec!["messages[0].role", "user"],
        ),
        (
            json!({"model": "auto", "messages": asked(json!(7))}),
            400,
            vec!["messages[0].content"],
        ),
        (
            json!({"model": "auto", "messages": asked(json!("x")), "temperature": "warm"}),
            400,
            vec!["temperature"],
        ),
        (
            json!({"model": "auto", "messages": asked(json!("x")), "temperature": 9}),
            400,
            vec!["temperature", "2"],
        ),
        (
            json!({"model": "auto", "messages": asked(json!("x")), "max_tokens": 0}),
            400,
            vec!["max_tokens"],
        ),
        (
            json!({"model": "nobody", "messages": asked(json!("x"))}),
            404,
            vec!["nobody", "auto"],
        ),
        (
            json!({"model": "auto", "messages": asked(json!("a".repeat(40_000)))}),
            413,
            vec!["messages[0]", "32768"],
        ),
    ];
    for (body, status, words) in cases {
        refused(&server, body, status, &words).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_json_are_refused() {
    let server = Server::start().await;
    let send = |bytes: Vec<u8>, kind: &'static str| {
        let request = server
            .client
            .post(format!("{}/v1/chat/completions", server.url));
        request.header("content-type", kind).body(bytes).send()
    };
    let broken = send(b"{\"model\": \"auto\",".to_vec(), "application/json")
        .await
        .unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    let latin = send(
        b"{\"model\": \"auto\", \"messages\": [{\"role\": \"user\", \"content\": \"caf\xe9\"}]}"
            .to_vec(),
        "application/json",
    );
    assert_eq!(latin.await.unwrap().status(), StatusCode::BAD_REQUEST);
    let huge = send(vec![b' '; 2_000_000], "application/json")
        .await
        .unwrap();
    assert_eq!(huge.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let form = send(b"model=auto".to_vec(), "application/x-www-form-urlencoded")
        .await
        .unwrap();
    assert_eq!(form.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_paths_and_methods_are_told_in_json() {
    let server = Server::start().await;
    let missing = server.get("/v1/nothing").await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
    assert!(missing.json::<Value>().await.unwrap()["error"]["message"].is_string());
    let method = server.get("/v1/chat/completions").await;
    assert_eq!(method.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(method.json::<Value>().await.unwrap()["error"]["message"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_history_of_200_turns_the_oldest_are_dropped_and_that_is_said() {
    let server = Server::start().await;
    let mut messages = Vec::new();
    for turn in 0..200 {
        messages.push(json!({"role": "user", "content": format!("question {turn}")}));
        messages.push(json!({"role": "assistant", "content": format!("answer {turn}")}));
    }
    messages
        .push(json!({"role": "user", "content": "How often should the Heron kettle be descaled?"}));
    let response = server
        .post(
            "/v1/chat/completions",
            &json!({"model": "auto", "messages": messages}),
        )
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Value = response.json().await.unwrap();
    let reasons = answer["microgpt"]["reasons"].to_string();
    assert!(
        reasons.contains("oldest 361 messages were dropped"),
        "{reasons}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prompt_longer_than_the_context_is_refused_for_the_local_model_and_degrades_in_the_cascade()
 {
    let server = Server::start().await;
    let long = "every word counts here ".repeat(1_000);
    let body = json!({"model": "microgpt-135m", "messages": [{"role": "user", "content": long}]});
    let refused = server.post("/v1/chat/completions", &body).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let error: Value = refused.json().await.unwrap();
    assert_eq!(error["error"]["code"], "context_length_exceeded");
    let body = json!({"model": "auto", "messages": [{"role": "user", "content": long}]});
    let degraded = server.post("/v1/chat/completions", &body).await;
    assert_eq!(degraded.status(), StatusCode::OK);
}
