//! Knocks at the process: told to stop in the middle of work, crowded, and lied to in its log.

use std::{fs, process::Command, time::Duration};

use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    time::timeout,
};

use crate::{
    faults::{program, started, terminate},
    helpers::client,
};

/// An upstream that says one word and then nothing more; it tells of each request.
async fn hanging_upstream() -> (String, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (sender, asked) = mpsc::channel(8);
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            assert!(socket.read(&mut request).await.unwrap() > 0);
            let begun = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: {\"choices\": [{\"index\": 0, \"delta\": {\"content\": \"Suppose\"}}]}\n\n";
            socket.write_all(begun).await.unwrap();
            held.push(socket);
            sender.send(()).await.unwrap();
        }
    });
    (url, asked)
}

fn asking(client: &Client, url: &str, stream: bool) -> RequestBuilder {
    let body = json!({"model": "large", "stream": stream,
        "messages": [{"role": "user", "content": "Prove it."}]});
    client
        .post(format!("{url}/v1/chat/completions"))
        .json(&body)
}

/// Reads until `words` have come.
async fn read_until(response: &mut Response, words: &str) -> String {
    let mut text = String::new();
    while !text.contains(words) {
        let piece = response.chunk().await.unwrap().expect("more comes");
        text.push_str(&String::from_utf8_lossy(&piece));
    }
    text
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_with_a_hanging_upstream_ends_everything_in_words() {
    let (upstream, mut asked) = hanging_upstream().await;
    let dir = tempfile::tempdir().unwrap();
    let config = format!(
        "[server]\ndrain_ms = 3000\n[[upstreams]]\nname = \"large\"\nkind = \"openai\"\nbase_url = \"{upstream}\"\nmodel = \"m\"\nttft_ms = 600000\ntotal_ms = 600000\n"
    );
    fs::write(dir.path().join("microgpt.toml"), config).unwrap();
    let mut command = program(dir.path());
    command.arg("serve");
    let (mut child, url, mut lines) = started(command);
    let (logged, mut log) = mpsc::channel(1024);
    std::thread::spawn(move || lines.try_for_each(|line| logged.blocking_send(line)));

    let client = client();
    let mut stream = asking(&client, &url, true).send().await.unwrap();
    let begun = read_until(&mut stream, "Suppose").await;
    let whole = tokio::spawn(
        asking(&client, &url, false)
            .header("x-request-id", "w1")
            .send(),
    );
    // Both requests have reached the upstream.
    asked.recv().await.unwrap();
    asked.recv().await.unwrap();

    terminate(&child);
    while !log.recv().await.unwrap().contains("stopping") {}
    // What comes meanwhile is refused, on a connection of its own, and told when to come back.
    let refused = asking(&self::client(), &url, true).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(refused.headers()["connection"], "close");
    let error: Value = refused.json().await.unwrap();
    assert_eq!(error["error"]["code"], "draining");
    let alive = self::client().get(format!("{url}/healthz")).send().await;
    assert_eq!(alive.unwrap().status(), StatusCode::OK);
    let ready = self::client().get(format!("{url}/readyz")).send().await;
    assert_eq!(ready.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);

    // What was in flight is told that it ends: as an event in the stream, as a status before one.
    let text = begun + &stream.text().await.unwrap();
    let last = text.trim_end().lines().last().unwrap();
    let last: Value = serde_json::from_str(last.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(last["error"]["code"], "draining", "{text}");
    assert!(!text.contains("[DONE]"));
    let whole = whole.await.unwrap().unwrap();
    assert_eq!(whole.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(whole.headers()["x-request-id"], "w1");
    assert!(whole.headers().contains_key("retry-after"));

    let ended = tokio::task::spawn_blocking(move || child.wait().unwrap());
    let status = timeout(Duration::from_secs(10), ended).await;
    assert!(status.expect("it ends in time").unwrap().success());
}

fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    let number = line.split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

async fn crowd(url: &str, count: usize) -> Vec<TcpStream> {
    let address = url.strip_prefix("http://").unwrap();
    let mut crowd = Vec::with_capacity(count);
    for _ in 0..count {
        crowd.push(TcpStream::connect(address).await.unwrap());
    }
    crowd
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_idle_connections_are_served_around_in_bounded_memory() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program(dir.path());
    // They are to stay for the whole test.
    command
        .env("MICROGPT__SERVER__HEAD_MS", "600000")
        .arg("serve");
    let (mut child, url, mut lines) = started(command);
    std::thread::spawn(move || while lines.next().is_some() {});
    let client = client();
    let healthz = format!("{url}/healthz");
    assert!(
        client
            .get(&healthz)
            .send()
            .await
            .unwrap()
            .status()
            .is_success()
    );
    let before = resident_kib(child.id());
    let crowd = crowd(&url, 1_000).await;
    for _ in 0..20 {
        let response = self::client().get(&healthz).send().await.unwrap();
        assert!(response.status().is_success());
    }
    let grown = resident_kib(child.id()).saturating_sub(before);
    assert!(
        grown < 64 << 10,
        "{grown} KiB for {} connections",
        crowd.len()
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn past_the_limit_of_open_files_connections_wait_and_are_then_served() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = Command::new("sh");
    let serve = program(dir.path());
    // The soft limit is far too low; the hard one is what counts.
    command
        .args(["-c", "ulimit -H -n 256; ulimit -S -n 64; exec \"$0\" serve"])
        .arg(serve.get_program())
        .current_dir(dir.path())
        .envs(
            serve
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("MICROGPT__SERVER__HEAD_MS", "1000")
        .stderr(std::process::Stdio::piped());
    let (mut child, url, mut lines) = started(command);
    std::thread::spawn(move || while lines.next().is_some() {});
    let crowd = crowd(&url, 400).await;
    // It waits until some of the silent ones are let go; then all goes on as before.
    let body = json!({"model": "auto", "messages": [{"role": "user", "content": "what does delivery cost?"}]});
    let response = client()
        .post(format!("{url}/v1/chat/completions"))
        .json(&body)
        .send();
    let response = timeout(Duration::from_secs(60), response).await;
    assert_eq!(
        response.expect("it is served").unwrap().status(),
        StatusCode::OK
    );
    assert!(child.try_wait().unwrap().is_none(), "it is alive");
    drop(crowd);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn names_that_people_choose_do_not_forge_lines_of_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program(dir.path());
    command.env("MICROGPT__LOG__LEVEL", "debug").arg("serve");
    let (mut child, url, lines) = started(command);
    let reading = std::thread::spawn(move || lines.collect::<Vec<String>>());
    let forged = "x\n2026-01-01T00:00:00Z ERROR forged\r\nforged \u{202e}forged";
    let body = json!({"model": forged, "messages": [{"role": "user", "content": forged}]});
    let asked = client()
        .post(format!("{url}/v1/chat/completions?{}", "forged=%0Aforged"))
        .header("x-request-id", "forged line")
        .json(&body)
        .send();
    assert_eq!(asked.await.unwrap().status(), StatusCode::NOT_FOUND);
    let address = url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = "GET /\u{202e}forged HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    terminate(&child);
    assert!(child.wait().unwrap().success());
    let lines = reading.join().unwrap();
    assert!(
        lines.iter().any(|line| line.contains("served")),
        "{lines:#?}"
    );
    assert!(
        lines.iter().any(|line| line.contains("does not exist")),
        "{lines:#?}"
    );
    for line in &lines {
        assert!(
            !line.starts_with("2026-01-01T00:00:00Z") && !line.starts_with("forged"),
            "{line}"
        );
        assert!(!line.contains(['\r', '\u{202e}']), "{line:?}");
    }
}
