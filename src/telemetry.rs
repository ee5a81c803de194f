//! Logs and metrics: set up once a process, written everywhere through `tracing` and `metrics`.

use std::{
    io::{self, Write},
    sync::OnceLock,
};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{Log, LogFormat},
    text::visible,
};

/// Seconds; from an exact repeat to a slow upstream.
const DURATION_BUCKETS_S: &[f64] = &[
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 120.0,
];

/// Sends logs to stderr. A second call changes nothing, so that tests may start many servers.
pub fn log_to_stderr(log: &Log) {
    let filter = EnvFilter::try_new(&log.level).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let writer = fmt::layer().with_writer(|| OneLine(io::stderr()));
    let installed = match log.format {
        LogFormat::Text => registry.with(writer.with_target(false)).try_init(),
        LogFormat::Json => registry.with(writer.json().flatten_event(true)).try_init(),
    };
    if installed.is_err() {
        tracing::debug!("logs were set up before");
    }
}

/// Writes each event as one line, whatever stands in it: no name that people choose can make up a
/// line of its own. The formatter hands over an event in one piece.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0.write_all(one_line(event).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Colours stay as they are: the formatter escapes what others would pass for one.
fn one_line(event: &[u8]) -> String {
    let text = String::from_utf8_lossy(event);
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let parts = line.split('\u{1b}').map(visible);
    parts.collect::<Vec<_>>().join("\u{1b}") + "\n"
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_one_line_whatever_stands_in_it() {
        let event = "INFO path=\u{1b}[2m/x\nINFO forged\r\u{202e}\n";
        let line = "INFO path=\u{1b}[2m/x\\u{a}INFO forged\\u{d}\\u{202e}\n";
        assert_eq!(one_line(event.as_bytes()), line);
    }
}
