//! `microgpt ingest`

use std::path::PathBuf;

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    app,
    config::Config,
    orchestrator::{calibrate, ingest},
};

use super::print;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Folders to index instead of the configured one; of several, each is a collection
    paths: Vec<PathBuf>,
    /// List every file and every notice, however many there are
    #[arg(long, short)]
    verbose: bool,
    /// Print the report as JSON, which always has everything
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    let mut dirs = args.paths;
    if dirs.is_empty() {
        dirs.push(config.knowledge.dir.clone());
    }
    if let Some(missing) = dirs.iter().find(|dir| !dir.is_dir()) {
        bail!("{}: no such knowledge folder", missing.display());
    }
    let encoders = app::start_encoders(config).await?;
    let knowledge = app::open_knowledge_of(dirs, config, &encoders).await?;
    let bar = ProgressBar::new(0);
    if let Ok(style) =
        ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len} texts, {eta} left")
    {
        bar.set_style(style);
    }
    bar.set_message("encoding");
    let report = ingest::ingest(&knowledge, &encoders, &|done, all| {
        bar.set_length(all as u64);
        bar.set_position(done as u64);
    })
    .await?;
    bar.finish_and_clear();
    let judges = app::judges(config)?;
    let folders = app::folders(config);
    let calibration = calibrate::calibrate(&knowledge, &encoders.faq, &judges, &folders).await?;
    if let Some(point) = calibration.operating_point(app::wanted(config).general) {
        eprintln!("calibrated on {point}");
    }
    if args.json {
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(&report.summary(args.verbose));
    }
    Ok(())
}
