//! The folder of an index: numbered generations, a pointer to the current one, a lock.
//!
//! The pointer is replaced by a rename once all it points to is on disk, so whatever is cut short
//! is never opened. What lies inside a generation is not known here.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

const POINTER: &str = "CURRENT";
const LOCK: &str = "LOCK";
const WORKING_SUFFIX: &str = ".building";

/// What the pointer file says.
pub(crate) enum Pointer {
    /// There is none: nothing was ever built.
    Absent,
    /// It can't be read.
    Damaged,
    /// The number of the current generation.
    To(u64),
}

/// Reads the pointer file. Blocking.
pub(crate) fn pointer(index_dir: &Path) -> Pointer {
    match fs::read_to_string(index_dir.join(POINTER)) {
        Ok(number) => number.trim().parse().map_or(Pointer::Damaged, Pointer::To),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Pointer::Absent,
        Err(_) => Pointer::Damaged,
    }
}

/// Makes the generation `number` the current one. Blocking.
pub(crate) fn point_to(index_dir: &Path, number: u64) -> io::Result<()> {
    let working = index_dir.join(format!("{POINTER}{WORKING_SUFFIX}"));
    write_synced(&working, number.to_string().as_bytes())?;
    fs::rename(&working, index_dir.join(POINTER))?;
    File::open(index_dir)?.sync_all()
}

/// Where the generation `number` lies once it is whole.
pub(crate) fn finished(index_dir: &Path, number: u64) -> PathBuf {
    index_dir.join(number.to_string())
}

/// Where the generation `number` lies while it is written.
pub(crate) fn working(index_dir: &Path, number: u64) -> PathBuf {
    index_dir.join(format!("{number}{WORKING_SUFFIX}"))
}

/// A number higher than any in use. Blocking.
pub(crate) fn next_number(index_dir: &Path) -> u64 {
    let children = fs::read_dir(index_dir).into_iter().flatten().flatten();
    let numbers = children.filter_map(|child| child.file_name().to_str()?.parse::<u64>().ok());
    numbers.max().unwrap_or_default() + 1
}

/// Takes the lock that keeps two processes from building at once; waits for it. Blocking. It is
/// held as long as the file is open.
pub(crate) fn lock(index_dir: &Path) -> io::Result<File> {
    let lock = File::create(index_dir.join(LOCK))?;
    lock.lock()?;
    Ok(lock)
}

/// Sweeps unless another process is building. Blocking.
pub(crate) fn sweep_unless_busy(index_dir: &Path) {
    if let Ok(lock) = File::open(index_dir.join(LOCK))
        && lock.try_lock().is_ok()
    {
        sweep(index_dir);
    }
}

/// Removes what no pointer names: half-written and forgotten generations. Blocking; the caller
/// holds the lock.
pub(crate) fn sweep(index_dir: &Path) {
    let current = pointer(index_dir);
    for child in fs::read_dir(index_dir).into_iter().flatten().flatten() {
        let name = child.file_name().to_string_lossy().into_owned();
        let half_written = name.ends_with(WORKING_SUFFIX);
        let forgotten = name
            .parse::<u64>()
            .is_ok_and(|number| !matches!(current, Pointer::To(current) if current == number));
        if half_written || forgotten {
            // What can't be removed now is tried again next time.
            let _ = fs::remove_dir_all(child.path());
        }
    }
}

/// Writes a file and waits until it is on disk. Blocking.
pub(crate) fn write_synced(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut out = File::create(file)?;
    out.write_all(bytes)?;
    out.sync_all()
}
