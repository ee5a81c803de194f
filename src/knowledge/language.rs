//! Codes of languages, and what stems their words.
//!
//! Which language a text is in is told by [`detect`]; a wrong guess costs a little recall, never an
//! answer.

use tantivy::tokenizer::Language;

pub(crate) use crate::text::detect;

/// The language of a text that gives no sign.
pub(crate) const DEFAULT: &str = "en";

/// `en-US`, `EN` and `en` are one language: its primary subtag in lower case; `None` where `code` is
/// no language code.
pub(crate) fn primary(code: &str) -> Option<String> {
    let subtag = code.trim().split(['-', '_']).next().unwrap_or_default();
    let is_code =
        (2..=8).contains(&subtag.len()) && subtag.bytes().all(|b| b.is_ascii_alphabetic());
    is_code.then(|| subtag.to_lowercase())
}

/// The stemmer and stop words of a two-letter code, where there are any.
pub(crate) fn stemming(code: &str) -> Option<Language> {
    Some(match code {
        "ar" => Language::Arabic,
        "da" => Language::Danish,
        "nl" => Language::Dutch,
        "en" => Language::English,
        "fi" => Language::Finnish,
        "fr" => Language::French,
        "de" => Language::German,
        "el" => Language::Greek,
        "hu" => Language::Hungarian,
        "it" => Language::Italian,
        "no" | "nb" | "nn" => Language::Norwegian,
        "pt" => Language::Portuguese,
        "ro" => Language::Romanian,
        "ru" => Language::Russian,
        "es" => Language::Spanish,
        "sv" => Language::Swedish,
        "ta" => Language::Tamil,
        "tr" => Language::Turkish,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regional_codes_fall_back_to_their_language() {
        assert_eq!(primary(" en-US ").as_deref(), Some("en"));
        assert_eq!(primary("PT_br").as_deref(), Some("pt"));
    }

    #[test]
    fn what_is_no_code_is_no_language() {
        for code in ["", "-1", "e", "englisch und deutsch", "日本"] {
            assert_eq!(primary(code), None, "{code}");
        }
    }
}
