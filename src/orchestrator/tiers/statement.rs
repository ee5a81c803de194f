//! The statement that a short answer comes from: what a tuned model points at is shown whole.
//!
//! "Six weeks" answers a question, but the passage's own sentence says it, and can be checked. Pure.

use crate::{
    chat::Source,
    text::{Sentence, opens_with_reference, split},
};

/// The sentence of `passages` that holds `answer` word for word, in the passage that its mark
/// `[n]` names before the others; of several sentences the one nearest `question`. One that points
/// back brings the one before. `numbered`: which of the passages the marks speak of.
pub(super) fn around(
    question: &str,
    answer: &str,
    passages: &[Source],
    numbered: &[usize],
) -> Option<String> {
    let (span, number) = parted(answer);
    let span = words(untitled(span, passages));
    if span.trim().is_empty() {
        return None;
    }
    let named = number.and_then(|number| numbered.get(number.checked_sub(1)?));
    let order = named
        .into_iter()
        .copied()
        .chain((0..passages.len()).filter(|place| Some(place) != named));
    order
        .filter_map(|place| passages.get(place))
        .find_map(|passage| holding(question, &span, &split(&passage.text)))
}

fn holding(question: &str, span: &str, sentences: &[Sentence<'_>]) -> Option<String> {
    let asked = words(question);
    // Letters in common, by whole words: long words tell more than short ones.
    let nearness = |sentence: &Sentence<'_>| -> usize {
        let said = words(sentence.text);
        asked
            .split_whitespace()
            .filter(|word| word.len() > 3 && said.contains(&format!(" {word} ")))
            .map(str::len)
            .sum()
    };
    let holds = |place: &usize| words(sentences[*place].text).contains(span);
    // Of equals the last is taken by `max_by_key`; the first is wanted.
    let place = (0..sentences.len())
        .rev()
        .filter(holds)
        .max_by_key(|&place| nearness(&sentences[place]))?;
    let text = sentences[place].text;
    if place > 0 && opens_with_reference(text) {
        return Some(format!("{} {text}", sentences[place - 1].text));
    }
    Some(text.to_owned())
}

/// An answer without the mark at its end, and the mark's number.
fn parted(answer: &str) -> (&str, Option<usize>) {
    let answer = answer.trim();
    let mark = answer
        .strip_suffix(']')
        .and_then(|rest| rest.rsplit_once('['));
    match mark {
        Some((span, number)) => (span.trim(), number.parse().ok()),
        None => (answer, None),
    }
}

/// An answer that copied its passage together with the title before it, without the title.
fn untitled<'a>(span: &'a str, passages: &[Source]) -> &'a str {
    let behind_title = |passage: &Source| {
        let rest = span.strip_prefix(passage.title.as_str())?;
        rest.strip_prefix(':')
    };
    passages.iter().find_map(behind_title).unwrap_or(span)
}

/// Lower-case words, each between spaces, so that only whole ones are found.
fn words(text: &str) -> String {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    format!(" {} ", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::SourceKind;

    fn passages(texts: &[&str]) -> Vec<Source> {
        let passage = |text: &&str| Source {
            id: "passage#0".into(),
            kind: SourceKind::Document,
            title: "A title".into(),
            url: None,
            source: "kb/passage.md".into(),
            page: None,
            score: 0.9,
            text: (*text).into(),
        };
        texts.iter().map(passage).collect()
    }

    #[test]
    fn the_sentence_that_holds_the_answer_is_the_statement() {
        let passages = passages(&[
            "Bees fly far. A hive holds 60,000 bees.",
            "The kettle is steel. Descale the kettle every six weeks.",
        ]);
        let found = around("How often?", "every six weeks [2]", &passages, &[0, 1]);
        assert_eq!(
            found.as_deref(),
            Some("Descale the kettle every six weeks.")
        );
    }

    #[test]
    fn a_mark_decides_between_passages_and_the_question_between_sentences() {
        let texts = passages(&[
            "Pans cost 30 euros.",
            "Lids cost 30 euros. Shipping of a parcel costs 30 euros.",
        ]);
        let asked = "What does shipping cost?";
        assert_eq!(
            around(asked, "30 euros [2]", &texts, &[0, 1]).as_deref(),
            Some("Shipping of a parcel costs 30 euros.")
        );
        assert_eq!(
            around(asked, "30 euros", &texts, &[]).as_deref(),
            Some("Pans cost 30 euros.")
        );
    }

    #[test]
    fn a_title_copied_along_is_no_part_of_the_statement() {
        let passages = passages(&["Bees fly far. A hive holds 60,000 bees."]);
        let found = around(
            "How many?",
            "A title: A hive holds 60,000 bees",
            &passages,
            &[],
        );
        assert_eq!(found.as_deref(), Some("A hive holds 60,000 bees."));
    }

    #[test]
    fn a_sentence_that_points_back_brings_the_one_before() {
        let passages = passages(&["Rain wears rock away. This is called erosion."]);
        let found = around("What is it called?", "erosion", &passages, &[]);
        assert_eq!(
            found.as_deref(),
            Some("Rain wears rock away. This is called erosion.")
        );
    }

    #[test]
    fn what_stands_nowhere_has_no_statement() {
        let passages = passages(&["The warranty is two years."]);
        assert!(around("How long?", "two", &passages, &[]).is_some());
        assert_eq!(around("How long?", "ten years", &passages, &[]), None);
        assert_eq!(around("How long?", " [1]", &passages, &[0]), None);
    }
}
