//! The client against servers on the loopback that follow a script, byte by byte.

mod server;

use std::time::Duration;

use serde_json::json;
use tokio::net::TcpListener;

use self::server::{Act, DONE, Server, event, finish, hello, response, serve, streamed, text};
use super::{ChatRequest, Reply, Stage, UpstreamError, Upstreams};
use crate::{
    chat::{FinishReason, Message, ModelEvent, Role, Sampling, Usage},
    config,
};

const KEY: &str = "sk-very-secret";

fn config(name: &str, base_url: &str) -> config::Upstream {
    config::Upstream {
        name: name.to_owned(),
        kind: config::UpstreamKind::Openai,
        base_url: base_url.to_owned(),
        model: "large-1".to_owned(),
        api_key_env: Some("KEY".to_owned()),
        input_usd_per_mtok: 2.0,
        output_usd_per_mtok: 8.0,
        connect_ms: 2_000,
        ttft_ms: 20_000,
        total_ms: 30_000,
    }
}

fn upstreams(configs: &[config::Upstream]) -> Upstreams {
    let upstreams = Upstreams::with_variables(configs, |_| Some(KEY.to_owned()));
    upstreams.expect("the upstreams are well configured")
}

async fn ask(upstreams: &Upstreams, only: Option<&str>) -> Result<Reply, UpstreamError> {
    let messages = [Message::new(Role::User, "hi")];
    let sampling = Sampling::default();
    let request = ChatRequest {
        messages: &messages,
        sampling: &sampling,
        only,
    };
    upstreams.chat(request).await
}

async fn ask_one(server: &Server) -> Result<Reply, UpstreamError> {
    ask(&upstreams(&[config("large", &server.base_url)]), None).await
}

async fn failure_of(acts: Vec<Act>) -> UpstreamError {
    let server = serve(acts).await;
    ask_one(&server).await.expect_err("the upstream fails")
}

/// The text of an answer and how it ended.
async fn read(mut reply: Reply) -> (String, Result<ModelEvent, UpstreamError>) {
    let mut text = String::new();
    loop {
        match reply.events.recv().await.expect("an answer has an end") {
            Ok(ModelEvent::Text(more)) => text.push_str(&more),
            end => return (text, end),
        }
    }
}

fn stopped(usage: Option<Usage>) -> ModelEvent {
    let finish = FinishReason::Stop;
    ModelEvent::Done { finish, usage }
}

#[tokio::test]
async fn text_is_passed_on_before_the_answer_ends() {
    let pieces = streamed(&[text("Hel").as_bytes(), text("lo").as_bytes()], false);
    let server = serve(vec![Act::Hang(pieces)]).await;
    let mut reply = ask_one(&server).await.expect("it answers");
    assert_eq!(
        reply.events.recv().await,
        Some(Ok(ModelEvent::Text("Hel".to_owned())))
    );
    assert_eq!(
        reply.events.recv().await,
        Some(Ok(ModelEvent::Text("lo".to_owned())))
    );
}

#[tokio::test]
async fn the_request_asks_for_a_stream_with_usage_and_carries_the_key() {
    let mut server = serve(vec![Act::Send(hello())]).await;
    ask_one(&server).await.expect("it answers");
    let request = server.requests.recv().await.expect("a request");
    assert!(request.starts_with("POST /v1/chat/completions HTTP/1.1"));
    assert!(request.contains(&format!("authorization: Bearer {KEY}")));
    assert!(request.contains(r#""stream":true,"stream_options":{"include_usage":true}"#));
}

#[tokio::test]
async fn usage_comes_with_the_end_and_has_a_cost() {
    let usage =
        event(&json!({"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 500}}));
    let pieces = [text("Hello"), finish("stop"), usage, DONE.to_owned()].concat();
    let server = serve(vec![Act::Send(streamed(&[pieces.as_bytes()], true))]).await;
    let reply = ask_one(&server).await.expect("it answers");
    let prices = reply.prices;
    let usage = Usage::new(1000, 500);
    assert_eq!(
        read(reply).await,
        ("Hello".to_owned(), Ok(stopped(Some(usage))))
    );
    assert!((prices.cost_usd(usage) - 0.006).abs() < 1e-12);
}

#[tokio::test]
async fn characters_split_between_packets_arrive_whole() {
    let body = [text("退货 🙂"), finish("stop"), DONE.to_owned()].concat();
    let bytes: Vec<&[u8]> = body.as_bytes().chunks(1).collect();
    let server = serve(vec![Act::Send(streamed(&bytes, true))]).await;
    let reply = ask_one(&server).await.expect("it answers");
    assert_eq!(read(reply).await, ("退货 🙂".to_owned(), Ok(stopped(None))));
}

#[tokio::test]
async fn an_answer_that_is_not_streamed_is_taken_too() {
    let body = json!({
        "choices": [{"message": {"role": "assistant", "content": "Hello"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1}
    });
    let act = response(
        "200 OK",
        "content-type: application/json\r\n",
        &body.to_string(),
    );
    let server = serve(vec![act]).await;
    let reply = ask_one(&server).await.expect("it answers");
    assert_eq!(
        read(reply).await,
        ("Hello".to_owned(), Ok(stopped(Some(Usage::new(3, 1)))))
    );
}

#[tokio::test]
async fn a_finished_answer_needs_no_mark_of_its_end() {
    let pieces = streamed(
        &[text("Hello").as_bytes(), finish("stop").as_bytes()],
        false,
    );
    let server = serve(vec![Act::Send(pieces)]).await;
    let reply = ask_one(&server).await.expect("it answers");
    assert_eq!(read(reply).await, ("Hello".to_owned(), Ok(stopped(None))));
}

#[tokio::test]
async fn a_byte_order_mark_does_no_harm() {
    let body = ["\u{feff}: hello\n\n", &text("Hello"), DONE].concat();
    let server = serve(vec![Act::Send(streamed(&[body.as_bytes()], true))]).await;
    let reply = ask_one(&server).await.expect("it answers");
    assert_eq!(read(reply).await, ("Hello".to_owned(), Ok(stopped(None))));
}

#[tokio::test]
async fn a_passing_failure_is_tried_once_more() {
    let busy = || response("503 Service Unavailable", "retry-after: 0\r\n", "busy");
    let server = serve(vec![busy(), Act::Send(hello())]).await;
    let reply = ask_one(&server).await.expect("the second try answers");
    assert_eq!(read(reply).await.0, "Hello");
    let error = failure_of(vec![busy(), busy(), Act::Send(hello())]).await;
    assert!(
        matches!(error, UpstreamError::Status { code: 503, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_connection_lost_before_the_first_token_is_tried_once_more() {
    let server = serve(vec![Act::Send(streamed(&[], false)), Act::Send(hello())]).await;
    let reply = ask_one(&server).await.expect("the second try answers");
    assert_eq!(read(reply).await.0, "Hello");
}

#[tokio::test]
async fn a_refused_key_is_not_tried_again_and_not_shown() {
    let body = json!({"error": {"message": format!("Incorrect key: {KEY}")}}).to_string();
    // A second try would be answered with "Hello".
    let acts = vec![response("401 Unauthorized", "", &body), Act::Send(hello())];
    let error = failure_of(acts).await;
    assert_eq!(
        error.to_string(),
        "it refused with status 401: Incorrect key: [key]"
    );
}

#[tokio::test]
async fn hanging_before_the_first_token_is_a_timeout() {
    let server = serve(vec![Act::Hang(streamed(&[b": ping\n\n"], false))]).await;
    let mut config = config("large", &server.base_url);
    config.ttft_ms = 50;
    let error = ask(&upstreams(&[config]), None)
        .await
        .expect_err("it hangs");
    let stage = Stage::FirstToken;
    assert_eq!(error, UpstreamError::Timeout { stage });
}

#[tokio::test]
async fn hanging_within_the_answer_is_a_timeout_after_what_was_said() {
    let server = serve(vec![Act::Hang(streamed(&[text("Hel").as_bytes()], false))]).await;
    let mut config = config("large", &server.base_url);
    config.total_ms = 1_000;
    let reply = ask(&upstreams(&[config]), None).await.expect("it begins");
    let stage = Stage::Total;
    assert_eq!(
        read(reply).await,
        ("Hel".to_owned(), Err(UpstreamError::Timeout { stage }))
    );
}

#[tokio::test]
async fn closing_midway_is_said_after_what_was_said() {
    for ended in [false, true] {
        let server = serve(vec![Act::Send(streamed(&[text("Hel").as_bytes()], ended))]).await;
        let reply = ask_one(&server).await.expect("it begins");
        assert_eq!(
            read(reply).await,
            ("Hel".to_owned(), Err(UpstreamError::Closed))
        );
    }
}

#[tokio::test]
async fn an_error_within_the_answer_is_passed_on() {
    let body = [
        text("Hel"),
        event(&json!({"error": {"message": "overloaded"}})),
    ]
    .concat();
    let server = serve(vec![Act::Send(streamed(&[body.as_bytes()], true))]).await;
    let reply = ask_one(&server).await.expect("it begins");
    let message = "overloaded".to_owned();
    assert_eq!(
        read(reply).await,
        ("Hel".to_owned(), Err(UpstreamError::Reported { message }))
    );
}

#[tokio::test]
async fn garbage_is_named_and_cut() {
    let garbage = format!("data: {{\"choices\": [{KEY}{}\n\n", "x".repeat(5_000));
    let error = failure_of(vec![Act::Send(streamed(&[garbage.as_bytes()], true))]).await;
    assert!(matches!(error, UpstreamError::Protocol { .. }), "{error}");
    let words = error.to_string();
    assert!(
        words.len() < 400 && words.contains("[key]") && !words.contains(KEY),
        "{words}"
    );
}

#[tokio::test]
async fn a_web_page_is_no_answer() {
    let act = response(
        "200 OK",
        "content-type: text/html; charset=utf-8\r\n",
        "<h1>Welcome</h1>",
    );
    let error = failure_of(vec![act]).await;
    assert!(matches!(error, UpstreamError::Protocol { .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let act = response(
        "307 Temporary Redirect",
        "location: http://127.0.0.1:9/\r\n",
        "",
    );
    let error = failure_of(vec![act]).await;
    assert!(
        matches!(error, UpstreamError::Status { code: 307, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn the_next_upstream_takes_over() {
    let first = serve(vec![response("400 Bad Request", "", "no")]).await;
    let second = serve(vec![Act::Send(hello())]).await;
    let upstreams = upstreams(&[
        config("first", &first.base_url),
        config("second", &second.base_url),
    ]);
    let reply = ask(&upstreams, None).await.expect("the second answers");
    assert_eq!(reply.upstream, "second");
    assert_eq!(read(reply).await.0, "Hello");
}

#[tokio::test]
async fn a_named_upstream_is_asked_alone() {
    let second = serve(vec![Act::Send(hello())]).await;
    let upstreams = upstreams(&[
        config("first", "http://127.0.0.1:9"),
        config("second", &second.base_url),
    ]);
    let reply = ask(&upstreams, Some("second")).await.expect("it answers");
    assert_eq!(reply.upstream, "second");
    let error = ask(&upstreams, Some("third"))
        .await
        .expect_err("there is none");
    assert_eq!(error, UpstreamError::NoneConfigured);
}

#[tokio::test]
async fn nobody_listening_is_a_failure_to_connect() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    drop(listener);
    let upstreams = upstreams(&[config("large", &format!("http://{address}/v1"))]);
    let error = ask(&upstreams, None).await.expect_err("nobody listens");
    assert!(matches!(error, UpstreamError::Connect { .. }), "{error}");
}

#[tokio::test]
async fn a_server_without_tls_is_no_secure_upstream() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    tokio::spawn(async move {
        // Each connection is dropped at once.
        while listener.accept().await.is_ok() {}
    });
    let upstreams = upstreams(&[config("large", &format!("https://{address}/v1"))]);
    let error = ask(&upstreams, None).await.expect_err("it speaks no TLS");
    // A machine without certificates says so instead.
    let expected = matches!(
        error,
        UpstreamError::Connect { .. } | UpstreamError::Unusable { .. }
    );
    assert!(expected, "{error}");
}

#[tokio::test]
async fn what_follows_a_finished_answer_can_not_spoil_it() {
    let body = [
        text("Hello"),
        finish("stop"),
        "data: {garbage\n\n".to_owned(),
    ]
    .concat();
    let server = serve(vec![Act::Send(streamed(&[body.as_bytes()], true))]).await;
    let reply = ask_one(&server).await.expect("it answers");
    assert_eq!(read(reply).await, ("Hello".to_owned(), Ok(stopped(None))));
}

#[tokio::test]
async fn dropping_the_reply_cancels_the_request() {
    let mut server = serve(vec![Act::Hang(streamed(&[text("Hel").as_bytes()], false))]).await;
    let mut config = config("large", &server.base_url);
    config.total_ms = u64::from(u32::MAX);
    let reply = ask(&upstreams(&[config]), None).await;
    let mut reply = reply.expect("it begins");
    assert!(reply.events.recv().await.is_some());
    drop(reply);
    let left = tokio::time::timeout(Duration::from_secs(20), server.left.recv()).await;
    assert_eq!(left, Ok(Some(())));
}

#[tokio::test]
async fn a_missing_key_makes_an_upstream_unusable_not_wrong() {
    let configs = [config("large", "https://127.0.0.1:9/v1")];
    let upstreams = Upstreams::with_variables(&configs, |_| None).expect("well configured");
    let error = ask(&upstreams, None).await.expect_err("there is no key");
    assert_eq!(error.to_string(), "no key in $KEY");
    assert_eq!(
        upstreams.get("large").and_then(|large| large.unusable()),
        Some(&error)
    );
}

#[test]
fn bad_addresses_and_repeated_names_are_refused() {
    for configs in [
        vec![config("a", "ftp://127.0.0.1")],
        vec![config("a", "127.0.0.1:80")],
        vec![
            config("a", "http://127.0.0.1"),
            config("a", "http://127.0.0.1"),
        ],
    ] {
        let error = Upstreams::with_variables(&configs, |_| None).expect_err("refused");
        assert!(matches!(error, UpstreamError::Unusable { .. }), "{error}");
    }
}

#[test]
fn the_key_never_shows() {
    let upstreams = upstreams(&[config("large", "http://127.0.0.1:9/v1")]);
    assert!(!format!("{upstreams:?}").contains(KEY));
}
