//! How many connections are held at once: as many as there are file descriptors for, with a
//! quarter of them left to the store, the index and the upstreams.
//!
//! More wait in the system's queue until one is closed; none is accepted that could not be served.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Enough for one box; each costs some kilobytes.
const MOST: u64 = 16_384;

/// Raises the soft limit of open files to the hard one, and says how many connections fit.
pub(super) fn most() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    let files = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => raised.current,
        Err(error) => {
            tracing::debug!(%error, "the limit of open files stays as it is");
            limit.current
        }
    };
    fitting(files)
}

fn fitting(files: Option<u64>) -> usize {
    let most = files.map_or(MOST, |files| (files / 4 * 3).clamp(16, MOST));
    usize::try_from(most).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_the_files_is_left_for_other_things() {
        assert_eq!(fitting(Some(1024)), 768);
        assert_eq!(fitting(Some(4)), 16);
        assert_eq!(fitting(Some(1 << 30)), 16_384);
        assert_eq!(fitting(None), 16_384);
    }
}
