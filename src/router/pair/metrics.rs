//! How good is an order of queries? The figures of the `RouteLLM` paper (arXiv 2406.18665, 3.2).
//!
//! The queries with the highest scores go to the strong model. As the share of such calls grows
//! from none to all, quality goes from the weak model's to the strong model's; the performance gap
//! recovered (PGR) is how much of that way it has gone.

use super::Row;

/// Quality as the share of calls to the strong model grows, one call a step.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The share of queries that the weak model answers rightly.
    pub weak: f64,
    /// The same of the strong model.
    pub strong: f64,
    /// PGR after 0, 1, … all calls.
    recovered: Vec<f64>,
}

impl Curve {
    /// `None` where the strong model is right no more often than the weak one: then there is no gap
    /// to recover.
    ///
    /// Queries of one score share what they gain equally, as if their order were drawn many times;
    /// so equal scores for all are the random router.
    #[must_use]
    pub fn new(rows: &[Row], scores: &[f32]) -> Option<Self> {
        let count = as_f64(rows.len());
        let weak = as_f64(rows.iter().filter(|row| row.weak).count());
        let strong = as_f64(rows.iter().filter(|row| row.strong).count());
        let gap = strong - weak;
        if gap <= 0.0 {
            return None;
        }
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let mut recovered = vec![0.0];
        let mut before = 0.0;
        for tied in order.chunk_by(|&a, &b| scores[a].total_cmp(&scores[b]).is_eq()) {
            let gained: f64 = tied
                .iter()
                .map(|&index| f64::from(rows[index].gain()))
                .sum();
            let steps = 1..=tied.len();
            recovered.extend(
                steps.map(|step| (before + gained * as_f64(step) / as_f64(tied.len())) / gap),
            );
            before += gained;
        }
        Some(Self {
            weak: weak / count,
            strong: strong / count,
            recovered,
        })
    }

    /// The mean of PGR over all shares of calls: 0.5 for a random router.
    #[must_use]
    pub fn apgr(&self) -> f64 {
        let middles = self
            .recovered
            .windows(2)
            .map(|pair| f64::midpoint(pair[0], pair[1]));
        middles.sum::<f64>() / as_f64(self.recovered.len() - 1)
    }

    /// The smallest share of calls to the strong model that recovers `wanted` of the gap.
    #[must_use]
    pub fn cpt(&self, wanted: f64) -> f64 {
        self.point(self.reaching(wanted)).0
    }

    /// The first point (share of calls, quality) at which `wanted` of the gap is recovered.
    #[must_use]
    pub fn point_reaching(&self, wanted: f64) -> (f64, f64) {
        self.point(self.reaching(wanted))
    }

    fn reaching(&self, wanted: f64) -> usize {
        // Sums of shares may end a rounding error below the whole.
        let reached = self.recovered.iter().position(|&pgr| pgr >= wanted - 1e-12);
        reached.unwrap_or(self.recovered.len() - 1)
    }

    fn point(&self, calls: usize) -> (f64, f64) {
        let quality = self.weak + self.recovered[calls] * (self.strong - self.weak);
        (as_f64(calls) / as_f64(self.recovered.len() - 1), quality)
    }

    /// At most `count` + 1 points (share of calls, quality) from no call to all.
    #[must_use]
    pub fn points(&self, count: usize) -> Vec<(f64, f64)> {
        let calls = self.recovered.len() - 1;
        let steps = count.clamp(1, calls);
        (0..=steps)
            .map(|step| self.point(step * calls / steps))
            .collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn as_f64(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(answers: &[(u8, u8)]) -> Vec<Row> {
        let row = |&(weak, strong): &(u8, u8)| Row {
            query: String::new(),
            weak: weak == 1,
            strong: strong == 1,
        };
        answers.iter().map(row).collect()
    }

    #[test]
    fn equal_scores_are_the_random_router() {
        let rows = rows(&[
            (0, 1),
            (1, 1),
            (1, 0),
            (0, 1),
            (0, 0),
            (0, 1),
            (1, 1),
            (0, 1),
            (1, 1),
            (0, 0),
        ]);
        let curve = Curve::new(&rows, &[0.3; 10]).expect("the strong model is better");
        assert!((curve.apgr() - 0.5).abs() < 1e-9);
        assert!((curve.cpt(0.5) - 0.5).abs() < 1e-9);
        assert!((curve.cpt(0.8) - 0.8).abs() < 1e-9);
    }

    #[test]
    fn figures_worked_out_by_hand() {
        let rows = rows(&[(1, 1), (0, 1), (1, 1), (0, 1)]);
        // The second goes first, then the first, then the fourth, then the third.
        let curve = Curve::new(&rows, &[0.6, 0.9, 0.1, 0.5]).expect("the strong model is better");
        assert_eq!(curve.recovered, [0.0, 0.5, 0.5, 1.0, 1.0]);
        assert!((curve.apgr() - 0.625).abs() < 1e-9);
        assert!((curve.cpt(0.5) - 0.25).abs() < 1e-9);
        assert!((curve.cpt(0.8) - 0.75).abs() < 1e-9);
        assert_eq!(curve.point_reaching(0.8), (0.75, 1.0));
        assert_eq!(curve.points(2), [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)]);
    }

    #[test]
    fn without_a_gap_there_is_no_figure() {
        assert_eq!(Curve::new(&rows(&[(1, 1), (0, 0)]), &[0.0, 1.0]), None);
        assert_eq!(Curve::new(&rows(&[(1, 0), (0, 0)]), &[0.0, 1.0]), None);
        assert_eq!(Curve::new(&[], &[]), None);
    }
}
