//! Asks the knowledge base its own questions and a background of others, so that the router learns
//! how sure it must be here.
//!
//! Runs after an ingest that changed something; the result lies beside the index. What is made of
//! the probes is `router::calibration`'s.

mod background;
mod probes;

use std::{fs, path::PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use background::Background;
pub use probes::Outcome;

use crate::{
    engine::{Encoder, EngineError},
    knowledge::Knowledge,
    router::{
        LocalModel,
        calibration::{Calibration, Probe},
    },
};

/// Texts that are encoded at once.
const BATCH: usize = 32;
const FILE: &str = "calibration.json";
/// Raised whenever other questions are asked.
const VERSION: u32 = 2;

/// Where what is computed here is kept.
#[derive(Clone, Debug)]
pub struct Folders {
    /// The models' folder.
    pub models: PathBuf,
    /// The index's folder.
    pub index: PathBuf,
}

/// The file: what came of the probes, and all they were made with.
#[derive(Serialize, Deserialize)]
struct Kept {
    made_with: String,
    generation: u64,
    probes: Vec<Probe>,
}

/// The calibration of the generation that serves: the kept one, or a new one.
///
/// # Errors
/// The encoder fails.
pub async fn calibrate(
    knowledge: &Knowledge,
    encoder: &Encoder,
    judges: &LocalModel,
    folders: &Folders,
) -> Result<Calibration, EngineError> {
    let file = folders.index.join(FILE);
    let made_with = made_with(encoder, judges);
    let generation = knowledge.generation();
    let kept = fs::read(&file).ok();
    let kept = kept.and_then(|bytes| serde_json::from_slice::<Kept>(&bytes).ok());
    let kept = kept.filter(|kept| kept.made_with == made_with && kept.generation == generation);
    if let Some(kept) = kept {
        return Ok(Calibration::of(&kept.probes, &judges.faq.risks));
    }
    let outcomes = ask(knowledge, encoder, folders).await?;
    let keep = Kept {
        made_with,
        generation,
        probes: outcomes
            .iter()
            .map(|outcome| outcome.judged(judges))
            .collect(),
    };
    let json = serde_json::to_vec(&keep).expect("plain data with text keys");
    if let Err(error) = fs::write(&file, json) {
        tracing::warn!(%error, "the calibration is not kept; the next start makes it again");
    }
    Ok(Calibration::of(&keep.probes, &judges.faq.risks))
}

/// What came of each probe.
///
/// # Errors
/// The encoder fails.
pub async fn ask(
    knowledge: &Knowledge,
    encoder: &Encoder,
    folders: &Folders,
) -> Result<Vec<Outcome>, EngineError> {
    let background = Background::load([&folders.models, &folders.index], encoder).await?;
    probes::ask(knowledge, encoder, &background).await
}

/// Changes whenever a kept calibration no longer holds.
fn made_with(encoder: &Encoder, judges: &LocalModel) -> String {
    let judge = serde_json::to_string(&judges.faq).expect("plain data");
    let hash = Sha256::digest(format!("{judge} {}", background::texts().join("\n")));
    let short = hash[..8]
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    format!("{} {short:016x} {VERSION}", encoder.fingerprint())
}
