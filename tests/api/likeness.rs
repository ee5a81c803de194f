//! Answers given to a question like one before, and what keeps one from being given.

use reqwest::StatusCode;
use serde_json::{Value, json};
use wiremock::MockServer;

use crate::{
    helpers::{Server, route, text},
    upstreams::{upstream, well_behaved},
};

const ASKED: &str = "How do I enable dark mode for 3 screens on my laptop?";
const LIKE_IT: &str = "how can I enable dark mode for 3 screens on my laptop";

/// A server whose large model answers everything.
async fn start() -> (Server, MockServer) {
    let mock = well_behaved().await;
    let server = Server::start_with(upstream(format!("{}/v1", mock.uri()))).await;
    (server, mock)
}

async fn asked(mock: &MockServer) -> usize {
    mock.received_requests().await.unwrap().len()
}

/// One question with more in its body, and with `cache-control` in its head.
async fn ask_with(server: &Server, question: &str, more: Value, directive: Option<&str>) -> Value {
    let mut body = json!({"model": "auto", "messages": [{"role": "user", "content": question}]});
    for (key, value) in more.as_object().unwrap() {
        body[key] = value.clone();
    }
    let url = format!("{}/v1/chat/completions", server.url);
    let mut request = server.client.post(url).json(&body);
    if let Some(directive) = directive {
        request = request.header("cache-control", directive);
    }
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_paraphrase_gets_the_answer_and_is_told_of_what() {
    let (server, mock) = start().await;
    let first = server.ask(ASKED).await;
    assert_eq!(route(&first), "escalate", "{first:#}");
    let hit = server.ask(LIKE_IT).await;
    assert_eq!(route(&hit), "cache", "{hit:#}");
    assert_eq!(text(&hit), text(&first));
    assert_eq!(hit["microgpt"]["cached"], true);
    let reasons = hit["microgpt"]["reasons"].to_string();
    for told in [ASKED, "cosine", "confidence"] {
        assert!(reasons.contains(told), "{told}: {reasons}");
    }
    assert!(hit["microgpt"]["saved_usd"].as_f64().unwrap() > 0.0);
    assert_eq!(asked(&mock).await, 1);
}

/// What `POST /v1/route` says would become of a question.
async fn previewed(server: &Server, body: Value) -> Value {
    let response = server.post("/v1/route", &body).await;
    assert_eq!(response.status(), StatusCode::OK, "{body}");
    response.json().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_sees_what_is_kept_and_leaves_nothing() {
    let (server, mock) = start().await;
    let before = previewed(&server, json!({"query": ASKED})).await;
    assert_eq!(before["route"], "escalate", "{before:#}");
    server.ask(ASKED).await;
    for (query, why) in [(ASKED, "the same question"), (LIKE_IT, "cosine")] {
        let kept = previewed(&server, json!({"query": query})).await;
        assert_eq!(kept["route"], "cache", "{kept:#}");
        assert!(kept["reasons"].to_string().contains(why), "{kept:#}");
        let by_chance = json!({"query": query, "temperature": 0.7});
        assert_eq!(previewed(&server, by_chance).await["route"], "escalate");
    }
    assert_eq!(asked(&mock).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_in_a_conversation_is_read_in_it() {
    let (server, _mock) = start().await;
    let first = server.ask("What does delivery cost?").await;
    let id = &first["microgpt"]["conversation_id"];
    let query = json!({"query": "And to Switzerland?", "metadata": {"conversation_id": id}});
    let within = previewed(&server, query).await;
    assert_eq!(
        within["signals"]["conversation"]["follow_up"], true,
        "{within:#}"
    );
    let unknown = json!({"query": "And to Switzerland?", "metadata": {"conversation_id": "c-0"}});
    let response = server.post("/v1/route", &unknown).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_differs_where_it_matters_is_asked_anew() {
    let (server, mock) = start().await;
    let pairs = [
        (
            ASKED,
            "How do I disable dark mode for 3 screens on my laptop?",
        ),
        (
            ASKED,
            "How do I not enable dark mode for 3 screens on my laptop?",
        ),
        (
            ASKED,
            "How do I enable dark mode for 4 screens on my laptop?",
        ),
        (
            "How do I convert a drawing from inches to millimetres?",
            "How do I convert a drawing from millimetres to inches?",
        ),
        (
            "Which night train goes from Vienna to Rome?",
            "Which night train goes from Rome to Vienna?",
        ),
        (
            "Who plays at the town hall on Friday?",
            "Who plays at the town hall on Sunday?",
        ),
    ];
    for (first, second) in pairs {
        server.ask(first).await;
        let before = asked(&mock).await;
        let other = server.ask(second).await;
        assert_eq!(route(&other), "escalate", "{second}: {other:#}");
        assert_eq!(asked(&mock).await, before + 1, "{second}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_nothing_stored_gets_and_leaves_nothing() {
    let (server, mock) = start().await;
    let silent = Some("max-age=0, no-store");
    ask_with(&server, ASKED, json!({}), silent).await;
    let after = server.ask(LIKE_IT).await;
    assert_eq!(route(&after), "escalate", "nothing was left: {after:#}");
    for question in [LIKE_IT, ASKED] {
        let alone = ask_with(&server, question, json!({}), silent).await;
        assert_eq!(route(&alone), "escalate", "{question}: {alone:#}");
    }
    assert_eq!(asked(&mock).await, 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn chance_other_instructions_and_another_conversation_are_no_repeat() {
    let (server, _mock) = start().await;
    server.ask(ASKED).await;
    let instructed = json!([
        {"role": "system", "content": "Answer in French."},
        {"role": "user", "content": LIKE_IT},
    ]);
    let later = json!([
        {"role": "user", "content": "Let us talk about my phone."},
        {"role": "assistant", "content": "Gladly."},
        {"role": "user", "content": LIKE_IT},
    ]);
    for more in [
        json!({"temperature": 0.7}),
        json!({"messages": instructed}),
        json!({"messages": later}),
    ] {
        let answer = ask_with(&server, LIKE_IT, more.clone(), None).await;
        assert_eq!(route(&answer), "escalate", "{more}: {answer:#}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_about_a_person_is_neither_kept_nor_given() {
    let (server, mock) = start().await;
    let personal = "How do I enable dark mode for the account ada@example.org?";
    server.ask(personal).await;
    let like_it = "how can I enable dark mode for the account ada@example.org";
    let answer = server.ask(like_it).await;
    assert_eq!(route(&answer), "escalate", "{answer:#}");
    assert_eq!(asked(&mock).await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn new_knowledge_makes_old_answers_unreachable() {
    let mock = well_behaved().await;
    let connect = upstream(format!("{}/v1", mock.uri()));
    let server = Server::start_with(|config, dir| {
        connect(config, dir);
        config.knowledge.dir = dir.join("kb");
        std::fs::create_dir(&config.knowledge.dir).unwrap();
    })
    .await;
    server.ask(ASKED).await;
    assert_eq!(route(&server.ask(LIKE_IT).await), "cache");
    let file = server.dir.path().join("kb/screens.md");
    std::fs::write(file, "# Tea\n\nTea is kept in the cupboard.").unwrap();
    let reloaded = server.post("/v1/knowledge/reload", &json!({})).await;
    assert_eq!(reloaded.status(), StatusCode::OK);
    let answer = server.ask(LIKE_IT).await;
    assert_ne!(route(&answer), "cache", "{answer:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_turned_off() {
    let mock = well_behaved().await;
    let connect = upstream(format!("{}/v1", mock.uri()));
    let server = Server::start_with(|config, dir| {
        connect(config, dir);
        config.cache.semantic = false;
    })
    .await;
    server.ask(ASKED).await;
    assert_eq!(route(&server.ask(LIKE_IT).await), "escalate");
    assert_eq!(
        route(&server.ask(ASKED).await),
        "cache",
        "the same question"
    );
}
