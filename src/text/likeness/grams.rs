//! Runs of three signs.

/// Bits of a character: there are fewer than 2^21.
const BITS: u32 = 21;

/// The runs of three signs of `text`, sorted, as often as they occur. Case, marks and repeated space
/// don't count; a word's first and last sign count more, since a space stands beside them.
pub(super) fn trigrams(text: &str) -> Vec<u64> {
    let words = text
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let mut signs = vec![' '];
    for word in words {
        signs.extend(word.chars().flat_map(char::to_lowercase));
        signs.push(' ');
    }
    of(&signs)
}

/// Those of a single word.
pub(super) fn of_word(word: &str) -> Vec<u64> {
    let signs: Vec<char> = std::iter::once(' ')
        .chain(word.chars())
        .chain(std::iter::once(' '))
        .collect();
    of(&signs)
}

fn of(signs: &[char]) -> Vec<u64> {
    let packed = signs.windows(3).map(|run| {
        run.iter().fold(0, |packed, &sign| {
            packed << BITS | u64::from(u32::from(sign))
        })
    });
    let mut packed: Vec<u64> = packed.collect();
    packed.sort_unstable();
    packed
}
