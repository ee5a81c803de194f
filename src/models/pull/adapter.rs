//! Finding the adapter that an entry names, and merging it into the base's weights.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    super::{
        adapter::{Adapter, AdapterError},
        digest::Sha256Hex,
        error::{AdapterMissing, ModelError},
        manifest::Entry,
    },
    place::Places,
    progress::say,
};

/// The entry's adapter, if it has one: the content that the manifest names, made for the base that it
/// names.
pub(super) fn find(places: &Places, entry: &Entry) -> Result<Option<Adapter>, ModelError> {
    let Some((base, wanted)) = entry.tuned() else {
        return Ok(None);
    };
    let looked_at = places.adapter(entry, wanted);
    let Some(path) = looked_at.iter().find(|path| path.is_file()) else {
        return Err(ModelError::NoAdapter(Box::new(AdapterMissing {
            model: entry.name.clone(),
            base: base.to_owned(),
            adapter: wanted.clone(),
            looked_at,
        })));
    };
    let refused = |problem| ModelError::Adapter {
        model: entry.name.clone(),
        path: path.clone(),
        problem: Box::new(problem),
    };
    // What is wrong with it comes first: a hash says only that something is.
    let adapter = Adapter::open(path).map_err(refused)?;
    if let Some(original) = entry.files.first() {
        adapter
            .must_be_of(base, &original.sha256)
            .map_err(refused)?;
    }
    let found = Sha256Hex::of_file(path).map_err(ModelError::io(path))?;
    if found != wanted.sha256 {
        return Err(ModelError::OtherAdapter {
            model: entry.name.clone(),
            path: path.clone(),
            expected: wanted.sha256.clone(),
            found,
        });
    }
    Ok(Some(adapter))
}

/// The base's weights with an adapter added, in 32 bits. The file goes when this is dropped: it is
/// four times as big as what serves.
pub(super) struct Merged(Temporary);

/// A file that is removed when this is dropped. If it can't be, the next pull writes over it.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Merged {
    /// Makes it at `path` from the base's original. Costly: seconds, and half a gigabyte of disk for
    /// 135 million weights.
    pub(super) fn make(
        entry: &Entry,
        adapter: &Adapter,
        original: &Path,
        path: PathBuf,
        quantize: &impl Fn(&Path, &Path, &str) -> Result<(), String>,
    ) -> Result<Self, ModelError> {
        let whole = Temporary(path.with_extension("whole.part"));
        let merged = Self(Temporary(path));
        if let Some((base, file)) = entry.tuned() {
            say(&format!(
                "{}: merging {}, version {}, into {base}",
                entry.name, file.file, file.version
            ));
        }
        let failed = |reason| ModelError::Derive {
            file: entry.file.to_string(),
            reason,
        };
        let refused = |problem: AdapterError| ModelError::Adapter {
            model: entry.name.clone(),
            path: adapter.path().to_owned(),
            problem: Box::new(problem),
        };
        match adapter.student() {
            Some(shape) => {
                quantize(original, &whole.0, "F32").map_err(failed)?;
                let cut = shape.cut(&whole.0, merged.path());
                cut.map_err(|problem| refused(problem.into()))?;
            }
            None => quantize(original, merged.path(), "F32").map_err(failed)?,
        }
        adapter.add_to(merged.path()).map_err(refused)?;
        Ok(merged)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0.0
    }
}
