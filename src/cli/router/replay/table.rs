//! A replay for a terminal.

use std::fmt::Write as _;

use crate::router::replay::{Money, Replay, Way};

/// In the order in which they are tried.
const ORDER: [&str; 8] = [
    "cache",
    "faq",
    "knowledge",
    "action",
    "handoff",
    "escalate",
    "degraded",
    "decline",
];

/// The whole result.
pub(super) fn table(replay: &Replay) -> String {
    let decided = replay.turns - replay.left_out;
    let mut text = format!("{} turns read, {decided} decided again", replay.turns);
    if replay.left_out > 0 {
        let _ = write!(
            text,
            "; left out: {}, asked of a tier or a model by name, or recorded by an older version",
            replay.left_out
        );
    }
    text.push('\n');
    if decided > 0 {
        text += &transitions(replay);
        let _ = writeln!(text, "\n{} of {decided} would change", replay.changed);
        text += &money(&replay.money, to_knowledge(replay));
    }
    if !replay.largest.is_empty() {
        text += "\nlargest changes\n";
    }
    for change in &replay.largest {
        let (before, after) = (change.before.as_str(), change.after.as_str());
        let route = format!("{before} → {after}");
        let sure = format!(
            "{:.2} → {:.2}",
            change.confidence_before, change.confidence_after
        );
        let usd = signed(change.change_usd);
        let question = &change.question;
        let _ = writeln!(text, "  {route:<22} {sure}  {usd:>10}  {question}");
    }
    text
}

/// Rows are how turns were answered, columns how they would be.
fn transitions(replay: &Replay) -> String {
    let seen = |name: &str, of: fn(&(Way, Way)) -> Way| {
        let pairs = replay.transitions.iter();
        let mut pairs = pairs.map(|transition| (transition.before, transition.after));
        pairs.any(|pair| of(&pair).as_str() == name)
    };
    let rows = ORDER.into_iter().filter(|name| seen(name, |pair| pair.0));
    let columns: Vec<&str> = (ORDER.into_iter())
        .filter(|name| seen(name, |pair| pair.1))
        .collect();
    let mut text = format!("\n{:<16}", "before \\ after");
    for column in &columns {
        let _ = write!(text, " {column:>9}");
    }
    for row in rows {
        let _ = write!(text, "\n{row:<16}");
        for column in &columns {
            let mut cells = replay.transitions.iter();
            let cell =
                cells.find(|cell| (cell.before.as_str(), cell.after.as_str()) == (row, *column));
            let _ = write!(text, " {:>9}", cell.map_or(0, |cell| cell.turns));
        }
    }
    text + "\n"
}

fn to_knowledge(replay: &Replay) -> bool {
    let mut changed = replay
        .transitions
        .iter()
        .filter(|seen| seen.before != seen.after);
    changed.any(|seen| seen.after.as_str() == "knowledge")
}

fn money(money: &Money, to_knowledge: bool) -> String {
    let after = money.after_usd.map(|after| {
        let change = signed(Some(after - money.before_usd));
        format!("{after:.4} USD ({change})")
    });
    let after = after.unwrap_or_else(|| "unknown".into());
    let mut text = format!("cost: {:.4} USD, then {after}\n", money.before_usd);
    if money.newly_escalated > 0 {
        let count = money.newly_escalated;
        let price = money.escalated_mean_usd.map_or_else(
            || "at a price that is unknown, since no escalated turn is stored in that time".into(),
            |mean| format!("priced at the mean of the stored escalated turns, {mean:.6} USD each"),
        );
        let _ = writeln!(text, "  {count} newly escalated, {price}");
    }
    if to_knowledge {
        text += "  an answer from documents may still fail its verdict and be escalated: what those save is the most there is\n";
    }
    text
}

fn signed(usd: Option<f64>) -> String {
    usd.map_or_else(|| "unknown".into(), |usd| format!("{usd:+.6}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        chat::Route,
        router::replay::{Change, Transition},
    };

    fn replay() -> Replay {
        let transition = |before: Route, after: Route, turns| Transition {
            before: before.into(),
            after: after.into(),
            turns,
        };
        Replay {
            turns: 9,
            left_out: 2,
            changed: 3,
            transitions: vec![
                transition(Route::Escalate, Route::Escalate, 4),
                transition(Route::Escalate, Route::Knowledge, 2),
                transition(Route::Faq, Route::Escalate, 1),
            ],
            money: Money {
                before_usd: 0.006,
                after_usd: Some(0.005),
                newly_escalated: 1,
                escalated_mean_usd: Some(0.001),
            },
            largest: vec![Change {
                question: "How much is it?".into(),
                before: Route::Faq.into(),
                after: Route::Escalate.into(),
                confidence_before: 0.8,
                confidence_after: 0.4,
                change_usd: Some(0.001),
            }],
        }
    }

    #[test]
    fn the_table_says_what_changes_and_how_it_is_priced() {
        let shown = table(&replay());
        for words in [
            "9 turns read, 7 decided again; left out: 2",
            "before \\ after   knowledge  escalate",
            "faq                      0         1",
            "escalate                 2         4",
            "3 of 7 would change",
            "0.0060 USD, then 0.0050 USD (-0.001000)",
            "priced at the mean",
            "may still fail its verdict",
            "faq → escalate         0.80 → 0.40   +0.001000  How much is it?",
        ] {
            assert!(shown.contains(words), "'{words}' is not in:\n{shown}");
        }
    }

    #[test]
    fn a_price_that_is_unknown_is_said_to_be() {
        let mut unknown = replay();
        unknown.money.after_usd = None;
        unknown.money.escalated_mean_usd = None;
        let shown = table(&unknown);
        assert!(shown.contains("then unknown"), "{shown}");
        assert!(shown.contains("at a price that is unknown"), "{shown}");
    }

    #[test]
    fn where_nothing_could_be_decided_there_is_no_table() {
        let none = Replay {
            left_out: 9,
            transitions: vec![],
            largest: vec![],
            ..replay()
        };
        let shown = table(&none);
        assert_eq!(shown.lines().count(), 1, "{shown}");
    }
}
