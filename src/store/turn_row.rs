//! A turn as rows: made on the caller's side, so that the writer only binds and inserts.

use sqlx::{Any, Transaction};

use super::{data::TurnRecord, error::StoreError};
use crate::chat::{Route, Usage};

/// A turn with everything already in the form of its columns.
pub(super) struct TurnRow {
    record: TurnRecord,
    outcome_json: String,
    signals_json: String,
    asked_at: i64,
    created_at: i64,
}

impl TurnRow {
    /// The rows of `record`, whose answer was whole at `created_at` (Unix milliseconds).
    pub(super) fn new(record: TurnRecord, created_at: i64) -> Result<Self, StoreError> {
        let taken_ms = record.outcome.timings_ms.total;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "a turn lasts minutes at most"
        )]
        let asked_at = created_at - taken_ms as i64;
        Ok(Self {
            outcome_json: serde_json::to_string(&record.outcome)?,
            signals_json: serde_json::to_string(&record.signals)?,
            record,
            asked_at,
            created_at,
        })
    }

    /// Inserts the turn, its conversation if that is new, and what it cost if an upstream was paid.
    pub(super) async fn insert(
        &self,
        transaction: &mut Transaction<'_, Any>,
    ) -> Result<(), sqlx::Error> {
        let TurnRecord {
            conversation_id,
            request_id,
            user_message_id,
            question,
            answer,
            outcome,
            usage,
            ..
        } = &self.record;
        sqlx::query(
            "INSERT INTO conversations (id, created_at) VALUES ($1, $2)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(conversation_id.as_str())
        .bind(self.asked_at)
        .execute(&mut **transaction)
        .await?;
        sqlx::query(
            "INSERT INTO turns (message_id, conversation_id, request_id, user_message_id, question,
                 answer, route, confidence, model, outcome, signals, prompt_tokens,
                 completion_tokens, asked_at, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(outcome.message_id.as_str())
        .bind(conversation_id.as_str())
        .bind(request_id.as_str())
        .bind(user_message_id.as_str())
        .bind(question.as_deref())
        .bind(answer.as_str())
        .bind(outcome.route.as_str())
        .bind(finite(f64::from(outcome.confidence)))
        .bind(outcome.model.as_str())
        .bind(self.outcome_json.as_str())
        .bind(self.signals_json.as_str())
        .bind(usage.map(|usage| i64::from(usage.prompt_tokens)))
        .bind(usage.map(|usage| i64::from(usage.completion_tokens)))
        .bind(self.asked_at)
        .bind(self.created_at)
        .execute(&mut **transaction)
        .await?;
        if outcome.route == Route::Escalate || outcome.cost_usd > 0.0 {
            self.insert_usage(transaction).await?;
        }
        Ok(())
    }

    async fn insert_usage(
        &self,
        transaction: &mut Transaction<'_, Any>,
    ) -> Result<(), sqlx::Error> {
        let outcome = &self.record.outcome;
        let usage = self.record.usage.unwrap_or(Usage::new(0, 0));
        sqlx::query(
            "INSERT INTO usage (message_id, upstream, prompt_tokens, completion_tokens, cost_usd,
                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(outcome.message_id.as_str())
        .bind(outcome.model.as_str())
        .bind(i64::from(usage.prompt_tokens))
        .bind(i64::from(usage.completion_tokens))
        .bind(finite(outcome.cost_usd))
        .bind(self.created_at)
        .execute(&mut **transaction)
        .await?;
        Ok(())
    }
}

/// SQLite reads "not a number" as NULL, which would refuse the whole turn.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}
