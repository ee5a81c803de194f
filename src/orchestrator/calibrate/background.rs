//! The background: requests that no such knowledge base answers, as vectors.
//!
//! The texts are a file of the program, written for it; their vectors are computed once for an
//! encoder and kept beside its file; beside the index, where that folder can't be written.

use std::{fs, io, path::Path};

use sha2::{Digest, Sha256};

use crate::engine::{Encoder, EngineError, Priority};

const TEXTS: &str = include_str!("../../../models/router/background.txt");
const FILE: &str = "background.f32";

/// The background requests' vectors.
#[derive(Clone, Debug, Default)]
pub(super) struct Background {
    rows: Vec<Vec<f32>>,
}

/// The requests, in order.
pub(super) fn texts() -> Vec<&'static str> {
    let lines = TEXTS.lines().map(str::trim);
    lines
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

impl Background {
    /// Reads the vectors from the first of `folders` that has them, or computes them and keeps them
    /// in the first that takes them.
    ///
    /// # Errors
    /// The encoder fails. A file that can't be read or written costs time only.
    pub(super) async fn load(folders: [&Path; 2], encoder: &Encoder) -> Result<Self, EngineError> {
        let stamp = Sha256::digest(format!("{} {TEXTS}", encoder.fingerprint()));
        let files = folders.map(|folder| folder.join(FILE));
        let mut kept = files.iter();
        if let Some(rows) = kept.find_map(|file| read(file, &stamp, encoder.dimensions())) {
            return Ok(Self { rows });
        }
        let texts: Vec<String> = texts().into_iter().map(ToOwned::to_owned).collect();
        let mut rows = Vec::with_capacity(texts.len());
        for batch in texts.chunks(super::BATCH) {
            let vectors = encoder.embed(batch.to_vec(), Priority::Bulk).await?;
            rows.extend(vectors);
        }
        let numbers = rows.iter().flatten().flat_map(|value| value.to_le_bytes());
        let bytes: Vec<u8> = stamp.iter().copied().chain(numbers).collect();
        if !files.iter().any(|file| keep(file, &bytes).is_ok()) {
            tracing::warn!(
                "the background's vectors can't be kept; each start computes them again"
            );
        }
        Ok(Self { rows })
    }

    /// Each request and its vector.
    pub(super) fn requests(&self) -> impl Iterator<Item = (&'static str, &[f32])> {
        let rows = self.rows.iter().map(Vec::as_slice);
        texts().into_iter().zip(rows)
    }
}

/// Writes the file whole or not at all: other processes may read it meanwhile.
fn keep(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let working = file.with_extension(format!("{}.part", std::process::id()));
    fs::write(&working, bytes)?;
    fs::rename(&working, file)
}

/// The rows of the file, if it has the stamp and the right length.
fn read(file: &Path, stamp: &[u8], dimensions: usize) -> Option<Vec<Vec<f32>>> {
    let bytes = fs::read(file).ok()?;
    let numbers = bytes.strip_prefix(stamp)?;
    let values: Vec<f32> = (numbers.as_chunks().0.iter())
        .map(|bytes| f32::from_le_bytes(*bytes))
        .collect();
    let whole = values.len() == texts().len() * dimensions;
    whole.then(|| values.chunks(dimensions).map(<[f32]>::to_vec).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_hundreds_of_requests_and_no_two_alike() {
        let mut texts = texts();
        let count = texts.len();
        assert!(count >= 400);
        texts.sort_unstable();
        texts.dedup();
        assert_eq!(texts.len(), count);
    }

    #[test]
    fn a_file_of_another_encoder_or_a_cut_one_is_not_read() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join(FILE);
        fs::write(&file, [b"stamp".as_slice(), &[0; 12]].concat()).expect("written");
        assert!(read(&file, b"other", 3).is_none());
        assert!(read(&file, b"stamp", 3).is_none());
        assert!(read(&folder.path().join("none"), b"stamp", 3).is_none());
    }
}
