//! The memory of the program: conversations, decisions, usage and feedback, in one database.
//!
//! A [`Store`] is a cheap handle. Reads go to a small pool; every write goes to one task
//! ([`writer`]) that commits in groups and answers once the write is durable: what was acknowledged
//! survives the death of the process. SQL is portable (see the migrations); that the file is
//! SQLite's is known here, in [`location`] and in [`error`] only.
//!
//! It judges nothing: budgets, titles' languages and what may be deleted by whom are decided by
//! callers. It never deletes or overwrites a file that it can't read.

mod data;
mod error;
mod location;
mod reading;
mod turn_row;
mod writer;

#[cfg(test)]
mod tests;

use std::{
    ops::Range,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{
    AnyConnection, AnyPool, ConnectOptions, Row,
    any::{AnyPoolOptions, install_default_drivers},
    migrate::Migrator,
};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

pub use self::{
    data::{
        AnsweredBy, Conversation, ConversationSummary, DecidedTurn, RecordedTurn, StoredMessage,
        TurnRecord,
    },
    error::StoreError,
};
use self::{
    turn_row::TurnRow,
    writer::{Job, Write},
};
use crate::chat::Message;

/// Embedded, and run at every start.
static MIGRATIONS: Migrator = sqlx::migrate!("./migrations");

/// Connections that read. Each is a thread, so there are few.
const READERS: u32 = 3;

/// The largest file that is read whole at the start, to see whether it is damaged: a fraction of a
/// second.
const MOST_CHECKED_BYTES: u64 = 64 << 20;

/// How often bringing the tables up to date is tried, where another process is at it too.
const MIGRATION_TRIES: usize = 5;

/// For how long setting a connection up is tried, where another process has the file locked.
const SETTING_PATIENCE: Duration = Duration::from_secs(5);

/// Set on each connection. A lock that another process holds is waited for. With the write-ahead log, NORMAL keeps a commit through the death of the
/// process; only a power cut can take the last ones, and never the file's integrity.
const PRAGMAS: &str = "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; \
                       PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON";

/// A handle to the database; clones share it. When the last one is dropped, what was handed in is
/// still written, then the file is closed.
#[derive(Clone)]
pub struct Store {
    readers: AnyPool,
    writes: mpsc::Sender<Job>,
    clock: Arc<Clock>,
}

impl Store {
    /// Opens `sqlite://PATH`, creating folder and file, and brings its tables up to date. Must be
    /// called within a Tokio runtime, where the writing task is to live.
    ///
    /// # Errors
    /// A URL of another kind, a folder that can't be made, a file that is damaged or was written by
    /// a newer version; the file is left as it is.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        install_default_drivers();
        let location = location::prepare(url)?;
        // The writer's connection is opened by hand: a pool would try a damaged file again and
        // again until it gives up without the reason.
        let opening = |error| StoreError::opening(&location.path, error);
        let mut connection = location.options.connect().await.map_err(opening)?;
        configure(&mut connection).await.map_err(opening)?;
        check(&mut connection, &location.path).await?;
        migrate(&mut connection, &location.path).await?;

        let readers = AnyPoolOptions::new()
            .max_connections(READERS)
            .test_before_acquire(false)
            .after_connect(|connection, _| Box::pin(configure(connection)))
            .connect_lazy_with(location.options);
        let (writes, jobs) = mpsc::channel(writer::QUEUE);
        tokio::spawn(writer::run(connection, jobs));
        Ok(Self {
            readers,
            writes,
            clock: Arc::default(),
        })
    }

    /// Begins an empty conversation and returns its id, once it is durable.
    ///
    /// # Errors
    /// The database refuses, or the store is closed.
    pub async fn create_conversation(&self) -> Result<String, StoreError> {
        let id = Uuid::now_v7().to_string();
        let created_at = self.clock.now_ms();
        let write = Write::Conversation {
            id: id.clone(),
            created_at,
        };
        self.write(write).await?;
        Ok(id)
    }

    /// The newest `limit` conversations; with `before`, those that began before that one; with
    /// `query`, those with that text in a message (letters of ASCII in either case).
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn conversations(
        &self,
        limit: u32,
        before: Option<&str>,
        query: Option<&str>,
    ) -> Result<Vec<ConversationSummary>, StoreError> {
        reading::summaries(&self.readers, limit, before, query).await
    }

    /// A conversation with its messages, oldest first; `None` if there is none of that id.
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn conversation(&self, id: &str) -> Result<Option<Conversation>, StoreError> {
        reading::conversation(&self.readers, id).await
    }

    /// What was said in a conversation, as models read it; `None` if there is none of that id.
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn history(&self, id: &str) -> Result<Option<Vec<Message>>, StoreError> {
        reading::history(&self.readers, id).await
    }

    /// Who gave the last answers of a conversation, newest first, a few at most; none where there is
    /// no such conversation.
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn answered_by(&self, id: &str) -> Result<Vec<AnsweredBy>, StoreError> {
        reading::answered_by(&self.readers, id).await
    }

    /// Deletes a conversation with its turns and their feedback; false if there was none. What it
    /// cost stays on the books.
    ///
    /// # Errors
    /// The database refuses, or the store is closed.
    pub async fn delete_conversation(&self, id: &str) -> Result<bool, StoreError> {
        let conversation_id = id.to_owned();
        self.write(Write::Deletion { conversation_id }).await
    }

    /// Records a turn, making its conversation if there is none. Resolves once it is durable.
    ///
    /// # Errors
    /// The database refuses (an answer's id that was used before, a full disk), or the store is
    /// closed; then nothing of the turn is kept.
    pub async fn record(&self, turn: TurnRecord) -> Result<(), StoreError> {
        let row = TurnRow::new(turn, self.clock.now_ms())?;
        self.write(Write::Turn(Box::new(row))).await?;
        Ok(())
    }

    /// Keeps an opinion on an answer, in place of an earlier one; false if there is no such answer.
    ///
    /// # Errors
    /// The database refuses, or the store is closed.
    pub async fn feedback(
        &self,
        message_id: &str,
        rating: i64,
        comment: Option<&str>,
    ) -> Result<bool, StoreError> {
        let write = Write::Feedback {
            message_id: message_id.to_owned(),
            rating,
            comment: comment.map(str::to_owned),
            created_at: self.clock.now_ms(),
        };
        self.write(write).await
    }

    /// The next turns answered since `unix_ms` after the one of that id, in the order of their ids,
    /// which is that of time; a thousand at most, and none at the end.
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn turns_since(
        &self,
        unix_ms: i64,
        after: &str,
    ) -> Result<Vec<RecordedTurn>, StoreError> {
        reading::turns_since(&self.readers, unix_ms, after).await
    }

    /// The next turns answered in `unix_ms` after the one of that id, without their answers and
    /// evidence; in the order of their ids, a thousand at most, and none at the end.
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn decided_turns(
        &self,
        unix_ms: Range<i64>,
        after: &str,
    ) -> Result<Vec<DecidedTurn>, StoreError> {
        reading::decided_turns(&self.readers, unix_ms, after).await
    }

    /// What upstreams were paid since `unix_ms`, in US dollars. Reads an index only: a month of a
    /// hundred thousand paid answers takes milliseconds.
    ///
    /// # Errors
    /// The database can't be read.
    pub async fn spent_usd_since(&self, unix_ms: i64) -> Result<f64, StoreError> {
        reading::spent_usd_since(&self.readers, unix_ms).await
    }

    /// Writes what is waiting, moves the log into the file and closes it, for all handles.
    pub async fn close(self) {
        let (done, closed) = oneshot::channel();
        if self.writes.send(Job::Close(done)).await.is_ok() {
            // An error means that another handle has closed the store meanwhile.
            let _ = closed.await;
        }
        self.readers.close().await;
    }

    async fn write(&self, write: Write) -> Result<bool, StoreError> {
        let (ack, written) = oneshot::channel();
        let job = Job::Write(write, ack);
        self.writes
            .send(job)
            .await
            .map_err(|_| StoreError::Closed)?;
        written.await.map_err(|_| StoreError::Closed)?
    }
}

/// Sets [`PRAGMAS`]. While SQLite turns a new file to the write-ahead log it doesn't wait for others
/// who are at it too, since they might wait for each other: whoever is refused tries again. A lock that
/// was waited for in vain takes longer than the patience, and is not waited for twice.
async fn configure(connection: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let began = Instant::now();
    loop {
        let result = sqlx::raw_sql(PRAGMAS).execute(&mut *connection).await;
        let again = result.as_ref().is_err_and(error::is_locked);
        if !again || began.elapsed() > SETTING_PATIENCE {
            return result.map(drop);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Reads a file of moderate size whole, so that damage is met now and not in the middle of a day.
async fn check(connection: &mut AnyConnection, path: &Path) -> Result<(), StoreError> {
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    if bytes > MOST_CHECKED_BYTES {
        return Ok(());
    }
    let row = sqlx::query("PRAGMA quick_check(1)")
        .fetch_one(connection)
        .await
        .map_err(|error| StoreError::opening(path, error))?;
    let found: String = row.try_get(0)?;
    if found == "ok" {
        return Ok(());
    }
    tracing::error!(found, "the database is damaged");
    let path = path.to_path_buf();
    Err(StoreError::Damaged { path })
}

/// Brings the tables up to date. Two processes that start on a new file are in each other's way:
/// whoever comes second finds the work done when it tries again.
async fn migrate(connection: &mut AnyConnection, path: &Path) -> Result<(), StoreError> {
    let mut tries = 1;
    loop {
        let result = MIGRATIONS.run(&mut *connection).await;
        let Err(error) = result.map_err(|error| StoreError::migrating(path, error)) else {
            return Ok(());
        };
        let last = tries == MIGRATION_TRIES || !matches!(error, StoreError::Open { .. });
        if last {
            return Err(error);
        }
        tries += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Milliseconds since 1970 that never go back, so that what was said later also reads later when
/// the machine's clock is set back.
#[derive(Default)]
struct Clock(AtomicI64);

impl Clock {
    fn now_ms(&self) -> i64 {
        self.no_earlier(jiff::Timestamp::now().as_millisecond())
    }

    fn no_earlier(&self, now_ms: i64) -> i64 {
        self.0.fetch_max(now_ms, Ordering::Relaxed).max(now_ms)
    }
}
