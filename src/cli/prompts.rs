//! `microgpt prompts`: fills the prompt templates of the micro model's tasks, for training.

use std::io::BufRead;

use anyhow::Context;
use serde_json::json;

use crate::prompt::{Prompts, task::Task};

use super::print;

/// One task a line on stdin, its chat messages as one JSON a line on stdout.
pub(super) fn run() -> anyhow::Result<()> {
    let prompts = Prompts::load(None)?;
    for (place, line) in std::io::stdin().lock().lines().enumerate() {
        let number = place + 1;
        let line = line.with_context(|| format!("stdin:{number}"))?;
        if line.trim().is_empty() {
            continue;
        }
        let task: Task = serde_json::from_str(&line).with_context(|| format!("stdin:{number}"))?;
        let messages = prompts.task(&task)?;
        print(&serde_json::to_string(&json!({"messages": messages}))?);
    }
    Ok(())
}
