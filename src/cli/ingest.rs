//! `microgpt ingest`

use std::path::PathBuf;

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{app, config::Config, orchestrator::ingest};

use super::print;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The knowledge folder to index instead of the configured one
    paths: Vec<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, mut config: Config) -> anyhow::Result<()> {
    match args.paths.as_slice() {
        [] => {}
        [path] => config.knowledge.dir.clone_from(path),
        _ => bail!("ingest takes one folder; put several under one as collections"),
    }
    if !config.knowledge.dir.is_dir() {
        bail!("{}: no such knowledge folder", config.knowledge.dir.display());
    }
    let encoder = app::start_encoder(&config).await?;
    let knowledge = app::open_knowledge(&config, &encoder).await?;
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} texts, {eta} left") {
        bar.set_style(style);
    }
    bar.set_message("encoding");
    let report = ingest::ingest(&knowledge, &encoder, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })
    .await?;
    bar.finish_and_clear();
    if args.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(report.to_string().trim_end());
    }
    Ok(())
}
