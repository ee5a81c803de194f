//! How long turns take as their clients see them, under OpenTelemetry's `gen_ai` names.
//!
//! Reads the events that pass by; decides nothing. Routes, tokens and costs are counted by the
//! orchestrator, and how HTTP itself fares in [`super::observe`].

use std::time::Instant;

use crate::orchestrator::TurnEvent;

const DURATION: &str = "gen_ai_server_request_duration_seconds";
const FIRST_TOKEN: &str = "gen_ai_server_time_to_first_token_seconds";
const FAILED: &str = "microgpt_turns_failed_total";

/// Says what the metrics of this module are.
pub fn describe() {
    use metrics::{Unit, describe_counter, describe_histogram};
    describe_histogram!(
        DURATION,
        Unit::Seconds,
        "Time from a turn's start to its end"
    );
    describe_histogram!(
        FIRST_TOKEN,
        Unit::Seconds,
        "Time from a turn's start to its first text"
    );
    describe_counter!(FAILED, "Turns that ended in an error");
}

/// Counts a turn that ended in an error.
pub fn count_failure() {
    metrics::counter!(FAILED).increment(1);
}

/// Times one turn by the events that pass.
#[derive(Debug)]
pub struct TurnClock {
    started: Instant,
    first_text: Option<Instant>,
}

impl TurnClock {
    /// Starts with the turn.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            first_text: None,
        }
    }

    /// Takes note of an event before it is sent.
    pub fn observe(&mut self, event: &TurnEvent) {
        match event {
            TurnEvent::Routed { .. } => {}
            TurnEvent::Text(_) => {
                self.first_text.get_or_insert_with(Instant::now);
            }
            TurnEvent::Done(answer) => self.done(&answer.outcome.model),
            TurnEvent::Failed(_) => count_failure(),
        }
    }

    fn done(&self, model: &str) {
        let labels = [
            ("gen_ai_operation_name", "chat".to_owned()),
            ("gen_ai_response_model", model.to_owned()),
        ];
        let elapsed = self.started.elapsed();
        metrics::histogram!(DURATION, &labels).record(elapsed.as_secs_f64());
        if let Some(first) = self.first_text {
            let waited = first.duration_since(self.started);
            metrics::histogram!(FIRST_TOKEN, &labels).record(waited.as_secs_f64());
        }
    }
}
