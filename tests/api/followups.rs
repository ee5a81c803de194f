//! Messages that lean on what was said before: as they are read, and where they go.

use std::{collections::HashMap, fs, path::Path};

use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::{
    helpers::{Server, route, text},
    upstreams::{upstream, well_behaved},
};

const CONVERSATIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/conversations");
/// The share of the conversations that must be understood: of all, and of those held out.
const LEAST_RIGHT: f64 = 0.92;
const LEAST_RIGHT_HELD_OUT: f64 = 0.88;

/// A server that knows what the conversations are about.
async fn server() -> Server {
    Server::start_with(|config, _| config.knowledge.dir = format!("{CONVERSATIONS}/kb").into())
        .await
}

async fn connected_server() -> (Server, MockServer) {
    let mock = well_behaved().await;
    let connect = upstream(format!("{}/v1", mock.uri()));
    let server = Server::start_with(|config, dir| {
        connect(config, dir);
        config.knowledge.dir = format!("{CONVERSATIONS}/kb").into();
    })
    .await;
    (server, mock)
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    let rows = text.lines().map(|line| serde_json::from_str(line).unwrap());
    rows.collect()
}

/// The answers of the knowledge base by the ids of their entries.
fn answers() -> HashMap<String, String> {
    let files = [
        "shop/orders",
        "shop/goods",
        "school/course",
        "school/science",
        "home/devices",
        "home/house",
    ];
    let rows = files
        .iter()
        .flat_map(|file| lines(&Path::new(CONVERSATIONS).join(format!("kb/{file}.jsonl"))));
    let string = |value: &Value| value.as_str().unwrap().to_owned();
    rows.map(|row| (string(&row["id"]), string(&row["answer"])))
        .collect()
}

/// Messages by turns, the person's first; `@id` stands for that entry's answer.
fn messages(talk: &[&str], answers: &HashMap<String, String>) -> Value {
    let said = talk.iter().enumerate().map(|(place, said)| {
        let content = match said.strip_prefix('@') {
            Some(id) => answers[id].as_str(),
            None => said,
        };
        json!({"role": if place % 2 == 0 { "user" } else { "assistant" }, "content": content})
    });
    said.collect()
}

fn is_read_otherwise(decision: &Value) -> bool {
    let reasons = decision["reasons"].as_array().unwrap();
    reasons
        .iter()
        .any(|reason| reason.as_str().unwrap().starts_with("read as: "))
}

/// What is wrong about a decision, if anything.
fn fault(case: &Value, decision: &Value) -> Option<String> {
    let first = &decision["sources"][0];
    let file = first["source"].as_str().unwrap_or("");
    let found = match first["kind"].as_str() {
        Some("document") => file.rsplit('/').next().unwrap(),
        _ => first["id"].as_str().unwrap_or("nothing"),
    };
    if let Some(wanted) = case["find"].as_str()
        && wanted != found
    {
        return Some(format!("found {found} instead of {wanted}"));
    }
    if case["escalate"] == true && decision["route"] != "escalate" {
        return Some(format!("went to {}", decision["route"]));
    }
    let changed =
        is_read_otherwise(decision) || decision["signals"]["conversation"]["follow_up"] == true;
    (case["unchanged"] == true && changed).then(|| "was not read as typed".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_of_shop_school_and_home_are_understood() {
    let server = server().await;
    let answers = answers();
    let mut right = [0.0; 2];
    let mut all = [0.0; 2];
    let mut local = 0;
    for file in ["shop", "school", "home"] {
        let cases = lines(&Path::new(CONVERSATIONS).join(format!("{file}.jsonl")));
        for (place, case) in cases.iter().enumerate() {
            let talk: Vec<&str> = case["talk"]
                .as_array()
                .unwrap()
                .iter()
                .map(|said| said.as_str().unwrap())
                .collect();
            let body = json!({"messages": messages(&talk, &answers), "collection": file});
            let response = server.post("/v1/route", &body).await;
            assert_eq!(response.status(), StatusCode::OK);
            let decision: Value = response.json().await.unwrap();
            let held_out = usize::from(place % 3 == 2);
            all[held_out] += 1.0;
            local += usize::from(decision["route"] != "escalate");
            match fault(case, &decision) {
                None => right[held_out] += 1.0,
                Some(fault) if held_out == 0 => {
                    eprintln!(
                        "{file} {}: {:?} {fault}; {}",
                        place + 1,
                        talk,
                        decision["reasons"]
                    );
                }
                Some(_) => eprintln!("{file} {}: wrong (held out)", place + 1),
            }
        }
    }
    eprintln!("right: {right:?} of {all:?} (tuned on, held out); {local} answered locally");
    assert!(all[0] + all[1] >= 80.0);
    let share = (right[0] + right[1]) / (all[0] + all[1]);
    assert!(share >= LEAST_RIGHT, "{share}");
    assert!(
        right[1] / all[1] >= LEAST_RIGHT_HELD_OUT,
        "{right:?} of {all:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_is_answered_from_what_it_means_and_that_is_told() {
    let server = server().await;
    let answers = answers();
    for (talk, wanted, reading) in [
        (
            [
                "What does shipping to France cost?",
                "@ship-cost-france",
                "and to Spain?",
            ],
            "ship-cost-spain",
            "read as: 'What does shipping to Spain cost?'",
        ),
        (
            [
                "How do I reset the Lumo bulb?",
                "@bulb-reset",
                "Which colours can it show?",
            ],
            "bulb-colours",
            "read as: 'Which colours can the Lumo bulb show?'",
        ),
    ] {
        let body = json!({"model": "auto", "messages": messages(&talk, &answers)});
        let answer: Value = server
            .post("/v1/chat/completions", &body)
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(route(&answer), "faq", "{answer:#}");
        assert_eq!(text(&answer), answers[wanted]);
        assert_eq!(answer["microgpt"]["reasons"][0], reading);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_doubted_answer_is_not_given_again_but_the_large_model_is_asked() {
    let (server, mock) = connected_server().await;
    for doubt in [
        "are you sure?",
        "That doesn't help.",
        "what does EXPRESS delivery cost",
    ] {
        let created: Value = server
            .post("/v1/conversations", &json!({}))
            .await
            .json()
            .await
            .unwrap();
        let path = format!(
            "/v1/conversations/{}/messages",
            created["id"].as_str().unwrap()
        );
        let say = async |content: &str| -> Value {
            server
                .post(&path, &json!({"content": content}))
                .await
                .json()
                .await
                .unwrap()
        };
        let first = say("What does express delivery cost?").await;
        let first_route = route(&first).to_owned();
        assert!(["faq", "cache"].contains(&&*first_route), "{first:#}");
        let second = say(doubt).await;
        assert_eq!(route(&second), "escalate", "{second:#}");
        assert_eq!(text(&second), "Suppose not.");
    }
    let requests = mock.received_requests().await.unwrap();
    let asked: Value = serde_json::from_slice(&requests[0].body).unwrap();
    let said = asked["messages"].as_array().unwrap();
    assert_eq!(
        said.last().unwrap()["content"],
        "are you sure?",
        "as it was typed"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_large_model_a_doubted_answer_is_not_repeated() {
    let server = server().await;
    let answers = answers();
    let talk = [
        "What does express delivery cost?",
        "@express",
        "are you sure?",
    ];
    let body = json!({"model": "auto", "messages": messages(&talk, &answers)});
    let answer: Value = server
        .post("/v1/chat/completions", &body)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(answer["microgpt"]["degraded"], true, "{answer:#}");
    assert_eq!(route(&answer), "decline");
    assert!(!text(&answer).contains("14 euros"), "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hard_conversation_keeps_its_follow_ups_wherever_its_history_is_kept() {
    const HARD: &str = "Compare the Heron kettle with the history of tea in a poem of nine lines.";
    let (server, _mock) = connected_server().await;

    let first = server.ask(HARD).await;
    assert_eq!(route(&first), "escalate", "{first:#}");
    let sent_along = async |content: &str| -> Value {
        let body = json!({"model": "auto", "messages": [
            {"role": "user", "content": HARD},
            {"role": "assistant", "content": text(&first)},
            {"role": "user", "content": content},
        ]});
        server
            .post("/v1/chat/completions", &body)
            .await
            .json()
            .await
            .unwrap()
    };
    let id = first["microgpt"]["conversation_id"].as_str().unwrap();
    let stored = async |content: &str| -> Value {
        let path = format!("/v1/conversations/{id}/messages");
        server
            .post(&path, &json!({"content": content}))
            .await
            .json()
            .await
            .unwrap()
    };
    for answer in [
        sent_along("How long is its warranty?").await,
        stored("And how do I descale it?").await,
    ] {
        assert_eq!(route(&answer), "escalate", "{answer:#}");
        let reasons = answer["microgpt"]["reasons"].to_string();
        assert!(
            reasons.contains("a follow-up of what a large model"),
            "{reasons}"
        );
    }
    let fresh = sent_along("What does express delivery cost?").await;
    assert_eq!(route(&fresh), "faq", "{fresh:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_question_in_another_conversation_is_answered_from_the_cache() {
    let server = server().await;
    assert_eq!(
        route(&server.ask("What does express delivery cost?").await),
        "faq"
    );
    assert_eq!(
        route(&server.ask("What does express delivery cost?").await),
        "cache"
    );
}
