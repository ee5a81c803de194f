//! `microgpt export`: what others make something of.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use jiff::Timestamp;

use crate::{
    config::{Config, Consent},
    store::Store,
    text::personal::Personal,
    training::{self, Tally},
};

use super::moment::moment;

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Write consented turns without personal data as training rows, one JSON a line
    Training {
        /// From when on: a date (2026-01-31, UTC), a time (2026-01-31T12:00:00Z) or how long ago (30d, 12h)
        #[arg(long, value_name = "DATE|DURATION", value_parser = moment)]
        since: Timestamp,
        /// Write to this file instead of stdout
        #[arg(long)]
        out: Option<PathBuf>,
    },
}

pub(super) async fn run(command: Command, config: &Config) -> anyhow::Result<()> {
    let Command::Training { since, out } = command;
    if config.training.consent == Consent::Never {
        bail!("training.consent is \"never\": nothing is exported");
    }
    let store = Store::open(&config.store.url).await?;
    let tally = match &out {
        None => write(&store, since, io::stdout().lock()).await?,
        Some(path) => write_file(&store, since, path).await?,
    };
    store.close().await;
    eprintln!("{tally}");
    Ok(())
}

/// The whole file or none: a reader never meets half of it.
async fn write_file(store: &Store, since: Timestamp, path: &Path) -> anyhow::Result<Tally> {
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let named = || path.display().to_string();
    let file = File::create(&part).with_context(named)?;
    let tally = write(store, since, file).await?;
    fs::rename(&part, path).with_context(named)?;
    Ok(tally)
}

async fn write(store: &Store, since: Timestamp, out: impl Write) -> anyhow::Result<Tally> {
    let personal = Personal::default();
    let mut out = BufWriter::new(out);
    let mut tally = Tally::default();
    let mut last = String::new();
    loop {
        let turns = store.turns_since(since.as_millisecond(), &last).await?;
        let Some(turn) = turns.last() else {
            out.flush()?;
            return Ok(tally);
        };
        last.clone_from(&turn.message_id);
        for turn in &turns {
            let row = training::row(turn, &personal);
            tally.count(&row);
            if let Ok(row) = row {
                serde_json::to_writer(&mut out, &row)?;
                out.write_all(b"\n")?;
            }
        }
    }
}
