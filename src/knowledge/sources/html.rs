//! HTML: the page's own text in reading order, by heading; what only helps to get around is left out.
//!
//! The main part is taken where the page marks one (`main`, `article`) and has something in it; the
//! whole body otherwise. What is furniture is judged in `furniture`.

mod furniture;
mod walk;

use scraper::{ElementRef, Html, Selector};

use super::{RawDocument, outline};
use crate::knowledge::language;
use furniture::Weights;
use walk::Walk;

/// A marked main part with less text than this is looked at twice: it may wait for a script.
const MIN_MAIN_CHARS: usize = 200;
/// The parser's work grows with the square of the depth.
const MAX_DEPTH: usize = 1_500;

/// Reads a page.
///
/// # Errors
/// It is nested so deeply that the parser would not come to an end in time.
pub(super) fn read(text: &str) -> Result<RawDocument, String> {
    if depth(text) > MAX_DEPTH {
        return Err(format!(
            "has more than {MAX_DEPTH} elements in one another or never closed; save it anew"
        ));
    }
    let page = Html::parse_document(text);
    let weights = Weights::of(page.root_element());
    let root = root(&page, &weights);
    let inside = |query: &str| root.and_then(|root| root.select(&selector(query)).next());
    let first = |query: &str| page.select(&selector(query)).next();
    let text_of = |element: ElementRef<'_>| {
        let text = one_line(&element.text().collect::<String>());
        Some(text).filter(|text| !text.is_empty())
    };
    let title = inside("h1")
        .or_else(|| first("h1"))
        .and_then(text_of)
        .or_else(|| first("head title").and_then(text_of));
    let mut parts = root.map_or_else(Vec::new, |root| Walk::parts(root, Some(&weights)));
    if parts.iter().all(|part| part.text.trim().is_empty()) {
        // All of it looked like furniture; then that is what the page says.
        parts = root.map_or_else(Vec::new, |root| Walk::parts(root, None));
    }
    let sections = outline::sections(title.as_deref(), &parts);
    Ok(RawDocument {
        title,
        url: first("link[rel=canonical]")
            .and_then(|link| link.attr("href"))
            .filter(|url| url.starts_with("http"))
            .map(str::to_owned),
        tags: Vec::new(),
        lang: first("html")
            .and_then(|html| html.attr("lang"))
            .and_then(language::primary)
            .filter(|code| !code.is_empty()),
        sections,
    })
}

/// How deep elements go, seen from afar: those that may be left open don't count.
fn depth(text: &str) -> usize {
    const LEFT_OPEN: [&str; 24] = [
        "p", "li", "td", "th", "tr", "tbody", "thead", "tfoot", "dt", "dd", "option", "br", "hr",
        "img", "input", "meta", "link", "area", "base", "col", "wbr", "source", "colgroup",
        "optgroup",
    ];
    let (mut depth, mut deepest) = (0_usize, 0);
    for tag in text.split('<').skip(1) {
        let is_end = tag.starts_with('/');
        let name = tag.trim_start_matches('/');
        let length = name.bytes().take_while(u8::is_ascii_alphanumeric).count();
        if length == 0 || LEFT_OPEN.contains(&name[..length].to_ascii_lowercase().as_str()) {
            continue;
        }
        depth = if is_end {
            depth.saturating_sub(1)
        } else {
            depth + 1
        };
        deepest = deepest.max(depth);
    }
    deepest
}

/// Whether what stands before and after the tag, as `<br>` and `</div>`, are on different lines.
pub(super) fn breaks_line(tag: &str) -> bool {
    let name = tag.trim_start_matches(['<', '/']);
    let end = name.find(|c: char| !c.is_ascii_alphanumeric());
    let name = name[..end.unwrap_or(name.len())].to_ascii_lowercase();
    name == "br" || walk::BLOCKS.contains(&name.as_str())
}

/// The text of a piece of HTML that stands in a text of another kind.
pub(super) fn text_of_fragment(html: &str) -> String {
    if depth(html) > MAX_DEPTH {
        return String::new();
    }
    let fragment = Html::parse_fragment(html);
    let parts = Walk::parts(fragment.root_element(), None);
    let texts = parts.into_iter().flat_map(|part| [part.heading, part.text]);
    let texts: Vec<String> = texts.filter(|text| !text.trim().is_empty()).collect();
    texts.join("\n")
}

/// The element to read: the one marked as main, unless it is all but empty.
fn root<'a>(page: &'a Html, weights: &Weights) -> Option<ElementRef<'a>> {
    let body = page.select(&selector("body")).next();
    let all = body.map_or(0, |body| weights.letters(body));
    let says_enough = |element: &ElementRef<'_>| {
        let letters = weights.letters(*element);
        letters >= MIN_MAIN_CHARS.min(all / 5).max(1)
    };
    let only = |query: &str| {
        let selector = selector(query);
        let mut found = page.select(&selector);
        // Several articles are a list of them; none is the main one.
        let first = found.next();
        first.filter(|_| found.next().is_none())
    };
    let marked = page.select(&selector("main")).next();
    marked
        .filter(says_enough)
        .or_else(|| only("[role=main]").filter(says_enough))
        .or_else(|| only("article").filter(says_enough))
        .or(body)
}

fn selector(query: &str) -> Selector {
    Selector::parse(query).expect("the selectors here are constants")
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_tags_break_a_line_and_others_run_on() {
        for tag in ["<br>", "<br/>", "<BR />", "</div>", "<p class=a>", "<td>"] {
            assert!(breaks_line(tag), "{tag}");
        }
        for tag in [
            "<b>",
            "</sub>",
            "<breadcrumb>",
            "<!-- br -->",
            "<img src=p>",
        ] {
            assert!(!breaks_line(tag), "{tag}");
        }
    }
}
