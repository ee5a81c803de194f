//! Finds the one statement of a passage that a claim repeats.
//!
//! The claim's words are aligned, in their order, with the words of a passage's sentence; what the
//! alignment skips and what it can't place decide.

use crate::{
    chat::Source,
    text::{Kind, Word, is_cue, opens_with_reference, read, split},
};

use super::{
    Failure,
    bearing::{Asked, share},
};

/// At least this share of a claim's words stands in the statement itself; the rest may come from
/// headings.
const LEAST_MATCHED: f32 = 0.6;
/// Content words that a claim may leave out between two it keeps…
const LOOSE_SKIP: usize = 3;
/// …where "and" lies between them…
const JOINED_SKIP: usize = 1;
/// …and where commas, dashes or brackets set them off.
const SET_OFF_SKIP: usize = 14;
/// Where a second sentence points back ("It is…"), its subject is among the first words of the first.
const SUBJECT_WORDS: usize = 5;

/// A passage, read.
pub(super) struct Passage {
    heading: Vec<Word>,
    sentences: Vec<Vec<Word>>,
    /// Whether each sentence points back to the one before it.
    leans: Vec<bool>,
}

/// Where in its passage a claim was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Support {
    /// The first sentence of the statement.
    first: usize,
    /// The last one.
    last: usize,
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
    fn windows(&self) -> impl Iterator<Item = (usize, usize)> {
        let pairs = (1..self.sentences.len())
            .filter(|&place| self.leans[place])
            .map(|place| (place - 1, place));
        (0..self.sentences.len())
            .map(|place| (place, place))
            .chain(pairs)
    }
}

/// Whether two claims consist of the same words.
pub(super) fn same_claim(one: &[Word], other: &[Word]) -> bool {
    let forms = |words: &[Word]| -> Vec<String> {
        words
            .iter()
            .filter(|word| word.kind != Kind::Stop)
            .map(|word| word.form.clone())
            .collect()
    };
    forms(one) == forms(other)
}

/// The passage and the statement in it that `claim` repeats most fully.
///
/// # Errors
/// What is wrong with the claim where it comes nearest.
pub(super) fn best(
    claim: &[Word],
    asked: &Asked,
    passages: &[Passage],
) -> Result<(usize, Support), Failure> {
    if !claim.iter().any(Word::is_substance) {
        return Err(Failure::SaysNothing);
    }
    let mut best: Option<(usize, Support)> = None;
    let mut nearest = (0, Failure::Unsupported(first_substance(claim)));
    for (index, passage) in passages.iter().enumerate() {
        for (first, last) in passage.windows() {
            let window = Window::new(passage, first, last);
            let chain = align(claim, &window.words);
            match window.judge(claim, &chain, asked) {
                Ok(support) if best.is_none_or(|(_, before)| support.share > before.share) => {
                    best = Some((index, support));
                }
                Err(failure) if chain.len() > nearest.0 => nearest = (chain.len(), failure),
                Ok(_) | Err(_) => {}
            }
        }
    }
    best.ok_or(nearest.1)
}

fn first_substance(claim: &[Word]) -> String {
    claim
        .iter()
        .find(|word| word.is_substance())
        .map_or_else(String::new, |word| word.form.clone())
}

/// A place of the claim and the place of the window that it is matched with.
type Pair = (usize, usize);

/// The longest run of equal words in equal order, compact where there is a choice.
fn align(claim: &[Word], window: &[&Word]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for (place, word) in claim
        .iter()
        .enumerate()
        .filter(|(_, word)| word.kind != Kind::Stop)
    {
        let equal = window
            .iter()
            .enumerate()
            .filter(|(_, other)| other.kind != Kind::Stop && other.form == word.form);
        pairs.extend(equal.map(|(other, _)| (place, other)));
    }
    let mut ends: Vec<(f32, Option<usize>)> = Vec::with_capacity(pairs.len());
    for (this, &(claim_place, window_place)) in pairs.iter().enumerate() {
        let mut end = (1.0, None);
        for (before, &(claim_before, window_before)) in pairs[..this].iter().enumerate() {
            if claim_before < claim_place && window_before < window_place {
                let skipped = share(window_place - window_before - 1, 200).min(0.5);
                let value = ends[before].0 + 1.0 - skipped;
                if value > end.0 {
                    end = (value, Some(before));
                }
            }
        }
        ends.push(end);
    }
    let last = (0..pairs.len()).max_by(|&one, &other| ends[one].0.total_cmp(&ends[other].0));
    let mut chain: Vec<Pair> = std::iter::successors(last, |&pair| ends[pair].1)
        .map(|pair| pairs[pair])
        .collect();
    chain.reverse();
    chain
}

/// One or two sentences that may make one statement.
struct Window<'passage> {
    passage: &'passage Passage,
    words: Vec<&'passage Word>,
    /// Where the second sentence begins, if there is one.
    seam: usize,
    first: usize,
    last: usize,
}

impl<'passage> Window<'passage> {
    fn new(passage: &'passage Passage, first: usize, last: usize) -> Self {
        let words: Vec<&Word> = passage.sentences[first..=last].iter().flatten().collect();
        let seam = if first == last {
            0
        } else {
            passage.sentences[first].len()
        };
        Self {
            passage,
            words,
            seam,
            first,
            last,
        }
    }

    fn judge(&self, claim: &[Word], chain: &[Pair], asked: &Asked) -> Result<Support, Failure> {
        let matched = self.place_all(claim, chain, asked)?;
        for step in chain.windows(2) {
            self.check_gap(claim, step[0], step[1])?;
        }
        self.check_ends(chain)?;
        let whole = chain.last().is_some_and(|&(_, place)| {
            self.words[place + 1..]
                .iter()
                .all(|word| word.kind == Kind::Stop || word.aside)
        });
        let all = claim.iter().filter(|word| word.is_substance()).count();
        Ok(Support {
            first: self.first,
            last: self.last,
            matched,
            share: share(matched, all),
            whole,
        })
    }

    /// Every word of the claim is in the chain, or may come from elsewhere. How many are in it.
    fn place_all(&self, claim: &[Word], chain: &[Pair], asked: &Asked) -> Result<usize, Failure> {
        let (mut matched, mut borrowed, mut news) = (0_usize, 0_usize, false);
        // Only the subject may come from elsewhere, and it stands before all that is said of it.
        let subject = chain.first().map_or(0, |&(first, _)| first);
        for (place, word) in claim
            .iter()
            .enumerate()
            .filter(|(_, word)| word.kind != Kind::Stop)
        {
            if chain.iter().any(|&(claimed, _)| claimed == place) {
                matched += usize::from(word.is_substance());
                news |= word.is_substance() && !asked.says(&word.form);
                continue;
            }
            match word.kind {
                Kind::Negation => return Err(Failure::Polarity),
                Kind::Content if is_cue(&word.form) => {}
                Kind::Content | Kind::Name if place < subject && self.lends(word, chain) => {
                    borrowed += 1;
                }
                _ if self.words.iter().any(|other| other.form == word.form) => {
                    return Err(Failure::Recombined(word.form.clone()));
                }
                _ => return Err(Failure::Unsupported(word.form.clone())),
            }
        }
        if !news {
            return Err(Failure::SaysNothing);
        }
        if share(matched, matched + borrowed) < LEAST_MATCHED {
            return Err(Failure::Unsupported(first_substance(claim)));
        }
        Ok(matched)
    }

    /// Whether the headings give `word` to the claim as its subject: the statement has none of its
    /// own before the words that the claim repeats, nor points to one.
    fn lends(&self, word: &Word, chain: &[Pair]) -> bool {
        let start = chain.first().map_or(0, |&(_, start)| start);
        let own = self.words[..start].iter().any(|word| word.is_substance());
        !own && !self.passage.leans[self.first] && self.passage.heading_says(&word.form)
    }

    /// What the claim leaves out between two of its words must not change what they say together.
    fn check_gap(&self, claim: &[Word], from: Pair, to: Pair) -> Result<(), Failure> {
        let crosses_seam = from.1 < self.seam && to.1 >= self.seam;
        if crosses_seam {
            let subject = self.words[..from.1]
                .iter()
                .filter(|word| word.is_substance())
                .count();
            return if subject < SUBJECT_WORDS {
                Ok(())
            } else {
                Err(recombined(self.words[to.1]))
            };
        }
        let gap: Vec<&Word> = self.words[from.1 + 1..to.1]
            .iter()
            .copied()
            .filter(|word| !word.aside)
            .collect();
        if gap.iter().any(|word| word.kind == Kind::Negation) {
            return Err(Failure::Polarity);
        }
        let ends = [self.words[from.1], self.words[to.1]];
        for kind in [Kind::Number, Kind::Name] {
            let inner = without_attached(&gap, ends, kind);
            if ends.iter().any(|word| word.kind == kind)
                && inner.iter().any(|word| word.kind == kind)
            {
                return Err(recombined(ends[1]));
            }
        }
        let skipped = gap.iter().filter(|word| word.is_substance()).count();
        let related = gap.iter().find(|word| word.kind == Kind::Relation);
        if gap.iter().any(|word| word.kind == Kind::Contrast) || (skipped == 0 && related.is_some())
        {
            return Err(recombined(ends[1]));
        }
        let set_off = gap
            .first()
            .is_some_and(|word| word.clause != ends[0].clause)
            && gap.last().is_some_and(|word| word.clause != ends[1].clause);
        let most = if set_off {
            SET_OFF_SKIP
        } else if gap.iter().any(|word| word.form == "and") {
            JOINED_SKIP
        } else {
            LOOSE_SKIP
        };
        let told = claim[from.0 + 1..to.0]
            .iter()
            .any(|word| word.form == "and");
        if skipped > most && !(told && skipped <= LOOSE_SKIP) {
            return Err(recombined(ends[1]));
        }
        Ok(())
    }

    /// What stands before and after the claim's words must not turn or narrow them.
    fn check_ends(&self, chain: &[Pair]) -> Result<(), Failure> {
        let (Some(&(_, start)), Some(&(_, end))) = (chain.first(), chain.last()) else {
            return Err(Failure::SaysNothing);
        };
        let used = |place: usize| chain.iter().any(|&(_, matched)| matched == place);
        let floor = if start >= self.seam { self.seam } else { 0 };
        for (place, word) in self.words.iter().enumerate().skip(floor) {
            if used(place) || word.aside {
                continue;
            }
            if word.kind == Kind::Condition {
                return Err(Failure::Condition(word.form.clone()));
            }
            let near = (place < start && word.clause == self.words[start].clause)
                || (place > end && word.clause == self.words[end].clause);
            if word.kind == Kind::Negation && near {
                return Err(Failure::Polarity);
            }
        }
        Ok(())
    }
}

fn recombined(word: &Word) -> Failure {
    Failure::Recombined(word.form.clone())
}

/// `gap` without the words of `kind` that touch an end of the same kind: first names and titles.
fn without_attached<'words>(
    gap: &'words [&'words Word],
    ends: [&Word; 2],
    kind: Kind,
) -> &'words [&'words Word] {
    let mut inner = gap;
    if kind == Kind::Number {
        return inner;
    }
    while ends[0].kind == kind && inner.first().is_some_and(|word| word.kind == kind) {
        inner = &inner[1..];
    }
    while ends[1].kind == kind && inner.last().is_some_and(|word| word.kind == kind) {
        inner = &inner[..inner.len() - 1];
    }
    inner
}
