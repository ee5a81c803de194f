//! Traffic of the past under another policy: asked over HTTP, decided again by the program.

use std::{
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;

use crate::{
    helpers::{KB, PROGRAM, Server, route, stdout},
    upstreams::{upstream, well_behaved},
};

/// As the FAQ has them.
const QUESTIONS: [&str; 3] = [
    "Is delivery free?",
    "How do I cancel my order?",
    "Which payment methods do you accept?",
];
/// What the mock of an upstream costs a turn.
const COST_USD: f64 = 0.0035;
const CAREFUL: &str = "0.0001";
const GENEROUS: &str = "0.5";

fn replay(dir: &Path, arguments: &[&str]) -> Output {
    let url = format!("sqlite://{}", dir.join("data/microgpt.db").display());
    Command::new(PROGRAM)
        .args(["router", "replay"])
        .args(arguments)
        .current_dir(dir)
        .env("MICROGPT__STORE__URL", url)
        .env("MICROGPT__KNOWLEDGE__DIR", KB)
        .env("MICROGPT__KNOWLEDGE__INDEX_DIR", dir.join("index"))
        .env(
            "MICROGPT__MODELS__DIR",
            concat!(env!("CARGO_MANIFEST_DIR"), "/models"),
        )
        .output()
        .unwrap()
}

fn turns(replay: &Value, before: &str, after: &str) -> u64 {
    let mut transitions = replay["transitions"].as_array().unwrap().iter();
    let found = transitions.find(|seen| seen["before"] == before && seen["after"] == after);
    found.map_or(0, |found| found["turns"].as_u64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_generous_policy_shows_what_the_careful_one_paid_for() {
    let mock = well_behaved().await;
    let connect = upstream(format!("{}/v1", mock.uri()));
    let server = Server::start_with(|config, dir| {
        connect(config, dir);
        config.router.max_wrong = CAREFUL.parse().unwrap();
    })
    .await;
    for question in QUESTIONS {
        assert_eq!(route(&server.ask(question).await), "escalate");
    }
    assert_eq!(route(&server.ask(QUESTIONS[0]).await), "cache");
    assert_eq!(route(&server.ask("hello").await), "faq");
    let odd = "Prove \u{1b}[31mthat there are infinitely many primes.";
    assert_eq!(route(&server.ask(odd).await), "escalate");
    server.ask_model("escalate", QUESTIONS[0]).await;
    let dir = server.stop();

    let json = ["--since", "1h", "--max-wrong", GENEROUS, "--json"];
    let seen: Value = serde_json::from_str(&stdout(&replay(dir.path(), &json))).unwrap();
    assert_eq!((&seen["turns"], &seen["left_out"]), (&7.into(), &1.into()));
    assert_eq!(turns(&seen, "escalate", "faq"), 3, "{seen:#}");
    assert_eq!(turns(&seen, "escalate", "escalate"), 1, "{seen:#}");
    assert_eq!(turns(&seen, "cache", "cache"), 1, "{seen:#}");
    assert_eq!(turns(&seen, "faq", "faq"), 1, "{seen:#}");
    assert_eq!(
        (&seen["changed"], &seen["max_wrong"]),
        (&3.into(), &0.5.into())
    );
    let usd = |name: &str| seen["money"][name].as_f64().unwrap();
    assert!((usd("before_usd") - 4.0 * COST_USD).abs() < 1e-9);
    assert!((usd("after_usd") - COST_USD).abs() < 1e-9);
    let largest = seen["largest"].as_array().unwrap();
    assert!(QUESTIONS.contains(&largest[0]["question"].as_str().unwrap()));

    let table = stdout(&replay(
        dir.path(),
        &["--since", "1h", "--max-wrong", GENEROUS],
    ));
    for words in ["7 turns read", "left out: 1", "3 of 6 would change", "USD"] {
        assert!(table.contains(words), "'{words}' is not in:\n{table}");
    }
    assert!(!table.contains('\u{1b}'), "{table}");

    let same = ["--since", "1h", "--max-wrong", CAREFUL, "--json"];
    let same: Value = serde_json::from_str(&stdout(&replay(dir.path(), &same))).unwrap();
    assert_eq!(same["changed"], 0, "{same:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_careful_policy_has_no_price_where_nothing_was_escalated() {
    let server = Server::start_with(|config, _| {
        config.router.max_wrong = GENEROUS.parse().unwrap();
    })
    .await;
    assert_eq!(route(&server.ask(QUESTIONS[0]).await), "faq");
    let dir = server.stop();
    let arguments = ["--since", "2020-01-01", "--max-wrong", CAREFUL];
    let table = stdout(&replay(dir.path(), &arguments));
    assert!(table.contains("1 of 1 would change"), "{table}");
    assert!(table.contains("price that is unknown"), "{table}");
}

#[test]
fn what_can_not_be_replayed_is_refused_with_the_flag_and_what_is_allowed() {
    let dir = tempfile::tempdir().unwrap();
    let cases: [(&[&str], i32, &[&str]); 6] = [
        (
            &["--since", "yesterday", "--max-wrong", "0.05"],
            2,
            &["--since", "yesterday", "2026-01-31", "30d"],
        ),
        (
            &["--since", "1d", "--until", "soon", "--max-wrong", "0.05"],
            2,
            &["--until", "soon", "30d"],
        ),
        (
            &["--since", "1d", "--max-wrong", "lots"],
            2,
            &["--max-wrong", "lots"],
        ),
        (
            &["--since", "1d", "--max-wrong", "-0.5"],
            1,
            &["--max-wrong", "-0.5", "allowed"],
        ),
        (
            &["--since", "1d", "--until", "2d", "--max-wrong", "0.05"],
            1,
            &["--until", "--since", "allowed"],
        ),
        (
            &["--since", "1d", "--max-wrong", "0.05"],
            1,
            &["--since", "--until", "no turns"],
        ),
    ];
    for (arguments, code, words) in cases {
        let output = replay(dir.path(), arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(code == 2 || said.trim_end().lines().count() == 1, "{said}");
        for word in words {
            assert!(said.contains(word), "'{word}' is not in: {said}");
        }
    }
}
