//! Getting model files: from the cache folder, from their sources, by conversion and quantization.
//!
//! The order of things for one model: nothing, if its served file is there and as recorded; else a
//! copy of the finished file from the cache folder; else it is made from its originals, which come
//! from the cache folder or from the first source that has them; an adapter is merged in. Every step ends with a rename, so a
//! killed run leaves either the old file or the new one, and a `.part` to go on from.
//!
//! A command's work, not a server's: hashing and converting block the thread that polls.

mod adapter;
mod derive;
mod download;
mod fetch;
mod pip;
mod place;
mod progress;
mod wheel;

use std::{
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use serde::Serialize;

pub use place::Places;

use super::{
    error::ModelError,
    manifest::{Entry, Manifest},
    record::{Pulled, Record, recipe},
    resolve::served_path,
};
use crate::gguf;
use fetch::Fetcher;
use progress::say;

/// What a pull did, model by model.
#[derive(Clone, Debug, Serialize)]
pub struct PullReport {
    /// In the order worked on.
    pub models: Vec<PullRow>,
}

/// What was done for one model.
#[derive(Clone, Debug, Serialize)]
pub struct PullRow {
    /// The model.
    pub name: String,
    /// Its served file.
    pub path: PathBuf,
    /// Where that came from.
    pub outcome: Outcome,
    /// How long it took.
    pub seconds: f64,
}

/// Where a served file came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was there already, and right.
    Present,
    /// The finished file was in the cache folder.
    Cached,
    /// It was made from originals that were in the cache folder.
    Derived,
    /// At least one original was fetched; the sources that gave them.
    Fetched(Vec<String>),
}

impl Outcome {
    fn from_sources(sources: Vec<String>) -> Self {
        if sources.is_empty() {
            Self::Derived
        } else {
            Self::Fetched(sources)
        }
    }
}

/// Makes the named models (none named: the manifest's defaults) servable from `places.models_dir`.
///
/// `quantize(from, to, format)` rewrites a GGUF in another weight format, and says in words why it
/// can't. Progress goes to stderr.
///
/// # Errors
/// [`ModelError`]; the models before the failing one are in place, and what was fetched is kept.
pub async fn pull(
    places: &Places,
    names: &[String],
    quantize: impl Fn(&Path, &Path, &str) -> Result<(), String>,
) -> Result<PullReport, ModelError> {
    let manifest = Manifest::load(&places.models_dir)?;
    let mut report = PullReport { models: Vec::new() };
    for entry in manifest.select(names)? {
        let started = Instant::now();
        let path = served_path(&places.models_dir, entry);
        let outcome = if is_right(&places.models_dir, entry, &path) {
            Outcome::Present
        } else {
            bring(places, entry, &path, &quantize).await?
        };
        let seconds = started.elapsed().as_secs_f64();
        report.models.push(PullRow {
            name: entry.name.clone(),
            path,
            outcome,
            seconds,
        });
    }
    Ok(report)
}

/// True if the served file is whole, and what today's manifest would make.
fn is_right(models_dir: &Path, entry: &Entry, path: &Path) -> bool {
    if gguf::check(path).is_err() {
        return false;
    }
    let record = Record::load(models_dir);
    // If nobody recorded it, only a file whose hash is in the manifest can be trusted as it is.
    let is_known = record.of(&entry.name).is_some() || entry.served_as_fetched().is_some();
    is_known && record.check(entry, path).is_ok()
}

async fn bring(
    places: &Places,
    entry: &Entry,
    path: &Path,
    quantize: &impl Fn(&Path, &Path, &str) -> Result<(), String>,
) -> Result<Outcome, ModelError> {
    let places = places.usable()?;
    let _one_pull_at_a_time = places.lock()?;

    let (finished, sha256, outcome) =
        if let Some((finished, sha256)) = derive::from_cache(&places, entry)? {
            (finished, sha256, Outcome::Cached)
        } else {
            // Before a base is fetched: an adapter that doesn't fit is refused at once.
            let adapter = adapter::find(&places, entry)?;
            let sources = Fetcher::new(&places)?.fetch(entry).await?;
            let (finished, sha256) = derive::make(&places, entry, adapter.as_ref(), quantize)?;
            (finished, sha256, Outcome::from_sources(sources))
        };
    // A copy, not a link: what happens to the file in use must not reach the one kept.
    let part = place::part_of(path);
    fs::copy(&finished, &part)
        .and_then(|_| fs::rename(&part, path))
        .map_err(ModelError::io(path))?;
    let pulled = Pulled::describe(path, sha256, recipe(entry)).map_err(ModelError::io(path))?;
    // Loaded only now: another pull may have added to it while this one waited for the lock.
    Record::load(&places.models_dir).note(&places.models_dir, &entry.name, pulled)?;
    say(&format!("{}: ready at {}", entry.name, path.display()));
    Ok(outcome)
}

#[cfg(test)]
mod adapter_tests;
#[cfg(test)]
mod test_server;
#[cfg(test)]
mod tests;
