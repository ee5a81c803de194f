//! Does a reply say that the passages don't hold the answer?
//!
//! A tuned model has one sentence for it; others have many. What is looked for says something of
//! the passages or of the one who replies, so that an answer which happens to hold a "not" is none.

use crate::text::split;

/// What is said not to hold the answer.
const TEXTS: &[&str] = &[
    "passage",
    "passages",
    "text",
    "texts",
    "context",
    "contexts",
    "article",
    "document",
    "documents",
    "paragraph",
    "paragraphs",
    "excerpt",
    "information",
    "source",
    "sources",
    "material",
    "materials",
];

/// What texts do with answers.
const HOLDING: &[&str] = &[
    "address",
    "addressed",
    "answer",
    "answered",
    "answering",
    "available",
    "contain",
    "contained",
    "cover",
    "covered",
    "describe",
    "described",
    "detail",
    "details",
    "directly",
    "discuss",
    "discussed",
    "enough",
    "explain",
    "explained",
    "explicitly",
    "find",
    "found",
    "give",
    "given",
    "have",
    "hold",
    "include",
    "included",
    "indicate",
    "information",
    "list",
    "listed",
    "mention",
    "mentioned",
    "name",
    "named",
    "offer",
    "present",
    "provide",
    "provided",
    "reveal",
    "say",
    "said",
    "show",
    "specify",
    "specified",
    "specifically",
    "state",
    "stated",
    "sufficient",
    "support",
    "tell",
];

/// What ends a sentence that declines, even one that names no text: "It is not mentioned."
const ENDS: &[&str] = &["mentioned", "specified", "stated"];
/// What ends a reply that only declines: "Not given."
const BARE_ENDS: &[&str] = &["available", "found", "given", "provided"];

/// What one who replies can't do.
const ANSWERING: &[&str] = &[
    "answer",
    "answered",
    "assist",
    "determine",
    "determined",
    "help",
    "infer",
    "inferred",
    "know",
    "say",
    "sure",
    "tell",
];

/// What there may be "no" of.
const MISSING: &[&str] = &["answer", "indication", "information", "mention"];

/// Whole replies that decline.
const WHOLE: &[&str] = &["n a", "no answer", "none given", "unanswerable", "unknown"];

/// Whether `reply` says that what it was given doesn't hold the answer.
#[must_use]
pub fn declines(reply: &str) -> bool {
    let lower = reply.to_lowercase().replace('’', "'");
    let all = words(&lower);
    WHOLE.contains(&all.join(" ").as_str())
        || split(&lower)
            .iter()
            .any(|sentence| sentence_declines(&words(sentence.text)))
}

fn words(text: &str) -> Vec<&str> {
    text.split(|sign: char| !(sign.is_alphanumeric() || sign == '\''))
        .filter(|word| !word.is_empty())
        .collect()
}

fn sentence_declines(words: &[&str]) -> bool {
    (0..words.len()).any(|place| {
        let (before, after) = (&words[..place], &words[place + 1..]);
        if lacks(words[place]) {
            return any(last(before, 3), TEXTS);
        }
        if !denies(words[place]) {
            return false;
        }
        let of_a_text = any(last(before, 6), TEXTS) && any(first(after, 4), HOLDING);
        let in_a_text = first(after, 3)
            .iter()
            .any(|word| *word == "in" || HOLDING.contains(word))
            && any(first(after, 7), TEXTS);
        let ends =
            after.len() <= 2 && (any(after, ENDS) || (before.is_empty() && any(after, BARE_ENDS)));
        of_a_text
            || in_a_text
            || ends
            || is_unable(before, after)
            || is_missing(words[place], after)
    })
}

/// "I can't say", "cannot be determined", "unable to answer".
fn is_unable(before: &[&str], after: &[&str]) -> bool {
    let someone = last(before, 3)
        .iter()
        .any(|word| matches!(*word, "i" | "we" | "i'm" | "we're" | "it's"));
    let by_nobody = matches!(after, ["be" | "to" | "answer" | "determine", ..]);
    (someone || by_nobody) && any(first(after, 4), ANSWERING)
}

/// "no mention of it", "not enough information".
fn is_missing(denial: &str, after: &[&str]) -> bool {
    let begins = |list: &[&str]| after.first().is_some_and(|word| list.contains(word));
    let enough = first(after, 4)
        .windows(2)
        .any(|pair| matches!(pair[0], "any" | "enough" | "sufficient") && TEXTS.contains(&pair[1]));
    enough || (denial == "no" && begins(MISSING)) || (denial == "insufficient" && begins(TEXTS))
}

fn denies(word: &str) -> bool {
    word.ends_with("n't")
        || matches!(
            word,
            "not"
                | "no"
                | "never"
                | "cannot"
                | "nothing"
                | "unable"
                | "impossible"
                | "insufficient"
        )
}

fn lacks(word: &str) -> bool {
    matches!(word, "fails" | "fail" | "lacks" | "lack" | "omits" | "omit")
}

fn any(words: &[&str], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(word))
}

fn first<'words, 'text>(words: &'words [&'text str], most: usize) -> &'words [&'text str] {
    &words[..words.len().min(most)]
}

fn last<'words, 'text>(words: &'words [&'text str], most: usize) -> &'words [&'text str] {
    &words[words.len().saturating_sub(most)..]
}

#[cfg(test)]
mod tests {
    use super::declines;

    #[test]
    fn many_wordings_decline() {
        for reply in [
            "Not in the passages.",
            "not in the passage",
            "The passage does not say.",
            "The text doesn't mention the year.",
            "The provided context does not contain enough information to answer this.",
            "The passages do not hold the answer.",
            "It is not mentioned in the text.",
            "Not mentioned.",
            "The date is not specified.",
            "The name is not explicitly stated in the article.",
            "I cannot answer that from the passages.",
            "I'm sorry, but I can’t answer this question.",
            "I don't know.",
            "I'm not sure who it was.",
            "This cannot be determined from the text.",
            "Unable to answer.",
            "It's impossible to say.",
            "There is no information about it.",
            "No information.",
            "The passage makes no mention of a fee.",
            "There is not enough information.",
            "Insufficient context.",
            "The text fails to mention it.",
            "Unknown.",
            "N/A",
            "The answer is not found in the given passage.",
            "The passage says nothing about it: no answer.",
            "The question can't be answered.",
            "The information is not available.",
            "I don't have enough information to say.",
            "Not given.",
        ] {
            assert!(declines(reply), "{reply}");
        }
    }

    #[test]
    fn answers_with_a_not_are_answers() {
        for reply in [
            "",
            "Denver Broncos",
            "No",
            "Opened food may not be returned.",
            "There is no evidence that it spreads.",
            "It does not provide immunity.",
            "The cause is not known to the parties.",
            "Unknown soldiers of the war",
            "Nobody could say whether it rained.",
            "The text of the treaty was signed in 1648.",
            "30 days, not 60",
            "Breakfast is not provided.",
            "We do not have any rooms left.",
            "The wreck could not be found.",
            "Information is kept for no longer than 30 days.",
        ] {
            assert!(!declines(reply), "{reply}");
        }
    }
}
