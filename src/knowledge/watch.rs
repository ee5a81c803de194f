//! Tells that something under a folder has changed.
//!
//! Only that, not what: an ingest finds out by content. Bursts collapse twice, in a channel that
//! holds one message and by waiting until things are quiet.

use std::{path::Path, time::Duration};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher as _};
use tokio::{sync::mpsc, time::timeout};

use super::KnowledgeError;

/// How long nothing may have changed before a burst counts as over.
const QUIET: Duration = Duration::from_millis(500);

/// Watches as long as it lives.
pub struct Watching {
    _watcher: RecommendedWatcher,
}

/// Watches `dir` and all below it. The receiver ends when the guard is dropped.
///
/// # Errors
/// The folder doesn't exist, or the system can't watch more.
pub fn watch(dir: &Path) -> Result<(Watching, mpsc::Receiver<()>), KnowledgeError> {
    let (signal, changes) = mpsc::channel(1);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let is_change = match event {
            Ok(event) => !matches!(event.kind, EventKind::Access(_)),
            // Events were lost: something may have changed.
            Err(_) => true,
        };
        if is_change {
            // A full channel already says what there is to say.
            let _ = signal.try_send(());
        }
    })?;
    watcher.watch(dir, RecursiveMode::Recursive)?;
    Ok((Watching { _watcher: watcher }, changes))
}

/// Waits for a change and then until it is quiet; false once nothing watches any more.
pub async fn settled(changes: &mut mpsc::Receiver<()>) -> bool {
    if changes.recv().await.is_none() {
        return false;
    }
    while let Ok(Some(())) = timeout(QUIET, changes.recv()).await {}
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_written_file_is_noticed_and_the_end_of_watching_too() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (watching, mut changes) = watch(folder.path()).expect("watching");
        std::fs::write(folder.path().join("a.md"), "text").expect("a file");
        assert!(settled(&mut changes).await);
        drop(watching);
        assert!(!settled(&mut changes).await);
    }

    #[test]
    fn a_missing_folder_can_not_be_watched() {
        assert!(watch(Path::new("does/not/exist")).is_err());
    }
}
