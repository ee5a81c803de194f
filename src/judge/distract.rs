//! Makes unanswerable questions of answerable ones: each is put to passages of another row.
//!
//! Which row is drawn by a fixed seed, so that two models, and two runs, see the same pairs.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::prompt::task::{Passage, Task};

use super::{
    rows::Row,
    score::{holds, normalised},
};

/// Above this share of an answer's words in a passage, the passage may hold it in other words.
const MOST_SHARED: f64 = 0.5;

/// A question with the wrong passages.
#[derive(Clone, Debug, PartialEq)]
pub struct Distracted {
    /// The row that asks, by its place in the data.
    pub row: usize,
    /// The row whose passages are shown.
    pub passages_of: usize,
    /// What is asked.
    pub task: Task,
}

/// Pairs each answerable question of `rows` with the passages of another row that doesn't hold its
/// answer; a question for which there is none is left out.
#[must_use]
pub fn distract(rows: &[Row], seed: u64) -> Vec<Distracted> {
    let texts: Vec<Vec<String>> = rows.iter().map(|row| words(row.passages())).collect();
    let candidates: Vec<usize> = (0..rows.len())
        .filter(|&place| matches!(rows[place].task, Task::Grounded { .. }))
        .collect();
    let asked = candidates
        .iter()
        .filter(|&&place| !rows[place].answers().is_empty());
    asked
        .filter_map(|&place| {
            let start = draw(seed, place) % candidates.len();
            let mut others = candidates[start..].iter().chain(&candidates[..start]);
            let other = others.find(|&&other| {
                texts[other] != texts[place] && !may_answer(&texts[other], rows[place].answers())
            })?;
            Some(Distracted {
                row: place,
                passages_of: *other,
                task: Task::Grounded {
                    passages: rows[*other].passages().to_vec(),
                    question: rows[place].question().to_owned(),
                },
            })
        })
        .collect()
}

fn words(passages: &[Passage]) -> Vec<String> {
    passages
        .iter()
        .flat_map(|passage| {
            let title = passage.title.as_deref().unwrap_or_default();
            [normalised(title), normalised(&passage.text)].concat()
        })
        .collect()
}

#[expect(clippy::cast_precision_loss, reason = "counts of words are small")]
fn may_answer(passage: &[String], answers: &[String]) -> bool {
    answers.iter().any(|answer| {
        let answer = normalised(answer);
        let shared = answer.iter().filter(|word| passage.contains(word)).count();
        holds(passage, &answer) || shared as f64 > MOST_SHARED * answer.len() as f64
    })
}

fn draw(seed: u64, place: usize) -> usize {
    let mut hasher = DefaultHasher::new();
    (seed, place).hash(&mut hasher);
    usize::try_from(hasher.finish() >> 32).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::Expected;

    fn row(text: &str, question: &str, answer: Option<&str>) -> Row {
        Row {
            line: 1,
            task: Task::Grounded {
                passages: vec![Passage {
                    title: None,
                    text: text.into(),
                }],
                question: question.into(),
            },
            expected: Expected::Answer(answer.map(ToOwned::to_owned).into_iter().collect()),
            source: None,
        }
    }

    #[test]
    fn a_wrong_passage_never_holds_the_answer() {
        let rows = [
            row("Tea is hot.", "What is hot?", Some("Tea")),
            row("Tea is hot.", "How is tea?", Some("hot")),
            row(
                "Tea grows in Assam.",
                "Where does tea grow?",
                Some("in Assam"),
            ),
            row("Ice is cold.", "What is cold?", None),
        ];
        let pairs = distract(&rows, 1);
        let found: Vec<(usize, usize)> = pairs
            .iter()
            .map(|pair| (pair.row, pair.passages_of))
            .collect();
        assert_eq!(found.len(), 3, "null answers have no pair: {found:?}");
        assert_eq!(found[0], (0, 3), "only ice is not about tea");
        assert!(found[1].1 >= 2 && found[2].1 != 2, "{found:?}");
        assert_eq!(pairs, distract(&rows, 1), "the draw is fixed");
    }

    #[test]
    fn a_question_without_a_wrong_passage_has_no_pair() {
        assert_eq!(distract(&[row("Tea.", "What?", Some("Tea"))], 1), []);
    }
}
