//! Running heads, feet and page numbers: what stands at the same place on page after page.
//!
//! Only what lies near the upper and lower edge is looked at.

use std::collections::HashMap;

use super::page::{Fragment, Page};

/// The outer part of a page's height where heads and feet stand.
const MARGIN: f32 = 0.085;
/// Further in, only what is repeated on many pages is one.
const WIDE_MARGIN: f32 = 0.12;
/// The most pieces of a line that may be a head or a foot; more is a table.
const MAX_PIECES: usize = 3;

/// Takes heads, feet and page numbers off all `pages`.
pub(super) fn remove(pages: &mut [Page]) {
    let mut seen: HashMap<(String, i32), usize> = HashMap::new();
    for page in pages.iter() {
        for fragment in candidates(page) {
            *seen.entry(key(fragment)).or_default() += 1;
        }
    }
    let count = pages.len();
    for page in pages {
        let height = page.height;
        let mut on_line: HashMap<i32, usize> = HashMap::new();
        for fragment in candidates(page) {
            *on_line.entry(key(fragment).1).or_default() += 1;
        }
        let gone: Vec<bool> = page
            .fragments
            .iter()
            .map(|fragment| {
                let times = seen.get(&key(fragment)).copied().unwrap_or(0);
                let edge = edge(fragment, height);
                let repeated = times >= 2 && times * 3 >= count && edge < MARGIN;
                let constant = times >= 3 && times * 2 >= count && edge < WIDE_MARGIN;
                let pieces = on_line.get(&key(fragment).1).copied().unwrap_or(0);
                let is_number = edge < MARGIN && is_page_number(&fragment.text);
                repeated && pieces <= MAX_PIECES || constant && pieces <= 2 || is_number
            })
            .collect();
        let mut gone = gone.into_iter();
        page.fragments.retain(|_| !gone.next().unwrap_or(false));
    }
}

fn candidates(page: &Page) -> impl Iterator<Item = &Fragment> {
    let near = |fragment: &&Fragment| edge(fragment, page.height) < WIDE_MARGIN;
    page.fragments.iter().filter(near)
}

/// How far from the nearer edge a fragment stands, in parts of the height.
fn edge(fragment: &Fragment, height: f32) -> f32 {
    let from_top = fragment.baseline / height.max(1.0);
    from_top.min(1.0 - from_top)
}

/// The same text, numbers aside, at the same height.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a place on a page, in steps of 4 points"
)]
fn key(fragment: &Fragment) -> (String, i32) {
    let text = fragment
        .text
        .chars()
        .filter(|letter| !letter.is_ascii_digit());
    (text.collect(), (fragment.baseline / 4.0).round() as i32)
}

/// `7`, `- 7 -`, `Page 7 of 9`, `7/9`, `vii`.
fn is_page_number(text: &str) -> bool {
    let mut numbers = 0;
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .all(|word| {
            let is_number = word.len() <= 4 && word.bytes().all(|b| b.is_ascii_digit())
                || word.bytes().all(|b| b"ivxlc".contains(&b));
            numbers += usize::from(is_number);
            is_number
                || matches!(
                    word.to_lowercase().as_str(),
                    "page" | "p" | "of" | "seite" | "von"
                )
        })
        && (1..=2).contains(&numbers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_told_from_other_short_lines() {
        for text in ["7", "- 12 -", "Page 7 of 9", "7/9", "iv"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in [
            "1995 to 2026 in 7 chapters",
            "Page",
            "",
            "Chapter 7",
            "20 pans",
        ] {
            assert!(!is_page_number(text), "{text}");
        }
    }
}
