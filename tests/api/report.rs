//! `microgpt router eval --kb` with drawings: the curve, and the page of one evaluation.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::helpers::{KB, PROGRAM};

fn eval(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(["router", "eval", "--data", "q.jsonl"])
        .args(arguments)
        .current_dir(dir)
        .env("MICROGPT__KNOWLEDGE__DIR", KB)
        .env("MICROGPT__ROUTER__MAX_WRONG", "0.5")
        .env(
            "MICROGPT__MODELS__DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
        )
        .output()
        .unwrap()
}

#[test]
fn one_evaluation_is_a_page_with_its_curve_in_which_every_text_is_a_text() {
    let dir = tempfile::tempdir().unwrap();
    let hostile = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>";
    let rows = [
        json!({"query": "Is delivery free?", "id": "shipping-cost", "source": "shop"}),
        json!({"query": "How can I pay?", "id": hostile, "source": hostile}),
        json!({"query": hostile, "id": null, "source": "outside"}),
        json!({"query": "Who won the race?", "id": null, "source": "outside"}),
        json!({"query": "Which acid is used to descale the Heron kettle?", "doc": "kettle"}),
    ];
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    fs::write(dir.path().join("q.jsonl"), lines.join("\n")).unwrap();
    let files = ["--plot", "curve.svg", "--report", "page.html"];
    let output = eval(dir.path(), &[&["--kb", "--json"], &files[..]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["questions"], 5);
    assert_eq!(report["by_source"]["outside"]["answerable"], 0);
    assert_eq!(report["by_source"]["shop"]["right"], 1, "{report:#}");
    assert!(report["wrong"].as_u64().unwrap() >= 1, "{report:#}");

    let curve = fs::read_to_string(dir.path().join("curve.svg")).unwrap();
    assert!(curve.starts_with("<svg ") && curve.contains("<polyline"));
    assert!(curve.contains("<circle") && curve.contains("as configured"));

    let page = fs::read_to_string(dir.path().join("page.html")).unwrap();
    for part in ["<svg", "another entry", "Worst mistakes", "How can I pay?"] {
        assert!(page.contains(part), "no {part}");
    }
    assert!(page.contains("&lt;script&gt;"), "shown as it was written");
    for foreign in ["<script", "<img", "http:", "https:", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
}

#[test]
fn a_page_is_made_of_a_knowledge_base_s_evaluation_only() {
    let dir = tempfile::tempdir().unwrap();
    let output = eval(dir.path(), &["--model", "m.json", "--report", "page.html"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("--report") && said.contains("--model"),
        "{said}"
    );
}
