//! The process itself: signals, ports and broken files.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::helpers::{KB, PROGRAM, client};

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");

pub fn program(dir: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .current_dir(dir)
        .env("MICROGPT__SERVER__PORT", "0")
        .env("MICROGPT__MODELS__DIR", MODELS)
        .env("MICROGPT__KNOWLEDGE__DIR", KB)
        .env_remove("OPENAI_API_KEY")
        .env_remove("ANTHROPIC_API_KEY")
        .stderr(Stdio::piped())
        .stdout(Stdio::piped());
    command
}

/// Starts the server and waits for its ready line.
pub fn serve(dir: &Path) -> (Child, String) {
    let mut command = program(dir);
    command.arg("serve");
    let (child, url, mut lines) = started(command);
    std::thread::spawn(move || while lines.next().is_some() {});
    (child, url)
}

/// Starts a server and waits for its ready line; hands over the lines that follow.
pub fn started(mut command: Command) -> (Child, String, impl Iterator<Item = String> + Send) {
    let mut child = command.spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let url = lines
        .by_ref()
        .map_while(Result::ok)
        .find_map(|line| {
            line.strip_prefix("microgpt ready on ")
                .map(ToOwned::to_owned)
        })
        .expect("the server says that it is ready");
    (child, url, lines.map_while(Result::ok))
}

pub fn terminate(child: &Child) {
    let mut kill = Command::new("kill");
    let sent = kill.args(["-TERM", &child.id().to_string()]).status();
    assert!(sent.unwrap().success());
}

pub fn stderr_of(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, url) = serve(dir.path());
    let body = json!({"model": "auto", "messages": [{"role": "user", "content": "what does delivery cost?"}]});
    let mut acknowledged = Vec::new();
    for _ in 0..20 {
        let answer: Value = client()
            .post(format!("{url}/v1/chat/completions"))
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        acknowledged.push(
            answer["microgpt"]["conversation_id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut child, url) = serve(dir.path());
    for id in acknowledged {
        let kept = client()
            .get(format!("{url}/v1/conversations/{id}"))
            .send()
            .await
            .unwrap();
        assert!(kept.status().is_success(), "{id} is lost");
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_lets_what_is_in_flight_end() {
    let dir = tempfile::tempdir().unwrap();
    let (mut child, url) = serve(dir.path());
    let body = json!({"model": "microgpt-135m", "max_tokens": 60, "stream": true,
        "messages": [{"role": "user", "content": "Tell me about the sea."}]});
    let response = client()
        .post(format!("{url}/v1/chat/completions"))
        .json(&body)
        .send()
        .await
        .unwrap();
    terminate(&child);
    let text = response.text().await.unwrap();
    assert!(
        text.trim_end().ends_with("data: [DONE]") || text.contains("\"error\""),
        "{text}"
    );
    let status = child.wait().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn a_port_in_use_is_named() {
    let held = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    let dir = tempfile::tempdir().unwrap();
    let mut command = program(dir.path());
    command.env("MICROGPT__SERVER__PORT", &port).arg("serve");
    let (code, stderr) = stderr_of(command);
    assert_eq!(code, Some(1));
    assert!(stderr.contains(&port), "{stderr}");
}

#[test]
fn a_file_that_is_no_gguf_and_one_cut_short_are_named_with_the_way_out() {
    let dir = tempfile::tempdir().unwrap();
    let fake = dir.path().join("fake.gguf");
    fs::write(&fake, "this is no model").unwrap();
    let whole = fs::read_dir(MODELS)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let whole = whole
        .filter(|path| path.extension().is_some_and(|ending| ending == "gguf"))
        .min()
        .unwrap();
    let cut = dir.path().join("cut.gguf");
    fs::write(&cut, &fs::read(whole).unwrap()[..1_000_000]).unwrap();
    for (file, words) in [(&fake, "not a GGUF"), (&cut, "truncated")] {
        let mut command = program(dir.path());
        command
            .env("MICROGPT__MODELS__GENERATOR", file)
            .args(["ask", "hello"]);
        let (code, stderr) = stderr_of(command);
        assert_eq!(code, Some(1), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
        assert!(
            stderr.contains(file.file_name().unwrap().to_str().unwrap()),
            "{stderr}"
        );
    }
}

#[test]
fn an_encoder_is_no_generator_and_that_is_said() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = program(dir.path());
    command
        .env("MICROGPT__MODELS__GENERATOR", "all-minilm-l6-v2")
        .args(["ask", "hello"]);
    let (code, stderr) = stderr_of(command);
    assert_eq!(code, Some(1), "{stderr}");
    assert!(stderr.contains("all-minilm-l6-v2"), "{stderr}");
}
