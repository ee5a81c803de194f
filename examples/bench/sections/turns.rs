//! How long whole turns take for one client on one kept connection, and what memory they leave.

use crate::{
    program::Server,
    sets::{CHAPTERS, Question, Sets, spread},
    table::{Table, Unit, percentile},
};

const REPEATS: usize = 200;
const TURNS: usize = 100;

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let (home, questions) = sets.own()?;
    let (by_entry, others): (Vec<_>, Vec<_>) = questions
        .into_iter()
        .partition(|question| question.id.is_some());
    let server = home.serve()?;
    faq(&server, &by_entry, table).await?;
    repeats(&server, &by_entry, table).await?;
    if let Some((home, questions)) = sets.set(&CHAPTERS, table)? {
        drop(server);
        let server = home.serve()?;
        knowledge(&server, &spread(&questions, TURNS), table).await?;
        return memory(&server, table);
    }
    knowledge(&server, &others, table).await?;
    memory(&server, table)
}

async fn faq(server: &Server, questions: &[Question], table: &mut Table) -> anyhow::Result<()> {
    let mut milliseconds = Vec::new();
    for question in questions {
        let turn = server.ask(&question.query).await?;
        if turn.route() == "faq" {
            milliseconds.push(turn.took_ms);
        }
    }
    let figure = format!("FAQ turn by meaning, p50 of {}", milliseconds.len());
    table.at_most(
        figure,
        percentile(&milliseconds, 0.5),
        12.0,
        Unit::Milliseconds,
    );
    Ok(())
}

/// The first of the questions that the cache answers, over and over.
async fn repeats(server: &Server, questions: &[Question], table: &mut Table) -> anyhow::Result<()> {
    let mut milliseconds = Vec::new();
    for question in questions {
        if server.ask(&question.query).await?.route() == "cache" {
            while milliseconds.len() < REPEATS {
                milliseconds.push(server.ask(&question.query).await?.took_ms);
            }
            break;
        }
    }
    let figure = format!("exact repeat, p50 of {}", milliseconds.len());
    table.at_most(
        figure,
        percentile(&milliseconds, 0.5),
        1.0,
        Unit::Milliseconds,
    );
    Ok(())
}

/// Asks each question once.
async fn knowledge(
    server: &Server,
    questions: &[Question],
    table: &mut Table,
) -> anyhow::Result<()> {
    let (mut shown, mut ran) = (Vec::new(), Vec::new());
    for question in questions {
        let turn = server.ask(&question.query).await?;
        if turn.route() == "knowledge" {
            shown.push(turn.took_ms / 1e3);
        }
        if turn.local_model_ran() {
            ran.push(turn.took_ms / 1e3);
        }
    }
    for (name, seconds) in [
        ("knowledge turn, whole answer", shown),
        ("any turn in which the local model ran", ran),
    ] {
        table.at_most(
            format!("{name}, p50 of {}", seconds.len()),
            percentile(&seconds, 0.5),
            1.5,
            Unit::Seconds,
        );
        table.plain(
            format!("{name}, p95"),
            percentile(&seconds, 0.95),
            Unit::Seconds,
        );
    }
    Ok(())
}

fn memory(server: &Server, table: &mut Table) -> anyhow::Result<()> {
    let figure = format!("memory after {} turns, resident", server.turns());
    table.at_most(figure, server.memory_mib("VmRSS")?, 400.0, Unit::Mebibytes);
    table.at_most(
        "memory, the most so far",
        server.memory_mib("VmHWM")?,
        400.0,
        Unit::Mebibytes,
    );
    Ok(())
}
