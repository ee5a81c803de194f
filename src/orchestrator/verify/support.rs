//! Finds the one statement of a passage that a claim repeats.
//!
//! The claim's words are aligned, in their order, with the words of a passage's sentence; what the
//! alignment skips and what it can't place decide.

use crate::text::{Kind, Word, is_cue, is_reservation};

use super::{
    Failure,
    align::{Pair, align},
    bearing::{Asked, share},
    passage::{Passage, Support},
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

/// Whether `claim` says nothing that `before` has not said.
pub(super) fn repeats(claim: &[Word], before: &[Word]) -> bool {
    let said =
        |word: &Word| before.iter().any(|other| other.form == word.form) || is_cue(&word.form);
    claim
        .iter()
        .filter(|word| word.kind != Kind::Stop)
        .all(said)
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
        self.check_twins(claim, chain)?;
        self.check_units(chain)?;
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

    /// What told two equal words apart must stay: "bad habits into good habits".
    fn check_twins(&self, claim: &[Word], chain: &[Pair]) -> Result<(), Failure> {
        for (place, &one) in chain.iter().enumerate() {
            let later = chain[place + 1..].iter().take(2);
            let twin = later
                .copied()
                .find(|&other| claim[one.0].form == claim[other.0].form);
            if twin.is_some_and(|other| other.1 - one.1 > other.0 - one.0) {
                return Err(recombined(self.words[one.1]));
            }
        }
        Ok(())
    }

    /// A number keeps the word that it counts: "30 days" must not become "30".
    fn check_units(&self, chain: &[Pair]) -> Result<(), Failure> {
        let matched = |place: usize| chain.iter().any(|&(_, other)| other == place);
        for place in chain.iter().map(|&(_, place)| place) {
            let (number, next) = (self.words[place], self.words.get(place + 1));
            let unit =
                next.filter(|word| word.kind == Kind::Content && word.clause == number.clause);
            if number.kind == Kind::Number && unit.is_some() && !matched(place + 1) {
                return Err(recombined(number));
            }
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
            // "X is used like Y, but they differ": the first half alone would mislead.
            let taken_back = place > end && is_reservation(&word.form);
            if word.kind == Kind::Condition || taken_back {
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
