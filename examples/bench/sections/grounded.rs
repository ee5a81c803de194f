//! How many questions that the documents answer get through to an answer of the local model, and
//! whether it rests on the right document.
//!
//! Whether each statement of an answer is in its passage is for a person to judge: `--dump`.

use std::{fmt::Write as _, fs, path::PathBuf};

use serde_json::json;

use crate::{
    sets::{CHAPTERS, Sets},
    table::{Table, Unit, share},
    turn::document,
};

pub(crate) async fn run(
    sets: &Sets,
    dump: Option<&PathBuf>,
    table: &mut Table,
) -> anyhow::Result<()> {
    let Some((home, questions)) = sets.set(&CHAPTERS, table)? else {
        return Ok(());
    };
    let server = home.serve()?;
    let (mut right, mut answered, mut kept) = (0, 0, String::new());
    for question in &questions {
        let turn = server.ask(&question.query).await?;
        if turn.route() != "knowledge" {
            continue;
        }
        let is_right = turn.sources().first().map(document) == question.doc.as_deref();
        answered += 1;
        right += usize::from(is_right);
        let row = json!({
            "question": question.query, "doc": question.doc, "right_document": is_right,
            "answer": turn.content(), "sources": turn.sources(),
        });
        writeln!(kept, "{row}")?;
    }
    let all = questions.len();
    let figure = format!("chapters, answered locally from the right document, of {all}");
    table.at_least(figure, share(right, all), 0.3, Unit::Share);
    table.plain(
        "chapters, answered locally from another document",
        share(answered - right, all),
        Unit::Share,
    );
    let unsupported = "chapters, answers with a statement not in their passage";
    let Some(file) = dump else {
        table.note(
            unsupported,
            "for a person to judge (at most 3%): --dump FILE",
        );
        return Ok(());
    };
    fs::write(file, kept)?;
    table.note(
        unsupported,
        format!(
            "{answered} answers to judge (at most 3%) in {}",
            file.display()
        ),
    );
    Ok(())
}
