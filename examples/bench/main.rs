//! `make bench`: measures the built program from outside, as a child process asked over HTTP, and
//! prints one table of what was measured and what must be reached.
//!
//! `DATA=DIR cargo run --release --example bench -- [SECTION…] [--dump FILE]`, after
//! `cargo build --release`. Sets that are not under DIR are named and skipped. `--dump` (or
//! `BENCH_DUMP`) keeps the answers of the section `grounded`, for a person to judge.
//!
//! Deliberately without thresholds that fail the run: a figure that misses is shown as missed.

mod load;
mod program;
mod sections;
mod sets;
mod table;
mod turn;

use std::path::PathBuf;

use anyhow::bail;

use sections::{
    cache, decisions, grounded, ingest, own, promise, retrieval, routing, start, turns,
};
use sets::Sets;
use table::Table;

/// Those measured where none is named.
const USUAL: [&str; 10] = [
    "ingest",
    "start",
    "turns",
    "retrieval",
    "routing",
    "promise",
    "cache",
    "decisions",
    "grounded",
    "own",
];
/// Those of `make bench-load`.
const LOAD: [&str; 3] = ["load-cache", "load-kills", "load-mixed"];

/// What the command line asks for.
struct Arguments {
    sections: Vec<String>,
    dump: Option<PathBuf>,
}

fn arguments() -> anyhow::Result<Arguments> {
    let mut sections = Vec::new();
    let mut dump = std::env::var_os("BENCH_DUMP")
        .filter(|file| !file.is_empty())
        .map(PathBuf::from);
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        match argument.as_str() {
            "--dump" => match given.next() {
                Some(file) => dump = Some(file.into()),
                None => bail!("--dump needs a file"),
            },
            "load" => sections.extend(LOAD.map(ToOwned::to_owned)),
            name if USUAL.contains(&name) || LOAD.contains(&name) => sections.push(argument),
            other => bail!(
                "'{other}' is no section; there are: {}, load ({})",
                USUAL.join(", "),
                LOAD.join(", ")
            ),
        }
    }
    if sections.is_empty() {
        sections = USUAL.map(ToOwned::to_owned).to_vec();
    }
    Ok(Arguments { sections, dump })
}

async fn measure(
    section: &str,
    sets: &Sets,
    dump: Option<&PathBuf>,
    table: &mut Table,
) -> anyhow::Result<()> {
    match section {
        "ingest" => ingest::run(sets, table),
        "start" => start::run(sets, table),
        "turns" => turns::run(sets, table).await,
        "retrieval" => retrieval::run(sets, table).await,
        "promise" => promise::run(sets, table).await,
        "routing" => routing::run(sets, table).await,
        "cache" => cache::run(sets, table),
        "decisions" => decisions::run(sets, table).await,
        "grounded" => grounded::run(sets, dump, table).await,
        "load-cache" => load::cache::run(sets, table),
        "load-kills" => load::kills::run(sets, table).await,
        "load-mixed" => load::mixed::run(sets, table).await,
        _ => own::run(sets, table).await,
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let Arguments { sections, dump } = arguments()?;
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    let sets = Sets::open(std::env::var_os("DATA").map(PathBuf::from))?;
    let (mut table, mut failed) = (Table::default(), 0);
    for section in &sections {
        eprintln!("bench: {section} …");
        if let Err(error) = measure(section, &sets, dump.as_ref(), &mut table).await {
            table.note(section, format!("failed: {error:#}"));
            failed += 1;
        }
    }
    table.print();
    if failed > 0 {
        bail!("{failed} of {} sections failed", sections.len());
    }
    Ok(())
}
