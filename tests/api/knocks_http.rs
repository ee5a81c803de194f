//! The corners of HTTP: methods, versions, forms of an address, connections used again.

use serde_json::Value;
use tokio::io::AsyncWriteExt;

use crate::{
    helpers::Server,
    knocks::{connect, exchange, one_answer, status},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_path_refuses_other_methods_and_names_its_own() {
    let server = Server::start().await;
    let api: Value = server.get("/openapi.json").await.json().await.unwrap();
    let paths = api["paths"].as_object().unwrap();
    assert!(paths.len() > 10);
    for (path, operations) in paths {
        let methods: Vec<String> = operations.as_object().unwrap().keys().cloned().collect();
        let url = format!("{}{}", server.url, path.replace(['{', '}'], ""));
        for method in [
            "PUT", "OPTIONS", "PATCH", "TRACE", "BREW", "GET", "POST", "DELETE",
        ] {
            if methods.contains(&method.to_lowercase()) {
                continue;
            }
            let request = server.client.request(method.parse().unwrap(), &url);
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), 405, "{method} {path}");
            let allow = response.headers()["allow"].to_str().unwrap().to_lowercase();
            assert!(
                methods.iter().all(|own| allow.contains(own)),
                "{path}: {allow}"
            );
            let body: Value = response.json().await.unwrap();
            assert_eq!(body["error"]["code"], "method_not_allowed");
        }
    }
    for path in [
        "/",
        "/docs",
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/models",
    ] {
        let response = server
            .client
            .head(format!("{}{path}", server.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200, "HEAD {path}");
        assert!(response.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_types_and_encodings_of_a_body_are_refused_by_name() {
    let server = Server::start().await;
    for (name, value) in [
        ("content-type", "text/plain"),
        ("content-type", "multipart/form-data; boundary=x"),
        ("content-type", "application/jsonp"),
        ("content-encoding", "gzip"),
    ] {
        let request = server.client.post(format!("{}/v1/search", server.url));
        let mut request = request.header(name, value).body("{\"query\": \"x\"}");
        if name != "content-type" {
            request = request.header("content-type", "application/json");
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 415, "{value}");
        let body: Value = response.json().await.unwrap();
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.contains(value), "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_waits_for_leave_to_send_its_body_gets_it() {
    let server = Server::start().await;
    let body = r#"{"query": "delivery"}"#;
    let head = format!(
        "POST /v1/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    );
    let mut stream = connect(&server).await;
    stream.write_all(head.as_bytes()).await.unwrap();
    assert_eq!(status(&one_answer(&mut stream).await), 100);
    stream.write_all(body.as_bytes()).await.unwrap();
    assert_eq!(status(&one_answer(&mut stream).await), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_clients_proxies_and_no_http_at_all_get_fitting_answers() {
    let server = Server::start().await;
    let cases = [
        ("GET /healthz HTTP/1.0\r\n\r\n", 200),
        (
            "GET http://elsewhere/healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
            200,
        ),
        (
            "GET healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
            404,
        ),
        ("GET /healthz HTTP/1.1\r\n\r\n", 400),
        ("GET /healthz HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n", 400),
        ("GET /healthz HTTP/9.9\r\nhost: x\r\n\r\n", 400),
        (
            "GET /healthz HTTP/1.1\r\nhost: x\r\nbad name: y\r\n\r\n",
            400,
        ),
        (
            "GET /healthz HTTP/1.1\r\nhost: x\r\nx: a\r\n\tfolded\r\n\r\n",
            400,
        ),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\r\n\r\n", 400),
    ];
    for (bytes, expected) in cases {
        let answer = exchange(&server, bytes.as_bytes()).await;
        assert_eq!(status(&answer), expected, "{bytes:?}: {answer}");
    }
    let asked = "{\"model\": \"auto\", \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"what does delivery cost?\"}]}";
    let old = format!(
        "POST /v1/chat/completions HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{asked}",
        asked.len()
    );
    let answer = exchange(&server, old.as_bytes()).await;
    assert!(answer.trim_end().ends_with("data: [DONE]"), "{answer}");
    assert!(
        !answer.to_lowercase().contains("transfer-encoding"),
        "{answer}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pipelined_requests_are_answered_in_their_order() {
    let server = Server::start().await;
    let post = "POST /v1/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 21\r\n\r\n{\"query\": \"delivery\"}";
    let requests = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n{post}GET /nowhere HTTP/1.1\r\nhost: x\r\n\r\n{post}GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    );
    let answers = exchange(&server, requests.as_bytes()).await;
    let statuses: Vec<u16> = answers
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| answer[..3].parse().unwrap())
        .collect();
    assert_eq!(statuses, [200, 200, 404, 200, 200], "{answers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_serves_on_after_a_refusal() {
    let server = Server::start().await;
    let mut stream = connect(&server).await;
    for (body, expected) in [
        ("{\"query\": }", 400),
        ("{\"query\": 1}", 400),
        ("{\"query\": \"a\"}", 200),
    ] {
        let request = format!(
            "POST /v1/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let answer = one_answer(&mut stream).await;
        assert_eq!(status(&answer), expected, "{answer}");
    }
}
