use super::*;
use confidence::{Logistic, Risk};

const POLICY: Policy = Policy {
    max_wrong: 0.02,
    faq_threshold: None,
};

/// Both judges look at one signal only: the question's cosine, the passage's cosine.
fn model() -> LocalModel {
    let judge = |weights: Vec<f32>| Logistic {
        features: vec![],
        weights,
        bias: -5.0,
        risks: vec![
            Risk {
                threshold: 0.9,
                wrong: 0.0,
                coverage: 0.4,
            },
            Risk {
                threshold: 0.5,
                wrong: 0.02,
                coverage: 0.7,
            },
        ],
    };
    LocalModel {
        provenance: vec![],
        faq: judge(vec![0.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
        knowledge: judge(vec![0.0, 10.0, 0.0]),
    }
}

fn faq(cosine_question: f32) -> FaqSignals {
    FaqSignals {
        id: "returns".into(),
        cosine_question,
        margin: 0.2,
        next_id: Some("warranty".into()),
        ..FaqSignals::default()
    }
}

fn passage(cosine: f32) -> PassageSignals {
    PassageSignals {
        title: "Shipping guide".into(),
        cosine,
        ..PassageSignals::default()
    }
}

#[test]
fn a_near_faq_entry_is_served_and_named_in_the_reasons() {
    let signals = Signals {
        faq: Some(faq(0.9)),
        ..Signals::default()
    };
    let decision = decide(&signals, POLICY, &model());
    assert_eq!(decision.route, Route::Faq);
    assert!(
        decision.reasons[0].contains("'returns'"),
        "{:?}",
        decision.reasons
    );
    assert!(
        decision.reasons[0].contains("'warranty'"),
        "{:?}",
        decision.reasons
    );
}

#[test]
fn a_doubtful_entry_leaves_the_turn_to_the_documents() {
    let signals = Signals {
        faq: Some(faq(0.4)),
        passage: Some(passage(0.8)),
        ..Signals::default()
    };
    let decision = decide(&signals, POLICY, &model());
    assert_eq!(decision.route, Route::Knowledge);
    assert_eq!(decision.reasons.len(), 2);
}

#[test]
fn what_no_entry_and_no_passage_fits_is_escalated() {
    let signals = Signals {
        faq: Some(faq(0.2)),
        passage: Some(passage(0.1)),
        ..Signals::default()
    };
    let decision = decide(&signals, POLICY, &model());
    assert_eq!(decision.route, Route::Escalate);
    assert!(decision.confidence > 0.9);
}

#[test]
fn an_empty_knowledge_base_escalates() {
    assert_eq!(
        decide(&Signals::default(), POLICY, &model()).route,
        Route::Escalate
    );
}

#[test]
fn a_stricter_owner_gets_fewer_local_answers() {
    let signals = Signals {
        faq: Some(faq(0.6)),
        ..Signals::default()
    };
    let strict = Policy { max_wrong: 0.001 };
    assert_eq!(decide(&signals, POLICY, &model()).route, Route::Faq);
    assert_eq!(decide(&signals, strict, &model()).route, Route::Escalate);
}

#[test]
fn small_talk_goes_before_everything_else() {
    let signals = Signals {
        smalltalk: Some(Smalltalk::Greeting),
        repeated: true,
        faq: Some(faq(0.9)),
        ..Signals::default()
    };
    let decision = decide(&signals, POLICY, &model());
    assert_eq!(decision.route, Route::Faq);
    assert!(
        decision.reasons[0].contains("greeting"),
        "{:?}",
        decision.reasons
    );
}

#[test]
fn a_repeated_question_is_answered_from_the_cache() {
    let signals = Signals {
        repeated: true,
        faq: Some(faq(0.9)),
        ..Signals::default()
    };
    assert_eq!(decide(&signals, POLICY, &model()).route, Route::Cache);
}
