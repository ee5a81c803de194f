//! The queries that only read. They run beside the writer and see what it has committed.

use std::ops::Range;

use sqlx::{AnyPool, Row, any::AnyRow};

use super::{
    data::{
        AnsweredBy, Conversation, ConversationSummary, DecidedTurn, RecordedTurn, StoredMessage,
    },
    error::StoreError,
};
use crate::chat::{Message, Role, Route};

/// In the column `training_consent`; all else is a no.
pub(super) const CONSENTED: &str = "yes";

/// The longest title, in characters.
const TITLE_CHARS: usize = 80;

/// The characters of an excerpt before and after what was looked for.
const EXCERPT_CHARS: usize = 60;

/// The casts tell PostgreSQL the type of what may be NULL.
const SUMMARIES: &str = "
    SELECT c.id, c.created_at,
        (SELECT MAX(t.created_at) FROM turns t WHERE t.conversation_id = c.id) AS answered_at,
        (SELECT COUNT(*) + COUNT(t.question) FROM turns t WHERE t.conversation_id = c.id)
            AS messages,
        (SELECT SUBSTR(t.question, 1, 400) FROM turns t
            WHERE t.conversation_id = c.id AND t.question IS NOT NULL
            ORDER BY t.created_at, t.message_id LIMIT 1) AS opening,
        (SELECT CASE WHEN LOWER(t.question) LIKE $3 ESCAPE '!' THEN t.question ELSE t.answer END
            FROM turns t WHERE t.conversation_id = c.id
                AND (LOWER(t.question) LIKE $3 ESCAPE '!' OR LOWER(t.answer) LIKE $3 ESCAPE '!')
            ORDER BY t.created_at, t.message_id LIMIT 1) AS found
    FROM conversations c
    WHERE (CAST($2 AS TEXT) IS NULL OR c.id < $2)
        AND (CAST($3 AS TEXT) IS NULL OR EXISTS (
            SELECT 1 FROM turns t WHERE t.conversation_id = c.id
                AND (LOWER(t.question) LIKE $3 ESCAPE '!' OR LOWER(t.answer) LIKE $3 ESCAPE '!')))
    ORDER BY c.id DESC LIMIT $1";

/// The newest `limit` conversations; of those older than `before`, and with `text` in a message.
pub(super) async fn summaries(
    pool: &AnyPool,
    limit: u32,
    before: Option<&str>,
    text: Option<&str>,
) -> Result<Vec<ConversationSummary>, StoreError> {
    let text = text.map(str::to_ascii_lowercase);
    let rows = sqlx::query(SUMMARIES)
        .bind(i64::from(limit))
        .bind(before)
        .bind(text.as_deref().map(pattern))
        .fetch_all(pool)
        .await?;
    rows.iter()
        .map(|row| summary(row, text.as_deref()))
        .collect()
}

/// Matches what contains `text` as it is.
fn pattern(text: &str) -> String {
    let literal = text
        .replace('!', "!!")
        .replace('%', "!%")
        .replace('_', "!_");
    format!("%{literal}%")
}

fn summary(row: &AnyRow, text: Option<&str>) -> Result<ConversationSummary, StoreError> {
    let created_at = row.try_get("created_at")?;
    let answered_at: Option<i64> = row.try_get("answered_at")?;
    let opening: Option<String> = row.try_get("opening")?;
    let found: Option<String> = row.try_get("found")?;
    Ok(ConversationSummary {
        id: row.try_get("id")?,
        title: opening.as_deref().map(title),
        created_at,
        updated_at: answered_at.unwrap_or(created_at),
        messages: row.try_get("messages")?,
        excerpt: found.zip(text).map(|(found, text)| excerpt(&found, text)),
    })
}

/// One line, cut to [`TITLE_CHARS`].
fn title(opening: &str) -> String {
    let line = opening.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= TITLE_CHARS {
        return line;
    }
    let mut cut: String = line.chars().take(TITLE_CHARS - 1).collect();
    cut.push('…');
    cut
}

/// One line of `message` around the first place of `text`, which is in lower case.
fn excerpt(message: &str, text: &str) -> String {
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let at = line.to_ascii_lowercase().find(text).unwrap_or(0);
    let before = line[..at].chars().count();
    let first = before.saturating_sub(EXCERPT_CHARS);
    let length = before - first + text.chars().count() + EXCERPT_CHARS;
    let mut cut: String = line.chars().skip(first).take(length).collect();
    if first > 0 {
        cut.insert(0, '…');
    }
    if first + length < line.chars().count() {
        cut.push('…');
    }
    cut
}

/// The conversation with its messages, or `None` if there is none of that id.
pub(super) async fn conversation(
    pool: &AnyPool,
    id: &str,
) -> Result<Option<Conversation>, StoreError> {
    let Some(created_at) = created_at(pool, id).await? else {
        return Ok(None);
    };
    let rows = sqlx::query(
        "SELECT t.user_message_id, t.question, t.asked_at,
                t.message_id, t.answer, t.created_at, t.outcome, f.rating
         FROM turns t LEFT JOIN feedback f ON f.message_id = t.message_id
         WHERE t.conversation_id = $1 ORDER BY t.created_at, t.message_id",
    )
    .bind(id)
    .fetch_all(pool)
    .await?;
    let mut messages = Vec::with_capacity(2 * rows.len());
    for row in &rows {
        if let Some(content) = row.try_get("question")? {
            messages.push(StoredMessage {
                id: row.try_get("user_message_id")?,
                role: Role::User,
                content,
                created_at: row.try_get("asked_at")?,
                outcome: None,
                rating: None,
            });
        }
        messages.push(StoredMessage {
            id: row.try_get("message_id")?,
            role: Role::Assistant,
            content: row.try_get("answer")?,
            created_at: row.try_get("created_at")?,
            outcome: Some(serde_json::from_str(row.try_get("outcome")?)?),
            rating: row.try_get("rating")?,
        });
    }
    Ok(Some(Conversation {
        id: id.to_owned(),
        created_at,
        messages,
    }))
}

/// What was said, oldest first, or `None` if there is no such conversation.
pub(super) async fn history(pool: &AnyPool, id: &str) -> Result<Option<Vec<Message>>, StoreError> {
    if created_at(pool, id).await?.is_none() {
        return Ok(None);
    }
    let rows = sqlx::query(
        "SELECT question, answer FROM turns
         WHERE conversation_id = $1 ORDER BY created_at, message_id",
    )
    .bind(id)
    .fetch_all(pool)
    .await?;
    let mut messages = Vec::with_capacity(2 * rows.len());
    for row in &rows {
        if let Some(question) = row.try_get::<Option<String>, _>("question")? {
            messages.push(Message::new(Role::User, question));
        }
        messages.push(Message::new(
            Role::Assistant,
            row.try_get::<String, _>("answer")?,
        ));
    }
    Ok(Some(messages))
}

/// Who gave the last answers, newest first. A route that this version doesn't know is left out.
pub(super) async fn answered_by(pool: &AnyPool, id: &str) -> Result<Vec<AnsweredBy>, StoreError> {
    let rows = sqlx::query(
        "SELECT route, model FROM turns WHERE conversation_id = $1
         ORDER BY created_at DESC, message_id DESC LIMIT 8",
    )
    .bind(id)
    .fetch_all(pool)
    .await?;
    let mut answers = Vec::with_capacity(rows.len());
    for row in &rows {
        if let Some(route) = Route::named(row.try_get("route")?) {
            let model = row.try_get("model")?;
            answers.push(AnsweredBy { route, model });
        }
    }
    Ok(answers)
}

async fn created_at(pool: &AnyPool, conversation_id: &str) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query("SELECT created_at FROM conversations WHERE id = $1")
        .bind(conversation_id)
        .fetch_optional(pool)
        .await?;
    Ok(row.map(|row| row.try_get("created_at")).transpose()?)
}

/// The next thousand turns after the answer `after`, of those answered since `unix_ms`. Pages along the
/// primary key, so that each row is visited once.
pub(super) async fn turns_since(
    pool: &AnyPool,
    unix_ms: i64,
    after: &str,
) -> Result<Vec<RecordedTurn>, StoreError> {
    let rows = sqlx::query(
        "SELECT t.message_id, t.question, t.answer, t.outcome, t.signals, t.training_consent,
                f.rating
         FROM turns t LEFT JOIN feedback f ON f.message_id = t.message_id
         WHERE t.message_id > $1 AND t.created_at >= $2 ORDER BY t.message_id LIMIT 1000",
    )
    .bind(after)
    .bind(unix_ms)
    .fetch_all(pool)
    .await?;
    rows.iter().map(recorded_turn).collect()
}

fn recorded_turn(row: &AnyRow) -> Result<RecordedTurn, StoreError> {
    let signals: serde_json::Value = serde_json::from_str(row.try_get("signals")?)?;
    Ok(RecordedTurn {
        message_id: row.try_get("message_id")?,
        question: row.try_get("question")?,
        answer: row.try_get("answer")?,
        outcome: serde_json::from_str(row.try_get("outcome")?)?,
        consented: row.try_get::<&str, _>("training_consent")? == CONSENTED,
        rating: row.try_get("rating")?,
        messages_before: signals["history_messages"].as_u64().unwrap_or(0),
    })
}

/// The next thousand turns after the answer `after`, of those answered in `unix_ms`; of the texts only
/// the beginning of the question is read.
///
/// What a turn cost is on the books. That it was degraded stands in its outcome alone: within a text
/// of that, JSON would write the quotes of the pattern with a backslash.
pub(super) async fn decided_turns(
    pool: &AnyPool,
    unix_ms: Range<i64>,
    after: &str,
) -> Result<Vec<DecidedTurn>, StoreError> {
    let rows = sqlx::query(
        "SELECT t.message_id, SUBSTR(t.question, 1, 400) AS opening, t.route, t.confidence,
                t.signals, u.cost_usd,
                CASE WHEN t.outcome LIKE '%\"degraded\":true%' THEN 1 ELSE 0 END AS degraded
         FROM turns t LEFT JOIN usage u ON u.message_id = t.message_id
         WHERE t.message_id > $1 AND t.created_at >= $2 AND t.created_at < $3
         ORDER BY t.message_id LIMIT 1000",
    )
    .bind(after)
    .bind(unix_ms.start)
    .bind(unix_ms.end)
    .fetch_all(pool)
    .await?;
    rows.iter().map(decided_turn).collect()
}

fn decided_turn(row: &AnyRow) -> Result<DecidedTurn, StoreError> {
    Ok(DecidedTurn {
        message_id: row.try_get("message_id")?,
        opening: row.try_get("opening")?,
        route: Route::named(row.try_get("route")?),
        confidence: row.try_get("confidence")?,
        degraded: row.try_get::<i64, _>("degraded")? != 0,
        cost_usd: row.try_get::<Option<f64>, _>("cost_usd")?.unwrap_or(0.0),
        signals: serde_json::from_str(row.try_get("signals")?).unwrap_or_default(),
    })
}

/// What upstreams were paid since `unix_ms`, in US dollars.
pub(super) async fn spent_usd_since(pool: &AnyPool, unix_ms: i64) -> Result<f64, StoreError> {
    let row = sqlx::query("SELECT SUM(cost_usd) AS spent FROM usage WHERE created_at >= $1")
        .bind(unix_ms)
        .fetch_one(pool)
        .await?;
    Ok(row.try_get::<Option<f64>, _>("spent")?.unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_one_line_of_bounded_length() {
        assert_eq!(title("  How do I\n return this? "), "How do I return this?");
        let long = title(&"退货 ".repeat(100));
        assert_eq!(long.chars().count(), TITLE_CHARS);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn an_excerpt_shows_what_was_looked_for_and_a_little_around_it() {
        assert_eq!(excerpt("We open at\n9.", "9"), "We open at 9.");
        let long = format!(
            "{} The KETTLE é {}",
            "before ".repeat(50),
            "after ".repeat(50)
        );
        let cut = excerpt(&long, "kettle");
        assert!(cut.starts_with('…') && cut.ends_with('…') && cut.contains("KETTLE"));
        assert!(cut.chars().count() <= 2 * EXCERPT_CHARS + "kettle".len() + 2);
    }

    #[test]
    fn a_searched_text_stands_for_itself() {
        assert_eq!(pattern("50% a_b!"), "%50!% a!_b!!%");
    }
}
