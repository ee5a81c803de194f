//! A server on the loopback that follows a script, and the pieces that scripts are made of.

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// What a server does with one connection after it has read the request.
pub(super) enum Act {
    /// Sends these bytes, each piece in a packet of its own, and closes.
    Send(Vec<Vec<u8>>),
    /// Sends these bytes and keeps the connection open until the client leaves.
    Hang(Vec<Vec<u8>>),
}

/// A server that plays one act a connection and reports the requests it got.
pub(super) struct Server {
    /// Up to and with the version.
    pub(super) base_url: String,
    pub(super) requests: mpsc::Receiver<String>,
    /// Yields once the client of a hanging act has left.
    pub(super) left: mpsc::Receiver<()>,
}

pub(super) async fn serve(acts: Vec<Act>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let (request_sender, requests) = mpsc::channel(8);
    let (left_sender, left) = mpsc::channel(8);
    tokio::spawn(async move {
        for act in acts {
            let (mut socket, _) = listener.accept().await.expect("a client");
            let request = read_request(&mut socket).await;
            request_sender
                .send(request)
                .await
                .expect("the test listens");
            let (Act::Send(pieces) | Act::Hang(pieces)) = &act;
            for piece in pieces {
                socket.write_all(piece).await.expect("the client reads");
                socket.flush().await.expect("the client reads");
            }
            if matches!(act, Act::Hang(_)) {
                let mut rest = Vec::new();
                // A reset is as good a farewell as an end.
                let _ = socket.read_to_end(&mut rest).await;
                let _ = left_sender.send(()).await;
            }
        }
    });
    Server {
        base_url: format!("http://{address}/v1"),
        requests,
        left,
    }
}

/// The head and the body of one request.
async fn read_request(socket: &mut TcpStream) -> String {
    let mut request = Vec::new();
    loop {
        let mut bytes = [0; 4096];
        let read = socket.read(&mut bytes).await.expect("a request");
        assert!(read > 0, "the client left within its request");
        request.extend_from_slice(&bytes[..read]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length")
                .then(|| value.trim().parse::<usize>())
        });
        let length = length.expect("it says its length").expect("a number");
        if body.len() >= length {
            return text;
        }
    }
}

const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";

/// A chunk of a chunked body.
fn chunk(bytes: &[u8]) -> Vec<u8> {
    let mut chunk = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunk.extend_from_slice(bytes);
    chunk.extend_from_slice(b"\r\n");
    chunk
}

/// A streamed response whose body comes in these pieces; `ended` closes it by the rules of HTTP.
pub(super) fn streamed(pieces: &[&[u8]], ended: bool) -> Vec<Vec<u8>> {
    let mut response = vec![HEAD.as_bytes().to_vec()];
    response.extend(pieces.iter().map(|piece| chunk(piece)));
    if ended {
        response.push(b"0\r\n\r\n".to_vec());
    }
    response
}

pub(super) fn event(json: &Value) -> String {
    format!("data: {json}\n\n")
}

pub(super) fn text(content: &str) -> String {
    event(
        &json!({"choices": [{"delta": {"content": content}, "finish_reason": null}], "usage": null}),
    )
}

pub(super) fn finish(reason: &str) -> String {
    event(&json!({"choices": [{"delta": {}, "finish_reason": reason}]}))
}

pub(super) const DONE: &str = "data: [DONE]\n\n";

/// "Hello" and its end.
pub(super) fn hello() -> Vec<Vec<u8>> {
    streamed(
        &[
            text("Hello").as_bytes(),
            finish("stop").as_bytes(),
            DONE.as_bytes(),
        ],
        true,
    )
}

pub(super) fn response(status: &str, headers: &str, body: &str) -> Act {
    let length = body.len();
    let response = format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    );
    Act::Send(vec![response.into_bytes()])
}
