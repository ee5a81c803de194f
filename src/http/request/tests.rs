//! What requests are accepted, and with which words the others are refused.

use serde_json::{Value, json};

use super::{options::*, *};

fn limits() -> Limits {
    Limits {
        max_message_bytes: 100,
        max_body_bytes: 1_000,
    }
}

/// A minimal chat request with one field set.
fn chat_with(key: &str, value: Value) -> Value {
    let mut body = json!({"model": "auto", "messages": [{"role": "user", "content": "hi"}]});
    body[key] = value;
    body
}

fn chat(body: &Value) -> Result<ChatRequest, ApiError> {
    ChatRequest::parse(body, &limits())
}

fn chat_ok(key: &str, value: Value) -> ChatRequest {
    chat(&chat_with(key, value)).expect("accepted")
}

/// Each field with its value is refused by a message that names it.
fn refused_by_name(cases: &[(&str, Value, &str)]) {
    for (key, value, message) in cases {
        let error = chat(&chat_with(key, value.clone())).expect_err(message);
        assert_eq!(error.to_string(), *message);
        let param = error.body().error.param.expect("names the field");
        assert!(param.starts_with(key), "{param}");
    }
}

#[test]
fn each_bad_option_is_refused_by_name_with_what_is_allowed() {
    let cases = [
        ("model", json!(3), "`model` must be a string; found 3"),
        (
            "model",
            json!(null),
            "`model` is required: a string, for example \"auto\"",
        ),
        (
            "temperature",
            json!(2.5),
            "`temperature` must be a number from 0 to 2; found 2.5",
        ),
        (
            "temperature",
            json!("hot"),
            "`temperature` must be a number from 0 to 2; found \"hot\"",
        ),
        (
            "top_p",
            json!(-0.1),
            "`top_p` must be a number from 0 to 1; found -0.1",
        ),
        (
            "max_tokens",
            json!(0),
            "`max_tokens` must be a whole number of at least 1; found 0",
        ),
        (
            "max_tokens",
            json!(1.5),
            "`max_tokens` must be a whole number of at least 1; found 1.5",
        ),
        (
            "max_completion_tokens",
            json!(-4),
            "`max_completion_tokens` must be a whole number of at least 1; found -4",
        ),
        (
            "stop",
            json!(["a", "b", "c", "d", "e"]),
            "`stop` must be a string or a list of at most 4 strings, none of them empty; found a list of 5",
        ),
        (
            "stop",
            json!(""),
            "`stop` must be a string or a list of at most 4 strings, none of them empty; found \"\"",
        ),
        (
            "seed",
            json!(1.5),
            "`seed` must be a whole number of at most 64 bits; found 1.5",
        ),
        (
            "stream",
            json!("yes"),
            "`stream` must be true or false; found \"yes\"",
        ),
        (
            "stream_options",
            json!(true),
            "`stream_options` must be an object; found true",
        ),
        (
            "stream_options",
            json!({"include_usage": 1}),
            "`stream_options.include_usage` must be true or false; found 1",
        ),
        (
            "metadata",
            json!([]),
            "`metadata` must be an object; found an empty list",
        ),
        (
            "metadata",
            json!({"conversation_id": 7}),
            "`metadata.conversation_id` must be a string; found 7",
        ),
    ];
    refused_by_name(&cases);
}

#[test]
fn what_is_not_built_is_refused_with_what_is_accepted() {
    let cases = [
        (
            "n",
            json!(2),
            "`n` is not supported; leave it out or send the one choice n = 1",
        ),
        (
            "tools",
            json!([{"type": "function"}]),
            "`tools` is not supported; leave it out or send an empty list",
        ),
        (
            "logprobs",
            json!(true),
            "`logprobs` is not supported; leave it out or send false",
        ),
        (
            "response_format",
            json!({"type": "json_object"}),
            "`response_format` is not supported; leave it out or send {\"type\": \"text\"}",
        ),
    ];
    refused_by_name(&cases);
}

#[test]
fn each_bad_message_is_refused_by_its_place() {
    let ask = |message: Value| json!([{"role": "user", "content": "hi"}, message]);
    let cases = [
        (
            json!([]),
            "messages",
            "`messages` must be a list of at least one message; found an empty list",
        ),
        (
            json!("hi"),
            "messages",
            "`messages` must be a list of at least one message; found \"hi\"",
        ),
        (
            json!(null),
            "messages",
            "`messages` is required: a list of at least one message",
        ),
        (
            ask(json!("hi")),
            "messages[1]",
            "`messages[1]` must be an object; found \"hi\"",
        ),
        (
            ask(json!({"content": "x"})),
            "messages[1].role",
            "`messages[1].role` is required: one of system, developer, user, assistant",
        ),
        (
            ask(json!({"role": "robot", "content": "x"})),
            "messages[1].role",
            "`messages[1].role` must be one of system, developer, user, assistant; found \"robot\"",
        ),
        (
            ask(json!({"role": "tool", "content": "x"})),
            "messages[1].role",
            "`messages[1].role`: tools are not supported; allowed is one of system, developer, user, assistant",
        ),
        (
            ask(json!({"role": "user"})),
            "messages[1].content",
            "`messages[1].content` is required: a string or a list of parts {\"type\": \"text\", \"text\": …}",
        ),
        (
            ask(json!({"role": "user", "content": " \n"})),
            "messages[1].content",
            "`messages[1].content` must not be blank",
        ),
        (
            ask(json!({"role": "user", "content": "a\u{0}b"})),
            "messages[1].content",
            "`messages[1].content` must not contain the character U+0000",
        ),
        (
            ask(json!({"role": "user", "content": [{"type": "image_url"}]})),
            "messages[1].content[0].type",
            "`messages[1].content[0].type` must be \"text\"; found \"image_url\"",
        ),
        (
            ask(json!({"role": "user", "content": [{"type": "text"}]})),
            "messages[1].content[0].text",
            "`messages[1].content[0].text` is required: a string",
        ),
        (
            ask(json!({"role": "assistant", "content": "x"})),
            "messages",
            "`messages` must end with a message of the role user: it is the one answered",
        ),
    ];
    for (messages, param, message) in cases {
        let error = chat(&chat_with("messages", messages)).expect_err(message);
        assert_eq!(error.to_string(), message);
        assert_eq!(error.body().error.param.as_deref(), Some(param));
    }
}

#[test]
fn a_message_over_the_limit_is_too_large_not_malformed() {
    let long = json!([{"role": "user", "content": "x".repeat(101)}]);
    let error = chat(&chat_with("messages", long)).expect_err("refused");
    assert_eq!(error.body().error.code, Some("message_too_large"));
    assert_eq!(
        error.to_string(),
        "`messages[0].content` is too large: 101 bytes, at most 100 are allowed"
    );
}

#[test]
fn a_body_that_is_no_object_is_refused() {
    let error = chat(&json!([1])).expect_err("refused");
    assert_eq!(
        error.to_string(),
        "the body must be a JSON object; found a list of 1"
    );
}

#[test]
fn content_may_come_in_parts_and_developers_are_system() {
    let parts = json!([
        {"role": "developer", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "你好"}, {"type": "text", "text": "👋"}]},
    ]);
    let parsed = chat_ok("messages", parts);
    assert_eq!(parsed.messages[0], Message::new(Role::System, "Be brief."));
    assert_eq!(parsed.messages[1], Message::new(Role::User, "你好\n👋"));
}

#[test]
fn an_instruction_after_the_question_is_allowed() {
    let messages = json!([
        {"role": "user", "content": "hi"},
        {"role": "system", "content": "Answer in French."},
    ]);
    assert_eq!(chat_ok("messages", messages).messages.len(), 2);
}

#[test]
fn absent_and_null_options_leave_the_defaults() {
    let plain = chat_ok("temperature", Value::Null);
    assert_eq!(plain.options.sampling, crate::chat::Sampling::default());
    assert_eq!(plain.options.delivery, Delivery::Whole);
    assert!(plain.options.collections.is_empty());
}

#[test]
fn options_that_only_hint_or_ask_for_nothing_are_ignored() {
    for (key, value) in [
        ("user", json!("u-1")),
        ("frequency_penalty", json!(0.5)),
        ("tools", json!([])),
        ("tool_choice", json!("none")),
        ("n", json!(1)),
        ("response_format", json!({"type": "text"})),
        ("made_up", json!({"x": 1})),
    ] {
        chat_ok(key, value);
    }
}

#[test]
fn the_newer_name_of_the_token_limit_wins_and_huge_ones_saturate() {
    let mut body = chat_with("max_tokens", json!(5));
    body["max_completion_tokens"] = json!(u64::MAX);
    let parsed = chat(&body).expect("accepted");
    assert_eq!(parsed.options.sampling.max_tokens, Some(u32::MAX));
}

#[test]
fn seeds_of_any_sign_wrap_to_32_bits() {
    for (given, kept) in [
        (json!(7), 7),
        (json!(-1), u32::MAX),
        (json!(1_u64 << 32), 0),
    ] {
        assert_eq!(chat_ok("seed", given).options.sampling.seed, Some(kept));
    }
}

#[test]
fn one_stop_text_and_a_list_are_the_same() {
    let one = chat_ok("stop", json!("END"));
    let list = chat_ok("stop", json!(["END"]));
    assert_eq!(one.options.sampling.stop, list.options.sampling.stop);
}

#[test]
fn usage_is_streamed_only_when_asked_for() {
    let mut body = chat_with("stream", json!(true));
    let plain = chat(&body).expect("accepted").options.delivery;
    body["stream_options"] = json!({"include_usage": true});
    let asked = chat(&body).expect("accepted").options.delivery;
    assert_eq!(
        plain,
        Delivery::Stream {
            include_usage: false
        }
    );
    assert_eq!(
        asked,
        Delivery::Stream {
            include_usage: true
        }
    );
}

#[test]
fn metadata_names_collections_and_the_conversation() {
    let metadata = json!({"collection": ["shop", "school"], "conversation_id": "c-1"});
    let options = chat_ok("metadata", metadata).options;
    assert_eq!(options.collections, ["shop", "school"]);
    assert_eq!(options.conversation_id.as_deref(), Some("c-1"));
    let one = chat_ok("metadata", json!({"collection": "shop"})).options;
    assert_eq!(one.collections, ["shop"]);
}

#[test]
fn a_message_to_a_conversation_needs_only_its_content() {
    let body = json!({"content": "hi", "stream": true});
    let parsed = ChatRequest::parse_message(&body, "c-1".into(), &limits()).expect("accepted");
    assert_eq!(parsed.model, "auto");
    assert_eq!(parsed.messages, [Message::new(Role::User, "hi")]);
    assert_eq!(parsed.options.conversation_id.as_deref(), Some("c-1"));
}

#[test]
fn a_route_is_asked_for_by_a_query_or_by_messages_not_both() {
    let parse = |body: Value| RouteRequest::parse(&body, &limits());
    let query = parse(json!({"query": "hi"})).expect("accepted");
    let messages = parse(json!({"messages": [{"role": "user", "content": "hi"}]}));
    assert_eq!(query, messages.expect("accepted"));
    assert!(parse(json!({})).is_err());
    assert!(parse(json!({"query": "hi", "messages": []})).is_err());
}

#[test]
fn a_search_takes_one_to_fifty_results() {
    let parse = |body: Value| SearchRequest::parse(&body, &limits());
    assert_eq!(parse(json!({"query": "hi"})).expect("accepted").top_k, 5);
    assert_eq!(
        parse(json!({"query": "hi", "top_k": 50}))
            .expect("accepted")
            .top_k,
        50
    );
    for bad in [json!(0), json!(51), json!("3")] {
        let error = parse(json!({"query": "hi", "top_k": bad})).expect_err("refused");
        assert!(
            error
                .to_string()
                .starts_with("`top_k` must be a whole number from 1 to 50")
        );
    }
    assert_eq!(
        parse(json!({"query": ""}))
            .expect_err("refused")
            .to_string(),
        "`query` must not be blank"
    );
}

#[test]
fn feedback_is_one_or_minus_one() {
    let parse = |body: Value| FeedbackRequest::parse(&body, &limits());
    assert_eq!(parse(json!({"rating": -1})).expect("accepted").rating, -1);
    for bad in [json!(0), json!(5), json!("1"), json!(1.0)] {
        let error = parse(json!({"rating": bad})).expect_err("refused");
        assert_eq!(error.body().error.param.as_deref(), Some("rating"));
    }
}
