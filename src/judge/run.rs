//! One model's turn: all rows are asked and marked, then figures are made.

use std::time::Instant;

use crate::{
    engine::Generator,
    prompt::{Prompts, task::Task},
};

use super::{
    JudgeError, Row, ask,
    distract::Distracted,
    figures::Figures,
    mark::{self, Mark},
    memory,
    speed::{self, Speed},
    tally,
};

/// What one model did.
#[derive(Clone, Debug)]
pub struct Judged {
    /// One a row, in their order.
    pub marks: Vec<Mark>,
    /// One a question with wrong passages, in their order.
    pub distracted: Vec<Mark>,
    /// What it comes to.
    pub figures: Figures,
    /// Alone, one request at a time.
    pub speed: Speed,
    /// The most memory that the process held meanwhile.
    pub peak_mib: Option<f64>,
    /// Seconds for all questions, eight at once.
    pub wall_s: f64,
}

/// Forgets what memory was used before a model is loaded.
pub fn before_loading() {
    memory::forget_peak();
}

/// Asks all `rows` and `distracted`, eight at once; `progress` is told how many are answered.
///
/// # Errors
/// [`JudgeError::Engine`] where the model fails, rather than a prompt; [`JudgeError::Prompt`].
pub async fn judge(
    generator: &Generator,
    rows: &[Row],
    distracted: &[Distracted],
    progress: &(dyn Fn(usize) + Sync),
) -> Result<Judged, JudgeError> {
    let templates = Prompts::load(None)?;
    let tasks: Vec<&Task> = rows
        .iter()
        .map(|row| &row.task)
        .chain(distracted.iter().map(|pair| &pair.task))
        .collect();
    let prompts = tasks
        .iter()
        .map(|task| {
            Ok(ask::Prompt {
                messages: templates.task(task)?,
                max_tokens: max_tokens(task),
            })
        })
        .collect::<Result<Vec<_>, JudgeError>>()?;
    let started = Instant::now();
    let replies = ask::all(generator, &prompts, progress).await?;
    let wall_s = started.elapsed().as_secs_f64();
    let texts = prompts.iter().filter_map(|prompt| prompt.messages.last());
    let speed = speed::measure(generator, texts.map(|message| message.content.as_str())).await?;
    let mut marks: Vec<Mark> = tasks
        .iter()
        .zip(replies)
        .map(|(task, reply)| mark::mark(task, reply))
        .collect();
    let wrong = marks.split_off(rows.len());
    let pairs: Vec<(usize, usize, &Mark)> = distracted
        .iter()
        .zip(&wrong)
        .map(|(pair, mark)| (pair.row, pair.passages_of, mark))
        .collect();
    Ok(Judged {
        figures: tally::tally(rows, &marks, &pairs),
        marks,
        distracted: wrong,
        speed,
        peak_mib: memory::peak_mib(),
        wall_s,
    })
}

/// The longest reply to a task.
fn max_tokens(task: &Task) -> u32 {
    match task {
        Task::Grounded { .. } | Task::Followup { .. } | Task::Command { .. } => 48,
        Task::Consistent { .. } => 4,
        Task::Smalltalk { .. } => 32,
    }
}
