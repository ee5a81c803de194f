//! Knocks at the door, byte by byte: heads, framing, slowness. What is refused is refused in time,
//! with its status, and nothing in a body is ever taken for a request.

use std::time::Duration;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, tcp::OwnedReadHalf},
    time::timeout,
};

use crate::helpers::Server;

/// Longer than any answer here takes; that it passes is a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that loses patience with slow clients after half a second.
pub async fn hasty() -> Server {
    Server::start_with(|config, _| {
        config.server.head_ms = 500;
        config.server.body_ms = 500;
    })
    .await
}

pub async fn connect(server: &Server) -> TcpStream {
    let address = server.url.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

/// All that comes until the server closes the connection.
pub async fn rest(reader: &mut OwnedReadHalf) -> String {
    let mut bytes = Vec::new();
    // A reset ends a connection as well.
    timeout(PATIENCE, reader.read_to_end(&mut bytes))
        .await
        .expect("the server closes the connection")
        .ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Sends `bytes`, as far as the server takes them, and reads until it closes the connection.
pub async fn exchange(server: &Server, bytes: &[u8]) -> String {
    let (mut reader, mut writer) = connect(server).await.into_split();
    let bytes = bytes.to_vec();
    let writing = tokio::spawn(async move {
        writer.write_all(&bytes).await.ok();
        writer
    });
    let answer = rest(&mut reader).await;
    writing.await.unwrap();
    answer
}

/// Reads one answer and leaves the connection open.
pub async fn one_answer(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let line = line.to_ascii_lowercase();
                line.strip_prefix("content-length: ")?.parse::<usize>().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        let mut piece = [0; 4096];
        let read = timeout(PATIENCE, stream.read(&mut piece)).await;
        let read = read.expect("an answer comes").unwrap();
        assert!(read > 0, "the server closed within its answer: {text}");
        bytes.extend_from_slice(&piece[..read]);
    }
}

pub fn status(answer: &str) -> u16 {
    let line = answer.lines().next().unwrap_or_default();
    line.split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_else(|| panic!("no status in {answer:?}"))
}

fn answers_in(answer: &str) -> usize {
    answer.matches("HTTP/1.1 ").count()
}

fn code(answer: &str) -> String {
    let (_, body) = answer.split_once("\r\n\r\n").unwrap();
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"));
    body["error"]["code"].as_str().unwrap().to_owned()
}

fn search(head: &str, body: &str) -> String {
    format!(
        "POST /v1/search HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n{head}\r\n{body}"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_and_addresses_without_measure_are_refused_and_the_connection_closed() {
    let server = Server::start().await;
    let large = format!(
        "GET /healthz HTTP/1.1\r\nhost: x\r\nx-big: {}\r\n\r\n",
        "a".repeat(100_000)
    );
    let answer = exchange(&server, large.as_bytes()).await;
    assert_eq!(
        (status(&answer), code(&answer).as_str()),
        (431, "headers_too_large")
    );

    let address = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(10_000));
    let answer = exchange(&server, address.as_bytes()).await;
    assert_eq!(
        (status(&answer), code(&answer).as_str()),
        (414, "uri_too_long")
    );

    // Beyond actix's own bounds the refusal has no body.
    let many = (0..1_000)
        .map(|n| format!("x-{n}: 1\r\n"))
        .collect::<Vec<_>>()
        .concat();
    let many = format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{many}\r\n");
    assert_eq!(status(&exchange(&server, many.as_bytes()).await), 431);
    let address = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(100_000));
    assert_eq!(status(&exchange(&server, address.as_bytes()).await), 400);

    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_whose_length_is_in_doubt_is_refused() {
    let server = hasty().await;
    let body = r#"{"query": "delivery"}"#;
    let cases = [
        ("content-length: 21\r\ncontent-length: 21\r\n", 400),
        ("content-length: 21\r\ncontent-length: 5\r\n", 400),
        ("content-length: 21\r\ntransfer-encoding: chunked\r\n", 400),
        ("content-length: -1\r\n", 400),
        ("content-length: +21\r\n", 400),
        ("content-length: 0x15\r\n", 400),
        ("content-length: 21, 21\r\n", 400),
        ("content-length: 99999999999999999999999\r\n", 400),
        ("transfer-encoding: gzip, chunked\r\n", 400),
        (
            "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
            400,
        ),
        // Stated, but not sent.
        ("content-length: 22\r\n", 408),
        ("content-length: 10000000000\r\n", 408),
    ];
    for (head, expected) in cases {
        let answer = exchange(&server, search(head, body).as_bytes()).await;
        assert_eq!(status(&answer), expected, "{head}: {answer}");
        assert_eq!(answers_in(&answer), 1, "{head}: {answer}");
    }
    // Neither a length nor chunks: there is no body, and what follows is no request.
    let answer = exchange(&server, search("", body).as_bytes()).await;
    assert_eq!(status(&answer), 400, "{answer}");
    assert!(!answer.contains("\"results\""), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_chunks_needs_no_length() {
    let server = hasty().await;
    let chunked = "transfer-encoding: chunked\r\nconnection: close\r\n";
    let body = "8\r\n{\"query\"\r\nd\r\n: \"delivery\"}\r\n0\r\n\r\n";
    let answer = exchange(&server, search(chunked, body).as_bytes()).await;
    assert_eq!(status(&answer), 200, "{answer}");
    for broken in [
        "zz\r\n{}\r\n0\r\n\r\n",
        "-1\r\n{}\r\n0\r\n\r\n",
        "fffffffffffffffff\r\n{}",
    ] {
        let answer = exchange(&server, search(chunked, broken).as_bytes()).await;
        assert_eq!(status(&answer), 400, "{broken}: {answer}");
        assert_eq!(answers_in(&answer), 1, "{broken}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_a_body_is_taken_for_a_request() {
    let server = hasty().await;
    let hidden = "GET /v1/models HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let length = hidden.len();
    let carriers = [
        // Refused before the body is read: by its type, by its path, by its method.
        format!(
            "POST /v1/search HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: {length}\r\n\r\n{hidden}"
        ),
        format!("POST /nowhere HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{hidden}"),
        format!("PUT /v1/search HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{hidden}"),
        // A body where none is expected.
        format!("GET /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n{hidden}"),
        format!(
            "GET /healthz HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{length:x}\r\n{hidden}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
        ),
        // An upgrade that is not offered.
        format!(
            "GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n{hidden}"
        ),
    ];
    for carrier in carriers {
        let answer = exchange(&server, carrier.as_bytes()).await;
        assert!(
            !answer.contains("\"object\":\"list\""),
            "{carrier}\n{answer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_send_a_byte_now_and_then_are_let_go_and_keep_nobody_waiting() {
    let server = hasty().await;
    let head = "GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ".to_owned();
    let body = search("content-length: 10000\r\n", "{");
    let slow = (0..40).map(|n| {
        let opening = if n % 2 == 0 {
            head.clone()
        } else {
            body.clone()
        };
        let server = &server;
        async move {
            let (mut reader, mut writer) = connect(server).await.into_split();
            writer.write_all(opening.as_bytes()).await.unwrap();
            let trickle = tokio::spawn(async move {
                let mut beat = tokio::time::interval(Duration::from_millis(50));
                while writer.write_all(b"a").await.is_ok() {
                    beat.tick().await;
                }
            });
            let answer = rest(&mut reader).await;
            trickle.abort();
            status(&answer)
        }
    });
    let others = async {
        for _ in 0..20 {
            assert_eq!(server.get("/healthz").await.status(), 200);
        }
    };
    let (slow, ()) = tokio::join!(futures_util::future::join_all(slow), others);
    assert!(slow.iter().all(|status| *status == 408), "{slow:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_speaks_is_let_go() {
    let server = hasty().await;
    let (mut reader, _writer) = connect(&server).await.into_split();
    let answer = rest(&mut reader).await;
    assert_eq!(status(&answer), 408);
}
