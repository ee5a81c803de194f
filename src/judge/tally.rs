//! What all marks come to: shares and means over rows, by task, source and length.
//!
//! Pure. Rows whose prompt fits no context are counted, and are in no other figure.

use std::collections::BTreeMap;

use crate::text::read;

use super::{
    figures::{Command, Consistent, Declining, Figures, Followup, Grounded, Group, Smalltalk},
    mark::Mark,
    rows::{Expected, Row},
    score,
};

/// Upper ends of the groups of context lengths, in words; the last group is open.
const LENGTHS: [usize; 4] = [50, 100, 200, 400];
/// Groups of the share of a question's words that the passages have.
const OVERLAPS: usize = 4;

/// A grounded question with its mark.
struct Seen<'run> {
    row: &'run Row,
    /// Its own passages, or another row's.
    passages_of: &'run Row,
    wrong: bool,
    mark: &'run Mark,
}

impl Seen<'_> {
    fn is_answerable(&self) -> bool {
        !self.wrong && !self.row.answers().is_empty()
    }

    fn is_right(&self, text: &str) -> bool {
        self.is_answerable() && score::nearness(text, self.row.answers()).contains > 0.0
    }
}

/// The figures of `marks` of `rows`, and of the `distracted` pairs of (row, passages of).
pub(super) fn tally(rows: &[Row], marks: &[Mark], distracted: &[(usize, usize, &Mark)]) -> Figures {
    let own = rows.iter().zip(marks).map(|(row, mark)| Seen {
        row,
        passages_of: row,
        wrong: false,
        mark,
    });
    let wrong = distracted.iter().map(|&(row, passages_of, mark)| Seen {
        row: &rows[row],
        passages_of: &rows[passages_of],
        wrong: true,
        mark,
    });
    let (asked, too_long): (Vec<Seen>, Vec<Seen>) = own
        .chain(wrong)
        .partition(|seen| seen.mark.skipped.is_none());
    let is_grounded = |seen: &&Seen| matches!(seen.row.expected, Expected::Answer(_));
    let answers: Vec<&Seen> = asked.iter().filter(is_grounded).collect();
    let mut sources: BTreeMap<String, Vec<&Seen>> = BTreeMap::new();
    for seen in &answers {
        if let Some(source) = &seen.row.source {
            sources.entry(source.clone()).or_default().push(seen);
        }
    }
    let has = |task: fn(&Expected) -> bool| rows.iter().any(|row| task(&row.expected));
    Figures {
        rows: rows.len(),
        too_long: too_long.len(),
        grounded: has(|row| matches!(row, Expected::Answer(_))).then(|| grounded(&answers)),
        followup: has(|row| matches!(row, Expected::Standalone(_))).then(|| followup(&asked)),
        command: has(|row| matches!(row, Expected::Command(_))).then(|| command(&asked)),
        consistent: has(|row| matches!(row, Expected::YesNo(_))).then(|| consistent(&asked)),
        smalltalk: has(|row| matches!(row, Expected::Anything)).then(|| smalltalk(&asked)),
        by_source: sources
            .into_iter()
            .map(|(source, seen)| (source, grounded(&seen)))
            .collect(),
        by_length: by_length(&answers),
        declining: declining(&answers),
    }
}

fn grounded(seen: &[&Seen]) -> Grounded {
    let answerable: Vec<&&Seen> = seen.iter().filter(|seen| seen.is_answerable()).collect();
    let near: Vec<score::Nearness> = answerable
        .iter()
        .map(|seen| score::nearness(&seen.mark.reply, seen.row.answers()))
        .collect();
    let wrong = seen.iter().filter(|seen| seen.wrong).count();
    let declined = || seen.iter().filter(|seen| seen.mark.declined);
    let before = || seen.iter().filter(|seen| !seen.mark.declined);
    let after = || {
        seen.iter()
            .filter_map(|seen| Some((seen, seen.mark.shown.as_ref()?)))
    };
    Grounded {
        answerable: answerable.len(),
        exact_match: mean(near.iter().map(|near| near.exact)),
        f1: mean(near.iter().map(|near| near.f1)),
        contains: mean(near.iter().map(|near| near.contains)),
        unanswerable: seen.len() - answerable.len() - wrong,
        wrong_passages: wrong,
        abstention_precision: share(declined().map(|seen| !seen.is_answerable())),
        abstention_recall: share(
            seen.iter()
                .filter(|seen| !seen.is_answerable())
                .map(|seen| seen.mark.declined),
        ),
        answerable_declined: share(answerable.iter().map(|seen| seen.mark.declined)),
        shown_before: before().count(),
        unsupported_before: share(before().map(|seen| seen.mark.unsupported)),
        right_before: share(before().map(|seen| seen.is_right(&seen.mark.reply))),
        shown_after: after().count(),
        unsupported_after: share(after().map(|(seen, _)| seen.mark.unsupported_after)),
        right_after: share(after().map(|(seen, shown)| seen.is_right(shown))),
    }
}

fn followup(asked: &[Seen]) -> Followup {
    let seen: Vec<_> = asked
        .iter()
        .filter_map(|seen| match &seen.row.expected {
            Expected::Standalone(expected) => Some((expected, &seen.mark.reply)),
            _ => None,
        })
        .collect();
    let near = || {
        seen.iter()
            .map(|(expected, reply)| score::nearness(reply, std::slice::from_ref(&expected.answer)))
    };
    Followup {
        rows: seen.len(),
        correct: share(
            seen.iter()
                .map(|(expected, reply)| score::is_standalone(reply, expected)),
        ),
        exact_match: mean(near().map(|near| near.exact)),
        f1: mean(near().map(|near| near.f1)),
    }
}

fn command(asked: &[Seen]) -> Command {
    let obeyed: Vec<score::Obeyed> = asked
        .iter()
        .filter_map(|seen| match &seen.row.expected {
            Expected::Command(expected) => Some(score::obeyed(&seen.mark.reply, expected)),
            _ => None,
        })
        .collect();
    Command {
        rows: obeyed.len(),
        json: share(obeyed.iter().map(|obeyed| obeyed.json)),
        intent: share(obeyed.iter().map(|obeyed| obeyed.intent)),
        correct: share(obeyed.iter().map(|obeyed| obeyed.whole)),
    }
}

fn consistent(asked: &[Seen]) -> Consistent {
    let seen: Vec<(bool, bool)> = asked
        .iter()
        .filter_map(|seen| match seen.row.expected {
            Expected::YesNo(yes) => Some((yes, score::yes_or_no(&seen.mark.reply) == Some(yes))),
            _ => None,
        })
        .collect();
    let found = |wanted: bool| {
        let those = seen.iter().filter(move |(yes, _)| *yes == wanted);
        share(those.map(|(_, right)| *right))
    };
    Consistent {
        rows: seen.len(),
        correct: share(seen.iter().map(|(_, right)| *right)),
        yes_found: found(true),
        no_found: found(false),
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn smalltalk(asked: &[Seen]) -> Smalltalk {
    let words: Vec<usize> = asked
        .iter()
        .filter(|seen| seen.row.expected == Expected::Anything)
        .map(|seen| seen.mark.reply.split_whitespace().count())
        .collect();
    Smalltalk {
        rows: words.len(),
        mean_words: mean(words.iter().map(|&words| words as f64)),
        empty: words.iter().filter(|&&words| words == 0).count(),
    }
}

fn by_length(seen: &[&Seen]) -> Vec<Group> {
    let words = |seen: &Seen| -> usize {
        let texts = seen.row.passages().iter();
        texts
            .map(|passage| passage.text.split_whitespace().count())
            .sum()
    };
    let ends = LENGTHS.into_iter().map(Some).chain([None]);
    let mut least = 0;
    ends.map(|most_words| {
        let group = least..most_words.map_or(usize::MAX, |most| most + 1);
        least = group.end;
        let near: Vec<f64> = seen
            .iter()
            .filter(|seen| seen.is_answerable() && group.contains(&words(seen)))
            .map(|seen| score::nearness(&seen.mark.reply, seen.row.answers()).f1)
            .collect();
        Group {
            most_words,
            answerable: near.len(),
            f1: mean(near.iter().copied()),
        }
    })
    .filter(|group| group.answerable > 0)
    .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn declining(seen: &[&Seen]) -> Vec<Declining> {
    let overlaps: Vec<f64> = seen.iter().map(|seen| overlap(seen)).collect();
    (1..=OVERLAPS)
        .map(|group| {
            let (least, most) = (group - 1, group as f64 / OVERLAPS as f64);
            let least = if least == 0 {
                -1.0
            } else {
                least as f64 / OVERLAPS as f64
            };
            let inside: Vec<&&Seen> = seen
                .iter()
                .zip(&overlaps)
                .filter(|&(_, overlap)| least < *overlap && *overlap <= most)
                .map(|(seen, _)| seen)
                .collect();
            let declined = |answerable: bool| {
                let those = inside
                    .iter()
                    .filter(move |seen| seen.is_answerable() == answerable);
                share(those.map(|seen| seen.mark.declined))
            };
            let answerable = inside.iter().filter(|seen| seen.is_answerable()).count();
            Declining {
                most_overlap: most,
                answerable,
                answerable_declined: declined(true),
                unanswerable: inside.len() - answerable,
                unanswerable_declined: declined(false),
            }
        })
        .collect()
}

/// The share of the question's content words that its passages have.
fn overlap(seen: &Seen) -> f64 {
    let passages = seen.passages_of.passages().iter();
    let there: Vec<String> = passages
        .flat_map(|passage| {
            let title = passage.title.as_deref().unwrap_or_default();
            read(title).into_iter().chain(read(&passage.text))
        })
        .map(|word| word.form)
        .collect();
    let words = read(seen.row.question());
    let substance = words.iter().filter(|word| word.is_substance());
    share(substance.map(|word| there.contains(&word.form))).unwrap_or_default()
}

fn share(holds: impl Iterator<Item = bool>) -> Option<f64> {
    mean(holds.map(|holds| f64::from(u8::from(holds))))
}

#[expect(clippy::cast_precision_loss, reason = "counts are small")]
fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_usize, 0.0), |(count, sum), value| {
        (count + 1, sum + value)
    });
    (count > 0).then(|| sum / count as f64)
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
