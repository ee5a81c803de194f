//! One turn that becomes a row, and what each change of it comes to.

use serde_json::json;

use super::*;
use crate::chat::{Outcome, SourceKind, Timings};

fn turn() -> RecordedTurn {
    let source = |title: &str, text: &str| Source {
        id: "kettle.md#1".into(),
        kind: SourceKind::Document,
        title: title.into(),
        url: None,
        source: "kettle.md".into(),
        page: None,
        score: 0.8,
        text: text.into(),
    };
    RecordedTurn {
        message_id: "m".into(),
        question: Some("How often is the Heron kettle descaled?".into()),
        answer: "Every six weeks [1]. Ask help@shop.example.".into(),
        outcome: Outcome {
            route: Route::Escalate,
            confidence: 0.9,
            reasons: vec![],
            sources: vec![
                source("Heron kettle", "It should be descaled every six weeks."),
                source("Help", "Write to help@shop.example."),
            ],
            model: "big-1".into(),
            degraded: false,
            cached: false,
            cost_usd: 0.01,
            saved_usd: 0.0,
            conversation_id: "c".into(),
            message_id: "m".into(),
            timings_ms: Timings::default(),
        },
        consented: true,
        rating: None,
        messages_before: 0,
    }
}

fn verdict(change: impl FnOnce(&mut RecordedTurn)) -> Result<Row, LeftOut> {
    let mut turn = turn();
    change(&mut turn);
    row(&turn, &Personal::default())
}

#[test]
fn an_escalated_turn_is_a_row_of_the_grounded_task() {
    let row = verdict(|turn| turn.rating = Some(1)).expect("nothing is against it");
    assert_eq!(
        json!(row),
        json!({
            "task": "grounded",
            "passages": [
                {"title": "Heron kettle", "text": "It should be descaled every six weeks."},
                {"title": "Help", "text": "Write to help@shop.example."},
            ],
            "question": "How often is the Heron kettle descaled?",
            "reply": "Every six weeks [1]. Ask help@shop.example.",
            "source": "traffic",
            "feedback": 1,
        })
    );
}

#[test]
fn each_reason_to_leave_a_turn_out_is_told() {
    let reason = |change: fn(&mut RecordedTurn)| verdict(change).expect_err("left out");
    assert_eq!(reason(|turn| turn.consented = false), LeftOut::NoConsent);
    assert_eq!(reason(|turn| turn.rating = Some(-1)), LeftOut::RatedBad);
    assert_eq!(
        reason(|turn| turn.outcome.route = Route::Knowledge),
        LeftOut::NotRatedGood
    );
    assert_eq!(
        reason(|turn| turn.outcome.route = Route::Cache),
        LeftOut::OtherRoute
    );
    assert_eq!(
        reason(|turn| turn.outcome.degraded = true),
        LeftOut::OtherRoute
    );
    assert_eq!(
        reason(|turn| turn.outcome.sources.clear()),
        LeftOut::NoPassages
    );
    assert_eq!(
        reason(|turn| turn.question = Some("My name is Ada; how is it descaled?".into())),
        LeftOut::Personal(Kind::Name)
    );
    assert_eq!(
        reason(|turn| turn.answer = "Ask ada@home.example.".into()),
        LeftOut::Personal(Kind::Email)
    );
}

#[test]
fn a_local_answer_that_was_rated_good_is_a_row_without_the_number_of_its_only_passage() {
    let row = verdict(|turn| {
        turn.outcome.route = Route::Knowledge;
        turn.rating = Some(1);
        turn.outcome.sources.truncate(1);
        turn.answer = "Every six weeks. [1]".into();
    });
    assert_eq!(
        row.expect("nothing is against it").reply,
        "Every six weeks."
    );
}

#[test]
fn a_follow_up_is_a_row_only_if_it_stands_alone() {
    let after = |question: &str| {
        verdict(|turn| {
            turn.messages_before = 2;
            turn.question = Some(question.into());
        })
    };
    assert!(after("How often is the Heron kettle descaled?").is_ok());
    assert_eq!(after("And how is it done?"), Err(LeftOut::FollowUp));
}

#[test]
fn the_tally_counts_rows_and_reasons() {
    let mut tally = Tally::default();
    tally.count(&verdict(|_| {}));
    tally.count(&verdict(|turn| turn.consented = false));
    tally.count(&verdict(|turn| turn.consented = false));
    assert_eq!(
        tally.to_string(),
        "1 of 3 turns exported\n  left out: 2 without consent"
    );
}
