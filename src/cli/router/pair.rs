//! `microgpt router fit|score|eval` on cascades of two models: files and the encoder around
//! [`crate::router::pair`].

use std::{fmt::Write as _, path::Path};

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use serde_json::json;

use crate::{
    app,
    chart::curves::{Curves, Line},
    config::Config,
    engine::{Encoder, Priority},
    router::pair::{self, EncoderName, FitReport, Job, Model, Row, RowError, metrics::Curve},
};

use super::{FitArgs, ScoreArgs, print};

/// Texts that are encoded between two looks at the clock.
const CHUNK: usize = 64;
/// Points of a curve in a drawing: more can't be seen.
const POINTS: usize = 200;
/// The share of the gap between the models that is won back where a curve is marked.
const MOST_OF_THE_GAP: f64 = 0.8;

pub(super) async fn fit(args: FitArgs, config: &Config) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    for file in &args.data {
        rows.extend(read(file, pair::rows)?);
    }
    pair::check(&rows).with_context(|| names(&args.data))?;
    let encoder = app::start_encoder(config).await?;
    let vectors = encode(&encoder, queries(&rows)).await?;
    let bar = bar("cross-validation", "steps");
    let model = pair::fit(Job {
        rows: &rows,
        vectors: &vectors,
        encoder: encoder_name(config, &encoder),
        provenance: args.provenance,
        progress: &|done, all| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        },
    })?;
    bar.finish_and_clear();
    std::fs::write(&args.out, model.to_json() + "\n")
        .with_context(|| args.out.display().to_string())?;
    if args.json {
        print(&serde_json::to_string_pretty(model.report())?);
    } else {
        print(fitted(model.report()).trim_end());
    }
    Ok(())
}

pub(super) async fn score(args: &ScoreArgs, config: &Config) -> anyhow::Result<()> {
    let queries = read(&args.data, pair::queries)?;
    let (model, encoder) = open(&args.model, config).await?;
    let vectors = encode(&encoder, queries.clone()).await?;
    for (query, vector) in queries.iter().zip(&vectors) {
        let score = model.score(query, vector);
        print(&json!({"query": query, "score": score}).to_string());
    }
    Ok(())
}

/// The figures of one order of the queries.
#[derive(Debug, Serialize)]
struct Figures {
    name: &'static str,
    apgr: f64,
    cpt_50: f64,
    cpt_80: f64,
}

pub(super) async fn eval(
    model: &Path,
    data: &Path,
    plot: Option<&Path>,
    json: bool,
    config: &Config,
) -> anyhow::Result<()> {
    let rows = read(data, pair::rows)?;
    let flat = vec![0.0; rows.len()];
    let Some(random) = Curve::new(&rows, &flat) else {
        bail!(
            "{}: the strong model is right no more often than the weak one, so APGR has no meaning",
            data.display()
        );
    };
    let (model, encoder) = open(model, config).await?;
    let vectors = encode(&encoder, queries(&rows)).await?;
    let asked = || rows.iter().zip(&vectors);
    let by = |scores: Vec<f32>| Curve::new(&rows, &scores).unwrap_or_else(|| random.clone());
    let curves = [
        (
            "model",
            by(asked()
                .map(|(row, vector)| model.score(&row.query, vector))
                .collect()),
        ),
        (
            "nearest neighbours",
            by(vectors
                .iter()
                .map(|vector| model.neighbours_score(vector))
                .collect()),
        ),
        (
            "length",
            by(rows
                .iter()
                .map(|row| pair::length_score(&row.query))
                .collect()),
        ),
        ("random", random.clone()),
    ];
    if let Some(file) = plot {
        std::fs::write(file, drawn(&curves)).with_context(|| file.display().to_string())?;
    }
    let figures = curves.iter().map(|(name, curve)| Figures {
        name,
        apgr: curve.apgr(),
        cpt_50: curve.cpt(0.5),
        cpt_80: curve.cpt(0.8),
    });
    let figures: Vec<Figures> = figures.collect();
    if json {
        let (weak, strong) = (random.weak, random.strong);
        let report =
            json!({"rows": rows.len(), "weak": weak, "strong": strong, "routers": figures});
        print(&serde_json::to_string_pretty(&report)?);
    } else {
        print(table(rows.len(), &random, &figures).trim_end());
    }
    Ok(())
}

fn table(rows: usize, random: &Curve, figures: &[Figures]) -> String {
    let mut text = format!(
        "rows {rows}, right: weak {:.3}, strong {:.3}\n{:<20} {:>6}  CPT(50%)  CPT(80%)\n",
        random.weak, random.strong, "router", "APGR"
    );
    for Figures {
        name,
        apgr,
        cpt_50,
        cpt_80,
    } in figures
    {
        writeln!(
            text,
            "{name:<20} {apgr:>6.3}  {:>7.1}%  {:>7.1}%",
            cpt_50 * 100.0,
            cpt_80 * 100.0
        )
        .expect("a string takes what is written");
    }
    text
}

fn fitted(report: &FitReport) -> String {
    let mut text = format!(
        "fitted on {} rows; APGR in {} round(s) of {}-fold cross-validation:\n",
        report.rows, report.rounds, report.folds
    );
    let baselines = [
        ("random", report.random),
        ("length", report.length),
        ("nearest neighbours", report.neighbours),
    ];
    let candidates = report.candidates.iter();
    let candidates = candidates.map(|candidate| (candidate.name.as_str(), candidate.apgr));
    for (name, apgr) in baselines.into_iter().chain(candidates) {
        let mark = if name == report.chosen {
            "  <- chosen"
        } else {
            ""
        };
        writeln!(text, "{name:<46} {apgr:.3}{mark}").expect("a string takes what is written");
    }
    text
}

/// The model comes first, and has the mark: where it has won back most of what the strong one is better.
fn drawn(curves: &[(&str, Curve)]) -> String {
    let mark = curves.first().map(|(_, curve)| {
        let (calls, quality) = curve.point_reaching(MOST_OF_THE_GAP);
        let (won, calls_percent) = (MOST_OF_THE_GAP * 100.0, calls * 100.0);
        let name = format!("{won:.0}% of the gap at {calls_percent:.0}% of the calls");
        (calls, quality, name)
    });
    let line = |(name, curve): &(&str, Curve)| Line {
        name: format!("{name} {:.3}", curve.apgr()),
        points: curve.points(POINTS),
    };
    Curves {
        title: "Quality as more calls go to the strong model (with APGR)".into(),
        across: "calls to the strong model".into(),
        up: "right answers".into(),
        lines: curves.iter().map(line).collect(),
        mark,
    }
    .svg()
}

fn read<T>(
    file: &Path,
    parse: impl Fn(&str) -> Result<Vec<T>, RowError>,
) -> anyhow::Result<Vec<T>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let rows = parse(&text).map_err(|error| anyhow::anyhow!("{}:{error}", file.display()))?;
    if rows.is_empty() {
        bail!("{}: holds no rows", file.display());
    }
    Ok(rows)
}

async fn open(file: &Path, config: &Config) -> anyhow::Result<(Model, Encoder)> {
    let name = || file.display().to_string();
    let text = std::fs::read_to_string(file).with_context(name)?;
    let encoder = app::start_encoder(config).await?;
    let model = Model::from_json(&text, &encoder_name(config, &encoder)).with_context(name)?;
    Ok((model, encoder))
}

fn encoder_name(config: &Config, encoder: &Encoder) -> EncoderName {
    EncoderName {
        name: config.models.encoder.clone(),
        fingerprint: encoder.fingerprint(),
    }
}

fn queries(rows: &[Row]) -> Vec<String> {
    rows.iter().map(|row| row.query.clone()).collect()
}

/// One vector a text; texts of like length are encoded together.
async fn encode(encoder: &Encoder, texts: Vec<String>) -> anyhow::Result<Vec<Vec<f32>>> {
    let bar = bar("encoding", "texts");
    bar.set_length(texts.len() as u64);
    let mut order: Vec<usize> = (0..texts.len()).collect();
    order.sort_by_key(|&index| texts[index].len());
    let mut vectors = vec![Vec::new(); texts.len()];
    for chunk in order.chunks(CHUNK) {
        let part = chunk.iter().map(|&index| texts[index].clone()).collect();
        let found = encoder.embed(part, Priority::Bulk).await?;
        for (&index, vector) in chunk.iter().zip(found) {
            vectors[index] = vector;
        }
        bar.inc(chunk.len() as u64);
    }
    bar.finish_and_clear();
    Ok(vectors)
}

fn bar(what: &'static str, of: &str) -> ProgressBar {
    let bar = ProgressBar::new(0);
    let template = format!("{{msg}} [{{bar:30}}] {{pos}}/{{len}} {of}, {{eta}} left");
    if let Ok(style) = ProgressStyle::with_template(&template) {
        bar.set_style(style);
    }
    bar.set_message(what);
    bar
}

fn names(files: &[std::path::PathBuf]) -> String {
    let names: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    names.join(", ")
}
