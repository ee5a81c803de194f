//! A page's drawing instructions, as far as they show text: pieces of text with their places.
//!
//! Coordinates are in points from the page's upper left corner, as a person sees the page. What
//! runs up or down the page is left out, and so is what the file itself marks as no content.

#![expect(
    clippy::many_single_char_names,
    reason = "a matrix has six numbers, which the standard calls a to f"
)]

use std::{collections::HashMap, rc::Rc, time::Instant};

use lopdf::{Dictionary, Document, Object, ObjectId};

use super::{
    font::Font,
    lexer::{Lexer, Token},
};

/// What reading one document may still cost.
pub(super) struct Budget {
    /// Bytes of unpacked instructions.
    pub(super) bytes: usize,
    /// Words of instructions.
    pub(super) tokens: usize,
    /// Letters shown.
    pub(super) letters: usize,
    /// When it has to be done.
    pub(super) until: Instant,
}

/// The budget is spent: the file asks for more work than its text can be worth.
#[derive(Debug)]
pub(super) struct TooMuch;

/// A piece of a line, with no wide gap in it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fragment {
    pub(super) text: String,
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) baseline: f32,
    pub(super) size: f32,
    pub(super) bold: bool,
}

/// All text of a page, in the order it is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) number: u32,
    pub(super) height: f32,
    pub(super) fragments: Vec<Fragment>,
    /// Letters that are drawn but named nowhere.
    pub(super) unreadable: usize,
}

/// Forms in forms in forms.
const MAX_FORM_DEPTH: usize = 8;
/// Saved graphics states.
const MAX_SAVED: usize = 256;
/// Words before one operator.
const MAX_OPERANDS: usize = 20_000;
/// A gap this wide, in parts of the font size, is between two columns or cells, not two words.
const CELL_GAP: f32 = 1.6;
/// So is one this wide where the second text was placed by itself.
const PLACED_CELL_GAP: f32 = 0.9;
/// The most pieces kept of a page; a plan or a map may have many labels.
const MAX_FRAGMENTS: usize = 20_000;
/// A gap this wide is between two words.
const WORD_GAP: f32 = 0.15;

/// x' = a x + c y + e, y' = b x + d y + f.
type Matrix = [f32; 6];

const IDENTITY: Matrix = [1.0, 0.0, 0.0, 1.0, 0.0, 0.0];

/// `inner` first, then `outer`.
fn then(inner: &Matrix, outer: &Matrix) -> Matrix {
    let [a, b, c, d, e, f] = *inner;
    let [oa, ob, oc, od, oe, of] = *outer;
    [
        a * oa + b * oc,
        a * ob + b * od,
        c * oa + d * oc,
        c * ob + d * od,
        e * oa + f * oc + oe,
        e * ob + f * od + of,
    ]
}

#[derive(Clone)]
struct State {
    to_page: Matrix,
    font: Option<Rc<Font>>,
    size: f32,
    character_spacing: f32,
    word_spacing: f32,
    stretch: f32,
    leading: f32,
    rise: f32,
}

struct Reader<'a> {
    document: &'a Document,
    budget: &'a mut Budget,
    fonts: HashMap<ObjectId, Rc<Font>>,
    page: Page,
    state: State,
    saved: Vec<State>,
    /// Saves beyond the most that are kept.
    unsaved: usize,
    text: Matrix,
    line: Matrix,
    /// The next letter's place was set, it doesn't follow from the one before.
    is_placed: bool,
    /// For each open mark whether it marks what is no content.
    marks: Vec<bool>,
}

/// Reads the page `id`, the `number`-th one.
pub(super) fn read(
    document: &Document,
    id: ObjectId,
    number: u32,
    budget: &mut Budget,
) -> Result<Page, TooMuch> {
    let Ok(dictionary) = document.get_dictionary(id) else {
        return Ok(Page::default());
    };
    let content = document
        .get_page_content_with_limit(id, budget.bytes)
        .map_err(|_| TooMuch)?;
    let (to_page, height) = view(document, dictionary);
    let mut reader = Reader {
        document,
        fonts: HashMap::new(),
        page: Page {
            number,
            height,
            ..Page::default()
        },
        state: State {
            to_page,
            font: None,
            size: 0.0,
            character_spacing: 0.0,
            word_spacing: 0.0,
            stretch: 1.0,
            leading: 0.0,
            rise: 0.0,
        },
        saved: Vec::new(),
        unsaved: 0,
        text: IDENTITY,
        line: IDENTITY,
        is_placed: true,
        marks: Vec::new(),
        budget,
    };
    let resources = inherited(document, dictionary, b"Resources");
    let resources = resources.and_then(|resources| resources.as_dict().ok());
    reader.run(&content, resources, 0)?;
    Ok(reader.page)
}

/// A page's entry, or that of a page-tree node above it.
fn inherited<'a>(document: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    let mut node = page;
    for _ in 0..32 {
        if let Ok(found) = node.get_deref(key, document) {
            return Some(found);
        }
        node = node.get_deref(b"Parent", document).ok()?.as_dict().ok()?;
    }
    None
}

/// From the page's own coordinates to those seen from the upper left corner, and the height seen.
fn view(document: &Document, page: &Dictionary) -> (Matrix, f32) {
    let corners = inherited(document, page, b"MediaBox")
        .and_then(|list| list.as_array().ok())
        .map(|list| {
            let number = |object: &Object| {
                let (_, number) = document.dereference(object).ok()?;
                number.as_float().ok()
            };
            list.iter().filter_map(number).collect::<Vec<f32>>()
        });
    let corners = corners.unwrap_or_default();
    let [x0, y0, x1, y1] = corners[..] else {
        return ([1.0, 0.0, 0.0, -1.0, 0.0, 842.0], 842.0);
    };
    let (left, right) = (x0.min(x1), x0.max(x1));
    let (bottom, top) = (y0.min(y1), y0.max(y1));
    let turned = inherited(document, page, b"Rotate").and_then(|angle| angle.as_i64().ok());
    match turned.unwrap_or(0).rem_euclid(360) {
        90 => ([0.0, 1.0, 1.0, 0.0, -bottom, -left], right - left),
        180 => ([-1.0, 0.0, 0.0, 1.0, right, -bottom], top - bottom),
        270 => ([0.0, -1.0, -1.0, 0.0, top, right], right - left),
        _ => ([1.0, 0.0, 0.0, -1.0, -left, top], top - bottom),
    }
}

impl Reader<'_> {
    fn run(
        &mut self,
        content: &[u8],
        resources: Option<&Dictionary>,
        depth: usize,
    ) -> Result<(), TooMuch> {
        self.budget.bytes = self
            .budget
            .bytes
            .checked_sub(content.len())
            .ok_or(TooMuch)?;
        let mut operands: Vec<Token> = Vec::new();
        for token in Lexer::new(content) {
            self.budget.tokens = self.budget.tokens.checked_sub(1).ok_or(TooMuch)?;
            if self.budget.tokens.is_multiple_of(4096) && Instant::now() > self.budget.until {
                return Err(TooMuch);
            }
            match token {
                Token::Operator(name) => {
                    if name == b"Do" {
                        self.form(&operands, resources, depth)?;
                    } else {
                        self.operator(&name, &operands, resources)?;
                    }
                    operands.clear();
                }
                operand if operands.len() < MAX_OPERANDS => operands.push(operand),
                _ => {}
            }
        }
        Ok(())
    }

    fn operator(
        &mut self,
        name: &[u8],
        operands: &[Token],
        resources: Option<&Dictionary>,
    ) -> Result<(), TooMuch> {
        let numbers: Vec<f32> = operands
            .iter()
            .filter_map(|operand| match operand {
                Token::Number(number) => Some(*number),
                _ => None,
            })
            .take(6)
            .collect();
        let first = numbers.first().copied().unwrap_or(0.0);
        match (name, numbers.as_slice()) {
            (b"q", _) if self.saved.len() < MAX_SAVED => self.saved.push(self.state.clone()),
            (b"q", _) => self.unsaved += 1,
            (b"Q", _) if self.unsaved > 0 => self.unsaved -= 1,
            (b"Q", _) => {
                if let Some(state) = self.saved.pop() {
                    self.state = state;
                }
            }
            (b"cm", &[a, b, c, d, e, f]) => {
                self.state.to_page = then(&[a, b, c, d, e, f], &self.state.to_page);
            }
            (b"BT", _) => self.place_text(IDENTITY),
            (b"Tf", _) => {
                self.state.size = first;
                if let Some(Token::Name(name)) = operands.first() {
                    self.state.font = self.font(name, resources);
                }
            }
            (b"Tc", _) => self.state.character_spacing = first,
            (b"Tw", _) => self.state.word_spacing = first,
            (b"Tz", _) => self.state.stretch = first / 100.0,
            (b"TL", _) => self.state.leading = first,
            (b"Ts", _) => self.state.rise = first,
            (b"Td", &[x, y]) => self.move_line(x, y),
            (b"TD", &[x, y]) => {
                self.state.leading = -y;
                self.move_line(x, y);
            }
            (b"Tm", &[a, b, c, d, e, f]) => self.place_text([a, b, c, d, e, f]),
            (b"T*", _) => self.move_line(0.0, -self.state.leading),
            (b"Tj" | b"TJ", _) => self.show(operands)?,
            (b"'", _) => {
                self.move_line(0.0, -self.state.leading);
                self.show(operands)?;
            }
            (b"\"", &[word, character, ..]) => {
                self.state.word_spacing = word;
                self.state.character_spacing = character;
                self.move_line(0.0, -self.state.leading);
                self.show(&operands[2..])?;
            }
            (b"BMC" | b"BDC", _) => {
                let outside = operands.first() == Some(&Token::Name(b"Artifact".to_vec()));
                if self.marks.len() < MAX_SAVED {
                    self.marks.push(outside);
                }
            }
            (b"EMC", _) => {
                self.marks.pop();
            }
            _ => {}
        }
        Ok(())
    }

    fn move_line(&mut self, x: f32, y: f32) {
        self.place_text(then(&[1.0, 0.0, 0.0, 1.0, x, y], &self.line));
    }

    fn place_text(&mut self, matrix: Matrix) {
        (self.text, self.line) = (matrix, matrix);
        self.is_placed = true;
    }

    fn font(&mut self, name: &[u8], resources: Option<&Dictionary>) -> Option<Rc<Font>> {
        let fonts = resources?.get_deref(b"Font", self.document).ok()?;
        let entry = fonts.as_dict().ok()?.get(name).ok()?;
        let (id, object) = self.document.dereference(entry).ok()?;
        let known = id.and_then(|id| self.fonts.get(&id));
        if let Some(known) = known {
            return Some(Rc::clone(known));
        }
        let font = Rc::new(Font::read(object.as_dict().ok()?, self.document));
        if let Some(id) = id {
            self.fonts.insert(id, Rc::clone(&font));
        }
        Some(font)
    }

    /// Draws a form: instructions that are kept apart, to be used more than once.
    fn form(
        &mut self,
        operands: &[Token],
        resources: Option<&Dictionary>,
        depth: usize,
    ) -> Result<(), TooMuch> {
        let Some(Token::Name(name)) = operands.first() else {
            return Ok(());
        };
        let stream = resources
            .and_then(|resources| resources.get_deref(b"XObject", self.document).ok())
            .and_then(|forms| forms.as_dict().ok()?.get_deref(name, self.document).ok())
            .and_then(|form| form.as_stream().ok());
        let Some(stream) = stream else { return Ok(()) };
        let kind = stream.dict.get(b"Subtype").and_then(Object::as_name);
        if kind.is_ok_and(|kind| kind != b"Form") || depth >= MAX_FORM_DEPTH {
            return Ok(());
        }
        let content = stream
            .get_plain_content_with_limit(self.budget.bytes)
            .map_err(|_| TooMuch)?;
        let matrix = stream.dict.get(b"Matrix").and_then(Object::as_array);
        let matrix: Vec<f32> = matrix
            .map(|list| list.iter().filter_map(|n| n.as_float().ok()).collect())
            .unwrap_or_default();
        let own = stream.dict.get_deref(b"Resources", self.document);
        let own = own.ok().and_then(|own| own.as_dict().ok()).or(resources);
        let (before, saved) = (self.state.clone(), std::mem::take(&mut self.saved));
        if let [a, b, c, d, e, f] = matrix[..] {
            self.state.to_page = then(&[a, b, c, d, e, f], &self.state.to_page);
        }
        self.run(&content, own, depth + 1)?;
        (self.state, self.saved) = (before, saved);
        Ok(())
    }

    fn show(&mut self, operands: &[Token]) -> Result<(), TooMuch> {
        for operand in operands {
            match operand {
                Token::Text(text) => {
                    let left = self.budget.letters.checked_sub(text.len());
                    self.budget.letters = left.ok_or(TooMuch)?;
                    self.show_text(text);
                }
                Token::Number(thousandths) => {
                    let back = thousandths / 1000.0 * self.state.size * self.state.stretch;
                    self.advance(-back);
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn advance(&mut self, x: f32) {
        self.text = then(&[1.0, 0.0, 0.0, 1.0, x, 0.0], &self.text);
    }

    fn show_text(&mut self, text: &[u8]) {
        let Some(font) = self.state.font.clone() else {
            return;
        };
        let is_content = !self.marks.contains(&true);
        for glyph in font.glyphs(text) {
            let spacing = if glyph.is_space {
                self.state.character_spacing + self.state.word_spacing
            } else {
                self.state.character_spacing
            };
            let width = glyph.width * self.state.size * self.state.stretch;
            if is_content {
                self.place(&glyph.text, width, font.bold);
            }
            self.advance(width + spacing * self.state.stretch);
        }
    }

    /// Puts a glyph on the page: into the open fragment, or into a new one.
    fn place(&mut self, text: &str, width: f32, bold: bool) {
        let place = then(&self.text, &self.state.to_page);
        let [a, b, c, d, ..] = place;
        if a <= 0.0 || b.abs() > 0.3 * a {
            return;
        }
        let left = self.state.rise * c + place[4];
        let right = left + width * a;
        let baseline = self.state.rise * d + place[5];
        let size = (self.state.size * d.hypot(c)).abs();
        if ![left, right, baseline, size].iter().all(|n| n.is_finite()) {
            return;
        }
        if text.is_empty() {
            self.page.unreadable += 1;
            return;
        }
        // White space moves on, and the gap that it leaves is measured when the next letter comes.
        if text.trim().is_empty() {
            return;
        }
        let is_placed = std::mem::take(&mut self.is_placed);
        let widest = if is_placed { PLACED_CELL_GAP } else { CELL_GAP };
        let count = self.page.fragments.len();
        let open = self.page.fragments.last_mut().filter(|open| {
            let gap = left - open.right;
            let tall = open.size.max(size);
            (open.baseline - baseline).abs() < 0.4 * tall
                && gap > -0.6 * tall
                && gap < widest * tall
        });
        let Some(open) = open else {
            if count >= MAX_FRAGMENTS {
                return;
            }
            self.page.fragments.push(Fragment {
                text: text.to_owned(),
                left,
                right,
                baseline,
                size,
                bold,
            });
            return;
        };
        if left - open.right > WORD_GAP * open.size.max(size) {
            open.text.push(' ');
        }
        open.text.push_str(text);
        open.right = right.max(open.right);
        open.bold &= bold;
        open.size = open.size.max(size);
    }
}
