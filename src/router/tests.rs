use super::*;
use confidence::{Logistic, Risk};

fn policies() -> Policies {
    Policies::only(Policy {
        max_wrong: 0.02,
        faq_threshold: 0.5,
    })
}

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
                confused: 0.0,
            },
            Risk {
                threshold: 0.5,
                wrong: 0.02,
                coverage: 0.7,
                confused: 0.0,
            },
        ],
    };
    LocalModel {
        provenance: vec![],
        faq: judge(vec![10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
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
    let decision = decide(&signals, &policies(), &model());
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
    let decision = decide(&signals, &policies(), &model());
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
    let decision = decide(&signals, &policies(), &model());
    assert_eq!(decision.route, Route::Escalate);
    assert!(decision.confidence > 0.9);
}

#[test]
fn an_empty_knowledge_base_escalates() {
    assert_eq!(
        decide(&Signals::default(), &policies(), &model()).route,
        Route::Escalate
    );
}

#[test]
fn a_stricter_owner_gets_fewer_local_answers() {
    let signals = Signals {
        faq: Some(faq(0.6)),
        ..Signals::default()
    };
    let strict = Policies::only(Policy {
        max_wrong: 0.001,
        faq_threshold: 0.9,
    });
    assert_eq!(decide(&signals, &policies(), &model()).route, Route::Faq);
    assert_eq!(decide(&signals, &strict, &model()).route, Route::Escalate);
}

#[test]
fn the_opposite_of_an_entry_is_not_served_however_near_it_is() {
    let compared = |question| FaqSignals {
        likeness: crate::text::likeness::compare(question, "How do I return an item?"),
        ..faq(0.95)
    };
    let route = |question| {
        let signals = Signals {
            faq: Some(compared(question)),
            ..Signals::default()
        };
        decide(&signals, &policies(), &model()).route
    };
    assert_eq!(route("I want to return an item"), Route::Faq);
    assert_eq!(route("I do not want to return an item"), Route::Escalate);
}

#[test]
fn what_lies_in_a_collection_keeps_to_its_policy() {
    let calibration = calibration::Calibration::default();
    let wanted = |max_wrong| calibration::Wanted {
        max_wrong,
        out_of_scope: 2.0,
    };
    let wanted = policy::WantedOf {
        general: wanted(0.0),
        of_collection: [("shop".to_owned(), wanted(0.02))].into(),
    };
    let policies = Policies::of(&wanted, &calibration);
    let route = |collection: &str| {
        let passage = PassageSignals {
            collection: collection.into(),
            ..passage(0.6)
        };
        let signals = Signals {
            passage: Some(passage),
            ..Signals::default()
        };
        decide(&signals, &policies, &model()).route
    };
    assert_eq!(route("shop"), Route::Knowledge);
    assert_eq!(route("bank"), Route::Escalate);
}

#[test]
fn small_talk_goes_before_everything_else() {
    let signals = Signals {
        smalltalk: Some(Smalltalk::Greeting),
        repeated: true,
        faq: Some(faq(0.9)),
        ..Signals::default()
    };
    let decision = decide(&signals, &policies(), &model());
    assert_eq!(decision.route, Route::Faq);
    assert!(
        decision.reasons[0].contains("greeting"),
        "{:?}",
        decision.reasons
    );
}

#[test]
fn what_the_conversation_forbids_is_escalated_though_an_entry_fits() {
    let asked = |conversation| Signals {
        faq: Some(faq(0.9)),
        repeated: true,
        conversation,
        ..Signals::default()
    };
    let doubted = asked(Conversation {
        doubted: Some(conversation::Doubt::Said),
        ..Conversation::default()
    });
    let followed = asked(Conversation {
        follow_up: true,
        last_route: Some(Route::Escalate),
        ..Conversation::default()
    });
    for signals in [doubted, followed] {
        let decision = decide(&signals, &policies(), &model());
        assert_eq!(decision.route, Route::Escalate);
        assert_eq!(decision.reasons.len(), 1);
    }
}

#[test]
fn the_answer_given_last_is_not_given_again() {
    let signals = Signals {
        faq: Some(faq(0.9)),
        conversation: Conversation {
            answer_given: true,
            ..Conversation::default()
        },
        ..Signals::default()
    };
    let decision = decide(&signals, &policies(), &model());
    assert_eq!(decision.route, Route::Escalate);
    assert!(
        decision.reasons[1].contains("given last"),
        "{:?}",
        decision.reasons
    );
}

#[test]
fn signals_stored_before_conversations_were_measured_are_still_read() {
    let stored = r#"{"smalltalk": null, "repeated": false, "faq": null, "passage": null,
        "words": 3, "history_messages": 0}"#;
    assert_eq!(
        serde_json::from_str::<Signals>(stored)
            .expect("read")
            .conversation,
        Conversation::default()
    );
}

#[test]
fn a_repeated_question_is_answered_from_the_cache() {
    let signals = Signals {
        repeated: true,
        faq: Some(faq(0.9)),
        ..Signals::default()
    };
    assert_eq!(decide(&signals, &policies(), &model()).route, Route::Cache);
}

fn hard(faq: Option<FaqSignals>, passage: Option<PassageSignals>) -> Signals {
    Signals {
        faq,
        passage,
        difficulty: 0.9,
        demands: vec![Demand::Mathematics, Demand::Writing],
        ..Signals::default()
    }
}

#[test]
fn a_hard_request_goes_up_whatever_it_resembles_and_the_reason_says_why() {
    let decision = decide(
        &hard(Some(faq(0.9)), Some(passage(0.9))),
        &policies(),
        &model(),
    );
    assert_eq!(decision.route, Route::Escalate);
    assert!(
        decision.reasons[0].starts_with("asks for mathematics (numbers and quantities) and a text"),
        "{:?}",
        decision.reasons
    );
}

#[test]
fn a_hard_request_that_is_an_entry_word_for_word_is_answered() {
    let same_words = FaqSignals {
        overlap: 1.0,
        ..faq(0.9)
    };
    let decision = decide(&hard(Some(same_words), None), &policies(), &model());
    assert_eq!(decision.route, Route::Faq);
}

#[test]
fn no_passage_carries_a_hard_request() {
    let same_words_but_far = FaqSignals {
        overlap: 1.0,
        ..faq(0.1)
    };
    let signals = hard(Some(same_words_but_far), Some(passage(0.9)));
    assert_eq!(
        decide(&signals, &policies(), &model()).route,
        Route::Escalate
    );
}
