//! The closed lists of English words that the other files look things up in.

/// Words that carry no statement of their own.
pub(super) const STOP: &[&str] = &[
    "a", "about", "also", "am", "an", "and", "are", "as", "at", "be", "been", "being", "both",
    "did", "do", "does", "for", "had", "has", "have", "he", "her", "here", "him", "his", "how",
    "i", "in", "is", "it", "its", "itself", "me", "my", "of", "on", "our", "own", "s", "she", "so",
    "such", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those",
    "to", "too", "us", "very", "was", "we", "were", "what", "when", "where", "which", "who",
    "whom", "whose", "why", "will", "with", "would", "you", "your", "yes",
];

/// Small words whose place between two others decides who does what to whom.
pub(super) const RELATIONS: &[&str] = &["by", "from", "into", "than", "or", "against"];

/// Words that turn a statement round or nearly so.
pub(super) const NEGATIONS: &[&str] = &[
    "not",
    "no",
    "never",
    "none",
    "nobody",
    "nothing",
    "neither",
    "nor",
    "nowhere",
    "without",
    "cannot",
    "hardly",
    "barely",
    "scarcely",
    "rarely",
    "seldom",
    "false",
    "falsely",
    "myth",
    "wrong",
    "wrongly",
    "mistaken",
    "mistakenly",
    "incorrect",
    "incorrectly",
    "untrue",
    "unlike",
];

/// Words that narrow a statement: leaving them out makes it say more.
pub(super) const CONDITIONS: &[&str] = &[
    "if", "unless", "except", "provided", "only", "whether", "until",
];

/// Words that set a second statement against the first.
pub(super) const CONTRASTS: &[&str] = &[
    "although", "but", "while", "whereas", "however", "though", "instead", "rather", "yet",
];

/// What may or must be done; words of a class stand for each other.
pub(super) const MODALS: &[(&str, &str)] = &[
    ("can", "may"),
    ("could", "may"),
    ("may", "may"),
    ("might", "may"),
    ("must", "must"),
    ("shall", "must"),
    ("should", "should"),
    ("ought", "should"),
];

/// Numbers in words; "one" is left out, as it mostly isn't one.
pub(super) const NUMBERS: &[(&str, &str)] = &[
    ("zero", "0"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("ten", "10"),
    ("eleven", "11"),
    ("twelve", "12"),
    ("thirteen", "13"),
    ("fourteen", "14"),
    ("fifteen", "15"),
    ("sixteen", "16"),
    ("seventeen", "17"),
    ("eighteen", "18"),
    ("nineteen", "19"),
    ("twenty", "20"),
    ("thirty", "30"),
    ("forty", "40"),
    ("fifty", "50"),
    ("sixty", "60"),
    ("seventy", "70"),
    ("eighty", "80"),
    ("ninety", "90"),
    ("hundred", "100"),
    ("thousand", "1000"),
    ("million", "1000000"),
    ("billion", "1000000000"),
];

/// Signs that are words.
pub(super) const SIGNS: &[(&str, &str)] = &[
    ("%", "percent"),
    ("％", "percent"),
    ("$", "dollar"),
    ("€", "euro"),
    ("£", "pound"),
    ("¥", "yen"),
    ("°", "degree"),
];

/// Negations of Chinese and Japanese writing, sign by sign.
pub(super) const WIDE_NEGATIONS: &[&str] = &["不", "没", "沒", "無", "无", "非", "未", "勿", "别"];

/// Words that tie a sentence to the one before and say nothing themselves, longest first.
const CONNECTIVES: &[&str] = &[
    "on the other hand, ",
    "for this reason, ",
    "as a consequence, ",
    "in other words, ",
    "as a result, ",
    "for example, ",
    "for instance, ",
    "in contrast, ",
    "in addition, ",
    "additionally, ",
    "nevertheless, ",
    "consequently, ",
    "furthermore, ",
    "therefore, ",
    "similarly, ",
    "of course, ",
    "in fact, ",
    "moreover, ",
    "however, ",
    "finally, ",
    "overall, ",
    "instead, ",
    "indeed, ",
    "again, ",
    "thus, ",
    "also, ",
    "then, ",
    "but ",
    "and ",
    "so ",
];

/// Stems of words that join a term to its meaning.
const CUES: &[&str] = &[
    "call",
    "defin",
    "definition",
    "describ",
    "know",
    "mean",
    "nam",
    "refer",
    "term",
];

/// Openings that point back to the sentence before.
const REFERENCES: &[&str] = &[
    "he", "her", "his", "it", "its", "she", "such", "that", "their", "them", "these", "they",
    "this", "those",
];

/// Whether the stem `form` joins a term to its meaning ("called", "means", "refers"); such a word
/// may stand in an answer though its passage has another way to say it.
#[must_use]
pub fn is_cue(form: &str) -> bool {
    CUES.contains(&form)
}

/// Whether `form` takes back part of what was said before it.
#[must_use]
pub fn is_reservation(form: &str) -> bool {
    matches!(form, "but" | "however" | "though" | "although" | "yet")
}

/// Whether a lower-case `word` right after a term begins what it is.
#[must_use]
pub fn is_definition_cue(word: &str) -> bool {
    matches!(word, "is" | "are" | "was" | "were" | "be") || is_cue(&super::stem(word))
}

/// Whether `sentence` begins with a word that points back, so that it can't stand alone.
#[must_use]
pub fn opens_with_reference(sentence: &str) -> bool {
    let mut words = sentence
        .split(|sign: char| !sign.is_alphanumeric())
        .filter(|word| !word.is_empty());
    words
        .next()
        .is_some_and(|word| REFERENCES.contains(&word.to_lowercase().as_str()))
}

/// `sentence` without a connective at its beginning; the rest begins in lower case, as it stood.
#[must_use]
pub fn without_connective(sentence: &str) -> &str {
    let cut = CONNECTIVES.iter().find(|connective| {
        sentence
            .get(..connective.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(connective))
    });
    cut.map_or(sentence, |connective| {
        sentence[connective.len()..].trim_start()
    })
}

/// `text` with its first letter in upper case.
#[must_use]
pub fn capitalised(text: &str) -> String {
    let mut signs = text.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}
