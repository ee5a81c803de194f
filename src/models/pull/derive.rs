//! From originals to the file that serves, kept in the cache folder with its hash.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    super::{
        adapter::Adapter,
        bert,
        digest::Sha256Hex,
        error::ModelError,
        manifest::{Conversion, Entry},
        record::recipe,
    },
    adapter::Merged,
    place::{Places, part_of},
    progress::say,
};
use crate::gguf;

/// The finished file of an earlier pull with its hash, if it is still what it was.
pub(super) fn from_cache(
    places: &Places,
    entry: &Entry,
) -> Result<Option<(PathBuf, Sha256Hex)>, ModelError> {
    if let Some(original) = entry.served_as_fetched() {
        let path = places.original(entry, original);
        return Ok(has_hash(&path, &original.sha256)?.then(|| (path, original.sha256.clone())));
    }
    let finished = places.finished(entry, &recipe(entry));
    let noted = fs::read_to_string(noted_hash(&finished)).unwrap_or_default();
    let Ok(expected) = Sha256Hex::try_from(noted) else {
        return Ok(None);
    };
    Ok(has_hash(&finished, &expected)?.then_some((finished, expected)))
}

/// True if the file is there with that content.
pub(super) fn has_hash(path: &Path, expected: &Sha256Hex) -> Result<bool, ModelError> {
    match Sha256Hex::of_file(path) {
        Ok(found) => Ok(found == *expected),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(ModelError::Io {
            path: path.to_owned(),
            source,
        }),
    }
}

/// Makes the finished file from the originals in the cache folder, which were checked before.
pub(super) fn make(
    places: &Places,
    entry: &Entry,
    adapter: Option<&Adapter>,
    quantize: &impl Fn(&Path, &Path, &str) -> Result<(), String>,
) -> Result<(PathBuf, Sha256Hex), ModelError> {
    let failed = |reason: String| ModelError::Derive {
        file: entry.file.to_string(),
        reason,
    };
    let first = entry
        .files
        .first()
        .ok_or_else(|| failed("it has no files".into()))?;
    let original = places.original(entry, first);
    if entry.served_as_fetched().is_some() {
        gguf::check(&original).map_err(|problem| failed(problem.to_string()))?;
        return Ok((original, first.sha256.clone()));
    }

    let finished = places.finished(entry, &recipe(entry));
    let folder = finished.parent().unwrap_or(&places.cache_dir);
    fs::create_dir_all(folder).map_err(ModelError::io(folder))?;
    let part = part_of(&finished);
    match (entry.convert, entry.quantize.as_deref()) {
        (Some(Conversion::SafetensorsBert), format) => {
            say(&format!("{}: converting", entry.name));
            let format = bert::weights_format(format.unwrap_or("F32"));
            let format = format.ok_or_else(|| failed("its format is not known".into()))?;
            let originals = original.parent().unwrap_or(&places.cache_dir);
            bert::convert(originals, &part, &entry.name, format)
                .map_err(|error| failed(error.to_string()))?;
        }
        (None, Some(format)) => {
            let merge = |adapter| {
                let path = finished.with_extension("f32.part");
                Merged::make(entry, adapter, &original, path, quantize)
            };
            let merged = adapter.map(merge).transpose()?;
            say(&format!("{}: quantizing to {format}", entry.name));
            let from = merged.as_ref().map_or(original.as_path(), Merged::path);
            quantize(from, &part, format).map_err(failed)?;
        }
        (None, None) => {}
    }
    gguf::check(&part).map_err(|problem| failed(problem.to_string()))?;
    let sha256 = Sha256Hex::of_file(&part).map_err(ModelError::io(&part))?;
    // The hash goes first: a file without its hash is made again, a hash without its file is nothing.
    fs::write(noted_hash(&finished), sha256.as_str())
        .and_then(|()| fs::rename(&part, &finished))
        .map_err(ModelError::io(&finished))?;
    Ok((finished, sha256))
}

fn noted_hash(finished: &Path) -> PathBuf {
    finished.with_extension("sha256")
}
