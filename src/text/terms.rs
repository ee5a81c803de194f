//! How a sentence treats a term: does it say what it is, or only mention it?

use super::{Word, is_cue, is_definition_cue};

/// A cue so many words before a term ("is called a …") introduces it.
const CUE_BEFORE_WORDS: usize = 4;

/// What a sentence does with a term; later is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// The term, as a whole, is not in it.
    Absent,
    /// It is named along the way.
    Mentioned,
    /// It is what the sentence is about.
    Subject,
    /// It is explained: "X is…", "X, a …", "called X".
    Explained,
    /// It is what the sentence is about, and explained.
    Defined,
}

/// How `words` treat the term whose stems are `term`.
#[must_use]
pub fn treatment(words: &[Word], term: &[String]) -> Treatment {
    let runs = words.windows(term.len().max(1)).enumerate();
    let here = |(_, run): &(usize, &[Word])| run.iter().map(|word| &word.form).eq(term);
    let treated = runs
        .filter(here)
        .map(|(start, _)| treatment_at(words, start, start + term.len()));
    treated.max().unwrap_or(Treatment::Absent)
}

fn treatment_at(words: &[Word], start: usize, end: usize) -> Treatment {
    let next = words[end..].iter().find(|word| !word.aside);
    let said = next.is_some_and(|word| is_definition_cue(&word.form));
    let rendered = next.is_some_and(|word| word.form == "as");
    let set_off = next.is_some_and(|word| word.clause > words[end - 1].clause);
    let named = words[start.saturating_sub(CUE_BEFORE_WORDS)..start]
        .iter()
        .any(|word| is_cue(&word.form));
    let last = words[end..].iter().all(|word| word.aside);
    let named = named || (last && start > 0 && is_definition_cue(&words[start - 1].form));
    let mut before = words[..start]
        .iter()
        .filter(|word| word.clause == words[start].clause);
    let subject = before.all(|word| !word.is_substance() || is_cue(&word.form));
    match (subject, said || named || rendered || set_off) {
        (true, true) => Treatment::Defined,
        (false, true) => Treatment::Explained,
        (true, false) => Treatment::Subject,
        (false, false) => Treatment::Mentioned,
    }
}

#[cfg(test)]
mod tests {
    use super::{Treatment, treatment};
    use crate::text::read;

    #[test]
    fn a_term_is_defined_explained_or_only_mentioned() {
        for (sentence, expected) in [
            ("Basalt is a dark rock.", Treatment::Defined),
            ("The term basalt means dark rock.", Treatment::Defined),
            ("Basalt covers the island.", Treatment::Subject),
            ("Where lava cools, basalt covers it.", Treatment::Subject),
            ("Miners see basalt as rock.", Treatment::Explained),
            (
                "Dark rock from lava is said to be basalt.",
                Treatment::Explained,
            ),
            (
                "Dark rock from lava is called basalt.",
                Treatment::Explained,
            ),
            ("Lava cools to basalt, a dark rock.", Treatment::Explained),
            ("They sell basalt here.", Treatment::Mentioned),
            ("They sell granite.", Treatment::Absent),
        ] {
            assert_eq!(
                treatment(&read(sentence), &["basalt".into()]),
                expected,
                "{sentence}"
            );
        }
    }
}
