//! A turn as rows: made on the caller's side, so that the writer only binds and inserts.
//!
//! What a group of turns comes to is one statement a table, however many they are.

use sqlx::{Any, AssertSqlSafe, Transaction};

use super::{data::TurnRecord, error::StoreError, reading::CONSENTED};
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

    fn was_paid(&self) -> bool {
        let outcome = &self.record.outcome;
        outcome.route == Route::Escalate || outcome.cost_usd > 0.0
    }
}

/// Inserts turns, their conversations where those are new, and what they cost where an upstream was
/// paid.
///
/// Many rows a statement: each statement is a journey to the database's thread and back, which
/// costs more than the row itself.
pub(super) async fn insert(
    transaction: &mut Transaction<'_, Any>,
    turns: &[&TurnRow],
) -> Result<(), sqlx::Error> {
    let mut rest = turns;
    while let Some(size) = GROUPS.into_iter().find(|&size| size <= rest.len()) {
        let group;
        (group, rest) = rest.split_at(size);
        insert_conversations(transaction, group).await?;
        insert_turns(transaction, group).await?;
    }
    for turn in turns.iter().filter(|turn| turn.was_paid()) {
        insert_usage(transaction, turn).await?;
    }
    Ok(())
}

/// How many rows a statement may have: few sizes, so that each stays prepared.
const GROUPS: [usize; 4] = [32, 8, 2, 1];

async fn insert_conversations(
    transaction: &mut Transaction<'_, Any>,
    turns: &[&TurnRow],
) -> Result<(), sqlx::Error> {
    let statement = format!(
        "INSERT INTO conversations (id, created_at) VALUES {} ON CONFLICT (id) DO NOTHING",
        placeholders(turns.len(), 2)
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for turn in turns {
        query = query
            .bind(turn.record.conversation_id.as_str())
            .bind(turn.asked_at);
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

async fn insert_turns(
    transaction: &mut Transaction<'_, Any>,
    turns: &[&TurnRow],
) -> Result<(), sqlx::Error> {
    let statement = format!(
        "INSERT INTO turns (message_id, conversation_id, request_id, user_message_id, question,
             answer, route, confidence, model, outcome, signals, prompt_tokens,
             completion_tokens, asked_at, created_at, training_consent)
         VALUES {}",
        placeholders(turns.len(), 16)
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for turn in turns {
        let TurnRecord {
            conversation_id,
            request_id,
            user_message_id,
            question,
            answer,
            outcome,
            usage,
            consented,
            ..
        } = &turn.record;
        query = query
            .bind(outcome.message_id.as_str())
            .bind(conversation_id.as_str())
            .bind(request_id.as_str())
            .bind(user_message_id.as_str())
            .bind(question.as_deref())
            .bind(answer.as_str())
            .bind(outcome.route.as_str())
            .bind(finite(f64::from(outcome.confidence)))
            .bind(outcome.model.as_str())
            .bind(turn.outcome_json.as_str())
            .bind(turn.signals_json.as_str())
            .bind(usage.map(|usage| i64::from(usage.prompt_tokens)))
            .bind(usage.map(|usage| i64::from(usage.completion_tokens)))
            .bind(turn.asked_at)
            .bind(turn.created_at)
            .bind(if *consented { CONSENTED } else { "no" });
    }
    query.execute(&mut **transaction).await?;
    Ok(())
}

async fn insert_usage(
    transaction: &mut Transaction<'_, Any>,
    turn: &TurnRow,
) -> Result<(), sqlx::Error> {
    let outcome = &turn.record.outcome;
    let usage = turn.record.usage.unwrap_or(Usage::new(0, 0));
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
    .bind(turn.created_at)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

/// `($1, $2), ($3, $4)`: that many rows of that many columns.
fn placeholders(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let numbers = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!("({})", numbers.collect::<Vec<_>>().join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// SQLite reads "not a number" as NULL, which would refuse the whole turn.
fn finite(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_through() {
        assert_eq!(placeholders(2, 3), "($1, $2, $3), ($4, $5, $6)");
    }

    #[test]
    fn any_number_of_turns_is_a_sum_of_groups() {
        assert_eq!(GROUPS.last(), Some(&1));
        assert!(GROUPS.is_sorted_by(|larger, smaller| larger > smaller));
    }
}
