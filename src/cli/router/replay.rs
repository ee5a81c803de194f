//! `microgpt router replay`: what another tolerated share of wrong answers would have changed.

mod table;

use anyhow::bail;
use jiff::Timestamp;
use serde::Serialize;

use crate::{
    app,
    config::Config,
    router::{
        NearModel,
        replay::{Judges, Past, Replay, Tally, Way},
    },
    store::{DecidedTurn, Store},
    text::visible,
};

use super::{super::moment::moment, print};

/// Characters of a question that are shown.
const QUESTION_CHARS: usize = 60;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// From when on: a date (2026-01-31, UTC), a time (2026-01-31T12:00:00Z) or how long ago (30d, 12h)
    #[arg(long, value_name = "DATE|DURATION", value_parser = moment)]
    since: Timestamp,
    /// Before when, said in the same ways [default: now]
    #[arg(long, value_name = "DATE|DURATION", value_parser = moment)]
    until: Option<Timestamp>,
    /// The share of wrong local answers to tolerate in place of the configured one
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    max_wrong: f32,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

/// As JSON.
#[derive(Debug, Serialize)]
struct Shown {
    since: String,
    until: String,
    max_wrong: f32,
    #[serde(flatten)]
    replay: Replay,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    let other = config.tolerating(args.max_wrong)?;
    let since = args.since;
    let until = args.until.unwrap_or_else(Timestamp::now);
    if until <= since {
        bail!("--until: found {until}, allowed a moment after --since, which is {since}");
    }
    let span = since.as_millisecond()..until.as_millisecond();
    let [since, until] = [since, until].map(|moment| format!("{moment:.0}"));
    let store = Store::open(&config.store.url).await?;
    let mut page = store.decided_turns(span.clone(), "").await?;
    if page.is_empty() {
        bail!("--since, --until: no turns are stored from {since} until {until}");
    }
    let orchestrator = app::assemble(config).await?;
    let policies = orchestrator.policies_for(&app::wanted(&other));
    let judges = Judges {
        local: app::judges(config)?,
        near: NearModel::embedded(),
    };
    let mut tally = Tally::default();
    while let Some(last) = page.last() {
        let last = last.message_id.clone();
        for turn in page {
            tally.count(past(turn), &policies, &judges);
        }
        page = store.decided_turns(span.clone(), &last).await?;
    }
    store.close().await;
    orchestrator.close().await;
    let replay = tally.finish();
    let (configured, max_wrong) = (config.router.max_wrong, args.max_wrong);
    if args.json {
        let shown = Shown {
            since,
            until,
            max_wrong,
            replay,
        };
        print(&serde_json::to_string_pretty(&shown)?);
        return Ok(());
    }
    print(&format!("turns from {since} until {until}"));
    print(&format!(
        "under max_wrong {max_wrong}, which is configured as {configured}; all else as configured"
    ));
    print(table::table(&replay).trim_end());
    Ok(())
}

fn past(turn: DecidedTurn) -> Past {
    #[expect(clippy::cast_possible_truncation, reason = "a share")]
    let confidence = turn.confidence as f32;
    Past {
        question: shortened(turn.opening.as_deref().unwrap_or_default()),
        way: match turn.route {
            Some(route) if !turn.degraded => route.into(),
            _ => Way::DEGRADED,
        },
        confidence,
        cost_usd: turn.cost_usd,
        recorded: (turn.route).and_then(|_| serde_json::from_value(turn.signals).ok()),
    }
}

/// One line that shows nothing but itself, whoever wrote it.
fn shortened(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = visible(&line);
    if line.chars().count() <= QUESTION_CHARS {
        return line.into_owned();
    }
    let head: String = line.chars().take(QUESTION_CHARS - 1).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::chat::Route;

    fn turn() -> DecidedTurn {
        DecidedTurn {
            message_id: "m".into(),
            opening: Some("Why?".into()),
            route: Some(Route::Knowledge),
            confidence: 0.5,
            degraded: false,
            cost_usd: 0.0,
            signals: json!({"repeated": true, "words": 1, "history_messages": 0, "decided": "cache"}),
        }
    }

    #[test]
    fn a_question_is_one_short_line_that_does_nothing_to_a_terminal() {
        let shown = shortened("a\u{1b}[31m\n  b\u{202e}c");
        assert_eq!(shown, "a\\u{1b}[31m b\\u{202e}c");
        assert_eq!(
            shortened(&"word ".repeat(40)).chars().count(),
            QUESTION_CHARS
        );
    }

    #[test]
    fn a_degraded_turn_is_no_knowledge_answer_and_signals_of_another_shape_are_none() {
        assert_eq!(past(turn()).way.as_str(), "knowledge");
        let recorded = past(turn()).recorded.expect("it is readable");
        assert_eq!(recorded.decided, Some(Route::Cache));
        let degraded = DecidedTurn {
            degraded: true,
            signals: json!({"cosine": 1}),
            ..turn()
        };
        let past = past(degraded);
        assert_eq!((past.way, past.recorded), (Way::DEGRADED, None));
    }
}
