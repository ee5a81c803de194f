//! From rows to what they are: headings, paragraphs, tables.
//!
//! By size, weight and distance alone: a PDF knows letters and places, no more.

use std::collections::{HashMap, HashSet};

use super::{layout::Row, page::Fragment};

/// A piece of a document that reads as one.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Block {
    /// Its level from 1, its text.
    Heading(u8, String),
    Paragraph(String),
    /// Rows of cells.
    Table(Vec<Vec<String>>),
}

/// What is known of a whole document before its rows are judged.
pub(super) struct Style {
    /// The size of most of its letters.
    body: f32,
    /// Sizes of headings, the largest first.
    headings: Vec<f32>,
    /// All words, in small letters; those with a hyphen in the middle of a line among them.
    words: HashSet<String>,
}

/// Letters larger than this, by the body's size, are a heading's.
const HEADING_RATIO: f32 = 1.12;
const MAX_HEADING_CHARS: usize = 120;
const MAX_BOLD_HEADING_CHARS: usize = 80;
const MAX_LEVELS: usize = 4;

impl Style {
    pub(super) fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut sizes: HashMap<i32, usize> = HashMap::new();
        let mut words = HashSet::new();
        for row in rows {
            let text = row.text();
            *sizes.entry(half_points(row.size())).or_default() += text.len();
            // The first and the last one may be halves.
            let whole = text.split_whitespace().skip(1).collect::<Vec<_>>();
            let whole = whole.iter().rev().skip(1);
            words.extend(whole.map(|word| bare(word).to_lowercase()));
        }
        let body = sizes
            .iter()
            .max_by_key(|&(size, letters)| (*letters, *size))
            .map_or(0.0, |(&size, _)| points(size));
        let mut headings: Vec<i32> = sizes.into_keys().collect();
        headings.sort_unstable_by(|a, b| b.cmp(a));
        let headings = headings.into_iter().map(points);
        Self {
            body,
            headings: headings
                .filter(|size| *size > body * HEADING_RATIO)
                .collect(),
            words,
        }
    }

    /// The level of a row that is a heading.
    fn heading_level(&self, row: &Row) -> Option<u8> {
        let text = row.text();
        let chars = text.chars().count();
        let ends_a_sentence = text.ends_with(['.', ',', ';', ':']);
        if !text.chars().any(char::is_alphabetic) || row.cells.len() > 2 {
            return None;
        }
        let size = row.size();
        if size > self.body * HEADING_RATIO && chars <= MAX_HEADING_CHARS {
            let above = self.headings.iter().filter(|larger| **larger > size + 0.4);
            return u8::try_from(above.count().min(MAX_LEVELS - 1) + 1).ok();
        }
        let stands_out = row.is_bold() && row.cells.len() == 1 && size > self.body * 0.95;
        let level = u8::try_from(self.headings.len().min(MAX_LEVELS) + 1).ok();
        level.filter(|_| stands_out && chars <= MAX_BOLD_HEADING_CHARS && !ends_a_sentence)
    }

    /// Adds the next line of a paragraph, undoing the hyphen at the end of the one before.
    pub(super) fn join(&self, text: &mut String, next: &str) {
        if text.is_empty() {
            text.push_str(next);
            return;
        }
        let is_soft = text.ends_with('\u{ad}');
        let broken = (is_soft || text.ends_with('-'))
            && text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
            && next.starts_with(char::is_lowercase);
        if !broken {
            text.push(' ');
            text.push_str(next);
            return;
        }
        let last = text.rsplit(' ').next().unwrap_or_default().to_lowercase();
        let first = next.split(' ').next().unwrap_or_default().to_lowercase();
        let (last, first) = (last.trim_end_matches(['-', '\u{ad}']), bare(&first));
        let last = last.trim_start_matches(|letter: char| !letter.is_alphanumeric());
        let known = |word: &str| self.words.contains(word);
        // The hyphen is meant where the document writes the word so, or knows both of its halves
        // as words and not the whole.
        let is_meant = known(&format!("{last}-{first}"))
            || known(last) && known(first) && first.len() > 3 && !known(&format!("{last}{first}"));
        if is_soft || !is_meant {
            text.pop();
        }
        text.push_str(next);
    }

    /// The blocks of a page's rows.
    pub(super) fn blocks(&self, rows: &[Row]) -> Vec<Block> {
        let leading = leading(rows);
        let mut blocks: Vec<Block> = Vec::new();
        let mut before: Option<&Row> = None;
        let mut at = 0;
        while let Some(row) = rows.get(at) {
            let table = table_length(&rows[at..]);
            if table > 0 {
                blocks.push(Block::Table(cells(&rows[at..at + table])));
                at += table;
                before = None;
                continue;
            }
            let text = row.text();
            let near = before.is_some_and(|before| follows(before, row, leading));
            match (self.heading_level(row), blocks.last_mut()) {
                (Some(level), Some(Block::Heading(open, heading)))
                    if near && level == *open && heading.len() < MAX_HEADING_CHARS =>
                {
                    self.join(heading, &text);
                }
                (Some(level), _) => blocks.push(Block::Heading(level, text)),
                (None, Some(Block::Paragraph(open))) if near && !is_item(&text) => {
                    self.join(open, &text);
                }
                (None, _) => blocks.push(Block::Paragraph(bulleted(&text))),
            }
            before = Some(row);
            at += 1;
        }
        blocks
    }
}

/// A word without what stands around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|letter: char| !letter.is_alphanumeric())
}

/// True where `next` is the next line of the paragraph that `row` belongs to.
fn follows(row: &Row, next: &Row, leading: f32) -> bool {
    let gap = next.baseline() - row.baseline();
    let apart = gap > 1.3 * leading.max(row.size());
    let resized = (row.size() - next.size()).abs() > 0.15 * row.size();
    // From the foot of a column to the head of the next one a sentence goes on.
    let turned = gap < 0.0;
    if turned {
        return !resized && goes_on(&row.text(), &next.text());
    }
    !apart && !resized && next.left() < row.right()
}

/// True where a sentence that breaks off in `text` goes on in `next`.
pub(super) fn goes_on(text: &str, next: &str) -> bool {
    let ends = text
        .trim_end()
        .ends_with(['.', '!', '?', ':', ';', '"', '”', ')']);
    !ends && next.starts_with(|letter: char| letter.is_lowercase() || letter.is_ascii_digit())
}

/// The usual distance of two lines.
fn leading(rows: &[Row]) -> f32 {
    let mut gaps: Vec<f32> = rows
        .windows(2)
        .map(|pair| (pair[1].baseline() - pair[0].baseline(), pair[0].size()))
        .filter(|(gap, size)| *gap > 0.5 * size && *gap < 3.0 * size)
        .map(|(gap, _)| gap)
        .collect();
    gaps.sort_by(f32::total_cmp);
    gaps.get(gaps.len() / 2).copied().unwrap_or(0.0)
}

fn is_bullet(text: &str) -> bool {
    matches!(
        text,
        "•" | "▪" | "◦" | "‣" | "·" | "●" | "■" | "–" | "—" | "-" | "*" | "○"
    )
}

/// True for what opens an item of a list: a bullet, or a short number.
fn is_marker(text: &str) -> bool {
    let number = text.strip_suffix(['.', ')']);
    let number = number.filter(|number| (1..=2).contains(&number.len()));
    is_bullet(text) || number.is_some_and(|number| number.chars().all(char::is_alphanumeric))
}

fn is_item(text: &str) -> bool {
    text.split_once(' ')
        .is_some_and(|(first, _)| is_marker(first))
}

/// Any bullet as a dash.
fn bulleted(text: &str) -> String {
    match text.split_once(' ') {
        Some((first, rest)) if is_bullet(first) => format!("- {rest}"),
        _ => text.to_owned(),
    }
}

fn is_table_row(row: &Row) -> bool {
    row.cells.len() >= 2 && !is_marker(&row.cells[0].text)
}

/// How many of the first rows make a table; 0 where they don't.
fn table_length(rows: &[Row]) -> usize {
    let Some(first) = rows.first().filter(|row| is_table_row(row)) else {
        return 0;
    };
    let mut length = 1;
    let mut whole = 1;
    for pair in rows.windows(2) {
        let (row, next) = (&pair[0], &pair[1]);
        let gap = next.baseline() - row.baseline();
        if gap <= 0.0 || gap > 4.0 * row.size() {
            break;
        }
        // A cell's second line stands under a column other than the first.
        let wrapped = next.left() > first.left() + first.size() && gap < 1.6 * row.size();
        if is_table_row(next) && aligned(row, next) {
            whole += 1;
        } else if !wrapped {
            break;
        }
        length += 1;
    }
    if whole >= 3 { length } else { 0 }
}

/// True where most cells of `next` stand under those of `row`, by an edge or the middle.
fn aligned(row: &Row, next: &Row) -> bool {
    let edges = |cell: &Fragment| [cell.left, cell.right, f32::midpoint(cell.left, cell.right)];
    let stands_under = |cell: &&Fragment| {
        row.cells.iter().any(|above| {
            let pairs = edges(above).into_iter().zip(edges(cell));
            pairs
                .into_iter()
                .any(|(above, edge)| (above - edge).abs() < 0.4 * cell.size)
        })
    };
    // Any two lines of a text begin at one edge.
    let others = next.cells.len() - 1;
    next.cells.iter().skip(1).filter(stands_under).count() * 2 >= others.max(1)
}

/// The cells of a table's rows, each under the column it is nearest to.
fn cells(rows: &[Row]) -> Vec<Vec<String>> {
    let widest = rows.iter().max_by_key(|row| row.cells.len());
    let columns: Vec<(f32, f32)> = widest
        .map(|row| {
            row.cells
                .iter()
                .map(|cell| (cell.left, cell.right))
                .collect()
        })
        .unwrap_or_default();
    let mut table: Vec<Vec<String>> = Vec::new();
    for row in rows {
        let wrapped = !is_table_row(row);
        if !wrapped || table.is_empty() {
            table.push(vec![String::new(); columns.len()]);
        }
        let Some(line) = table.last_mut() else { break };
        for cell in &row.cells {
            let distance = |column: &(f32, f32)| {
                let aligned = (cell.left - column.0)
                    .abs()
                    .min((cell.right - column.1).abs());
                let middles =
                    f32::midpoint(cell.left, cell.right) - f32::midpoint(column.0, column.1);
                aligned.min(middles.abs())
            };
            let nearest = (0..columns.len())
                .min_by(|&a, &b| distance(&columns[a]).total_cmp(&distance(&columns[b])));
            if let Some(text) = nearest.and_then(|nearest| line.get_mut(nearest)) {
                if !text.is_empty() {
                    text.push(' ');
                }
                text.push_str(&cell.text);
            }
        }
    }
    table
}

#[expect(clippy::cast_possible_truncation, reason = "a font's size")]
fn half_points(size: f32) -> i32 {
    (size * 2.0).round() as i32
}

#[expect(clippy::cast_precision_loss, reason = "a font's size")]
fn points(half_points: i32) -> f32 {
    half_points as f32 / 2.0
}
