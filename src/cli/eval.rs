//! `microgpt eval`: judges generators.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    app,
    config::Config,
    judge::{
        self, Judged, ModelReport, Report, Row,
        distract::{self, Distracted},
        mark,
        report::{html::html, table::table},
    },
    models::{self, ModelFile, ModelRole},
};

use super::print;

/// The untuned model that others are compared with.
const BASE: &str = "smollm2-135m-instruct";
/// Draws the wrong passages; another seed draws other pairs.
const SEED: u64 = 5;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Judge a generator on rows with known answers
    Answers(Args),
}

#[derive(Debug, clap::Args)]
#[expect(clippy::struct_excessive_bools, reason = "flags are bools")]
pub(super) struct Args {
    /// One JSON a line: {"context", "question", "answer"}, null where it isn't there; or another task
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// The model to judge [default: the configured generator]
    #[arg(long, value_name = "NAME|PATH")]
    model: Option<String>,
    /// The model to compare with [default: the untuned one]
    #[arg(long, value_name = "NAME|PATH", conflicts_with = "no_base")]
    base: Option<String>,
    /// Compare with nothing
    #[arg(long)]
    no_base: bool,
    /// Put each question to wrong passages too [default: where no answer is null]
    #[arg(long, conflicts_with = "no_distract")]
    distract: bool,
    /// Ask the rows as they are
    #[arg(long)]
    no_distract: bool,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
    /// Write what became of each row here, one JSON a line
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write a page with plots here
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let Command::Answers(args) = command;
    let rows = judge::rows::read(&args.data)?;
    let model = args.model.as_deref().unwrap_or(&config.models.generator);
    let model = models::resolve(&config.models.dir, model, ModelRole::Generator)?;
    let base = base(&args, &model, config)?;
    let pairs = pairs(&args, &rows);
    let judged = one(&model, config, &rows, &pairs).await?;
    if let Some(out) = &args.out {
        write_rows(out, &rows, &pairs, &judged).with_context(|| out.display().to_string())?;
    }
    let mut report = Report {
        data: args.data.display().to_string(),
        asked: asked(&rows, &pairs),
        models: vec![ModelReport::new(model.name, false, &judged)],
    };
    if let Some(base) = base {
        let judged = one(&base, config, &rows, &pairs).await?;
        report
            .models
            .push(ModelReport::new(base.name, true, &judged));
    }
    if let Some(page) = &args.report {
        std::fs::write(page, html(&report)?).with_context(|| page.display().to_string())?;
    }
    if args.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(table(&report).trim_end());
    }
    Ok(())
}

/// The base, if it is wanted and another model. One that nobody named may be missing.
fn base(args: &Args, model: &ModelFile, config: &Config) -> anyhow::Result<Option<ModelFile>> {
    if args.no_base {
        return Ok(None);
    }
    let name = args.base.as_deref().unwrap_or(BASE);
    match models::resolve(&config.models.dir, name, ModelRole::Generator) {
        Ok(base) => Ok((base.path != model.path).then_some(base)),
        Err(error) if args.base.is_some() => Err(error.into()),
        Err(error) => {
            eprintln!("not compared with the base: {error}");
            Ok(None)
        }
    }
}

fn pairs(args: &Args, rows: &[Row]) -> Vec<Distracted> {
    let all_answerable = rows
        .iter()
        .all(|row| row.expected != judge::Expected::Answer(Vec::new()));
    if args.distract || (all_answerable && !args.no_distract) {
        return distract::distract(rows, SEED);
    }
    Vec::new()
}

fn asked(rows: &[Row], pairs: &[Distracted]) -> String {
    let rows = rows.len();
    if pairs.is_empty() {
        return format!("{rows} rows, asked as they are.");
    }
    let pairs = pairs.len();
    format!(
        "{rows} rows; {pairs} questions also put to the passages of another row that don't hold \
         the answer (seed {SEED}), to be declined."
    )
}

async fn one(
    model: &ModelFile,
    config: &Config,
    rows: &[Row],
    pairs: &[Distracted],
) -> anyhow::Result<Judged> {
    judge::run::before_loading();
    let generator = app::start_generator_alone(config, model, judge::AT_ONCE).await?;
    let bar = ProgressBar::new((rows.len() + pairs.len()) as u64);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} questions, {eta} left")
    {
        bar.set_style(style);
    }
    bar.set_message(model.name.clone());
    let judged = judge::judge(&generator, rows, pairs, &|done| {
        bar.set_position(done as u64);
    })
    .await;
    bar.finish_and_clear();
    let judged = judged?;
    for (row, mark) in rows.iter().zip(&judged.marks) {
        if let Some(reason) = &mark.skipped {
            eprintln!("{}: row {} is skipped: {reason}", model.name, row.line);
        }
    }
    Ok(judged)
}

fn write_rows(
    out: &Path,
    rows: &[Row],
    pairs: &[Distracted],
    judged: &Judged,
) -> std::io::Result<()> {
    let mut file = BufWriter::new(File::create(out)?);
    let mut wrong = pairs.iter().zip(&judged.distracted).peekable();
    for (place, (row, mark)) in rows.iter().zip(&judged.marks).enumerate() {
        let wrong = wrong.next_if(|(pair, _)| pair.row == place);
        let wrong = wrong.map(|(pair, mark)| (rows[pair.passages_of].line, mark));
        writeln!(file, "{}", mark::line(row, mark, wrong))?;
    }
    file.flush()
}
