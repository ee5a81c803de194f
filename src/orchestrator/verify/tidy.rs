//! Takes off what a model puts around an answer: lead-ins, quotation marks, its own source marks.

use crate::text::capitalised;

/// Lead-ins that say nothing; matched without case, longest first.
const LEAD_INS: &[&str] = &[
    "according to the text, ",
    "according to the passage, ",
    "based on the text, ",
    "based on the passage, ",
    "the text says that ",
    "the text says: ",
    "the text states that ",
    "the passage states that ",
    "the passage says that ",
    "the answer is that ",
    "the answer is: ",
    "certainly! ",
    "of course! ",
    "of course, ",
    "certainly, ",
    "yes, ",
    "sure, ",
    "sure! ",
    "answer: ",
];

/// The answer itself.
pub(super) fn tidy(answer: &str) -> String {
    let mut text = without_marks(answer.trim());
    while let Some(rest) = without_lead_in(&text) {
        text = capitalised(rest);
    }
    let unquoted = unquoted(text.trim());
    unquoted.trim().to_owned()
}

/// What is shown ends like a sentence, if it is one.
pub(super) fn finish(text: &str) -> String {
    let open = text.ends_with(char::is_alphanumeric) && text.split_whitespace().count() > 3;
    format!("{text}{}", if open { "." } else { "" })
}

/// Whether `text` ends like a sentence.
pub(super) fn is_ended(text: &str) -> bool {
    text.trim_end_matches(['"', '”', '’', ')', ' '])
        .ends_with(['.', '!', '?', '…', '。', '！', '？'])
}

fn without_lead_in(text: &str) -> Option<&str> {
    LEAD_INS.iter().find_map(|lead_in| {
        let head = text.get(..lead_in.len())?;
        head.eq_ignore_ascii_case(lead_in)
            .then(|| &text[lead_in.len()..])
    })
}

/// Without "[1]" and the like: which passage supports an answer is found, not believed.
fn without_marks(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = rest.find('[') {
        let after = &rest[open + 1..];
        let digits = after.bytes().take_while(u8::is_ascii_digit).count();
        let is_mark = (1..=2).contains(&digits) && after[digits..].starts_with(']');
        bare.push_str(rest[..open].trim_end_matches(if is_mark { ' ' } else { '\0' }));
        if is_mark {
            rest = &after[digits + 1..];
        } else {
            bare.push('[');
            rest = after;
        }
    }
    bare + rest
}

/// Text that begins with a quotation mark ends at its partner; a lone mark goes.
fn unquoted(text: &str) -> String {
    let straight = text.matches('"').count();
    if let Some(inner) = text.strip_prefix('"') {
        return inner.split('"').next().unwrap_or(inner).to_owned();
    }
    if straight == 1 && text.ends_with('"') {
        return text.trim_end_matches('"').to_owned();
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn what_surrounds_an_answer_goes() {
        for (raw, expected) in [
            ("According to the text, tea is hot [2].", "Tea is hot."),
            ("The text says: \"Tea is hot.\" And so on", "Tea is hot."),
            ("Tea is hot.\"", "Tea is hot."),
            ("Yes, tea is \"hot\".", "Tea is \"hot\"."),
            ("See [a] and [12]", "See [a] and"),
        ] {
            assert_eq!(tidy(raw), expected);
        }
    }
}
