//! The closed lists of English words by which messages are taken apart.

/// Words that ask.
const ASKING: &[&str] = &[
    "how", "what", "when", "where", "which", "who", "whom", "whose", "why",
];

/// What may stand beside an asking word and asks no more than it: "how much exactly".
const MEASURES: &[&str] = &[
    "big", "come", "else", "exactly", "far", "for", "from", "long", "many", "much", "not", "often",
    "since", "so", "soon", "then", "until",
];

/// Verbs that help another.
const HELPERS: &[&str] = &[
    "am",
    "are",
    "aren't",
    "be",
    "been",
    "can",
    "can't",
    "cannot",
    "could",
    "couldn't",
    "did",
    "didn't",
    "do",
    "does",
    "doesn't",
    "don't",
    "had",
    "has",
    "have",
    "haven't",
    "is",
    "isn't",
    "may",
    "might",
    "must",
    "shall",
    "should",
    "shouldn't",
    "was",
    "wasn't",
    "were",
    "will",
    "won't",
    "would",
    "wouldn't",
];

/// Pronouns of those who talk and of what they talk about.
const PRONOUNS: &[&str] = &[
    "anyone",
    "anything",
    "he",
    "her",
    "him",
    "i",
    "it",
    "me",
    "one",
    "ones",
    "she",
    "someone",
    "something",
    "that",
    "them",
    "there",
    "they",
    "this",
    "us",
    "we",
    "you",
];

/// Of these, those that do something: the next word is a verb.
const SUBJECTS: &[&str] = &["he", "i", "she", "they", "we", "you"];

/// Words that begin a noun phrase.
const DETERMINERS: &[&str] = &[
    "a", "an", "any", "both", "each", "every", "her", "his", "its", "my", "no", "our", "some",
    "that", "the", "their", "these", "this", "those", "your",
];

/// Words that tie a noun phrase to what is before it.
const PREPOSITIONS: &[&str] = &[
    "about", "after", "around", "at", "before", "between", "by", "during", "for", "from", "in",
    "into", "near", "of", "on", "over", "per", "since", "through", "to", "under", "with", "within",
    "without",
];

/// Words that begin another clause.
const JOINTS: &[&str] = &[
    "although", "and", "as", "because", "but", "if", "or", "so", "than", "though", "unless",
    "until", "while",
];

/// Small words of time, manner and place, that are no part of a noun phrase.
const ADVERBS: &[&str] = &[
    "again",
    "ago",
    "already",
    "also",
    "away",
    "down",
    "else",
    "ever",
    "here",
    "instead",
    "just",
    "later",
    "longer",
    "more",
    "never",
    "not",
    "now",
    "off",
    "ok",
    "only",
    "out",
    "please",
    "really",
    "recently",
    "still",
    "then",
    "today",
    "together",
    "tomorrow",
    "too",
    "up",
    "usually",
    "yesterday",
    "yet",
];

/// What a question often ends with, right after what it asks about: "the shop in Leipzig *open*".
const PREDICATES: &[&str] = &[
    "allowed",
    "arrive",
    "available",
    "be",
    "begin",
    "closed",
    "come",
    "cost",
    "count",
    "dangerous",
    "end",
    "expire",
    "form",
    "formed",
    "free",
    "go",
    "good",
    "happen",
    "hold",
    "kept",
    "last",
    "late",
    "made",
    "mean",
    "mounted",
    "necessary",
    "need",
    "open",
    "place",
    "possible",
    "ready",
    "run",
    "safe",
    "start",
    "take",
    "used",
    "valid",
    "watered",
    "weigh",
    "went",
    "work",
];

/// Verbs and openings that say nothing of what is talked about.
const LIGHT: &[&str] = &[
    "ask", "bought", "buy", "find", "get", "give", "go", "got", "happen", "happens", "help",
    "know", "let", "like", "look", "make", "mean", "means", "need", "order", "put", "say", "see",
    "sell", "tell", "think", "try", "use", "want", "wonder", "work", "works",
];

/// Verbs that begin an order or a search: what follows is complete.
const COMMANDS: &[&str] = &[
    "add",
    "book",
    "buy",
    "call",
    "cancel",
    "change",
    "check",
    "close",
    "compare",
    "confirm",
    "connect",
    "contact",
    "correct",
    "create",
    "delete",
    "describe",
    "dim",
    "download",
    "edit",
    "find",
    "get",
    "give",
    "help",
    "increase",
    "let's",
    "list",
    "locate",
    "lock",
    "mute",
    "need",
    "open",
    "order",
    "pair",
    "pay",
    "play",
    "please",
    "recover",
    "reduce",
    "register",
    "remind",
    "remove",
    "report",
    "request",
    "reset",
    "return",
    "send",
    "set",
    "show",
    "speak",
    "start",
    "stop",
    "switch",
    "talk",
    "tell",
    "track",
    "translate",
    "turn",
    "unlock",
    "update",
    "use",
    "want",
    "write",
];

/// Small words that English doesn't share with its neighbours ("was", "in", "so" are German too).
const ENGLISH: &[&str] = &[
    "and", "any", "are", "can", "could", "did", "do", "does", "from", "get", "have", "how", "is",
    "it", "may", "my", "of", "should", "that", "the", "there", "they", "this", "to", "we", "what",
    "when", "where", "which", "who", "why", "with", "would", "you", "your",
];

/// Before a "to" that belongs to a verb.
const BEFORE_VERB: &[&str] = &[
    "able", "allowed", "better", "cost", "costs", "do", "easy", "going", "hard", "has", "have",
    "how", "like", "long", "need", "needed", "ok", "possible", "safe", "supposed", "take", "takes",
    "time", "try", "used", "want", "way",
];

/// Nouns that make of "this" the present one and not the one before: "this week".
const PRESENT: &[&str] = &[
    "afternoon",
    "app",
    "chat",
    "evening",
    "month",
    "morning",
    "page",
    "shop",
    "site",
    "store",
    "time",
    "website",
    "week",
    "weekend",
    "year",
];

/// Said before the matter, or after it, without saying anything.
const COURTESIES: &[&str] = &[
    "ah", "alright", "cool", "fine", "good", "great", "hello", "hey", "hi", "hm", "hmm", "nice",
    "no", "oh", "ok", "okay", "perfect", "sorry", "sure", "thanks", "thx", "um", "well", "yeah",
    "yes",
];

/// A message with one of these, and nothing but these and [`ASSENTING`], takes up what was said or
/// offered, and asks for nothing that could be looked up.
const ASSENTS: &[&str] = &[
    "ahead",
    "continue",
    "correct",
    "detail",
    "details",
    "elaborate",
    "exactly",
    "example",
    "explain",
    "further",
    "it",
    "instance",
    "maybe",
    "mean",
    "more",
    "no",
    "nope",
    "ok",
    "okay",
    "please",
    "right",
    "such",
    "sure",
    "that",
    "this",
    "yeah",
    "yep",
    "yes",
];

/// Stand beside an assent.
const ASSENTING: &[&str] = &[
    "an", "and", "as", "can", "could", "do", "does", "for", "give", "go", "i", "me", "on", "so",
    "tell", "what", "would", "you",
];

/// At the end of a fragment these say that it goes on with something.
const TRAILERS: &[&str] = &["too", "also", "then", "instead", "well", "please", "again"];

macro_rules! listed {
    ($($name:ident in $list:ident),* $(,)?) => {
        $(pub(super) fn $name(word: &str) -> bool {
            $list.contains(&word)
        })*
    };
}

listed! {
    asks in ASKING,
    is_measure in MEASURES,
    is_english in ENGLISH,
    helps in HELPERS,
    is_pronoun in PRONOUNS,
    is_subject in SUBJECTS,
    is_determiner in DETERMINERS,
    is_preposition in PREPOSITIONS,
    is_joint in JOINTS,
    is_adverb in ADVERBS,
    is_predicate in PREDICATES,
    is_light in LIGHT,
    is_command in COMMANDS,
    goes_before_verb in BEFORE_VERB,
    is_present in PRESENT,
    is_courtesy in COURTESIES,
    is_trailer in TRAILERS,
    assents in ASSENTS,
    stands_with_assent in ASSENTING,
}
