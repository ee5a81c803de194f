//! How the models did on the queries that mean nearly the same, by the cosine of their vectors.

use std::thread;

/// The neighbours that an estimate rests on: many, since each says little…
const MOST: usize = 100;
/// …but no more than this part of all.
const PART: usize = 8;
/// The list is this much longer, as some of it is held out.
const SPARE: usize = 3;

/// How many neighbours an estimate from `rows` rows rests on.
fn wanted(rows: usize) -> usize {
    (rows / PART).clamp(1, MOST)
}

/// The nearest rows, nearest first, and their cosines.
pub(super) type Nearest = Vec<(u32, f32)>;

/// The nearest others of each vector. Costly: all are compared with all, on all cores.
pub(super) fn among(vectors: &[Vec<f32>]) -> Vec<Nearest> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let size = vectors.len().div_ceil(workers).max(1);
    let count = SPARE * wanted(vectors.len());
    thread::scope(|scope| {
        let parts = vectors.chunks(size).enumerate().map(|(part, chunk)| {
            scope.spawn(move || {
                let own = (part * size..).zip(chunk);
                own.map(|(index, vector)| nearest(vector, vectors, count, Some(index)))
                    .collect::<Vec<_>>()
            })
        });
        let working: Vec<_> = parts.collect();
        let done = working.into_iter().map(thread::ScopedJoinHandle::join);
        done.flat_map(|part| part.expect("comparing vectors doesn't panic"))
            .collect()
    })
}

/// The nearest of all `vectors` to a new one.
pub(super) fn to(vector: &[f32], vectors: &[Vec<f32>]) -> Nearest {
    nearest(vector, vectors, wanted(vectors.len()), None)
}

fn nearest(vector: &[f32], vectors: &[Vec<f32>], count: usize, but: Option<usize>) -> Nearest {
    let others = (0_u32..).zip(vectors);
    let mut all: Nearest = others
        .filter(|(index, _)| but != Some(*index as usize))
        .map(|(index, other)| (index, dot(vector, other)))
        .collect();
    let nearer = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if count < all.len() {
        all.select_nth_unstable_by(count, nearer);
        all.truncate(count);
    }
    all.sort_unstable_by(nearer);
    all
}

/// The weighted mean of both answers over the nearest rows that are `known`, of which there are
/// `rows`; `otherwise` where there is none.
pub(super) fn estimate(
    nearest: &[(u32, f32)],
    answers: &[[f32; 2]],
    rows: usize,
    known: impl Fn(usize) -> bool,
    otherwise: [f32; 2],
) -> [f32; 2] {
    let near = nearest
        .iter()
        .map(|&(index, cosine)| (index as usize, cosine.max(0.0).powi(2)))
        .filter(|(index, _)| known(*index))
        .take(wanted(rows));
    let (mut sums, mut weights) = ([0.0; 2], 0.0);
    for (index, weight) in near {
        weights += weight;
        for (sum, answer) in sums.iter_mut().zip(answers[index]) {
            *sum += weight * answer;
        }
    }
    if weights > 0.0 {
        sums.map(|sum| sum / weights)
    } else {
        otherwise
    }
}

/// In lanes, so that it runs on vector units.
fn dot(one: &[f32], other: &[f32]) -> f32 {
    const LANES: usize = 16;
    let mut sums = [0.0_f32; LANES];
    for (a, b) in one.chunks(LANES).zip(other.chunks(LANES)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vectors() -> Vec<Vec<f32>> {
        let angle = |degrees: u8| {
            let (sine, cosine) = f32::from(degrees).to_radians().sin_cos();
            vec![cosine, sine]
        };
        [0, 10, 20, 80, 90].map(angle).into()
    }

    fn same(found: [f32; 2], wanted: [f32; 2]) -> bool {
        found
            .iter()
            .zip(wanted)
            .all(|(found, wanted)| (found - wanted).abs() < 1e-6)
    }

    #[test]
    fn neighbours_come_nearest_first_and_nobody_is_their_own() {
        let all = among(&vectors());
        assert_eq!(all[0][0].0, 1);
        assert_eq!(all[3][0].0, 4);
        for (own, nearest) in all.iter().enumerate() {
            assert!(nearest.iter().all(|(index, _)| *index as usize != own));
        }
        assert_eq!(to(&[1.0, 0.0], &vectors())[0].0, 0);
    }

    #[test]
    fn an_estimate_looks_only_at_known_rows() {
        let near = [(1, 0.9), (0, 0.8), (2, 0.7)];
        let answers = [[1.0, 1.0], [0.0, 1.0], [1.0, 0.0]];
        let found = estimate(&near, &answers, 3, |index| index != 1, [0.5; 2]);
        assert!(same(found, [1.0, 1.0]), "one neighbour, the nearest known");
        assert!(same(
            estimate(&near, &answers, 3, |_| false, [0.5; 2]),
            [0.5; 2]
        ));
    }
}
