//! Does what the owner tolerates hold? What is served at the calibrated threshold, how much of it is
//! wrong, and how much could have been served had the best threshold been known.
//!
//! Two requests out of scope come for each that the knowledge base answers, as is assumed by default.

use serde_json::{Value, json};

use crate::{
    program::Server,
    sets::{BITEXT, Question, STACKFAQ, Sets, spread},
    table::{Table, Unit, share},
};

const TOLERATED: [f64; 3] = [0.01, 0.02, 0.05];
const OUT_OF_SCOPE: usize = 2;
/// Enough to judge by, of those that are answered.
const MOST: usize = 600;
/// How far the share of wrong answers may be above what is tolerated.
const SLACK: f64 = 1.25;
/// How much of what hindsight would have served must be served.
const OF_HINDSIGHT: f64 = 0.8;

/// What the best entry was worth.
struct Seen {
    confidence: f64,
    right: bool,
}

pub(crate) async fn run(sets: &Sets, table: &mut Table) -> anyhow::Result<()> {
    let (outside, hard) = sets.unanswered(table)?;
    for set in [STACKFAQ, BITEXT] {
        let Some((home, questions)) = sets.set(&set, table)? else {
            continue;
        };
        let inside = spread(&questions, MOST);
        let mut asked = inside.clone();
        asked.extend(spread(&outside, inside.len() * OUT_OF_SCOPE / 2));
        let left = inside.len() * (1 + OUT_OF_SCOPE) - asked.len();
        asked.extend(spread(&hard, left));
        let everything = home.serve_with("MICROGPT__ROUTER__MAX_WRONG", "1")?;
        let mut seen = look_at_all(&everything, &asked).await?;
        drop(everything);
        seen.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        for tolerated in TOLERATED {
            let server = home.serve_with("MICROGPT__ROUTER__MAX_WRONG", &tolerated.to_string())?;
            let status = server.get("/v1/knowledge/status").await?;
            let threshold = status["calibration"]["threshold"].as_f64().unwrap_or(2.0);
            let above = seen.iter().filter(|seen| seen.confidence >= threshold);
            let given = above.clone().count();
            let right = above.filter(|seen| seen.right).count();
            let hindsight = hindsight(&seen, tolerated);
            let name = format!("{}, {}% tolerated", set.name, tolerated * 100.0);
            let wrong = share(given - right, given.max(1));
            let figure = format!("{name}: wrong among the {given} served by FAQ");
            table.at_most(figure, wrong, SLACK * tolerated, Unit::Share);
            let figure = format!("{name}: coverage");
            let bound = OF_HINDSIGHT * share(hindsight, inside.len());
            table.at_least(figure, share(right, inside.len()), bound, Unit::Share);
        }
    }
    Ok(())
}

/// The most right answers that any one threshold serves within what is tolerated.
fn hindsight(seen: &[Seen], tolerated: f64) -> usize {
    let (mut right, mut best) = (0, 0);
    for (index, one) in seen.iter().enumerate() {
        right += usize::from(one.right);
        let goes_on = seen
            .get(index + 1)
            .is_some_and(|next| next.confidence.to_bits() == one.confidence.to_bits());
        if !goes_on && share(index + 1 - right, index + 1) <= tolerated {
            best = right;
        }
    }
    best
}

async fn look_at_all(server: &Server, questions: &[Question]) -> anyhow::Result<Vec<Seen>> {
    let mut seen = Vec::with_capacity(questions.len());
    for question in questions {
        let (decision, _) = server
            .post("/v1/route", &json!({"query": question.query}))
            .await?;
        let by_faq = decision["route"] == "faq" && decision["signals"]["smalltalk"].is_null();
        let id: &Value = &decision["signals"]["faq"]["id"];
        seen.push(Seen {
            confidence: if by_faq {
                decision["confidence"].as_f64().unwrap_or(0.0)
            } else {
                0.0
            },
            right: by_faq && question.id.is_some() && question.id.as_deref() == id.as_str(),
        });
    }
    Ok(seen)
}
