//! `microgpt eval answers`, with the real base model.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::helpers::PROGRAM;

const BASE: &str = "smollm2-135m-instruct";

fn eval(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .args(["eval", "answers", "--data", "rows.jsonl"])
        .args(arguments)
        .current_dir(dir)
        .env(
            "MICROGPT__MODELS__DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
        )
        .output()
        .unwrap()
}

fn rows(dir: &Path, rows: &[Value]) {
    let lines: Vec<String> = rows.iter().map(ToString::to_string).collect();
    fs::write(dir.join("rows.jsonl"), lines.join("\n")).unwrap();
}

fn shop() -> Vec<Value> {
    let context = "Shoes may be returned within 30 days of delivery. Parcels cost 4.90 euros.";
    let tea = "Tea is made from the leaves of a shrub that grows in Assam.";
    vec![
        json!({"context": context, "question": "How long can shoes be returned?", "answer": "30 days", "source": "shop"}),
        json!({"context": tea, "question": "Where does the shrub grow?", "answers": ["Assam", "in Assam"], "source": "tea"}),
        json!({"task": "consistent", "passages": [{"text": tea}], "reply": "Tea is made from leaves.", "answer": "yes"}),
        json!({"task": "smalltalk", "text": "Good morning!"}),
    ]
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
    said
}

#[test]
fn a_generator_is_judged_row_by_row_and_as_a_whole() {
    let dir = tempfile::tempdir().unwrap();
    rows(dir.path(), &shop());
    let output = eval(
        dir.path(),
        &[
            "--json",
            "--model",
            BASE,
            "--out",
            "out.jsonl",
            "--report",
            "report.html",
        ],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        report["models"].as_array().unwrap().len(),
        1,
        "it is its own base"
    );
    let model = &report["models"][0];
    let grounded = &model["figures"]["grounded"];
    assert_eq!(grounded["answerable"], 2, "{report:#}");
    assert_eq!(
        grounded["wrong_passages"], 2,
        "no answer is null, so wrong passages are drawn"
    );
    assert!(model["speed"]["prefill_tokens_per_s"].as_f64().unwrap() > 0.0);
    assert_eq!(model["figures"]["by_source"]["tea"]["answerable"], 1);
    let out = fs::read_to_string(dir.path().join("out.jsonl")).unwrap();
    let lines: Vec<Value> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 4);
    for (line, row) in lines.iter().zip(shop()) {
        let asked = ["question", "reply", "text"]
            .iter()
            .find_map(|key| row[*key].as_str());
        assert_eq!(line["question"].as_str(), asked, "rows keep their order");
        assert!(
            line["reply"].is_string() && line["declined"].is_boolean(),
            "{line}"
        );
    }
    assert!(lines[0]["supported"].is_boolean() && lines[3]["supported"].is_null());
    assert!(
        lines[0]["wrong_passages"]["reply"].is_string(),
        "{}",
        lines[0]
    );
    let page = fs::read_to_string(dir.path().join("report.html")).unwrap();
    assert!(page.contains("<svg") && !page.contains("<script"));
}

#[test]
fn a_row_that_fits_no_context_is_named_and_the_others_are_judged() {
    let dir = tempfile::tempdir().unwrap();
    let long = json!({"context": "Tea is hot. ".repeat(8_500), "question": "What is hot?", "answer": null});
    rows(dir.path(), &[long, shop().remove(0)]);
    let output = eval(
        dir.path(),
        &["--no-base", "--model", BASE, "--out", "out.jsonl"],
    );
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("row 1 is skipped: the prompt has"), "{said}");
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    let counted = table
        .lines()
        .find(|line| line.contains("too long"))
        .unwrap();
    assert!(counted.trim_end().ends_with(" 1"), "{table}");
    let out = fs::read_to_string(dir.path().join("out.jsonl")).unwrap();
    assert!(
        out.lines()
            .next()
            .unwrap()
            .contains("\"skipped\":\"the prompt has")
    );
}

#[test]
fn rows_that_are_none_stop_the_judge_before_a_model_is_loaded() {
    let dir = tempfile::tempdir().unwrap();
    for (text, words) in [
        (
            "{\"context\": \"Tea.\", \"answer\": null}",
            vec!["rows.jsonl:1", "question"],
        ),
        ("tea", vec!["rows.jsonl:1", "no JSON"]),
        ("", vec!["rows.jsonl", "holds no rows"]),
    ] {
        fs::write(dir.path().join("rows.jsonl"), text).unwrap();
        let said = refusal(&eval(dir.path(), &["--model", "no/such.gguf"]));
        for word in words {
            assert!(said.contains(word), "'{word}' is not in: {said}");
        }
    }
}

#[test]
fn a_model_that_is_not_there_comes_with_how_to_get_it() {
    let dir = tempfile::tempdir().unwrap();
    rows(dir.path(), &shop());
    for arguments in [
        ["--no-base", "--model=no/such.gguf"],
        ["--base=no/such.gguf", "--json"],
    ] {
        let said = refusal(&eval(dir.path(), &arguments));
        assert!(
            said.contains("no/such.gguf") && said.contains("microgpt models pull"),
            "{said}"
        );
    }
    let said = refusal(&eval(dir.path(), &["--model=dancer"]));
    assert!(said.contains("dancer") && said.contains(BASE), "{said}");
}
