//! The cascade: takes a turn from the door to the store.
//!
//! In reading order: [`turn`] says what goes in and out, `cascade` walks one turn through
//! `signals`, the router's decision and one of the `tiers`, and `record` keeps what happened.
//! The rooms it composes (router, cache, knowledge, engine, upstream, store) never meet elsewhere.

pub mod calibrate;
mod cascade;
mod conversations;
mod desk;
mod estimate;
mod history;
pub mod ingest;
mod last_answer;
mod near;
mod record;
mod signals;
mod tiers;
pub mod turn;
mod understanding;
mod vectors;
pub mod verify;

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use tokio::{runtime::Handle, sync::mpsc};
use tracing::Instrument;

pub use crate::chat::Answer;
use crate::{
    cache::{
        ExactCache,
        semantic::{Bounds, SemanticCache},
    },
    chat::{Source, SourceDocument, Suggestion},
    config::{Budget, Cache, Consent},
    engine::{Encoder, Generator},
    knowledge::{Knowledge, PerKind},
    prompt::Prompts,
    router::{
        Difficulty, LocalModel, NearModel, Policies,
        calibration::{Calibration, Wanted},
        policy::WantedOf,
    },
    store::Store,
    text::personal::Personal,
    upstream::Upstreams,
};
use calibrate::Folders;
use ingest::IngestError;
pub use turn::{ModelCard, Preview, Target, TurnError, TurnEvent, TurnRequest};

/// Events that may wait for a slow reader before its upstream is held back.
const EVENT_BUFFER: usize = 64;

/// Everything a turn may need.
pub struct Parts {
    /// The index.
    pub knowledge: Knowledge,
    /// Texts to vectors.
    pub encoders: PerKind<Encoder>,
    /// The name of the passages' encoder, as clients see it.
    pub encoder_name: String,
    /// The local model.
    pub generator: Generator,
    /// The local model's name, as clients see it.
    pub generator_name: String,
    /// The local model was tuned to answer from passages, or to say that they don't hold the answer.
    pub generator_tuned: bool,
    /// The large-model APIs.
    pub upstreams: Upstreams,
    /// What was said and decided.
    pub store: Store,
    /// Templates of prompts and fixed answers.
    pub prompts: Prompts,
    /// The fitted judges of the local tiers.
    pub judges: LocalModel,
    /// The fitted judge of answers to a question like one before.
    pub near: NearModel,
    /// How long answers are kept to be given again.
    pub cache: Cache,
    /// The fitted judge of how hard a request is.
    pub difficulty: Difficulty,
    /// What the owner tolerates, of the traffic that they expect.
    pub wanted: WantedOf,
    /// Where the calibration lies.
    pub folders: Folders,
    /// What may be spent.
    pub budget: Budget,
    /// Which turns may be exported for training.
    pub consent: Consent,
}

struct House {
    parts: Parts,
    cache: ExactCache<Arc<Answer>>,
    given: last_answer::Given,
    near: SemanticCache<Arc<Answer>>,
    /// What is about a person is never given to another.
    personal: Personal,
    /// Swapped whole when the knowledge has changed.
    calibrated: RwLock<Calibrated>,
    started_unix_s: i64,
    /// Turns run here, not on the thread of the door that they came through.
    runtime: Handle,
}

impl House {
    /// What the owner tolerates, on the knowledge that serves.
    fn policies(&self) -> Arc<Policies> {
        let served = self.calibrated.read();
        Arc::clone(&served.unwrap_or_else(PoisonError::into_inner).policies)
    }

    /// Decides by `calibration` from now on.
    fn adopt(&self, calibration: Calibration) {
        let calibrated = Calibrated::new(&self.parts.wanted, calibration);
        let mut served = self
            .calibrated
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *served = calibrated;
    }
}

/// A calibration, and what follows from it for each collection.
struct Calibrated {
    calibration: Calibration,
    policies: Arc<Policies>,
}

impl Calibrated {
    fn new(wanted: &WantedOf, calibration: Calibration) -> Self {
        Self {
            policies: Arc::new(Policies::of(wanted, &calibration)),
            calibration,
        }
    }
}

/// The one handle that doors (HTTP, command line) hold. Cheap to clone.
#[derive(Clone)]
pub struct Orchestrator(Arc<House>);

impl Orchestrator {
    /// Joins the parts. Turns will run on the runtime that this is called on.
    #[must_use]
    pub fn new(parts: Parts, calibration: Calibration) -> Self {
        let max_age = Duration::from_secs(parts.cache.max_age_s);
        Self(Arc::new(House {
            cache: ExactCache::new(max_age),
            near: SemanticCache::new(Bounds {
                max_entries: parts.cache.max_entries,
                max_age,
            }),
            personal: Personal::default(),
            calibrated: RwLock::new(Calibrated::new(&parts.wanted, calibration)),
            parts,
            given: last_answer::Given::new(max_age),
            started_unix_s: jiff::Timestamp::now().as_second(),
            runtime: Handle::current(),
        }))
    }

    /// Whom the name `model` of a request means.
    #[must_use]
    pub fn target(&self, model: &str) -> Option<Target> {
        match model {
            "auto" => Some(Target::Auto),
            "knowledge" => Some(Target::Knowledge),
            "escalate" => Some(Target::Escalate),
            name if name == self.0.parts.generator_name => Some(Target::Generator),
            name => {
                let upstream = self.0.parts.upstreams.get(name)?;
                Some(Target::Upstream(upstream.name().to_owned()))
            }
        }
    }

    /// Every name that [`Orchestrator::target`] knows.
    #[must_use]
    pub fn models(&self) -> Vec<ModelCard> {
        let card = |id: &str, owned_by: &str| ModelCard {
            id: id.to_owned(),
            owned_by: owned_by.to_owned(),
            created: self.0.started_unix_s,
        };
        let parts = &self.0.parts;
        ["auto", "knowledge", "escalate", &parts.generator_name]
            .into_iter()
            .map(|id| card(id, "microgpt"))
            .chain(
                parts
                    .upstreams
                    .names()
                    .into_iter()
                    .map(|id| card(id, "upstream")),
            )
            .collect()
    }

    /// Starts a turn. Dropping the receiver cancels the work behind it.
    ///
    /// # Errors
    /// [`TurnError::NotFound`] for an unknown conversation; later failures come as events.
    pub async fn answer(
        &self,
        request: TurnRequest,
    ) -> Result<mpsc::Receiver<TurnEvent>, TurnError> {
        let (events, receiver) = mpsc::channel(EVENT_BUFFER);
        let desk = desk::Desk::open(self.0.clone(), request, events.clone()).await?;
        let work = async move {
            tokio::select! {
                () = events.closed() => tracing::info!("the asker hung up; the turn is dropped"),
                () = cascade::run(desk) => {}
            }
        };
        self.0.runtime.spawn(work.in_current_span());
        Ok(receiver)
    }

    /// Runs a turn to its end and returns the whole answer.
    ///
    /// # Errors
    /// Whatever ended the turn without an answer.
    pub async fn answer_whole(&self, request: TurnRequest) -> Result<Answer, TurnError> {
        let mut events = self.answer(request).await?;
        while let Some(event) = events.recv().await {
            match event {
                TurnEvent::Done(answer) => return Ok(*answer),
                TurnEvent::Failed(error) => return Err(error),
                TurnEvent::Routed { .. } | TurnEvent::Text(_) => {}
            }
        }
        Err(TurnError::Internal("the turn ended without a word".into()))
    }

    /// Decides without answering, and without a trace.
    ///
    /// # Errors
    /// [`TurnError::NotFound`] for an unknown conversation; others where the encoder can't take the
    /// question.
    pub async fn preview(&self, request: TurnRequest) -> Result<Preview, TurnError> {
        let (events, _) = mpsc::channel(1);
        cascade::preview(desk::Desk::open(self.0.clone(), request, events).await?).await
    }

    /// Asks the knowledge base the questions that it is calibrated on.
    ///
    /// # Errors
    /// [`TurnError`] where the encoder fails.
    pub async fn probes(&self) -> Result<Vec<calibrate::Outcome>, TurnError> {
        let parts = &self.0.parts;
        Ok(calibrate::ask(&parts.knowledge, &parts.encoders.faq, &parts.folders).await?)
    }

    /// The policies that would serve if that were wanted, on the knowledge base as it is now.
    #[must_use]
    pub fn policies_for(&self, wanted: &WantedOf) -> Policies {
        let calibrated = self.0.calibrated.read();
        let calibrated = calibrated.unwrap_or_else(PoisonError::into_inner);
        Policies::of(wanted, &calibrated.calibration)
    }

    /// The best entries and passages together, best first.
    ///
    /// # Errors
    /// [`TurnError`] where the encoder can't take the query.
    pub async fn search(
        &self,
        query: &str,
        top_k: usize,
        collections: &[String],
    ) -> Result<Vec<Source>, TurnError> {
        let found = signals::search_top(&self.0.parts, query, collections, top_k).await?;
        Ok(found.merged(top_k))
    }

    /// Vectors of unit length, and how many tokens were read.
    ///
    /// # Errors
    /// [`TurnError`] where the encoder can't take the texts.
    pub async fn embed(&self, texts: Vec<String>) -> Result<(Vec<Vec<f32>>, u32), TurnError> {
        let encoder = &self.0.parts.encoders.passages;
        let tokens: usize = texts.iter().map(|text| encoder.count_tokens(text)).sum();
        let vectors = encoder.embed(texts, crate::engine::Priority::Bulk).await?;
        Ok((vectors, u32::try_from(tokens).unwrap_or(u32::MAX)))
    }

    /// The encoder's name, as clients see it.
    #[must_use]
    pub fn encoder_name(&self) -> &str {
        &self.0.parts.encoder_name
    }

    /// Counts, generation and skipped files.
    #[must_use]
    pub fn knowledge_status(&self) -> serde_json::Value {
        let calibrated = self
            .0
            .calibrated
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        let wanted = &self.0.parts.wanted;
        let point = |wanted: &Wanted| calibrated.calibration.operating_point(*wanted);
        let of_collection = wanted.of_collection.iter();
        let of_collection = of_collection.map(|(name, wanted)| (name, point(wanted)));
        let mut status = serde_json::json!(self.0.parts.knowledge.status());
        status["calibration"] = serde_json::json!(point(&wanted.general));
        status["calibration_of_collections"] =
            serde_json::json!(of_collection.collect::<BTreeMap<_, _>>());
        status
    }

    /// Questions that the FAQ answers, at most `limit`.
    #[must_use]
    pub fn suggestions(&self, limit: usize) -> Vec<Suggestion> {
        self.0.parts.knowledge.suggestions(limit)
    }

    /// A source with what stands around it; `None` where the index does not hold it now.
    #[must_use]
    pub fn source(&self, id: &str, path: Option<&str>) -> Option<SourceDocument> {
        self.0.parts.knowledge.source(id, path)
    }

    /// Brings the index up to date while turns go on.
    ///
    /// # Errors
    /// [`TurnError::Internal`] with the reason; the old index then still serves.
    pub async fn reload(&self) -> Result<serde_json::Value, TurnError> {
        let house = self.0.clone();
        let work = async move {
            let Parts {
                knowledge,
                encoders,
                judges,
                folders,
                ..
            } = &house.parts;
            let before = knowledge.generation();
            let report = ingest::ingest(knowledge, encoders, &|_, _| ()).await?;
            if report.generation != before {
                let new = calibrate::calibrate(knowledge, &encoders.faq, judges, folders).await?;
                house.adopt(new);
            }
            Ok(report)
        };
        // On a task of its own: an asker who hangs up must not stop it midway.
        let report = self.0.runtime.spawn(work).await.map_err(IngestError::from);
        let report = report.and_then(|report| report);
        let report = report.map_err(|error| TurnError::Internal(error.to_string()))?;
        Ok(serde_json::json!(report))
    }

    /// Flushes the store. Turns that end later are not recorded.
    pub async fn close(&self) {
        self.0.parts.store.clone().close().await;
    }
}
