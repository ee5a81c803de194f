//! Words that turn a request into its opposite.

use std::{collections::HashMap, sync::LazyLock};

use super::{Word, stem};

/// Pairs of opposites; a closed list.
const OPPOSITES: &[(&str, &str)] = &[
    ("above", "below"),
    ("accept", "decline"),
    ("accept", "refuse"),
    ("accept", "reject"),
    ("add", "delete"),
    ("add", "remove"),
    ("add", "subtract"),
    ("advantage", "disadvantage"),
    ("after", "before"),
    ("alive", "dead"),
    ("all", "none"),
    ("allow", "ban"),
    ("allow", "block"),
    ("allow", "deny"),
    ("allow", "forbid"),
    ("allow", "prevent"),
    ("always", "never"),
    ("am", "pm"),
    ("answer", "question"),
    ("approve", "reject"),
    ("arrive", "depart"),
    ("arrive", "leave"),
    ("ascend", "descend"),
    ("attach", "detach"),
    ("back", "front"),
    ("bad", "good"),
    ("begin", "end"),
    ("begin", "stop"),
    ("benefit", "risk"),
    ("best", "worst"),
    ("better", "worse"),
    ("big", "small"),
    ("boost", "reduce"),
    ("borrow", "lend"),
    ("bottom", "top"),
    ("boy", "girl"),
    ("brighten", "dim"),
    ("brother", "sister"),
    ("buy", "sell"),
    ("buyer", "seller"),
    ("ceiling", "floor"),
    ("cheap", "expensive"),
    ("child", "parent"),
    ("close", "open"),
    ("cold", "hot"),
    ("collapse", "expand"),
    ("compress", "decompress"),
    ("compress", "extract"),
    ("cons", "pros"),
    ("cool", "warm"),
    ("create", "delete"),
    ("create", "remove"),
    ("credit", "debit"),
    ("dark", "light"),
    ("daughter", "son"),
    ("day", "night"),
    ("decline", "increase"),
    ("decode", "encode"),
    ("decrease", "increase"),
    ("decrease", "raise"),
    ("decrypt", "encrypt"),
    ("deposit", "withdraw"),
    ("deposit", "withdrawal"),
    ("deselect", "select"),
    ("difficult", "easy"),
    ("disable", "enable"),
    ("disconnect", "connect"),
    ("divide", "multiply"),
    ("domestic", "international"),
    ("down", "up"),
    ("download", "upload"),
    ("dry", "wet"),
    ("earlier", "later"),
    ("early", "late"),
    ("east", "west"),
    ("employee", "employer"),
    ("empty", "fill"),
    ("empty", "full"),
    ("enter", "exit"),
    ("evening", "morning"),
    ("exclude", "include"),
    ("export", "import"),
    ("external", "internal"),
    ("fall", "rise"),
    ("false", "true"),
    ("fast", "slow"),
    ("fat", "thin"),
    ("father", "mother"),
    ("female", "male"),
    ("few", "many"),
    ("fewer", "more"),
    ("first", "last"),
    ("forget", "remember"),
    ("gain", "lose"),
    ("grow", "shrink"),
    ("happy", "sad"),
    ("hard", "easy"),
    ("hard", "soft"),
    ("harm", "help"),
    ("hate", "like"),
    ("hate", "love"),
    ("heavy", "light"),
    ("hide", "show"),
    ("high", "low"),
    ("higher", "lower"),
    ("highest", "lowest"),
    ("husband", "wife"),
    ("in", "out"),
    ("inbound", "outbound"),
    ("incoming", "outgoing"),
    ("increase", "lower"),
    ("increase", "reduce"),
    ("input", "output"),
    ("inside", "outside"),
    ("join", "leave"),
    ("landlord", "tenant"),
    ("large", "small"),
    ("largest", "smallest"),
    ("least", "most"),
    ("left", "right"),
    ("less", "more"),
    ("lock", "unlock"),
    ("login", "logout"),
    ("long", "short"),
    ("longest", "shortest"),
    ("lose", "win"),
    ("lower", "raise"),
    ("major", "minor"),
    ("man", "woman"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("minus", "plus"),
    ("multiple", "single"),
    ("mute", "unmute"),
    ("negative", "positive"),
    ("new", "old"),
    ("night", "morning"),
    ("north", "south"),
    ("off", "on"),
    ("offline", "online"),
    ("old", "young"),
    ("older", "younger"),
    ("over", "under"),
    ("pause", "resume"),
    ("poor", "rich"),
    ("private", "public"),
    ("pull", "push"),
    ("raise", "reduce"),
    ("read", "write"),
    ("receive", "send"),
    ("recipient", "sender"),
    ("right", "wrong"),
    ("start", "stop"),
    ("strong", "weak"),
    ("student", "teacher"),
    ("sunrise", "sunset"),
    ("thick", "thin"),
    ("today", "tomorrow"),
    ("today", "yesterday"),
    ("tomorrow", "yesterday"),
];

/// The opposites of each word of [`OPPOSITES`], as words are read.
static OPPOSITES_OF: LazyLock<HashMap<String, Vec<String>>> = LazyLock::new(|| {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for &(one, other) in OPPOSITES {
        all.entry(stem(one)).or_default().push(stem(other));
        all.entry(stem(other)).or_default().push(stem(one));
    }
    all
});

/// Beginnings that turn a word into its opposite, if the other text has the rest.
const PREFIXES: &[&str] = &["un", "dis", "de", "in", "im", "non", "il", "ir"];
/// After a shorter rest, it is another word rather than an opposite.
const SHORTEST_REST: usize = 4;

/// 1 where a word of one text has its opposite in the other, and neither text has both; else 0.
pub(super) fn opposed(one: &[Word], other: &[Word]) -> f32 {
    let here = alone(one, other);
    let there = alone(other, one);
    let found = here.iter().any(|form| {
        let listed = OPPOSITES_OF.get(*form).map_or(&[][..], Vec::as_slice);
        there.iter().any(|other| {
            let is_listed = listed.iter().any(|opposite| opposite == other);
            is_listed || is_turned(form, other) || is_turned(other, form)
        })
    });
    f32::from(u8::from(found))
}

/// The forms that only `words` has.
fn alone<'a>(words: &'a [Word], against: &[Word]) -> Vec<&'a str> {
    let forms = words.iter().map(|word| word.form.as_str());
    forms
        .filter(|form| !against.iter().any(|word| word.form == *form))
        .collect()
}

/// Whether `word` is `rest` with a beginning that turns it round.
fn is_turned(word: &str, rest: &str) -> bool {
    rest.len() >= SHORTEST_REST
        && word
            .strip_suffix(rest)
            .is_some_and(|beginning| PREFIXES.contains(&beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read;

    fn are(one: &str, other: &str) -> bool {
        opposed(&read(one), &read(other)) > 0.5
    }

    #[test]
    fn a_request_and_its_opposite() {
        for (one, other) in [
            (
                "How do I enable notifications?",
                "How do I disable notifications?",
            ),
            ("turn the lights on", "turn off the lights"),
            ("I want to subscribe", "I want to unsubscribe"),
            ("Can I increase my limit?", "Can I decrease the limit?"),
            ("buy shares", "selling shares"),
            ("hide my profile", "show my profile"),
            ("Are you open early?", "Are you open late?"),
        ] {
            assert!(are(one, other), "{one} / {other}");
        }
    }

    #[test]
    fn other_words_for_the_same_are_no_opposite() {
        for (one, other) in [
            ("turn the lights on", "switch on the lights"),
            ("How do I open and close it?", "How do I close and open it?"),
            ("cancel my order", "I want to cancel the order"),
        ] {
            assert!(!are(one, other), "{one} / {other}");
        }
    }
}
