use super::{Failure, Verdict, verify};
use crate::chat::{Source, SourceKind};

fn passages() -> Vec<Source> {
    let passage = |title: &str, text: &str| Source {
        id: title.into(),
        kind: SourceKind::Document,
        title: title.into(),
        url: None,
        source: "kb/a.md".into(),
        page: None,
        score: 0.9,
        text: text.into(),
    };
    vec![
        passage(
            "Super Bowl 50",
            "Super Bowl 50 was played on February 7, 2016, at Levi's Stadium in Santa Clara, \
             California. The Denver Broncos beat the Carolina Panthers, and Von Miller was named the \
             best player. The game did not take place in Denver. About 71,000 people watched it in \
             the stadium. Tickets cost 850 dollars unless they were bought early. Beer was sold for \
             12 dollars, but water was free.",
        ),
        passage(
            "Lamps",
            "Lamps may be returned within 30 days. The workshop cleans its lamps twice a week because \
             dust settles on them.",
        ),
    ]
}

fn judged(question: &str, answer: &str) -> Verdict {
    verify(question, answer, &passages())
}

#[test]
fn spans_that_stand_in_a_passage_and_fit_the_question_are_shown() {
    for (question, answer, used) in [
        ("Who beat the Carolina Panthers?", "Denver Broncos", 0),
        ("Who beat the Carolina Panthers?", "The Denver Broncos.", 0),
        (
            "Who was the best player of Super Bowl 50?",
            "Von Miller [2]",
            0,
        ),
        ("When was Super Bowl 50 played?", "February 7, 2016", 0),
        ("What year was Super Bowl 50 played in?", "2016", 0),
        ("Where was Super Bowl 50 played?", "at Levi's Stadium", 0),
        (
            "Where was Super Bowl 50 played?",
            "Santa Clara, California",
            0,
        ),
        ("How many people watched the game?", "71,000 people", 0),
        ("How many people watched the game?", "71,000", 0),
        (
            "How many people watched the game in the stadium?",
            "About 71,000 people",
            0,
        ),
        (
            "What do tickets cost unless bought early?",
            "850 dollars",
            0,
        ),
        ("How long can lamps be returned?", "30 days", 1),
        ("How often are lamps cleaned?", "twice a week", 1),
        ("Why are lamps cleaned?", "because dust settles on them", 1),
        ("Where did the game not take place?", "in Denver", 0),
    ] {
        let verdict = judged(question, answer);
        assert_eq!(verdict.used, [used], "{answer}: {:?}", verdict.failures);
        let shown = verdict.shown.expect("it is shown");
        assert!(shown.ends_with(" [1]"), "{shown}");
    }
}

#[test]
fn spans_that_stand_in_no_passage_never_pass() {
    for (question, answer) in [
        ("Who beat the Carolina Panthers?", "Pittsburgh Steelers"),
        ("Who beat the Carolina Panthers?", "Denver Panthers"),
        ("Who beat the Carolina Panthers?", "Von Denver"),
        ("How many people watched the game?", "72,000 people"),
        ("When was Super Bowl 50 played?", "February 2016"),
        ("How long can lamps be returned?", "60 days"),
        ("How long can lamps be returned?", "30 weeks"),
        ("What is the subject?", "Super Bowl Lamps"),
    ] {
        assert_eq!(judged(question, answer).shown, None, "{answer}");
    }
}

#[test]
fn spans_of_another_kind_than_asked_for_are_off_topic() {
    for (question, answer) in [
        ("How many people watched the game?", "in the stadium"),
        ("When was Super Bowl 50 played?", "Levi's Stadium"),
        ("Who beat the Carolina Panthers?", "best player"),
        ("Where was Super Bowl 50 played?", "2016"),
        ("Did the Denver Broncos play?", "Von Miller"),
        ("How often are lamps cleaned?", "the workshop"),
    ] {
        assert_eq!(
            judged(question, answer).failures,
            [Failure::OffTopic],
            "{answer}"
        );
    }
}

#[test]
fn spans_of_a_passage_about_something_else_are_off_topic() {
    for (question, answer) in [
        ("Who wrote Hamlet?", "Von Miller"),
        ("How many people watched the 2014 final?", "71,000 people"),
        ("How long may tyres of bicycles be kept?", "30 days"),
    ] {
        assert_eq!(
            judged(question, answer).failures,
            [Failure::OffTopic],
            "{answer}"
        );
    }
}

#[test]
fn words_of_the_question_are_no_answer() {
    let verdict = judged("Who beat the Carolina Panthers?", "Carolina Panthers");
    assert_eq!(verdict.failures, [Failure::SaysNothing]);
}

#[test]
fn what_turns_or_narrows_a_span_keeps_it_back() {
    for (question, answer, failure) in [
        (
            "Where did the game take place?",
            "in Denver",
            Failure::Polarity,
        ),
        (
            "What do tickets cost?",
            "850 dollars",
            Failure::Condition("unless".into()),
        ),
    ] {
        assert_eq!(judged(question, answer).failures, [failure], "{answer}");
    }
}

#[test]
fn halves_of_names_and_numbers_without_their_unit_are_cut() {
    for (question, answer) in [
        ("Who beat the Carolina Panthers?", "Denver"),
        ("How long can lamps be returned?", "30"),
        ("Where was Super Bowl 50 played?", "Levi's Stadium in"),
        ("What did tickets cost unless bought early?", "850"),
    ] {
        assert_eq!(judged(question, answer).shown, None, "{answer}");
    }
}

#[test]
fn the_reply_that_declines_is_a_refusal() {
    for reply in ["Not in the passages.", "Not mentioned."] {
        assert_eq!(
            judged("Who wrote Hamlet?", reply).failures,
            [Failure::Refusal]
        );
    }
}
