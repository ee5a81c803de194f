//! `microgpt router near`: judges the guard of answers to a question like one before, and fits it.
//!
//! A world is what a cache holds and what is then asked; each question is looked up as a turn does.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};

use crate::{
    app,
    cache::{
        Key,
        semantic::{Bounds, Kept, Said, SemanticCache},
    },
    config::Config,
    engine::{Encoder, Priority},
    router::{
        NearModel, NearSignals, Policy,
        calibration::NOTHING_PASSES,
        confidence::Risk,
        fit::{self, Sample},
    },
};

use super::print;

/// Texts embedded at once.
const BATCH: usize = 32;

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// Worlds, one JSON a line: {"held", "id"}, then {"asked", "id"}, null where nothing held answers
    /// it; or {"origin", "similar"} alone. May be given several times
    #[arg(long, required = true)]
    data: Vec<PathBuf>,
    /// Worlds that are hard by construction: fitted on too, but kept out of the risk table
    #[arg(long)]
    stress: Vec<PathBuf>,
    /// Fit the guard, and write it here
    #[arg(long)]
    out: Option<PathBuf>,
    /// A line on the data's origin and licence, for the fitted file; may be given several times
    #[arg(long)]
    provenance: Vec<String>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// A row of a world.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Row {
    Held { held: String, id: String },
    Asked { asked: String, id: Option<String> },
    Pair { origin: String, similar: String },
}

/// A text, and what answers it.
type Labelled = (String, Option<String>);

#[derive(Debug, Default)]
struct World {
    held: Vec<Labelled>,
    asked: Vec<Labelled>,
}

/// What came of a world.
#[derive(Debug, Serialize)]
struct Report {
    world: String,
    held: usize,
    asked: usize,
    /// Questions whose answer is held.
    answerable: usize,
    right: usize,
    wrong: usize,
    /// Right hits, as a share of the answerable.
    coverage: f32,
    /// Wrong ones, as a share of the hits.
    wrong_share: f32,
    /// What other thresholds would have given.
    risk_coverage: Vec<Risk>,
    /// The same with the cosine for the confidence.
    cosine_alone: Vec<Risk>,
}

pub(super) async fn run(args: Args, config: &Config) -> anyhow::Result<()> {
    let encoder = app::start_encoder(config).await?;
    let model = NearModel::embedded();
    let policy = Policy {
        max_wrong: config.router.max_wrong,
        faq_threshold: NOTHING_PASSES,
    };
    let (mut samples, mut stress, mut reports) = (Vec::new(), Vec::new(), Vec::new());
    for (files, into) in [(&args.data, &mut samples), (&args.stress, &mut stress)] {
        for file in files {
            let world = read(file)?;
            let looked_up = look_up(&world, &encoder, &model).await?;
            reports.push(report(file, &world, &looked_up, &model, policy));
            into.extend(looked_up.into_iter().map(|(_, sample)| sample));
        }
    }
    match &args.out {
        Some(out) => fit_guard(&args, &samples, &stress, out),
        None => show(&reports, args.json),
    }
}

fn read(file: &Path) -> anyhow::Result<World> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let mut world = World::default();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let row = serde_json::from_str(line).with_context(|| {
            let place = format!("{}:{}", file.display(), index + 1);
            format!("{place}: neither held and id, asked and id, nor origin and similar")
        })?;
        match row {
            Row::Held { held, id } => world.held.push((held, Some(id))),
            Row::Asked { asked, id } => world.asked.push((asked, id)),
            Row::Pair { origin, similar } => {
                world.asked.push((similar, Some(origin.clone())));
                world.held.push((origin.clone(), Some(origin)));
            }
        }
    }
    if world.held.is_empty() || world.asked.is_empty() {
        bail!("{}: holds nothing, or asks nothing", file.display());
    }
    Ok(world)
}

/// Each question asked, with what the guard says of the nearest held one.
async fn look_up(
    world: &World,
    encoder: &Encoder,
    model: &NearModel,
) -> anyhow::Result<Vec<(NearSignals, Sample)>> {
    let cache = SemanticCache::new(Bounds {
        max_entries: world.held.len(),
        max_age: Duration::MAX,
    });
    let (scope, now) = (Key::new(&[], "auto", &[], 0), Instant::now());
    let vectors = embed(&world.held, encoder).await?;
    for ((question, id), vector) in world.held.iter().zip(vectors) {
        let entry = Kept {
            scope,
            question: question.clone(),
            vector,
            said: Said::of(id.as_deref().unwrap_or_default()),
            answer: id.clone(),
        };
        cache.insert(entry, now);
    }
    let vectors = embed(&world.asked, encoder).await?;
    let asked = world.asked.iter().zip(vectors);
    let looked_up = asked.filter_map(|((question, id), vector)| {
        let near = cache.nearest(&scope, &vector, now)?;
        let signals = model.judge(question, &near.question, near.cosine, near.margin);
        let sample = Sample {
            features: signals.features(),
            right: id.is_some() && near.answer == *id,
            answerable: id.is_some(),
            weight: 1.0,
        };
        Some((signals, sample))
    });
    Ok(looked_up.collect())
}

async fn embed(texts: &[Labelled], encoder: &Encoder) -> anyhow::Result<Vec<Vec<f32>>> {
    let mut vectors = Vec::with_capacity(texts.len());
    for batch in texts.chunks(BATCH) {
        let batch = batch.iter().map(|(text, _)| text.clone()).collect();
        vectors.extend(encoder.embed(batch, Priority::Bulk).await?);
    }
    Ok(vectors)
}

fn report(
    file: &Path,
    world: &World,
    looked_up: &[(NearSignals, Sample)],
    model: &NearModel,
    policy: Policy,
) -> Report {
    let hits = looked_up
        .iter()
        .filter(|(signals, _)| model.decide(signals, policy).0);
    let (mut right, mut wrong) = (0, 0);
    for (_, sample) in hits {
        right += usize::from(sample.right);
        wrong += usize::from(!sample.right);
    }
    let answerable = world.asked.iter().filter(|(_, id)| id.is_some()).count();
    let risks = |score: fn(&NearSignals) -> f32| {
        let scored = looked_up
            .iter()
            .map(|(signals, sample)| (score(signals), sample.clone()));
        fit::risk_table(&scored.collect::<Vec<_>>())
    };
    let name = file.file_stem().unwrap_or_default();
    Report {
        world: name.to_string_lossy().into_owned(),
        held: world.held.len(),
        asked: world.asked.len(),
        answerable,
        right,
        wrong,
        coverage: share(right, answerable),
        wrong_share: share(wrong, right + wrong),
        risk_coverage: risks(|signals| signals.confidence),
        cosine_alone: risks(|signals| signals.cosine),
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts of questions are far below 2^23"
)]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn fit_guard(args: &Args, samples: &[Sample], stress: &[Sample], out: &Path) -> anyhow::Result<()> {
    let near = fit::fit_beside(&NearSignals::FEATURES, samples, stress);
    let fitted = NearModel {
        provenance: args.provenance.clone(),
        near: near.context("the worlds need right and wrong hits")?,
    };
    print(&format!(
        "fitted on {} questions, and {} that are hard by construction",
        samples.len(),
        stress.len()
    ));
    std::fs::write(out, serde_json::to_string_pretty(&fitted)? + "\n")
        .with_context(|| out.display().to_string())
}

fn show(reports: &[Report], json: bool) -> anyhow::Result<()> {
    if json {
        print(&serde_json::to_string_pretty(reports)?);
        return Ok(());
    }
    for report in reports {
        print(&format!(
            "{}: {} held, {} asked, {} answerable: coverage {:.3}, wrong {:.4} ({} of {} hits)",
            report.world,
            report.held,
            report.asked,
            report.answerable,
            report.coverage,
            report.wrong_share,
            report.wrong,
            report.right + report.wrong
        ));
    }
    Ok(())
}
