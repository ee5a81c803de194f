//! The word index of a generation: BM25 by tantivy over a head and a body.
//!
//! The head is what a thing is called (a question form, or title and headings), the body what it
//! says (the answer, or the passage). Queries are built from analysed words, never parsed from
//! what a person typed, so no text can be a syntax error.

use std::path::Path;
use std::sync::OnceLock;

use tantivy::{
    Index, IndexSettings, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    columnar::Column,
    directory::MmapDirectory,
    indexer::NoMergePolicy,
    query::{BooleanQuery, BoostQuery, ConstScoreQuery, Occur, Query, TermQuery, TermSetQuery},
    schema::{FAST, Field, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token},
};

use super::{overlap::Terms, words::Word};

/// What the one indexing thread may hold before it writes a segment.
const WRITER_BYTES: usize = 16 << 20;
/// The most rows that get a lexical score; all others count as having none.
const MAX_MATCHES: usize = 2_000;

/// One row to index: its terms are analysed already.
pub(crate) struct Row<'a> {
    pub(crate) collection: &'a str,
    pub(crate) head: Vec<String>,
    pub(crate) body: Vec<String>,
}

/// How much the fields count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boosts {
    pub(crate) head: f32,
    pub(crate) body: f32,
}

struct Fields {
    row: Field,
    collection: Field,
    head: Field,
    body: Field,
}

/// An open index; its rows are numbered as they were given.
pub(crate) struct Lexical {
    searcher: Searcher,
    fields: Fields,
    row_columns: Vec<Column<u64>>,
    /// By row, once asked for: what is found is found again, and analysing it is half of a search.
    terms: Vec<OnceLock<Terms>>,
}

/// Writes an index of `rows` into the empty folder `folder`. Blocking.
pub(crate) fn build<'a>(folder: &Path, rows: impl Iterator<Item = Row<'a>>) -> tantivy::Result<()> {
    let (schema, fields) = schema();
    let index = Index::create(
        MmapDirectory::open(folder)?,
        schema,
        IndexSettings::default(),
    )?;
    let mut writer = index.writer_with_num_threads(1, WRITER_BYTES)?;
    // The index is never added to, so merging would only cost time.
    writer.set_merge_policy(Box::new(NoMergePolicy));
    for (number, row) in rows.enumerate() {
        let mut document = TantivyDocument::new();
        document.add_u64(fields.row, number as u64);
        document.add_text(fields.collection, row.collection);
        document.add_pre_tokenized_text(fields.head, tokens(row.head));
        document.add_pre_tokenized_text(fields.body, tokens(row.body));
        writer.add_document(document)?;
    }
    writer.commit()?;
    writer.wait_merging_threads()
}

impl Lexical {
    /// Opens what `build` wrote. Blocking.
    pub(crate) fn open(folder: &Path) -> tantivy::Result<Self> {
        let index = Index::open_in_dir(folder)?;
        let searcher = index
            .reader_builder()
            .reload_policy(tantivy::ReloadPolicy::Manual)
            .try_into()?
            .searcher();
        let row_columns = searcher
            .segment_readers()
            .iter()
            .map(|segment| segment.fast_fields().u64("row"))
            .collect::<Result<_, _>>()?;
        let (_, fields) = schema();
        let rows = usize::try_from(searcher.num_docs()).unwrap_or_default();
        Ok(Self {
            terms: (0..rows).map(|_| OnceLock::new()).collect(),
            searcher,
            fields,
            row_columns,
        })
    }

    /// How many rows there are.
    pub(crate) fn rows(&self) -> usize {
        self.terms.len()
    }

    /// The content words of a row, made of what `analyse` gives when they are first asked for.
    pub(crate) fn terms(&self, row: usize, analyse: impl FnOnce() -> Vec<String>) -> &Terms {
        let new = || Terms::new(analyse(), |term| self.idf(&[term]));
        self.terms[row].get_or_init(new)
    }

    /// The BM25 score of each row for `words`, within `collections` (all, if empty).
    pub(crate) fn scores(
        &self,
        words: &[Word],
        boosts: Boosts,
        collections: &[String],
    ) -> tantivy::Result<Vec<f32>> {
        let mut scores = vec![0.0; self.rows()];
        if words.is_empty() || self.rows() == 0 {
            return Ok(scores);
        }
        let mut query: Box<dyn Query> = Box::new(self.words_query(words, boosts));
        if !collections.is_empty() {
            let allowed = TermSetQuery::new(
                collections
                    .iter()
                    .map(|name| Term::from_field_text(self.fields.collection, name)),
            );
            query = Box::new(BooleanQuery::intersection(vec![
                query,
                Box::new(ConstScoreQuery::new(Box::new(allowed), 0.0)),
            ]));
        }
        let most = TopDocs::with_limit(MAX_MATCHES.min(self.rows()));
        for (score, at) in self.searcher.search(&query, &most.order_by_score())? {
            let row = self.row_columns[at.segment_ord as usize].first(at.doc_id);
            let row = row.and_then(|row| usize::try_from(row).ok());
            if let Some(slot) = row.and_then(|row| scores.get_mut(row)) {
                *slot = score;
            }
        }
        Ok(scores)
    }

    /// How much a word with those stems tells rows apart: high where few have it, highest where
    /// none has.
    pub(crate) fn idf(&self, stems: &[impl AsRef<str>]) -> f32 {
        let frequency = |field: Field, stem: &str| {
            let term = Term::from_field_text(field, stem);
            self.searcher.doc_freq(&term).unwrap_or_default()
        };
        let most = stems
            .iter()
            .flat_map(|stem| {
                [self.fields.head, self.fields.body].map(|field| frequency(field, stem.as_ref()))
            })
            .max()
            .unwrap_or_default();
        #[expect(
            clippy::cast_precision_loss,
            reason = "counts far below 2^24 in practice"
        )]
        let (rows, most) = (self.rows() as f32, most as f32);
        (1.0 + (rows - most + 0.5) / (most + 0.5)).ln()
    }

    fn words_query(&self, words: &[Word], boosts: Boosts) -> BooleanQuery {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for stem in words.iter().flat_map(|word| &word.stems) {
            for (field, boost) in [
                (self.fields.head, boosts.head),
                (self.fields.body, boosts.body),
            ] {
                let term = Term::from_field_text(field, stem);
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                clauses.push((
                    Occur::Should,
                    Box::new(BoostQuery::new(Box::new(query), boost)),
                ));
            }
        }
        BooleanQuery::new(clauses)
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default().set_index_option(IndexRecordOption::WithFreqs);
    let text = TextOptions::default().set_indexing_options(indexing);
    let fields = Fields {
        row: schema.add_u64_field("row", FAST),
        collection: schema.add_text_field("collection", STRING),
        head: schema.add_text_field("head", text.clone()),
        body: schema.add_text_field("body", text),
    };
    (schema.build(), fields)
}

fn tokens(terms: Vec<String>) -> PreTokenizedString {
    let tokens = terms.into_iter().enumerate().map(|(position, text)| Token {
        position,
        text,
        ..Token::default()
    });
    PreTokenizedString {
        text: String::new(),
        tokens: tokens.collect(),
    }
}
