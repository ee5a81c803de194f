//! Cuts a document's sections into passages that the encoder can read whole.
//!
//! A passage never spans two sections, so its headings are always those it stands under. Inside a
//! section the cuts go where the text itself pauses: between blocks, then sentences, then words. A
//! table or a code block that has to be cut is cut between lines, and what makes it one (head,
//! fences) is repeated.

mod blocks;

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

/// What the splitter is given at once.
const MAX_PORTION_BYTES: usize = 32 << 10;

/// In tokens, without title and headings.
#[derive(Clone, Copy)]
struct Limits {
    target: usize,
    most: usize,
}

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
        let limits = Limits { target, most };
        for text in texts(&section.text, limits, count_tokens) {
            passages.push(Passage {
                headings: section.headings.clone(),
                text,
                page: section.page,
            });
        }
    }
    passages
}

/// A section's text, cut to size.
fn texts(text: &str, limits: Limits, count_tokens: CountTokens<'_>) -> Vec<String> {
    let config = ChunkConfig::new(limits.target..=limits.most).with_sizer(Sizer(count_tokens));
    let splitter = MarkdownSplitter::new(config);
    let mut texts = Vec::new();
    let prose = |text: &str, texts: &mut Vec<String>| {
        for portion in portions(text) {
            let chunks = splitter.chunks(portion);
            texts.extend(chunks.map(|text| text.trim_end().to_owned()));
        }
    };
    let mut at = 0;
    for block in blocks::too_long(text, limits, count_tokens) {
        prose(&text[at..block.range.start], &mut texts);
        for piece in block.pieces(text, limits, count_tokens) {
            // A line that is too long by itself is cut as prose is.
            if count_tokens(&piece) > limits.most {
                prose(&piece, &mut texts);
            } else {
                texts.push(piece);
            }
        }
        at = block.range.end;
    }
    prose(&text[at..], &mut texts);
    // The splitter may leave the white space between two chunks as a chunk of its own.
    texts.retain(|text| !text.trim().is_empty());
    texts
}

/// A text in portions of bounded length, cut where it pauses: the splitter looks at each of them
/// more than once, and longer for every byte.
fn portions(text: &str) -> Vec<&str> {
    let mut portions = Vec::new();
    let mut rest = text;
    while rest.len() > MAX_PORTION_BYTES {
        let is_boundary = |at: &usize| rest.is_char_boundary(*at);
        let end = (0..=MAX_PORTION_BYTES).rev().find(is_boundary).unwrap_or(0);
        let pause = ["\n\n", "\n", " "]
            .iter()
            .find_map(|pause| Some(rest[..end].rfind(pause)? + pause.len()));
        let (portion, after) = rest.split_at(pause.unwrap_or(end));
        portions.push(portion);
        rest = after;
    }
    portions.push(rest);
    portions
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

    #[test]
    fn a_long_table_is_cut_between_rows_and_each_piece_has_its_head() {
        let row = |n: usize| format!("| SP-{n} | a gasket ring for the kettle | {n}.50 |\n");
        let rows = (0..200).map(row).collect::<Vec<_>>().concat();
        let text =
            format!("All parts.\n\n| Part | What | Price |\n|---|---|---|\n{rows}\nThe end.\n");
        let passages = passages("Parts", &[section(&[], text)], &words);
        let tables: Vec<&Passage> = passages.iter().filter(|p| p.text.contains("SP-")).collect();
        assert!(tables.len() > 5);
        for table in &tables {
            assert!(
                table
                    .text
                    .starts_with("| Part | What | Price |\n|---|---|---|\n")
            );
            assert!(words(&table.text) <= MAX_TOKENS);
            assert!(table.text.lines().all(|line| line.ends_with('|')));
        }
        let kept = tables.iter().map(|table| table.text.matches("SP-").count());
        assert_eq!(kept.sum::<usize>(), 200);
    }

    #[test]
    fn a_long_code_block_is_cut_between_lines_and_stays_code() {
        let code = "let x = compute(1, 2, 3);\n".repeat(200);
        let text = format!("Before.\n\n```rust\n{code}```\n\nAfter.\n");
        let passages = passages("Code", &[section(&[], text)], &words);
        let pieces: Vec<&Passage> = passages.iter().filter(|p| p.text.contains("let")).collect();
        assert!(pieces.len() > 2);
        for piece in &pieces {
            assert!(piece.text.starts_with("```rust\nlet x") && piece.text.ends_with("3);\n```"));
        }
        let kept = pieces
            .iter()
            .map(|piece| piece.text.matches("let x").count());
        assert_eq!(kept.sum::<usize>(), 200);
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
