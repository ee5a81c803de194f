//! From a name in the configuration to a checked file on disk. Reads headers, loads nothing, fetches nothing.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::{
    adapter,
    error::ModelError,
    manifest::{AdapterFile, Entry, Manifest, ModelRole},
    names::is_gguf_name,
    record::Record,
};
use crate::gguf::{self, GgufError};

/// A model file that is there and whole.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelFile {
    /// Its name in the manifest, or the file's own without `.gguf`.
    pub name: String,
    /// Where it lies.
    pub path: PathBuf,
    /// What it is for.
    pub role: ModelRole,
    /// Its chat-template family; `None`: what the file's own metadata says.
    pub template: Option<String>,
    /// SPDX identifier; `None` where nobody said.
    pub licence: Option<String>,
    /// What was merged into it: an adapter that was tuned on the prompts of this program's tasks.
    pub adapter: Option<AdapterFile>,
}

/// A manifest entry and whether its file can serve.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelStatus {
    /// Its name in the manifest.
    pub name: String,
    /// What it is for.
    pub role: ModelRole,
    /// The file in use, or where it would be.
    pub path: PathBuf,
    /// True if that file is there and whole.
    pub present: bool,
    /// Fetched when `models pull` names nothing.
    pub default: bool,
    /// SPDX identifier of its licence.
    pub licence: String,
    /// Of the served file if it is there, else of what would be fetched.
    pub size_bytes: u64,
    /// The model that an adapter makes this one of.
    pub base: Option<String>,
    /// That adapter.
    pub adapter: Option<AdapterFile>,
    /// Why a file that is there can't serve.
    pub problem: Option<String>,
}

/// Finds the file for a manifest name, or for a path (what ends in `.gguf` or holds a separator), and
/// checks it: its header, its length, and for pulled files that they are unchanged. Milliseconds,
/// unless a pulled file was touched since: then it is hashed.
///
/// # Errors
/// [`ModelError`]; each says how to get a good file.
pub fn resolve(
    models_dir: &Path,
    name_or_path: &str,
    role: ModelRole,
) -> Result<ModelFile, ModelError> {
    if is_gguf_name(name_or_path) || name_or_path.contains(['/', '\\']) {
        return by_path(Path::new(name_or_path), role);
    }
    let manifest = Manifest::load(models_dir)?;
    let entry = manifest.entry(name_or_path)?;
    if entry.role != role {
        return Err(ModelError::WrongRole {
            name: entry.name.clone(),
            found: entry.role,
            wanted: role,
        });
    }
    let path = served_path(models_dir, entry);
    if !path.is_file() {
        return Err(ModelError::NotPulled {
            name: entry.name.clone(),
            path,
        });
    }
    check_gguf(&path, role)?;
    Record::load(models_dir).check(entry, &path)?;
    Ok(ModelFile {
        name: entry.name.clone(),
        path,
        role,
        template: entry.template.clone(),
        licence: Some(entry.licence.clone()),
        adapter: entry.adapter.clone(),
    })
}

/// Every entry of the manifest, in its order, with the state of its file. Nothing is hashed.
///
/// # Errors
/// [`ModelError::Io`] or [`ModelError::Manifest`].
pub fn list(models_dir: &Path) -> Result<Vec<ModelStatus>, ModelError> {
    let manifest = Manifest::load(models_dir)?;
    let record = Record::load(models_dir);
    Ok(manifest
        .models
        .iter()
        .map(|entry| status(models_dir, entry, &record))
        .collect())
}

/// Where an entry's served file belongs.
#[must_use]
pub fn served_path(models_dir: &Path, entry: &Entry) -> PathBuf {
    models_dir.join(&entry.file)
}

fn status(models_dir: &Path, entry: &Entry, record: &Record) -> ModelStatus {
    let path = served_path(models_dir, entry);
    let size_bytes = path.metadata().ok().map(|metadata| metadata.len());
    let problem = size_bytes.and_then(|_| match gguf::check(&path) {
        Ok(_) => record
            .check_recipe(entry, &path)
            .err()
            .map(|problem| problem.to_string()),
        Err(problem) => Some(problem.to_string()),
    });
    ModelStatus {
        name: entry.name.clone(),
        role: entry.role,
        path,
        present: size_bytes.is_some() && problem.is_none(),
        default: entry.default,
        licence: entry.licence.clone(),
        size_bytes: size_bytes
            .unwrap_or_else(|| entry.files.iter().map(|file| file.size_bytes).sum()),
        base: entry.base.clone(),
        adapter: entry.adapter.clone(),
        problem,
    }
}

fn by_path(path: &Path, role: ModelRole) -> Result<ModelFile, ModelError> {
    if !path.is_file() {
        return Err(ModelError::NoSuchFile {
            path: path.to_owned(),
        });
    }
    check_gguf(path, role)?;
    let name = path
        .file_stem()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    Ok(ModelFile {
        name,
        path: path.to_owned(),
        role,
        template: None,
        licence: None,
        adapter: None,
    })
}

fn check_gguf(path: &Path, role: ModelRole) -> Result<(), ModelError> {
    let damaged = |problem: GgufError| ModelError::Damaged {
        path: path.to_owned(),
        problem,
    };
    let header = gguf::check(path).map_err(damaged)?;
    let unsuitable = |reason: String| ModelError::Unsuitable {
        path: path.to_owned(),
        reason,
    };
    let text = |key| header.text(key);
    if text("general.type") == Some("adapter") {
        let base = text(adapter::BASE_KEY).unwrap_or("NAME OF ITS BASE");
        return Err(unsuitable(format!(
            "an adapter, which is no model by itself; name it in models.toml, as a model with base = \"{base}\" \
             and the file under [models.adapter], then: microgpt models pull"
        )));
    }
    if matches!(
        text("tokenizer.ggml.model"),
        None | Some("none" | "no_vocab")
    ) {
        return Err(unsuitable(
            "it has no tokenizer, so it can't read text; get a GGUF that was converted with one"
                .into(),
        ));
    }
    // llama.cpp would load an encoder as a generator and fail much later, in the middle of a turn.
    let architecture = text("general.architecture").unwrap_or_default();
    if role == ModelRole::Generator && architecture.contains("bert") {
        return Err(ModelError::WrongRole {
            name: path.display().to_string(),
            found: ModelRole::Encoder,
            wanted: role,
        });
    }
    Ok(())
}

#[cfg(test)]
#[path = "resolve_tests.rs"]
mod tests;
