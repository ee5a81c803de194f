//! The one task that writes: it takes what is waiting, commits it as one transaction, then answers.
//!
//! Group commit makes a burst of records cost one flush instead of one each, and a single writing
//! connection never meets its own lock. The task holds SQL of writes only; reading goes elsewhere.
//! It ends when every handle is gone or one asked for it, after what was waiting is committed.

use sqlx::{Any, AnyConnection, Connection, Transaction};
use tokio::sync::{mpsc, oneshot};

use super::{
    error::{StoreError, concerns_the_file},
    turn_row::{self, TurnRow},
};

/// The most writes in one transaction.
const MAX_BATCH: usize = 256;
/// The most writes that wait for the task; further callers wait at the door.
pub(super) const QUEUE: usize = 1024;

/// What the task is asked to do.
pub(super) enum Job {
    /// Write something, and say when it is durable.
    Write(Write, Ack),
    /// Commit what is waiting, take no more, close the file, and say so.
    Close(oneshot::Sender<()>),
}

/// Where the result of a write goes: whether there was a row that it applied to.
pub(super) type Ack = oneshot::Sender<Result<bool, StoreError>>;

/// One write.
pub(super) enum Write {
    /// A conversation that begins empty.
    Conversation {
        /// Its id.
        id: String,
        /// Unix milliseconds.
        created_at: i64,
    },
    /// A turn, with its conversation if that is new.
    Turn(Box<TurnRow>),
    /// An opinion on an answer; a later one replaces it.
    Feedback {
        /// The answer.
        message_id: String,
        /// What it was given.
        rating: i64,
        /// In words.
        comment: Option<String>,
        /// Unix milliseconds.
        created_at: i64,
    },
    /// A conversation and all that belongs to it.
    Deletion {
        /// The conversation.
        conversation_id: String,
    },
}

/// Runs until no handle is left or one closes the store.
pub(super) async fn run(mut connection: AnyConnection, mut jobs: mpsc::Receiver<Job>) {
    let mut waiting = Vec::with_capacity(MAX_BATCH);
    let mut closers = Vec::new();
    while jobs.recv_many(&mut waiting, MAX_BATCH).await > 0 {
        let mut batch = Vec::with_capacity(waiting.len());
        for job in waiting.drain(..) {
            match job {
                Job::Write(write, ack) => batch.push((write, ack)),
                Job::Close(done) => {
                    jobs.close();
                    closers.push(done);
                }
            }
        }
        commit(&mut connection, batch).await;
    }
    finish(connection).await;
    for done in closers {
        // Whoever asked may have stopped waiting; the store is closed all the same.
        let _ = done.send(());
    }
}

/// Commits the whole batch. Where a row is at fault, commits each write alone, so that a bad one
/// harms no other; where the file is, each would but wait its turn to fail as well.
async fn commit(connection: &mut AnyConnection, batch: Vec<(Write, Ack)>) {
    if batch.is_empty() {
        return;
    }
    match transact(connection, batch.iter().map(|(write, _)| write)).await {
        Ok(found) => {
            for ((_, ack), found) in batch.into_iter().zip(found) {
                let _ = ack.send(Ok(found));
            }
        }
        Err(error) if concerns_the_file(&error) => {
            tracing::error!(%error, writes = batch.len(), "nothing can be written to the database");
            let reason = error.to_string();
            for (_, ack) in batch {
                let _ = ack.send(Err(StoreError::Unwritable(reason.clone())));
            }
        }
        Err(error) => {
            tracing::debug!(%error, writes = batch.len(), "a group of writes failed; writing them one by one");
            for (write, ack) in batch {
                let result = transact(connection, std::iter::once(&write)).await;
                let found = result.map(|found| found.into_iter().any(|found| found));
                let _ = ack.send(found.map_err(StoreError::from));
            }
        }
    }
}

/// All of `writes` or none.
async fn transact(
    connection: &mut AnyConnection,
    writes: impl Iterator<Item = &Write>,
) -> Result<Vec<bool>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let mut found = Vec::new();
    let mut turns = Vec::new();
    for write in writes {
        // An early return drops the transaction, which rolls it back.
        if let Write::Turn(turn) = write {
            turns.push(&**turn);
            found.push(true);
            continue;
        }
        // What is not a turn may refer to the turns before it.
        turn_row::insert(&mut transaction, &std::mem::take(&mut turns)).await?;
        found.push(apply(&mut transaction, write).await?);
    }
    turn_row::insert(&mut transaction, &turns).await?;
    transaction.commit().await?;
    Ok(found)
}

/// True where the write applied to something.
async fn apply(transaction: &mut Transaction<'_, Any>, write: &Write) -> Result<bool, sqlx::Error> {
    let query = match write {
        Write::Conversation { id, created_at } => {
            sqlx::query("INSERT INTO conversations (id, created_at) VALUES ($1, $2)")
                .bind(id.as_str())
                .bind(*created_at)
        }
        Write::Turn(turn) => {
            turn_row::insert(transaction, &[turn]).await?;
            return Ok(true);
        }
        Write::Feedback {
            message_id,
            rating,
            comment,
            created_at,
        } => sqlx::query(
            "INSERT INTO feedback (message_id, rating, comment, created_at)
             SELECT message_id, $2, $3, $4 FROM turns WHERE message_id = $1
             ON CONFLICT (message_id) DO UPDATE SET
                 rating = excluded.rating,
                 comment = excluded.comment,
                 created_at = excluded.created_at",
        )
        .bind(message_id.as_str())
        .bind(*rating)
        .bind(comment.as_deref())
        .bind(*created_at),
        Write::Deletion { conversation_id } => {
            sqlx::query("DELETE FROM conversations WHERE id = $1").bind(conversation_id.as_str())
        }
    };
    let result = query.execute(&mut **transaction).await?;
    Ok(result.rows_affected() > 0)
}

/// Moves the write-ahead log into the file and closes it. A failure loses nothing: the log is
/// read again at the next start.
async fn finish(mut connection: AnyConnection) {
    let checkpoint = sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(&mut connection)
        .await;
    if let Err(error) = checkpoint {
        tracing::warn!(%error, "the write-ahead log stays for the next start");
    }
    if let Err(error) = connection.close().await {
        tracing::warn!(%error, "the database did not close cleanly");
    }
}
