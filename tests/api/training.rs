//! From a consented turn to a training row: asked over HTTP, exported by the program.

use std::process::{Command, Output};

use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::{
    helpers::{PROGRAM, Server, route},
    upstreams::{upstream, well_behaved},
};

const QUESTION: &str = "Which acid is used to descale the Heron kettle?";

/// A server that trusts no local answer, so that all is escalated, with the passages that were found.
async fn careful_server(consent: &str) -> (Server, MockServer) {
    let mock = well_behaved().await;
    let connect = upstream(format!("{}/v1", mock.uri()));
    let server = Server::start_with(|config, dir| {
        connect(config, dir);
        config.router.max_wrong = 0.0001;
        config.training.consent = serde_json::from_value(json!(consent)).unwrap();
    })
    .await;
    (server, mock)
}

async fn ask(server: &Server, question: &str, training: Option<&str>) -> Value {
    let metadata = training.map_or(json!({}), |said| json!({"training": said}));
    let body = json!({
        "model": "auto",
        "messages": [{"role": "user", "content": question}],
        "metadata": metadata,
    });
    let response = server.post("/v1/chat/completions", &body).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(route(&answer), "escalate", "{answer:#}");
    answer
}

async fn rate(server: &Server, answer: &Value, rating: i64) {
    let id = answer["microgpt"]["message_id"].as_str().unwrap();
    let path = format!("/v1/messages/{id}/feedback");
    let response = server.post(&path, &json!({"rating": rating})).await;
    assert_eq!(response.status(), StatusCode::OK);
}

fn export(server: &Server, arguments: &[&str]) -> Output {
    let url = format!(
        "sqlite://{}",
        server.dir.path().join("data/microgpt.db").display()
    );
    Command::new(PROGRAM)
        .args(["export", "training"])
        .args(arguments)
        .current_dir(server.dir.path())
        .env("MICROGPT__STORE__URL", url)
        .output()
        .unwrap()
}

fn rows(text: &[u8]) -> Vec<Value> {
    let lines = std::str::from_utf8(text).unwrap().lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consented_escalated_turn_becomes_a_row_and_the_others_are_counted() {
    let (server, _upstream) = careful_server("opt_in").await;
    let good = ask(&server, QUESTION, Some("yes")).await;
    rate(&server, &good, 1).await;
    let bad = ask(
        &server,
        "When must the Heron kettle be descaled?",
        Some("yes"),
    )
    .await;
    rate(&server, &bad, -1).await;
    ask(&server, "How many litres does the Heron kettle hold?", None).await;
    ask(
        &server,
        "My name is Ada; how is the Heron kettle descaled?",
        Some("yes"),
    )
    .await;

    let output = export(&server, &["--since", "1d"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    let rows = rows(&output.stdout);
    assert_eq!(rows.len(), 1, "{said}");
    let row = &rows[0];
    assert_eq!(row["task"], "grounded");
    assert_eq!(row["question"], QUESTION);
    assert_eq!(row["reply"], "Suppose not.");
    assert_eq!(
        (&row["source"], &row["feedback"]),
        (&json!("traffic"), &json!(1))
    );
    let sources = good["microgpt"]["sources"].as_array().unwrap();
    assert_eq!(row["passages"].as_array().unwrap().len(), sources.len());
    assert_eq!(row["passages"][0]["text"], sources[0]["text"]);
    for part in [
        "1 of 4 turns exported",
        "1 rated bad",
        "1 without consent",
        "1 personal data: name",
    ] {
        assert!(said.contains(part), "{part} is not in: {said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_a_task_that_the_micro_model_s_prompts_take() {
    let (server, _upstream) = careful_server("opt_out").await;
    ask(&server, QUESTION, None).await;
    let file = server.dir.path().join("rows.jsonl");
    let output = export(&server, &["--since", "2020-01-01", "--out", "rows.jsonl"]);
    assert!(output.status.success() && output.stdout.is_empty());
    let prompts = Command::new(PROGRAM)
        .arg("prompts")
        .stdin(std::fs::File::open(file).unwrap())
        .output()
        .unwrap();
    let messages = rows(&prompts.stdout);
    assert!(messages[0]["messages"].to_string().contains(QUESTION));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_is_kept_although_silence_counts_as_consent() {
    let (server, _upstream) = careful_server("opt_out").await;
    ask(&server, QUESTION, Some("no")).await;
    let output = export(&server, &["--since", "1h"]);
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 without consent"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_under_never_is_not_exported_later() {
    let (server, _upstream) = careful_server("never").await;
    ask(&server, QUESTION, Some("yes")).await;
    let output = export(&server, &["--since", "1h"]);
    assert!(output.status.success() && output.stdout.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn another_word_than_yes_or_no_is_refused() {
    let server = Server::start().await;
    let body = json!({
        "model": "auto",
        "messages": [{"role": "user", "content": QUESTION}],
        "metadata": {"training": "maybe"},
    });
    let response = server.post("/v1/chat/completions", &body).await;
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let refused: Value = response.json().await.unwrap();
    assert_eq!(refused["error"]["param"], "metadata.training");
    assert!(refused["error"]["message"].to_string().contains("yes"));
}

#[test]
fn a_since_that_is_none_is_wrong_usage_and_never_means_never() {
    let run = |arguments: &[&str], consent: &str| {
        let dir = tempfile::tempdir().unwrap();
        Command::new(PROGRAM)
            .args(["export", "training"])
            .args(arguments)
            .current_dir(dir.path())
            .env("MICROGPT__TRAINING__CONSENT", consent)
            .output()
            .unwrap()
    };
    assert_eq!(
        run(&["--since", "yesterday"], "opt_in").status.code(),
        Some(2)
    );
    assert_eq!(run(&[], "opt_in").status.code(), Some(2));
    let refused = run(&["--since", "1d"], "never");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("training.consent"));
}
