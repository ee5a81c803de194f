//! Escalation to a large-model API, well and badly behaved.

use std::path::Path;

use microgpt::config::{Config, Upstream, UpstreamKind};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, Executor, sqlite::SqliteConnectOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

use crate::helpers::{Server, events, route, text};

const HARD: &str = "Prove that there are infinitely many primes.";

pub fn upstream(base_url: String) -> impl FnOnce(&mut Config, &Path) {
    move |config, _| {
        config.upstreams.push(Upstream {
            name: "large".into(),
            kind: UpstreamKind::Openai,
            base_url,
            model: "big-1".into(),
            api_key_env: None,
            input_usd_per_mtok: 2.5,
            output_usd_per_mtok: 10.0,
            connect_ms: 500,
            ttft_ms: 500,
            total_ms: 2_000,
        });
    }
}

fn stream_of(words: &[&str]) -> String {
    let chunk = |delta: Value, finish: Value| {
        let chunk = json!({"id": "c", "object": "chat.completion.chunk", "model": "big-1",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}], "usage": null});
        format!("data: {chunk}\n\n")
    };
    let mut body: String = words
        .iter()
        .map(|word| chunk(json!({"content": word}), Value::Null))
        .collect();
    body += &chunk(json!({}), json!("stop"));
    body += "data: {\"choices\": [], \"usage\": {\"prompt_tokens\": 1000, \"completion_tokens\": 100, \"total_tokens\": 1100}}\n\n";
    body + "data: [DONE]\n\n"
}

pub async fn well_behaved() -> MockServer {
    let mock = MockServer::start().await;
    let answer = ResponseTemplate::new(200)
        .set_body_raw(stream_of(&["Suppose ", "not."]), "text/event-stream");
    Mock::given(method("POST"))
        .and(path("/v1/chat/completions"))
        .respond_with(answer)
        .mount(&mock)
        .await;
    mock
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_question_is_escalated_and_its_cost_is_told() {
    let mock = well_behaved().await;
    let server = Server::start_with(upstream(format!("{}/v1", mock.uri()))).await;
    let answer = server.ask(HARD).await;
    assert_eq!(route(&answer), "escalate");
    assert_eq!(text(&answer), "Suppose not.");
    let cost = answer["microgpt"]["cost_usd"].as_f64().unwrap();
    assert!((cost - 0.0035).abs() < 1e-9, "{cost}");

    let again = server.ask(HARD).await;
    assert_eq!(
        route(&again),
        "cache",
        "an escalated answer is not paid for twice"
    );
    assert!((again["microgpt"]["saved_usd"].as_f64().unwrap() - 0.0035).abs() < 1e-9);
    assert_eq!(mock.received_requests().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_is_streamed_through_and_can_be_asked_by_name() {
    let mock = well_behaved().await;
    let server = Server::start_with(upstream(format!("{}/v1", mock.uri()))).await;
    let body = json!({"model": "large", "stream": true, "messages": [{"role": "user", "content": "what does delivery cost?"}]});
    let chunks = events(
        &server
            .post("/v1/chat/completions", &body)
            .await
            .text()
            .await
            .unwrap(),
    );
    let said: Vec<&str> = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str())
        .filter(|text| !text.is_empty())
        .collect();
    assert_eq!(said.concat(), "Suppose not.");
    assert_eq!(chunks.last().unwrap(), "[DONE]");
}

/// A listener that answers every connection with `bytes`, and then keeps it open or closes it.
async fn ill_behaved(bytes: &'static [u8], hang: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            assert!(socket.read(&mut request).await.unwrap() > 0);
            socket.write_all(bytes).await.ok();
            if hang {
                held.push(socket);
            }
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_hangs_closes_or_sends_garbage_ends_in_a_labelled_answer() {
    let garbage = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 14\r\n\r\ndata: {{{ no\n\n";
    for (bytes, hang) in [(&b""[..], true), (&b""[..], false), (&garbage[..], false)] {
        let url = ill_behaved(bytes, hang).await;
        let server = Server::start_with(upstream(url)).await;
        let answer = server.ask(HARD).await;
        assert_eq!(answer["microgpt"]["degraded"], true, "{answer:#}");
        assert!(
            answer["microgpt"]["reasons"]
                .to_string()
                .contains("degraded"),
            "{answer:#}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upstream_that_breaks_off_mid_stream_ends_in_an_error_event_and_no_done() {
    let begun = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncontent-length: 9999\r\n\r\ndata: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"Suppose\"}}]}\n\n";
    let server = Server::start_with(upstream(ill_behaved(begun, false).await)).await;
    let body =
        json!({"model": "auto", "stream": true, "messages": [{"role": "user", "content": HARD}]});
    let response = server.post("/v1/chat/completions", &body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let chunks = events(&response.text().await.unwrap());
    assert!(
        chunks.last().unwrap()["error"]["message"].is_string(),
        "{chunks:?}"
    );
    assert!(chunks.iter().all(|chunk| chunk != "[DONE]"));

    let whole = server.ask(HARD).await;
    assert_eq!(
        whole["microgpt"]["degraded"], true,
        "what was not shown yet is replaced: {whole:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_back_frees_no_money() {
    let mock = well_behaved().await;
    let connect = upstream(format!("{}/v1", mock.uri()));
    let server = Server::start_with(|config, dir| {
        connect(config, dir);
        config.budget.day_usd = Some(0.003);
    })
    .await;
    assert_eq!(route(&server.ask(HARD).await), "escalate");
    // What was paid is dated two days ahead of the clock now, as if the clock had gone back by that.
    let file = server.dir.path().join("data/microgpt.db");
    let mut database = SqliteConnectOptions::new()
        .filename(&file)
        .connect()
        .await
        .unwrap();
    let moved = "UPDATE usage SET created_at = created_at + 172800000";
    let rows = database.execute(moved).await.unwrap().rows_affected();
    assert_eq!(rows, 1);
    database.close().await.unwrap();
    let second = server.ask("Write a sonnet about the sea.").await;
    assert_eq!(second["microgpt"]["degraded"], true, "{second:#}");
    let reasons = second["microgpt"]["reasons"].to_string();
    assert!(reasons.contains("budget"), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_budget_degrades_instead_of_spending_more() {
    let mock = well_behaved().await;
    let connect = upstream(format!("{}/v1", mock.uri()));
    let server = Server::start_with(|config, dir| {
        connect(config, dir);
        config.budget.day_usd = Some(0.003);
    })
    .await;
    assert_eq!(route(&server.ask(HARD).await), "escalate");
    let second = server.ask("Write a sonnet about the sea.").await;
    assert_eq!(second["microgpt"]["degraded"], true);
    assert!(
        second["microgpt"]["reasons"].to_string().contains("budget"),
        "{second:#}"
    );
}
