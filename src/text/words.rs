//! The words of a sentence, each with what it does there.

use unicode_segmentation::UnicodeSegmentation;

use super::{lists, stem};

/// What a word does in a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Carries no statement.
    Stop,
    /// Decides by its place who does what to whom ("by", "from", "or").
    Relation,
    /// Turns the statement round.
    Negation,
    /// Narrows the statement ("if", "only").
    Condition,
    /// Sets one statement against another.
    Contrast,
    /// What may or must be.
    Modal,
    /// A number, in digits or words.
    Number,
    /// Capitalised where it need not be.
    Name,
    /// Any other word.
    Content,
}

/// A word of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// What is compared: the stem, the digits of a number, the class of a modal.
    pub form: String,
    /// What it does.
    pub kind: Kind,
    /// Between which of the sentence's commas, colons, dashes and brackets it stands, from 0.
    pub clause: usize,
    /// It stands in brackets.
    pub aside: bool,
}

impl Word {
    /// A number, a name or a content word: what a statement is made of.
    #[must_use]
    pub fn is_substance(&self) -> bool {
        matches!(self.kind, Kind::Number | Kind::Name | Kind::Content)
    }
}

/// The words of `sentence`, in order.
#[must_use]
pub fn read(sentence: &str) -> Vec<Word> {
    let sentence = sentence.replace('’', "'");
    let shouted = !sentence.contains(char::is_lowercase);
    let mut reader = Reader {
        shouted,
        ..Reader::default()
    };
    let pieces: Vec<&str> = sentence.split_word_bounds().collect();
    let mut before = " ";
    for (place, piece) in pieces.iter().enumerate() {
        let next = |distance: usize| pieces.get(place + distance).copied();
        let minus = matches!(*piece, "-" | "−")
            && before.ends_with([' ', '('])
            && next(1).is_some_and(|next| next.starts_with(|sign: char| sign.is_ascii_digit()));
        if minus {
            reader.negative = true;
        } else if piece.contains(char::is_alphanumeric) {
            let next_capital =
                next(2).is_some_and(|next| next.starts_with(char::is_uppercase) && !is_i(next));
            reader.word(piece, next_capital);
        } else {
            reader.mark(piece);
        }
        before = piece;
    }
    reader.words
}

#[derive(Default)]
struct Reader {
    words: Vec<Word>,
    clause: usize,
    depth: usize,
    shouted: bool,
    negative: bool,
    /// A sign of currency that stands before its number.
    unit: Option<&'static str>,
}

impl Reader {
    fn push(&mut self, form: impl Into<String>, kind: Kind) {
        self.words.push(Word {
            form: form.into(),
            kind,
            clause: self.clause,
            aside: self.depth > 0,
        });
    }

    fn mark(&mut self, piece: &str) {
        match piece {
            "," | ";" | ":" | "—" | "–" | "，" | "；" | "：" | "、" => self.clause += 1,
            "(" | "[" | "（" => (self.clause, self.depth) = (self.clause + 1, self.depth + 1),
            ")" | "]" | "）" => {
                (self.clause, self.depth) = (self.clause + 1, self.depth.saturating_sub(1));
            }
            sign => match lists::SIGNS.iter().find(|(listed, _)| *listed == sign) {
                Some((_, "percent" | "degree")) => self.push(stem(lists_name(sign)), Kind::Content),
                Some((_, unit)) => self.unit = Some(unit),
                None => {}
            },
        }
    }

    fn word(&mut self, piece: &str, next_capital: bool) {
        if piece.starts_with(|sign: char| sign.is_ascii_digit()) {
            return self.number(piece);
        }
        let lower = piece.to_lowercase();
        let lower = lower.as_str();
        let capital = piece.starts_with(char::is_uppercase) && !self.shouted;
        let first = self.words.is_empty();
        if let Some(modal) = lower.strip_suffix("n't") {
            let base = match modal {
                "ca" => "can",
                other => other,
            };
            if let Some((_, class)) = lists::MODALS.iter().find(|(listed, _)| *listed == base) {
                self.push(*class, Kind::Modal);
            }
            return self.push("not", Kind::Negation);
        }
        if lower == "cannot" {
            self.push("may", Kind::Modal);
            return self.push("not", Kind::Negation);
        }
        if let Some((_, digits)) = lists::NUMBERS.iter().find(|(listed, _)| *listed == lower) {
            return self.push(*digits, Kind::Number);
        }
        if lists::STOP.contains(&lower) {
            return self.push(lower, Kind::Stop);
        }
        // "No" in "the No Child Left Behind Act" is part of a name.
        let named = capital && (!first || next_capital);
        if named {
            return self.push(stem(lower), Kind::Name);
        }
        let kind = match lower {
            word if lists::NEGATIONS.contains(&word) || lists::WIDE_NEGATIONS.contains(&word) => {
                Kind::Negation
            }
            word if lists::CONDITIONS.contains(&word) => Kind::Condition,
            word if lists::CONTRASTS.contains(&word) => Kind::Contrast,
            word if lists::RELATIONS.contains(&word) => Kind::Relation,
            _ => Kind::Content,
        };
        if let Some((_, class)) = lists::MODALS.iter().find(|(listed, _)| *listed == lower) {
            return self.push(*class, Kind::Modal);
        }
        self.push(
            if kind == Kind::Content {
                stem(lower)
            } else {
                lower.to_owned()
            },
            kind,
        );
    }

    /// "1,000" → 1000; "30ml" → 30 and ml; "$5" → 5 and dollar; "30th" and "1990s" stay.
    fn number(&mut self, piece: &str) {
        let end = piece
            .find(|sign: char| !(sign.is_ascii_digit() || matches!(sign, '.' | ',')))
            .unwrap_or(piece.len());
        let (digits, tail) = piece.split_at(end);
        let minus = if std::mem::take(&mut self.negative) {
            "-"
        } else {
            ""
        };
        let digits = format!("{minus}{}", digits.replace(',', ""));
        match tail {
            "st" | "nd" | "rd" | "th" | "s" => self.push(digits + tail, Kind::Number),
            "" => self.push(digits, Kind::Number),
            unit => {
                self.push(digits, Kind::Number);
                self.push(stem(&unit.to_lowercase()), Kind::Content);
            }
        }
        if let Some(unit) = self.unit.take() {
            self.push(unit, Kind::Content);
        }
    }
}

/// "I" is written large, but makes no name of the word before it: "Can I…".
fn is_i(piece: &str) -> bool {
    piece == "I" || piece.starts_with("I'")
}

fn lists_name(sign: &str) -> &'static str {
    lists::SIGNS
        .iter()
        .find(|(listed, _)| *listed == sign)
        .map_or("", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::{Kind, read};

    fn of(kind: Kind, sentence: &str) -> Vec<String> {
        read(sentence)
            .into_iter()
            .filter(|word| word.kind == kind)
            .map(|word| word.form)
            .collect()
    }

    #[test]
    fn numbers_are_one_whether_in_digits_or_words() {
        assert_eq!(
            of(
                Kind::Number,
                "Twelve of 1,000 paid $30 or 2.5%, at -18 °C in 500ml"
            ),
            ["12", "1000", "30", "2.5", "-18", "500"]
        );
        assert_eq!(of(Kind::Content, "paid $30"), ["pay", "dollar"]);
    }

    #[test]
    fn names_are_capitalised_where_they_need_not_be() {
        assert_eq!(
            of(
                Kind::Name,
                "Later the No Child Left Behind Act passed in Ohio"
            ),
            ["no", "child", "left", "behind", "act", "ohio"]
        );
        assert!(of(Kind::Name, "RETURNS ARE FREE").is_empty());
        assert!(of(Kind::Name, "Can I return it?").is_empty());
    }

    #[test]
    fn shortened_negations_count() {
        assert_eq!(
            of(Kind::Negation, "You can't and don’t return without it"),
            ["not", "not", "without"]
        );
        assert_eq!(of(Kind::Modal, "You can't, so you might"), ["may", "may"]);
        assert_eq!(of(Kind::Negation, "不能退货"), ["不"]);
    }

    #[test]
    fn clauses_and_asides_are_told_apart() {
        let words = read("Mills (a sociologist) wrote, then left");
        assert!(
            words
                .iter()
                .any(|word| word.form == "sociologist" && word.aside)
        );
        assert!(
            words
                .last()
                .is_some_and(|word| word.clause == 3 && !word.aside)
        );
    }
}
