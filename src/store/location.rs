//! Where the database lies: from `sqlite://PATH` to a file whose folder exists.
//!
//! It opens nothing; it only makes the folder.

use std::path::{Path, PathBuf};

use sqlx::any::AnyConnectOptions;

use super::error::StoreError;

/// A database file in a folder that exists.
pub(super) struct Location {
    /// The file, for messages.
    pub(super) path: PathBuf,
    /// How to connect to it, creating it if need be.
    pub(super) options: AnyConnectOptions,
}

/// The file that `url` names, its folder made. Touches the file system.
pub(super) fn prepare(url: &str) -> Result<Location, StoreError> {
    let refused = || StoreError::Url {
        url: url.to_owned(),
    };
    let path = url.strip_prefix("sqlite://").ok_or_else(refused)?;
    // `:memory:` would be a database of its own for each connection, and `?` begins parameters,
    // which are set here and not by the owner.
    if path.is_empty() || path.ends_with('/') || path.starts_with(':') || path.contains('?') {
        return Err(refused());
    }
    // Without a root, the first folder would be taken for a host name.
    let path = std::path::absolute(path).map_err(|_| refused())?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
            path: folder.to_path_buf(),
            source,
        })?;
    }
    let options = connect_url(&path).parse().map_err(|_| refused())?;
    Ok(Location { path, options })
}

/// The driver decodes percent signs, so those of the path are encoded; `#` would begin a fragment.
fn connect_url(path: &Path) -> String {
    let path = path
        .to_string_lossy()
        .replace('%', "%25")
        .replace('#', "%23");
    format!("sqlite://{path}?mode=rwc")
}
