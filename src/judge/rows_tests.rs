use std::path::Path;

use super::{Expected, JudgeError, Row, read};
use crate::prompt::task::Task;

fn reading(text: impl AsRef<[u8]>) -> Result<Vec<Row>, JudgeError> {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("rows.jsonl");
    std::fs::write(&file, text).expect("a file");
    read(&file)
}

fn refusal(text: impl AsRef<[u8]>) -> String {
    reading(text).expect_err("it is refused").to_string()
}

#[test]
fn every_task_is_read_with_its_line_and_source() {
    let rows = reading(concat!(
        "\u{feff}{\"context\":\"Tea is hot.\",\"question\":\"What is hot?\",\"answer\":\"Tea\"}\r\n\n",
        "{\"passages\":[{\"title\":\"T\",\"text\":\"Tea.\"}],\"question\":\"Who?\",\"answer\":null,\"source\":\"x\"}\n",
        "{\"context\":\"Tea.\",\"question\":\"What?\",\"answers\":[\"tea\",\"the tea\"]}\n",
        "{\"task\":\"followup\",\"dialogue\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"question\":\"And?\",\"answer\":\"What else?\"}\n",
        "{\"task\":\"command\",\"text\":\"light on\",\"answer\":{\"intent\":\"on\",\"slots\":{}}}\n",
        "{\"task\":\"consistent\",\"passages\":[],\"reply\":\"Tea.\",\"answer\":\"no\"}\n",
        "{\"task\":\"smalltalk\",\"text\":\"Hi\"}\n",
    ))
    .expect("they are rows");
    let lines: Vec<usize> = rows.iter().map(|row| row.line).collect();
    assert_eq!(lines, [1, 3, 4, 5, 6, 7, 8]);
    assert_eq!(rows[0].answers(), ["Tea"]);
    assert_eq!(rows[1].expected, Expected::Answer(Vec::new()));
    assert_eq!(rows[1].source.as_deref(), Some("x"));
    assert_eq!(rows[2].answers(), ["tea", "the tea"]);
    assert!(matches!(rows[3].task, Task::Followup { .. }));
    assert_eq!(rows[5].expected, Expected::YesNo(false));
    assert_eq!(rows[6].question(), "Hi");
}

#[test]
fn a_row_with_missing_fields_is_named_with_file_line_and_what_is_allowed() {
    let good = "{\"context\":\"Tea.\",\"question\":\"What?\",\"answer\":null}\n";
    for (row, words) in [
        (
            "{\"context\":\"Tea.\",\"answer\":null}",
            vec!["question", "\"answer\": text or null"],
        ),
        (
            "{\"context\":\"Tea.\",\"question\":\"What?\"}",
            vec!["answer and answers are missing"],
        ),
        (
            "{\"question\":\"What?\",\"answer\":null}",
            vec!["context and passages are missing"],
        ),
        (
            "{\"passages\":[],\"question\":\"What?\",\"answer\":null}",
            vec!["passages is empty"],
        ),
        (
            "{\"context\":\"T\",\"question\":\"?\",\"answer\":\" \"}",
            vec!["null"],
        ),
        (
            "{\"context\":7,\"question\":\"?\",\"answer\":\"a\"}",
            vec!["integer `7`", "a grounded row is"],
        ),
        (
            "{\"task\":\"followup\",\"question\":\"?\",\"answer\":\"a\"}",
            vec!["dialogue", "a followup row is"],
        ),
        (
            "{\"task\":\"command\",\"text\":\"on\",\"answer\":{}}",
            vec!["intent", "a command row is"],
        ),
        (
            "{\"task\":\"consistent\",\"passages\":[],\"reply\":\"a\",\"answer\":\"maybe\"}",
            vec!["maybe", "yes"],
        ),
        (
            "{\"task\":\"smalltalk\"}",
            vec!["text", "a smalltalk row is"],
        ),
        ("{\"task\":\"dance\"}", vec!["dance", "grounded, followup"]),
        ("{\"task\":1}", vec!["task", "grounded, followup"]),
        ("[1]", vec!["no JSON object"]),
        ("question: what?", vec!["no JSON"]),
    ] {
        let said = refusal(format!("{good}{row}\n"));
        assert!(said.contains("rows.jsonl:2: "), "{said}");
        for word in words {
            assert!(said.contains(word), "'{word}' is not in: {said}");
        }
    }
}

#[test]
fn what_is_no_text_or_too_long_is_refused_with_its_line() {
    assert!(refusal(b"{\"context\":\"\xff\"}").contains(":1: the row is no UTF-8"));
    let long = format!("\n{{\"context\":\"{}\"}}", "x".repeat(2 << 20));
    assert!(refusal(long).contains(":2: the row is longer than"));
}

#[test]
fn an_empty_set_is_refused() {
    for empty in ["", "\n \n"] {
        assert!(refusal(empty).contains("holds no rows"));
    }
    let missing = read(Path::new("no/such.jsonl")).expect_err("it is not there");
    assert!(missing.to_string().starts_with("no/such.jsonl: "));
}
