//! Hashing all model files again, whether or not they look unchanged.

use std::{io, path::PathBuf};

use serde::Serialize;

use super::{
    digest::Sha256Hex,
    error::ModelError,
    manifest::{Entry, Manifest},
    pull::Places,
    record::Record,
    resolve::served_path,
};
use crate::gguf;

/// One file that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct VerifyRow {
    /// The model it belongs to.
    pub model: String,
    /// The file.
    pub path: PathBuf,
    /// True for the file that serves, false for an original in the cache folder or an adapter.
    pub served: bool,
    /// True if it is what it should be.
    pub ok: bool,
    /// The hash it should have; `None` for a file put there by hand whose hash nobody knows.
    pub expected: Option<Sha256Hex>,
    /// The hash it has; `None` if it is not there.
    pub found: Option<Sha256Hex>,
    /// What is wrong, in words, with what was expected and what was found.
    pub problem: Option<String>,
}

/// Reads and hashes the served files of the models named (none named: the defaults and whatever else
/// is there), their adapters, and those of their originals that the cache folder still has. Blocks for about a
/// second.
///
/// # Errors
/// [`ModelError::Unknown`], or the manifest or a file can't be read. A wrong file is a row, no error.
pub fn verify(places: &Places, names: &[String]) -> Result<Vec<VerifyRow>, ModelError> {
    let manifest = Manifest::load(&places.models_dir)?;
    let entries = if names.is_empty() {
        let wanted =
            |entry: &&Entry| entry.default || served_path(&places.models_dir, entry).is_file();
        manifest.models.iter().filter(wanted).collect()
    } else {
        manifest.select(names)?
    };
    let record = Record::load(&places.models_dir);
    let mut rows = Vec::new();
    for entry in entries {
        rows.push(served_row(places, entry, &record)?);
        if let Some(adapter) = &entry.adapter {
            let [path, _] = places.adapter(entry, adapter);
            // Not needed either once it is merged; but what lies there should be what is named.
            if path.is_file() {
                rows.push(row(entry, path, false, Some(adapter.sha256.clone()), None)?);
            }
        }
        for original in &entry.files {
            let path = places.original(entry, original);
            // The cache keeps originals as a favour; the served file doesn't need them.
            if path.is_file() {
                rows.push(row(
                    entry,
                    path,
                    false,
                    Some(original.sha256.clone()),
                    Some(original.size_bytes),
                )?);
            }
        }
    }
    Ok(rows)
}

fn served_row(places: &Places, entry: &Entry, record: &Record) -> Result<VerifyRow, ModelError> {
    let path = served_path(&places.models_dir, entry);
    let pulled = record
        .of(&entry.name)
        .map(|pulled| (pulled.sha256.clone(), pulled.size_bytes));
    let plain = || {
        entry
            .served_as_fetched()
            .map(|original| (original.sha256.clone(), original.size_bytes))
    };
    let (expected, size_bytes) = pulled.or_else(plain).unzip();
    let mut row = row(entry, path, true, expected, size_bytes)?;
    if row.ok {
        let damaged = gguf::check(&row.path).err();
        row.problem = damaged.map(|problem| problem.to_string()).or_else(|| {
            let outdated = record.check_recipe(entry, &row.path).err();
            outdated.map(|problem| problem.to_string())
        });
        row.ok = row.problem.is_none();
    }
    Ok(row)
}

fn row(
    entry: &Entry,
    path: PathBuf,
    served: bool,
    expected: Option<Sha256Hex>,
    size_bytes: Option<u64>,
) -> Result<VerifyRow, ModelError> {
    let found = match Sha256Hex::of_file(&path) {
        Ok(found) => Some(found),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(ModelError::Io { path, source }),
    };
    let length = path.metadata().map_or(0, |metadata| metadata.len());
    let problem = match (&found, &expected, size_bytes) {
        (None, ..) => Some("missing".to_owned()),
        (Some(_), _, Some(size)) if length < size => {
            Some(format!("truncated: {length} of {size} bytes"))
        }
        (Some(found), Some(expected), _) if found != expected => Some(format!(
            "wrong content: expected sha256 {expected}, found {found}"
        )),
        _ => None,
    };
    let model = entry.name.clone();
    Ok(VerifyRow {
        model,
        path,
        served,
        ok: problem.is_none(),
        expected,
        found,
        problem,
    })
}
