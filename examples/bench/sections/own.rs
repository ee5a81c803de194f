//! The sample knowledge base, asked by someone who did not write it.

use crate::{
    program::Server,
    sets::{Question, Sets},
    table::{Table, Unit, count, share},
    turn::Turn,
};

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let (home, questions) = sets.own()?;
    let server = home.serve()?;
    let (by_entry, others): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .partition(|question| question.id.is_some());
    let (by_document, outside): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|question| question.doc.is_some());
    for (name, questions) in [
        ("FAQ questions", by_entry),
        ("document questions", by_document),
    ] {
        let (right, wrong) = tally(&server, &questions).await?;
        let all = questions.len();
        table.plain(
            format!("kb/, {name}, answered right, of {all}"),
            share(right, all),
            Unit::Share,
        );
        table.plain(
            format!("kb/, {name}, answered wrong"),
            share(wrong, all),
            Unit::Share,
        );
    }
    let (_, wrong) = tally(&server, &outside).await?;
    let figure = format!(
        "kb/, questions out of scope answered locally, of {}",
        outside.len()
    );
    table.at_most(figure, count(wrong), 0.0, Unit::Count);
    Ok(())
}

/// How many questions were answered locally: right, and wrong.
async fn tally(server: &Server, questions: &[Question]) -> anyhow::Result<(usize, usize)> {
    let (mut right, mut wrong) = (0, 0);
    for question in questions {
        let turn = server.ask(&question.query).await?;
        match turn.route() {
            "faq" | "knowledge" if is_right(question, &turn) => right += 1,
            "faq" | "knowledge" => {
                let said = turn.content().lines().next().unwrap_or_default();
                eprintln!("bench: wrong: {} — {said}", question.query);
                wrong += 1;
            }
            _ => {}
        }
    }
    Ok((right, wrong))
}

/// The right entry, or the right file with the words that matter.
fn is_right(question: &Question, turn: &Turn) -> bool {
    let Some(source) = turn.sources().first() else {
        return false;
    };
    let rests_on = |key: &str, label: Option<&String>| {
        label.is_some_and(|label| source[key] == label.as_str())
    };
    let contains = question
        .answer_contains
        .as_ref()
        .is_none_or(|words| turn.content().contains(words));
    contains && (rests_on("id", question.id.as_ref()) || rests_on("source", question.doc.as_ref()))
}
