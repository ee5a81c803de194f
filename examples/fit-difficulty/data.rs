//! Requests with what they are: hard ones that must go up, easy ones that a knowledge base answers.

use std::{fs, path::Path};

use anyhow::Context;
use microgpt::router::difficulty::{self, Measured};
use serde::Deserialize;

/// Rows taken of a set, evenly spaced; each set counts the same, however large.
const MOST_ROWS: usize = 2_000;
/// Easy requests joined of several, so that a long one isn't hard for its length alone.
const JOINED: usize = 400;
/// Requests in the longest of these.
const MOST_JOINED: usize = 12;

/// File, what it is called here, and labels that are left out because they are neither: sums.
const EASY: [(&str, &str, &[&str]); 6] = [
    ("stackfaq_queries_dev", "StackFAQ", &[]),
    ("bitext_queries_dev", "Bitext", &[]),
    ("docs_queries_dev", "chapters", &[]),
    ("clinc150_dev", "CLINC150", &["oos", "calculator"]),
    ("banking77_dev", "BANKING77", &[]),
    ("hwu64_dev", "HWU64", &["qa_maths"]),
];
const HARD: &str = "hard_dev";
/// Short hard ones and long easy ones, written for this.
const OWN: &str = include_str!("../../models/router/difficulty.txt");
/// Ends the name of a source whose requests are joined of another's.
pub(crate) const MADE: &str = ", joined";

/// A labelled request.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) source: String,
    pub(crate) hard: bool,
    pub(crate) words: usize,
    pub(crate) letters: usize,
    pub(crate) measured: Measured,
}

#[derive(Deserialize)]
struct Row {
    query: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    label: String,
}

impl Sample {
    pub(crate) fn is_made(&self) -> bool {
        self.source.ends_with(MADE)
    }

    fn new(query: &str, source: &str, hard: bool) -> Self {
        Self {
            source: source.to_owned(),
            hard,
            words: query.split_whitespace().count(),
            letters: query.chars().count(),
            measured: difficulty::measure(query),
        }
    }
}

/// Everything under `data`.
pub(crate) fn load(data: &Path) -> anyhow::Result<Vec<Sample>> {
    let mut samples = Vec::new();
    for (file, source, left_out) in EASY {
        let mut rows = read(data, file)?;
        rows.retain(|row| !left_out.contains(&row.label.as_str()));
        // Rows lie by label; a stride keeps all labels.
        let taken = rows.len().min(MOST_ROWS);
        for index in 0..taken {
            let query = &rows[index * rows.len() / taken].query;
            samples.push(Sample::new(query, source, false));
        }
        let texts: Vec<&str> = rows.iter().map(|row| row.query.as_str()).collect();
        let made = format!("{source}{MADE}");
        samples.extend(join(&texts).map(|query| Sample::new(&query, &made, false)));
    }
    for row in read(data, HARD)? {
        samples.push(Sample::new(&row.query, &row.source, true));
    }
    for line in OWN.lines().filter(|line| !line.starts_with('#')) {
        let (label, query) = line.split_once('|').context("difficulty.txt: no label")?;
        let hard = label == "hard";
        let source = if hard { "own hard" } else { "own easy" };
        samples.push(Sample::new(query, source, hard));
    }
    Ok(samples)
}

/// Neighbours in one set are of one intent or topic: joined they read like one wordy person.
fn join(texts: &[&str]) -> impl Iterator<Item = String> {
    let joints = [". ", " ", "\n", "? ", ", and "];
    (0..JOINED).map(move |number| {
        let start = number * texts.len() / JOINED;
        let count = 2 + number * 7 % (MOST_JOINED - 1);
        let parts: Vec<&str> = texts[start..(start + count).min(texts.len())]
            .iter()
            .map(|text| text.trim_end_matches(['.', '?', '!']))
            .collect();
        parts.join(joints[number % joints.len()])
    })
}

fn read(data: &Path, name: &str) -> anyhow::Result<Vec<Row>> {
    let file = data.join(format!("{name}.jsonl"));
    let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    text.lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| serde_json::from_str(line).with_context(|| file.display().to_string()))
        .collect()
}
