//! What a text names exactly: numbers, units, dates, and names of things.

use std::{collections::HashMap, sync::LazyLock};

use super::{Kind, Word, stem};

/// Units of measure and money, each with its other writings.
const UNITS: &[(&str, &[&str])] = &[
    ("bit", &[]),
    ("byte", &[]),
    ("celsius", &[]),
    ("cent", &[]),
    ("centimetre", &["centimeter", "cm"]),
    ("day", &[]),
    ("degree", &[]),
    ("dollar", &["usd"]),
    ("euro", &["eur"]),
    ("fahrenheit", &[]),
    ("foot", &["ft"]),
    ("gallon", &[]),
    ("gigabyte", &["gb"]),
    ("gram", &[]),
    ("hour", &["hr"]),
    ("inch", &[]),
    ("kilobyte", &["kb"]),
    ("kilogram", &["kg", "kilo"]),
    ("kilometre", &["kilometer", "km"]),
    ("litre", &["liter"]),
    ("megabyte", &["mb"]),
    ("metre", &["meter"]),
    ("mile", &[]),
    ("milligram", &["mg"]),
    ("millilitre", &["milliliter", "ml"]),
    ("millimetre", &["millimeter", "mm"]),
    ("minute", &[]),
    ("month", &[]),
    ("ounce", &["oz"]),
    ("percent", &[]),
    ("pound", &["gbp", "lb"]),
    ("rupee", &["inr"]),
    ("second", &[]),
    ("terabyte", &["tb"]),
    ("ton", &["tonne"]),
    ("week", &[]),
    ("yard", &[]),
    ("year", &["yr"]),
    ("yen", &[]),
];

/// Days, months and times of the day and the year; "March" and "may" are mostly other words.
const DATES: &[&str] = &[
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "today",
    "tomorrow",
    "yesterday",
    "tonight",
    "morning",
    "afternoon",
    "evening",
    "midnight",
    "noon",
    "weekend",
    "weekday",
    "christmas",
    "easter",
    "spring",
    "summer",
    "autumn",
    "winter",
];

/// A unit or date as words are read, and what it is called.
static NAMED: LazyLock<HashMap<String, Named>> = LazyLock::new(|| {
    let mut named = HashMap::new();
    for (unit, writings) in UNITS {
        for writing in std::iter::once(unit).chain(*writings) {
            named.insert(stem(writing), Named::Unit(unit));
        }
    }
    named.extend(DATES.iter().map(|date| (stem(date), Named::Date(date))));
    named
});

#[derive(Clone, Copy)]
enum Named {
    Unit(&'static str),
    Date(&'static str),
}

/// What a text names; each list sorted, each item once.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Amounts {
    pub(super) numbers: Vec<String>,
    pub(super) units: Vec<&'static str>,
    pub(super) dates: Vec<&'static str>,
    pub(super) names: Vec<String>,
}

/// What `words` name.
pub(super) fn read(words: &[Word]) -> Amounts {
    let mut amounts = Amounts::default();
    for word in words {
        let form = word.form.as_str();
        match NAMED.get(form) {
            _ if word.kind == Kind::Number => amounts.numbers.push(number(form)),
            Some(Named::Unit(unit)) => amounts.units.push(unit),
            Some(Named::Date(date)) => amounts.dates.push(date),
            None if word.kind == Kind::Name || is_code(form) => amounts.names.push(form.to_owned()),
            None => {}
        }
    }
    tidy(&mut amounts.numbers);
    tidy(&mut amounts.units);
    tidy(&mut amounts.dates);
    tidy(&mut amounts.names);
    amounts
}

/// Whether `word` is a number, a unit or a date.
pub(super) fn is_amount(word: &Word) -> bool {
    word.kind == Kind::Number || NAMED.contains_key(word.form.as_str())
}

fn tidy<T: Ord>(list: &mut Vec<T>) {
    list.sort_unstable();
    list.dedup();
}

/// "30.50", "30.5" and "1990s", "1990" are one number each.
fn number(form: &str) -> String {
    let bare = form.trim_end_matches(|sign: char| sign.is_ascii_alphabetic());
    if bare.contains('.') && bare.matches('.').count() == 1 {
        return bare.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    bare.to_owned()
}

/// An identifier rather than a word: `save_to_disk`, `iphone13`.
fn is_code(form: &str) -> bool {
    let digit = form.contains(|sign: char| sign.is_ascii_digit());
    let letter = form.contains(char::is_alphabetic);
    letter && (digit || form.contains(['_', '.']))
}

/// How far two sorted lists contradict each other: see [`degree`].
pub(super) fn differ<T: Ord>(one: &[T], other: &[T]) -> f32 {
    let alone =
        |list: &[T], against: &[T]| list.iter().any(|item| against.binary_search(item).is_err());
    degree(alone(one, other), alone(other, one))
}

/// 1 where each of two texts names what the other doesn't, 0.5 where one does, 0 where none does.
pub(super) fn degree(here: bool, there: bool) -> f32 {
    0.5 * (f32::from(u8::from(here)) + f32::from(u8::from(there)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text;

    fn of(text: &str) -> Amounts {
        read(&text::read(text))
    }

    #[test]
    fn numbers_units_dates_and_names_are_told_apart() {
        let found = of("Can I pay 30.50 euros for 2 kg of Heron with save_to_disk on Friday?");
        assert_eq!(found.numbers, ["2", "30.5"]);
        assert_eq!(found.units, ["euro", "kilogram"]);
        assert_eq!(found.dates, ["friday"]);
        assert_eq!(found.names, ["heron", "save_to_disk"]);
    }

    #[test]
    fn other_numbers_contradict_and_a_missing_one_does_in_part() {
        let (thirty, forty, none) = (of("30 days"), of("forty days"), of("days"));
        assert!(differ(&thirty.numbers, &forty.numbers) > 0.9);
        assert!((differ(&thirty.numbers, &none.numbers) - 0.5).abs() < 1e-6);
        assert!(differ(&thirty.numbers, &of("thirty days").numbers) < 0.1);
    }

    #[test]
    fn units_and_dates_are_listed_as_they_are_read() {
        for (word, listed) in [
            ("km", "kilometre"),
            ("days", "day"),
            ("hours", "hour"),
            ("minutes", "minute"),
            ("miles", "mile"),
        ] {
            assert_eq!(of(word).units, [listed], "{word}");
        }
        for word in [
            "monday",
            "may I come on Tuesday",
            "july",
            "weekdays",
            "tomorrow",
        ] {
            assert_eq!(of(word).dates.len(), 1, "{word}");
        }
    }
}
