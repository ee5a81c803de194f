//! `microgpt router`: judges and fits the router.

mod kb;
mod near;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::config::{Config, ConfigError};

use super::print;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Coverage and wrong answers of the local tiers over the ingested knowledge base
    Eval(EvalArgs),
    /// Fit the judges of the local tiers on signals written by `eval --dump`
    Fit(FitArgs),
    /// Judge the guard of answers to a question like one before, or fit it
    Near(near::Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct EvalArgs {
    /// Judge local answers against the ingested knowledge base
    #[arg(long, required = true)]
    kb: bool,
    /// One JSON a line: {"query", "id"} or {"query", "doc"}; null where nothing answers it
    #[arg(long)]
    data: PathBuf,
    /// Write each question's signals and label here, for `fit`
    #[arg(long)]
    dump: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct FitArgs {
    /// Fit the judges of FAQ entries and passages
    #[arg(long, required = true)]
    kb: bool,
    /// Files written by `eval --dump`; may be given several times
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Where to write the model
    #[arg(long)]
    out: PathBuf,
    /// A line on the data's origin and licence; may be given several times
    #[arg(long)]
    provenance: Vec<String>,
}

pub(super) async fn run(
    command: Command,
    config: Result<Config, ConfigError>,
) -> anyhow::Result<()> {
    match command {
        Command::Eval(args) => kb::eval(args, &config?).await,
        Command::Fit(args) => kb::fit(&args),
        Command::Near(args) => near::run(args, &config?).await,
    }
}

/// One JSON value a line; blank lines are skipped, and a file without rows is refused.
fn read_lines<T: serde::de::DeserializeOwned>(file: &Path) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty());
    let rows: anyhow::Result<Vec<T>> = lines
        .map(|(index, line)| {
            serde_json::from_str(line).with_context(|| format!("{}:{}", file.display(), index + 1))
        })
        .collect();
    let rows = rows?;
    if rows.is_empty() {
        bail!("{}: holds no rows", file.display());
    }
    Ok(rows)
}
