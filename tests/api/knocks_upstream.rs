//! Upstreams that speak badly, as the people who wait behind them see it.

use std::path::Path;

use microgpt::config::{Config, Upstream, UpstreamKind};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::helpers::{Server, events, text};

/// What the upstream does, by a word in the question.
async fn act(socket: &mut TcpStream, request: &str, elsewhere: &str) -> std::io::Result<()> {
    let stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n";
    let word =
        |text: &str| format!("data: {{\"choices\": [{{\"delta\": {{\"content\": \"{text}\"}}}}]}}");
    let finish = "data: {\"choices\": [{\"delta\": {}, \"finish_reason\": \"stop\"}]}";
    let sent = |body: String| format!("{stream}\r\n{body}");
    let error = "{\"error\": {\"message\": \"out of order\"}}";
    let one_by_one = sent(format!(
        "{}\n\n{finish}\n\ndata: [DONE]\n\n",
        word("退货 🙂")
    ));
    let response = match request {
        text if text.contains("halves") => {
            for byte in one_by_one.as_bytes() {
                socket.write_all(&[*byte]).await?;
                socket.flush().await?;
            }
            return Ok(());
        }
        text if text.contains("carriage") => sent(format!(
            ": hi\r\r{}\r\r: x\rid: 1\r{finish}\r\rdata: [DONE]\r\r",
            word("fine")
        )),
        text if text.contains("unended") => sent(format!("{}\n\n{finish}", word("fine"))),
        text if text.contains("undone") => {
            sent(format!("{}\r\n\r\n{finish}\r\n\r\n", word("fine")))
        }
        text if text.contains("cut") => {
            sent(format!("{}\n\n{}", word("fine"), &word("lost")[..30]))
        }
        text if text.contains("garbage") => sent(format!("{}\n\ndata: {{{{{{\n\n", word("fine"))),
        text if text.contains("broken") => sent(format!("{}\n\ndata: {error}\n\n", word("fine"))),
        text if text.contains("refusal") => format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{error}",
            error.len()
        ),
        text if text.contains("packed") => {
            format!(
                "{stream}content-encoding: gzip\r\n\r\n{}\n\n{finish}\n\n",
                word("fine")
            )
        }
        text if text.contains("elsewhere") => format!(
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
        ),
        text if text.contains("one line") => {
            socket.write_all(sent("data: ".into()).as_bytes()).await?;
            return endless(socket).await;
        }
        text if text.contains("flood") => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 52428800\r\n\r\n{\"a\": \"";
            socket.write_all(head.as_bytes()).await?;
            return endless(socket).await;
        }
        // Stalls after its first word.
        text if text.contains("stall") => {
            socket
                .write_all(sent(word("fine") + "\n\n").as_bytes())
                .await?;
            socket.read_to_end(&mut Vec::new()).await?;
            return Ok(());
        }
        other => panic!("nothing is scripted for {other}"),
    };
    socket.write_all(response.as_bytes()).await
}

/// 50 MiB without an end of a line.
async fn endless(socket: &mut TcpStream) -> std::io::Result<()> {
    let piece = vec![b'x'; 1 << 20];
    for _ in 0..50 {
        socket.write_all(&piece).await?;
    }
    Ok(())
}

async fn read_request(socket: &mut TcpStream) -> String {
    let mut request = String::new();
    while !request.ends_with('}') {
        let mut bytes = [0; 4096];
        let read = socket.read(&mut bytes).await.unwrap();
        if read == 0 {
            break;
        }
        request.push_str(&String::from_utf8_lossy(&bytes[..read]));
    }
    request
}

/// A server whose upstream `large` follows the script, and a place that nobody may be sent to.
async fn start() -> (Server, TcpListener) {
    let nowhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let elsewhere = format!(
        "http://{}/v1/chat/completions",
        nowhere.local_addr().unwrap()
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let elsewhere = elsewhere.clone();
            tokio::spawn(async move {
                let request = read_request(&mut socket).await;
                // Whoever stops listening to an endless answer does right.
                act(&mut socket, &request, &elsewhere).await.ok();
            });
        }
    });
    let change = move |config: &mut Config, _: &Path| {
        config.upstreams.push(Upstream {
            name: "large".into(),
            kind: UpstreamKind::Openai,
            base_url,
            model: "m".into(),
            api_key_env: None,
            input_usd_per_mtok: 0.0,
            output_usd_per_mtok: 0.0,
            connect_ms: 2_000,
            ttft_ms: 20_000,
            total_ms: 3_000,
        });
    };
    (Server::start_with(change).await, nowhere)
}

async fn streamed(server: &Server, question: &str) -> (u16, String) {
    let body = json!({"model": "large", "stream": true, "messages": [{"role": "user", "content": question}]});
    let response = server.post("/v1/chat/completions", &body).await;
    (response.status().as_u16(), response.text().await.unwrap())
}

fn said(chunks: &[Value]) -> String {
    let words = chunks
        .iter()
        .filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str());
    words.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_but_whole_streams_are_understood() {
    let (server, _nowhere) = start().await;
    for (question, words) in [
        ("halves", "退货 🙂"),
        ("carriage", "fine"),
        ("unended", "fine"),
        ("undone", "fine"),
    ] {
        let (status, body) = streamed(&server, question).await;
        assert_eq!(status, 200, "{question}: {body}");
        let chunks = events(&body);
        assert_eq!(said(&chunks), words, "{question}");
        assert_eq!(chunks.last().unwrap(), "[DONE]", "{question}");
        assert_eq!(text(&server.ask_model("large", question).await), words);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_that_go_wrong_after_a_word_end_in_an_error_event() {
    let (server, _nowhere) = start().await;
    for question in ["cut", "garbage", "broken", "stall"] {
        let (status, body) = streamed(&server, question).await;
        assert_eq!(status, 200, "{question}: {body}");
        let chunks = events(&body);
        assert_eq!(said(&chunks), "fine", "{question}");
        assert_eq!(
            chunks.last().unwrap()["error"]["code"],
            "upstream_failed",
            "{question}: {body}"
        );
        assert!(!body.contains("[DONE]"), "{question}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_from_the_start_ends_in_a_labelled_one() {
    let (server, nowhere) = start().await;
    for (question, reason) in [
        ("refusal", "out of order"),
        ("packed", "gzip"),
        ("elsewhere", "307"),
        ("one line", "an endless event"),
        ("flood", "an endless answer"),
    ] {
        let answer = server.ask_model("large", question).await;
        assert_eq!(answer["microgpt"]["degraded"], true, "{answer:#}");
        let reasons = answer["microgpt"]["reasons"].to_string();
        assert!(reasons.contains(reason), "{question}: {reasons}");
    }
    // The redirect was not followed: nobody knocks there.
    let knock = tokio::select! {
        biased;
        knock = nowhere.accept() => Some(knock),
        () = std::future::ready(()) => None,
    };
    assert!(knock.is_none(), "the request went elsewhere");
}
