//! Cuts a document's sections into passages that the encoder can read whole.
//!
//! A passage never spans two sections, so its headings are always those it stands under. Inside a
//! section the cuts go where the text itself pauses: between blocks, then sentences, then words.

use text_splitter::{ChunkConfig, ChunkSizer, MarkdownSplitter};

use super::{
    records::{Passage, heading_line},
    sources::Section,
};

/// Counts the encoder's tokens of a text.
pub(crate) type CountTokens<'a> = &'a (dyn Fn(&str) -> usize + Sync);

/// What a passage should come to, its title and headings included.
const TARGET_TOKENS: usize = 200;
/// What it may come to where that keeps a block of text whole; `MiniLM` was trained on 256.
const MAX_TOKENS: usize = 240;
/// What the text itself may always have, however long its headings are.
const MIN_TEXT_TOKENS: usize = 100;

struct Sizer<'a>(CountTokens<'a>);

impl ChunkSizer for Sizer<'_> {
    fn size(&self, chunk: &str) -> usize {
        (self.0)(chunk)
    }
}

/// The passages of a document called `title`, in reading order.
pub(crate) fn passages(
    title: &str,
    sections: &[Section],
    count_tokens: CountTokens<'_>,
) -> Vec<Passage> {
    let mut passages = Vec::new();
    for section in sections {
        let above = count_tokens(&heading_line(title, &section.headings));
        let target = TARGET_TOKENS.saturating_sub(above).max(MIN_TEXT_TOKENS);
        let most = MAX_TOKENS.saturating_sub(above).max(MIN_TEXT_TOKENS);
        let config = ChunkConfig::new(target..=most).with_sizer(Sizer(count_tokens));
        let splitter = MarkdownSplitter::new(config);
        passages.extend(splitter.chunks(&section.text).map(|text| Passage {
            headings: section.headings.clone(),
            text: text.trim_end().to_owned(),
            page: section.page,
        }));
    }
    passages
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> usize {
        text.split_whitespace().count()
    }

    fn section(headings: &[&str], text: String) -> Section {
        Section {
            headings: headings.iter().map(|&heading| heading.to_owned()).collect(),
            text,
            page: None,
        }
    }

    #[test]
    fn a_short_section_stays_whole_and_keeps_its_headings() {
        let sections = [
            section(&["Returns"], "Within 30 days.".to_owned()),
            section(&["Returns", "Abroad"], "Within 60 days.".to_owned()),
        ];
        let passages = passages("Shop", &sections, &words);
        assert_eq!(passages.len(), 2);
        assert_eq!(passages[1].headings, ["Returns", "Abroad"]);
        assert_eq!(passages[1].text, "Within 60 days.");
    }

    #[test]
    fn a_code_block_that_fits_is_not_cut() {
        let prose = "Some words of explanation here. ".repeat(30);
        let code = format!("```\n{}```", "let x = 1;\n".repeat(30));
        let text = format!("{prose}\n\n{code}\n\n{prose}");
        let passages = passages("Code", &[section(&[], text)], &words);
        assert!(passages.iter().any(|passage| passage.text.contains(&code)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_word_is_kept_in_order_and_no_passage_is_too_long(
            paragraphs in prop::collection::vec("[a-zé退 ]{0,12}( [a-z]{1,8}[.,]?){0,300}", 0..6),
        ) {
            let text = paragraphs.join("\n\n");
            let passages = passages("A title", &[section(&["One"], text.clone())], &words);
            for passage in &passages {
                prop_assert!(words(&passage.text) <= MAX_TOKENS);
                prop_assert!(!passage.text.trim().is_empty());
            }
            let kept: Vec<&str> = passages.iter().flat_map(|p| p.text.split_whitespace()).collect();
            prop_assert_eq!(kept, text.split_whitespace().collect::<Vec<_>>());
        }
    }
}
