//! The program under measure: its commands and its server, each a child process with folders of
//! its own, so that nothing outside the bench is read or written.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use reqwest::Client;
use serde_json::{Value, json};

use crate::turn::Turn;

/// Their presence would connect a large model, and nothing here may leave this machine.
const KEYS: [&str; 2] = ["OPENAI_API_KEY", "ANTHROPIC_API_KEY"];

/// A knowledge folder, and a folder for what is derived from it.
pub(crate) struct Home {
    pub(crate) knowledge: PathBuf,
    pub(crate) state: PathBuf,
}

impl Home {
    fn command(&self, name: &str) -> anyhow::Result<Command> {
        let own = std::env::current_exe()?;
        let folder = own
            .parent()
            .and_then(|folder| folder.parent())
            .context("the bench lies in no folder")?;
        let program = folder.join("microgpt");
        if !program.is_file() {
            bail!("{} is not built", program.display());
        }
        let mut command = Command::new(program);
        command
            .arg(name)
            .current_dir(&self.state)
            .env("MICROGPT__SERVER__PORT", "0")
            .env("MICROGPT__STORE__URL", self.database())
            .env("MICROGPT__KNOWLEDGE__DIR", &self.knowledge)
            .env("MICROGPT__KNOWLEDGE__INDEX_DIR", self.state.join("index"))
            .env(
                "MICROGPT__MODELS__DIR",
                concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
            )
            .stdin(Stdio::null());
        for key in KEYS {
            command.env_remove(key);
        }
        Ok(command)
    }

    /// The URL of the server's database.
    pub(crate) fn database(&self) -> String {
        format!("sqlite://{}", self.state.join("microgpt.db").display())
    }

    /// Runs `microgpt ingest`; returns how long the whole command took. Blocking.
    pub(crate) fn ingest(&self) -> anyhow::Result<Duration> {
        let mut command = self.command("ingest")?;
        let started = Instant::now();
        let output = command.output()?;
        let took = started.elapsed();
        if !output.status.success() {
            bail!(
                "ingest failed: {}",
                String::from_utf8_lossy(&output.stderr).trim()
            );
        }
        Ok(took)
    }

    /// Runs a command; returns what it printed. Blocking.
    pub(crate) fn run(&self, name: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let output = self.command(name)?.args(arguments).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            bail!("{name} failed: {}", said.trim());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Starts `microgpt serve` and waits until it is ready. Blocking.
    pub(crate) fn serve(&self) -> anyhow::Result<Server> {
        start(self.command("serve")?)
    }

    /// As [`Home::serve`], with one more variable in its environment.
    pub(crate) fn serve_with(&self, name: &str, value: &str) -> anyhow::Result<Server> {
        let mut command = self.command("serve")?;
        command.env(name, value);
        start(command)
    }
}

/// Waits until the server is ready. Blocking.
fn start(mut command: Command) -> anyhow::Result<Server> {
    let client = Client::builder().no_proxy().build()?;
    let started = Instant::now();
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut log = BufReader::new(child.stderr.take().context("stderr is piped")?);
    let mut said = String::new();
    loop {
        let before = said.len();
        if log.read_line(&mut said)? == 0 {
            bail!("the server ended before it was ready: {}", said.trim());
        }
        if let Some(url) = said[before..].trim().strip_prefix("microgpt ready on ") {
            let (url, ready_after) = (url.to_owned(), started.elapsed());
            // An unread pipe would fill and hold the server back.
            thread::spawn(move || io::copy(&mut log, &mut io::sink()));
            return Ok(Server {
                child,
                client,
                url,
                turns: AtomicUsize::new(0),
                ready_after,
            });
        }
    }
}

/// A running server; dropping it kills it.
pub(crate) struct Server {
    child: Child,
    client: Client,
    url: String,
    turns: AtomicUsize,
    /// From the start of the process to its ready line.
    pub(crate) ready_after: Duration,
}

impl Server {
    /// Posts `body`; returns the reply and the milliseconds until its last byte was there.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<(Value, f64)> {
        let request = self.client.post(format!("{}{path}", self.url)).json(body);
        let started = Instant::now();
        let response = request.send().await?;
        let status = response.status();
        let bytes = response.bytes().await?;
        let took_ms = started.elapsed().as_secs_f64() * 1e3;
        if !status.is_success() {
            bail!(
                "{path} answered {status}: {}",
                String::from_utf8_lossy(&bytes)
            );
        }
        Ok((serde_json::from_slice(&bytes)?, took_ms))
    }

    /// Gets a JSON value.
    pub(crate) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        let response = self
            .client
            .get(format!("{}{path}", self.url))
            .send()
            .await?;
        Ok(response.error_for_status()?.json().await?)
    }

    /// Puts one question to the cascade.
    pub(crate) async fn ask(&self, question: &str) -> anyhow::Result<Turn> {
        let body = json!({"model": "auto", "messages": [{"role": "user", "content": question}]});
        let (reply, took_ms) = self.post("/v1/chat/completions", &body).await?;
        self.turns.fetch_add(1, Ordering::Relaxed);
        Ok(Turn { reply, took_ms })
    }

    /// `host:port`
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Questions put so far.
    pub(crate) fn turns(&self) -> usize {
        self.turns.load(Ordering::Relaxed)
    }

    /// A line of the process's status that counts memory (`VmRSS`, `VmHWM`), in MiB.
    pub(crate) fn memory_mib(&self, line: &str) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let found = status
            .lines()
            .find_map(|text| text.strip_prefix(line)?.strip_prefix(':'));
        let kibibytes = found
            .and_then(|value| value.split_whitespace().next())
            .context("no such line")?;
        Ok(kibibytes.parse::<f64>()? / 1024.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
