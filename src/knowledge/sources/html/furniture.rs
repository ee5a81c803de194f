//! Which elements of a page are furniture: menus, notices about cookies, what nobody sees.
//!
//! By what they are, what they are called, and how much of their text is links. An element that is
//! only called something is left out where its links agree: a restaurant's menu is a text.

use std::collections::HashMap;

use ego_tree::{NodeId, iter::Edge};
use scraper::{ElementRef, Node};

/// Elements whose text is no part of what the page says.
const LEFT_OUT: [&str; 21] = [
    "nav", "script", "style", "noscript", "template", "footer", "aside", "svg", "iframe", "button",
    "select", "head", "object", "canvas", "dialog", "input", "textarea", "datalist", "menu",
    "audio", "video",
];

/// What an element says it is for, where that is getting around.
const ROLES: [&str; 11] = [
    "navigation",
    "banner",
    "contentinfo",
    "search",
    "dialog",
    "alertdialog",
    "menu",
    "menubar",
    "toolbar",
    "tablist",
    "complementary",
];

/// Words in the names of elements that hold links to other pages.
const NAMES_OF_MENUS: [&str; 22] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "sidebar",
    "footer",
    "header",
    "toolbar",
    "pagination",
    "pager",
    "tabs",
    "toc",
    "social",
    "share",
    "sharing",
    "related",
    "topbar",
    "sitemap",
    "links",
    "widget",
];

/// Words that, next to "cookie" or "consent", make a notice that lies over the page.
const NAMES_OF_NOTICES: [&str; 13] = [
    "banner",
    "notice",
    "bar",
    "popup",
    "modal",
    "overlay",
    "message",
    "dialog",
    "law",
    "consent",
    "wrapper",
    "container",
    "prompt",
];

/// A notice about cookies is no longer than this; a page about them is.
const MAX_NOTICE_CHARS: usize = 2_000;
/// Links that an unnamed menu has at least.
const MIN_LINKS: usize = 5;
/// The average length of a menu's links, at most.
const MAX_LINK_CHARS: usize = 30;

/// Letters, letters in links, and links of each element; counted once for the whole page.
pub(super) struct Weights {
    counts: HashMap<NodeId, Counts>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    letters: usize,
    in_links: usize,
    links: usize,
}

impl Weights {
    pub(super) fn of(root: ElementRef<'_>) -> Self {
        let mut counts = HashMap::new();
        let mut open: Vec<Counts> = vec![Counts::default()];
        let (mut links_open, mut hidden_open) = (0_usize, 0_usize);
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) => match node.value() {
                    Node::Text(text) if hidden_open == 0 => {
                        let letters = text.chars().filter(|c| !c.is_whitespace()).count();
                        if let Some(counts) = open.last_mut() {
                            counts.letters += letters;
                            counts.in_links += if links_open > 0 { letters } else { 0 };
                        }
                    }
                    Node::Element(element) => {
                        open.push(Counts::default());
                        links_open += usize::from(element.name() == "a");
                        hidden_open += usize::from(is_code(element.name()));
                    }
                    _ => {}
                },
                Edge::Close(node) => {
                    let Node::Element(element) = node.value() else {
                        continue;
                    };
                    let is_link = element.name() == "a";
                    links_open -= usize::from(is_link);
                    hidden_open -= usize::from(is_code(element.name()));
                    let Some(mut own) = open.pop() else { continue };
                    own.links += usize::from(is_link);
                    counts.insert(node.id(), own);
                    if let Some(outer) = open.last_mut() {
                        outer.letters += own.letters;
                        outer.in_links += own.in_links;
                        outer.links += own.links;
                    }
                }
            }
        }
        Self { counts }
    }

    fn counts(&self, element: ElementRef<'_>) -> Counts {
        let counts = self.counts.get(&element.id());
        counts.copied().unwrap_or_default()
    }

    /// The letters of an element's text.
    pub(super) fn letters(&self, element: ElementRef<'_>) -> usize {
        self.counts(element).letters
    }

    /// True where an element is called a menu or a notice and looks like one, or is nothing but
    /// short links. `is_marked` is true inside a part that the page marks as main.
    pub(super) fn is_furniture(&self, element: ElementRef<'_>, is_marked: bool) -> bool {
        let counts = self.counts(element);
        if counts.letters == 0 {
            return false;
        }
        let mostly_links = |percent: usize| counts.in_links * 100 >= counts.letters * percent;
        let names = names(element);
        let called = |list: &[&str]| names.iter().any(|name| list.contains(&name.as_str()));
        if called(&[
            "cookie",
            "cookies",
            "cookiebar",
            "cookiebanner",
            "consent",
            "gdpr",
            "onetrust",
        ]) && (called(&NAMES_OF_NOTICES)
            || called(&["cookiebar", "cookiebanner", "gdpr", "onetrust"]))
            && counts.letters <= MAX_NOTICE_CHARS
        {
            return true;
        }
        if called(&NAMES_OF_MENUS) && counts.links > 0 && mostly_links(40) {
            return true;
        }
        let holds_others = matches!(
            element.value().name(),
            "div" | "ul" | "ol" | "table" | "td" | "section" | "p" | "center" | "span" | "dl"
        );
        !is_marked
            && holds_others
            && counts.links >= MIN_LINKS
            && mostly_links(75)
            && counts.in_links <= MAX_LINK_CHARS * counts.links
    }

    /// A form that holds most of the page is only its wrapping.
    pub(super) fn is_wrapping(&self, form: ElementRef<'_>, root: ElementRef<'_>) -> bool {
        self.letters(form) * 2 >= self.letters(root) && self.letters(form) > 0
    }
}

/// True for an element that no one who reads the page is meant to see, or that is no text.
pub(super) fn is_left_out(element: ElementRef<'_>) -> bool {
    if LEFT_OUT.contains(&element.value().name()) || element.attr("hidden").is_some() {
        return true;
    }
    let role = element.attr("role").unwrap_or_default();
    let is_hidden = element.attr("aria-hidden") == Some("true");
    if is_hidden || ROLES.contains(&role) {
        return true;
    }
    element.attr("style").is_some_and(|style| {
        let style: String = style.to_lowercase().split_whitespace().collect();
        style.contains("display:none") || style.contains("visibility:hidden")
    })
}

/// The words of an element's id and classes, in small letters.
fn names(element: ElementRef<'_>) -> Vec<String> {
    let (id, classes) = (element.attr("id"), element.attr("class"));
    let words = [id, classes].into_iter().flatten();
    words
        .flat_map(|names| names.split(|letter: char| !letter.is_ascii_alphanumeric()))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .take(40)
        .collect()
}

fn is_code(name: &str) -> bool {
    matches!(name, "script" | "style" | "noscript" | "template")
}
