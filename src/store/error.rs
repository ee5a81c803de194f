//! What can go wrong with the store, in words that name the file and the way out.
//!
//! Nothing here is shown to a chat client: the messages hold paths and are for the log and the shell.

use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;

/// A failure of the store. No variant ever leads to a file being deleted or overwritten.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The URL names no database that this program can open.
    #[error(
        "store.url is `{url}`; it must be `sqlite://` and a path, such as `sqlite://data/microgpt.db`"
    )]
    Url {
        /// What was configured.
        url: String,
    },
    /// The database's folder could not be made.
    #[error("can't create the folder {} of the database: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The file is no database, or a broken one.
    #[error(
        "{} is damaged or not a database; it was left as it is: move it away to begin anew, put a \
         copy back in its place, or point store.url at another file",
        path.display()
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a version of this program that knows more migrations.
    #[error(
        "{} was written by a newer version of this program (its migration {version} is unknown \
         here); it was left as it is: run that version, or point store.url at another file",
        path.display()
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The first migration that is unknown here.
        version: i64,
    },
    /// The file holds a migration that differs from the one of the same number here.
    #[error(
        "{} was made by another build of this program (its migration {version} differs from the \
         one here); it was left as it is: run that build, or point store.url at another file",
        path.display()
    )]
    Altered {
        /// The file.
        path: PathBuf,
        /// The migration that differs.
        version: i64,
    },
    /// The file could not be opened or brought up to date, for another reason.
    #[error("can't open the database {}: {source}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The driver's reason.
        source: sqlx::Error,
    },
    /// A statement failed, such as for an id that was used twice.
    #[error("the database refused: {0}")]
    Database(#[from] sqlx::Error),
    /// No write gets through: another process holds the lock, or the disk is full or failing.
    #[error("the database can't be written: {0}")]
    Unwritable(String),
    /// Something could not be written as JSON, or what was stored is no JSON.
    #[error("the store holds or was given something that is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The store was closed; nothing is written any more.
    #[error("the store is closed")]
    Closed,
}

/// SQLite's primary result code for a lock that another holds.
const SQLITE_BUSY: i32 = 5;
/// SQLite's primary result code for a file whose pages contradict each other.
const SQLITE_CORRUPT: i32 = 11;
/// SQLite's primary result code for a file that has no SQLite header.
const SQLITE_NOTADB: i32 = 26;
/// SQLite's primary result codes for what ails the file and not the row: locked, read-only, failing,
/// damaged, full, not to be opened.
const OF_THE_FILE: [i32; 7] = [SQLITE_BUSY, 6, 8, 10, SQLITE_CORRUPT, 13, 14];

impl StoreError {
    /// The failure to open `path`, told apart by what its owner has to do.
    pub(super) fn opening(path: &Path, source: sqlx::Error) -> Self {
        let path = path.to_path_buf();
        if is_damage(&source) {
            return Self::Damaged { path };
        }
        Self::Open { path, source }
    }

    /// The failure to bring `path` up to date.
    pub(super) fn migrating(path: &Path, error: MigrateError) -> Self {
        let path = path.to_path_buf();
        match error {
            MigrateError::VersionMissing(version) => Self::Newer { path, version },
            MigrateError::VersionMismatch(version) => Self::Altered { path, version },
            MigrateError::Execute(source) | MigrateError::ExecuteMigration(source, _) => {
                Self::opening(&path, source)
            }
            other => Self::Open {
                path,
                source: sqlx::Error::Migrate(Box::new(other)),
            },
        }
    }
}

fn is_damage(error: &sqlx::Error) -> bool {
    primary_code(error).is_some_and(|code| matches!(code, SQLITE_CORRUPT | SQLITE_NOTADB))
}

/// True where another has the file locked.
pub(super) fn is_locked(error: &sqlx::Error) -> bool {
    primary_code(error) == Some(SQLITE_BUSY)
}

/// True where any other write would fail for the same reason.
pub(super) fn concerns_the_file(error: &sqlx::Error) -> bool {
    primary_code(error).is_some_and(|code| OF_THE_FILE.contains(&code))
}

/// Extended codes keep the primary one in their lowest byte.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let code = error.as_database_error()?.code()?;
    code.parse::<i32>().ok().map(|code| code & 0xff)
}
