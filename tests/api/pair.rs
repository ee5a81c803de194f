//! `microgpt router fit|score|eval` on the answers of two models, with the real encoder.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::{Value, json};

use crate::helpers::{PROGRAM, stdout};

fn router(dir: &Path, arguments: &[&str]) -> Output {
    Command::new(PROGRAM)
        .arg("router")
        .args(arguments)
        .current_dir(dir)
        .env(
            "MICROGPT__MODELS__DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
        )
        .output()
        .unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(said.trim_end().lines().count(), 1, "one line: {said}");
    said
}

/// The weak model can name things, and add few numbers.
fn write_rows(file: &Path, first: u32) {
    let mut text = String::new();
    for index in first..first + 80 {
        let (query, weak) = if index % 2 == 0 {
            let things = ["river", "mountain", "king", "painter", "bird"];
            let thing = things[(index / 2 % 5) as usize];
            (format!("Name a famous {thing} of country {index}."), 1)
        } else {
            let numbers: Vec<String> = (0..2 + index % 7)
                .map(|at| (index * 31 % 97 + at).to_string())
                .collect();
            let weak = u32::from(index % 7 < 2);
            (format!("What is {}?", numbers.join(" + ")), weak)
        };
        writeln!(
            text,
            "{}",
            json!({"query": query, "weak": weak, "strong": 1})
        )
        .unwrap();
    }
    fs::write(file, text).unwrap();
}

#[test]
fn a_fitted_model_scores_in_order_and_is_judged_beside_baselines() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    write_rows(&at.join("dev.jsonl"), 0);
    write_rows(&at.join("test.jsonl"), 80);
    let fit = ["fit", "--data", "dev.jsonl", "--out", "m.json"];
    let said = stdout(&router(at, &fit));
    for word in ["random", "length", "nearest neighbours", "chosen"] {
        assert!(said.contains(word), "'{word}' is not in: {said}");
    }

    let score = ["score", "--model", "m.json", "--data", "test.jsonl"];
    let scored = stdout(&router(at, &score));
    let asked = fs::read_to_string(at.join("test.jsonl")).unwrap();
    assert_eq!(scored.lines().count(), 80);
    for (scored, asked) in scored.lines().zip(asked.lines()) {
        let [scored, asked] =
            [scored, asked].map(|line| serde_json::from_str::<Value>(line).unwrap());
        assert_eq!(scored["query"], asked["query"]);
        assert!(scored["score"].is_number(), "{scored}");
    }

    let eval = ["eval", "--model", "m.json", "--data", "test.jsonl"];
    let table = stdout(&router(at, &eval));
    assert!(table.contains("CPT(80%)"), "{table}");
    let more = [&eval[..], &["--json", "--plot", "curve.svg"]].concat();
    let report: Value = serde_json::from_str(&stdout(&router(at, &more))).unwrap();
    let routers = report["routers"].as_array().unwrap();
    let apgr = |name: &str| {
        let found = routers.iter().find(|router| router["name"] == name);
        found.unwrap()["apgr"].as_f64().unwrap()
    };
    assert!(apgr("model") > 0.75, "{report:#}");
    assert!((apgr("random") - 0.5).abs() < 1e-9);
    assert!(apgr("length").is_finite() && apgr("nearest neighbours").is_finite());
    let drawing = fs::read_to_string(at.join("curve.svg")).unwrap();
    assert_eq!(drawing.matches("<polyline").count(), 4);
    assert_eq!(drawing.matches("<circle").count(), 1, "the operating point");
}

#[test]
fn data_and_models_that_can_not_be_used_are_refused_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    let row =
        |weak: u8, strong: u8| json!({"query": "q", "weak": weak, "strong": strong}).to_string();
    let same = vec![row(1, 1); 30].join("\n");
    let cases: [(&str, &[&str]); 5] = [
        ("", &["data.jsonl", "no rows"]),
        (&same, &["data.jsonl", "nothing to tell apart"]),
        (
            "{\"query\": \"q\", \"weak\": 1, \"strong\": 0}\n{\"query\": \"q\", \"weak\": 1}",
            &["data.jsonl:2", "strong", "missing", "1 (right) or 0"],
        ),
        (
            "{\"query\": \"q\", \"weak\": 0.5, \"strong\": 0}",
            &["data.jsonl:1", "weak", "0.5"],
        ),
        ("query,weak,strong", &["data.jsonl:1", "JSON"]),
    ];
    for (text, words) in cases {
        fs::write(at.join("data.jsonl"), text).unwrap();
        let said = refused(&router(
            at,
            &["fit", "--data", "data.jsonl", "--out", "m.json"],
        ));
        for word in words {
            assert!(said.contains(word), "'{word}' is not in: {said}");
        }
    }
    write_rows(&at.join("data.jsonl"), 0);
    for (text, word) in [
        ("{\"faq\": []}", "not a model"),
        ("hello", "not a model"),
        ("{\"format\": \"microgpt-pair/0\"}", "microgpt-pair/0"),
    ] {
        fs::write(at.join("m.json"), text).unwrap();
        for command in ["score", "eval"] {
            let said = refused(&router(
                at,
                &[command, "--model", "m.json", "--data", "data.jsonl"],
            ));
            assert!(said.contains("m.json") && said.contains(word), "{said}");
        }
    }
    let neither = router(at, &["eval", "--data", "data.jsonl"]);
    assert_eq!(neither.status.code(), Some(2), "either --model or --kb");
}
