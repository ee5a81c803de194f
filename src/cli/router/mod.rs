//! `microgpt router`: judges and fits the router: its local tiers over a knowledge base (`--kb`), or
//! a cascade of two models.

mod kb;
mod near;
mod pair;
mod replay;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use crate::config::{Config, ConfigError};

use super::print;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Judge a model of two models' answers, or with --kb the local tiers over the knowledge base
    Eval(EvalArgs),
    /// Learn which of two models should answer, or with --kb fit the judges of the local tiers
    Fit(FitArgs),
    /// Score queries by a fitted model: the higher, the more the strong model is worth its call
    Score(ScoreArgs),
    /// Judge the guard of answers to a question like one before, or fit it
    Near(near::Args),
    /// Decide stored turns again with another tolerated share of wrong answers: what would change, and cost
    Replay(replay::Args),
}

#[derive(Debug, clap::Args)]
pub(super) struct EvalArgs {
    /// Judge local answers against the ingested knowledge base
    #[arg(long, required_unless_present = "model")]
    kb: bool,
    /// The model to judge, written by `fit`
    #[arg(long, value_name = "FILE", conflicts_with = "kb")]
    model: Option<PathBuf>,
    /// One JSON a line: {"query", "weak", "strong"}, with --kb {"query", "id"} or {"query", "doc"} and
    /// perhaps a "source"
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Write each question's signals and label here, for `fit --kb`
    #[arg(long, value_name = "FILE", requires = "kb")]
    dump: Option<PathBuf>,
    /// Write the cost-quality curve here, as SVG; with --kb the risk-coverage curve
    #[arg(long, value_name = "FILE")]
    plot: Option<PathBuf>,
    /// Write a page with all figures and the worst mistakes here, as HTML
    #[arg(long, value_name = "FILE", conflicts_with = "model")]
    report: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct FitArgs {
    /// Fit the judges of FAQ entries and passages
    #[arg(long)]
    kb: bool,
    /// {"query", "weak", "strong"} a line, with --kb what `eval --dump` wrote; may be given several times
    #[arg(long, required = true, value_name = "FILE")]
    data: Vec<PathBuf>,
    /// More of what `eval --dump` wrote, to be judged by what was fitted on sets of other names; may be
    /// given several times
    #[arg(long, value_name = "FILE", requires = "kb")]
    trial: Vec<PathBuf>,
    /// Where to write the model
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A line on the data's origin and licence; may be given several times
    #[arg(long)]
    provenance: Vec<String>,
    /// Print what was tried as JSON
    #[arg(long, conflicts_with = "kb")]
    json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ScoreArgs {
    /// The model, written by `fit`
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// One JSON a line, with a "query"
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
}

pub(super) async fn run(
    command: Command,
    config: Result<Config, ConfigError>,
) -> anyhow::Result<()> {
    match command {
        Command::Eval(EvalArgs {
            model: Some(model),
            data,
            plot,
            json,
            ..
        }) => pair::eval(&model, &data, plot.as_deref(), json, &config?).await,
        Command::Eval(args) => kb::eval(args, &config?).await,
        Command::Fit(args) if args.kb => kb::fit(&args),
        Command::Fit(args) => pair::fit(args, &config?).await,
        Command::Score(args) => pair::score(&args, &config?).await,
        Command::Near(args) => near::run(args, &config?).await,
        Command::Replay(args) => replay::run(args, &config?).await,
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
