//! What whoever runs the server sees.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::helpers::Server;

#[tokio::test(flavor = "multi_thread")]
async fn health_metrics_models_and_the_api_description_are_served() {
    let server = Server::start().await;
    assert_eq!(server.get("/healthz").await.status(), StatusCode::OK);
    assert_eq!(server.get("/readyz").await.status(), StatusCode::OK);
    server.ask("what does delivery cost?").await;
    let metrics = server.get("/metrics").await.text().await.unwrap();
    assert!(metrics.contains("microgpt_turns_total{"), "{metrics}");
    let models: Value = server.get("/v1/models").await.json().await.unwrap();
    let names: Vec<&str> = models["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|model| model["id"].as_str().unwrap())
        .collect();
    assert!(
        ["auto", "knowledge", "escalate", "microgpt-135m"]
            .iter()
            .all(|name| names.contains(name)),
        "{names:?}"
    );
    let api: Value = server.get("/openapi.json").await.json().await.unwrap();
    assert!(api["paths"]["/v1/chat/completions"]["post"].is_object());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_served_whole_and_loads_nothing_from_elsewhere() {
    let server = Server::start().await;
    let response = server.get("/").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(response.headers().contains_key("content-security-policy"));
    let page = response.text().await.unwrap();
    assert!(page.contains("<title>"));
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_keeps_its_id_and_gets_one_where_it_has_none() {
    let server = Server::start().await;
    let kept = server
        .client
        .get(format!("{}/healthz", server.url))
        .header("x-request-id", "abc-1")
        .send()
        .await
        .unwrap();
    assert_eq!(kept.headers()["x-request-id"], "abc-1");
    let made = server.get("/healthz").await;
    assert!(made.headers()["x-request-id"].len() >= 16);
}

#[tokio::test(flavor = "multi_thread")]
async fn embeddings_are_unit_vectors_and_come_as_numbers_or_base64() {
    let server = Server::start().await;
    let body = json!({"model": "all-minilm-l6-v2", "input": ["a kettle", "boiling water"]});
    let found: Value = server
        .post("/v1/embeddings", &body)
        .await
        .json()
        .await
        .unwrap();
    let vector: Vec<f64> = found["data"][1]["embedding"]
        .as_array()
        .unwrap()
        .iter()
        .map(|number| number.as_f64().unwrap())
        .collect();
    assert_eq!(vector.len(), 384);
    let length: f64 = vector.iter().map(|number| number * number).sum();
    assert!((length - 1.0).abs() < 1e-3, "{length}");
    let body =
        json!({"model": "all-minilm-l6-v2", "input": "a kettle", "encoding_format": "base64"});
    let found: Value = server
        .post("/v1/embeddings", &body)
        .await
        .json()
        .await
        .unwrap();
    assert!(found["data"][0]["embedding"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quantized_encoder_agrees_with_the_float32_one() {
    let reference = include_str!("../data/minilm_reference.json");
    let reference: Value = serde_json::from_str(reference).unwrap();
    let rows = reference["rows"].as_array().unwrap();
    let texts: Vec<&Value> = rows.iter().map(|row| &row["text"]).collect();
    let server = Server::start().await;
    let body = json!({"model": "all-minilm-l6-v2", "input": texts, "encoding_format": "float"});
    let found: Value = server
        .post("/v1/embeddings", &body)
        .await
        .json()
        .await
        .unwrap();
    let numbers = |vector: &Value| -> Vec<f64> {
        let numbers = vector.as_array().unwrap().iter();
        numbers.map(|number| number.as_f64().unwrap()).collect()
    };
    for (index, row) in rows.iter().enumerate() {
        let ours = numbers(&found["data"][index]["embedding"]);
        let theirs = numbers(&row["vector"]);
        let cosine: f64 = ours.iter().zip(&theirs).map(|(a, b)| a * b).sum();
        assert!(cosine >= 0.99, "{cosine} for {}", row["text"]);
    }
}
