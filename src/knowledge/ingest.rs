//! From the knowledge folder to a new generation, in two steps with the encoder's work between.
//!
//! `plan` reads files and says which texts need vectors; `commit` takes the vectors and builds.
//! Neither encodes, and neither touches what is being searched meanwhile.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    fmt::Write as _,
    path::PathBuf,
    sync::Arc,
};

use sha2::{Digest as _, Sha256};

use super::{
    KnowledgeError, Options,
    catalog::Catalog,
    chunk::CountTokens,
    folder,
    generation::{self, Generation},
    kinds::{PerKind, VectorSpace},
    records::{Content, FileRecord},
    report::{Changes, IngestReport, Notice},
    sources,
    vectors::Matrix,
};

type TextHash = [u8; 32];

/// What an ingest would do; made by `Knowledge::plan`, carried out by `Knowledge::commit`.
pub struct IngestPlan {
    catalog: Catalog,
    texts: PerKind<Vec<String>>,
    changes: Changes,
    rebuilt_because: Option<String>,
    base: Option<Arc<Generation>>,
}

impl IngestPlan {
    /// The texts whose vectors `commit` needs, in its order; of each kind each text once.
    #[must_use]
    pub fn texts_to_embed(&self) -> &PerKind<Vec<String>> {
        &self.texts
    }

    /// True where the index is up to date: `commit` will do nothing.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        let Changes {
            added,
            changed,
            removed,
            ..
        } = self.changes;
        self.base.is_some() && added + changed + removed == 0
    }

    /// How the files differ from those of the index.
    #[must_use]
    pub fn changes(&self) -> Changes {
        self.changes
    }

    /// Why everything is built anew, if it is.
    #[must_use]
    pub fn rebuilt_because(&self) -> Option<&str> {
        self.rebuilt_because.as_deref()
    }

    /// What will be left out of the index, and why.
    #[must_use]
    pub fn skipped(&self) -> Vec<Notice> {
        self.catalog.skipped()
    }
}

/// The files of all folders. One folder's own folders are the collections; of several, each is a
/// collection.
fn scan(dirs: &[PathBuf]) -> Result<Vec<sources::Found>, KnowledgeError> {
    let mut found = Vec::new();
    for dir in dirs {
        let name = dir
            .file_name()
            .map_or_else(String::new, |name| name.to_string_lossy().into());
        let under = if dirs.len() > 1 { name.as_str() } else { "" };
        let files = sources::scan(dir, under).map_err(|source| KnowledgeError::Folder {
            path: dir.clone(),
            source,
        })?;
        found.extend(files);
    }
    Ok(found)
}

/// Reads the knowledge folder and compares it with `base`. Blocking.
pub(crate) fn plan(
    options: &Options,
    base: Option<Arc<Generation>>,
    rebuilt_because: Option<String>,
    count_tokens: CountTokens<'_>,
) -> Result<IngestPlan, KnowledgeError> {
    let found = scan(&options.dirs)?;
    let before: HashMap<&str, &Arc<FileRecord>> = base
        .iter()
        .flat_map(|base| &base.catalog.files)
        .map(|file| (file.path.as_str(), file))
        .collect();
    let mut changes = Changes::default();
    let mut files = Vec::with_capacity(found.len());
    for found in &found {
        let bytes = sources::read(found);
        let hash = match &bytes {
            Ok(bytes) => hex(&Sha256::digest(bytes)),
            Err(reason) => reason.clone(),
        };
        match before.get(found.path.as_str()) {
            Some(known) if known.hash == hash => {
                changes.unchanged += 1;
                files.push(Arc::clone(known));
                continue;
            }
            Some(_) => changes.changed += 1,
            None => changes.added += 1,
        }
        files.push(Arc::new(match bytes {
            Ok(bytes) => sources::parse(found, hash, &bytes, count_tokens),
            Err(reason) => unread(found, hash, reason),
        }));
    }
    changes.removed = before.len() - changes.unchanged - changes.changed;
    let catalog = Catalog::assemble(files);
    let texts = texts_without_vectors(&catalog, base.as_deref());
    Ok(IngestPlan {
        catalog,
        texts,
        changes,
        rebuilt_because,
        base,
    })
}

/// Carries out `plan` with the vectors of its texts. Blocking.
///
/// Nothing is returned in place of a generation where the index is up to date.
pub(crate) fn commit(
    options: &Options,
    plan: &IngestPlan,
    vectors: &PerKind<Vec<Vec<f32>>>,
) -> Result<(Option<Generation>, IngestReport), KnowledgeError> {
    let mut report = IngestReport {
        changes: plan.changes,
        entries: plan.catalog.entries(),
        passages: plan.catalog.passages(),
        embedded: vectors.faq.len() + vectors.passages.len(),
        generation: plan.base.as_ref().map_or(0, |base| base.number),
        files: plan.catalog.file_lines(),
        skipped: plan.catalog.skipped(),
        warnings: plan.catalog.warnings(),
        rebuilt_because: plan.rebuilt_because.clone(),
    };
    if plan.is_unchanged() {
        return Ok((None, report));
    }
    let matrices = matrices(plan, vectors, &options.spaces)?;
    let _lock = folder::lock(&options.index_dir).map_err(|source| KnowledgeError::Index {
        path: options.index_dir.clone(),
        source,
    })?;
    folder::sweep(&options.index_dir);
    let generation = generation::write(options, &plan.catalog, &matrices)?;
    report.generation = generation.number;
    Ok((Some(generation), report))
}

/// The row of each text: its new vector, or the one it already had.
fn matrices(
    plan: &IngestPlan,
    vectors: &PerKind<Vec<Vec<f32>>>,
    spaces: &PerKind<VectorSpace>,
) -> Result<PerKind<Matrix>, KnowledgeError> {
    let known = known_vectors(plan.base.as_deref());
    let texts = plan.catalog.texts();
    let (new, spaces) = (plan.texts.as_ref().zip(vectors.as_ref()), spaces.as_ref());
    Ok(PerKind {
        faq: matrix(&texts.faq, known.faq, new.faq, spaces.faq.dimensions)?,
        passages: matrix(
            &texts.passages,
            known.passages,
            new.passages,
            spaces.passages.dimensions,
        )?,
    })
}

fn matrix<'a>(
    texts: &[Cow<'_, str>],
    mut known: Known<'a>,
    (planned, vectors): (&Vec<String>, &'a Vec<Vec<f32>>),
    dimensions: usize,
) -> Result<Matrix, KnowledgeError> {
    if vectors.len() != planned.len() {
        return Err(KnowledgeError::Vectors(format!(
            "{} vectors were given for {} texts",
            vectors.len(),
            planned.len()
        )));
    }
    if let Some(bad) = vectors
        .iter()
        .find(|vector| vector.len() != dimensions || vector.iter().any(|v| !v.is_finite()))
    {
        return Err(KnowledgeError::Vectors(format!(
            "a vector of {dimensions} finite numbers was expected, one of {} was given",
            bad.len()
        )));
    }
    for (text, vector) in planned.iter().zip(vectors) {
        known.insert(hash(text), vector);
    }
    let mut matrix = Matrix::with_capacity(dimensions, texts.len());
    for text in texts {
        let vector = known
            .get(&hash(text))
            .expect("every text was known or planned");
        matrix.push(vector);
    }
    Ok(matrix)
}

fn texts_without_vectors(catalog: &Catalog, base: Option<&Generation>) -> PerKind<Vec<String>> {
    let of_kind = |(texts, known): (Vec<Cow<'_, str>>, Known<'_>)| {
        let mut planned = HashSet::new();
        let new = texts.into_iter().filter(|text| {
            let hash = hash(text);
            !known.contains_key(&hash) && planned.insert(hash)
        });
        new.map(Cow::into_owned).collect()
    };
    catalog.texts().zip(known_vectors(base)).map(of_kind)
}

/// The vectors that texts have already.
type Known<'a> = HashMap<TextHash, &'a [f32]>;

fn known_vectors(base: Option<&Generation>) -> PerKind<Known<'_>> {
    fn of_kind<'a>((texts, vectors): (Vec<Cow<'a, str>>, &'a Matrix)) -> Known<'a> {
        let rows = texts.iter().enumerate();
        rows.map(|(row, text)| (hash(text), vectors.row(row)))
            .collect()
    }
    let both = base.map(|base| base.catalog.texts().zip(base.vectors.as_ref()));
    both.map(|both| both.map(of_kind)).unwrap_or_default()
}

fn unread(found: &sources::Found, hash: String, reason: String) -> FileRecord {
    FileRecord {
        path: found.path.clone(),
        collection: found.collection.clone(),
        hash,
        content: Content::Nothing,
        skipped: vec![Notice::new(&found.path, None, reason)],
        warnings: Vec::new(),
    }
}

fn hash(text: &str) -> TextHash {
    Sha256::digest(text).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
