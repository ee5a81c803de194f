//! A passage as the verdict reads it: sentences of words under a heading.

use crate::{
    chat::Source,
    text::{Word, opens_with_reference, read, split},
};

/// A passage, read.
pub(super) struct Passage {
    pub(super) heading: Vec<Word>,
    pub(super) sentences: Vec<Vec<Word>>,
    /// Whether each sentence points back to the one before it.
    pub(super) leans: Vec<bool>,
}

/// Where in its passage a claim was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Support {
    /// The first sentence of the statement.
    pub(super) first: usize,
    /// The last one.
    pub(super) last: usize,
    /// Words of the claim found there.
    pub(super) matched: usize,
    /// Their share.
    pub(super) share: f32,
    /// The claim goes on to the statement's last word.
    pub(super) whole: bool,
}

impl Passage {
    pub(super) fn read(source: &Source) -> Self {
        let found = split(&source.text);
        let leans = found
            .iter()
            .enumerate()
            .map(|(place, sentence)| place > 0 && opens_with_reference(sentence.text));
        Self {
            heading: read(&source.title),
            leans: leans.collect(),
            sentences: found.iter().map(|sentence| read(sentence.text)).collect(),
        }
    }

    pub(super) fn heading_says(&self, form: &str) -> bool {
        self.heading.iter().any(|word| word.form == form)
    }

    pub(super) fn says(&self, form: &str) -> bool {
        self.heading_says(form)
            || self
                .sentences
                .iter()
                .flatten()
                .any(|word| word.form == form)
    }

    /// Whether the supporting sentences, or the one they lean on, say `form`.
    pub(super) fn window_says(&self, support: Support, form: &str) -> bool {
        let first = support.first - usize::from(self.leans[support.first]);
        self.sentences[first..=support.last]
            .iter()
            .flatten()
            .any(|word| word.form == form)
    }

    /// Single sentences, and pairs of which the second points back.
    pub(super) fn windows(&self) -> impl Iterator<Item = (usize, usize)> {
        let pairs = (1..self.sentences.len())
            .filter(|&place| self.leans[place])
            .map(|place| (place - 1, place));
        (0..self.sentences.len())
            .map(|place| (place, place))
            .chain(pairs)
    }
}
