//! Words that turn a request into its opposite.

use std::{collections::HashMap, sync::LazyLock};

use super::{Word, stem};

/// Pairs of opposites; a closed list.
const OPPOSITES: &[(&str, &str)] = &[
    ("above", "below"),
    ("accelerate", "decelerate"),
    ("accept", "decline"),
    ("accept", "refuse"),
    ("accept", "reject"),
    ("acid", "base"),
    ("acquired", "congenital"),
    ("acute", "chronic"),
    ("add", "delete"),
    ("add", "remove"),
    ("add", "subtract"),
    ("adult", "child"),
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
    ("annual", "monthly"),
    ("answer", "question"),
    ("anticlockwise", "clockwise"),
    ("antonym", "synonym"),
    ("approve", "reject"),
    ("arm", "disarm"),
    ("arrive", "depart"),
    ("arrive", "leave"),
    ("ascend", "descend"),
    ("attach", "detach"),
    ("back", "front"),
    ("bacterial", "viral"),
    ("bad", "good"),
    ("begin", "end"),
    ("begin", "stop"),
    ("benefit", "risk"),
    ("benign", "malignant"),
    ("best", "worst"),
    ("better", "worse"),
    ("big", "small"),
    ("boost", "decrease"),
    ("boost", "lower"),
    ("boost", "reduce"),
    ("borrow", "lend"),
    ("bottom", "top"),
    ("boy", "girl"),
    ("brighten", "dim"),
    ("brighter", "darker"),
    ("brighter", "dimmer"),
    ("brother", "sister"),
    ("business", "personal"),
    ("buy", "sell"),
    ("buyer", "seller"),
    ("cancel", "reinstate"),
    ("cancel", "renew"),
    ("ceiling", "floor"),
    ("cheap", "expensive"),
    ("child", "parent"),
    ("clockwise", "counterclockwise"),
    ("close", "open"),
    ("cold", "hot"),
    ("colder", "hotter"),
    ("colder", "warmer"),
    ("collapse", "expand"),
    ("compress", "decompress"),
    ("compress", "extract"),
    ("concave", "convex"),
    ("cons", "pros"),
    ("cool", "heat"),
    ("cool", "warm"),
    ("cooler", "warmer"),
    ("create", "delete"),
    ("create", "remove"),
    ("credit", "debit"),
    ("daily", "monthly"),
    ("daily", "weekly"),
    ("dark", "light"),
    ("daughter", "son"),
    ("day", "night"),
    ("decline", "increase"),
    ("decode", "encode"),
    ("decrease", "increase"),
    ("decrease", "raise"),
    ("decrease", "up"),
    ("decrypt", "encrypt"),
    ("defendant", "plaintiff"),
    ("demand", "supply"),
    ("denominator", "numerator"),
    ("deposit", "withdraw"),
    ("deposit", "withdrawal"),
    ("deselect", "select"),
    ("diastolic", "systolic"),
    ("difficult", "easy"),
    ("disable", "enable"),
    ("disconnect", "connect"),
    ("divide", "multiply"),
    ("domestic", "international"),
    ("dominant", "recessive"),
    ("down", "increase"),
    ("down", "raise"),
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
    ("even", "odd"),
    ("evening", "morning"),
    ("exclude", "include"),
    ("export", "import"),
    ("extend", "shorten"),
    ("external", "internal"),
    ("fall", "rise"),
    ("false", "true"),
    ("fast", "slow"),
    ("fat", "thin"),
    ("father", "mother"),
    ("female", "male"),
    ("few", "many"),
    ("fewer", "more"),
    ("fire", "hire"),
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
    ("horizontal", "vertical"),
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
    ("latitude", "longitude"),
    ("least", "most"),
    ("left", "right"),
    ("lengthen", "shorten"),
    ("less", "more"),
    ("lock", "unlock"),
    ("login", "logout"),
    ("long", "short"),
    ("longest", "shortest"),
    ("loosen", "tighten"),
    ("lose", "win"),
    ("louder", "quieter"),
    ("lower", "raise"),
    ("lower", "up"),
    ("lower", "upper"),
    ("major", "minor"),
    ("man", "woman"),
    ("max", "min"),
    ("maximum", "minimum"),
    ("men", "women"),
    ("merge", "split"),
    ("minus", "plus"),
    ("monthly", "weekly"),
    ("monthly", "yearly"),
    ("multiple", "single"),
    ("mute", "unmute"),
    ("negative", "positive"),
    ("new", "old"),
    ("newest", "oldest"),
    ("night", "morning"),
    ("north", "south"),
    ("off", "on"),
    ("offline", "online"),
    ("old", "young"),
    ("older", "younger"),
    ("over", "under"),
    ("parallel", "perpendicular"),
    ("pause", "resume"),
    ("physical", "virtual"),
    ("poor", "rich"),
    ("prefix", "suffix"),
    ("primary", "secondary"),
    ("private", "public"),
    ("pull", "push"),
    ("raise", "reduce"),
    ("read", "write"),
    ("receive", "send"),
    ("recipient", "sender"),
    ("reduce", "up"),
    ("right", "wrong"),
    ("save", "spend"),
    ("start", "stop"),
    ("strong", "weak"),
    ("student", "teacher"),
    ("sunrise", "sunset"),
    ("thick", "thin"),
    ("today", "tomorrow"),
    ("today", "yesterday"),
    ("tomorrow", "yesterday"),
    ("wired", "wireless"),
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
/// Beginnings that are each other's opposites, if the rest is the same.
const OPPOSITE_BEGINNINGS: &[(&str, &str)] = &[
    ("down", "up"),
    ("endo", "exo"),
    ("ex", "in"),
    ("hyper", "hypo"),
    ("in", "out"),
    ("inter", "intra"),
    ("macro", "micro"),
    ("max", "min"),
    ("over", "under"),
    ("post", "pre"),
];
/// After a shorter rest, it is another word rather than an opposite.
const SHORTEST_REST: usize = 4;

/// Words after which "out" is no opposite of "in": "find out", "figure out", as they are read.
const FOUND_OUT: &[&str] = &["find", "figur"];

/// A word of the one text and its opposite in the other, where neither text has both.
pub(super) fn pair<'a>(one: &'a [Word], other: &'a [Word]) -> Option<(&'a str, &'a str)> {
    let there = alone(other, one);
    alone(one, other).into_iter().find_map(|form| {
        let listed = OPPOSITES_OF.get(form).map_or(&[][..], Vec::as_slice);
        let opposite = there.iter().find(|other| {
            let is_listed = listed.iter().any(|opposite| opposite == *other);
            is_listed
                || is_turned(form, other)
                || is_turned(other, form)
                || begin_oppositely(form, other)
        });
        opposite.map(|opposite| (form, *opposite))
    })
}

/// The forms that only `words` has.
fn alone<'a>(words: &'a [Word], against: &[Word]) -> Vec<&'a str> {
    let before = std::iter::once("").chain(words.iter().map(|word| word.form.as_str()));
    let forms = before.zip(words.iter().map(|word| word.form.as_str()));
    let forms = forms.filter(|(before, form)| *form != "out" || !FOUND_OUT.contains(before));
    forms
        .map(|(_, form)| form)
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

/// Whether two words differ in nothing but their beginnings, and those are opposites.
fn begin_oppositely(one: &str, other: &str) -> bool {
    OPPOSITE_BEGINNINGS.iter().any(|&(first, second)| {
        let parted = |one: &str, other: &str| {
            let (rest, other) = (one.strip_prefix(first), other.strip_prefix(second));
            rest.is_some_and(|rest| rest.len() >= SHORTEST_REST) && rest == other
        };
        parted(one, other) || parted(other, one)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::read;

    fn are(one: &str, other: &str) -> bool {
        pair(&read(one), &read(other)).is_some()
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
            ("turn up the volume", "please lower the volume"),
            ("Are you open early?", "Are you open late?"),
            ("How do I upgrade my plan?", "How do I downgrade my plan?"),
            (
                "What are the symptoms of hyperthyroidism?",
                "What are the symptoms of hypothyroidism?",
            ),
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
            ("Finding out who wrote in Gmail", "In Gmail, who wrote?"),
        ] {
            assert!(!are(one, other), "{one} / {other}");
        }
    }
}
