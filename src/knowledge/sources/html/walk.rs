//! From a page's elements to parts of text under headings.

use scraper::{ElementRef, Node};

use super::{
    super::{outline::Part, table},
    furniture::{self, Weights},
    one_line,
};

/// Elements that begin a new line; cells of a layout do too, all others run on.
pub(super) const BLOCKS: [&str; 27] = [
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
    "td",
    "th",
    "caption",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "hr",
    "details",
    "summary",
    "address",
    "body",
    "center",
    "fieldset",
];

/// Below this only text is looked at; no page that people wrote goes so deep.
const MAX_DEPTH: usize = 200;
/// The longest cell of a table that is one, and no layout.
const MAX_CELL_CHARS: usize = 400;

/// What was read so far: the finished parts, and the one being read.
pub(super) struct Walk<'a> {
    root: ElementRef<'a>,
    /// By which furniture is told; without them all text is taken.
    weights: Option<&'a Weights>,
    is_marked: bool,
    parts: Vec<Part>,
    open: Part,
    preformatted: bool,
}

impl<'a> Walk<'a> {
    /// The parts of `root`, in reading order.
    pub(super) fn parts(root: ElementRef<'a>, weights: Option<&'a Weights>) -> Vec<Part> {
        let mut walk = Self {
            root,
            weights,
            is_marked: matches!(root.value().name(), "main" | "article")
                || root.attr("role") == Some("main"),
            parts: Vec::new(),
            open: Part::default(),
            preformatted: false,
        };
        walk.children(root, 0);
        walk.close_part(Part::default());
        walk.parts
    }

    fn is_left_out(&self, element: ElementRef<'_>) -> bool {
        if furniture::is_left_out(element) {
            return true;
        }
        let name = element.value().name();
        let Some(weights) = self.weights else {
            return false;
        };
        match name {
            "form" => !weights.is_wrapping(element, self.root),
            // Inside the main part it is the head of the text, not of the site.
            "header" => !self.is_marked,
            "main" | "article" | "body" => false,
            _ => weights.is_furniture(element, self.is_marked),
        }
    }

    fn element(&mut self, element: ElementRef<'_>, depth: usize) {
        let name = element.value().name();
        if self.is_left_out(element) {
            return;
        }
        if let Some(level) = heading_level(name) {
            return self.close_part(Part {
                level,
                heading: one_line(&element.text().collect::<String>()),
                ..Part::default()
            });
        }
        if name == "br" {
            return self.broken_line();
        }
        if name == "table"
            && let Some(rows) = data_rows(element)
        {
            self.new_line();
            self.blank_line();
            let caption = element
                .children()
                .filter_map(ElementRef::wrap)
                .find(|child| child.value().name() == "caption");
            if let Some(caption) = caption {
                self.run_on(&one_line(&caption.text().collect::<String>()));
                self.open.text.push_str("\n\n");
            }
            self.open.text.push_str(&table::written(&rows));
            self.open.text.push('\n');
            return;
        }
        let is_block = BLOCKS.contains(&name);
        if is_block {
            self.new_line();
        }
        if name == "li" {
            self.open.text.push_str("- ");
        }
        let outer = self.preformatted;
        self.preformatted |= name == "pre";
        self.children(element, depth + 1);
        self.preformatted = outer;
        if is_block {
            self.new_line();
        }
        // Paragraphs are told apart by an empty line, where long sections are cut best.
        if matches!(
            name,
            "p" | "ul" | "ol" | "dl" | "table" | "pre" | "blockquote"
        ) {
            self.open.text.push('\n');
        }
    }

    fn children(&mut self, element: ElementRef<'_>, depth: usize) {
        if depth >= MAX_DEPTH {
            return self.run_on(&element.text().collect::<String>());
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) if self.preformatted => self.open.text.push_str(text),
                Node::Text(text) => self.run_on(text),
                Node::Element(_) => {
                    if let Some(child) = ElementRef::wrap(child) {
                        self.element(child, depth);
                    }
                }
                _ => {}
            }
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

    fn blank_line(&mut self) {
        if !self.open.text.is_empty() && !self.open.text.ends_with("\n\n") {
            self.open.text.push('\n');
        }
    }

    /// One break ends a line; two in a row are how some pages part their paragraphs.
    fn broken_line(&mut self) {
        if self.open.text.trim_end_matches(' ').ends_with('\n') {
            self.new_line();
            self.blank_line();
        } else {
            self.new_line();
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

/// The cells of a table that is one; nothing for a table that only lays the page out.
fn data_rows(table: ElementRef<'_>) -> Option<Vec<Vec<String>>> {
    if matches!(table.attr("role"), Some("presentation" | "none")) {
        return None;
    }
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut has_head = false;
    for element in table.descendants().filter_map(ElementRef::wrap).skip(1) {
        match element.value().name() {
            "tr" => rows.push(Vec::new()),
            name @ ("td" | "th") => {
                has_head |= name == "th";
                let text = one_line(&element.text().collect::<String>());
                if text.chars().count() > MAX_CELL_CHARS {
                    return None;
                }
                let span = element.attr("colspan").and_then(|span| span.parse().ok());
                let row = rows.last_mut()?;
                row.push(text);
                // A cell over several columns leaves the others to the right of it empty.
                let more = span.unwrap_or(1_usize).clamp(1, 20) - 1;
                row.extend(std::iter::repeat_n(String::new(), more));
            }
            "table" | "h1" | "h2" | "h3" | "form" | "ul" | "ol" | "nav" | "script" | "style" => {
                return None;
            }
            _ => {}
        }
    }
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    (rows.len() >= 2 && columns >= 2 && (has_head || rows.len() >= 3)).then_some(rows)
}

fn heading_level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', level @ b'1'..=b'6'] => Some(level - b'0'),
        _ => None,
    }
}
