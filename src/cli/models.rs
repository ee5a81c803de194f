//! `microgpt models`

use anyhow::bail;

use crate::{
    config::Config,
    engine,
    models::{self, Places, pull::Outcome},
};

use super::print;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Show the manifest, and which files are here
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch models, and convert and quantize them for this machine
    Pull {
        /// Names in the manifest; none: the default ones
        names: Vec<String>,
    },
    /// Hash the files again
    Verify {
        /// Names in the manifest; none: those that are here
        names: Vec<String>,
    },
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let dir = &config.models.dir;
    match command {
        Command::List { json } => list(&models::list(dir)?, json),
        Command::Pull { names } => {
            let quantize = |input: &std::path::Path, output: &std::path::Path, format: &str| {
                engine::quantize(input, output, format).map_err(|error| error.to_string())
            };
            let report = models::pull(&Places::new(dir), &names, quantize).await?;
            for row in &report.models {
                let outcome = match &row.outcome {
                    Outcome::Present => "was here".to_owned(),
                    Outcome::Cached => "from the cache folder".to_owned(),
                    Outcome::Derived => "made from cached originals".to_owned(),
                    Outcome::Fetched(sources) => format!("fetched from {}", sources.join(", ")),
                };
                print(&format!("{}  {outcome}  {}", row.name, row.path.display()));
            }
            Ok(())
        }
        Command::Verify { names } => verify(&models::verify(&Places::new(dir), &names)?),
    }
}

fn list(rows: &[models::ModelStatus], json: bool) -> anyhow::Result<()> {
    if json {
        print(&serde_json::to_string_pretty(rows)?);
        return Ok(());
    }
    for row in rows {
        let state = match (&row.problem, row.present) {
            (Some(problem), _) => problem.as_str(),
            (None, true) => "present",
            (None, false) => "not fetched",
        };
        let default = if row.default { ", default" } else { "" };
        #[expect(clippy::cast_precision_loss, reason = "a size for people")]
        let mebibytes = row.size_bytes as f64 / 1_048_576.0;
        let made_of = match (&row.base, &row.adapter) {
            (Some(base), Some(adapter)) => format!(
                "  ({base} with the adapter {}, version {})",
                adapter.file, adapter.version
            ),
            _ => String::new(),
        };
        print(&format!(
            "{}  {}{default}  {}  {mebibytes:.0} MiB  {state}  {}{made_of}",
            row.name,
            row.role,
            row.licence,
            row.path.display()
        ));
    }
    Ok(())
}

fn verify(rows: &[models::VerifyRow]) -> anyhow::Result<()> {
    let mut wrong = 0;
    for row in rows {
        let problem = row.problem.as_deref().unwrap_or("ok");
        wrong += usize::from(!row.ok);
        print(&format!("{}  {}  {problem}", row.model, row.path.display()));
    }
    if wrong > 0 {
        bail!(
            "{wrong} of {} files are not as they should be; get them again with: microgpt models pull",
            rows.len()
        );
    }
    Ok(())
}
