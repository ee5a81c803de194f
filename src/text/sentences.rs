//! Where sentences end: abbreviations, initials, decimals, lists and CJK punctuation considered.

/// A sentence as it stands in its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'text> {
    /// The sentence, without the mark of a list item and surrounding space.
    pub text: &'text str,
    /// It ends with a full stop, question or exclamation mark, or their kin.
    pub complete: bool,
    /// It begins a line of its own: a paragraph, an item of a list, a heading.
    pub opens_line: bool,
}

const ABBREVIATIONS: &[&str] = &[
    "al", "approx", "apr", "aug", "ca", "capt", "cf", "co", "col", "corp", "dec", "dept", "dr",
    "e.g", "ed", "eds", "est", "feb", "fig", "figs", "gen", "gov", "i.e", "inc", "jan", "jr",
    "ltd", "max", "messrs", "min", "mr", "mrs", "ms", "mt", "no", "nos", "nov", "oct", "p", "pp",
    "prof", "rep", "rev", "sen", "sep", "sept", "sgt", "sr", "st", "vol", "vs",
];

/// Words with which a sentence often begins; after an initial or "U.S." they decide.
const STARTERS: &[&str] = &[
    "A", "After", "All", "An", "And", "As", "At", "Because", "Before", "But", "By", "For", "From",
    "He", "Her", "However", "I", "If", "In", "It", "Its", "Many", "Most", "No", "On", "One", "Our",
    "She", "Since", "So", "Some", "Such", "That", "The", "Their", "There", "These", "They", "This",
    "Those", "To", "We", "When", "While", "With", "You",
];

/// The sentences of `text`, in order. A single line break within a paragraph is only space.
#[must_use]
pub fn split(text: &str) -> Vec<Sentence<'_>> {
    let mut sentences = Vec::new();
    for block in blocks(text) {
        let body = without_mark(block);
        let mut start = 0;
        for end in ends(body) {
            push(&mut sentences, &body[start..end], start == 0);
            start = end;
        }
        push(&mut sentences, &body[start..], start == 0);
    }
    sentences
}

fn push<'text>(sentences: &mut Vec<Sentence<'text>>, piece: &'text str, opens_line: bool) {
    let text = piece.trim();
    if text.chars().any(char::is_alphanumeric) {
        let bare = text.trim_end_matches(is_closer);
        let complete = bare.ends_with(|last| is_end(last) || is_wide_end(last));
        sentences.push(Sentence {
            text,
            complete,
            opens_line,
        });
    }
}

/// Paragraphs, items of lists, headings and rows of tables.
fn blocks(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut start = 0;
    let mut end = 0;
    let mut alone = false;
    for line in text.split_inclusive('\n') {
        let begins = line.trim().is_empty() || is_marked(line) || alone;
        if begins {
            blocks.push(&text[start..end]);
            start = end;
        }
        alone = line.trim_start().starts_with(['#', '|']);
        end += line.len();
    }
    blocks.push(&text[start..]);
    blocks.retain(|block| !block.trim().is_empty());
    blocks
}

fn is_marked(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with(['#', '|']) || without_mark(line).len() < line.len()
}

/// `block` without "- ", "3. " or "## " before it.
fn without_mark(block: &str) -> &str {
    let block = block.trim();
    let bare = block.trim_start_matches('#');
    if bare.len() < block.len() {
        return bare.trim_start();
    }
    let bulleted = ["- ", "* ", "+ ", "• ", "– "]
        .iter()
        .find_map(|mark| block.strip_prefix(mark));
    if let Some(item) = bulleted {
        return item.trim_start();
    }
    let after_digits = block.trim_start_matches(|sign: char| sign.is_ascii_digit());
    let digits = block.len() - after_digits.len();
    if (1..=2).contains(&digits) {
        let numbered = [". ", ") "]
            .iter()
            .find_map(|mark| after_digits.strip_prefix(mark));
        return numbered.unwrap_or(block).trim_start();
    }
    block
}

/// The byte places just after each sentence of one block but the last.
fn ends(block: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut signs = block.char_indices().peekable();
    while let Some((place, sign)) = signs.next() {
        if !is_end(sign) && !is_wide_end(sign) {
            continue;
        }
        let mut end = place + sign.len_utf8();
        while let Some((next, closer)) = signs.next_if(|&(_, next)| is_closer(next) || is_end(next))
        {
            end = next + closer.len_utf8();
        }
        let after = &block[end..];
        let wide = is_wide_end(sign);
        if after.trim().is_empty() || !(wide || after.starts_with(char::is_whitespace)) {
            continue;
        }
        if wide || ends_here(&block[..place], sign, after.trim_start()) {
            places.push(end);
        }
    }
    places
}

/// Whether the `sign` between `before` and `after` ends a sentence.
fn ends_here(before: &str, sign: char, after: &str) -> bool {
    let next = after.trim_start_matches(['"', '“', '‘', '\'', '(', '[', '*', '_']);
    if next.starts_with(char::is_lowercase) {
        return false;
    }
    if sign != '.' {
        return true;
    }
    let word = before
        .rsplit(|sign: char| sign.is_whitespace() || "(“\"[".contains(sign))
        .next()
        .unwrap_or(before);
    let initial = word.chars().count() == 1 && word.starts_with(char::is_uppercase);
    let dotted = word.contains('.') && !word.contains(|sign: char| sign.is_ascii_digit());
    if initial || dotted {
        let first = next
            .split(|sign: char| !sign.is_alphanumeric())
            .next()
            .unwrap_or(next);
        return STARTERS.contains(&first);
    }
    !ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

fn is_end(sign: char) -> bool {
    matches!(sign, '.' | '!' | '?' | '…')
}

fn is_wide_end(sign: char) -> bool {
    matches!(sign, '。' | '！' | '？' | '；' | '．')
}

fn is_closer(sign: char) -> bool {
    matches!(
        sign,
        '"' | '”' | '’' | '\'' | ')' | ']' | '»' | '」' | '』' | '）' | '*' | '_'
    )
}

#[cfg(test)]
mod tests {
    use super::split;

    fn texts(text: &str) -> Vec<&str> {
        split(text)
            .into_iter()
            .map(|sentence| sentence.text)
            .collect()
    }

    #[test]
    fn abbreviations_initials_and_decimals_do_not_end_a_sentence() {
        let text = "Dr. C. Wright Mills paid 3.5 dollars, e.g. for tea. Then he left the U.S. The rest stayed.";
        let expected = [
            "Dr. C. Wright Mills paid 3.5 dollars, e.g. for tea.",
            "Then he left the U.S.",
            "The rest stayed.",
        ];
        assert_eq!(texts(text), expected);
    }

    #[test]
    fn closing_quotes_belong_to_their_sentence() {
        assert_eq!(
            texts("She said “stop!” Then (it rained.) He ran."),
            ["She said “stop!”", "Then (it rained.)", "He ran."]
        );
    }

    #[test]
    fn list_items_are_sentences_without_their_marks_and_wrapped_lines_are_joined() {
        let text = "You need:\n1. a form\n2) a photo\n\nIt takes\nfive days.";
        assert_eq!(
            texts(text),
            ["You need:", "a form", "a photo", "It takes\nfive days."]
        );
    }

    #[test]
    fn wide_punctuation_needs_no_space() {
        assert_eq!(
            texts("退货期为30天。运费由我们承担！好吗？"),
            ["退货期为30天。", "运费由我们承担！", "好吗？"]
        );
    }

    #[test]
    fn a_cut_sentence_is_not_complete() {
        let found = split("It is done. And then the");
        assert_eq!(
            found
                .iter()
                .map(|sentence| sentence.complete)
                .collect::<Vec<_>>(),
            [true, false]
        );
    }
}
