//! A server to knock at.

use std::{path::Path, process::Output, thread};

use microgpt::{app::App, config::Config};
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;

/// The knowledge base of most tests.
pub const KB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/kb");
/// The program itself, for what only a process can show.
pub const PROGRAM: &str = env!("CARGO_BIN_EXE_microgpt");

/// A running server; dropping it stops it.
pub struct Server {
    pub url: String,
    pub client: Client,
    pub dir: TempDir,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

/// A configuration whose files all lie in `dir`.
pub fn config(dir: &Path) -> Config {
    let mut config = Config::default();
    config.server.port = 0;
    config.store.url = format!("sqlite://{}", dir.join("data/microgpt.db").display());
    config.knowledge.dir = KB.into();
    config.knowledge.index_dir = dir.join("index");
    config.knowledge.watch = false;
    config.models.dir = concat!(env!("CARGO_MANIFEST_DIR"), "/models").into();
    config
}

/// The client that tests ask with.
pub fn client() -> Client {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    Client::builder().no_proxy().build().unwrap()
}

impl Server {
    /// Starts with the defaults, and waits until it is ready.
    pub async fn start() -> Self {
        Self::start_with(|_, _| {}).await
    }

    /// Starts with a changed configuration. The folder is the server's own.
    pub async fn start_with(change: impl FnOnce(&mut Config, &Path)) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self::start_in(dir, change).await
    }

    /// Starts on what an earlier server left in `dir`.
    pub async fn start_in(dir: TempDir, change: impl FnOnce(&mut Config, &Path)) -> Self {
        let client = client();
        let mut config = config(dir.path());
        change(&mut config, dir.path());
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async move {
                let app = App::build(config).await.unwrap();
                let stop = async move {
                    stopped.await.ok();
                };
                app.run_until_stopped(stop, |url| ready.send(url.to_owned()).unwrap())
                    .await
                    .unwrap();
            });
        });
        Self {
            url: is_ready.await.expect("the server starts"),
            client,
            dir,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// Stops it and hands over its folder.
    pub fn stop(mut self) -> TempDir {
        self.end();
        std::mem::replace(&mut self.dir, tempfile::tempdir().unwrap())
    }

    fn end(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.url))
            .send()
            .await
            .unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.client
            .post(format!("{}{path}", self.url))
            .json(body)
            .send()
            .await
            .unwrap()
    }

    /// One question to the cascade.
    pub async fn ask(&self, question: &str) -> Value {
        self.ask_model("auto", question).await
    }

    /// One question to `model`; the answer must be a 200.
    pub async fn ask_model(&self, model: &str, question: &str) -> Value {
        let body = json!({"model": model, "messages": [{"role": "user", "content": question}]});
        let response = self.post("/v1/chat/completions", &body).await;
        assert_eq!(response.status(), StatusCode::OK);
        response.json().await.unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// What a command printed; it must have succeeded.
pub fn stdout(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// The text of a chat completion.
pub fn text(completion: &Value) -> &str {
    completion["choices"][0]["message"]["content"]
        .as_str()
        .unwrap()
}

/// The route of a chat completion.
pub fn route(completion: &Value) -> &str {
    completion["microgpt"]["route"].as_str().unwrap()
}

/// The parsed `data:` lines of an event stream, `[DONE]` as a string.
pub fn events(body: &str) -> Vec<Value> {
    let lines = body.lines().filter_map(|line| line.strip_prefix("data: "));
    lines
        .map(|data| serde_json::from_str(data).unwrap_or_else(|_| json!(data)))
        .collect()
}
