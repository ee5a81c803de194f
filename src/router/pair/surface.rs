//! What can be seen of a query without knowing what it means: lengths, numbers, marks, kinds of
//! words, and how the choices of a multiple-choice question look beside each other.

use std::collections::HashSet;

/// What is measured of the question, and again of its choices.
const OF_TEXT: usize = 28;
/// What is measured of the choices alone, and of the question's end.
const OF_SHAPE: usize = 12;
/// The length of what [`surface`] returns.
pub(super) const WIDTH: usize = 2 * OF_TEXT + OF_SHAPE;

/// From this many letters on a word is long.
const LONG: usize = 10;
/// Words that count as a kind: numbers in words, negation, logic, comparison, quantities, time,
/// question words.
const KINDS: [&[&str]; 7] = [
    &[
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "twenty", "thirty", "forty", "fifty", "hundred", "thousand", "half", "third",
        "quarter", "twice", "double", "triple", "dozen", "thrice",
    ],
    &[
        "not",
        "except",
        "never",
        "no",
        "neither",
        "nor",
        "least",
        "incorrect",
        "false",
        "untrue",
    ],
    &[
        "if",
        "then",
        "unless",
        "therefore",
        "hence",
        "given",
        "assume",
        "suppose",
        "let",
    ],
    &[
        "more", "less", "than", "fewer", "greater", "times", "twice", "half", "double", "most",
        "least", "each", "every", "per",
    ],
    &[
        "percent",
        "percentage",
        "fraction",
        "ratio",
        "average",
        "rate",
        "total",
        "remaining",
        "left",
        "rest",
        "altogether",
    ],
    &[
        "day", "days", "week", "weeks", "month", "months", "year", "years", "hour", "hours",
        "minute", "minutes",
    ],
    &["what", "which", "who", "when", "where", "why", "how"],
];

/// The features of one query, [`WIDTH`] of them.
pub(super) fn surface(query: &str) -> Vec<f32> {
    let (stem, choices) = parted(query);
    let mut features = of_text(&stem);
    if choices.is_empty() {
        features.extend([0.0; OF_TEXT]);
    } else {
        features.extend(of_text(&choices.join("\n")));
    }
    features.extend(of_shape(&stem, &choices));
    features
}

/// The question, and the choices in lines that begin with `A.`, `B.` … in this order.
fn parted(query: &str) -> (String, Vec<String>) {
    let (mut stem, mut choices) = (Vec::new(), Vec::<String>::new());
    for line in query.lines() {
        let next = b'A' + u8::try_from(choices.len()).unwrap_or(u8::MAX - b'A');
        let start = line.trim_start();
        let begins = start.as_bytes().first() == Some(&next)
            && matches!(start.as_bytes().get(1), Some(b'.' | b')' | b':'))
            && start.as_bytes().get(2) == Some(&b' ');
        if begins {
            choices.push(start[3..].trim().to_owned());
        } else if choices.is_empty() {
            stem.push(line);
        } else if !start.to_lowercase().starts_with("answer")
            && let Some(last) = choices.last_mut()
        {
            last.push(' ');
            last.push_str(line);
        }
    }
    (stem.join("\n"), choices)
}

/// Runs of letters, and numbers with their marks.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut letters = text.char_indices().peekable();
    while let Some((start, first)) = letters.next() {
        if !first.is_alphanumeric() {
            continue;
        }
        let numeric = first.is_ascii_digit();
        let mut end = start + first.len_utf8();
        while let Some(&(at, letter)) = letters.peek() {
            let after = text[at + letter.len_utf8()..].chars().next();
            let goes_on = if numeric {
                letter.is_ascii_digit()
                    || (matches!(letter, '.' | ',')
                        && after.is_some_and(|next| next.is_ascii_digit()))
            } else {
                (letter.is_alphanumeric() && !letter.is_ascii_digit())
                    || matches!(letter, '\'' | '’')
            };
            if !goes_on {
                break;
            }
            end = at + letter.len_utf8();
            letters.next();
        }
        found.push(&text[start..end]);
    }
    found
}

fn of_text(text: &str) -> Vec<f32> {
    let words = words(text);
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let all = words.len();
    let numbers: Vec<&&str> = words.iter().filter(|word| is_number(word)).collect();
    let distinct = |items: &mut dyn Iterator<Item = &str>| items.collect::<HashSet<_>>().len();
    let letters: usize = words.iter().map(|word| word.chars().count()).sum();
    let long = words.iter().filter(|word| word.chars().count() >= LONG);
    let capital = words
        .iter()
        .filter(|word| word.starts_with(char::is_uppercase));
    let mut features = vec![
        log(text.chars().count()),
        log(all),
        log(numbers.len()),
        log(distinct(&mut numbers.iter().map(|word| **word))),
        share(numbers.len(), all),
        share(letters, all),
        share(long.count(), all),
        share(capital.count(), all),
        log(sentences(text)),
        log(text.matches(',').count()),
        log(text
            .matches(['=', '+', '*', '/', '^', '<', '>', '\\', '$', '_', '{', '}'])
            .count()),
        log(text.matches('%').count()),
        log(text.matches('$').count()),
        log(between_digits(text, '.')),
        log(between_digits(text, '/')),
        log(text.matches('(').count()),
        log(text.matches('"').count()),
        log(text.chars().filter(|letter| !letter.is_ascii()).count()),
        flag(text.contains("__")),
        log(text.matches('\n').count()),
        share(distinct(&mut lower.iter().map(String::as_str)), all),
    ];
    features.extend(KINDS.iter().map(|kind| {
        log(lower
            .iter()
            .filter(|word| kind.contains(&word.as_str()))
            .count())
    }));
    features
}

fn of_shape(stem: &str, choices: &[String]) -> [f32; OF_SHAPE] {
    let mut shape = [0.0; OF_SHAPE];
    let end = stem.trim_end();
    shape[0] = flag(end.ends_with('?'));
    shape[1] = flag(end.ends_with(':'));
    if choices.is_empty() {
        return shape;
    }
    let count = choices.len();
    let lower: Vec<String> = choices.iter().map(|choice| choice.to_lowercase()).collect();
    let sets: Vec<HashSet<&str>> = lower
        .iter()
        .map(|choice| words(choice).into_iter().collect())
        .collect();
    let asked = stem.to_lowercase();
    let asked: HashSet<&str> = words(&asked).into_iter().collect();
    let lengths: Vec<usize> = choices
        .iter()
        .map(|choice| choice.chars().count())
        .collect();
    let middle = share(lengths.iter().sum(), count);
    let spread = mean(
        lengths
            .iter()
            .map(|&length| (share(length, 1) - middle).powi(2)),
    )
    .sqrt();
    let having = |has: &dyn Fn(&String) -> bool| {
        share(lower.iter().filter(|choice| has(choice)).count(), count)
    };
    let number = |choice: &String| {
        let start = choice.trim_start_matches([' ', '$', '-', '−']);
        start.starts_with(|letter: char| letter.is_ascii_digit() || letter == '.')
    };
    let of_all = |choice: &String| {
        ["all of", "none of", "both of", "neither of", "only"]
            .iter()
            .any(|words| choice.contains(words))
    };
    let roman = |choice: &String| {
        words(choice)
            .iter()
            .any(|word| matches!(*word, "i" | "ii" | "iii" | "iv"))
    };
    let truth = |choice: &String| {
        words(choice)
            .iter()
            .any(|word| matches!(*word, "true" | "false"))
    };
    let yes_or_no = |choice: &String| choice.starts_with("yes") || choice.starts_with("no");
    let pairs = (0..count).flat_map(|first| (0..first).map(move |second| (first, second)));
    shape[2] = share(count, 1);
    shape[3] = middle.ln_1p();
    shape[4] = spread / (1.0 + middle);
    shape[5] = having(&number);
    shape[6] = having(&truth);
    shape[7] = flag(lower.iter().any(of_all));
    shape[8] = flag(lower.iter().any(roman));
    shape[9] = mean(pairs.map(|(first, second)| {
        let common = sets[first].intersection(&sets[second]).count();
        share(common, sets[first].union(&sets[second]).count())
    }));
    shape[10] = mean(
        sets.iter()
            .map(|set| share(set.intersection(&asked).count(), set.len())),
    );
    shape[11] = having(&yes_or_no);
    shape
}

fn is_number(word: &str) -> bool {
    word.starts_with(|letter: char| letter.is_ascii_digit())
}

fn sentences(text: &str) -> usize {
    let mut letters = text.chars().peekable();
    let mut ends = 0;
    while let Some(letter) = letters.next() {
        let last = letters.peek().is_none_or(|next| next.is_whitespace());
        ends += usize::from(matches!(letter, '.' | '?' | '!') && last);
    }
    ends
}

/// How often `mark` stands between two digits.
fn between_digits(text: &str, mark: char) -> usize {
    let letters: Vec<char> = text.chars().collect();
    let triples = letters.windows(3);
    triples
        .filter(|three| three[0].is_ascii_digit() && three[1] == mark && three[2].is_ascii_digit())
        .count()
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^23")]
fn log(count: usize) -> f32 {
    (count as f32).ln_1p()
}

#[expect(clippy::cast_precision_loss, reason = "lengths are far below 2^23")]
fn share(part: usize, whole: usize) -> f32 {
    part as f32 / whole.max(1) as f32
}

fn mean(values: impl Iterator<Item = f32>) -> f32 {
    let (sum, count) = values.fold((0.0, 0), |(sum, count), value| (sum + value, count + 1));
    sum / share(count, 1).max(1.0)
}

fn flag(is: bool) -> f32 {
    f32::from(u8::from(is))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_has_as_many_features_as_any_other() {
        for query in [
            "",
            "?",
            "A. \nB. x",
            "日本 1,000.5 🙂",
            "Why?\nA. one\nB) two\nAnswer:",
        ] {
            let features = surface(query);
            assert_eq!(features.len(), WIDTH, "{query}");
            assert!(features.iter().all(|value| value.is_finite()), "{query}");
        }
    }

    #[test]
    fn choices_are_told_from_the_question() {
        let (stem, choices) = parted("What is 2 + 2?\nA. 3\nB. 4, or\nfour\nAnswer:");
        assert_eq!(stem, "What is 2 + 2?");
        assert_eq!(choices, ["3", "4, or four"]);
        let (_, none) = parted("B. is not the first\nA.no space");
        assert!(none.is_empty());
    }

    #[test]
    fn words_and_numbers_are_parted() {
        let text = "Josh's 1,000.50 eggs: 3rd, x2.";
        assert_eq!(
            words(text),
            ["Josh's", "1,000.50", "eggs", "3", "rd", "x", "2"]
        );
        assert_eq!(between_digits("1.5 and 2. x 3/4", '.'), 1);
        assert_eq!(sentences("It is 1.5. Why? No"), 2);
    }
}
