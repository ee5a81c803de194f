//! One state of the index, whole and unchanging: on disk a folder, in memory what searches read.
//!
//! This module neither decides when to build nor what, and keeps no list of generations.

use std::{
    fs,
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
    centre::Centre,
    folder::{self, Pointer},
    kinds::{PerKind, VectorSpace},
    lexical::{self, Lexical},
    records::{FileRecord, heading_line},
    vectors::Matrix,
    words::Analyzers,
};

/// Raised whenever parsing, chunking, analysis or the files' layout change.
const FORMAT: u32 = 3;

const RECORDS: &str = "records.json";
const VECTORS: PerKind<&str> = PerKind {
    faq: "faq.f32",
    passages: "passages.f32",
};
const FAQ: &str = "faq";
const PASSAGES: &str = "passages";

/// The head of `records.json`, read before anything else is believed.
#[derive(Deserialize)]
struct Header {
    format: u32,
    /// None in an index of another version.
    spaces: Option<PerKind<VectorSpace>>,
}

#[derive(Serialize, Deserialize)]
struct Records<Files> {
    format: u32,
    spaces: PerKind<VectorSpace>,
    built_at: String,
    files: Files,
}

/// A loaded generation. Its folder goes when it is retired and its last reader is done.
pub(crate) struct Generation {
    pub(crate) number: u64,
    pub(crate) built_at: String,
    pub(crate) catalog: Catalog,
    pub(crate) vectors: PerKind<Matrix>,
    /// Seen from their mean: the entries' questions, and their answers.
    pub(crate) questions: Centre,
    pub(crate) answers: Centre,
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

/// Loads the generation that the pointer file names. Blocking.
///
/// # Errors
/// In words, why the index that is there can't be used and must be built anew.
pub(crate) fn load_current(options: &Options) -> Result<Option<Generation>, String> {
    match folder::pointer(&options.index_dir) {
        Pointer::Absent => Ok(None),
        Pointer::Damaged => Err("the index's pointer file is damaged".to_owned()),
        Pointer::To(number) => load(options, number).map(Some),
    }
}

fn load(options: &Options, number: u64) -> Result<Generation, String> {
    let damaged = |error: &dyn std::fmt::Display| format!("the index is damaged ({error})");
    let folder = folder::finished(&options.index_dir, number);
    let json = fs::read(folder.join(RECORDS)).map_err(|error| damaged(&error))?;
    let header: Header = serde_json::from_slice(&json).map_err(|error| damaged(&error))?;
    if header.format != FORMAT {
        return Err("the index was made by another version of this program".to_owned());
    }
    if header.spaces.as_ref() != Some(&options.spaces) {
        return Err(format!(
            "the index was made with another encoder ({}, now {})",
            header
                .spaces
                .map_or_else(String::new, |spaces| names(&spaces)),
            names(&options.spaces)
        ));
    }
    let records: Records<Vec<FileRecord>> =
        serde_json::from_slice(&json).map_err(|error| damaged(&error))?;
    let catalog = Catalog::assemble(records.files.into_iter().map(Arc::new).collect());
    let matrix = |file, space: &VectorSpace, rows| {
        let matrix = Matrix::load(&folder.join(file), space.dimensions, rows);
        matrix.map_err(|error| damaged(&error))
    };
    let (spaces, rows) = (&options.spaces, catalog.vectors());
    let vectors = PerKind {
        faq: matrix(VECTORS.faq, &spaces.faq, rows.faq)?,
        passages: matrix(VECTORS.passages, &spaces.passages, rows.passages)?,
    };
    let open = |name| Lexical::open(&folder.join(name)).map_err(|error| damaged(&error));
    let (faq, passages) = (open(FAQ)?, open(PASSAGES)?);
    if faq.rows() != catalog.answer_row(0) || passages.rows() != catalog.passages() {
        return Err(damaged(&"its parts don't fit together"));
    }
    let centre = |rows| Centre::of(&vectors.faq, rows, spaces.faq.dimensions);
    Ok(Generation {
        number,
        built_at: records.built_at,
        analyzers: Analyzers::new(catalog.languages(), catalog.main_language()),
        questions: centre(0..catalog.answer_row(0)),
        answers: centre(catalog.answer_row(0)..rows.faq),
        catalog,
        vectors,
        faq,
        passages,
        folder,
        retired: AtomicBool::new(false),
    })
}

/// The encoders, for whoever reads an error.
fn names(spaces: &PerKind<VectorSpace>) -> String {
    let PerKind { faq, passages } = spaces;
    if faq == passages {
        return faq.encoder.clone();
    }
    format!(
        "{} for FAQ entries, {} for passages",
        faq.encoder, passages.encoder
    )
}

/// Writes a new generation, makes it the current one and loads it. Blocking.
///
/// # Errors
/// The folder can't be written, or what was written can't be opened.
pub(crate) fn write(
    options: &Options,
    catalog: &Catalog,
    vectors: &PerKind<Matrix>,
) -> Result<Generation, KnowledgeError> {
    let index_dir = &options.index_dir;
    let number = folder::next_number(index_dir);
    let working = folder::working(index_dir, number);
    let failed = |source| KnowledgeError::Index {
        path: index_dir.clone(),
        source,
    };
    let finished = folder::finished(index_dir, number);
    let made = write_parts(options, catalog, vectors, &working)
        .and_then(|()| fs::rename(&working, &finished).map_err(failed))
        .and_then(|()| load(options, number).map_err(KnowledgeError::Unusable))
        .and_then(|generation| {
            folder::point_to(index_dir, number).map_err(failed)?;
            Ok(generation)
        });
    if made.is_err() {
        // A full disk must not stay full of what nobody will read. What can't be removed now is
        // swept later; were the pointer already turned, the old generation would be set aside.
        let _ = fs::remove_dir_all(&working);
        if !matches!(folder::pointer(index_dir), Pointer::To(current) if current == number) {
            let _ = fs::remove_dir_all(&finished);
        }
    }
    made
}

fn write_parts(
    options: &Options,
    catalog: &Catalog,
    vectors: &PerKind<Matrix>,
    into: &Path,
) -> Result<(), KnowledgeError> {
    let failed = |source| KnowledgeError::Index {
        path: into.to_owned(),
        source,
    };
    for part in [FAQ, PASSAGES] {
        fs::create_dir_all(into.join(part)).map_err(failed)?;
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
    lexical::build(&into.join(FAQ), forms).map_err(Box::new)?;
    let passages = (0..catalog.passages()).map(|number| {
        let (file, document, _, passage) = catalog.passage(number);
        let heading = heading_line(&document.title, &passage.headings);
        lexical::Row {
            collection: &file.collection,
            head: analyzers.terms(&heading, &document.lang),
            body: analyzers.terms(&passage.text, &document.lang),
        }
    });
    lexical::build(&into.join(PASSAGES), passages).map_err(Box::new)?;
    let PerKind { faq, passages } = vectors;
    faq.save(&into.join(VECTORS.faq)).map_err(failed)?;
    let saved = passages.save(&into.join(VECTORS.passages));
    saved.map_err(failed)?;
    let records = Records {
        format: FORMAT,
        spaces: options.spaces.clone(),
        built_at: jiff::Timestamp::now().to_string(),
        files: catalog.files.iter().map(|file| &**file).collect::<Vec<_>>(),
    };
    let json = serde_json::to_vec(&records).expect("records are plain data with text keys");
    folder::write_synced(&into.join(RECORDS), &json).map_err(failed)
}
