//! Where pulled files lie: the models folder that serves, and the user's cache folder that keeps
//! originals and finished files for the next clone.

use std::{
    env,
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use super::{
    super::{
        error::ModelError,
        manifest::{AdapterFile, Entry, Original},
    },
    progress::say,
};

/// The folders of a pull.
#[derive(Clone, Debug)]
pub struct Places {
    /// The folder of `models.toml` and of the served files.
    pub models_dir: PathBuf,
    /// Keeps what was fetched and made.
    pub cache_dir: PathBuf,
}

impl Places {
    /// The models folder with the user's cache folder: `$XDG_CACHE_HOME/microgpt`, else
    /// `~/.cache/microgpt`, else (no home) a hidden one inside the models folder.
    #[must_use]
    pub fn new(models_dir: &Path) -> Self {
        let folder = |variable| {
            env::var_os(variable)
                .map(PathBuf::from)
                .filter(|path: &PathBuf| path.is_absolute())
        };
        let cache =
            folder("XDG_CACHE_HOME").or_else(|| folder("HOME").map(|home| home.join(".cache")));
        Self {
            models_dir: models_dir.to_owned(),
            cache_dir: cache.map_or_else(
                || Self::fallback(models_dir),
                |cache| cache.join("microgpt"),
            ),
        }
    }

    /// Where an original belongs, fetched or put there by hand. A base's is kept once, for the base
    /// and for all that is made of it.
    #[must_use]
    pub fn original(&self, entry: &Entry, original: &Original) -> PathBuf {
        self.kept_of(entry.base.as_ref().unwrap_or(&entry.name))
            .join(&original.name)
    }

    /// Where an entry's adapter is looked for, in order: beside the manifest that names it, then
    /// where originals are put by hand.
    #[must_use]
    pub fn adapter(&self, entry: &Entry, adapter: &AdapterFile) -> [PathBuf; 2] {
        [
            self.models_dir.join(&adapter.file),
            self.kept_of(&entry.name).join(&adapter.file),
        ]
    }

    fn kept_of(&self, model: &str) -> PathBuf {
        self.cache_dir.join("models").join(model)
    }

    /// Where a finished file is kept, by what it is made of and how.
    pub(super) fn finished(&self, entry: &Entry, recipe: &str) -> PathBuf {
        self.cache_dir.join("served").join(recipe).join(&entry.file)
    }

    /// Where whole packages lie until their members are taken out.
    pub(super) fn downloads(&self) -> PathBuf {
        self.cache_dir.join("downloads")
    }

    /// The same with folders that exist: a cache folder that can't be made is replaced.
    pub(super) fn usable(&self) -> Result<Self, ModelError> {
        fs::create_dir_all(&self.models_dir).map_err(ModelError::io(&self.models_dir))?;
        let Err(reason) = fs::create_dir_all(self.downloads()) else {
            return Ok(self.clone());
        };
        let places = Self {
            cache_dir: Self::fallback(&self.models_dir),
            ..self.clone()
        };
        say(&format!(
            "{} can't be used ({reason}); keeping what is fetched in {}",
            self.cache_dir.display(),
            places.cache_dir.display()
        ));
        fs::create_dir_all(places.downloads()).map_err(ModelError::io(&places.cache_dir))?;
        Ok(places)
    }

    /// Waits until no other pull works on the cache folder; dropping the file lets the next one in.
    pub(super) fn lock(&self) -> Result<File, ModelError> {
        let path = self.cache_dir.join("lock");
        let file = File::create(&path).map_err(ModelError::io(&path))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => say("waiting for another pull to end"),
            Err(TryLockError::Error(source)) => return Err(ModelError::Io { path, source }),
        }
        file.lock().map_err(ModelError::io(&path))?;
        Ok(file)
    }

    fn fallback(models_dir: &Path) -> PathBuf {
        models_dir.join(".cache")
    }
}

/// The name of a file while it is being written.
pub(super) fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    name.into()
}
