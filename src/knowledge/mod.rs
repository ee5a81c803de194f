//! Knowledge: files in, evidence out.
//!
//! Reads FAQ files and documents from a folder, cuts them into passages, keeps a word index and a
//! matrix of vectors, and finds what fits a question by both. Each state of the index is a
//! *generation*: built apart, swapped in whole, so a search never sees half of one.
//!
//! Deliberately absent: encoding texts (vectors come from whoever calls), deciding whether a hit
//! is good enough, and any async code but the watching of files.
//!
//! | file | |
//! |---|---|
//! | `sources/` | finding and parsing files |
//! | `chunk` | documents to passages |
//! | `language`, `words` | text to index terms |
//! | `records`, `catalog` | what a generation holds, and its numbering |
//! | `kinds` | entries and passages, each with an encoder |
//! | `lexical`, `vectors`, `centre` | the two indexes; vectors seen from their mean |
//! | `folder`, `generation` | generations on disk; one in memory |
//! | `ingest` | plan and commit |
//! | `hits`, `search`, `fusion`, `overlap` | one query, answered |
//! | `forms` | the entries' questions, to be asked of themselves |
//! | `reading` | a source within its document; questions to begin with |
//! | `report`, `summary` | what is told about it |
//! | `watch` | told of changed files |

mod catalog;
mod centre;
mod chunk;
mod folder;
mod forms;
mod fusion;
mod generation;
mod hits;
mod ingest;
mod kinds;
mod language;
mod lexical;
mod overlap;
mod reading;
mod records;
mod report;
mod search;
mod sources;
mod summary;
mod vectors;
mod watch;
mod words;

pub use forms::{Form, Without};
pub use hits::{FaqHit, PassageHit, Query, SearchResult};
pub use ingest::IngestPlan;
pub use kinds::{PerKind, VectorSpace};
pub use report::{Changes, FileLine, IngestReport, Notice, Status};

pub use watch::{Watching, settled, watch};

use std::{
    io,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use arc_swap::ArcSwapOption;
use folder::Pointer;
use generation::Generation;

/// Where knowledge lies, and which encoders its vectors come from.
#[derive(Clone, Debug)]
pub struct Options {
    /// Folders of FAQ files and documents. One folder's own folders are the collections; of several,
    /// each is a collection.
    pub dirs: Vec<PathBuf>,
    /// Where the derived index is kept; made if absent.
    pub index_dir: PathBuf,
    /// Their encoders.
    pub spaces: PerKind<VectorSpace>,
}

/// What can go wrong with the knowledge as a whole; a faulty file is a notice, no error.
#[derive(Debug, thiserror::Error)]
pub enum KnowledgeError {
    /// The knowledge folder can't be read.
    #[error("the knowledge folder {} can't be read: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The index folder can't be written.
    #[error("the index folder {} can't be written: {source}", path.display())]
    Index {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The word index can't be built.
    #[error("the word index can't be built: {0}")]
    Lexical(#[from] Box<tantivy::TantivyError>),
    /// What was just written can't be opened.
    #[error("the new index can't be used: {0}")]
    Unusable(String),
    /// The vectors given to `commit` don't fit its plan.
    #[error("the vectors don't fit the plan: {0}")]
    Vectors(String),
    /// The knowledge folder can't be watched.
    #[error("the knowledge folder can't be watched: {0}")]
    Watch(#[from] notify::Error),
}

/// The knowledge of a server: cheap to clone, shared by all clones.
#[derive(Clone)]
pub struct Knowledge {
    shared: Arc<Shared>,
}

struct Shared {
    options: Options,
    /// What searches read.
    current: ArcSwapOption<Generation>,
    /// Why the index that was found could not be used; kept until a new one serves.
    set_aside: Mutex<Option<String>>,
    /// One ingest at a time.
    committing: Mutex<()>,
}

impl Knowledge {
    /// Loads the current generation, if there is a usable one. Blocking.
    ///
    /// An index that is damaged or of another encoder is set aside: there is nothing to find until
    /// the next ingest, whose report says why everything was built anew.
    ///
    /// # Errors
    /// The index folder can't be made.
    pub fn open(options: Options) -> Result<Self, KnowledgeError> {
        std::fs::create_dir_all(&options.index_dir).map_err(|source| KnowledgeError::Index {
            path: options.index_dir.clone(),
            source,
        })?;
        folder::sweep_unless_busy(&options.index_dir);
        let (current, set_aside) = match generation::load_current(&options) {
            Ok(current) => (current, None),
            Err(reason) => (None, Some(reason)),
        };
        Ok(Self {
            shared: Arc::new(Shared {
                options,
                current: ArcSwapOption::from_pointee(current),
                set_aside: Mutex::new(set_aside),
                committing: Mutex::new(()),
            }),
        })
    }

    /// Compares the knowledge folder with the index. Blocking: reads every file, parses the
    /// changed ones. `count_tokens` counts the tokens of a text for the passages' encoder.
    ///
    /// # Errors
    /// The knowledge folder can't be read; the index stays as it is.
    pub fn plan(
        &self,
        count_tokens: &(dyn Fn(&str) -> usize + Sync),
    ) -> Result<IngestPlan, KnowledgeError> {
        self.take_up_newer();
        let shared = &self.shared;
        let base = shared.current.load_full();
        let set_aside = lock(&shared.set_aside).clone();
        ingest::plan(&shared.options, base, set_aside, count_tokens)
    }

    /// Builds the generation that `plan` describes and swaps it in. Blocking. `vectors` are those
    /// of `plan.texts_to_embed()`, in its order; they need not have length 1.
    ///
    /// # Errors
    /// The vectors don't fit or the index can't be written; what serves stays as it is.
    pub fn commit(
        &self,
        plan: IngestPlan,
        vectors: &PerKind<Vec<Vec<f32>>>,
    ) -> Result<IngestReport, KnowledgeError> {
        let shared = &self.shared;
        let _one_at_a_time = lock(&shared.committing);
        let (generation, report) = ingest::commit(&shared.options, &plan, vectors)?;
        // It holds on to the generation that is about to be replaced.
        drop(plan);
        if let Some(generation) = generation {
            self.swap(generation);
        }
        Ok(report)
    }

    /// Finds what fits `query`. Blocking, about a millisecond; empty where there is no index.
    #[must_use]
    pub fn search(&self, query: &Query<'_>) -> SearchResult {
        match self.shared.current.load_full() {
            Some(generation) => search::search(&generation, query),
            None => SearchResult::default(),
        }
    }

    /// What serves now.
    #[must_use]
    pub fn status(&self) -> Status {
        let Some(generation) = self.shared.current.load_full() else {
            return Status::default();
        };
        let catalog = &generation.catalog;
        let owned = |name: &str| name.to_owned();
        Status {
            generation: generation.number,
            built_at: Some(generation.built_at.clone()),
            files: catalog.files.len(),
            entries: catalog.entries(),
            passages: catalog.passages(),
            collections: catalog.collections().into_iter().map(owned).collect(),
            languages: catalog.languages().into_iter().map(owned).collect(),
            skipped: catalog.skipped(),
            warnings: catalog.warnings(),
        }
    }

    /// The number of the generation that serves; 0 where there is none. Cheap.
    #[must_use]
    pub fn generation(&self) -> u64 {
        let current = self.shared.current.load();
        current.as_ref().map_or(0, |generation| generation.number)
    }

    /// Swaps in a generation that another process has made meanwhile.
    fn take_up_newer(&self) {
        let shared = &self.shared;
        let _one_at_a_time = lock(&shared.committing);
        let newest = folder::pointer(&shared.options.index_dir);
        if matches!(newest, Pointer::To(number) if number > self.generation())
            && let Ok(Some(generation)) = generation::load_current(&shared.options)
        {
            self.swap(generation);
        }
    }

    fn swap(&self, generation: Generation) {
        let old = self.shared.current.swap(Some(Arc::new(generation)));
        if let Some(old) = old {
            old.retire();
        }
        *lock(&self.shared.set_aside) = None;
    }
}

/// Nothing here can be left half-changed by a panic, so a poisoned lock is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
