//! Judges an answer that is no sentence: "Denver Broncos", "in 1984", "30 days".
//!
//! Such a span says nothing by itself; the question makes a statement of it. So it must stand word
//! for word in one sentence of a passage, whole (neither a unit nor half of a name is cut off),
//! with nothing beside it that turns or narrows it; sentence and passage must speak of what was
//! asked; and the span must be of the kind that was asked for, and more than words of the question.
//! What stands in no passage never passes. Which of two names in a sentence is the right one is
//! beyond it.

use crate::text::{Kind, Word, is_reservation};

use super::{
    Failure, Held,
    bearing::Asked,
    kind::Wanted,
    passage::{Passage, Support},
};

/// A longer answer is a sentence, or none.
const MOST_WORDS: usize = 12;

/// Words that make a sentence of what holds them.
const SENTENCE_WORDS: &[&str] = &[
    "am", "are", "did", "do", "does", "had", "has", "have", "he", "i", "is", "it", "she", "they",
    "was", "we", "were", "will", "would", "you",
];

/// Words that something must follow.
const DANGLING: &[&str] = &[
    "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "than", "to", "with",
];

/// Whether `answer`, read as `claim`, is a span rather than a sentence.
pub(super) fn is_bare(answer: &str, claim: &[Word]) -> bool {
    let says =
        |word: &Word| word.kind == Kind::Modal || SENTENCE_WORDS.contains(&word.form.as_str());
    (1..=MOST_WORDS).contains(&claim.len())
        && !claim.iter().any(says)
        && !answer.contains([':', ';', '\n', '?'])
}

/// Judges a bare `answer`.
///
/// # Errors
/// Why it can't be shown.
pub(super) fn judge(
    answer: &str,
    claim: &[Word],
    asked: &Asked,
    passages: &[Passage],
) -> Result<Held, Failure> {
    let news = |word: &Word| word.is_substance() && !asked.says(&word.form);
    if !claim.iter().any(news) {
        return Err(Failure::SaysNothing);
    }
    let mut failure = Failure::Unsupported(claim[0].form.clone());
    for (index, passage) in passages.iter().enumerate() {
        for place in places(passage, claim) {
            match place.judge(asked) {
                Ok(support) => {
                    return Ok(Held {
                        text: answer.to_owned(),
                        passage: index,
                        support,
                    });
                }
                Err(found) => failure = found,
            }
        }
    }
    Err(failure)
}

/// Where a span stands in a passage.
struct Place<'passage> {
    passage: &'passage Passage,
    sentence: usize,
    /// Its first word.
    start: usize,
    /// The word after its last.
    end: usize,
}

/// Every place of `claim` in `passage`, articles aside.
fn places<'passage>(
    passage: &'passage Passage,
    claim: &[Word],
) -> impl Iterator<Item = Place<'passage>> {
    let span: Vec<&str> = claim
        .iter()
        .filter(|word| !is_article(word))
        .map(|word| word.form.as_str())
        .collect();
    let sentences = passage.sentences.iter().enumerate();
    sentences.flat_map(move |(sentence, words)| {
        let kept: Vec<usize> = (0..words.len())
            .filter(|&place| !is_article(&words[place]))
            .collect();
        let runs = kept.windows(span.len().max(1));
        let here = |run: &&[usize]| {
            run.iter()
                .map(|&place| words[place].form.as_str())
                .eq(span.iter().copied())
        };
        let found: Vec<Place> = runs
            .filter(here)
            .map(|run| Place {
                passage,
                sentence,
                start: run[0],
                end: run[run.len() - 1] + 1,
            })
            .collect();
        found
    })
}

fn is_article(word: &Word) -> bool {
    matches!(word.form.as_str(), "a" | "an" | "the")
}

impl Place<'_> {
    fn words(&self) -> &[Word] {
        &self.passage.sentences[self.sentence]
    }

    fn judge(&self, asked: &Asked) -> Result<Support, Failure> {
        self.check_whole(asked)?;
        self.check_surroundings(asked)?;
        let span = &self.words()[self.start..self.end];
        let fits = Wanted::of(asked.question()).is_met_by(span, self.start == 0);
        if !fits || !asked.is_told(self.passage, self.sentence) {
            return Err(Failure::OffTopic);
        }
        Ok(Support {
            first: self.sentence,
            last: self.sentence,
            matched: span.iter().filter(|word| word.is_substance()).count(),
            share: 1.0,
            whole: true,
        })
    }

    /// A number keeps what it counts, where the question doesn't say it; a name its other half; and
    /// what ends in a small word is cut.
    fn check_whole(&self, asked: &Asked) -> Result<(), Failure> {
        let last = &self.words()[self.end - 1];
        if DANGLING.contains(&last.form.as_str()) {
            return Err(Failure::Cut);
        }
        let next = self.words().get(self.end);
        let Some(next) = next.filter(|next| next.clause == last.clause) else {
            return Ok(());
        };
        let unit = last.kind == Kind::Number
            && !is_year(&last.form)
            && next.kind == Kind::Content
            && !asked.says(&next.form);
        let named = last.kind == Kind::Name && next.kind == Kind::Name;
        if unit || named {
            return Err(Failure::Recombined(last.form.clone()));
        }
        Ok(())
    }

    /// What stands beside the span must not turn or narrow it, but where the question says so too.
    fn check_surroundings(&self, asked: &Asked) -> Result<(), Failure> {
        let words = self.words();
        let clauses = words[self.start].clause..=words[self.end - 1].clause;
        for (place, word) in words.iter().enumerate() {
            if (self.start..self.end).contains(&place) {
                continue;
            }
            // Then it is a statement in its own right, half taken back.
            if self.start == 0 && place >= self.end && is_reservation(&word.form) {
                return Err(Failure::Condition(word.form.clone()));
            }
            if !clauses.contains(&word.clause) {
                continue;
            }
            if word.kind == Kind::Negation && !asked.denies() {
                return Err(Failure::Polarity);
            }
            let mut condition = words[place + 1..]
                .iter()
                .filter(|other| other.clause == word.clause && other.is_substance());
            if word.kind == Kind::Condition && !condition.any(|other| asked.says(&other.form)) {
                return Err(Failure::Condition(word.form.clone()));
            }
        }
        Ok(())
    }
}

fn is_year(form: &str) -> bool {
    form.len() == 4
        && form.starts_with(['1', '2'])
        && form.bytes().all(|byte| byte.is_ascii_digit())
}
