//! The first ingest of 1,000 FAQ entries and 36 chapters, and a second one of the same files.

use std::{collections::HashSet, fmt::Write as _, fs, path::Path};

use serde_json::json;

use crate::{
    sets::Sets,
    table::{Table, Unit},
};

const ENTRIES: usize = 1_000;
const CHAPTERS: usize = 36;
/// The mean length of the chapters under DATA.
const CHAPTER_BYTES: usize = 18_700;

pub(crate) fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let home = sets.home("thousand")?;
    let questions = sets.questions(
        "FAQ questions asked by people",
        "banking77_dev.jsonl",
        table,
    )?;
    let questions = questions
        .unwrap_or_default()
        .into_iter()
        .map(|question| question.query);
    fs::write(
        home.knowledge.join("entries.jsonl"),
        entries(questions.chain((0..).map(made_question)))?,
    )?;
    match sets.path("chapters of a book", "docs_dev", table) {
        Some(folder) => copy_files(&folder, &home.knowledge)?,
        None => make_chapters(&sets.own()?.0.knowledge.join("school"), &home.knowledge)?,
    }
    let chapters = fs::read_dir(&home.knowledge)?.count() - 1;
    let first = home.ingest()?.as_secs_f64();
    table.at_most(
        format!("first ingest, {ENTRIES} FAQ entries and {chapters} chapters"),
        first,
        90.0,
        Unit::Seconds,
    );
    let again = home.ingest()?.as_secs_f64();
    table.at_most(
        "the same ingest again, unchanged",
        again,
        1.0,
        Unit::Seconds,
    );
    Ok(())
}

/// FAQ lines with distinct questions and made answers of a usual length.
fn entries(questions: impl Iterator<Item = String>) -> anyhow::Result<String> {
    let mut seen = HashSet::new();
    let distinct = questions.filter(|question| seen.insert(question.to_lowercase()));
    let mut lines = String::new();
    for (index, question) in distinct.take(ENTRIES).enumerate() {
        let answer = format!(
            "Thank you for asking. Open your account, choose topic {index} from the list, and follow the three steps \
             shown there. If it is not settled within two working days, write to us and name the topic's number, so \
             that someone else can look into it."
        );
        let entry = json!({"id": format!("entry-{index}"), "question": question, "answer": answer});
        writeln!(lines, "{entry}")?;
    }
    Ok(lines)
}

fn made_question(index: usize) -> String {
    let actions = [
        "change", "cancel", "find", "repair", "return", "order", "share", "store", "compare",
        "lend",
    ];
    let things = [
        "tent", "kettle", "invoice", "account", "voucher", "parcel", "lamp", "ticket", "contract",
        "photo",
    ];
    let (action, thing) = (actions[index % 10], things[index / 10 % 10]);
    format!("How can I {action} my {thing} number {}?", index / 100)
}

fn copy_files(from: &Path, to: &Path) -> anyhow::Result<()> {
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// Chapters of a usual length from the paragraphs of the sample course, no two paragraphs alike.
fn make_chapters(course: &Path, to: &Path) -> anyhow::Result<()> {
    let mut text = String::new();
    for file in fs::read_dir(course)? {
        text.push_str(&fs::read_to_string(file?.path())?);
    }
    let mut paragraphs = text
        .split("\n\n")
        .filter(|text| text.len() > 200)
        .cycle()
        .enumerate();
    for chapter in 0..CHAPTERS {
        let mut made = format!("# Chapter {chapter}\n");
        while made.len() < CHAPTER_BYTES {
            let Some((number, paragraph)) = paragraphs.next() else {
                anyhow::bail!("{} holds no paragraphs", course.display());
            };
            write!(made, "\nNumber {number}: {paragraph}\n")?;
        }
        fs::write(to.join(format!("chapter-{chapter}.md")), made)?;
    }
    Ok(())
}
