//! One state of the index, whole and unchanging: on disk a folder, in memory what searches read.
//!
//! A folder is written under a working name, synced, renamed, and only then named by the pointer
//! file `CURRENT`; so whatever is cut short is never opened. This module neither decides when to
//! build nor what.

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};

use super::{
    KnowledgeError, Options,
    catalog::Catalog,
    lexical::{self, Lexical},
    records::{FileRecord, heading_line},
    vectors::Matrix,
    words::Analyzers,
};

/// Raised whenever parsing, chunking, analysis or the files' layout change.
const FORMAT: u32 = 1;

const POINTER: &str = "CURRENT";
const LOCK: &str = "LOCK";
const RECORDS: &str = "records.json";
const VECTORS: &str = "vectors.f32";
const FAQ: &str = "faq";
const PASSAGES: &str = "passages";
const WORKING_SUFFIX: &str = ".building";

/// The head of `records.json`, read before anything else is believed.
#[derive(Deserialize)]
struct Header {
    format: u32,
    encoder: String,
    dimensions: usize,
}

#[derive(Serialize, Deserialize)]
struct Records<Files> {
    format: u32,
    encoder: String,
    dimensions: usize,
    built_at: String,
    files: Files,
}

/// A loaded generation. Its folder goes when it is retired and its last reader is done.
pub(crate) struct Generation {
    pub(crate) number: u64,
    pub(crate) built_at: String,
    pub(crate) dimensions: usize,
    pub(crate) catalog: Catalog,
    pub(crate) vectors: Matrix,
    pub(crate) analyzers: Analyzers,
    pub(crate) faq: Lexical,
    pub(crate) passages: Lexical,
    folder: PathBuf,
    retired: AtomicBool,
}

impl Generation {
    /// Lets the folder go once nobody reads it any more.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
    }
}

impl Drop for Generation {
    fn drop(&mut self) {
        if self.retired.load(Ordering::Relaxed) {
            // What can't be removed now is swept at the next ingest.
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The number that the pointer file names, if there is one.
pub(crate) fn current_number(index_dir: &Path) -> Option<u64> {
    let pointer = fs::read_to_string(index_dir.join(POINTER)).ok()?;
    pointer.trim().parse().ok()
}

/// Loads the generation that the pointer file names. Blocking.
///
/// # Errors
/// In words, why the index that is there can't be used and must be built anew.
pub(crate) fn load_current(options: &Options) -> Result<Option<Generation>, String> {
    if !options.index_dir.join(POINTER).exists() {
        return Ok(None);
    }
    let number = current_number(&options.index_dir)
        .ok_or_else(|| "the index's pointer file is damaged".to_owned())?;
    load(options, number).map(Some)
}

fn load(options: &Options, number: u64) -> Result<Generation, String> {
    let damaged = |error: &dyn std::fmt::Display| format!("the index is damaged ({error})");
    let folder = folder(&options.index_dir, number);
    let json = fs::read(folder.join(RECORDS)).map_err(|error| damaged(&error))?;
    let header: Header = serde_json::from_slice(&json).map_err(|error| damaged(&error))?;
    if header.format != FORMAT {
        return Err("the index was made by another version of this program".to_owned());
    }
    if header.encoder != options.encoder_fingerprint || header.dimensions != options.dimensions {
        return Err(format!(
            "the index was made with another encoder ({}, now {})",
            header.encoder, options.encoder_fingerprint
        ));
    }
    let records: Records<Vec<FileRecord>> =
        serde_json::from_slice(&json).map_err(|error| damaged(&error))?;
    let catalog = Catalog::assemble(records.files.into_iter().map(Arc::new).collect());
    let vectors = Matrix::load(
        &folder.join(VECTORS),
        options.dimensions,
        catalog.passage_row(catalog.passages()),
    )
    .map_err(|error| damaged(&error))?;
    let open = |name| Lexical::open(&folder.join(name)).map_err(|error| damaged(&error));
    let (faq, passages) = (open(FAQ)?, open(PASSAGES)?);
    if faq.rows() != catalog.answer_row(0) || passages.rows() != catalog.passages() {
        return Err(damaged(&"its parts don't fit together"));
    }
    Ok(Generation {
        number,
        built_at: records.built_at,
        dimensions: options.dimensions,
        analyzers: Analyzers::new(catalog.languages(), catalog.main_language()),
        catalog,
        vectors,
        faq,
        passages,
        folder,
        retired: AtomicBool::new(false),
    })
}

/// Writes a new generation, makes it the current one and loads it. Blocking.
///
/// # Errors
/// The folder can't be written, or what was written can't be opened.
pub(crate) fn write(
    options: &Options,
    catalog: &Catalog,
    vectors: &Matrix,
) -> Result<Generation, KnowledgeError> {
    let index_dir = &options.index_dir;
    let number = numbers(index_dir).max().unwrap_or_default() + 1;
    let working = index_dir.join(format!("{number}{WORKING_SUFFIX}"));
    let failed = |source| KnowledgeError::Index {
        path: index_dir.clone(),
        source,
    };
    write_parts(options, catalog, vectors, &working)?;
    fs::rename(&working, folder(index_dir, number)).map_err(failed)?;
    let generation = load(options, number).map_err(KnowledgeError::Unusable)?;
    point_to(index_dir, number).map_err(failed)?;
    Ok(generation)
}

fn write_parts(
    options: &Options,
    catalog: &Catalog,
    vectors: &Matrix,
    folder: &Path,
) -> Result<(), KnowledgeError> {
    let failed = |source| KnowledgeError::Index {
        path: folder.to_owned(),
        source,
    };
    for part in [FAQ, PASSAGES] {
        fs::create_dir_all(folder.join(part)).map_err(failed)?;
    }
    let analyzers = Analyzers::new(catalog.languages(), catalog.main_language());
    let forms = (0..catalog.entries()).flat_map(|number| {
        let (file, entry) = catalog.entry(number);
        let analyzers = &analyzers;
        entry.forms().map(move |form| lexical::Row {
            collection: &file.collection,
            head: analyzers.terms(form, &entry.lang),
            body: analyzers.terms(&entry.answer, &entry.lang),
        })
    });
    lexical::build(&folder.join(FAQ), forms).map_err(Box::new)?;
    let passages = (0..catalog.passages()).map(|number| {
        let (file, document, _, passage) = catalog.passage(number);
        let heading = heading_line(&document.title, &passage.headings);
        lexical::Row {
            collection: &file.collection,
            head: analyzers.terms(&heading, &document.lang),
            body: analyzers.terms(&passage.text, &document.lang),
        }
    });
    lexical::build(&folder.join(PASSAGES), passages).map_err(Box::new)?;
    vectors.save(&folder.join(VECTORS)).map_err(failed)?;
    let records = Records {
        format: FORMAT,
        encoder: options.encoder_fingerprint.clone(),
        dimensions: options.dimensions,
        built_at: jiff::Timestamp::now().to_string(),
        files: catalog.files.iter().map(|file| &**file).collect::<Vec<_>>(),
    };
    let json = serde_json::to_vec(&records).expect("records are plain data with text keys");
    write_synced(&folder.join(RECORDS), &json).map_err(failed)
}

/// Takes the lock that keeps two processes from building at once; waits for it. Blocking.
pub(crate) fn lock(index_dir: &Path) -> io::Result<File> {
    fs::create_dir_all(index_dir)?;
    let lock = File::create(index_dir.join(LOCK))?;
    lock.lock()?;
    Ok(lock)
}

/// Sweeps the folder of an index unless another process is building there. Blocking.
pub(crate) fn sweep_unless_busy(index_dir: &Path) {
    if let Ok(lock) = File::open(index_dir.join(LOCK))
        && lock.try_lock().is_ok()
    {
        sweep(index_dir);
    }
}

/// Removes what no pointer names: half-written and forgotten folders. Blocking.
pub(crate) fn sweep(index_dir: &Path) {
    let current = current_number(index_dir);
    for child in fs::read_dir(index_dir).into_iter().flatten().flatten() {
        let name = child.file_name().to_string_lossy().into_owned();
        let half_written = name.ends_with(WORKING_SUFFIX);
        let forgotten = name.parse::<u64>().is_ok_and(|number| Some(number) != current);
        if half_written || forgotten {
            let _ = fs::remove_dir_all(child.path());
        }
    }
}

/// The numbers of all finished folders.
fn numbers(index_dir: &Path) -> impl Iterator<Item = u64> {
    let children = fs::read_dir(index_dir).into_iter().flatten().flatten();
    children.filter_map(|child| child.file_name().to_str()?.parse().ok())
}

fn folder(index_dir: &Path, number: u64) -> PathBuf {
    index_dir.join(number.to_string())
}

fn point_to(index_dir: &Path, number: u64) -> io::Result<()> {
    let working = index_dir.join(format!("{POINTER}{WORKING_SUFFIX}"));
    write_synced(&working, number.to_string().as_bytes())?;
    fs::rename(&working, index_dir.join(POINTER))?;
    File::open(index_dir)?.sync_all()
}

fn write_synced(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut out = File::create(file)?;
    out.write_all(bytes)?;
    out.sync_all()
}
