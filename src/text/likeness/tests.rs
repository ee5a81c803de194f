use super::*;

#[test]
fn the_same_text_is_alike_in_all() {
    let same = compare(
        "Can I return 2 kettles to Oslo?",
        "can i return 2 kettles to oslo",
    );
    let expected = Likeness {
        trigrams: 1.0,
        words: 1.0,
        contained: 1.0,
        pairs: 1.0,
        order: 1.0,
        length: 1.0,
        verb: 1.0,
        asks: 1.0,
        rest: 1.0,
        ..Likeness::default()
    };
    assert_eq!(same, expected);
}

#[test]
fn each_difference_shows_in_its_own_signal() {
    let differs = |one, other| compare(one, other).contradiction();
    for (one, other, expected) in [
        (
            "cancel my order",
            "do not cancel my order",
            "one of them denies",
        ),
        (
            "enable alerts",
            "disable alerts",
            "one asks for the opposite",
        ),
        (
            "a train from Rome to Bern",
            "a train from Bern to Rome",
            "the direction is the other way round",
        ),
        (
            "return after 30 days",
            "return after 60 days",
            "they name different numbers",
        ),
        (
            "return in 2 days",
            "return in two weeks",
            "they measure in different units",
        ),
        (
            "open on monday?",
            "open on friday?",
            "they name different times",
        ),
        (
            "Where is my order?",
            "¿Dónde está el pedido para mi?",
            "they are in different languages",
        ),
    ] {
        assert_eq!(differs(one, other), Some(expected), "{one} / {other}");
    }
    assert_eq!(
        differs("cancel my order", "how do I cancel an order?"),
        None
    );
}

#[test]
fn a_slip_of_the_pen_costs_little() {
    let slip = compare("how to reset my password", "how to reset my pasword");
    assert!(slip.trigrams > 0.85 && slip.words > 0.8, "{slip:?}");
    let other = compare("how to reset my password", "how to reset my kettle");
    assert!(other.trigrams < slip.trigrams && other.words < slip.words);
}

#[test]
fn it_is_the_same_from_either_side() {
    let texts = [
        "",
        "?",
        "🙂🙂",
        "退货期是几天？",
        "How do I pay?",
        "I can't pay 5 € in Rome on Friday",
    ];
    for one in texts {
        for other in texts {
            let (there, back) = (compare(one, other), compare(other, one));
            let near = there.features().into_iter().zip(back.features());
            for ((one_way, other_way), name) in near.zip(FEATURES) {
                assert!((0.0..=1.0).contains(&one_way), "{name} of {one} / {other}");
                // Which common words keep their neighbours' order depends on the side.
                assert!(
                    name == "order" || (one_way - other_way).abs() < 1e-6,
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn long_texts_end_in_time() {
    let long = "why is the parcel late ".repeat(1_500);
    let other = "where has my parcel been left ".repeat(1_000);
    assert!(compare(&long, &other).words < 1.0);
}

#[test]
fn a_question_that_only_says_that_one_does_not_know_is_not_turned_round() {
    for (one, other) in [
        ("I do not know how to track my refund", "track refund"),
        ("I can't figure out how to pay", "How do I pay?"),
    ] {
        assert_eq!(compare(one, other).turned_round(), None, "{one} / {other}");
    }
}
