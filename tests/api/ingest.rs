//! Knocks at the knowledge folder: what is too long, broken, hostile or half-written.

use std::{
    fs,
    io::{BufRead, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::helpers::{KB, PROGRAM, client};

const MODELS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models");
const SHOP_KB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/kb/shop");

/// A folder with a knowledge folder in it that holds one good file.
fn place() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let kb = dir.path().join("kb");
    fs::create_dir(&kb).unwrap();
    fs::copy(format!("{KB}/shop.faq.yaml"), kb.join("shop.faq.yaml")).unwrap();
    (dir, kb)
}

fn prepared(mut command: Command, dir: &Path) -> Command {
    command
        .current_dir(dir)
        .env("MICROGPT__SERVER__PORT", "0")
        .env("MICROGPT__MODELS__DIR", MODELS)
        .env("MICROGPT__KNOWLEDGE__DIR", dir.join("kb"))
        .env("MICROGPT__KNOWLEDGE__WATCH", "false")
        .env_remove("OPENAI_API_KEY")
        .env_remove("ANTHROPIC_API_KEY")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn ingest(dir: &Path, arguments: &[&str]) -> Output {
    let mut command = prepared(Command::new(PROGRAM), dir);
    command.arg("ingest").args(arguments).output().unwrap()
}

/// The report of an ingest that must succeed.
fn report(dir: &Path) -> Value {
    let output = ingest(dir, &["--json"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn reason(report: &Value, path: &str) -> String {
    let skipped = report["skipped"].as_array().unwrap();
    let found = skipped.iter().find(|notice| notice["path"] == path);
    let found = found.unwrap_or_else(|| panic!("{path} is not among {skipped:?}"));
    found["reason"].as_str().unwrap().to_owned()
}

struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    fn start(command: Command) -> Self {
        let mut command = command;
        let mut child = command.arg("serve").spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
            said.push_str(&line);
            said.push('\n');
            line.strip_prefix("microgpt ready on ")
                .map(ToOwned::to_owned)
        });
        let url = url.unwrap_or_else(|| panic!("the server is not ready: {said}"));
        std::thread::spawn(move || lines.map_while(Result::ok).count());
        Self { child, url }
    }

    async fn answer(&self, question: &str) -> Value {
        let body = json!({"model": "auto", "messages": [{"role": "user", "content": question}]});
        let url = format!("{}/v1/chat/completions", self.url);
        let response = client().post(url).json(&body).send().await.unwrap();
        response.json().await.unwrap()
    }

    async fn search(&self, query: &str) -> Vec<Value> {
        let url = format!("{}/v1/search", self.url);
        let request = client().post(url).json(&json!({"query": query}));
        let found: Value = request.send().await.unwrap().json().await.unwrap();
        found["results"].as_array().unwrap().clone()
    }

    async fn status(&self) -> Value {
        let url = format!("{}/v1/knowledge/status", self.url);
        client()
            .get(url)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    async fn reload(&self) -> reqwest::StatusCode {
        let url = format!("{}/v1/knowledge/reload", self.url);
        client()
            .post(url)
            .json(&json!({}))
            .send()
            .await
            .unwrap()
            .status()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Sections that differ, so that each has to be encoded.
fn long_text(sections: usize) -> String {
    let section = |n: usize| {
        format!(
            "# Part {n}\n\nPart {n} of the series has {} teeth.\n\n",
            n * 7
        )
    };
    (0..sections).map(section).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_found_with_its_page_and_shown_in_the_table() {
    let (dir, kb) = place();
    fs::copy(
        format!("{SHOP_KB}/spare-parts-list.pdf"),
        kb.join("spare-parts-list.pdf"),
    )
    .unwrap();
    let output = ingest(dir.path(), &[]);
    let table = String::from_utf8(output.stdout).unwrap();
    let row = table
        .lines()
        .find(|line| line.starts_with("spare-parts-list.pdf"))
        .unwrap();
    let numbers: Vec<&str> = row.split_whitespace().skip(1).collect();
    assert!(numbers[1].parse::<usize>().unwrap() >= 5, "{table}");
    assert_eq!(numbers[2..], ["0", "0"], "{table}");
    let server = Serving::start(prepared(Command::new(PROGRAM), dir.path()));
    let found = server.search("what does the crank handle MW-30 cost").await;
    assert_eq!(found[0]["source"], "spare-parts-list.pdf", "{found:#?}");
    assert_eq!(found[0]["page"], 2, "{found:#?}");
    let found = server.search("what does delivery cost?").await;
    assert_eq!(found[0]["page"], Value::Null, "{found:#?}");
}

#[test]
fn files_that_can_not_be_used_are_named_and_the_others_are_indexed() {
    let (dir, kb) = place();
    let outside = tempfile::tempdir().unwrap();
    fs::write(
        outside.path().join("secret.md"),
        "The secret word is plover.",
    )
    .unwrap();
    fs::write(kb.join("fake.pdf"), "This only says that it is a PDF.").unwrap();
    let locked = "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj \
                  <</Type/Pages/Kids[]/Count 0>> endobj\n3 0 obj <</Filter/Standard/V 1/R 2/Length 40\
                  /O(0123456789abcdef0123456789abcdef)/U(0123456789abcdef0123456789abcdef)/P -4>> \
                  endobj\ntrailer <</Root 1 0 R/Size 4/Encrypt 3 0 R/ID[(a)(a)]>>\n%%EOF\n";
    fs::write(kb.join("locked.pdf"), locked).unwrap();
    fs::create_dir(kb.join("folder.md")).unwrap();
    let huge = fs::File::create(kb.join("huge.md")).unwrap();
    huge.set_len(50 << 20).unwrap();
    let two_megabytes = "# Opening\n\nThe shop opens at nine.\n\n".repeat(60_000);
    fs::write(kb.join("long.md"), &two_megabytes[..2_000_000]).unwrap();
    assert!(
        Command::new("mkfifo")
            .arg(kb.join("pipe.md"))
            .status()
            .unwrap()
            .success()
    );
    let link = |to: PathBuf, name: &str| std::os::unix::fs::symlink(to, kb.join(name)).unwrap();
    link(outside.path().join("secret.md"), "leaves.md");
    link(kb.join("nowhere.md"), "dangling.md");
    link(outside.path().to_owned(), "folder-link");

    let report = report(dir.path());
    assert!(reason(&report, "fake.pdf").contains("is not a PDF"));
    assert!(
        reason(&report, "locked.pdf").contains("is encrypted"),
        "{report:#}"
    );
    assert!(reason(&report, "huge.md").contains("at most 16777216"));
    assert!(reason(&report, "pipe.md").contains("a pipe"));
    assert!(reason(&report, "leaves.md").contains("leads out"));
    assert!(reason(&report, "dangling.md").contains("can't be followed"));
    assert!(report["entries"].as_u64().unwrap() > 0);
    let files = report["files"].as_array().unwrap();
    let passages = |path: &str| {
        let file = files.iter().find(|file| file["path"] == path).unwrap();
        file["passages"].as_u64().unwrap()
    };
    assert!(passages("long.md") > 10_000, "{:?}", passages("long.md"));
    assert!(!report.to_string().contains("plover"));
}

#[cfg(unix)]
#[test]
fn a_file_and_a_folder_that_may_not_be_read_are_named_and_the_others_are_indexed() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, kb) = place();
    fs::write(kb.join("closed.md"), "# Closed\n\nNobody reads this.\n").unwrap();
    fs::create_dir(kb.join("cellar")).unwrap();
    for name in ["closed.md", "cellar"] {
        fs::set_permissions(kb.join(name), fs::Permissions::from_mode(0o000)).unwrap();
    }
    // Root may read everything, unless that right is taken away from the program.
    let program = if fs::read(kb.join("closed.md")).is_ok() {
        let mut program = Command::new("setpriv");
        let rights = "-dac_override,-dac_read_search";
        program.args(["--bounding-set", rights, PROGRAM]);
        program
    } else {
        Command::new(PROGRAM)
    };
    let output = prepared(program, dir.path())
        .args(["ingest", "--json"])
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    for name in ["closed.md", "cellar"] {
        let reason = reason(&report, name);
        assert!(reason.contains("can't be read"), "{name}: {reason}");
        assert!(reason.contains("denied"), "{name}: {reason}");
    }
    assert!(report["entries"].as_u64().unwrap() > 0);
    // So that the folder can be removed again by whoever isn't root.
    fs::set_permissions(kb.join("cellar"), fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(unix)]
#[test]
fn what_is_hidden_in_names_and_titles_is_harmless_where_it_is_shown() {
    let (dir, kb) = place();
    fs::write(
        kb.join("annual\u{202e}fdp.\u{1b}[2J.md"),
        [0, 159, 146, 150],
    )
    .unwrap();
    fs::write(
        kb.join("title.md"),
        "# Red\u{202e} \u{1b}[31mtitle\u{7}\n\nText.\n",
    )
    .unwrap();
    fs::write(
        kb.join("odd.jsonl"),
        "{\"question\": \"q\", \"answer\": \"a\", \"x\\u001b[2J\\u202e\": 1}\n",
    )
    .unwrap();
    for arguments in [&["--json"][..], &["--verbose"]] {
        let output = ingest(dir.path(), arguments);
        assert!(output.status.success());
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8(said).unwrap();
        assert!(said.contains("annual"), "{said}");
        let harmful =
            |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
        assert!(!said.contains(harmful), "{said:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_ingest_leaves_the_old_index_and_the_next_start_completes_it() {
    let (dir, kb) = place();
    let before = report(dir.path())["generation"].to_string();
    fs::write(kb.join("parts.md"), long_text(300)).unwrap();
    let index = dir.path().join("data/index");
    // Killed as soon as it has begun, and again once it writes.
    for wait_for_writing in [false, true] {
        let mut command = prepared(Command::new(PROGRAM), dir.path());
        let mut child = command.arg("ingest").spawn().unwrap();
        while wait_for_writing && child.try_wait().unwrap().is_none() {
            let is_writing = fs::read_dir(&index).unwrap().any(|entry| {
                let name = entry.unwrap().file_name();
                name.to_string_lossy().ends_with(".building")
            });
            if is_writing {
                break;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let current = fs::read_to_string(index.join("CURRENT")).unwrap();
        assert!(wait_for_writing || current == before);
    }
    let server = Serving::start(prepared(Command::new(PROGRAM), dir.path()));
    let status = server.status().await;
    assert!(status["passages"].as_u64().unwrap() >= 300, "{status:#}");
    assert_eq!(
        server.answer("what does delivery cost?").await["microgpt"]["route"],
        "faq"
    );
    let left = fs::read_dir(&index).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".building")
    });
    assert_eq!(left.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_the_old_index_serves_and_room_mends_it() {
    let (dir, kb) = place();
    report(dir.path());
    // No file may be longer than a megabyte: enough for what is there, too little for what comes.
    let limited = |limit: &str| {
        let mut shell = Command::new("sh");
        let line = format!("ulimit -f {limit}; exec \"$0\" \"$@\"");
        shell.args(["-c", &line, PROGRAM]);
        prepared(shell, dir.path())
    };
    let parts: String = long_text(400);
    {
        let server = Serving::start(limited("2000"));
        fs::write(kb.join("parts.md"), &parts).unwrap();
        let mut big = fs::File::create(kb.join("more.md")).unwrap();
        big.write_all(long_text(900).replace("series", "lot").as_bytes())
            .unwrap();
        assert!(server.reload().await.is_server_error());
        let answer = server.answer("what does delivery cost?").await;
        assert_eq!(answer["microgpt"]["route"], "faq", "{answer:#}");
        assert_eq!(server.status().await["passages"], 0);
    }
    // It also starts so.
    {
        let server = Serving::start(limited("2000"));
        assert_eq!(server.status().await["passages"], 0);
        assert_eq!(
            server.answer("what does delivery cost?").await["microgpt"]["route"],
            "faq"
        );
    }
    let mended = report(dir.path());
    assert!(mended["passages"].as_u64().unwrap() >= 1_300, "{mended:#}");
}

#[test]
fn ten_thousand_small_files_are_indexed_and_told_in_a_screenful() {
    let (dir, kb) = place();
    for number in 0..10_000 {
        // The same few texts, so that reading files is the work, not encoding them.
        let text = format!("# Note\n\nNote number {} of the box.\n", number % 50);
        fs::write(kb.join(format!("note-{number:05}.md")), text).unwrap();
    }
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 128; exec \"$0\" \"$@\"", PROGRAM, "ingest"]);
    let output = prepared(shell, dir.path()).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(said.contains("10000 passages"), "{said}");
    assert!(said.lines().count() < 60, "{said}");
    assert_eq!(report(dir.path())["unchanged"], 10_001);
}
