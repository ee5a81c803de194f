//! What a streaming client sees, event by event.

use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::{
    chat::{FinishReason, Outcome, Route, Timings, Usage},
    orchestrator::TurnError,
};

use super::*;

fn routed() -> TurnEvent {
    TurnEvent::Routed {
        route: Route::Faq,
        confidence: 0.97,
        model: "faq".into(),
        conversation_id: "c-1".into(),
        message_id: "m-1".into(),
    }
}

fn done() -> TurnEvent {
    TurnEvent::Done(Box::new(Answer {
        content: "30 days".into(),
        finish: FinishReason::Stop,
        usage: Usage::new(3, 2),
        outcome: Outcome {
            route: Route::Faq,
            confidence: 0.97,
            reasons: vec!["faq match".into()],
            sources: Vec::new(),
            model: "faq".into(),
            degraded: false,
            cached: false,
            cost_usd: 0.0,
            saved_usd: 0.0,
            conversation_id: "c-1".into(),
            message_id: "m-1".into(),
            timings_ms: Timings::default(),
        },
    }))
}

/// Everything sent for `events`, as text.
async fn sent(events: Vec<TurnEvent>, include_usage: bool) -> String {
    let (sender, receiver) = mpsc::channel(events.len().max(1));
    for event in events {
        sender.send(event).await.expect("room");
    }
    drop(sender);
    let writer = Writer::new("auto".into(), 7, include_usage);
    let first = Some(routed());
    let frames: Vec<_> = body(first, receiver, writer, TurnClock::start())
        .collect()
        .await;
    let bytes: Vec<u8> = frames.into_iter().flat_map(|Ok(frame)| frame).collect();
    String::from_utf8(bytes).expect("text")
}

/// The JSON of each `data:` event but `[DONE]`.
fn chunks(text: &str) -> Vec<Value> {
    text.split_terminator("\n\n")
        .filter_map(|event| event.strip_prefix("data: "))
        .filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).expect("JSON"))
        .collect()
}

#[actix_web::test]
async fn a_stream_opens_with_the_role_and_closes_with_the_reason_and_done() {
    let text = sent(vec![TurnEvent::Text("30 days".into()), done()], false).await;
    let chunks = chunks(&text);
    assert_eq!(
        chunks[0],
        json!({
            "id": "chatcmpl-m-1", "object": "chat.completion.chunk", "created": 7, "model": "faq",
            "choices": [{
                "index": 0, "delta": {"role": "assistant", "content": ""},
                "logprobs": null, "finish_reason": null,
            }],
        })
    );
    assert_eq!(
        chunks[1]["choices"][0]["delta"],
        json!({"content": "30 days"})
    );
    assert_eq!(chunks[2]["choices"][0]["delta"], json!({}));
    assert_eq!(chunks[2]["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks[2]["microgpt"]["route"], "faq");
    assert_eq!(chunks.len(), 3);
    assert!(text.ends_with("data: [DONE]\n\n"));
}

#[actix_web::test]
async fn id_time_and_model_are_the_same_in_all_chunks() {
    let text = sent(vec![TurnEvent::Text("a".into()), done()], true).await;
    for chunk in chunks(&text) {
        assert_eq!(chunk["id"], "chatcmpl-m-1");
        assert_eq!(chunk["created"], 7);
        assert_eq!(chunk["model"], "faq");
    }
}

#[actix_web::test]
async fn usage_comes_alone_in_a_last_chunk_and_is_null_before() {
    let chunks = chunks(&sent(vec![TurnEvent::Text("a".into()), done()], true).await);
    let (last, before) = chunks.split_last().expect("chunks");
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"]["total_tokens"], 5);
    for chunk in before {
        assert_eq!(chunk.get("usage"), Some(&Value::Null));
    }
}

#[actix_web::test]
async fn a_failure_midway_is_an_error_event_without_done() {
    let failed = TurnEvent::Failed(TurnError::Upstream("key sk-1".into()));
    let text = sent(vec![TurnEvent::Text("a".into()), failed], false).await;
    let chunks = chunks(&text);
    assert_eq!(
        chunks.last().expect("one")["error"]["code"],
        "upstream_failed"
    );
    assert!(!text.contains("[DONE]") && !text.contains("sk-1"));
}

#[actix_web::test]
async fn a_turn_that_breaks_off_is_an_error_not_an_end() {
    let text = sent(vec![TurnEvent::Text("a".into())], false).await;
    assert_eq!(
        chunks(&text).last().expect("one")["error"]["code"],
        "internal_error"
    );
    assert!(!text.contains("[DONE]"));
}

#[actix_web::test]
async fn a_stream_that_starts_late_starts_with_a_ping() {
    let (sender, receiver) = mpsc::channel(1);
    sender.send(done()).await.expect("room");
    let writer = Writer::new("auto".into(), 7, false);
    let frames: Vec<_> = body(None, receiver, writer, TurnClock::start())
        .collect()
        .await;
    assert_eq!(frames[0].as_deref(), Ok(&b": ping\n\n"[..]));
    assert_eq!(frames.len(), 2);
}

#[actix_web::test]
async fn dropping_the_stream_tells_the_turn() {
    let (sender, receiver) = mpsc::channel(1);
    let writer = Writer::new("auto".into(), 7, false);
    drop(body(Some(routed()), receiver, writer, TurnClock::start()));
    assert!(sender.is_closed());
}
