//! A LoRA adapter: what its file says, whether it belongs to a base, and adding it to the base's weights.
//!
//! An adapter changes some matrices W of its base by a product of two thin ones: W + alpha/rank · B·A
//! (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021). In its GGUF they are
//! `W.lora_a`, rank rows as long as those of W, and `W.lora_b`, one row of rank numbers for each row of
//! W. Which file is the base, and quantizing what comes out, are [`super::pull`]'s.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
};

use super::{
    digest::Sha256Hex,
    student::{Shape, StudentError},
};
use crate::gguf::{self, GgufError, Header, TensorInfo, TensorType};

/// The metadata key that names the base, as the manifest calls it.
pub const BASE_KEY: &str = "microgpt.base";
/// The metadata key of the SHA-256 of the base's original file.
pub const BASE_SHA256_KEY: &str = "microgpt.base_sha256";

/// At most so many numbers of a base's matrix are in memory at a time.
const MOST_NUMBERS: usize = 1 << 20;

/// Why an adapter can't be used.
#[derive(Debug, thiserror::Error)]
pub enum AdapterError {
    /// The adapter or the base is no whole GGUF.
    #[error(transparent)]
    Gguf(#[from] GgufError),
    /// Another kind of file.
    #[error("it is no LoRA adapter: its {key} is {found}, where {wanted} is wanted")]
    NotAdapter {
        /// The metadata key.
        key: &'static str,
        /// Its value.
        found: String,
        /// What an adapter has there.
        wanted: &'static str,
    },
    /// It was tuned on something else.
    #[error(
        "it is an adapter of the base '{found}' (sha256 {found_sha256}); the base here is '{wanted}' (sha256 {wanted_sha256})"
    )]
    OtherBase {
        /// The base that it names.
        found: String,
        /// The hash that it names.
        found_sha256: String,
        /// The base that the manifest names.
        wanted: String,
        /// The hash of that one's original.
        wanted_sha256: Sha256Hex,
    },
    /// A tensor that is no half of a pair.
    #[error("its tensor {0} has no counterpart: for each NAME.lora_a there must be a NAME.lora_b")]
    Unpaired(String),
    /// A matrix that the base doesn't have.
    #[error("it changes {0}, which the base doesn't have")]
    NoSuchWeight(String),
    /// Two matrices whose product is not of the base's shape.
    #[error("{weight}: A is {a:?} and B is {b:?}, which doesn't fit a base of {base:?}")]
    Shape {
        /// The base's matrix.
        weight: String,
        /// Shape of A, row length first.
        a: Vec<u64>,
        /// Shape of B.
        b: Vec<u64>,
        /// Shape in the base.
        base: Vec<u64>,
    },
    /// It is of a student that can't be had.
    #[error(transparent)]
    Student(#[from] StudentError),
    /// Something that is no number.
    #[error("{0} holds something that is no number")]
    NotFinite(String),
    /// The base's weights can't be read or written.
    #[error("the base's weights: {0}")]
    Io(#[from] io::Error),
}

/// An adapter whose file is whole and whose matrices come in pairs.
#[derive(Debug)]
pub struct Adapter {
    path: PathBuf,
    header: Header,
    alpha: f32,
    /// The names of the matrices that are changed.
    weights: BTreeSet<String>,
    /// What of the base it is for, if not the whole.
    student: Option<Shape>,
}

impl Adapter {
    /// Reads the header of the file. Blocks for milliseconds.
    ///
    /// # Errors
    /// [`AdapterError`]: it is damaged or something else.
    pub fn open(path: &Path) -> Result<Self, AdapterError> {
        let header = gguf::check_with_lists(path)?;
        let must_be = |key, wanted| match header.text(key) {
            Some(found) if found == wanted => Ok(()),
            found => Err(AdapterError::NotAdapter {
                key,
                found: found.map_or("absent".to_owned(), |found| format!("'{found}'")),
                wanted,
            }),
        };
        must_be("general.type", "adapter")?;
        must_be("adapter.type", "lora")?;
        let alpha = header.float("adapter.lora.alpha");
        let alpha = alpha.filter(|alpha| alpha.is_finite() && *alpha > 0.0);
        let alpha = alpha.ok_or(AdapterError::NotAdapter {
            key: "adapter.lora.alpha",
            found: "absent or no such number".to_owned(),
            wanted: "a positive float",
        })?;
        let weights = pairs(&header)?;
        Ok(Self {
            path: path.to_owned(),
            student: Shape::of(&header)?,
            header,
            alpha,
            weights,
        })
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is cut out of the base before it is added, if not the whole.
    #[must_use]
    pub fn student(&self) -> Option<&Shape> {
        self.student.as_ref()
    }

    /// Makes sure that it was tuned on the base called `name` whose original has that hash. The hash
    /// decides: a base may go by another name elsewhere.
    ///
    /// # Errors
    /// [`AdapterError::OtherBase`], with both names.
    pub fn must_be_of(&self, name: &str, sha256: &Sha256Hex) -> Result<(), AdapterError> {
        let said = |key| self.header.text(key).unwrap_or("not named").to_owned();
        let found_sha256 = said(BASE_SHA256_KEY);
        if found_sha256 == sha256.as_str() {
            return Ok(());
        }
        Err(AdapterError::OtherBase {
            found: said(BASE_KEY),
            found_sha256,
            wanted: name.to_owned(),
            wanted_sha256: sha256.clone(),
        })
    }

    /// Adds it to the base, a GGUF whose matrices are F32, in place. Costly: seconds. The base is
    /// half changed if it fails.
    ///
    /// # Errors
    /// [`AdapterError`].
    pub fn add_to(&self, base: &Path) -> Result<(), AdapterError> {
        let base_header = gguf::check(base)?;
        let base_file = File::options().read(true).write(true).open(base)?;
        let adapter_file = File::open(&self.path).map_err(GgufError::Io)?;
        for weight in &self.weights {
            let half = |name: &str| {
                let tensor = self.header.tensor(name);
                tensor.ok_or_else(|| AdapterError::Unpaired(name.to_owned()))
            };
            let (a, b) = (half(&a_of(weight))?, half(&b_of(weight))?);
            let target = base_header.tensor(weight);
            let target = target.ok_or_else(|| AdapterError::NoSuchWeight(weight.clone()))?;
            let rank = rank(weight, a, b, target)?;
            if target.type_id != TensorType::F32.id() {
                return Err(GgufError::Format(weight.clone()).into());
            }
            let numbers = |half: &TensorInfo| -> Result<Vec<f32>, AdapterError> {
                let numbers = gguf::read_floats(&adapter_file, &self.header, half)?;
                if numbers.iter().all(|number| number.is_finite()) {
                    return Ok(numbers);
                }
                Err(AdapterError::NotFinite(half.name.clone()))
            };
            let product = Product {
                a: numbers(a)?,
                b: numbers(b)?,
                rank: usize::from(rank),
                scale: self.alpha / f32::from(rank),
            };
            product.add_to(&base_file, base_header.data_start + target.offset)?;
        }
        Ok(())
    }
}

/// The matrices that are changed; each has both its halves, and nothing else is in the file.
fn pairs(header: &Header) -> Result<BTreeSet<String>, AdapterError> {
    let names: BTreeSet<&str> = header.tensors.iter().map(|t| t.name.as_str()).collect();
    let mut weights = BTreeSet::new();
    for name in &names {
        let weight = name
            .strip_suffix(".lora_a")
            .or_else(|| name.strip_suffix(".lora_b"))
            .filter(|weight| {
                names.contains(a_of(weight).as_str()) && names.contains(b_of(weight).as_str())
            })
            .ok_or_else(|| AdapterError::Unpaired((*name).to_owned()))?;
        weights.insert(weight.to_owned());
    }
    Ok(weights)
}

fn a_of(weight: &str) -> String {
    format!("{weight}.lora_a")
}

fn b_of(weight: &str) -> String {
    format!("{weight}.lora_b")
}

/// How many rows A has, if both halves fit the base's matrix.
fn rank(
    weight: &str,
    a: &TensorInfo,
    b: &TensorInfo,
    base: &TensorInfo,
) -> Result<u16, AdapterError> {
    let fitting = match (
        a.shape.as_slice(),
        b.shape.as_slice(),
        base.shape.as_slice(),
    ) {
        ([a_row, a_rows], [b_row, b_rows], [row, rows]) => {
            *row > 0 && a_row == row && b_rows == rows && a_rows == b_row
        }
        _ => false,
    };
    let rank = a.shape.get(1).and_then(|rank| u16::try_from(*rank).ok());
    rank.filter(|rank| fitting && *rank > 0)
        .ok_or_else(|| AdapterError::Shape {
            weight: weight.to_owned(),
            a: a.shape.clone(),
            b: b.shape.clone(),
            base: base.shape.clone(),
        })
}

/// scale · B·A, never computed whole.
struct Product {
    /// Rows as long as the base's.
    a: Vec<f32>,
    /// Rows of `rank` numbers.
    b: Vec<f32>,
    rank: usize,
    scale: f32,
}

impl Product {
    /// Adds it to the floats of `file` that begin at `start`, some rows at a time.
    fn add_to(&self, mut file: &File, start: u64) -> io::Result<()> {
        let row = self.a.len() / self.rank;
        let rows_at_once = (MOST_NUMBERS / row).max(1);
        let mut position = start;
        for b in self.b.chunks(rows_at_once * self.rank) {
            let mut bytes = vec![0; b.len() / self.rank * row * size_of::<f32>()];
            file.seek(SeekFrom::Start(position))?;
            file.read_exact(&mut bytes)?;
            let mut weights = gguf::to_floats(&bytes);
            for (weights, b) in weights.chunks_mut(row).zip(b.chunks(self.rank)) {
                self.add_to_row(weights, b);
            }
            file.seek(SeekFrom::Start(position))?;
            file.write_all(&gguf::to_bytes(&weights))?;
            position += bytes.len() as u64;
        }
        Ok(())
    }

    fn add_to_row(&self, weights: &mut [f32], b: &[f32]) {
        for (factor, a) in b.iter().zip(self.a.chunks(weights.len())) {
            let factor = self.scale * factor;
            for (weight, a) in weights.iter_mut().zip(a) {
                *weight += factor * a;
            }
        }
    }
}

#[cfg(test)]
#[path = "adapter_tests.rs"]
mod tests;
