//! Bodies made to hurt, and names made to mislead: refused in one short message that names the
//! field, and shown as what they are.

use serde_json::{Value, json};

use crate::helpers::Server;

async fn send(server: &Server, path: &str, body: impl Into<Vec<u8>>) -> (u16, Value) {
    let response = server
        .client
        .post(format!("{}{path}", server.url))
        .header("content-type", "application/json")
        .body(body.into())
        .send()
        .await
        .unwrap();
    (response.status().as_u16(), response.json().await.unwrap())
}

/// A chat request whose message's content is this JSON.
fn asking(content: &str) -> String {
    format!(r#"{{"model": "auto", "messages": [{{"role": "user", "content": {content}}}]}}"#)
}

#[tokio::test(flavor = "multi_thread")]
async fn json_made_to_hurt_is_refused_with_the_field() {
    let server = Server::start().await;
    let nested = |depth: usize| asking(&("[".repeat(depth) + &"]".repeat(depth)));
    let cases = [
        (nested(100_000), 400, "messages[0].content"),
        (
            format!("{{\"metadata\": {}", "{\"a\":".repeat(100_000)),
            400,
            "metadata.a.a",
        ),
        (asking("1e999"), 400, "messages[0].content"),
        (asking(&"9".repeat(100_000)), 400, "messages[0].content"),
        (asking(r#""\ud800""#), 400, "messages[0].content"),
        (asking(r#""\udc00\ud800""#), 400, "messages[0].content"),
        (asking(r#""a\u0000b""#), 400, "messages[0].content"),
        (asking("\"a\u{1}b\""), 400, "messages[0].content"),
        (
            asking(&format!("\"{}\"", "a".repeat(1_000_000))),
            413,
            "messages[0].content",
        ),
        (asking(r#""a", "content": "b""#), 400, "messages[0].content"),
        (
            r#"{"model": "auto", "model": "x"}"#.to_owned(),
            400,
            "model",
        ),
        (
            r#"{"model": "auto", "messages": [], "\u006dodel": "x"}"#.to_owned(),
            400,
            "model",
        ),
        (
            r#"{"model": "auto", "messages": [NaN]}"#.to_owned(),
            400,
            "messages[0]",
        ),
        (asking("\"x\"").replace("\"auto\"", "1e400"), 400, "model"),
    ];
    for (body, expected, field) in cases {
        let start: String = body.chars().take(120).collect();
        let (status, answer) = send(&server, "/v1/chat/completions", body).await;
        assert_eq!(status, expected, "{start}: {answer}");
        let param = answer["error"]["param"].as_str().unwrap_or_default();
        assert!(param.starts_with(field), "{start}: {answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(
            message.contains(field) && message.len() < 2_000,
            "{message}"
        );
    }
    let invalid = b"{\"model\": \"auto\", \"messages\": \"\xc3\x28\"}".to_vec();
    let (status, answer) = send(&server, "/v1/chat/completions", invalid).await;
    assert_eq!(
        (status, &answer["error"]["code"]),
        (400, &json!("invalid_utf8"))
    );
    assert_eq!(server.get("/readyz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_would_mislead_are_shown_as_what_they_are() {
    let server = Server::start().await;
    let bad = "\u{202e}gpj.\u{1b}[31m\nx\u{0}";
    let asked = |model: &str, conversation: &str| {
        json!({"model": model, "metadata": {"conversation_id": conversation},
            "messages": [{"role": "user", "content": "what does delivery cost?"}]})
        .to_string()
    };
    for body in [
        asked(bad, ""),
        asked(&bad.repeat(2_000), ""),
        asked("auto", bad),
        asked("auto", &bad.repeat(2_000)),
    ] {
        let (status, answer) = send(&server, "/v1/chat/completions", body).await;
        assert_eq!(status, 404, "{answer}");
        let message = answer["error"]["message"].as_str().unwrap();
        let hidden = |letter: char| letter.is_control() || letter == '\u{202e}';
        assert!(!message.contains(hidden), "{message:?}");
        assert!(
            message.contains("\\u{202e}") && message.len() < 8_000,
            "{message}"
        );
    }
    for path in [
        "/v1/conversations/%E2%80%AE%0A%00",
        "/v1/models/%1B%5B31m",
        "/v1/%E2%80%AE",
    ] {
        let response = server.get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        let answer: Value = response.json().await.unwrap();
        let message = answer["error"]["message"].as_str().unwrap();
        assert!(!message.contains(char::is_control), "{message:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn request_ids_unfit_for_logs_are_replaced() {
    let server = Server::start().await;
    let long = "x".repeat(129);
    for id in ["two words", "caf\u{e9}", "\u{202e}x", long.as_str(), ""] {
        let request = server.client.get(format!("{}/healthz", server.url));
        let value = reqwest::header::HeaderValue::from_bytes(id.as_bytes()).unwrap();
        let response = request.header("x-request-id", value).send().await.unwrap();
        let made = response.headers()["x-request-id"].to_str().unwrap();
        assert!(made != id && made.len() == 36, "{id:?}: {made}");
    }
}
