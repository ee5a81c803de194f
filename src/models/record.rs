//! What was pulled into a models folder, so that an unchanged file is known to be right without
//! reading it: its hash together with the size and modification time it had then.

use std::{collections::BTreeMap, fs, io, path::Path, time::UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{
    digest::Sha256Hex,
    error::ModelError,
    manifest::{Conversion, Entry},
};

/// The record's place inside the models folder.
pub const PATH: &str = ".cache/pulled.json";

/// Raised when the same originals would give another served file, so that old ones are made anew.
const RECIPE_VERSION: u32 = 1;

/// All that was pulled into a folder, by the models' names.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Record(BTreeMap<String, Pulled>);

/// One served file as it was when it was put there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulled {
    /// What it was made of and how: see [`recipe`].
    pub recipe: String,
    /// The hash of the served file.
    pub sha256: Sha256Hex,
    /// Its size.
    pub size_bytes: u64,
    /// Its modification time, from the Unix epoch.
    pub modified_ns: u64,
}

impl Pulled {
    /// Describes the file at `path`, whose hash is known.
    ///
    /// # Errors
    /// What asking for its size and time gives.
    pub fn describe(path: &Path, sha256: Sha256Hex, recipe: String) -> io::Result<Self> {
        let (size_bytes, modified_ns) = size_and_time(path)?;
        Ok(Self {
            recipe,
            sha256,
            size_bytes,
            modified_ns,
        })
    }

    /// True if the file has the recorded size and time: then its content was not touched by honest means.
    #[must_use]
    pub fn looks_unchanged(&self, path: &Path) -> bool {
        size_and_time(path).is_ok_and(|found| found == (self.size_bytes, self.modified_ns))
    }
}

fn size_and_time(path: &Path) -> io::Result<(u64, u64)> {
    let metadata = path.metadata()?;
    let since_epoch = metadata
        .modified()?
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Ok((
        metadata.len(),
        u64::try_from(since_epoch.as_nanos()).unwrap_or(u64::MAX),
    ))
}

impl Record {
    /// The folder's record. One that is absent or can't be read counts as empty: then files are hashed
    /// or made again, which is slow but right.
    #[must_use]
    pub fn load(models_dir: &Path) -> Self {
        let text = fs::read(models_dir.join(PATH)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// What is known of the model's served file.
    #[must_use]
    pub fn of(&self, model: &str) -> Option<&Pulled> {
        self.0.get(model)
    }

    /// Notes one model and writes the record, whole or not at all.
    ///
    /// # Errors
    /// [`ModelError::Io`].
    pub fn note(
        &mut self,
        models_dir: &Path,
        model: &str,
        pulled: Pulled,
    ) -> Result<(), ModelError> {
        self.0.insert(model.to_owned(), pulled);
        let path = models_dir.join(PATH);
        let part = path.with_extension("json.part");
        let folder = path.parent().unwrap_or(models_dir);
        fs::create_dir_all(folder)
            .and_then(|()| Ok(serde_json::to_vec_pretty(self)?))
            .and_then(|text| fs::write(&part, text))
            .and_then(|()| fs::rename(&part, &path))
            .map_err(ModelError::io(path))
    }

    /// Makes sure that the entry's served file holds what was pulled, and that this is what the
    /// manifest would make today. Instant for a file that looks unchanged; else it is read and hashed.
    /// A file put there by hand, of a kind whose hash nobody knows, passes.
    ///
    /// # Errors
    /// [`ModelError::Outdated`], [`ModelError::WrongHash`], [`ModelError::Io`].
    pub fn check(&self, entry: &Entry, path: &Path) -> Result<(), ModelError> {
        self.check_recipe(entry, path)?;
        let expected = match self.of(&entry.name) {
            Some(pulled) if pulled.looks_unchanged(path) => return Ok(()),
            Some(pulled) => &pulled.sha256,
            None => match entry.served_as_fetched() {
                Some(original) => &original.sha256,
                None => return Ok(()),
            },
        };
        let found = Sha256Hex::of_file(path).map_err(ModelError::io(path))?;
        if found == *expected {
            return Ok(());
        }
        Err(ModelError::WrongHash {
            name: entry.name.clone(),
            path: path.to_owned(),
            expected: expected.clone(),
            found,
        })
    }

    /// Makes sure that the served file, if it was pulled, was made as the manifest says today.
    ///
    /// # Errors
    /// [`ModelError::Outdated`].
    pub fn check_recipe(&self, entry: &Entry, path: &Path) -> Result<(), ModelError> {
        match self.of(&entry.name) {
            Some(pulled) if pulled.recipe != recipe(entry) => Err(ModelError::Outdated {
                name: entry.name.clone(),
                path: path.to_owned(),
            }),
            _ => Ok(()),
        }
    }
}

/// Stands for how an entry's served file is made: equal for equal originals, adapter, conversion and
/// format.
#[must_use]
pub fn recipe(entry: &Entry) -> String {
    let conversion = match entry.convert {
        Some(Conversion::SafetensorsBert) => "safetensors-bert",
        None => "",
    };
    let mut text = format!(
        "{RECIPE_VERSION}\n{conversion}\n{}",
        entry.quantize.as_deref().unwrap_or_default()
    );
    for original in &entry.files {
        text.push('\n');
        text.push_str(original.sha256.as_str());
    }
    if let Some(adapter) = &entry.adapter {
        text.push_str("\nadapter\n");
        text.push_str(adapter.sha256.as_str());
    }
    Sha256Hex::of(text.as_bytes()).as_str()[..16].to_owned()
}
