//! Tells a message that is *only* small talk from one that asks for something.
//!
//! Pure, by word lists in a handful of languages. It never looks for meaning: "hi, where is my
//! order?" is a question, and whatever is not wholly made of these words is one too.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// What kind of small talk a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Smalltalk {
    /// "Hello there!"
    Greeting,
    /// "Thanks a lot"
    Thanks,
    /// "Goodbye", also after thanks.
    Goodbye,
}

impl fmt::Display for Smalltalk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Greeting => "a greeting",
            Self::Thanks => "thanks",
            Self::Goodbye => "a goodbye",
        })
    }
}

/// A longer message is never only small talk.
const MOST_WORDS: usize = 12;

/// Whole phrases, longest first within a kind, so that "good night" is not read as "good".
const PHRASES: &[(Smalltalk, &[&str])] = &[
    (
        Smalltalk::Goodbye,
        &[
            "have a nice day",
            "have a good day",
            "have a great day",
            "see you later",
            "see you soon",
            "auf wiedersehen",
            "hasta luego",
            "au revoir",
            "good night",
            "good bye",
            "take care",
            "see you",
            "see ya",
            "bye bye",
            "arrivederci",
            "goodbye",
            "farewell",
            "tschüss",
            "adiós",
            "adios",
            "tchau",
            "adeus",
            "cheerio",
            "bye",
            "ciao",
            "再见",
            "再見",
            "拜拜",
            "さようなら",
        ],
    ),
    (
        Smalltalk::Thanks,
        &[
            "i appreciate it",
            "much appreciated",
            "muchas gracias",
            "vielen dank",
            "merci beaucoup",
            "danke schön",
            "thank you",
            "thank u",
            "obrigado",
            "obrigada",
            "thanks",
            "gracias",
            "grazie",
            "danke",
            "merci",
            "cheers",
            "thanx",
            "thx",
            "ty",
            "非常感谢",
            "谢谢你",
            "谢谢",
            "謝謝",
            "多谢",
            "感谢",
            "ありがとうございます",
            "ありがとう",
            "спасибо",
        ],
    ),
    (
        Smalltalk::Greeting,
        &[
            "how are you doing",
            "how do you do",
            "nice to meet you",
            "how are you",
            "how is it going",
            "hows it going",
            "good afternoon",
            "good morning",
            "good evening",
            "guten morgen",
            "guten abend",
            "buenas tardes",
            "buenos días",
            "buenos dias",
            "buongiorno",
            "guten tag",
            "good day",
            "whats up",
            "bonjour",
            "bonsoir",
            "greetings",
            "howdy",
            "hallo",
            "hello",
            "salut",
            "moin",
            "hola",
            "hiya",
            "heya",
            "olá",
            "ola",
            "hey",
            "sup",
            "yo",
            "hi",
            "您好",
            "你好",
            "早上好",
            "晚上好",
            "大家好",
            "こんにちは",
            "привет",
            "здравствуйте",
        ],
    ),
];

/// Words that may stand around the phrases without making a question of them.
const FILLERS: &[&str] = &[
    "a",
    "again",
    "all",
    "and",
    "around",
    "awesome",
    "bot",
    "dear",
    "everybody",
    "everyone",
    "for",
    "friend",
    "good",
    "great",
    "guys",
    "help",
    "helping",
    "is",
    "it",
    "just",
    "kind",
    "kindly",
    "lot",
    "lots",
    "many",
    "much",
    "mate",
    "me",
    "micro",
    "microgpt",
    "my",
    "nice",
    "ok",
    "okay",
    "oh",
    "perfect",
    "really",
    "sir",
    "so",
    "team",
    "that",
    "the",
    "then",
    "there",
    "to",
    "today",
    "ton",
    "very",
    "wonderful",
    "you",
    "your",
    "madam",
    "now",
    "了",
    "啊",
    "呀",
    "你",
    "您",
    "们",
    "的",
    "吗",
    "帮助",
];

/// Whether the *whole* of `text` is small talk, and which. A goodbye outweighs thanks, and thanks
/// outweigh a greeting: the last thing said is what is answered.
#[must_use]
pub fn detect(text: &str) -> Option<Smalltalk> {
    let plain = text.to_lowercase().replace(['\'', '’'], "");
    let words: Vec<&str> = plain.unicode_words().collect();
    if words.is_empty() || words.len() > MOST_WORDS {
        return None;
    }
    let mut rest = words.as_slice();
    let mut found = None;
    while let Some((_, after)) = rest.split_first() {
        if let Some((kind, length)) = phrase_at(rest) {
            found = found.max(Some(rank(kind)));
            rest = &rest[length..];
        } else if FILLERS.contains(&rest[0]) {
            rest = after;
        } else {
            return None;
        }
    }
    found.map(|rank| PHRASES[PHRASES.len() - 1 - rank].0)
}

/// Later in [`PHRASES`] is weaker.
fn rank(kind: Smalltalk) -> usize {
    let place = PHRASES.iter().position(|(listed, _)| *listed == kind);
    PHRASES.len() - 1 - place.unwrap_or(PHRASES.len() - 1)
}

/// The phrase with which `words` begins, and how many of them it takes.
fn phrase_at(words: &[&str]) -> Option<(Smalltalk, usize)> {
    PHRASES.iter().find_map(|(kind, phrases)| {
        let length = phrases.iter().find_map(|phrase| length_of(phrase, words))?;
        Some((*kind, length))
    })
}

/// How many of `words` spell `phrase`; scripts without spaces are split into characters.
fn length_of(phrase: &str, words: &[&str]) -> Option<usize> {
    let spelled: Vec<&str> = phrase.unicode_words().collect();
    words.starts_with(&spelled).then_some(spelled.len())
}

#[cfg(test)]
mod tests {
    use super::{Smalltalk, detect};

    #[test]
    fn a_message_that_is_only_small_talk_is_known() {
        for (text, kind) in [
            ("hi", Smalltalk::Greeting),
            ("Hello there!", Smalltalk::Greeting),
            ("good morning", Smalltalk::Greeting),
            ("Hey, how's it going?", Smalltalk::Greeting),
            ("Guten Tag", Smalltalk::Greeting),
            ("¡Hola!", Smalltalk::Greeting),
            ("你好", Smalltalk::Greeting),
            ("您好！", Smalltalk::Greeting),
            ("hi 👋", Smalltalk::Greeting),
            ("thanks a lot", Smalltalk::Thanks),
            (
                "Ok great, thank you so much for your help",
                Smalltalk::Thanks,
            ),
            ("Merci beaucoup", Smalltalk::Thanks),
            ("谢谢", Smalltalk::Thanks),
            ("thank you very much, bye", Smalltalk::Goodbye),
            ("Good night!", Smalltalk::Goodbye),
            ("再见", Smalltalk::Goodbye),
        ] {
            assert_eq!(detect(text), Some(kind), "{text}");
        }
    }

    #[test]
    fn whatever_asks_for_something_is_not_small_talk() {
        for text in [
            "hi, where is my order?",
            "hello, I need help with my invoice",
            "thanks, but how long does it take?",
            "good morning america show times",
            "what does bonjour mean",
            "help",
            "ok",
            "你好，我的订单在哪里？",
            "",
            "?!",
            "👋",
        ] {
            assert_eq!(detect(text), None, "{text}");
        }
    }
}
