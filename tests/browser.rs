//! The pages in a real browser: each flow of `tests/browser/flows/` is one test here.
//!
//! Responsible for starting what a flow needs (the program with a database of its own, a stand-in
//! for a large model) and for running it. Where Node.js, Chromium or the packages of
//! `tests/browser/package.json` are missing, every flow is listed by name as ignored.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::{
    collections::BTreeSet,
    fs,
    io::{self, BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, ExitCode, Stdio},
    thread,
};

use libtest_mimic::{Arguments, Failed, Trial};
use tempfile::TempDir;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const CHROMIUM: &str = "/usr/bin/chromium";

/// What a flow is given.
#[derive(Clone, Copy)]
enum Setup {
    /// The small knowledge base, and a large model.
    Connected,
    /// The small knowledge base alone.
    Alone,
    /// Documents, entries and names of files that mean harm, and a large model.
    Hostile,
}

use Setup::{Alone, Connected, Hostile};

/// Every flow, by the name it has in `tests/browser/flows/`.
const FLOWS: [(&str, Setup); 27] = [
    ("asks_and_streams", Connected),
    ("shows_markdown_and_code", Connected),
    ("copies_an_answer_and_its_code", Connected),
    ("stops_an_answer_and_asks_again", Connected),
    ("names_route_reason_cost_and_time", Connected),
    ("announces_a_finished_answer_once", Connected),
    ("opens_a_source_beside_the_answer", Connected),
    ("falls_back_to_the_passage_of_a_changed_source", Connected),
    ("keeps_thumbs_and_comments", Connected),
    ("begins_a_new_chat", Connected),
    ("keeps_the_focus_in_the_list_when_an_answer_ends", Connected),
    ("lists_searches_reopens_and_deletes_chats", Connected),
    ("suggests_questions_of_the_knowledge_base", Connected),
    ("runs_nothing_from_a_hostile_answer", Connected),
    ("runs_nothing_from_a_hostile_document", Hostile),
    ("reads_hostile_markdown_in_bounded_time", Connected),
    ("serves_a_strict_policy", Alone),
    ("says_when_no_large_model_is_connected", Alone),
    ("follows_and_remembers_light_and_dark", Connected),
    ("fits_a_phone", Connected),
    ("works_by_keyboard_alone", Connected),
    ("has_nothing_serious_for_axe", Alone),
    ("has_nothing_serious_for_axe_in_the_interface", Alone),
    ("says_when_the_server_is_gone", Connected),
    ("ends_a_broken_stream_with_a_message", Connected),
    ("shows_the_interface", Alone),
    ("is_small", Alone),
];

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let missing = missing();
    if let Some(what) = &missing {
        eprintln!("browser: the flows are skipped: {what}");
    }
    let flows = FLOWS.map(|(name, setup)| {
        Trial::test(name, move || run(name, setup)).with_ignored_flag(missing.is_some())
    });
    let mut trials = vec![Trial::test("every_flow_is_run", every_flow_is_run)];
    trials.extend(flows);
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// The flows on disk and those in [`FLOWS`] are the same; needs no browser.
fn every_flow_is_run() -> Result<(), Failed> {
    let mut written = BTreeSet::new();
    for file in fs::read_dir(Path::new(ROOT).join("tests/browser/flows"))? {
        let text = fs::read_to_string(file?.path())?;
        let names = text
            .lines()
            .filter_map(|line| line.strip_prefix("export async function "));
        written.extend(names.filter_map(|rest| rest.split_once('(').map(|at| at.0.to_owned())));
    }
    let run: BTreeSet<String> = FLOWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    if written == run {
        return Ok(());
    }
    let differ: Vec<_> = written.symmetric_difference(&run).collect();
    Err(format!("in one place only: {differ:?}").into())
}

/// What keeps the flows from running, if anything does.
fn missing() -> Option<String> {
    let node = Command::new("node").arg("--version").output();
    if !node.is_ok_and(|output| output.status.success()) {
        return Some("there is no Node.js".to_owned());
    }
    if !Path::new(CHROMIUM).exists() {
        return Some(format!("there is no {CHROMIUM}"));
    }
    let packages = Path::new(ROOT).join("tests/browser/node_modules");
    let installed = ["playwright-core", "axe-core"]
        .iter()
        .all(|name| packages.join(name).exists());
    (!installed).then(|| "`npm ci` was not run in tests/browser".to_owned())
}

fn run(name: &str, setup: Setup) -> Result<(), Failed> {
    let upstream = match setup {
        Connected | Hostile => Some(Upstream::start()),
        Alone => None,
    };
    let upstream_url = upstream.as_ref().map_or("", |upstream| &upstream.url);
    let server = Server::start(setup, upstream_url);
    let output = Command::new("node")
        .arg(Path::new(ROOT).join("tests/browser/flow.mjs"))
        .args([name, &server.url, upstream_url])
        .arg(server.process.0.id().to_string())
        .arg(screenshots())
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{said}\nthe server said:\n{}", server.log()).into())
}

fn screenshots() -> PathBuf {
    let folder = Path::new(ROOT).join("target/screenshots");
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Reads lines until one begins with `prefix`, and returns what follows it there.
fn line_after(reader: &mut impl BufRead, prefix: &str) -> Option<String> {
    let found = reader
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix(prefix).map(ToOwned::to_owned));
    found.filter(|rest| !rest.is_empty())
}

/// The stand-in for a large model; what it answers is in `tests/browser/upstream.mjs`.
struct Upstream {
    url: String,
    _process: Process,
}

impl Upstream {
    fn start() -> Self {
        let mut child = Command::new("node")
            .arg(Path::new(ROOT).join("tests/browser/upstream.mjs"))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let stdout = child.stdout.take().unwrap();
        let process = Process(child);
        let url = line_after(&mut BufReader::new(stdout), "listening on ");
        Self {
            url: url.expect("the stand-in listens"),
            _process: process,
        }
    }
}

/// The hostile files under `dir`, one by a name that no repository should hold: it reads as that of
/// another kind of file.
fn hostile_knowledge(dir: &Path) -> PathBuf {
    let from = Path::new(ROOT).join("tests/browser/hostile-kb");
    let to = dir.join("kb");
    fs::create_dir(&to).unwrap();
    fs::copy(from.join("harm.faq.yaml"), to.join("harm.faq.yaml")).unwrap();
    fs::copy(from.join("harm.md"), to.join("pump\u{202e}fdp.\u{7}.md")).unwrap();
    to
}

/// The program, with everything it writes in a folder of its own.
struct Server {
    url: String,
    process: Process,
    dir: TempDir,
}

impl Server {
    fn start(setup: Setup, upstream_url: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let knowledge = match setup {
            Connected | Alone => Path::new(ROOT).join("tests/data/kb"),
            Hostile => hostile_knowledge(dir.path()),
        };
        let large = if upstream_url.is_empty() {
            String::new()
        } else {
            format!(
                "[[upstreams]]\nname = \"large\"\nkind = \"openai\"\nbase_url = \"{upstream_url}/v1\"\n\
                 model = \"large-1\"\ninput_usd_per_mtok = 2.5\noutput_usd_per_mtok = 10.0\n"
            )
        };
        let config = format!(
            "[knowledge]\ndir = \"{}\"\nindex_dir = \"index\"\nwatch = false\n\
             [models]\ndir = \"{ROOT}/models\"\n[server]\nport = 0\n{large}",
            knowledge.display()
        );
        fs::write(dir.path().join("microgpt.toml"), config).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_microgpt"))
            .arg("serve")
            .current_dir(dir.path())
            // Keys would connect a large model of the world outside.
            .env_remove("OPENAI_API_KEY")
            .env_remove("ANTHROPIC_API_KEY")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let process = Process(child);
        let url = line_after(&mut stderr, "microgpt ready on ").expect("the server starts");
        let log = dir.path().join("log");
        thread::spawn(move || io::copy(&mut stderr, &mut fs::File::create(log)?));
        Self { url, process, dir }
    }

    /// What it said after it was ready.
    fn log(&self) -> String {
        fs::read_to_string(self.dir.path().join("log")).unwrap_or_default()
    }
}
