//! Cosines of what is left when the mean of all rows is taken away.
//!
//! Texts of one knowledge base have much in common: every question of a shop is about orders. What
//! they share says nothing about which one is meant, and hides what does. Taking the mean away
//! before comparing is the first step of "all-but-the-top" (Mu and Viswanath, 2018). A few rows
//! say little about their mean, so it is shrunk towards nothing where there are few.

use std::ops::Range;

use super::vectors::{Matrix, dot};

/// With as many rows as this, half of their mean is taken away.
const PRIOR_ROWS: f32 = 5.0;
/// Of vectors shorter than this once the mean is gone, nothing can be said.
const SHORTEST: f32 = 1e-3;

/// The mean of some rows of a matrix, and what is known about each row beside it.
#[derive(Debug)]
pub(crate) struct Centre {
    first: usize,
    mean: Vec<f32>,
    mean_square: f32,
    rows: Vec<Beside>,
}

/// A vector of length 1 seen from the mean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beside {
    /// Its product with the mean.
    product: f32,
    /// One over its distance from the mean; 0 where it lies on it.
    scale: f32,
}

impl Centre {
    /// The centre of the rows `range` of `vectors`.
    pub(crate) fn of(vectors: &Matrix, range: Range<usize>, dimensions: usize) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "rows are far below 2^23")]
        let count = range.len() as f32;
        let mut mean = vec![0.0_f32; dimensions];
        for row in range.clone() {
            for (sum, value) in mean.iter_mut().zip(vectors.row(row)) {
                *sum += value;
            }
        }
        for sum in &mut mean {
            *sum /= count + PRIOR_ROWS;
        }
        let mut centre = Self {
            first: range.start,
            mean_square: dot(&mean, &mean),
            mean,
            rows: Vec::with_capacity(range.len()),
        };
        for row in range {
            let beside = centre.see(vectors.row(row));
            centre.rows.push(beside);
        }
        centre
    }

    /// A vector of length 1, seen from the mean.
    pub(crate) fn see(&self, vector: &[f32]) -> Beside {
        let product = dot(vector, &self.mean);
        let square = 1.0 - 2.0 * product + self.mean_square;
        let distance = square.max(0.0).sqrt();
        Beside {
            product,
            scale: if distance > SHORTEST {
                1.0 / distance
            } else {
                0.0
            },
        }
    }

    /// The cosine from the mean of a vector seen as `query` with the row `row`, whose plain cosine
    /// is `cosine`.
    pub(crate) fn cosine(&self, query: Beside, row: usize, cosine: f32) -> f32 {
        let beside = self.rows[row - self.first];
        let product = cosine - query.product - beside.product + self.mean_square;
        product * query.scale * beside.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(rows: &[[f32; 3]]) -> Matrix {
        let mut matrix = Matrix::with_capacity(3, rows.len());
        for row in rows {
            matrix.push(row);
        }
        matrix
    }

    #[test]
    fn what_all_rows_share_no_longer_counts() {
        // All point along the first axis; they differ in the second and third.
        let rows = matrix(&[
            [5.0, 1.0, 0.0],
            [5.0, 0.0, 1.0],
            [5.0, -1.0, 0.0],
            [5.0, 0.0, -1.0],
        ]);
        let centre = Centre::of(&rows, 0..4, 3);
        let query = rows.row(0).to_vec();
        let seen = centre.see(&query);
        let plain = rows.cosine(&query, 1);
        assert!(plain > 0.95);
        assert!(centre.cosine(seen, 1, plain) < plain - 0.05);
        assert!((centre.cosine(seen, 0, rows.cosine(&query, 0)) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn a_single_row_is_still_like_itself() {
        let rows = matrix(&[[1.0, 2.0, 3.0]]);
        let centre = Centre::of(&rows, 0..1, 3);
        let query = rows.row(0).to_vec();
        assert!((centre.cosine(centre.see(&query), 0, 1.0) - 1.0).abs() < 1e-3);
    }

    #[test]
    fn rows_are_numbered_as_in_the_matrix() {
        let rows = matrix(&[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        let centre = Centre::of(&rows, 1..3, 3);
        let query = rows.row(2).to_vec();
        let seen = centre.see(&query);
        assert!(centre.cosine(seen, 2, 1.0) > centre.cosine(seen, 1, 0.0));
    }

    #[test]
    fn no_rows_have_no_centre_to_speak_of() {
        let centre = Centre::of(&matrix(&[]), 0..0, 3);
        assert!(centre.mean_square.abs() < f32::EPSILON);
    }
}
