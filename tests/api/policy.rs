//! What the owner tolerates, on knowledge bases of any size and kind, and questions of any kind.

use std::{fmt::Write as _, fs, path::Path};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::helpers::Server;

const RETURNS: (&str, &str) = (
    "How do I return an item?",
    "Send it back within thirty days of delivery.",
);
const CARDS: (&str, &str) = (
    "Which cards can I pay with?",
    "All cards of the large networks.",
);
const OPENING: (&str, &str) = (
    "Wann hat der Laden geöffnet?",
    "Montags bis samstags von neun bis achtzehn Uhr.",
);

fn write(folder: &Path, collection: &str, entries: &[(&str, &str)]) {
    let folder = folder.join(collection);
    fs::create_dir_all(&folder).unwrap();
    let mut rows = String::new();
    for (number, (question, answer)) in entries.iter().enumerate() {
        let id = format!("{collection}-{number}");
        let row = json!({"id": id, "question": question, "answer": answer});
        writeln!(rows, "{row}").unwrap();
    }
    fs::write(folder.join("entries.jsonl"), rows).unwrap();
}

/// A server on entries of its own, with what the owner tolerates.
async fn server(entries: &[(&str, &str)], max_wrong: f32) -> Server {
    Server::start_with(|config, dir| {
        write(&dir.join("kb"), "", entries);
        config.knowledge.dir = dir.join("kb");
        config.router.max_wrong = max_wrong;
    })
    .await
}

async fn decide(server: &Server, query: &str) -> Value {
    let response = server.post("/v1/route", &json!({"query": query})).await;
    assert_eq!(response.status(), StatusCode::OK, "{query}");
    response.json().await.unwrap()
}

async fn route(server: &Server, query: &str) -> String {
    decide(server, query).await["route"]
        .as_str()
        .unwrap()
        .to_owned()
}

async fn calibration(server: &Server) -> Value {
    let status = server.get("/v1/knowledge/status").await;
    status.json::<Value>().await.unwrap()["calibration"].clone()
}

#[tokio::test]
async fn a_knowledge_base_of_nothing_passes_everything_on() {
    let server = server(&[], 0.05).await;
    assert_eq!(calibration(&server).await, Value::Null);
    assert_eq!(route(&server, RETURNS.0).await, "escalate");
}

#[tokio::test]
async fn a_single_entry_is_served_to_those_who_ask_for_it_and_to_nobody_else() {
    let server = server(&[RETURNS], 0.05).await;
    let calibration = calibration(&server).await;
    assert!(
        calibration["threshold"].as_f64().unwrap() < 1.0,
        "{calibration}"
    );
    assert!(calibration["probes"].as_u64().unwrap() > 100);
    assert_eq!(route(&server, RETURNS.0).await, "faq");
    for other in [
        "I do not want to return an item",
        "How long does it take to fly to the moon?",
        "Write a poem about autumn",
    ] {
        assert_eq!(route(&server, other).await, "escalate", "{other}");
    }
}

#[tokio::test]
async fn of_two_answers_to_one_question_neither_is_guessed() {
    let other = (RETURNS.0, "Items can't be returned.");
    let server = server(&[RETURNS, other, CARDS], 0.02).await;
    let decision = decide(&server, RETURNS.0).await;
    assert_eq!(decision["route"], "escalate");
    let reasons = decision["reasons"].to_string();
    assert!(reasons.contains("answers differently"), "{reasons}");
}

#[tokio::test]
async fn entries_in_another_language_answer_those_who_speak_it() {
    let server = server(&[OPENING, RETURNS], 0.05).await;
    let decision = decide(&server, OPENING.0).await;
    assert_eq!(decision["route"], "faq", "{decision}");
    let another = "Wann wurde der Laden gegründet?";
    assert_eq!(route(&server, another).await, "escalate");
}

#[tokio::test]
async fn the_less_is_tolerated_the_less_is_served() {
    let entries = [RETURNS, CARDS];
    let near = "send something back";
    let never = server(&entries, 0.0).await;
    assert_eq!(route(&never, RETURNS.0).await, "escalate");
    let always = server(&entries, 1.0).await;
    assert_eq!(route(&always, RETURNS.0).await, "faq");
    assert_eq!(route(&always, near).await, "faq");
    let threshold = |calibration: Value| calibration["threshold"].as_f64().unwrap();
    assert!(threshold(calibration(&never).await) > 1.0);
    assert!(threshold(calibration(&always).await) <= 0.0);
}

#[tokio::test]
async fn a_collection_keeps_to_its_own_policy() {
    let server = Server::start_with(|config, dir| {
        write(&dir.join("kb"), "shop", &[RETURNS]);
        write(&dir.join("kb"), "bank", &[CARDS]);
        config.knowledge.dir = dir.join("kb");
        config.router.max_wrong = 0.05;
        let strict = r#"{"max_wrong": 0.0}"#;
        let strict = serde_json::from_str(strict).unwrap();
        config.router.collections.insert("bank".into(), strict);
    })
    .await;
    assert_eq!(route(&server, RETURNS.0).await, "faq");
    assert_eq!(route(&server, CARDS.0).await, "escalate");
    let status = server.get("/v1/knowledge/status").await;
    let status: Value = status.json().await.unwrap();
    let bank = &status["calibration_of_collections"]["bank"];
    assert!(bank["threshold"].as_f64().unwrap() > 1.0, "{status}");
}

#[tokio::test]
async fn questions_of_any_kind_get_a_decision() {
    let server = server(&[RETURNS, CARDS], 0.02).await;
    let long = "return ".repeat(30_000 / 7);
    for query in ["?", "a", "🙂", "🙂🙃🫠 👩‍👩‍👧‍👦", "\u{202e}abc", "7", &long]
    {
        let decision = decide(&server, query).await;
        let confidence = decision["confidence"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&confidence), "{decision}");
        assert_ne!(decision["route"], "faq", "{decision}");
    }
}
