//! The `Q8_0` format: blocks of 32 values, each a 16-bit float scale and 32 signed bytes.

use half::f16;

/// Values of one block.
pub const BLOCK_VALUES: usize = 32;
/// Bytes of one block: the scale, then one byte a value.
pub const BLOCK_BYTES: usize = 2 + BLOCK_VALUES;

/// Quantizes rows whose length is a multiple of [`BLOCK_VALUES`]; the error of a value is at most half
/// of its block's scale, which is the block's largest magnitude divided by 127.
///
/// # Panics
/// If `values` doesn't divide into whole blocks.
#[must_use]
pub fn quantize_q8_0(values: &[f32]) -> Vec<u8> {
    assert!(
        values.len().is_multiple_of(BLOCK_VALUES),
        "Q8_0 rows are whole blocks"
    );
    let mut bytes = Vec::with_capacity(values.len() / BLOCK_VALUES * BLOCK_BYTES);
    for block in values.as_chunks::<BLOCK_VALUES>().0 {
        let largest = block
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        // Divide by the scale as it will be read back, so that its own rounding costs nothing.
        let scale = f16::from_f32(largest / 127.0);
        let inverse = if scale == f16::ZERO {
            0.0
        } else {
            1.0 / scale.to_f32()
        };
        bytes.extend_from_slice(&scale.to_le_bytes());
        bytes.extend(block.iter().map(|value| nearest_byte(value * inverse)));
    }
    bytes
}

/// The values of whole blocks; bytes after the last whole one are passed over.
#[must_use]
pub fn dequantize_q8_0(bytes: &[u8]) -> Vec<f32> {
    let mut values = Vec::with_capacity(bytes.len() / BLOCK_BYTES * BLOCK_VALUES);
    for block in bytes.as_chunks::<BLOCK_BYTES>().0 {
        let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
        values.extend(
            block[2..]
                .iter()
                .map(|byte| scale * f32::from(byte.cast_signed())),
        );
    }
    values
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "clamped to the range of i8 before"
)]
fn nearest_byte(value: f32) -> u8 {
    (value.round().clamp(-127.0, 127.0) as i8).cast_unsigned()
}
