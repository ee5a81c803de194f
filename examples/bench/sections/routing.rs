//! Coverage and wrong answers of the router's decisions at its configured point: the questions of
//! a set, and as many that nothing in its knowledge base answers.
//!
//! For documents that is before the verdict, which still turns wrong answers away: `grounded` has
//! what remains.

use serde_json::{Value, json};

use crate::{
    program::Server,
    sets::{BITEXT, CHAPTERS, Question, STACKFAQ, Sets, spread},
    table::{Table, Unit, share},
    turn::document,
};

/// What `router.max_wrong` tolerates unless it is configured otherwise.
const MAX_WRONG: f64 = 0.02;
/// Enough to judge by, of either kind.
const MOST: usize = 1_000;

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let (outside, hard) = sets.unanswered(table)?;
    for set in [STACKFAQ, BITEXT, CHAPTERS] {
        let Some((home, questions)) = sets.set(&set, table)? else {
            continue;
        };
        let inside = spread(&questions, MOST);
        let mut asked = spread(&outside, inside.len());
        asked.extend(spread(&hard, inside.len() - asked.len()));
        let figure = format!(
            "{}, coverage: {} questions, {} out of scope",
            set.name,
            inside.len(),
            asked.len()
        );
        asked.extend(inside.iter().cloned());
        let server = home.serve()?;
        let (right, local) = decide_all(&server, &asked).await?;
        table.plain(figure, share(right, inside.len()), Unit::Share);
        let figure = format!("{}, wrong among the {local} routed locally", set.name);
        table.at_most(
            figure,
            share(local - right, local.max(1)),
            MAX_WRONG,
            Unit::Share,
        );
    }
    if !hard.is_empty() {
        let hard = spread(&hard, MOST);
        let server = sets.own()?.0.serve()?;
        let (_, local) = decide_all(&server, &hard).await?;
        let figure = format!(
            "requests to escalate routed locally over kb/, of {}",
            hard.len()
        );
        table.at_most(figure, share(local, hard.len()), MAX_WRONG, Unit::Share);
    }
    Ok(())
}

/// How many of the questions would be answered right, and how many locally at all.
async fn decide_all(server: &Server, questions: &[Question]) -> anyhow::Result<(usize, usize)> {
    let (mut right, mut local) = (0, 0);
    for question in questions {
        if let Some(answer) = decide(server, question).await? {
            local += 1;
            right += usize::from(question.id.as_ref().or(question.doc.as_ref()) == Some(&answer));
        }
    }
    Ok((right, local))
}

/// The entry or document that would answer locally; none where the question would be passed on.
async fn decide(server: &Server, question: &Question) -> anyhow::Result<Option<String>> {
    let (decision, _) = server
        .post("/v1/route", &json!({"query": question.query}))
        .await?;
    let signals = &decision["signals"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(match decision["route"].as_str() {
        Some("faq") if signals["smalltalk"].is_null() => Some(text(&signals["faq"]["id"])),
        Some("knowledge") => {
            let passage = text(&signals["passage"]["id"]);
            let file = passage.rsplit_once('#').map_or("", |(file, _)| file);
            Some(document(&json!({"source": file})).to_owned())
        }
        _ => None,
    })
}
