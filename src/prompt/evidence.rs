//! What of the passages the small model is shown: the few sentences nearest the question.
//!
//! A short text is computed sooner and copied more faithfully. Chosen by words alone, so that it
//! is pure and costs microseconds; which passages there are is the business of retrieval.

use std::collections::{HashMap, HashSet};

use crate::{
    chat::Source,
    text::{
        Sentence, Treatment, Word, capitalised, opens_with_reference, read, split, treatment,
        without_connective,
    },
};

/// Longer sentences don't fit the answer and are shown only if nothing else is near.
const LONG_WORDS: usize = 48;
/// Words from a sentence's beginning that bind the model to it.
const OPENING_WORDS: usize = 4;
/// At most, where other sentences begin alike.
const MOST_OPENING_WORDS: usize = 12;

/// The sentences nearest a question.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// For each passage that has any: its place among those given, and its sentences in their order.
    pub passages: Vec<(usize, String)>,
    /// How the nearest of them that can stand alone begins.
    pub opening: Option<String>,
}

struct Candidate<'text> {
    passage: usize,
    place: usize,
    sentence: Sentence<'text>,
    words: Vec<Word>,
    score: f32,
}

/// The `most` sentences of `passages` nearest `question`, past the `skip` nearest that can stand
/// alone: those have been tried.
#[must_use]
pub fn select(question: &str, passages: &[Source], most: usize, skip: usize) -> Evidence {
    let keys = keys(question);
    let mut candidates = candidates(passages);
    let rarity = rarity(&candidates);
    for candidate in &mut candidates {
        let heading = read(&passages[candidate.passage].title);
        candidate.score = score(candidate, &keys, &heading, &rarity);
    }
    let mut ranked: Vec<usize> = (0..candidates.len()).collect();
    ranked.sort_by(|&one, &other| candidates[other].score.total_cmp(&candidates[one].score));
    let alone = |index: &usize| {
        let sentence = &candidates[*index].sentence;
        sentence.complete && !opens_with_reference(sentence.text)
    };
    let tried: Vec<usize> = ranked.iter().copied().filter(alone).take(skip).collect();
    ranked.retain(|index| !tried.contains(index));
    let nearest = ranked.iter().copied().find(alone);
    let all: Vec<String> = candidates
        .iter()
        .map(|candidate| plain(candidate.sentence.text))
        .collect();
    Evidence {
        opening: nearest.map(|index| opening(candidates[index].sentence.text, &all)),
        passages: shown(&candidates, &ranked, most),
    }
}

/// The nearest sentences in the order of their passages; one that points back brings the one before.
fn shown(candidates: &[Candidate<'_>], ranked: &[usize], most: usize) -> Vec<(usize, String)> {
    let mut kept: HashSet<usize> = HashSet::new();
    for &index in ranked {
        let leans =
            candidates[index].place > 0 && opens_with_reference(candidates[index].sentence.text);
        let more = 1 + usize::from(leans && !kept.contains(&(index - 1)));
        if kept.len() + more > most && !kept.is_empty() {
            break;
        }
        kept.extend(leans.then(|| index - 1));
        kept.insert(index);
    }
    let mut passages: Vec<(usize, String)> = Vec::new();
    let chosen = candidates
        .iter()
        .enumerate()
        .filter(|(index, _)| kept.contains(index));
    for (_, candidate) in chosen {
        let text = plain(candidate.sentence.text);
        match passages
            .last_mut()
            .filter(|(passage, _)| *passage == candidate.passage)
        {
            Some((_, before)) => *before = format!("{before} {text}"),
            None => passages.push((candidate.passage, text)),
        }
    }
    passages
}

/// `sentence` as the model is to copy it: a double quotation mark would end its own quotation.
fn plain(sentence: &str) -> String {
    let words: Vec<&str> = without_connective(sentence).split_whitespace().collect();
    capitalised(&words.join(" ")).replace(['"', '“', '”'], "'")
}

/// As many words as tell the sentence from `all` others, so that the model does not copy one of
/// those; never the whole of it.
fn opening(sentence: &str, all: &[String]) -> String {
    let plain = plain(sentence);
    let words: Vec<&str> = plain.split(' ').collect();
    let most = words.len().saturating_sub(1).min(MOST_OPENING_WORDS);
    let mut count = OPENING_WORDS.min(most).max(1);
    while count < most {
        let begun = format!("{} ", words[..count].join(" "));
        let others = all.iter().filter(|other| **other != plain);
        if !others.into_iter().any(|other| other.starts_with(&begun)) {
            break;
        }
        count += 1;
    }
    words[..count].join(" ")
}

fn candidates(passages: &[Source]) -> Vec<Candidate<'_>> {
    let of_passage = |(passage, source)| {
        let source: &Source = source;
        split(&source.text)
            .into_iter()
            .enumerate()
            .map(move |(place, sentence)| Candidate {
                passage,
                place,
                sentence,
                words: read(sentence.text),
                score: 0.0,
            })
    };
    passages.iter().enumerate().flat_map(of_passage).collect()
}

fn keys(question: &str) -> Vec<String> {
    let asking = [
        "mean",
        "defin",
        "definition",
        "explain",
        "describ",
        "tell",
        "pleas",
        "exampl",
    ];
    let words = split(question)
        .into_iter()
        .flat_map(|sentence| read(sentence.text));
    words
        .filter(|word| word.is_substance() && !asking.contains(&word.form.as_str()))
        .map(|word| word.form)
        .collect()
}

/// How much it says that a sentence has a word: the fewer have it, the more.
fn rarity(candidates: &[Candidate<'_>]) -> HashMap<String, f32> {
    let mut counts: HashMap<String, f32> = HashMap::new();
    for candidate in candidates {
        let forms: HashSet<&str> = candidate
            .words
            .iter()
            .map(|word| word.form.as_str())
            .collect();
        for form in forms {
            *counts.entry(form.to_owned()).or_default() += 1.0;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "a few dozen sentences")]
    let all = candidates.len() as f32;
    counts
        .into_iter()
        .map(|(form, count)| (form, (1.0 + all / count).ln()))
        .collect()
}

fn score(
    candidate: &Candidate<'_>,
    keys: &[String],
    heading: &[Word],
    rarity: &HashMap<String, f32>,
) -> f32 {
    let worth = |key: &String| rarity.get(key).copied().unwrap_or(0.0);
    let has = |words: &[Word], key: &String| words.iter().any(|word| word.form == *key);
    let said: f32 = keys
        .iter()
        .filter(|key| has(&candidate.words, key))
        .map(worth)
        .sum();
    let above: f32 = keys.iter().filter(|key| has(heading, key)).map(worth).sum();
    let whole: f32 = keys.iter().map(worth).sum::<f32>().max(1.0);
    let substance = candidate
        .words
        .iter()
        .filter(|word| word.is_substance())
        .count();
    let mut score = (said + 0.2 * above) / whole + explains(&candidate.words, keys);
    score -= if substance < 3 || !candidate.sentence.complete {
        0.6
    } else {
        0.0
    };
    score -= if candidate.words.len() > LONG_WORDS {
        0.3
    } else {
        0.0
    };
    score -= if is_pointer(candidate.sentence.text) {
        0.8
    } else {
        0.0
    };
    score -= if candidate.sentence.text.ends_with('?') {
        0.5
    } else {
        0.0
    };
    score -= if candidate.place > 0 && opens_with_reference(candidate.sentence.text) {
        0.1
    } else {
        0.0
    };
    #[expect(clippy::cast_precision_loss, reason = "a handful of passages")]
    let later = candidate.passage as f32;
    score - 0.05 * later
}

/// "Visit …", "See …": it sends the reader elsewhere.
fn is_pointer(sentence: &str) -> bool {
    let openings = [
        "Visit ",
        "See ",
        "Read ",
        "Check out ",
        "Learn more",
        "Watch ",
        "To learn more",
    ];
    openings.iter().any(|opening| sentence.starts_with(opening))
}

/// A bonus where the sentence is about all that is asked, or explains it.
fn explains(words: &[Word], keys: &[String]) -> f32 {
    match treatment(words, keys) {
        Treatment::Absent => 0.0,
        Treatment::Mentioned => 0.3,
        Treatment::Subject => 0.6,
        Treatment::Explained => 0.8,
        Treatment::Defined => 1.1,
    }
}

#[cfg(test)]
mod tests {
    use super::select;
    use crate::chat::{Source, SourceKind};

    fn passage(text: &str) -> Source {
        Source {
            id: "a#0".into(),
            kind: SourceKind::Document,
            title: "Rocks".into(),
            url: None,
            source: "a.md".into(),
            page: None,
            score: 1.0,
            text: text.into(),
        }
    }

    #[test]
    fn the_sentence_that_explains_the_term_comes_first() {
        let passages = [
            passage(
                "Many people collect basalt. Granite is hard. Basalt is a dark rock made by lava. Cats sleep.",
            ),
            passage("Prices for basalt rose in May. Some say \"never\"."),
        ];
        let evidence = select("What is basalt?", &passages, 2, 0);
        assert_eq!(evidence.opening.as_deref(), Some("Basalt is a dark"));
        assert_eq!(
            evidence.passages,
            [(
                0,
                "Many people collect basalt. Basalt is a dark rock made by lava.".into()
            )]
        );
    }

    #[test]
    fn a_sentence_that_points_back_brings_the_one_before() {
        let passages = [passage(
            "Slate splits well. It covers roofs in Wales. Trains ran late on Monday.",
        )];
        let evidence = select("Which roofs are covered in Wales?", &passages, 2, 0);
        assert_eq!(
            evidence.passages,
            [(0, "Slate splits well. It covers roofs in Wales.".into())]
        );
        assert_eq!(evidence.opening.as_deref(), Some("Slate splits"));
    }

    #[test]
    fn what_was_tried_is_left_out() {
        let passages = [passage(
            "Slate splits well. Slate is a grey rock. Trains ran late on Monday.",
        )];
        let evidence = select("What is slate?", &passages, 1, 1);
        assert_eq!(evidence.opening.as_deref(), Some("Slate splits"));
        assert_eq!(evidence.passages, [(0, "Slate splits well.".into())]);
    }

    #[test]
    fn no_passages_give_no_evidence() {
        assert!(select("What is basalt?", &[], 3, 0).passages.is_empty());
    }

    #[test]
    fn sentences_that_begin_alike_get_openings_that_differ() {
        let passage = passage(
            "The kettle holds two litres. The kettle must be descaled every six weeks. \
             The kettle must stay dry.",
        );
        let evidence = select("How often must the kettle be descaled?", &[passage], 3, 0);
        assert_eq!(evidence.opening.as_deref(), Some("The kettle must be"));
    }
}
