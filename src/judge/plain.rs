//! A plain look at whether passages bear a reply out, independent of the verdict that it helps to
//! judge.
//!
//! A statement is borne out where its words stand side by side in a passage, or where one sentence
//! there has all its content words and negations. Word order, who does what to whom, and whether
//! the question is answered are beyond it: it finds inventions, not confusions.

use crate::{
    prompt::task::Passage,
    text::{Kind, Word, read, split},
};

use super::score::{bare, holds, normalised};

/// Whether `reply` has a statement that none of `passages` bears out.
pub(super) fn is_unsupported(reply: &str, passages: &[Passage]) -> bool {
    let texts: Vec<&str> = passages
        .iter()
        .flat_map(|passage| {
            passage
                .title
                .as_deref()
                .into_iter()
                .chain([passage.text.as_str()])
        })
        .collect();
    let statements = split(bare(reply));
    statements.is_empty()
        || !statements
            .iter()
            .all(|statement| texts.iter().any(|text| bears_out(text, statement.text)))
}

fn bears_out(text: &str, statement: &str) -> bool {
    if holds(&normalised(text), &normalised(statement)) {
        return true;
    }
    let counts = |word: &Word| word.is_substance() || word.kind == Kind::Negation;
    let said: Vec<Word> = read(statement).into_iter().filter(counts).collect();
    let has_all = |sentence: &str| {
        let there = read(sentence);
        said.iter()
            .all(|word| there.iter().any(|other| other.form == word.form))
    };
    said.iter().any(Word::is_substance) && split(text).iter().any(|found| has_all(found.text))
}

#[cfg(test)]
mod tests {
    use super::{Passage, is_unsupported};

    #[test]
    fn inventions_are_found_and_quotations_and_rewordings_pass() {
        let passages = [
            Passage {
                title: Some("Super Bowl 50".into()),
                text: "The Denver Broncos beat the Carolina Panthers 24–10. They did not lose."
                    .into(),
            },
            Passage {
                title: None,
                text: "Parcels cost $4.50. Lamps may be returned within 60 days.".into(),
            },
        ];
        for (reply, unsupported) in [
            ("Denver Broncos", false),
            ("the Carolina Panthers [1]", false),
            ("Super Bowl 50", false),
            ("Broncos beat Panthers.", false),
            ("A parcel costs $4.50.", false),
            ("Within 60 days. Parcels cost $4.50.", false),
            ("The Broncos beat the Pittsburgh Steelers.", true),
            ("Broncos parcels", true),
            ("Lamps may not be returned within 60 days.", true),
            ("Denver Broncos. They were founded in 1960.", true),
            ("Yes.", true),
            ("", true),
        ] {
            assert_eq!(is_unsupported(reply, &passages), unsupported, "{reply}");
        }
    }
}
