//! Tells that a person doubts the last answer: by saying so, or by asking the same again.
//!
//! Pure, by phrases of a handful of languages and by the words of two questions. Never by likeness
//! alone: "shipping to France" and "shipping to Spain" are near each other and not the same.

use crate::text::{Kind, read};

/// A longer message tells of something else.
const MOST_WORDS: usize = 16;
/// Longer questions are the same only letter by letter.
const MOST_BYTES: usize = 1_000;

/// The whole message, or its beginning up to a sign, is one of these. Lower case, without signs.
const DOUBTS: &[&str] = &[
    "really",
    "seriously",
    "wrong",
    "nope",
    "incorrect",
    "not true",
    "not correct",
    "not right",
    "not helpful",
    "wrong answer",
    "bad answer",
    "try again",
    "no it isn't",
    "no it doesn't",
    "is that right",
    "is this right",
    "is it true",
    "is that true",
    "is that correct",
    "is this correct",
    "is that so",
    "still not working",
    "bist du sicher",
    "sind sie sicher",
    "wirklich",
    "das stimmt nicht",
    "stimmt das",
    "das ist falsch",
    "das hilft nicht",
    "das hilft mir nicht",
    "estás seguro",
    "está seguro",
    "eso no es correcto",
    "eso no ayuda",
    "no me ayuda",
    "tu es sûr",
    "vous êtes sûr",
    "êtes vous sûr",
    "c'est faux",
    "ça n'aide pas",
    "sei sicuro",
    "你确定",
    "你确定吗",
    "您确定吗",
    "真的吗",
    "不对",
    "这不对",
    "没有帮助",
];

/// A message that begins with one of these doubts, whatever follows.
const DOUBTFUL_OPENINGS: &[&str] = &[
    "are you sure",
    "are you really sure",
    "are you certain",
    "are you absolutely sure",
    "you sure",
    "you're wrong",
    "you are wrong",
    "you are mistaken",
    "you're mistaken",
    "you didn't answer",
    "you did not answer",
    "that doesn't answer",
    "that does not answer",
    "this doesn't answer",
    "that didn't answer",
    "that's wrong",
    "that is wrong",
    "this is wrong",
    "that's not right",
    "that's not true",
    "that's not correct",
    "that isn't right",
    "that isn't true",
    "that isn't correct",
    "that is not right",
    "that is not true",
    "that is not correct",
    "that's incorrect",
    "that is incorrect",
    "that's not what i",
    "that is not what i",
    "that isn't what i",
    "this is not what i",
    "not what i",
    "that's not helpful",
    "that is not helpful",
    "that's no help",
    "that can't be right",
    "that cannot be right",
    "that can't be true",
    "that doesn't help",
    "that does not help",
    "that didn't help",
    "that did not help",
    "this doesn't help",
    "this does not help",
    "it doesn't help",
    "it didn't help",
    "that makes no sense",
    "that doesn't make sense",
    "i don't think that's",
    "i don't think that is",
    "i don't believe",
    "i doubt that",
    "i already asked",
    "i asked",
];

/// Only a short message doubts by these: "the lamp didn't work" tells of a lamp.
const FAILURES: &[&str] = &[
    "it didn't work",
    "it did not work",
    "it doesn't work",
    "it does not work",
    "it still doesn't work",
    "it's still not working",
    "it is still not working",
    "it's not working",
    "that didn't work",
    "that did not work",
    "that doesn't work",
    "that does not work",
    "that still doesn't work",
    "this doesn't work",
    "this didn't work",
    "didn't work",
    "did not work",
    "doesn't work",
];

/// Before the doubt itself.
const BEFORE: &[&str] = &[
    "no", "but", "sorry", "hm", "hmm", "um", "well", "ok", "okay", "and", "nope",
];
/// After it, without saying more.
const AFTER: &[&str] = &[
    "about", "that", "this", "it", "at", "all", "though", "either",
];

/// Whether `message` says that the last answer was wrong or of no use, or asks whether it was.
#[must_use]
pub fn doubts(message: &str) -> bool {
    if message.split_whitespace().take(MOST_WORDS + 1).count() > MOST_WORDS {
        return false;
    }
    let lower = message.to_lowercase().replace('’', "'");
    let text = without_start(&lower);
    if DOUBTFUL_OPENINGS
        .iter()
        .any(|opening| continues(text, opening))
    {
        return true;
    }
    let end = text.find(['?', '!', '.', ',', ';', ':', '？', '！', '。']);
    let clause = text[..end.unwrap_or(text.len())]
        .trim_start_matches('¿')
        .trim();
    DOUBTS.contains(&clause) || FAILURES.contains(&without_end(clause))
}

fn continues(text: &str, opening: &str) -> bool {
    text.strip_prefix(opening)
        .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
}

fn without_start(text: &str) -> &str {
    let mut rest = text.trim_start_matches(['¿', '¡', ' ']).trim();
    loop {
        let word = BEFORE.iter().find(|word| continues(rest, word));
        let Some(word) = word else { return rest };
        let after = rest[word.len()..].trim_start_matches([',', '.', '!', ' ', ';', '-', '…']);
        if after.is_empty() {
            return rest;
        }
        rest = after;
    }
}

fn without_end(clause: &str) -> &str {
    let mut rest = clause;
    while let Some((head, word)) = rest.rsplit_once(' ') {
        let said = FAILURES.contains(&rest);
        if said || !AFTER.contains(&word) {
            break;
        }
        rest = head;
    }
    rest
}

/// Whether `one` and `other` ask the same in the same words, give or take small ones.
#[must_use]
pub fn is_repeated(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> String {
        let lower = text.to_lowercase();
        let words = lower.split(|sign: char| !sign.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let plain_one = plain(one);
    if plain_one.is_empty() {
        return false;
    }
    if plain_one == plain(other) {
        return true;
    }
    if one.len().max(other.len()) > MOST_BYTES {
        return false;
    }
    let (mut one, mut other) = (said(one), said(other));
    let ordered = one.iter().any(|(_, kind)| *kind == Kind::Relation);
    if !ordered {
        for words in [&mut one, &mut other] {
            words.sort_by(|left, right| left.0.cmp(&right.0));
            words.dedup();
        }
    }
    let enough = one
        .iter()
        .filter(|(_, kind)| *kind == Kind::Content)
        .count()
        >= 2;
    enough
        && one
            .iter()
            .map(|word| &word.0)
            .eq(other.iter().map(|word| &word.0))
}

/// Asking words: they carry no statement, but make another question.
const ASKING: [&str; 8] = [
    "how", "what", "when", "where", "which", "who", "whose", "why",
];

/// The words that make the question. A name is one by its capital, which a second typing may leave
/// out: so all is read in lower case.
fn said(question: &str) -> Vec<(String, Kind)> {
    let words = read(&question.to_lowercase()).into_iter();
    words
        .filter(|word| word.kind != Kind::Stop || ASKING.contains(&&*word.form))
        .map(|word| (word.form, word.kind))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{doubts, is_repeated};

    #[test]
    fn a_doubt_is_known_by_its_words() {
        for message in [
            "are you sure?",
            "Are you sure that shipping is free?",
            "but are you really sure",
            "Really? I read 14 days somewhere",
            "really??",
            "That’s wrong.",
            "No, that's not right",
            "that doesn't help me",
            "That is not what I asked",
            "it didn't work",
            "hmm, it didn't work at all",
            "is that correct?",
            "wrong!",
            "Bist du sicher?",
            "¿Estás seguro?",
            "你确定吗？",
        ] {
            assert!(doubts(message), "{message}");
        }
    }

    #[test]
    fn other_questions_are_no_doubt() {
        for message in [
            "How can I be sure that my parcel arrives?",
            "The lamp didn't work after I moved it. What can I do?",
            "What if I ordered the wrong size?",
            "wrong size",
            "do you really deliver on Sundays",
            "no",
            "Is it true that basalt is a rock?",
            "Does the kettle work in the USA?",
            "",
            "?",
        ] {
            assert!(!doubts(message), "{message}");
        }
    }

    #[test]
    fn the_same_words_are_the_same_question() {
        for (one, other) in [
            ("How do I cancel my order?", "how do i cancel  my order"),
            (
                "What does the Heron kettle cost?",
                "what does the heron kettle cost??",
            ),
            (
                "Can I repeat an exam that I failed?",
                "can I repeat exams I failed",
            ),
            ("怎么退货？", "怎么退货"),
        ] {
            assert!(is_repeated(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn one_other_word_makes_another_question() {
        for (one, other) in [
            (
                "What does shipping to France cost?",
                "What does shipping to Spain cost?",
            ),
            ("How do I cancel my order?", "How do I not cancel my order?"),
            ("When does the shop open?", "Where does the shop open?"),
            (
                "Can I fly from Rome to Oslo?",
                "Can I fly to Oslo from Rome?",
            ),
            ("Why?", "Why not?"),
            ("", ""),
        ] {
            assert!(!is_repeated(one, other), "{one} / {other}");
        }
    }
}
