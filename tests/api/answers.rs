//! One turn, by each route.

use serde_json::json;

use crate::helpers::{Server, route, text};

#[tokio::test(flavor = "multi_thread")]
async fn the_cascade_takes_each_turn_to_its_tier() {
    let server = Server::start().await;

    let faq = server
        .ask("how many days do I have to send an item back?")
        .await;
    assert_eq!(route(&faq), "faq", "{faq:#}");
    assert_eq!(
        text(&faq),
        "You can return any unused item within 30 days of delivery."
    );
    assert_eq!(faq["microgpt"]["sources"][0]["id"], "return-window");
    assert_eq!(
        faq["microgpt"]["sources"][0]["url"],
        "https://shop.example/returns"
    );
    assert_eq!(faq["microgpt"]["sources"][0]["source"], "shop.faq.yaml");

    let repeated = server
        .ask("How many days do I have to send  an item back?")
        .await;
    assert_eq!(route(&repeated), "cache");
    assert_eq!(text(&repeated), text(&faq));
    assert_eq!(repeated["microgpt"]["cached"], true);
    assert_ne!(
        repeated["microgpt"]["message_id"],
        faq["microgpt"]["message_id"]
    );

    let document = server
        .ask("How often should the Heron kettle be descaled?")
        .await;
    assert_eq!(route(&document), "knowledge", "{document:#}");
    assert!(text(&document).contains("six weeks"), "{document:#}");
    assert!(
        text(&document).contains("[1]"),
        "the answer names its passage: {document:#}"
    );
    assert_eq!(document["microgpt"]["sources"][0]["source"], "kettle.md");
    assert_eq!(document["microgpt"]["degraded"], false);

    let greeting = server.ask("Hello there!").await;
    assert_eq!(route(&greeting), "faq");
    assert_eq!(greeting["microgpt"]["sources"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_answered_is_said_and_labelled() {
    let server = Server::start().await;
    let answer = server
        .ask("Prove that there are infinitely many primes, then write a poem about it.")
        .await;
    assert_eq!(answer["microgpt"]["degraded"], true, "{answer:#}");
    assert_eq!(route(&answer), "decline", "{answer:#}");
    let reasons = answer["microgpt"]["reasons"].to_string();
    assert!(reasons.contains("degraded"), "{reasons}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_local_model_answers_under_its_own_name_without_the_cascade() {
    let server = Server::start().await;
    let body = json!({
        "model": "microgpt-135m", "max_tokens": 12, "temperature": 0,
        "messages": [{"role": "user", "content": "Name one colour."}],
    });
    let first: serde_json::Value = server
        .post("/v1/chat/completions", &body)
        .await
        .json()
        .await
        .unwrap();
    let again: serde_json::Value = server
        .post("/v1/chat/completions", &body)
        .await
        .json()
        .await
        .unwrap();
    assert!(!text(&first).is_empty());
    assert_eq!(text(&first), text(&again), "greedy sampling repeats itself");
    assert!(first["usage"]["completion_tokens"].as_u64().unwrap() <= 12);
    assert_eq!(first["microgpt"]["sources"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_can_be_seen_without_an_answer() {
    let server = Server::start().await;
    let body = json!({"query": "what does delivery cost?"});
    let decision: serde_json::Value = server.post("/v1/route", &body).await.json().await.unwrap();
    assert_eq!(decision["route"], "faq", "{decision:#}");
    assert_eq!(decision["sources"][0]["id"], "shipping-cost");
    assert!(
        decision["signals"]["faq"]["cosine_question"]
            .as_f64()
            .unwrap()
            > 0.5
    );
    assert!(decision.get("choices").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_and_chinese_text_pass_unharmed() {
    let server = Server::start().await;
    for question in ["你们的退货期限是多久？", "🚚📦❓", "Où est mon colis ? 🙂"]
    {
        let answer = server.ask(question).await;
        let id = answer["microgpt"]["conversation_id"].as_str().unwrap();
        let kept: serde_json::Value = server
            .get(&format!("/v1/conversations/{id}"))
            .await
            .json()
            .await
            .unwrap();
        assert_eq!(kept["messages"][0]["content"], question);
    }
}
