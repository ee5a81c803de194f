//! The composition root: everything is built here, once.

use std::{net::TcpListener, path::PathBuf, sync::Arc, time::Duration};

use tokio::sync::watch;

use crate::{
    config::{CollectionPolicy, Config},
    engine::{Arbiter, Encoder, EncoderOptions, EngineError, Generator, GeneratorOptions},
    http,
    knowledge::{self, IngestReport, Knowledge, KnowledgeError, PerKind, VectorSpace},
    models::{self, ModelError, ModelFile, ModelRole},
    orchestrator::{
        Orchestrator, Parts, calibrate,
        ingest::{self, IngestError},
    },
    prompt::{PromptError, Prompts, task::DECLINED},
    router::{Difficulty, LocalModel, NearModel, calibration::Wanted, policy::WantedOf},
    store::{Store, StoreError},
    telemetry,
    upstream::{UpstreamError, Upstreams},
};

/// Why the program can't start or run.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The port.
    #[error("can't listen on {address}: {reason}")]
    Listen {
        /// `host:port`
        address: String,
        /// Why not.
        reason: String,
    },
    /// A model file.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The local models.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The index.
    #[error(transparent)]
    Knowledge(#[from] KnowledgeError),
    /// Bringing the index up to date.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The templates.
    #[error(transparent)]
    Prompt(#[from] PromptError),
    /// An upstream's configuration.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The server.
    #[error("the server failed: {0}")]
    Serve(#[from] std::io::Error),
    /// A background task.
    #[error("a task ended early: {0}")]
    Task(#[from] tokio::task::JoinError),
}

/// A server that holds its port, but does not answer yet.
pub struct App {
    config: Config,
    listener: TcpListener,
    url: String,
}

impl App {
    /// Binds the port; port 0 takes any free one.
    ///
    /// # Errors
    /// [`AppError::Listen`] where the port can't be had.
    #[expect(
        clippy::unused_async,
        reason = "the constructor of a server may come to wait"
    )]
    pub async fn build(config: Config) -> Result<Self, AppError> {
        let address = format!("{}:{}", config.server.host, config.server.port);
        let refused = |error: std::io::Error| AppError::Listen {
            address: address.clone(),
            reason: error.to_string(),
        };
        let listener = TcpListener::bind(&address).map_err(refused)?;
        let url = format!("http://{}", listener.local_addr().map_err(refused)?);
        Ok(Self {
            config,
            listener,
            url,
        })
    }

    /// `http://HOST:PORT`
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Serves until `stop` resolves, then lets what is in flight end within `server.drain_ms`, and
    /// tells the rest that it can't. `ready` is called once, when models and index are there.
    ///
    /// # Errors
    /// [`AppError`] where loading or serving fails.
    pub async fn run_until_stopped(
        self,
        stop: impl Future<Output = ()>,
        ready: impl FnOnce(&str),
    ) -> Result<(), AppError> {
        let (orchestrator, readiness) = watch::channel(None);
        let drain = http::drain::Drain::default();
        let times = &self.config.server;
        let metrics = telemetry::metrics();
        let server = http::serve(
            self.listener,
            http::State {
                ready: readiness,
                drain: drain.clone(),
                head_timeout: Duration::from_millis(times.head_ms),
                body_timeout: Duration::from_millis(times.body_ms),
                limits: self.config.limits.clone(),
                metrics: Arc::new(move || metrics.render()),
            },
        )?;
        let handle = server.handle();
        let serving = tokio::spawn(server);
        tokio::pin!(stop);
        let loaded = tokio::select! {
            loaded = assemble(&self.config) => loaded,
            () = &mut stop => {
                handle.stop(false).await;
                return Ok(());
            }
        };
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(error) => {
                handle.stop(false).await;
                return Err(error);
            }
        };
        let watcher = self.config.knowledge.watch.then(|| {
            tokio::spawn(watch_knowledge(
                loaded.clone(),
                self.config.knowledge.dir.clone(),
            ))
        });
        orchestrator.send_replace(Some(loaded.clone()));
        ready(&self.url);
        stop.await;
        if let Some(watcher) = watcher {
            watcher.abort();
        }
        let cut = drain.run(Duration::from_millis(times.drain_ms)).await;
        if cut > 0 {
            tracing::warn!(requests = cut, "some requests did not end in time");
        }
        handle.stop(true).await;
        serving.await??;
        loaded.close().await;
        Ok(())
    }
}

/// Loads the models, brings the index up to date, opens the store, and joins them.
///
/// # Errors
/// [`AppError`] with the first thing that is missing or broken.
pub async fn assemble(config: &Config) -> Result<Orchestrator, AppError> {
    let arbiter = Arbiter::start()?;
    let generator_file = models::resolve(
        &config.models.dir,
        &config.models.generator,
        ModelRole::Generator,
    )?;
    let encoder_files = encoder_files(config)?;
    let (encoders, generator, store) = tokio::join!(
        start_encoders_beside(&encoder_files, config, arbiter.clone()),
        start_generator(config, &generator_file, arbiter),
        Store::open(&config.store.url),
    );
    let (encoders, generator, store) = (encoders?, generator?, store?);
    let knowledge = open_knowledge(config, &encoders).await?;
    match ingest::ingest(&knowledge, &encoders, &|_, _| ()).await {
        Ok(report) => log_report(&report),
        // An index from before is worth more than no server; a full disk is mended, and then the
        // next change or reload brings it up to date.
        Err(error) if knowledge.generation() > 0 => {
            tracing::error!(%error, "the index was not brought up to date; the one before serves");
        }
        Err(error) => return Err(error.into()),
    }
    let judges = judges_of(&encoder_files);
    let folders = folders(config);
    let calibrated = calibrate::calibrate(&knowledge, &encoders.faq, &judges, &folders);
    let calibration = calibrated.await?;
    let parts = Parts {
        knowledge,
        encoders,
        encoder_name: encoder_files.passages.name,
        generator,
        generator_name: generator_file.name,
        generator_tuned: generator_file.adapter.is_some(),
        upstreams: upstreams(config)?,
        store,
        prompts: Prompts::load(None)?,
        judges,
        near: NearModel::embedded(),
        cache: config.cache,
        difficulty: Difficulty::embedded(),
        wanted: wanted(config),
        folders,
        budget: config.budget,
        consent: config.training.consent,
    };
    Ok(Orchestrator::new(parts, calibration))
}

/// Where the calibration is kept.
#[must_use]
pub fn folders(config: &Config) -> calibrate::Folders {
    calibrate::Folders {
        models: config.models.dir.clone(),
        index: config.knowledge.index_dir.clone(),
    }
}

/// What the owner tolerates, of the traffic that they expect.
#[must_use]
pub fn wanted(config: &Config) -> WantedOf {
    let router = &config.router;
    let general = Wanted {
        max_wrong: router.max_wrong,
        out_of_scope: router.out_of_scope,
    };
    let own = |policy: &CollectionPolicy| Wanted {
        max_wrong: policy.max_wrong.unwrap_or(general.max_wrong),
        out_of_scope: policy.out_of_scope.unwrap_or(general.out_of_scope),
    };
    let of_collection = router.collections.iter();
    WantedOf {
        general,
        of_collection: of_collection
            .map(|(name, policy)| (name.clone(), own(policy)))
            .collect(),
    }
}

fn log_report(report: &IngestReport) {
    const MOST: usize = 20;
    tracing::info!("{}", report.to_string().lines().next().unwrap_or_default());
    for skipped in report.skipped.iter().take(MOST) {
        tracing::warn!("skipped {skipped}");
    }
    if report.skipped.len() > MOST {
        let more = report.skipped.len() - MOST;
        tracing::warn!("and {more} more skipped; GET /v1/knowledge/status lists them");
    }
}

/// The passages' encoder alone, for commands that need nothing else.
///
/// # Errors
/// [`AppError`] where its file is missing or broken.
pub async fn start_encoder(config: &Config) -> Result<Encoder, AppError> {
    let files = encoder_files(config)?;
    start_encoder_of(&files.passages, config, Arbiter::start()?).await
}

/// The encoders of FAQ entries and of passages, for commands that need no other model.
///
/// # Errors
/// [`AppError`] where a file is missing or broken.
pub async fn start_encoders(config: &Config) -> Result<PerKind<Encoder>, AppError> {
    start_encoders_beside(&encoder_files(config)?, config, Arbiter::start()?).await
}

/// One encoder for both kinds where the same is configured.
async fn start_encoders_beside(
    files: &PerKind<ModelFile>,
    config: &Config,
    arbiter: Arbiter,
) -> Result<PerKind<Encoder>, AppError> {
    let PerKind { faq, passages } = files;
    if faq.path == passages.path {
        let encoder = start_encoder_of(passages, config, arbiter).await?;
        return Ok(PerKind::same(encoder));
    }
    let (faq, passages) = tokio::join!(
        start_encoder_of(faq, config, arbiter.clone()),
        start_encoder_of(passages, config, arbiter),
    );
    Ok(PerKind {
        faq: faq?,
        passages: passages?,
    })
}

fn encoder_files(config: &Config) -> Result<PerKind<ModelFile>, AppError> {
    let models = &config.models;
    let file = |name: &str| models::resolve(&models.dir, name, ModelRole::Encoder);
    Ok(PerKind {
        faq: file(models.faq_encoder.as_ref().unwrap_or(&models.encoder))?,
        passages: file(&models.encoder)?,
    })
}

/// The judges of the local tiers that were fitted with the configured encoders.
///
/// # Errors
/// [`AppError`] where an encoder is not known.
pub fn judges(config: &Config) -> Result<LocalModel, AppError> {
    Ok(judges_of(&encoder_files(config)?))
}

fn judges_of(encoders: &PerKind<ModelFile>) -> LocalModel {
    let fitted = |file: &ModelFile| LocalModel::of_encoder(&file.name);
    let judges = encoders.as_ref().map(fitted);
    LocalModel {
        faq: judges.faq.faq,
        ..judges.passages
    }
}

async fn start_encoder_of(
    file: &ModelFile,
    config: &Config,
    arbiter: Arbiter,
) -> Result<Encoder, AppError> {
    let options = EncoderOptions {
        model: file.path.clone(),
        threads: config.engine.threads,
        queue: config.engine.queue,
    };
    Ok(Encoder::start(options, arbiter).await?)
}

/// A generator alone that takes `at_once` requests, for commands that need nothing else.
///
/// # Errors
/// [`AppError`] where its file can't be loaded.
pub async fn start_generator_alone(
    config: &Config,
    file: &ModelFile,
    at_once: usize,
) -> Result<Generator, AppError> {
    let mut config = config.clone();
    (config.engine.slots, config.engine.queue) = (at_once, at_once);
    start_generator(&config, file, Arbiter::start()?).await
}

async fn start_generator(
    config: &Config,
    file: &ModelFile,
    arbiter: Arbiter,
) -> Result<Generator, AppError> {
    let options = GeneratorOptions {
        model: file.path.clone(),
        template: file.template.clone(),
        slots: config.engine.slots,
        context_tokens: config.engine.context_tokens,
        threads: config.engine.threads,
        queue: config.engine.queue,
        token_bias: file
            .adapter
            .as_ref()
            .map(|adapter| (DECLINED.to_owned(), adapter.decline_bias)),
    };
    Ok(Generator::start(options, arbiter).await?)
}

/// Opens the index as it is; bringing it up to date is [`ingest::ingest`]'s.
///
/// # Errors
/// [`AppError`] where the index folder can't be had.
pub async fn open_knowledge(
    config: &Config,
    encoders: &PerKind<Encoder>,
) -> Result<Knowledge, AppError> {
    open_knowledge_of(vec![config.knowledge.dir.clone()], config, encoders).await
}

/// Opens the index for other folders than the configured one.
///
/// # Errors
/// [`AppError`] where the index folder can't be had.
pub async fn open_knowledge_of(
    dirs: Vec<PathBuf>,
    config: &Config,
    encoders: &PerKind<Encoder>,
) -> Result<Knowledge, AppError> {
    let space = |encoder: &Encoder| VectorSpace {
        encoder: encoder.fingerprint(),
        dimensions: encoder.dimensions(),
    };
    let options = knowledge::Options {
        dirs,
        index_dir: config.knowledge.index_dir.clone(),
        spaces: encoders.as_ref().map(space),
    };
    Ok(tokio::task::spawn_blocking(move || Knowledge::open(options)).await??)
}

fn upstreams(config: &Config) -> Result<Upstreams, AppError> {
    if !config.upstreams.is_empty() {
        return Ok(Upstreams::new(&config.upstreams)?);
    }
    let found = Upstreams::from_environment();
    if let Some(upstream) = found.first() {
        tracing::info!(
            "no upstream is configured; '{}' is set up from ${} with model {}",
            upstream.name,
            upstream.api_key_env.as_deref().unwrap_or("the environment"),
            upstream.model
        );
    } else {
        tracing::warn!("no large model is connected: hard questions get degraded answers");
    }
    Ok(Upstreams::new(&found)?)
}

async fn watch_knowledge(orchestrator: Orchestrator, dir: PathBuf) {
    let (_guard, mut changes) = match knowledge::watch(&dir) {
        Ok(watch) => watch,
        Err(error) => {
            tracing::warn!(%error, "changed files will not be picked up");
            return;
        }
    };
    loop {
        // At the start too: a file may have changed since the index was brought up to date.
        if let Err(error) = orchestrator.reload().await {
            tracing::error!(%error, "the changed knowledge folder was not indexed; the old index serves");
        }
        if !knowledge::settled(&mut changes).await {
            return;
        }
        tracing::info!("the knowledge folder changed; bringing the index up to date");
    }
}
