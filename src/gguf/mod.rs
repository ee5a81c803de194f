//! The GGUF container, version 3: enough of it to check any file, to write an encoder, to read an
//! adapter's numbers and to cut a part out of a model.
//!
//! Deliberately not here: what the metadata means to llama.cpp, and the formats that only whole models
//! are stored in. Layout: a header (magic, version, counts), metadata pairs, tensor descriptions, then
//! the tensors' data, each aligned.

mod floats;
mod q8_0;
mod read;
mod write;

pub use floats::{read_bytes, read_floats, to_bytes, to_floats};
pub use q8_0::{
    BLOCK_BYTES as Q8_0_BLOCK_BYTES, BLOCK_VALUES as Q8_0_BLOCK_VALUES, dequantize_q8_0,
    quantize_q8_0,
};
pub use read::{GgufError, Header, TensorInfo, check, check_with_lists, read_header};
pub use write::{Outline, Tensor, Value, write, write_outlined};

/// First bytes of every GGUF file.
pub(crate) const MAGIC: [u8; 4] = *b"GGUF";
/// The version written; 2 is read as well, its layout is the same.
pub(crate) const VERSION: u32 = 3;
/// Alignment of tensor data where the file's metadata names none.
pub(crate) const ALIGNMENT_BYTES: u64 = 32;

/// Numbers that stand for the types of metadata values.
pub(crate) mod value_type {
    pub(crate) const U32: u32 = 4;
    pub(crate) const I32: u32 = 5;
    pub(crate) const F32: u32 = 6;
    pub(crate) const BOOL: u32 = 7;
    pub(crate) const STRING: u32 = 8;
    pub(crate) const ARRAY: u32 = 9;
}

/// How a tensor's numbers are stored, of the formats read and written here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TensorType {
    /// 32-bit floats.
    F32,
    /// 16-bit floats.
    F16,
    /// Blocks of 32 signed bytes with one 16-bit scale.
    Q8_0,
}

impl TensorType {
    /// The number that stands for it in a file.
    #[must_use]
    pub fn id(self) -> u32 {
        match self {
            Self::F32 => 0,
            Self::F16 => 1,
            Self::Q8_0 => 8,
        }
    }

    /// The format of that number; `None` for others.
    #[must_use]
    pub fn of(id: u32) -> Option<Self> {
        [Self::F32, Self::F16, Self::Q8_0]
            .into_iter()
            .find(|kind| kind.id() == id)
    }
}

/// How many bytes `values` numbers take in the tensor format `id`; `None` for formats not known here.
#[must_use]
pub fn stored_bytes(id: u32, values: u64) -> Option<u64> {
    let (block_values, block_bytes) = block_of(id)?;
    values.div_ceil(block_values).checked_mul(block_bytes)
}

/// Values and bytes of one block of each tensor format that ggml defines.
fn block_of(id: u32) -> Option<(u64, u64)> {
    Some(match id {
        0 | 26 => (1, 4),
        1 | 25 | 30 => (1, 2),
        2 | 20 => (32, 18),
        3 => (32, 20),
        6 => (32, 22),
        7 => (32, 24),
        8 => (32, 34),
        9 => (32, 36),
        10 => (256, 84),
        11 | 21 => (256, 110),
        12 => (256, 144),
        13 => (256, 176),
        14 => (256, 210),
        15 => (256, 292),
        16 | 35 => (256, 66),
        17 => (256, 74),
        18 => (256, 98),
        19 => (256, 50),
        22 => (256, 82),
        23 => (256, 136),
        24 => (1, 1),
        27 | 28 => (1, 8),
        29 => (256, 56),
        34 => (256, 54),
        39 => (32, 17),
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
