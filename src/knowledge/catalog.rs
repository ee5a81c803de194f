//! What a generation holds, numbered: entries, their question forms, passages.
//!
//! The order given here is the order of the lexical rows and of the vectors: of the FAQ question
//! forms first, then answers. Two entries of one collection can't share an id; the later loses.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap},
    ops::Range,
    sync::Arc,
};

use super::{
    kinds::PerKind,
    language,
    records::{Content, Document, Entry, FileRecord, Passage, heading_line},
    report::{FileLine, Notice},
};

/// All that can be found, in order.
#[derive(Default)]
pub(crate) struct Catalog {
    /// Sorted by path.
    pub(crate) files: Vec<Arc<FileRecord>>,
    /// Which file, and which of its entries.
    entries: Vec<(usize, usize)>,
    /// Where each entry's forms begin among all forms; one more than there are entries.
    first_forms: Vec<usize>,
    /// Which file, and which of its passages.
    passages: Vec<(usize, usize)>,
    /// Entries left out for their id.
    duplicates: Vec<Notice>,
}

impl Catalog {
    /// Numbers what is in `files`.
    pub(crate) fn assemble(files: Vec<Arc<FileRecord>>) -> Self {
        let mut catalog = Self {
            first_forms: vec![0],
            ..Self::default()
        };
        let mut places: HashMap<(&str, &str), (&str, usize)> = HashMap::new();
        let mut forms = 0;
        for (number, file) in files.iter().enumerate() {
            match &file.content {
                Content::Nothing => {}
                Content::Document(document) => {
                    let numbers = (0..document.passages.len()).map(|passage| (number, passage));
                    catalog.passages.extend(numbers);
                }
                Content::Entries(entries) => {
                    for (index, entry) in entries.iter().enumerate() {
                        let key = (file.collection.as_str(), entry.id.as_str());
                        if let Some((path, line)) = places.get(&key) {
                            let id = &entry.id;
                            let reason = format!("the id {id} is already taken at {path}:{line}");
                            let notice = Notice::new(&file.path, Some(entry.line), reason);
                            catalog.duplicates.push(notice);
                            continue;
                        }
                        places.insert(key, (&file.path, entry.line));
                        catalog.entries.push((number, index));
                        forms += entry.forms().count();
                        catalog.first_forms.push(forms);
                    }
                }
            }
        }
        catalog.files = files;
        catalog
    }

    /// How many entries there are.
    pub(crate) fn entries(&self) -> usize {
        self.entries.len()
    }

    /// How many passages there are.
    pub(crate) fn passages(&self) -> usize {
        self.passages.len()
    }

    /// The entry numbered `number`, and its file.
    pub(crate) fn entry(&self, number: usize) -> (&FileRecord, &Entry) {
        let (file, index) = self.entries[number];
        let file = &*self.files[file];
        match &file.content {
            Content::Entries(entries) => (file, &entries[index]),
            _ => unreachable!("numbered from a file of entries"),
        }
    }

    /// The passage numbered `number`, its place in its document from 1, its document and file.
    pub(crate) fn passage(&self, number: usize) -> (&FileRecord, &Document, usize, &Passage) {
        let (file, index) = self.passages[number];
        let file = &*self.files[file];
        match &file.content {
            Content::Document(document) => (file, document, index + 1, &document.passages[index]),
            _ => unreachable!("numbered from a document"),
        }
    }

    /// The rows of an entry's question and variants, in the lexical index and among the FAQ's vectors.
    pub(crate) fn form_rows(&self, entry: usize) -> Range<usize> {
        self.first_forms[entry]..self.first_forms[entry + 1]
    }

    /// The row of an entry's answer among the FAQ's vectors.
    pub(crate) fn answer_row(&self, entry: usize) -> usize {
        self.forms() + entry
    }

    /// How many vectors there are of each kind.
    pub(crate) fn vectors(&self) -> PerKind<usize> {
        PerKind {
            faq: self.forms() + self.entries(),
            passages: self.passages(),
        }
    }

    fn forms(&self) -> usize {
        self.first_forms.last().copied().unwrap_or_default()
    }

    /// The text behind each vector, in the order of the rows.
    pub(crate) fn texts(&self) -> PerKind<Vec<Cow<'_, str>>> {
        let entries = || (0..self.entries()).map(|entry| self.entry(entry).1);
        let forms = entries().flat_map(Entry::forms).map(Cow::Borrowed);
        let answers = entries().map(|entry| Cow::Borrowed(entry.answer.as_str()));
        let passages = (0..self.passages()).map(|number| {
            let (_, document, _, passage) = self.passage(number);
            let heading = heading_line(&document.title, &passage.headings);
            Cow::Owned(format!("{heading}\n{}", passage.text))
        });
        PerKind {
            faq: forms.chain(answers).collect(),
            passages: passages.collect(),
        }
    }

    /// What was left out, by file.
    pub(crate) fn skipped(&self) -> Vec<Notice> {
        let mut notices: Vec<Notice> = self
            .files
            .iter()
            .flat_map(|file| file.skipped.iter().cloned())
            .chain(self.duplicates.iter().cloned())
            .collect();
        notices.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        notices
    }

    /// What was odd but is used, by file.
    pub(crate) fn warnings(&self) -> Vec<Notice> {
        let warnings = self.files.iter().flat_map(|file| &file.warnings);
        warnings.cloned().collect()
    }

    /// What each file gave, in their order.
    pub(crate) fn file_lines(&self) -> Vec<FileLine> {
        let mut lines: Vec<FileLine> = self
            .files
            .iter()
            .map(|file| FileLine {
                path: file.path.clone(),
                skipped: file.skipped.len(),
                warnings: file.warnings.len(),
                ..FileLine::default()
            })
            .collect();
        for &(file, _) in &self.entries {
            lines[file].entries += 1;
        }
        for &(file, _) in &self.passages {
            lines[file].passages += 1;
        }
        let places: HashMap<&str, usize> = (self.files.iter().zip(0..))
            .map(|(file, place)| (file.path.as_str(), place))
            .collect();
        for notice in &self.duplicates {
            if let Some(&place) = places.get(notice.path.as_str()) {
                lines[place].skipped += 1;
            }
        }
        lines
    }

    /// The collections that hold something.
    pub(crate) fn collections(&self) -> BTreeSet<&str> {
        let filled = self
            .files
            .iter()
            .filter(|file| file.content != Content::Nothing);
        filled.map(|file| file.collection.as_str()).collect()
    }

    /// The languages of entries and documents, the commonest first.
    pub(crate) fn languages(&self) -> Vec<&str> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for entry in 0..self.entries() {
            *counts.entry(&self.entry(entry).1.lang).or_default() += 1;
        }
        for passage in 0..self.passages() {
            *counts.entry(&self.passage(passage).1.lang).or_default() += 1;
        }
        let mut languages: Vec<(&str, usize)> = counts.into_iter().collect();
        languages.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
        languages.into_iter().map(|(code, _)| code).collect()
    }

    /// The language assumed where a text gives no sign of its own.
    pub(crate) fn main_language(&self) -> &str {
        self.languages()
            .first()
            .copied()
            .unwrap_or(language::DEFAULT)
    }
}
