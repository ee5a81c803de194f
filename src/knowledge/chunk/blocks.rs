//! Tables and code blocks that are too long for one passage, and how to cut them.

use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag};

use super::{CountTokens, Limits};

/// A block that has to be cut.
pub(super) struct LongBlock {
    pub(super) range: Range<usize>,
    kind: Kind,
}

#[derive(Clone, Copy)]
enum Kind {
    Table,
    Fenced,
}

/// The tables and fenced code blocks of `text` that don't fit into one passage, in order. Those
/// inside lists and quotes are left to the prose around them.
pub(super) fn too_long(
    text: &str,
    limits: Limits,
    count_tokens: CountTokens<'_>,
) -> Vec<LongBlock> {
    // Most sections are shorter than the shortest such block, and most others hold none.
    if text.len() <= limits.most
        || !(text.contains('|') || text.contains("```") || text.contains("~~~"))
    {
        return Vec::new();
    }
    let mut blocks = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(text, Options::ENABLE_TABLES).into_offset_iter() {
        match event {
            Event::Start(tag) => {
                let kind = match tag {
                    Tag::Table(_) => Some(Kind::Table),
                    Tag::CodeBlock(CodeBlockKind::Fenced(_)) => Some(Kind::Fenced),
                    _ => None,
                };
                if let Some(kind) = kind.filter(|_| depth == 0)
                    && count_tokens(&text[range.clone()]) > limits.most
                {
                    blocks.push(LongBlock { range, kind });
                }
                depth += 1;
            }
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    blocks
}

impl LongBlock {
    /// The block cut between its lines; each piece begins, and ends, as the block does.
    pub(super) fn pieces(
        &self,
        text: &str,
        limits: Limits,
        count_tokens: CountTokens<'_>,
    ) -> Vec<String> {
        let all: Vec<&str> = text[self.range.clone()].lines().collect();
        let (head, lines, foot) = match (self.kind, all.as_slice()) {
            (Kind::Table, [names, rule, rows @ ..]) => (format!("{names}\n{rule}\n"), rows, ""),
            (Kind::Fenced, [fence, rows @ .., last]) if is_fence(last) => {
                (format!("{fence}\n"), rows, *last)
            }
            (_, rows) => (String::new(), rows, ""),
        };
        let around = count_tokens(&head) + count_tokens(foot);
        // A head as long as a passage can't be repeated; then its lines are lines as all others.
        let (head, lines, foot, around) = if around * 2 > limits.target {
            ("", all.as_slice(), "", 0)
        } else {
            (head.as_str(), lines, foot, around)
        };
        let mut pieces = Vec::new();
        let (mut piece, mut tokens) = (String::new(), around);
        for line in lines {
            let more = count_tokens(line) + 1;
            if !piece.is_empty() && tokens + more > limits.target {
                pieces.push(format!("{head}{piece}{foot}").trim_end().to_owned());
                (piece, tokens) = (String::new(), around);
            }
            piece.push_str(line);
            piece.push('\n');
            tokens += more;
        }
        if !piece.trim().is_empty() {
            pieces.push(format!("{head}{piece}{foot}").trim_end().to_owned());
        }
        pieces
    }
}

fn is_fence(line: &str) -> bool {
    let line = line.trim();
    line.len() >= 3 && (line.chars().all(|c| c == '`') || line.chars().all(|c| c == '~'))
}
