//! What the queries are about, in a few numbers: the directions in which their vectors differ most.

/// A forest takes few numbers better than many.
pub(super) const DIRECTIONS: usize = 10;
const STEPS: usize = 25;

/// The mean and the first principal components.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Projection {
    pub(super) mean: Vec<f32>,
    pub(super) directions: Vec<Vec<f32>>,
}

impl Projection {
    /// By orthogonal iteration on the covariance of `vectors`, which are of one length.
    pub(super) fn of(vectors: &[Vec<f32>]) -> Self {
        let width = vectors.first().map_or(0, Vec::len);
        let mut mean = vec![0.0_f32; width];
        for vector in vectors {
            add(vector, share(1, vectors.len()), &mut mean);
        }
        let mut covariance = vec![vec![0.0_f32; width]; width];
        for vector in vectors {
            let from_mean: Vec<f32> = vector.iter().zip(&mean).map(|(a, b)| a - b).collect();
            for (row, &value) in covariance.iter_mut().zip(&from_mean) {
                add(&from_mean, value, row);
            }
        }
        // Any start will do that has a part in every direction.
        let start = |direction: usize| {
            (0..width)
                .map(|at| share((at * (direction + 3) * 7 + direction) % 13, 13) - 0.45)
                .collect()
        };
        let mut directions: Vec<Vec<f32>> = (0..DIRECTIONS.min(width)).map(start).collect();
        for _ in 0..STEPS {
            for direction in &mut directions {
                *direction = covariance.iter().map(|row| dot(row, direction)).collect();
            }
            make_orthonormal(&mut directions);
        }
        Self { mean, directions }
    }

    pub(super) fn of_vector(&self, vector: &[f32]) -> Vec<f32> {
        let from_mean: Vec<f32> = vector.iter().zip(&self.mean).map(|(a, b)| a - b).collect();
        let directions = self.directions.iter();
        directions
            .map(|direction| dot(direction, &from_mean))
            .collect()
    }
}

/// Gram and Schmidt; a direction that depends on those before it becomes zeros.
fn make_orthonormal(directions: &mut [Vec<f32>]) {
    for at in 0..directions.len() {
        let (before, rest) = directions.split_at_mut(at);
        let own = &mut rest[0];
        let length_before = dot(own, own).sqrt();
        for other in before {
            let along = dot(other, own);
            add(other, -along, own);
        }
        let length = dot(own, own).sqrt();
        let scale = if length > 1e-5 * length_before {
            length.recip()
        } else {
            0.0
        };
        for value in own.iter_mut() {
            *value *= scale;
        }
    }
}

fn dot(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn add(values: &[f32], factor: f32, to: &mut [f32]) {
    for (sum, value) in to.iter_mut().zip(values) {
        *sum += factor * value;
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^23")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_direction_is_that_of_most_difference() {
        let vectors: Vec<Vec<f32>> = (0..20_u8)
            .map(|at| vec![f32::from(at), 2.0 * f32::from(at), f32::from(at % 3)])
            .collect();
        let projection = Projection::of(&vectors);
        let first = &projection.directions[0];
        assert!((first[1] / first[0] - 2.0).abs() < 0.01, "{first:?}");
        let ends = [&vectors[0], &vectors[19]].map(|vector| projection.of_vector(vector)[0].abs());
        assert!(
            (ends[0] - ends[1]).abs() < 0.5,
            "the mean lies in the middle"
        );
    }

    #[test]
    fn equal_vectors_have_no_direction() {
        let projection = Projection::of(&vec![vec![1.0, 0.0]; 5]);
        assert_eq!(projection.of_vector(&[1.0, 0.0]), [0.0, 0.0]);
    }
}
