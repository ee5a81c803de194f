//! A tensor's numbers as 32-bit floats, from the formats that an adapter is stored in.

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom},
};

use half::f16;

use super::{
    GgufError, Header, Q8_0_BLOCK_VALUES, TensorInfo, TensorType, dequantize_q8_0, stored_bytes,
};

/// Reads one tensor of a file whose extents were checked: no more is allocated than the file holds.
///
/// # Errors
/// [`GgufError::Format`] for formats other than F32, F16 and `Q8_0`; [`GgufError::Malformed`] for
/// rows of `Q8_0` that are no whole blocks; [`GgufError::Io`].
pub fn read_floats(
    file: &File,
    header: &Header,
    tensor: &TensorInfo,
) -> Result<Vec<f32>, GgufError> {
    let kind = TensorType::of(tensor.type_id);
    let kind = kind.ok_or_else(|| GgufError::Format(tensor.name.clone()))?;
    let row = tensor.shape.first().copied().unwrap_or(1);
    if kind == TensorType::Q8_0 && !row.is_multiple_of(Q8_0_BLOCK_VALUES as u64) {
        return Err(GgufError::Malformed("a row of Q8_0 is no whole blocks"));
    }
    let bytes = read_bytes(file, header, tensor)?;
    Ok(match kind {
        TensorType::F32 => to_floats(&bytes),
        TensorType::F16 => bytes
            .as_chunks::<2>()
            .0
            .iter()
            .map(|two| f16::from_le_bytes(*two).to_f32())
            .collect(),
        TensorType::Q8_0 => dequantize_q8_0(&bytes),
    })
}

/// Reads one tensor of such a file as it is stored.
///
/// # Errors
/// [`GgufError::Format`] for formats that are not known here; [`GgufError::Io`].
pub fn read_bytes(
    mut file: &File,
    header: &Header,
    tensor: &TensorInfo,
) -> Result<Vec<u8>, GgufError> {
    let overflow = || GgufError::Malformed("a tensor's size overflows");
    let values = tensor
        .shape
        .iter()
        .try_fold(1_u64, |product, size| product.checked_mul(*size))
        .ok_or_else(overflow)?;
    let length = stored_bytes(tensor.type_id, values)
        .ok_or_else(|| GgufError::Format(tensor.name.clone()))?;
    let mut bytes = vec![0; usize::try_from(length).map_err(|_| overflow())?];
    file.seek(SeekFrom::Start(header.data_start + tensor.offset))?;
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// The floats that `bytes` are, little-endian.
#[must_use]
pub fn to_floats(bytes: &[u8]) -> Vec<f32> {
    let fours = bytes.as_chunks::<4>().0.iter();
    fours.map(|four| f32::from_le_bytes(*four)).collect()
}

/// The bytes of `values`, little-endian.
#[must_use]
pub fn to_bytes(values: &[f32]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect()
}
