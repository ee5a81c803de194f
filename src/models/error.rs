//! What can go wrong with models, in words that say what to do about it.

use std::{fmt, io, path::PathBuf};

use super::{
    adapter::AdapterError,
    digest::Sha256Hex,
    manifest::{AdapterFile, ModelRole},
};
use crate::gguf::GgufError;

/// Why a model can't be named, found, fetched or trusted.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The manifest can't be read or says something impossible.
    #[error("{place}: {message}")]
    Manifest {
        /// The manifest's path, with the line where one is known.
        place: String,
        /// What was found, and what is allowed.
        message: String,
    },
    /// No entry has this name.
    #[error(
        "no model is named '{name}'; the manifest has: {known} (or give the path of a .gguf file)"
    )]
    Unknown {
        /// What was asked for.
        name: String,
        /// All names, joined by commas.
        known: String,
    },
    /// An entry whose file was not fetched yet.
    #[error("the model '{name}' is not here yet ({}); get it with: microgpt models pull {name}", path.display())]
    NotPulled {
        /// The entry.
        name: String,
        /// Where its file would be.
        path: PathBuf,
    },
    /// A path that leads to no file.
    #[error("{}: no such model file; the models of the manifest come with: microgpt models pull", path.display())]
    NoSuchFile {
        /// The path given.
        path: PathBuf,
    },
    /// A file that is no whole GGUF.
    #[error("{}: {problem}; get a good copy, for models of the manifest with: microgpt models pull", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        problem: GgufError,
    },
    /// A file whose content is another than the one recorded when it was pulled.
    #[error("{}: wrong content: expected sha256 {expected}, found {found}; get it again with: microgpt models pull {name}", path.display())]
    WrongHash {
        /// The entry.
        name: String,
        /// The file.
        path: PathBuf,
        /// As recorded, or as the manifest says.
        expected: Sha256Hex,
        /// As it is.
        found: Sha256Hex,
    },
    /// A file that was made of other originals, or in another way, than the manifest says by now.
    #[error("{}: made of other files than models.toml names now; make it anew with: microgpt models pull {name}", path.display())]
    Outdated {
        /// The entry.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A whole GGUF that can't serve by itself.
    #[error("{}: {reason}", path.display())]
    Unsuitable {
        /// The file.
        path: PathBuf,
        /// Why not, and what can be done.
        reason: String,
    },
    /// An adapter that can't be merged.
    #[error("the adapter {} of '{model}' can't be used: {problem}", path.display())]
    Adapter {
        /// The entry.
        model: String,
        /// The adapter.
        path: PathBuf,
        /// Why not.
        problem: Box<AdapterError>,
    },
    /// An adapter whose content is not the one that the manifest names.
    #[error("the adapter {} of '{model}' is another than models.toml names: expected sha256 {expected}, found {found}; put the right file there, or name this one in models.toml", path.display())]
    OtherAdapter {
        /// The entry.
        model: String,
        /// The adapter.
        path: PathBuf,
        /// As the manifest says.
        expected: Sha256Hex,
        /// As it is.
        found: Sha256Hex,
    },
    /// An adapter that is nowhere.
    #[error("{0}")]
    NoAdapter(Box<AdapterMissing>),
    /// A generator where an encoder is wanted, or the other way round.
    #[error("'{name}' is an {found}; an {wanted} is wanted here")]
    WrongRole {
        /// The entry or file.
        name: String,
        /// What it is.
        found: ModelRole,
        /// What was asked for.
        wanted: ModelRole,
    },
    /// Every source of a file failed.
    #[error("{0}")]
    NoSource(Box<NoSource>),
    /// Converting or quantizing failed.
    #[error("making {file} from what was fetched failed: {reason}")]
    Derive {
        /// The served file's name.
        file: String,
        /// Why.
        reason: String,
    },
    /// The HTTP client can't be built.
    #[error("no HTTP client: {0}")]
    Client(String),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// What was being read or written.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl ModelError {
    /// For `map_err`: an I/O error with the path that it is about.
    pub fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}

/// An adapter that is nowhere, where it was looked for, and what can be done.
#[derive(Debug)]
pub struct AdapterMissing {
    /// The entry that needs it.
    pub model: String,
    /// The model that it would be merged into.
    pub base: String,
    /// The adapter.
    pub adapter: AdapterFile,
    /// The paths that were tried, in order.
    pub looked_at: [PathBuf; 2],
}

impl fmt::Display for AdapterMissing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            model,
            base,
            adapter,
            looked_at: [beside_manifest, by_hand],
        } = self;
        write!(
            out,
            "{model}: its adapter {} (version {}, sha256 {}) is not here\n  looked for: {}, then {}\n  \
             by hand: it lies beside the models.toml that names it, in the models folder of Micro-GPT's \
             sources for the models that come with it; copy it to one of these places and run again: \
             microgpt models pull {model}\n  without it: generator = \"{base}\" serves the untuned base, \
             after: microgpt models pull {base}",
            adapter.file,
            adapter.version,
            adapter.sha256,
            beside_manifest.display(),
            by_hand.display(),
        )
    }
}

/// What was tried for a file that could not be had, and how to get it by hand.
#[derive(Debug)]
pub struct NoSource {
    /// The entry that needs the file.
    pub model: String,
    /// The file's name.
    pub file: String,
    /// Its size.
    pub size_bytes: u64,
    /// What it must hash to.
    pub sha256: Sha256Hex,
    /// Where to put a copy got by hand.
    pub put_at: PathBuf,
    /// Each source tried with the reason why it failed, in order.
    pub attempts: Vec<(String, String)>,
}

impl fmt::Display for NoSource {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}: no source gave {}", self.model, self.file)?;
        for (source, reason) in &self.attempts {
            writeln!(out, "  tried {source}: {reason}")?;
        }
        write!(
            out,
            "  by hand: get {} ({} bytes, sha256 {}) on any machine, put it at {} and run again: microgpt models pull {}",
            self.file,
            self.size_bytes,
            self.sha256,
            self.put_at.display(),
            self.model,
        )
    }
}
