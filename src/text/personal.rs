//! What in a text is about a person: addresses, numbers, names that people give themselves.
//!
//! A rule of patterns, each with a check where a number has one. It is for leaving texts
//! out (of training, of answers given to others), not for masking them: in doubt it finds something. Names are found only where they are introduced, and
//! languages other than English are known by a few phrases.

use std::{fmt, net::Ipv4Addr, net::Ipv6Addr};

use regex::Regex;

/// What kind of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// An account number with a right checksum.
    Iban,
    /// A payment card's number with a right checksum.
    Card,
    /// An IP address, version 4 or 6.
    IpAddress,
    /// A telephone number.
    Phone,
    /// A street with a house number, a post code, or what is introduced as an address.
    PostalAddress,
    /// A name that is introduced as one.
    Name,
    /// An order's, customer's or document's number, or any long run of digits.
    Number,
}

impl fmt::Display for Kind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Email => "e-mail address",
            Self::Iban => "IBAN",
            Self::Card => "card number",
            Self::IpAddress => "IP address",
            Self::Phone => "telephone number",
            Self::PostalAddress => "postal address",
            Self::Name => "name",
            Self::Number => "order or other long number",
        })
    }
}

type Check = fn(&str) -> bool;

/// Tried in this order, so that what has a checksum is called by its name.
const PATTERNS: [(Kind, &str, Check); 21] = [
    (
        Kind::Email,
        r"(?i)[\w.%+-]+(?:@|\s?[(\[]at[)\]]\s?)[\w-]+(?:\.[\w-]+)+",
        any,
    ),
    (Kind::Email, r"(?i)\b[\w.-]+ at [\w-]+ dot [a-z]{2,}\b", any),
    (
        Kind::Iban,
        r"(?i)\b[a-z]{2}\d{2}(?:[ -]?[a-z0-9]){11,30}\b",
        is_iban,
    ),
    (Kind::Card, r"\b\d(?:[ -]?\d){12,18}\b", is_card),
    (Kind::IpAddress, r"\b\d{1,3}(?:\.\d{1,3}){3}\b", is_ipv4),
    (
        Kind::IpAddress,
        r"(?i)\b[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}",
        is_ipv6,
    ),
    // With a country's code; with an area's, in brackets or led by 0; the American way; after "call".
    (
        Kind::Phone,
        r"(?:\+|\b00)\d(?:[ ()./-]{0,3}\d){6,14}\b",
        any,
    ),
    (
        Kind::Phone,
        r"(?:\(\d{2,5}\)|\b0\d{1,4})(?:[ ./-]{1,3}\d{2,}){1,4}\b",
        is_national,
    ),
    (Kind::Phone, r"\b\d{3}[ .-]\d{3}[ .-]\d{4}\b", any),
    (
        Kind::Phone,
        r"(?i)\b(?:call|dial|phone|telephone|tel|mobile|cell|whatsapp|fax)\b[^\d\n]{0,20}\d(?:[ ().-]{0,2}\d){4,}",
        any,
    ),
    (
        Kind::PostalAddress,
        r"(?i)\b\d{1,5}[a-z]?,? (?:[\w'.-]+ ){1,3}(?:street|road|avenue|lane|boulevard|blvd|crescent)\b",
        any,
    ),
    (
        Kind::PostalAddress,
        r"\b\d{1,5}[a-zA-Z]?,? (?:[A-Z][\w'.-]* ){1,3}(?:St|Rd|Ave|Ln|Dr|Ct|Drive|Court|Square|Way|Terrace|Close|Place)\b",
        any,
    ),
    (
        Kind::PostalAddress,
        r"(?i)\b\w*(?:straße|strasse|str\.|gasse|allee|platz|weg|ufer) \d{1,4}[a-z]?\b",
        any,
    ),
    (
        Kind::PostalAddress,
        r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b|\b[A-Z]{2} \d{5}(?:-\d{4})?\b",
        any,
    ),
    (
        Kind::PostalAddress,
        r"(?i)\bmy (?:home |new |postal |delivery )?address is\b|\bi live (?:at|on)\b",
        any,
    ),
    (
        Kind::Name,
        r"(?i)\b(?:my (?:full |first |last )?name(?: is|'s|’s)|i am called|i'm called|ich heiße|mein name ist|je m'appelle|me llamo) \w+|我叫|我的名字",
        any,
    ),
    // Two words with capitals: "I'm Trying" is no name, "I'm Ada Byron" is.
    (
        Kind::Name,
        r"\b(?:I'm|I’m|I am|[Tt]his is|[Rr]egards,?|[Ss]incerely,?)\s+[A-Z]\w+ [A-Z]\w+",
        any,
    ),
    (
        Kind::Number,
        r"(?i)\b(?:order|invoice|customer|account|ticket|tracking|reference|booking|case|contract|policy|member|passport|licen[cs]e|serial)\b(?: (?:number|no\.?|nr\.?|id))?(?: is)?[ :#]{0,3}[a-z-]{0,5}\d[\da-z-]{3,}",
        any,
    ),
    (Kind::Number, r"#\s?\d{4,}", any),
    (Kind::Number, r"\b[A-Z]{1,4}-?\d{5,}\b", any),
    (Kind::Number, r"\d{7,}", any),
];

/// The patterns, compiled.
pub struct Personal(Vec<(Kind, Regex, Check)>);

impl Default for Personal {
    fn default() -> Self {
        let compiled = PATTERNS.map(|(kind, pattern, check)| {
            let pattern =
                Regex::new(pattern).expect("the patterns are constants that a test compiles");
            (kind, pattern, check)
        });
        Self(compiled.into())
    }
}

impl Personal {
    /// All that is found in `text`, with the words themselves.
    pub fn find<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (Kind, &'a str)> {
        self.0.iter().flat_map(move |(kind, pattern, check)| {
            let found = pattern.find_iter(text).map(|found| found.as_str());
            let held = found.filter(|words| check(words));
            held.map(|words| (*kind, words))
        })
    }
}

fn any(_: &str) -> bool {
    true
}

fn digits(words: &str) -> impl DoubleEndedIterator<Item = u32> {
    words.chars().filter_map(|sign| sign.to_digit(10))
}

/// Long enough, and no date such as 05/10/2004.
fn is_national(words: &str) -> bool {
    let parts: Vec<usize> = words.split(['/', '.', '-']).map(str::len).collect();
    digits(words).count() >= 7 && !matches!(parts[..], [1..=2, 1..=2, 4])
}

/// Luhn's sum: every second digit from the right counts double, and both its digits are added.
fn is_card(words: &str) -> bool {
    let sum: u32 = digits(words)
        .rev()
        .enumerate()
        .map(|(place, digit)| match place % 2 {
            0 => digit,
            _ => 2 * digit / 10 + 2 * digit % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// ISO 13616: with the first four signs at the end and letters as 10 to 35, the rest by 97 is 1. The
/// pattern may take words that follow, so a prefix counts too; but words alone may have a right sum.
fn is_iban(words: &str) -> bool {
    const SHORTEST: usize = 15;
    const FEWEST_DIGITS: usize = 10;
    let signs: Vec<u32> = words.chars().filter_map(|sign| sign.to_digit(36)).collect();
    let is_right = |length: usize| {
        let (head, tail) = signs[..length].split_at(4);
        let rest = tail.iter().chain(head).fold(0, |rest, value| {
            let shift = if *value < 10 { 10 } else { 100 };
            (rest * shift + value) % 97
        });
        rest == 1 && signs[..length].iter().filter(|value| **value < 10).count() >= FEWEST_DIGITS
    };
    (SHORTEST..=signs.len()).any(is_right)
}

fn is_ipv4(words: &str) -> bool {
    words.parse::<Ipv4Addr>().is_ok()
}

fn is_ipv6(words: &str) -> bool {
    words.parse::<Ipv6Addr>().is_ok() && digits(words).next().is_some()
}

#[cfg(test)]
#[path = "personal_tests.rs"]
mod tests;
