//! A large model's API as the load sees it: a fixed answer after a short thought.

use std::time::Duration;

use serde_json::{Value, json};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::method};

const THINKS: Duration = Duration::from_millis(200);

/// Starts it; the configuration that connects it is for `microgpt.toml`.
pub(crate) async fn start() -> (MockServer, String) {
    let server = MockServer::start().await;
    let chunk = |delta: Value, finish: Value| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": finish});
        let chunk = json!({"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [choice]});
        format!("data: {chunk}\n\n")
    };
    let words = chunk(json!({"content": "A long thought."}), Value::Null);
    let body = format!("{words}{}data: [DONE]\n\n", chunk(json!({}), json!("stop")));
    let answer = ResponseTemplate::new(200)
        .set_body_raw(body, "text/event-stream")
        .set_delay(THINKS);
    Mock::given(method("POST"))
        .respond_with(answer)
        .mount(&server)
        .await;
    let configuration = format!(
        "[[upstreams]]\nname = \"large\"\nkind = \"openai\"\nbase_url = \"{}/v1\"\nmodel = \"m\"\n\
         input_usd_per_mtok = 1.0\noutput_usd_per_mtok = 1.0\nconnect_ms = 2000\nttft_ms = 10000\n\
         total_ms = 60000\n",
        server.uri()
    );
    (server, configuration)
}
