//! Vectors of a generation: a flat matrix of each kind, searched exactly.
//!
//! Rows have length 1, so a dot product is a cosine. Exact search over some thousand rows takes
//! well under a millisecond; an approximate index is not worth its memory at that size.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

/// Sums kept side by side, so that the compiler can use the widest vector unit.
const LANES: usize = 16;

/// Rows of `dimensions` numbers each, one after another.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Matrix {
    dimensions: usize,
    values: Vec<f32>,
}

impl Matrix {
    /// An empty matrix with room for `rows`.
    pub(crate) fn with_capacity(dimensions: usize, rows: usize) -> Self {
        Self {
            dimensions,
            values: Vec::with_capacity(dimensions * rows),
        }
    }

    /// Adds a row, scaled to length 1; a row of zeros stays so and fits nothing.
    pub(crate) fn push(&mut self, row: &[f32]) {
        debug_assert_eq!(row.len(), self.dimensions, "all rows are equally long");
        let scale = unit_scale(row);
        self.values.extend(row.iter().map(|value| value * scale));
    }

    /// How long the rows are.
    pub(crate) fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The row numbered `index`.
    pub(crate) fn row(&self, index: usize) -> &[f32] {
        &self.values[index * self.dimensions..(index + 1) * self.dimensions]
    }

    /// The cosine of `query`, scaled to length 1, with the row numbered `index`.
    pub(crate) fn cosine(&self, query: &[f32], index: usize) -> f32 {
        dot(query, self.row(index))
    }

    /// Writes the rows as little-endian 32-bit floats. Blocking.
    pub(crate) fn save(&self, file: &Path) -> io::Result<()> {
        let bytes: Vec<u8> = self.values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let mut out = fs::File::create(file)?;
        out.write_all(&bytes)?;
        out.sync_all()
    }

    /// Reads what `save` wrote. Blocking.
    ///
    /// # Errors
    /// The file can't be read or doesn't hold exactly `rows` rows.
    pub(crate) fn load(file: &Path, dimensions: usize, rows: usize) -> io::Result<Self> {
        let bytes = fs::read(file)?;
        if bytes.len() != dimensions * rows * size_of::<f32>() {
            let found = bytes.len();
            let message = format!("{rows} vectors of {dimensions} expected, {found} bytes found");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        let values = bytes
            .as_chunks()
            .0
            .iter()
            .map(|bytes| f32::from_le_bytes(*bytes))
            .collect();
        Ok(Self { dimensions, values })
    }
}

/// `vector` scaled to length 1, or nothing where that can't be done.
pub(crate) fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    let scale = unit_scale(vector);
    (scale > 0.0).then(|| vector.iter().map(|value| value * scale).collect())
}

fn unit_scale(vector: &[f32]) -> f32 {
    let length = dot(vector, vector).sqrt();
    if length.is_normal() {
        1.0 / length
    } else {
        0.0
    }
}

pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, a_rest) = a.as_chunks::<LANES>();
    let (b_lanes, b_rest) = b.as_chunks::<LANES>();
    let mut sums = [0.0_f32; LANES];
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_scaled_to_length_one() {
        let mut matrix = Matrix::with_capacity(2, 1);
        matrix.push(&[3.0, 4.0]);
        assert!((matrix.cosine(&[0.6, 0.8], 0) - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_row_of_zeros_fits_nothing() {
        let mut matrix = Matrix::with_capacity(2, 1);
        matrix.push(&[0.0, 0.0]);
        assert!(matrix.cosine(&[1.0, 0.0], 0).abs() < f32::EPSILON);
        assert!(unit(&[0.0, 0.0]).is_none());
        assert!(unit(&[f32::NAN, 1.0]).is_none());
    }

    #[test]
    fn the_dot_product_counts_every_element_whatever_the_length() {
        for length in [1_u8, 15, 16, 17, 33] {
            let ones = vec![1.0; usize::from(length)];
            assert!((dot(&ones, &ones) - f32::from(length)).abs() < 1e-6);
        }
    }

    #[test]
    fn what_is_saved_is_loaded_and_a_truncated_file_is_refused() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("vectors");
        let mut matrix = Matrix::with_capacity(3, 2);
        matrix.push(&[1.0, 0.0, 0.0]);
        matrix.push(&[0.0, 1.0, 0.0]);
        matrix.save(&file).expect("saved");
        assert_eq!(Matrix::load(&file, 3, 2).expect("loaded"), matrix);
        fs::write(&file, [0; 7]).expect("truncated");
        assert!(Matrix::load(&file, 3, 2).is_err());
    }
}
