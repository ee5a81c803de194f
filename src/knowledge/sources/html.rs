//! HTML: the page's own text in reading order, by heading; menus, scripts and styles left out.
//!
//! The main part is taken where the page marks one (`main`, `article`); the whole body otherwise.

use scraper::{ElementRef, Html, Node, Selector};

use super::{
    RawDocument,
    outline::{self, Part},
};
use crate::knowledge::language;

/// Elements whose text is no part of what the page says.
const LEFT_OUT: [&str; 17] = [
    "nav", "script", "style", "noscript", "template", "header", "footer", "aside", "form", "svg",
    "iframe", "button", "select", "head", "object", "canvas", "dialog",
];

/// Elements that begin a new line; cells begin a new word, all others run on.
const BLOCKS: [&str; 24] = [
    "p",
    "div",
    "section",
    "article",
    "main",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "table",
    "tr",
    "caption",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "br",
    "hr",
    "details",
    "summary",
    "address",
    "body",
];

pub(super) fn read(text: &str) -> RawDocument {
    let page = Html::parse_document(text);
    let first = |query: &str| {
        let selector = Selector::parse(query).expect("the selectors here are constants");
        page.select(&selector).next()
    };
    let text_of = |element: ElementRef<'_>| {
        let text = one_line(&element.text().collect::<String>());
        Some(text).filter(|text| !text.is_empty())
    };
    let title = first("h1")
        .and_then(text_of)
        .or_else(|| first("head title").and_then(text_of));
    let root = first("main")
        .or_else(|| first("[role=main]"))
        .or_else(|| first("article"))
        .or_else(|| first("body"));
    let mut walk = Walk::default();
    if let Some(root) = root {
        walk.element(root);
    }
    walk.close_part(Part::default());
    let sections = outline::sections(title.as_deref(), &walk.parts);
    RawDocument {
        title,
        url: first("link[rel=canonical]")
            .and_then(|link| link.attr("href"))
            .filter(|url| url.starts_with("http"))
            .map(str::to_owned),
        tags: Vec::new(),
        lang: first("html")
            .and_then(|html| html.attr("lang"))
            .map(language::primary)
            .filter(|code| !code.is_empty()),
        sections,
    }
}

/// What was read so far: the finished parts, and the one being read.
#[derive(Default)]
struct Walk {
    parts: Vec<Part>,
    open: Part,
    preformatted: bool,
}

impl Walk {
    fn element(&mut self, element: ElementRef<'_>) {
        let name = element.value().name();
        if LEFT_OUT.contains(&name) || element.attr("hidden").is_some() {
            return;
        }
        if let Some(level) = heading_level(name) {
            return self.close_part(Part {
                level,
                heading: one_line(&element.text().collect::<String>()),
                ..Part::default()
            });
        }
        let is_block = BLOCKS.contains(&name);
        if is_block {
            self.new_line();
        }
        match name {
            "li" => self.open.text.push_str("- "),
            "td" | "th" => self.open.text.push(' '),
            _ => {}
        }
        let outer = self.preformatted;
        self.preformatted |= name == "pre";
        for child in element.children() {
            match child.value() {
                Node::Text(text) if self.preformatted => self.open.text.push_str(text),
                Node::Text(text) => self.run_on(text),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child);
                    }
                }
                _ => {}
            }
        }
        self.preformatted = outer;
        if is_block {
            self.new_line();
        }
        // Paragraphs are told apart by an empty line, where long sections are cut best.
        if matches!(name, "p" | "ul" | "ol" | "table" | "pre" | "blockquote") {
            self.open.text.push('\n');
        }
    }

    fn close_part(&mut self, next: Part) {
        self.parts.push(std::mem::replace(&mut self.open, next));
    }

    fn new_line(&mut self) {
        while self.open.text.ends_with(' ') {
            self.open.text.pop();
        }
        if !self.open.text.is_empty() && !self.open.text.ends_with('\n') {
            self.open.text.push('\n');
        }
    }

    /// Adds running text: white space of any kind and length is one space.
    fn run_on(&mut self, text: &str) {
        for character in text.chars() {
            if !character.is_whitespace() {
                self.open.text.push(character);
            } else if !self.open.text.is_empty() && !self.open.text.ends_with([' ', '\n']) {
                self.open.text.push(' ');
            }
        }
    }
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
