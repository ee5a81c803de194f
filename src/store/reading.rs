//! The queries that only read. They run beside the writer and see what it has committed.

use sqlx::{AnyPool, Row, any::AnyRow};

use super::{
    data::{Conversation, ConversationSummary, StoredMessage},
    error::StoreError,
};
use crate::chat::{Message, Role};

/// The longest title, in characters.
const TITLE_CHARS: usize = 80;

/// The list's query, with a condition on the conversation `c`.
macro_rules! summaries {
    ($condition:literal) => {
        concat!(
            "SELECT c.id, c.created_at,
                 (SELECT MAX(t.created_at) FROM turns t WHERE t.conversation_id = c.id)
                     AS answered_at,
                 (SELECT COUNT(*) + COUNT(t.question) FROM turns t
                     WHERE t.conversation_id = c.id) AS messages,
                 (SELECT SUBSTR(t.question, 1, 400) FROM turns t
                     WHERE t.conversation_id = c.id AND t.question IS NOT NULL
                     ORDER BY t.created_at, t.message_id LIMIT 1) AS opening
             FROM conversations c WHERE ",
            $condition,
            " ORDER BY c.id DESC LIMIT $1"
        )
    };
}

/// The newest `limit` conversations, or those older than the conversation `before`.
pub(super) async fn summaries(
    pool: &AnyPool,
    limit: u32,
    before: Option<&str>,
) -> Result<Vec<ConversationSummary>, StoreError> {
    let query = match before {
        None => sqlx::query(summaries!("1 = 1")).bind(i64::from(limit)),
        Some(before) => sqlx::query(summaries!("c.id < $2"))
            .bind(i64::from(limit))
            .bind(before),
    };
    let rows = query.fetch_all(pool).await?;
    rows.iter().map(summary).collect()
}

fn summary(row: &AnyRow) -> Result<ConversationSummary, StoreError> {
    let created_at = row.try_get("created_at")?;
    let answered_at: Option<i64> = row.try_get("answered_at")?;
    let opening: Option<String> = row.try_get("opening")?;
    Ok(ConversationSummary {
        id: row.try_get("id")?,
        title: opening.as_deref().map(title),
        created_at,
        updated_at: answered_at.unwrap_or(created_at),
        messages: row.try_get("messages")?,
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

async fn created_at(pool: &AnyPool, conversation_id: &str) -> Result<Option<i64>, StoreError> {
    let row = sqlx::query("SELECT created_at FROM conversations WHERE id = $1")
        .bind(conversation_id)
        .fetch_optional(pool)
        .await?;
    Ok(row.map(|row| row.try_get("created_at")).transpose()?)
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
}
