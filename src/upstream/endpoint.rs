//! One upstream: its key, its times, and how it is asked, with one more try before the first token.

use std::{error::Error, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use reqwest::{Client, header::HeaderValue, redirect};
use secrecy::{ExposeSecret, SecretString};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};
use tracing::Instrument;

use super::{
    ChatRequest, Reply,
    answer::Answer,
    error::{Stage, UpstreamError, excerpt},
    prices::Prices,
    wire::{self, LimitField},
};
use crate::{chat::ModelEvent, config};

/// Events that wait for a slow reader before the upstream is made to wait.
const EVENTS: usize = 64;
/// The wait before the second try; a jitter of up to as much again is added.
const RETRY_DELAY: Duration = Duration::from_millis(100);

/// One large-model API, and how to reach it.
#[derive(Debug)]
pub struct Upstream {
    name: String,
    model: String,
    prices: Prices,
    url: String,
    limit: LimitField,
    ttft: Duration,
    total: Duration,
    access: Result<Access, UpstreamError>,
}

/// What it takes to ask. The key never shows in `Debug`.
#[derive(Debug)]
struct Access {
    client: Client,
    key: Option<SecretString>,
}

impl Access {
    fn key(&self) -> &str {
        self.key.as_ref().map_or("", |key| key.expose_secret())
    }
}

impl Upstream {
    /// The upstream of `config`, its key looked up by `variable`. A missing key or a machine
    /// without certificates makes it unusable, not wrong.
    pub(super) fn new(
        config: &config::Upstream,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, UpstreamError> {
        let url = reqwest::Url::parse(&config.base_url)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https"))
            .ok_or_else(|| UpstreamError::Unusable {
                name: config.name.clone(),
                message: "base_url must be an http:// or https:// address".to_owned(),
            })?;
        let limit = match url.host_str() {
            Some("api.openai.com") => LimitField::MaxCompletionTokens,
            _ => LimitField::MaxTokens,
        };
        let secure = url.scheme() == "https";
        let access = key(config, variable).and_then(|key| {
            let client = client(config, secure)?;
            Ok(Access { client, key })
        });
        Ok(Self {
            name: config.name.clone(),
            model: config.model.clone(),
            prices: Prices::of(config),
            url: format!("{}/chat/completions", config.base_url.trim_end_matches('/')),
            limit,
            ttft: Duration::from_millis(config.ttft_ms),
            total: Duration::from_millis(config.total_ms),
            access,
        })
    }

    /// The name that a request may ask for.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The upstream's own name of its model.
    #[must_use]
    pub fn model(&self) -> &str {
        &self.model
    }

    /// What it charges.
    #[must_use]
    pub fn prices(&self) -> Prices {
        self.prices
    }

    /// Why it can't be asked at all, if so: no key, or no certificates on this machine.
    #[must_use]
    pub fn unusable(&self) -> Option<&UpstreamError> {
        self.access.as_ref().err()
    }

    /// Asks, and returns when the first token or the end has come.
    pub(super) async fn chat(&self, request: ChatRequest<'_>) -> Result<Reply, UpstreamError> {
        let access = self.access.as_ref().map_err(Clone::clone)?;
        let deadline = Instant::now() + self.total;
        let body = wire::Request::new(&self.model, request.messages, request.sampling, self.limit);
        let (first, answer) = (|| self.ask(access, &body, deadline))
            .retry(
                ExponentialBuilder::default()
                    .with_min_delay(RETRY_DELAY)
                    .with_max_times(1)
                    .with_jitter(),
            )
            .sleep(tokio::time::sleep)
            .when(UpstreamError::may_pass)
            .adjust(|error, delay| {
                delay.map(|delay| delay.max(error.retry_after().unwrap_or_default()))
            })
            .notify(|error, delay| {
                tracing::info!(upstream = self.name, %error, ?delay, "asking the upstream again");
            })
            .await?;
        Ok(Reply {
            upstream: self.name.clone(),
            model: self.model.clone(),
            prices: self.prices,
            events: pass_on(first, answer, deadline),
        })
    }

    /// One try, up to the first event.
    async fn ask(
        &self,
        access: &Access,
        body: &wire::Request<'_>,
        deadline: Instant,
    ) -> Result<(ModelEvent, Answer), UpstreamError> {
        let first_token = async {
            let mut request = access.client.post(&self.url).json(body);
            if let Some(key) = &access.key {
                request = request.bearer_auth(key.expose_secret());
            }
            let response = request.send().await;
            let response = response.map_err(|error| not_sent(error, access.key()))?;
            let mut answer = Answer::open(response, access.key()).await?;
            let first = answer.next().await?;
            Ok((first, answer))
        };
        let patience = deadline.min(Instant::now() + self.ttft);
        timeout_at(patience, first_token)
            .await
            .unwrap_or(Err(UpstreamError::Timeout {
                stage: Stage::FirstToken,
            }))
    }
}

/// The key that the configuration asks for, if it asks for one.
fn key(
    config: &config::Upstream,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Option<SecretString>, UpstreamError> {
    let Some(name) = &config.api_key_env else {
        return Ok(None);
    };
    let key = variable(name).map(|key| key.trim().to_owned());
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        return Err(UpstreamError::NoKey {
            variable: name.clone(),
        });
    };
    if HeaderValue::from_str(&key).is_err() {
        return Err(UpstreamError::Unusable {
            name: config.name.clone(),
            message: format!("${name} holds characters that no key has"),
        });
    }
    Ok(Some(key.into()))
}

/// A client that goes where it was told and nowhere else: no redirect takes the key along.
fn client(config: &config::Upstream, secure: bool) -> Result<Client, UpstreamError> {
    // An error means that a provider is installed already, which serves as well.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut client = Client::builder()
        .connect_timeout(Duration::from_millis(config.connect_ms))
        .redirect(redirect::Policy::none());
    if !secure {
        // A machine without certificates can still reach a server of its own.
        client = client.tls_certs_only([]);
    }
    client.build().map_err(|error| UpstreamError::Unusable {
        name: config.name.clone(),
        message: excerpt(&root_cause(&error), ""),
    })
}

fn not_sent(error: reqwest::Error, key: &str) -> UpstreamError {
    if error.is_connect() && error.is_timeout() {
        return UpstreamError::Timeout {
            stage: Stage::Connect,
        };
    }
    // The address may hold what is nobody's business.
    let error = error.without_url();
    let message = excerpt(&root_cause(&error), key);
    if error.is_connect() {
        return UpstreamError::Connect { message };
    }
    if error.is_builder() {
        return UpstreamError::Protocol { message };
    }
    UpstreamError::Closed
}

/// The innermost reason, which is the one a person can act on.
fn root_cause(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// Hands the events on as they arrive, until the end, an error, the deadline or a reader that left.
fn pass_on(
    first: ModelEvent,
    mut answer: Answer,
    deadline: Instant,
) -> mpsc::Receiver<Result<ModelEvent, UpstreamError>> {
    let (sender, events) = mpsc::channel(EVENTS);
    let pump = async move {
        let mut event = Ok(first);
        loop {
            let more = matches!(event, Ok(ModelEvent::Text(_)));
            if sender.send(event).await.is_err() || !more {
                return;
            }
            event = tokio::select! {
                () = sender.closed() => return,
                next = timeout_at(deadline, answer.next()) => {
                    next.unwrap_or(Err(UpstreamError::Timeout { stage: Stage::Total }))
                }
            };
        }
    };
    tokio::spawn(pump.in_current_span());
    events
}
