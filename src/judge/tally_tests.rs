use super::*;
use crate::{
    judge::rows::Standalone,
    prompt::task::{Passage, Task},
};

fn row(context: &str, question: &str, answer: Option<&str>, source: &str) -> Row {
    Row {
        line: 1,
        task: Task::Grounded {
            passages: vec![Passage {
                title: None,
                text: context.into(),
            }],
            question: question.into(),
        },
        expected: Expected::Answer(answer.map(ToOwned::to_owned).into_iter().collect()),
        source: Some(source.into()),
    }
}

fn said(reply: &str) -> Mark {
    Mark {
        reply: reply.into(),
        shown: Some(format!("{reply} [1]")),
        ..Mark::default()
    }
}

fn declined() -> Mark {
    Mark {
        reply: "Not in the passages.".into(),
        declined: true,
        ..Mark::default()
    }
}

#[track_caller]
fn close(found: Option<f64>, expected: f64) {
    assert!(
        found.is_some_and(|found| (found - expected).abs() < 1e-9),
        "{found:?} is not {expected}"
    );
}

#[test]
fn answers_are_right_wrong_or_declined_and_counted_by_source() {
    let rows = [
        row("Tea is hot.", "What is hot?", Some("tea"), "a"),
        row("Tea is hot.", "How is tea?", Some("hot"), "a"),
        row("Ice is cold.", "How is ice?", Some("cold"), "b"),
        row("Ice is cold.", "Who made ice?", None, "b"),
    ];
    let mut invented = said("warm");
    (invented.unsupported, invented.shown) = (true, None);
    let marks = [said("Tea"), invented.clone(), declined(), declined()];
    let wrong = [(0, 2, &declined()), (1, 2, &invented)];
    let figures = tally(&rows, &marks, &wrong);
    let all = figures.grounded.expect("there are questions");
    assert_eq!(
        (all.answerable, all.unanswerable, all.wrong_passages),
        (3, 1, 2)
    );
    close(all.exact_match, 1.0 / 3.0);
    close(all.abstention_precision, 2.0 / 3.0);
    close(all.abstention_recall, 2.0 / 3.0);
    close(all.answerable_declined, 1.0 / 3.0);
    assert_eq!((all.shown_before, all.shown_after), (3, 1));
    close(all.unsupported_before, 2.0 / 3.0);
    close(all.unsupported_after, 0.0);
    close(all.right_before, 1.0 / 3.0);
    close(all.right_after, 1.0);
    assert_eq!(figures.by_source.len(), 2);
    close(figures.by_source["b"].answerable_declined, 1.0);
    close(figures.by_length[0].f1, 1.0 / 3.0);
    let groups: usize = figures
        .declining
        .iter()
        .map(|group| group.answerable + group.unanswerable)
        .sum();
    assert_eq!(groups, 6, "each question is in one group");
}

#[test]
fn what_fits_no_context_is_counted_and_in_no_other_figure() {
    let rows = [row("Tea.", "What?", Some("tea"), "a")];
    let skipped = Mark {
        skipped: Some("the prompt is too long".into()),
        ..Mark::default()
    };
    let figures = tally(&rows, &[skipped], &[]);
    assert_eq!((figures.rows, figures.too_long), (1, 1));
    assert_eq!(figures.grounded, Some(Grounded::default()));
}

#[test]
fn each_task_has_its_own_figures() {
    let of = |task: Task, expected: Expected| Row {
        line: 1,
        task,
        expected,
        source: None,
    };
    let rows = [
        of(
            Task::Followup {
                dialogue: Vec::new(),
                question: "And tea?".into(),
            },
            Expected::Standalone(Standalone {
                answer: "Is tea hot?".into(),
                needs: vec![vec!["tea".into()]],
                not: Vec::new(),
            }),
        ),
        of(
            Task::Command { text: "on".into() },
            Expected::Command(serde_json::json!({"intent": "on", "slots": {}})),
        ),
        of(
            Task::Consistent {
                passages: Vec::new(),
                dialogue: Vec::new(),
                reply: "Tea.".into(),
            },
            Expected::YesNo(false),
        ),
        of(Task::Smalltalk { text: "Hi".into() }, Expected::Anything),
    ];
    let replies = [
        "Is the tea hot?",
        "{\"intent\": \"on\"}",
        "No.",
        "Good day to you.",
    ];
    let marks = replies.map(said);
    let figures = tally(&rows, &marks, &[]);
    assert_eq!(figures.grounded, None);
    close(figures.followup.expect("rows").correct, 1.0);
    let command = figures.command.expect("rows");
    close(command.intent, 1.0);
    close(command.correct, 0.0);
    let consistent = figures.consistent.expect("rows");
    close(consistent.no_found, 1.0);
    assert_eq!(consistent.yes_found, None, "a share of nothing is none");
    close(figures.smalltalk.expect("rows").mean_words, 4.0);
}
