//! The commands, and the configuration that stops them.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::helpers::{KB, PROGRAM};

fn run(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(arguments)
        .current_dir(dir)
        .env(
            "MICROGPT__MODELS__DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
        )
        .env("MICROGPT__KNOWLEDGE__DIR", KB)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn ask_prints_the_answer_and_its_evidence() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["ask", "what does delivery cost?"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("Standard shipping costs 4.90 euros"));
    assert!(stdout(&output).contains("shop.faq.yaml"));
    let output = run(dir.path(), &["ask", "--json", "what does delivery cost?"]);
    let answer: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(answer["microgpt"]["route"], "faq", "{answer:#}");
}

#[test]
fn a_second_ingest_of_unchanged_files_does_no_work() {
    let dir = tempfile::tempdir().unwrap();
    let first: Value =
        serde_json::from_str(&stdout(&run(dir.path(), &["ingest", "--json"]))).unwrap();
    assert_eq!(first["added"], 3, "{first:#}");
    let second: Value =
        serde_json::from_str(&stdout(&run(dir.path(), &["ingest", "--json"]))).unwrap();
    assert_eq!(second["added"], 0, "{second:#}");
    assert_eq!(second["unchanged"], 3, "{second:#}");
}

#[test]
fn route_decides_without_answering() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &["route", "--json", "what does delivery cost?"]);
    let decision: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(decision["route"], "faq");
}

#[test]
fn models_are_listed_with_role_and_presence() {
    let dir = tempfile::tempdir().unwrap();
    let listed: Value =
        serde_json::from_str(&stdout(&run(dir.path(), &["models", "list", "--json"]))).unwrap();
    for row in listed.as_array().unwrap() {
        assert!(
            ["name", "role", "path", "present", "default"]
                .iter()
                .all(|key| !row[*key].is_null()),
            "{row}"
        );
    }
}

#[test]
fn a_wrong_configuration_stops_the_start_with_file_key_found_and_allowed() {
    let cases = [
        (
            "[server]\nprot = 1\n",
            vec!["microgpt.toml", "server.prot", "port"],
        ),
        (
            "[server]\nport = \"high\"\n",
            vec!["microgpt.toml", "server.port", "high"],
        ),
        (
            "[router]\nmax_wrong = 7.0\n",
            vec!["microgpt.toml", "router.max_wrong", "7", "0 to 1"],
        ),
        (
            "[engine]\nslots = 0\n",
            vec!["microgpt.toml", "engine.slots", "0", "64"],
        ),
        (
            "[cache]\nmax_entries = 0\n",
            vec!["microgpt.toml", "cache.max_entries", "0", "20000"],
        ),
        (
            "[cache]\nmax_age_s = 0\n",
            vec!["microgpt.toml", "cache.max_age_s", "0", "2592000"],
        ),
        (
            "[[upstreams]]\nname = \"auto\"\nkind = \"openai\"\nbase_url = \"http://x/v1\"\nmodel = \"m\"\n",
            vec!["upstreams", "auto"],
        ),
        ("[server\n", vec!["microgpt.toml"]),
    ];
    for (text, words) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("microgpt.toml"), text).unwrap();
        let output = run(dir.path(), &["route", "hello"]);
        assert_eq!(output.status.code(), Some(1), "{text}");
        let said = stderr(&output);
        assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
        for word in words {
            assert!(said.contains(word), "'{word}' is not in: {said}");
        }
    }
}

#[test]
fn wrong_usage_is_exit_2() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(run(dir.path(), &["dance"]).status.code(), Some(2));
    assert_eq!(run(dir.path(), &["--version"]).status.code(), Some(0));
}
