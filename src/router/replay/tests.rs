use super::*;
use crate::router::{
    FAQ_FEATURES, FaqSignals, NearSignals, PassageSignals, Policy, confidence::Logistic,
};

/// The FAQ's bar is where it is said to be.
fn policies(faq_threshold: f32) -> Policies {
    Policies::only(Policy {
        max_wrong: 0.02,
        faq_threshold,
    })
}

/// The FAQ's judge looks at the question's cosine only; nothing passes the others.
fn judges() -> Judges {
    let mut weights = vec![0.0; FAQ_FEATURES.len()];
    weights[0] = 1.0;
    let faq = Logistic {
        weights,
        ..Logistic::default()
    };
    Judges {
        local: LocalModel {
            provenance: vec![],
            faq,
            knowledge: Logistic::default(),
        },
        near: NearModel::embedded(),
    }
}

/// A turn whose best entry has a confidence of `confidence`.
fn turn(confidence: f32, decided: Route, answered: Route, cost_usd: f64) -> Past {
    let faq = FaqSignals {
        cosine_question: (confidence / (1.0 - confidence)).ln(),
        ..FaqSignals::default()
    };
    let signals = Signals {
        faq: Some(faq),
        passage: Some(PassageSignals::default()),
        words: 4,
        ..Signals::default()
    };
    Past {
        question: "How much is it?".into(),
        way: answered.into(),
        confidence,
        cost_usd,
        recorded: Some(Recorded {
            signals,
            decided: Some(decided),
        }),
    }
}

fn replayed(turns: Vec<Past>, bar: f32) -> Replay {
    let (judges, mut tally) = (judges(), Tally::default());
    for turn in turns {
        tally.count(turn, &policies(bar), &judges);
    }
    tally.finish()
}

fn usd(money: Option<f64>) -> String {
    money.map_or_else(|| "unknown".into(), |usd| format!("{usd:.3}"))
}

#[test]
fn a_lower_bar_saves_what_the_escalated_turns_cost() {
    let turns = vec![
        turn(0.9, Route::Faq, Route::Faq, 0.0),
        turn(0.7, Route::Escalate, Route::Escalate, 0.004),
        turn(0.6, Route::Escalate, Route::Escalate, 0.002),
        turn(0.2, Route::Escalate, Route::Escalate, 0.003),
    ];
    let replay = replayed(turns, 0.5);
    assert_eq!(
        (replay.turns, replay.left_out, replay.changed),
        (4, 0, 2),
        "{replay:?}"
    );
    assert_eq!(usd(Some(replay.money.before_usd)), "0.009");
    assert_eq!(usd(replay.money.after_usd), "0.003");
    let saved: Vec<String> = (replay.largest.iter())
        .map(|change| usd(change.change_usd))
        .collect();
    assert_eq!(saved, ["-0.004", "-0.002"], "the dearest comes first");
}

#[test]
fn a_higher_bar_is_priced_by_the_mean_of_what_was_escalated() {
    let turns = vec![
        turn(0.9, Route::Faq, Route::Faq, 0.0),
        turn(0.6, Route::Faq, Route::Faq, 0.0),
        turn(0.2, Route::Escalate, Route::Escalate, 0.001),
        turn(0.1, Route::Escalate, Route::Escalate, 0.003),
    ];
    let replay = replayed(turns, 0.8);
    assert_eq!((replay.changed, replay.money.newly_escalated), (1, 1));
    assert_eq!(usd(replay.money.escalated_mean_usd), "0.002");
    assert_eq!(usd(replay.money.after_usd), "0.006");
    assert_eq!(replay.largest[0].after.as_str(), "escalate");
}

#[test]
fn without_escalated_turns_the_price_of_one_is_unknown() {
    let served = || turn(0.6, Route::Faq, Route::Faq, 0.0);
    let stricter = replayed(vec![served()], 0.8);
    assert_eq!(usd(stricter.money.after_usd), "unknown");
    assert_eq!(stricter.largest[0].change_usd, None);
    let same = replayed(vec![served()], 0.5);
    assert_eq!(
        usd(same.money.after_usd),
        "0.000",
        "nothing is to be priced"
    );
}

#[test]
fn a_turn_that_is_sent_the_same_way_ends_as_it_ended() {
    let failed = turn(0.9, Route::Faq, Route::Escalate, 0.002);
    let replay = replayed(vec![failed], 0.5);
    assert_eq!(replay.changed, 0, "{replay:?}");
    assert_eq!(usd(replay.money.after_usd), "0.002");
}

#[test]
fn a_large_model_that_could_not_be_had_is_not_asked_again() {
    let degraded = |decided| Past {
        way: Way::DEGRADED,
        ..turn(0.2, decided, Route::Knowledge, 0.0)
    };
    // The second was to be answered locally first, and failed its verdict.
    let turns = vec![degraded(Route::Escalate), degraded(Route::Knowledge)];
    let replay = replayed(turns.clone(), 0.5);
    assert_eq!(replay.changed, 0, "{replay:?}");
    let lower = replayed(turns, 0.1);
    assert_eq!(lower.changed, 2, "an answer of the FAQ can be had");
}

#[test]
fn turns_that_the_router_did_not_decide_are_left_out_but_price_others() {
    let mut by_name = turn(0.9, Route::Faq, Route::Escalate, 0.005);
    by_name.recorded = Some(Recorded::default());
    let mut unreadable = turn(0.9, Route::Faq, Route::Faq, 0.0);
    unreadable.recorded = None;
    let served = turn(0.6, Route::Faq, Route::Faq, 0.0);
    let replay = replayed(vec![by_name, unreadable, served], 0.8);
    assert_eq!((replay.turns, replay.left_out), (3, 2));
    assert_eq!(usd(Some(replay.money.before_usd)), "0.000");
    assert_eq!(usd(replay.money.after_usd), "0.005");
}

#[test]
fn an_answer_to_a_question_like_it_is_given_again_where_the_policy_allows() {
    let near = NearModel::embedded();
    let signals = Signals {
        near: Some(near.judge("How do I pay?", "how can I pay", 0.8, 0.0)),
        ..Signals::default()
    };
    let again = |max_wrong| {
        let policies = Policies::only(Policy {
            max_wrong,
            faq_threshold: 0.9,
        });
        decide_again(&signals, &policies, &judges()).0
    };
    assert_eq!(again(0.5), Route::Cache);
    assert_eq!(again(0.0), Route::Escalate);
}

#[test]
fn what_is_recorded_is_read_back_as_it_was_and_older_turns_have_no_decision() {
    let signals = Signals {
        faq: Some(FaqSignals {
            lexical: 0.1,
            ..FaqSignals::default()
        }),
        near: Some(NearSignals::default()),
        words: 3,
        ..Signals::default()
    };
    let recorded = Recorded {
        signals: signals.clone(),
        decided: Some(Route::Faq),
    };
    let kept = serde_json::json!(recorded).to_string();
    let read: Recorded = serde_json::from_str(&kept).expect("as it was written");
    assert_eq!(read, recorded);
    let older = serde_json::json!(signals).to_string();
    let read: Recorded = serde_json::from_str(&older).expect("signals alone");
    assert_eq!((read.signals, read.decided), (signals, None));
}

#[test]
fn only_the_largest_changes_are_kept() {
    let turns = (1..=50_u8).map(|number| {
        let cost_usd = f64::from(number) / 1_000.0;
        turn(0.7, Route::Escalate, Route::Escalate, cost_usd)
    });
    let replay = replayed(turns.collect(), 0.5);
    assert_eq!(replay.largest.len(), 10);
    assert_eq!(usd(replay.largest[0].change_usd), "-0.050");
    assert_eq!(usd(replay.largest[9].change_usd), "-0.041");
}
