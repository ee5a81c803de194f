//! The typed configuration, parsed once at start.
//!
//! Precedence: flag > environment (`MICROGPT__SECTION__KEY`) > file > default. Units stand in the
//! names. Secrets are never in the file: a `*_env` key names the variable that holds one.

use std::path::{Path, PathBuf};

use figment::{
    Figment,
    error::Kind,
    providers::{Env, Format, Serialized, Toml},
};
use serde::{Deserialize, Serialize};

mod cache;
mod router;
mod tolerating;
mod training;

pub use cache::Cache;
pub use router::{CollectionPolicy, Router};
pub use training::{Consent, Training};

/// The file read when no `--config` is given and it exists.
pub const DEFAULT_FILE: &str = "microgpt.toml";

/// What stops the start: which source, which key, what was found, what is allowed.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// `--config` names a file that is not there.
    #[error("{0}: no such configuration file; see microgpt.example.toml")]
    Missing(PathBuf),
    /// A key, type or value that can't be.
    #[error("{origin}: {key}: {problem}")]
    Invalid {
        /// The file, or the environment variable.
        origin: String,
        /// `section.key`.
        key: String,
        /// What was found and what is allowed.
        problem: String,
    },
}

/// What the command line sets, above all else.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--config`
    pub file: Option<PathBuf>,
    /// `--host`
    pub host: Option<String>,
    /// `--port`
    pub port: Option<u16>,
}

/// The whole configuration.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Where the server listens.
    pub server: Server,
    /// Where conversations and decisions are kept.
    pub store: Store,
    /// Which models serve, and where they lie.
    pub models: Models,
    /// Where the knowledge is.
    pub knowledge: Knowledge,
    /// The local generator.
    pub engine: Engine,
    /// What the owner tolerates.
    pub router: Router,
    /// How long answers are kept to be given again.
    pub cache: Cache,
    /// What is refused at the door.
    pub limits: Limits,
    /// What may be spent on upstreams.
    pub budget: Budget,
    /// Whether what people asked may teach the micro model.
    pub training: Training,
    /// What is logged, and how.
    pub log: Log,
    /// Large-model APIs, tried in this order.
    pub upstreams: Vec<Upstream>,
}

/// `[server]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address to bind.
    pub host: String,
    /// 0: any free port, printed in the ready line.
    pub port: u16,
    /// How long a new connection may take to send its first request's head.
    pub head_ms: u64,
    /// How long a request may take to send its body.
    pub body_ms: u64,
    /// How long what is in flight may go on once the server is told to stop; what then remains is
    /// ended with an error.
    pub drain_ms: u64,
}

/// `[store]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// `sqlite://PATH`; folder and file are created.
    pub url: String,
}

/// `[models]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Models {
    /// The folder of `models.toml` and of the fetched files.
    pub dir: PathBuf,
    /// A manifest name or a path to a `.gguf`.
    pub generator: String,
    /// A manifest name or a path to a `.gguf`.
    pub encoder: String,
    /// The same, where FAQ entries have an encoder of their own.
    pub faq_encoder: Option<String>,
}

/// `[knowledge]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Knowledge {
    /// The folder of FAQ files and documents.
    pub dir: PathBuf,
    /// Where the derived index is kept.
    pub index_dir: PathBuf,
    /// Pick up changed files while serving.
    pub watch: bool,
}

/// `[engine]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Engine {
    /// How many answers are generated at once, 1 to 64.
    pub slots: usize,
    /// Threads for decoding; 0: one per core.
    pub threads: usize,
    /// The longest prompt and answer of one slot.
    pub context_tokens: u32,
    /// Jobs that may wait for a slot; more are refused with 429.
    pub queue: usize,
}

/// `[limits]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// The longest single message.
    pub max_message_bytes: usize,
    /// The largest request body.
    pub max_body_bytes: usize,
}

/// `[budget]`: absent means no bound.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Budget {
    /// The most to spend on upstreams a day (UTC).
    pub day_usd: Option<f64>,
    /// The most to spend on upstreams a calendar month (UTC).
    pub month_usd: Option<f64>,
}

/// `[log]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// Lines for people, or one JSON object a line.
    pub format: LogFormat,
    /// `error`, `warn`, `info`, `debug`, `trace`, or directives such as `microgpt=debug,info`.
    pub level: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For collectors.
    Json,
}

/// The protocol of an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UpstreamKind {
    /// OpenAI's chat completions.
    Openai,
}

/// `[[upstreams]]`
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Upstream {
    /// The name a request may ask for as `model`.
    pub name: String,
    /// The protocol.
    pub kind: UpstreamKind,
    /// Up to and with the version: `https://…/v1`.
    pub base_url: String,
    /// The upstream's own name of its model.
    pub model: String,
    /// The variable that holds the key; absent for servers without keys.
    pub api_key_env: Option<String>,
    /// Price of a million prompt tokens.
    #[serde(default)]
    pub input_usd_per_mtok: f64,
    /// Price of a million generated tokens.
    #[serde(default)]
    pub output_usd_per_mtok: f64,
    /// Time to connect.
    #[serde(default = "Upstream::default_connect_ms")]
    pub connect_ms: u64,
    /// Time to the first token.
    #[serde(default = "Upstream::default_ttft_ms")]
    pub ttft_ms: u64,
    /// Time to the last token.
    #[serde(default = "Upstream::default_total_ms")]
    pub total_ms: u64,
}

impl Upstream {
    fn default_connect_ms() -> u64 {
        2_000
    }
    fn default_ttft_ms() -> u64 {
        10_000
    }
    fn default_total_ms() -> u64 {
        120_000
    }
}

impl Default for Server {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".into(),
            port: 8080,
            head_ms: 10_000,
            body_ms: 30_000,
            drain_ms: 8_000,
        }
    }
}

impl Default for Store {
    fn default() -> Self {
        Self {
            url: "sqlite://data/microgpt.db".into(),
        }
    }
}

impl Default for Models {
    fn default() -> Self {
        Self {
            dir: "models".into(),
            generator: "microgpt-135m".into(),
            encoder: "all-minilm-l6-v2".into(),
            faq_encoder: None,
        }
    }
}

impl Default for Knowledge {
    fn default() -> Self {
        Self {
            dir: "kb".into(),
            index_dir: "data/index".into(),
            watch: true,
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self {
            slots: 8,
            threads: 0,
            context_tokens: 2048,
            queue: 64,
        }
    }
}

impl Default for Log {
    fn default() -> Self {
        Self {
            format: LogFormat::Text,
            level: "info".into(),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_message_bytes: 32_768,
            max_body_bytes: 1_048_576,
        }
    }
}

impl Config {
    /// Reads file, environment and flags.
    ///
    /// # Errors
    /// [`ConfigError`] at the first key that is unknown, of a wrong type, or impossible.
    pub fn load(overrides: &Overrides) -> Result<Self, ConfigError> {
        if let Some(file) = overrides.file.as_ref().filter(|file| !file.is_file()) {
            return Err(ConfigError::Missing(file.clone()));
        }
        let file = overrides.file.as_deref().unwrap_or(Path::new(DEFAULT_FILE));
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if file.is_file() {
            figment = figment.merge(Toml::file_exact(file));
        }
        figment = figment.merge(Env::prefixed("MICROGPT__").split("__"));
        if let Some(host) = &overrides.host {
            figment = figment.merge(Serialized::default("server.host", host));
        }
        if let Some(port) = overrides.port {
            figment = figment.merge(Serialized::default("server.port", port));
        }
        let config: Self = figment.extract().map_err(|error| explain(&error))?;
        match config.impossible() {
            None => Ok(config),
            Some((key, problem)) => Err(ConfigError::Invalid {
                origin: origin(figment.find_metadata(&key), &key),
                key,
                problem,
            }),
        }
    }

    /// The first value that no server could run with, as key and problem.
    fn impossible(&self) -> Option<(String, String)> {
        let owned = |(key, problem): (&str, String)| (key.to_owned(), problem);
        let number = self.impossible_number().map(owned);
        number.or_else(|| self.router.impossible())
    }

    fn impossible_number(&self) -> Option<(&'static str, String)> {
        let number = |key, found: f64, low: f64, high: f64| {
            (!(low..=high).contains(&found))
                .then(|| (key, format!("found {found}, allowed {low} to {high}")))
        };
        #[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^52")]
        let time = |key, found: u64, low: f64| number(key, found as f64, low, 600_000.0);
        #[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^52")]
        let count = |key, found: usize, low: usize, high: usize| {
            number(key, found as f64, low as f64, high as f64)
        };
        let amount = |key, found: Option<f64>| number(key, found?, 0.0, 1e9);
        count("cache.max_entries", self.cache.max_entries, 1, 20_000)
            .or_else(|| {
                #[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^52")]
                let seconds = self.cache.max_age_s as f64;
                number("cache.max_age_s", seconds, 1.0, 2_592_000.0)
            })
            .or_else(|| time("server.head_ms", self.server.head_ms, 100.0))
            .or_else(|| time("server.body_ms", self.server.body_ms, 100.0))
            .or_else(|| time("server.drain_ms", self.server.drain_ms, 0.0))
            .or_else(|| count("engine.slots", self.engine.slots, 1, 64))
            .or_else(|| count("engine.threads", self.engine.threads, 0, 512))
            .or_else(|| count("engine.queue", self.engine.queue, 1, 65_536))
            .or_else(|| {
                let tokens = f64::from(self.engine.context_tokens);
                number("engine.context_tokens", tokens, 256.0, 131_072.0)
            })
            .or_else(|| {
                let bytes = self.limits.max_message_bytes;
                count(
                    "limits.max_message_bytes",
                    bytes,
                    1,
                    self.limits.max_body_bytes,
                )
            })
            .or_else(|| amount("budget.day_usd", self.budget.day_usd))
            .or_else(|| amount("budget.month_usd", self.budget.month_usd))
            .or_else(|| {
                (!self.store.url.starts_with("sqlite:")).then(|| {
                    let found = &self.store.url;
                    (
                        "store.url",
                        format!("found '{found}', allowed sqlite://PATH"),
                    )
                })
            })
            .or_else(|| self.impossible_upstream())
    }

    fn impossible_upstream(&self) -> Option<(&'static str, String)> {
        let reserved = [
            "auto",
            "knowledge",
            "escalate",
            self.models.generator.as_str(),
        ];
        for (index, upstream) in self.upstreams.iter().enumerate() {
            let at =
                |problem: String| Some(("upstreams", format!("entry {}: {problem}", index + 1)));
            let Upstream { name, base_url, .. } = upstream;
            if name.is_empty() || reserved.contains(&name.as_str()) {
                return at(format!(
                    "name: found '{name}', allowed any but the empty one and {}",
                    reserved.join(", ")
                ));
            }
            if self.upstreams[..index]
                .iter()
                .any(|other| other.name == *name)
            {
                return at(format!("name: '{name}' stands twice; names must differ"));
            }
            if !base_url.starts_with("http://") && !base_url.starts_with("https://") {
                return at(format!(
                    "base_url: found '{base_url}', allowed http(s)://…/v1"
                ));
            }
            if upstream.input_usd_per_mtok < 0.0 || upstream.output_usd_per_mtok < 0.0 {
                return at("prices: found a negative one, allowed 0 and above".into());
            }
        }
        None
    }
}

fn origin(metadata: Option<&figment::Metadata>, key: &str) -> String {
    let Some(metadata) = metadata else {
        return "configuration".into();
    };
    match &metadata.source {
        Some(figment::Source::File(path)) => path.file_name().map_or_else(
            || path.display().to_string(),
            |name| name.to_string_lossy().into(),
        ),
        _ if metadata.name.contains("environment") => {
            format!("MICROGPT__{}", key.to_uppercase().replace('.', "__"))
        }
        _ => "command line".into(),
    }
}

fn explain(error: &figment::Error) -> ConfigError {
    let mut path = error.path.clone();
    let problem = match &error.kind {
        Kind::UnknownField(found, allowed) => {
            path.push(found.clone());
            format!("unknown key; allowed: {}", allowed.join(", "))
        }
        Kind::MissingField(name) => {
            path.push(name.to_string());
            "missing, but it has no default".into()
        }
        Kind::InvalidType(found, allowed) | Kind::InvalidValue(found, allowed) => {
            format!("found {found}, allowed {allowed}")
        }
        Kind::UnknownVariant(found, allowed) => {
            format!("found '{found}', allowed: {}", allowed.join(", "))
        }
        other => other.to_string(),
    };
    let key = path.join(".");
    ConfigError::Invalid {
        origin: origin(error.metadata.as_ref(), &key),
        key,
        problem,
    }
}
