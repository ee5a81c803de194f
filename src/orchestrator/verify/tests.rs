use super::{Failure, Verdict, verify};
use crate::chat::{Source, SourceKind};

fn passage(title: &str, text: &str) -> Source {
    Source {
        id: format!("{title}#0"),
        kind: SourceKind::Document,
        title: title.into(),
        url: None,
        source: "kb/shop/returns.md".into(),
        page: None,
        score: 0.9,
        text: text.into(),
    }
}

fn passages() -> Vec<Source> {
    vec![
        passage(
            "Shop > Returns",
            "You can return shoes within 30 days and lamps within 60 days of delivery. Opened food \
             may not be returned. We refund the price if the parcel is lost. Refunds are paid by \
             Maria Lindt, who runs the office in Ghent. Peter Okoye trained Maria Lindt in 2019. \
             Parcels cost $4.50, e.g. to Malta.",
        ),
        passage(
            "Geology > Rocks",
            "Basalt is a dark rock with fine grains. It forms when lava cools quickly. Granite, which \
             cools slowly, has large grains. Marble is made from limestone by heat. Divers rarely see \
             coral below forty metres. Slate splits well, but chalk crumbles. Heat turns soft clay into hard clay.",
        ),
        passage("退货", "退货期为30天。运费由商店承担。食品不能退货。"),
        passage("Geology > Care", "Basalt tiles need soap."),
    ]
}

fn judged(question: &str, answer: &str) -> Verdict {
    verify(question, answer, &passages())
}

#[test]
fn true_answers_are_shown_with_their_passages() {
    for (question, answer, shown, used) in [
        (
            "How long can I return shoes?",
            "You can return shoes within 30 days.",
            "You can return shoes within 30 days. [1]",
            0,
        ),
        ("How long can I return shoes?", "30 days", "30 days [1]", 0),
        (
            "How long may shoes be returned?",
            "Shoes: within thirty days",
            "Shoes: within thirty days. [1]",
            0,
        ),
        (
            "Can food be returned?",
            "Opened food may not be returned.",
            "Opened food may not be returned. [1]",
            0,
        ),
        (
            "Can food be returned?",
            "Opened food can't be returned.",
            "Opened food can't be returned. [1]",
            0,
        ),
        (
            "What if my parcel is lost?",
            "We refund the price if the parcel is lost.",
            "We refund the price if the parcel is lost. [1]",
            0,
        ),
        (
            "Who trained Maria Lindt?",
            "Peter Okoye trained Maria Lindt in 2019 [7].",
            "Peter Okoye trained Maria Lindt in 2019. [1]",
            0,
        ),
        (
            "Who pays refunds?",
            "Refunds are paid by Maria Lindt.",
            "Refunds are paid by Maria Lindt. [1]",
            0,
        ),
        (
            "How much is a parcel?",
            "Parcels cost $4.50, e.g. to Malta.",
            "Parcels cost $4.50, e.g. to Malta. [1]",
            0,
        ),
        (
            "What is basalt?",
            "Basalt is a dark rock with fine grains.",
            "Basalt is a dark rock with fine grains. [1]",
            1,
        ),
        (
            "What is basalt?",
            "The text says: \"Basalt refers to a dark rock.\"",
            "Basalt refers to a dark rock. [1]",
            1,
        ),
        (
            "How does basalt form?",
            "Basalt forms when lava cools quickly.",
            "Basalt forms when lava cools quickly. [1]",
            1,
        ),
        (
            "What about granite grains?",
            "Granite has large grains.",
            "Granite has large grains. [1]",
            1,
        ),
        (
            "How is marble made?",
            "Marble is made from limestone by heat.",
            "Marble is made from limestone by heat. [1]",
            1,
        ),
        ("退货期多长？", "退货期为30天。", "退货期为30天。 [1]", 2),
    ] {
        let verdict = judged(question, answer);
        assert_eq!(
            verdict.shown.as_deref(),
            Some(shown),
            "{answer}: {:?}",
            verdict.failures
        );
        assert_eq!(verdict.used, [used], "{answer}");
    }
}

#[test]
fn inventions_are_not_shown() {
    let shoes = "How long can I return shoes?";
    for (question, answer) in [
        (shoes, "You can return shoes within 90 days."),
        (shoes, "You can return shoes within 60 days."),
        (shoes, "You can return shoes within 30 weeks."),
        (
            "Can I return lamps?",
            "You can return lamps within 30 days of delivery.",
        ),
        (shoes, "You can return shoes within 30."),
        (shoes, "You can return boots within 30 days."),
        (shoes, "You must return shoes within 30 days."),
        (
            shoes,
            "You can return shoes and lamps within 30 days for free.",
        ),
        ("Can food be returned?", "Opened food may be returned."),
        (
            "Can shoes be returned?",
            "You can't return shoes within 30 days.",
        ),
        ("What if my parcel is lost?", "We refund the price."),
        (
            "Who trained Maria Lindt?",
            "Maria Lindt trained Peter Okoye in 2019.",
        ),
        (
            "Who trained Maria Lindt?",
            "Peter Meyer trained Maria Lindt in 2019.",
        ),
        (
            "Who trained Maria Lindt?",
            "Peter Okoye trained Maria Lindt in 2018.",
        ),
        (
            "Who runs the office?",
            "Peter Okoye runs the office in Ghent.",
        ),
        (
            "What is marble made of?",
            "Limestone is made from marble by heat.",
        ),
        (
            "What is granite?",
            "Granite is a dark rock with fine grains.",
        ),
        ("Where is coral?", "Divers see coral below forty metres."),
        ("What does heat do to clay?", "Heat turns clay into clay."),
        ("What splits well?", "Slate splits well."),
        ("What splits?", "Slate crumbles."),
        (
            "How does granite form?",
            "Granite forms when lava cools quickly.",
        ),
        (
            "What is basalt?",
            "Basalt is a volcanic rock found in Iceland.",
        ),
        (
            "Wie lange kann ich Schuhe zurückgeben?",
            "Sie können Schuhe innerhalb von 30 Tagen zurückgeben.",
        ),
        ("食品能退货吗？", "食品能退货。"),
        ("退货期多长？", "退货期为60天。"),
    ] {
        let verdict = judged(question, answer);
        assert_eq!(verdict.shown, None, "{answer}");
        assert!(
            !verdict.failures.is_empty() && verdict.used.is_empty(),
            "{answer}"
        );
    }
}

#[test]
fn bad_habits_are_named() {
    let question = "What is basalt?";
    for (answer, failure) in [
        ("", Failure::Empty),
        (" … ", Failure::Empty),
        ("I'm sorry, but I cannot answer that.", Failure::Refusal),
        ("As an AI language model, I know basalt.", Failure::Refusal),
        ("The passage does not mention basalt.", Failure::Refusal),
        ("Question: What is basalt?", Failure::Echo),
        ("What is basalt?", Failure::Echo),
        ("Basalt.", Failure::SaysNothing),
        ("rock rock rock rock", Failure::Loop),
        (
            "It is a dark rock and it is a dark rock and it is a dark rock and",
            Failure::Loop,
        ),
        ("Basalt is a dark rock with fine", Failure::Cut),
        ("Marble is made from limestone by heat.", Failure::OffTopic),
        ("They are Divers.", Failure::Unsupported("diver".into())),
    ] {
        let verdict = judged(question, answer);
        assert_eq!(verdict.shown, None, "{answer}");
        if !matches!(failure, Failure::Unsupported(_)) {
            assert_eq!(verdict.failures, [failure], "{answer}");
        }
    }
}

#[test]
fn unsupported_sentences_are_dropped_and_the_sound_ones_shown() {
    let verdict = judged(
        "What is basalt?",
        "Basalt is a dark rock with fine grains. It is used for roads. It forms when",
    );
    assert_eq!(
        verdict.shown.as_deref(),
        Some("Basalt is a dark rock with fine grains. [1]")
    );
    assert_eq!(verdict.failures.len(), 2);
}

#[test]
fn a_repeated_sentence_is_shown_once() {
    let verdict = judged(
        "What is basalt?",
        "Basalt is a dark rock. Basalt refers to a dark rock.",
    );
    assert_eq!(verdict.shown.as_deref(), Some("Basalt is a dark rock. [1]"));
}

#[test]
fn an_invented_clause_comes_off_the_end() {
    let verdict = judged(
        "What is basalt?",
        "Basalt is a dark rock with fine grains, which is found in Iceland.",
    );
    let shown = "Basalt is a dark rock with fine grains. [1]";
    assert_eq!(verdict.shown.as_deref(), Some(shown));
}

#[test]
fn what_points_at_a_dropped_sentence_goes_with_it() {
    let verdict = judged(
        "What is basalt?",
        "Basalt comes from Iceland. It forms when lava cools quickly.",
    );
    assert_eq!(verdict.shown, None);
}

#[test]
fn an_answer_about_another_year_or_name_than_asked_is_off_topic() {
    for question in [
        "Who trained Maria Lindt in 2021?",
        "Whom did Peter Okoye train for Kodak?",
    ] {
        let verdict = judged(question, "Peter Okoye trained Maria Lindt in 2019.");
        assert_eq!(verdict.failures, [Failure::OffTopic], "{question}");
    }
}

#[test]
fn marks_count_the_passages_used_best_first() {
    let answer = "Basalt tiles need soap. Basalt is a dark rock with fine grains.";
    let verdict = judged("Tell me about basalt, please.", answer);
    assert_eq!(verdict.used, [1, 3]);
    assert!(
        verdict
            .shown
            .is_some_and(|shown| shown.ends_with(". [1][2]"))
    );
}
