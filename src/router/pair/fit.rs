//! Fits a model: tries what is worth looking at by cross-validation, then learns from all rows.

use super::{
    Row,
    cross::{self, FOLDS, HeldOut, Plan},
    draw,
    file::EncoderName,
    length_score,
    material::{Material, Sight, Wording},
    model::{Candidate, FitReport, Model},
};

/// Fewer rows teach nothing.
const LEAST_ROWS: usize = 20;
/// Below so many rows, one round's figure depends much on how the folds fell.
const FEW_ROWS: usize = 2000;
const ROUNDS_OF_FEW: usize = 6;
const TREES: usize = 200;
const SEED: u64 = 1;
/// What is tried as the fewest rows of a leaf.
const LEAVES: [usize; 2] = [10, 20];

/// Rows that can't be learnt from.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FitError {
    /// Also where there are none.
    #[error("{0} rows; a fit needs at least {LEAST_ROWS}")]
    TooFew(usize),
    /// One class only.
    #[error("no row where one model is right and the other is not: there is nothing to tell apart")]
    NoDifference,
    /// APGR is not defined.
    #[error(
        "the strong model is right no more often than the weak one ({strong} and {weak} of {rows} \
         rows): there is no gap to recover"
    )]
    NoGap {
        /// Right answers of the weak model.
        weak: usize,
        /// Right answers of the strong model.
        strong: usize,
        /// All rows.
        rows: usize,
    },
}

/// What to fit on.
pub struct Job<'a> {
    /// The rows.
    pub rows: &'a [Row],
    /// The encoder's vector of each row's query, of length 1.
    pub vectors: &'a [Vec<f32>],
    /// The encoder.
    pub encoder: EncoderName,
    /// Lines on the data's origin and licence.
    pub provenance: Vec<String>,
    /// Told how many steps of how many are done.
    pub progress: &'a dyn Fn(usize, usize),
}

/// True where `rows` can be fitted on: to be asked before costly vectors are made.
///
/// # Errors
/// The reason why not.
pub fn check(rows: &[Row]) -> Result<(), FitError> {
    if rows.len() < LEAST_ROWS {
        return Err(FitError::TooFew(rows.len()));
    }
    if rows.iter().all(|row| row.gain() == 0) {
        return Err(FitError::NoDifference);
    }
    let weak = rows.iter().filter(|row| row.weak).count();
    let strong = rows.iter().filter(|row| row.strong).count();
    if strong <= weak {
        let rows = rows.len();
        return Err(FitError::NoGap { weak, strong, rows });
    }
    Ok(())
}

/// Chooses features and leaves by cross-validation, and fits with them on all rows. Costly.
///
/// # Errors
/// What [`check`] says.
pub fn fit(job: Job) -> Result<Model, FitError> {
    check(job.rows)?;
    let material = Material::of(job.rows, job.vectors);
    let plans = plans();
    let rounds = if job.rows.len() < FEW_ROWS {
        ROUNDS_OF_FEW
    } else {
        1
    };
    let done = std::cell::Cell::new(0);
    let all = rounds * FOLDS * plans.len() + 1;
    let step = || {
        done.set(done.get() + 1);
        (job.progress)(done.get(), all);
    };
    let held_out: Vec<HeldOut> = (0..rounds as u64)
        .map(|round| cross::round(&material, &plans, SEED + round, &step))
        .collect();
    let (chosen, report) = judge(job.rows, &plans, &held_out);
    let known = vec![true; material.len()];
    let parts = draw::folds(material.len(), FOLDS, SEED);
    let precedents = material.precedents(&known, &parts);
    let features = cross::features(&material, chosen.sight, &precedents);
    let forest = cross::grow(&material, &features, &known, chosen.growth(TREES, SEED));
    step();
    let wording = if chosen.sight.precedent {
        material.wording(|_| true)
    } else {
        Wording::default()
    };
    Ok(Model {
        encoder: job.encoder,
        provenance: job.provenance,
        report,
        sight: chosen.sight,
        projection: material.projection,
        vocabulary: material.vocabulary,
        wording,
        vectors: job.vectors.to_vec(),
        answers: material.answers,
        forest,
    })
}

fn plans() -> Vec<Plan> {
    let sights = [(false, false), (true, false), (false, true), (true, true)];
    let sights = sights.map(|(topic, precedent)| Sight { topic, precedent });
    let of = |sight| LEAVES.map(|least_leaf| Plan { sight, least_leaf });
    sights.into_iter().flat_map(of).collect()
}

/// The best plan, and how all did on rows that they had not seen.
fn judge(rows: &[Row], plans: &[Plan], held_out: &[HeldOut]) -> (Plan, FitReport) {
    let apgr = |plan: usize| {
        let rounds = held_out.iter().map(|round| round.plans[plan].as_slice());
        cross::mean_apgr(rows, rounds)
    };
    let figures: Vec<f64> = (0..plans.len()).map(apgr).collect();
    let best = (0..plans.len())
        .max_by(|&a, &b| figures[a].total_cmp(&figures[b]))
        .unwrap_or(0);
    let lengths: Vec<f32> = rows.iter().map(|row| length_score(&row.query)).collect();
    let neighbours = held_out.iter().map(|round| round.neighbours.as_slice());
    let named = plans.iter().zip(&figures);
    let report = FitReport {
        rows: rows.len(),
        folds: FOLDS,
        rounds: held_out.len(),
        chosen: plans[best].name(),
        apgr: figures[best],
        random: 0.5,
        length: cross::mean_apgr(rows, std::iter::once(lengths.as_slice())),
        neighbours: cross::mean_apgr(rows, neighbours),
        candidates: named
            .map(|(plan, &apgr)| Candidate {
                name: plan.name(),
                apgr,
            })
            .collect(),
    };
    (plans[best], report)
}
