//! Logs and metrics: set up once a process, written everywhere through `tracing` and `metrics`.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat};

/// Seconds; from an exact repeat to a slow upstream.
const DURATION_BUCKETS_S: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 120.0,
];

/// Sends logs to stderr. A second call changes nothing, so that tests may start many servers.
pub fn log_to_stderr(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let writer = fmt::layer().with_writer(std::io::stderr);
    let installed = match log.format {
        LogFormat::Text => registry.with(writer.with_target(false)).try_init(),
        LogFormat::Json => registry.with(writer.json().flatten_event(true)).try_init(),
    };
    if installed.is_err() {
        tracing::debug!("logs were set up before");
    }
}

/// The process's metrics, rendered on demand for Prometheus.
///
/// # Panics
/// Never: the buckets are a constant that is not empty.
pub fn metrics() -> PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    let handle = HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), DURATION_BUCKETS_S)
            .expect("the list of buckets is not empty")
            .build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("another recorder holds the metrics");
        }
        handle
    });
    handle.clone()
}
