//! A light English stemmer: enough that "defines", "defined" and "defining" are one word.
//!
//! It never takes off a prefix or "-less", "-ful" and the like: those change what is said.

const IRREGULAR: &[(&str, &str)] = &[
    ("children", "child"),
    ("men", "man"),
    ("women", "woman"),
    ("people", "person"),
    ("feet", "foot"),
    ("teeth", "tooth"),
    ("mice", "mouse"),
    ("wives", "wife"),
    ("lives", "life"),
    ("bought", "buy"),
    ("sent", "send"),
    ("paid", "pay"),
    ("made", "make"),
    ("held", "hold"),
    ("kept", "keep"),
    ("known", "know"),
    ("knew", "know"),
    ("given", "give"),
    ("gave", "give"),
    ("taken", "take"),
    ("took", "take"),
    ("seen", "see"),
    ("saw", "see"),
    ("meant", "mean"),
    ("analyses", "analysis"),
    ("criteria", "criterion"),
];

/// The stem of a lower-case `word`; words of other scripts come back as they are.
#[must_use]
pub fn stem(word: &str) -> String {
    let word = word
        .strip_suffix("'s")
        .unwrap_or(word)
        .trim_end_matches('\'');
    if !word.is_ascii() || word.len() < 3 {
        return word.to_owned();
    }
    if let Some((_, base)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*base).trim_end_matches('e').to_owned();
    }
    let singular = singular(word);
    let base = ["ing", "ed"]
        .iter()
        .find_map(|ending| without(&singular, ending))
        .unwrap_or(singular);
    match base.strip_suffix('e') {
        Some(short) if short.len() >= 3 => short.to_owned(),
        _ => match base.strip_suffix('y') {
            Some(short) if short.len() >= 3 => format!("{short}i"),
            _ => base,
        },
    }
}

fn singular(word: &str) -> String {
    if let Some(start) = word.strip_suffix("ies").filter(|start| start.len() >= 2) {
        return format!("{start}y");
    }
    let hissing = ["sses", "shes", "ches", "xes", "zes"];
    if hissing.iter().any(|ending| word.ends_with(ending)) {
        return word[..word.len() - 2].to_owned();
    }
    let kept = ["ss", "us", "is"];
    match word.strip_suffix('s') {
        Some(start) if start.len() >= 3 && !kept.iter().any(|ending| word.ends_with(ending)) => {
            start.to_owned()
        }
        _ => word.to_owned(),
    }
}

/// `word` without a verb's `ending`, if what is left can be a verb.
fn without(word: &str, ending: &str) -> Option<String> {
    let start = word.strip_suffix(ending)?;
    if start.len() < 3 || !start.contains(['a', 'e', 'i', 'o', 'u', 'y']) {
        return None;
    }
    let bytes = start.as_bytes();
    let last = bytes[bytes.len() - 1];
    let doubled =
        last == bytes[bytes.len() - 2] && !matches!(last, b'l' | b's' | b'z' | b'e' | b'o');
    let end = start.len() - usize::from(doubled);
    Some(start[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::stem;

    #[test]
    fn forms_of_a_word_share_a_stem() {
        for (one, other) in [
            ("defines", "defining"),
            ("defined", "define"),
            ("societies", "society"),
            ("classes", "class"),
            ("planned", "planning"),
            ("children", "child"),
            ("women", "woman"),
            ("varies", "varied"),
            ("customer's", "customers"),
            ("returned", "returns"),
            ("made", "making"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} / {other}");
        }
    }

    #[test]
    fn opposites_keep_apart() {
        for (one, other) in [
            ("legal", "illegal"),
            ("careful", "careless"),
            ("like", "unlike"),
            ("thing", "th"),
        ] {
            assert_ne!(stem(one), stem(other), "{one} / {other}");
        }
    }
}
