//! What is measured on: labelled questions and knowledge, from the repository and from the folder
//! that `DATA` names.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::Deserialize;
use tempfile::TempDir;

use crate::{program::Home, table::Table};

const REPOSITORY: &str = env!("CARGO_MANIFEST_DIR");

/// Questions under DATA, and what answers them: an FAQ file or a folder of documents.
pub(crate) struct Set {
    pub(crate) name: &'static str,
    pub(crate) knowledge: &'static str,
    questions: &'static str,
}

pub(crate) const STACKFAQ: Set = Set {
    name: "StackFAQ",
    knowledge: "stackfaq_kb.jsonl",
    questions: "stackfaq_queries_dev.jsonl",
};
pub(crate) const BITEXT: Set = Set {
    name: "Bitext",
    knowledge: "bitext_kb.jsonl",
    questions: "bitext_queries_dev.jsonl",
};
pub(crate) const CHAPTERS: Set = Set {
    name: "chapters",
    knowledge: "docs_dev",
    questions: "docs_queries_dev.jsonl",
};
/// Statements in two writings each.
pub(crate) const PAIRS: &str = "cache_pairs_dev.jsonl";
/// Requests that no small local model should take.
pub(crate) const HARD: &str = "hard_dev.jsonl";
/// Short requests to an assistant, some of them out of every scope.
pub(crate) const ASSISTANT: &str = "clinc150_dev.jsonl";

/// A question with what is known of its answer. A set fills the fields that it has.
#[derive(Clone, Deserialize)]
pub(crate) struct Question {
    pub(crate) query: String,
    /// The FAQ entry that answers it.
    pub(crate) id: Option<String>,
    /// The document that answers it.
    pub(crate) doc: Option<String>,
    /// What a right answer must contain.
    pub(crate) answer_contains: Option<String>,
    /// The set that it comes from, where a file holds several.
    pub(crate) source: Option<String>,
    /// Its class; `oos` is out of every scope.
    pub(crate) label: Option<String>,
}

/// The sets that are there, and a temporary folder for what is made of them.
pub(crate) struct Sets {
    data: Option<PathBuf>,
    root: TempDir,
}

impl Sets {
    pub(crate) fn open(data: Option<PathBuf>) -> anyhow::Result<Self> {
        // The program runs in another folder: what is relative must be made absolute.
        let data = data.and_then(|folder| folder.canonicalize().ok());
        let root = tempfile::tempdir()?;
        Ok(Self { data, root })
    }

    /// A file or folder under DATA; where it is not there, the table says so.
    pub(crate) fn path(&self, figure: &str, name: &str, table: &mut Table) -> Option<PathBuf> {
        let path = self
            .data
            .as_ref()
            .map(|data| data.join(name))
            .filter(|path| path.exists());
        if path.is_none() {
            table.note(figure, format!("skipped: no {name} under DATA"));
        }
        path
    }

    /// The questions of a file under DATA, if it is there.
    pub(crate) fn questions(
        &self,
        figure: &str,
        name: &str,
        table: &mut Table,
    ) -> anyhow::Result<Option<Vec<Question>>> {
        self.path(figure, name, table)
            .map(|path| read(&path))
            .transpose()
    }

    /// What no set's knowledge answers: questions out of scope, and requests to escalate.
    pub(crate) fn unanswered(
        &self,
        table: &mut Table,
    ) -> anyhow::Result<(Vec<Question>, Vec<Question>)> {
        let hard = self.questions("requests to escalate", HARD, table)?;
        let outside = self.questions("questions out of scope", ASSISTANT, table)?;
        let mut outside = outside.unwrap_or_default();
        outside.retain(|question| question.label.as_deref() == Some("oos"));
        Ok((outside, hard.unwrap_or_default()))
    }

    /// A set's knowledge, ready to be served, and its questions, if both are there.
    pub(crate) fn set(
        &self,
        set: &Set,
        table: &mut Table,
    ) -> anyhow::Result<Option<(Home, Vec<Question>)>> {
        let Some(source) = self.path(set.name, set.knowledge, table) else {
            return Ok(None);
        };
        let Some(questions) = self.questions(set.name, set.questions, table)? else {
            return Ok(None);
        };
        let mut home = self.home(set.name)?;
        if source.is_dir() {
            home.knowledge = source;
        } else {
            fs::copy(source, home.knowledge.join(set.knowledge))?;
        }
        Ok(Some((home, questions)))
    }

    /// The sample knowledge base, and questions by someone who did not write it.
    pub(crate) fn own(&self) -> anyhow::Result<(Home, Vec<Question>)> {
        let mut home = self.home("own")?;
        home.knowledge = Path::new(REPOSITORY).join("kb");
        Ok((
            home,
            read(&Path::new(REPOSITORY).join("tests/data/kb_questions.jsonl"))?,
        ))
    }

    /// A knowledge folder of this name, empty at first. The sections share homes and their indexes.
    pub(crate) fn home(&self, name: &str) -> anyhow::Result<Home> {
        let folder = self.root.path().join(name);
        let (knowledge, state) = (folder.join("kb"), folder.join("state"));
        fs::create_dir_all(&knowledge)?;
        fs::create_dir_all(&state)?;
        Ok(Home { knowledge, state })
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<Question>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| serde_json::from_str(line).with_context(|| file.display().to_string()))
        .collect()
}

/// At most `most` of `rows`, evenly spaced over all of them.
pub(crate) fn spread<T: Clone>(rows: &[T], most: usize) -> Vec<T> {
    let taken = rows.len().min(most);
    (0..taken)
        .map(|index| rows[index * rows.len() / taken].clone())
        .collect()
}
