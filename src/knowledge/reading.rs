//! The knowledge as a person reads it: questions to begin with, and a source within its document.
//!
//! Looks up what serves now; nothing is searched or judged here.

use super::{Knowledge, generation::Generation};
use crate::chat::{SourceDocument, SourceKind, SourcePassage, Suggestion};

impl Knowledge {
    /// Questions that the FAQ answers, at most `limit`: the first of each file, then the second of
    /// each, so that every subject has its turn.
    #[must_use]
    pub fn suggestions(&self, limit: usize) -> Vec<Suggestion> {
        let Some(generation) = self.shared.current.load_full() else {
            return Vec::new();
        };
        let catalog = &generation.catalog;
        let mut places = Vec::with_capacity(catalog.entries());
        let (mut path, mut rank) = ("", 0);
        for number in 0..catalog.entries() {
            let (file, _) = catalog.entry(number);
            rank = if file.path == path { rank + 1 } else { 0 };
            path = &file.path;
            places.push((rank, number));
        }
        places.sort_unstable();
        places.truncate(limit);
        let suggestion = |&(_, number): &(usize, usize)| {
            let (file, entry) = catalog.entry(number);
            Suggestion {
                id: entry.id.clone(),
                question: entry.question.clone(),
                collection: file.collection.clone(),
            }
        };
        places.iter().map(suggestion).collect()
    }

    /// The entry or document that the source `id` belongs to. Ids of entries are unique in their
    /// collection only: `path`, the file's, tells them apart. `None` where there is none now.
    #[must_use]
    pub fn source(&self, id: &str, path: Option<&str>) -> Option<SourceDocument> {
        let generation = self.shared.current.load_full()?;
        entry(&generation, id, path).or_else(|| document(&generation, id))
    }
}

fn entry(generation: &Generation, id: &str, path: Option<&str>) -> Option<SourceDocument> {
    let catalog = &generation.catalog;
    let mut entries = (0..catalog.entries()).map(|number| catalog.entry(number));
    let (file, entry) = entries
        .find(|(file, entry)| entry.id == id && path.is_none_or(|path| path == file.path))?;
    Some(SourceDocument {
        id: entry.id.clone(),
        kind: SourceKind::Faq,
        title: entry.question.clone(),
        url: entry.url.clone(),
        source: file.path.clone(),
        collection: file.collection.clone(),
        passages: vec![SourcePassage {
            id: entry.id.clone(),
            headings: Vec::new(),
            page: None,
            text: entry.answer.clone(),
            cited: true,
        }],
    })
}

fn document(generation: &Generation, id: &str) -> Option<SourceDocument> {
    let catalog = &generation.catalog;
    let (path, place) = id.rsplit_once('#')?;
    let place: usize = place.parse().ok()?;
    let passages: Vec<_> = (0..catalog.passages())
        .map(|number| catalog.passage(number))
        .filter(|(file, ..)| file.path == path)
        .collect();
    let (file, document, ..) = *passages.iter().find(|&&(_, _, at, _)| at == place)?;
    let passages = passages.iter().map(|&(_, _, at, passage)| SourcePassage {
        id: format!("{path}#{at}"),
        headings: passage.headings.clone(),
        page: passage.page,
        text: passage.text.clone(),
        cited: at == place,
    });
    Some(SourceDocument {
        id: id.to_owned(),
        kind: SourceKind::Document,
        title: document.title.clone(),
        url: document.url.clone(),
        source: file.path.clone(),
        collection: file.collection.clone(),
        passages: passages.collect(),
    })
}
