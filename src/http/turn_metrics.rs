//! Figures of turns, under OpenTelemetry's `gen_ai` names where it has one.
//!
//! Reads the events that pass by; decides nothing. How HTTP itself fares is in [`super::observe`].

use std::time::Instant;

use crate::orchestrator::{Answer, TurnEvent};

const DURATION: &str = "gen_ai_server_request_duration_seconds";
const FIRST_TOKEN: &str = "gen_ai_server_time_to_first_token_seconds";
const TOKENS: &str = "gen_ai_client_token_usage";
const TURNS: &str = "microgpt_turns_total";
const FAILED: &str = "microgpt_turns_failed_total";
const COST: &str = "microgpt_cost_usd";
const SAVED: &str = "microgpt_saved_usd";

/// Says what the metrics of this module are.
pub fn describe() {
    use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
    describe_histogram!(DURATION, Unit::Seconds, "Time from a turn's start to its end");
    describe_histogram!(FIRST_TOKEN, Unit::Seconds, "Time from a turn's start to its first text");
    describe_histogram!(TOKENS, "Tokens read and written a turn");
    describe_counter!(TURNS, "Turns answered, by route");
    describe_counter!(FAILED, "Turns that ended in an error");
    describe_gauge!(COST, "What upstreams cost since the start, in US dollars");
    describe_gauge!(SAVED, "What local answers saved since the start, in US dollars");
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
            TurnEvent::Done(answer) => self.done(answer),
            TurnEvent::Failed(_) => self.observe_failure(),
        }
    }

    /// Takes note that the turn ended in an error.
    pub fn observe_failure(&mut self) {
        self.first_text = None;
        metrics::counter!(FAILED).increment(1);
    }

    fn done(&self, answer: &Answer) {
        let outcome = &answer.outcome;
        let labels = [
            ("gen_ai_operation_name", "chat".to_owned()),
            ("gen_ai_response_model", outcome.model.clone()),
        ];
        metrics::histogram!(DURATION, &labels).record(self.started.elapsed().as_secs_f64());
        if let Some(first) = self.first_text {
            let waited = first.duration_since(self.started);
            metrics::histogram!(FIRST_TOKEN, &labels).record(waited.as_secs_f64());
        }
        for (kind, count) in [
            ("input", answer.usage.prompt_tokens),
            ("output", answer.usage.completion_tokens),
        ] {
            let model = outcome.model.clone();
            metrics::histogram!(
                TOKENS,
                "gen_ai_operation_name" => "chat",
                "gen_ai_response_model" => model,
                "gen_ai_token_type" => kind,
            )
            .record(f64::from(count));
        }
        metrics::counter!(
            TURNS,
            "route" => outcome.route.as_str(),
            "degraded" => outcome.degraded.to_string(),
        )
        .increment(1);
        metrics::gauge!(COST).increment(outcome.cost_usd);
        metrics::gauge!(SAVED).increment(outcome.saved_usd);
    }
}
