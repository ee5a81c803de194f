//! Which language a text is in, by its script and its commonest words.
//!
//! Light on purpose: a wrong guess costs a little recall, never an answer. It is no language
//! identifier for display.

/// Frequent words that few of the other languages share. Words that are English ones too ("die",
/// "come", "per", "min") or single letters of it ("y", "u") are left out: most texts are English.
const SIGNS: [(&str, &[&str]); 8] = [
    (
        "en",
        &[
            "the", "and", "is", "of", "to", "how", "what", "my", "you", "can", "are", "for",
            "with", "your", "this", "do", "does", "why", "where", "when", "i", "it", "in", "on",
        ],
    ),
    (
        "de",
        &[
            "der", "das", "und", "ist", "ich", "nicht", "wie", "mein", "meine", "sie", "ein",
            "eine", "kann", "für", "mit", "werden",
        ],
    ),
    (
        "fr",
        &[
            "le", "la", "les", "des", "et", "je", "une", "pour", "vous", "comment", "mon", "puis",
            "dans", "votre",
        ],
    ),
    (
        "es",
        &[
            "el", "los", "las", "es", "cómo", "como", "mi", "puedo", "para", "una", "qué", "su",
            "del", "por",
        ],
    ),
    (
        "it",
        &[
            "il", "gli", "di", "è", "che", "mio", "una", "sono", "posso", "della", "nel",
        ],
    ),
    (
        "pt",
        &[
            "é", "não", "meu", "como", "para", "uma", "você", "da", "posso", "são", "seu", "ao",
        ],
    ),
    (
        "nl",
        &[
            "de", "het", "een", "en", "is", "van", "ik", "niet", "mijn", "hoe", "kan", "voor",
            "zijn",
        ],
    ),
    (
        "sv",
        &[
            "och", "är", "jag", "det", "en", "ett", "att", "hur", "inte", "på", "för", "kan",
            "med", "som",
        ],
    ),
];

/// How much of a text is looked at.
const SAMPLE_CHARS: usize = 4_000;

/// The language of `text` as a two-letter code, or nothing where it gives no sign.
#[must_use]
pub fn detect(text: &str) -> Option<&'static str> {
    let sample: String = text.chars().take(SAMPLE_CHARS).collect();
    script(&sample).or_else(|| by_common_words(&sample.to_lowercase()))
}

/// Scripts that tell the language, or nearly; each must make up a fifth of the letters.
fn script(text: &str) -> Option<&'static str> {
    let mut letters = 0_usize;
    let mut counts = [0_usize; 8];
    for character in text.chars().filter(|character| character.is_alphabetic()) {
        letters += 1;
        let slot = match character {
            '\u{3040}'..='\u{30ff}' => 0,
            '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{2ffff}' => 1,
            '\u{ac00}'..='\u{d7af}' => 2,
            '\u{0400}'..='\u{04ff}' => 3,
            '\u{0370}'..='\u{03ff}' => 4,
            '\u{0600}'..='\u{06ff}' => 5,
            '\u{0b80}'..='\u{0bff}' => 6,
            '\u{0e00}'..='\u{0e7f}' => 7,
            _ => continue,
        };
        counts[slot] += 1;
    }
    // Kana first: Japanese is written with Chinese characters too.
    let codes = ["ja", "zh", "ko", "ru", "el", "ar", "ta", "th"];
    codes
        .into_iter()
        .zip(counts)
        .find(|&(_, count)| count > 0 && count * 5 >= letters)
        .map(|(code, _)| code)
}

fn by_common_words(lower: &str) -> Option<&'static str> {
    let words: Vec<&str> = lower
        .split(|character: char| !character.is_alphabetic())
        .filter(|word| !word.is_empty())
        .collect();
    let count = |signs: &[&str]| words.iter().filter(|word| signs.contains(word)).count();
    let mut best = (None, 0);
    for (code, signs) in SIGNS {
        let found = count(signs);
        if found > best.1 {
            best = (Some(code), found);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_words_tell_european_languages_apart() {
        assert_eq!(detect("How can I return the item?"), Some("en"));
        assert_eq!(detect("Wie kann ich die Ware zurückgeben?"), Some("de"));
        assert_eq!(detect("Comment puis-je retourner un article ?"), Some("fr"));
        assert_eq!(detect("¿Cómo puedo devolver el artículo?"), Some("es"));
    }

    #[test]
    fn scripts_tell_the_others_apart() {
        assert_eq!(detect("如何退货?"), Some("zh"));
        assert_eq!(detect("返品はどうすればいいですか"), Some("ja"));
        assert_eq!(detect("Как вернуть товар?"), Some("ru"));
    }

    #[test]
    fn a_text_without_signs_has_no_language() {
        assert_eq!(detect("SKU 4711"), None);
        assert_eq!(detect("roll a die"), None);
        assert_eq!(detect("Y chromosome infertility"), None);
        assert_eq!(detect(""), None);
    }
}
