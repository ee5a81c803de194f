"""Other ways to put a question, so that a small model learns what is asked and not how.

Pure functions on a text and a `random.Random`; none changes what the answer is. `synonyms` reads
WordNet where Debian's `wordnet-base` is installed and changes nothing where it isn't.
"""

import re
from functools import lru_cache
from pathlib import Path
from random import Random

from .hands import mistype, slip
from .rephrasings import INTRODUCTIONS, KEYWORDS, PATTERNS

WORDNET = Path("/usr/share/wordnet")
SENSES = 4  # A word with more of them is too likely to be meant otherwise.
DROPPABLE = set("the a an is are was were do does did of in to for please exactly actually".split())
QUESTION_WORD = re.compile(
    r"(When|Where|How long|How much|How many|Why|How|In what year|In which year|What|Who) (is|was|are|were) (.+?)\?",
    re.I,
)
IRREGULAR = (
    """born borne built made held found written taken given known called won lost sold sent spent drawn grown
shown thrown worn torn sung begun done gone seen spoken broken chosen driven eaten fallen forgotten hidden ridden
risen stolen bought brought caught taught fought kept left led met paid put said set shot struck told understood
laid hung dug cut hit hurt cast spread fed bred bound flown frozen woven""".split()
)
PARTICIPLE = rf"(?<!the )(?<!an )(?<!a )(?<!of )(?<!being )(?:[a-z]+ed|{'|'.join(IRREGULAR)})"


def lowercase(text: str) -> str:
    """`text` without capitals and without its closing mark."""
    return text.lower().rstrip("?.! ")


def typos(text: str, random: Random, rate: float = 0.06) -> str:
    """About one word in sixteen mistyped, at least one; names, numbers and short words stay."""
    words = text.split(" ")
    plain = [at for at, word in enumerate(words) if re.fullmatch(r"[a-z]{4,}", word)]
    if not plain:
        return mistype(text, random)
    for at in random.sample(plain, max(1, min(len(plain), round(rate * len(words))))):
        words[at] = slip(words[at], random)
    return " ".join(words)


def drop_words(text: str, random: Random, rate: float = 0.5) -> str:
    """Some of the small words left out, as in a search box; the first word and all that bears sense stay."""
    first, *rest = text.split(" ")
    return " ".join(
        [first, *(word for word in rest if word.lower() not in DROPPABLE or random.random() > rate)]
    )


def reorder_question(text: str) -> str:
    """The question word moved to the end: "When was X born?" -> "X was born when?"; else `text`."""
    found = QUESTION_WORD.fullmatch(text.strip())
    if not found:
        return text
    asks, verb, rest = found.groups()
    asks = asks[:1].lower() + asks[1:]
    if asks in ("what", "who"):
        short = rest.startswith(("the ", "a ")) and len(rest.split()) < 9
        return f"{rest[:1].upper()}{rest[1:]} {verb} {asks}?" if short else text
    if parts := re.fullmatch(rf"(.+?) ({PARTICIPLE}\b.*)", rest):
        return f"{parts[1][:1].upper()}{parts[1][1:]} {verb} {parts[2]} {asks}?"
    if asks in ("when", "where") and not re.search(r"\b(in|at|on|from|to|by|that|who|which)\b", rest):
        return f"{rest[:1].upper()}{rest[1:]} {verb} {asks}?"
    return text


def rephrase(question: str, random: Random) -> str:
    """The question by one of the patterns that fit it, introduced politely, or as keywords."""
    question = " ".join(question.split())
    fitting = [(pattern, forms) for pattern, forms in PATTERNS if pattern.fullmatch(question)]
    if fitting and random.random() < 0.6:
        pattern, forms = random.choice(fitting)
        made = pattern.sub(random.choice(forms), question, count=1)
        return made[:1].upper() + made[1:]
    keyed = [(pattern, form) for pattern, form in KEYWORDS if pattern.fullmatch(question)]
    if keyed and random.random() < 0.3:
        pattern, form = random.choice(keyed)
        return re.sub(r"\s+", " ", pattern.sub(form, question, count=1)).strip()
    return introduced(question, random)


def introduced(question: str, random: Random) -> str:
    """The question as part of a request: "Can you tell me when X was born?"; else as it is."""
    clause = indirect(question)
    if not clause:
        return question
    start = random.choice(INTRODUCTIONS)
    return start + clause + ("?" if start.startswith(("Can", "Could", "Do", "May", "Would")) else ".")


def indirect(question: str) -> str | None:
    """A question as a clause: "when X was born", "how long it takes"; none where that is not safe."""
    text = question.strip().rstrip("?").strip()
    if found := re.fullmatch(
        r"(Who|What|Which [a-z]+) ((?!is|are|was|were|do|does|did|can|could|will|would|has|have|had|should)[a-z]+ .+)",
        text,
    ):
        return f"{found[1][:1].lower()}{found[1][1:]} {found[2]}"
    asks = r"(When|Where|Why|How|How long|How far|How old|How tall|How big|In what year|In which year)"
    if found := re.fullmatch(rf"{asks} (is|was|are|were) (.+?) ({PARTICIPLE}\b.*)", text):
        return f"{found[1][:1].lower()}{found[1][1:]} {found[3]} {found[2]} {found[4]}"
    if found := re.fullmatch(r"(What|Who) (is|was|are|were) (the .+)", text):
        short = len(found[3].split()) < 7
        return (
            f"{found[1].lower()} {found[3]} {found[2]}"
            if short
            else f"{found[1].lower()} {found[2]} {found[3]}"
        )
    if found := re.fullmatch(rf"{asks} (is|was|are|were) ((?:the |a )?[\w'’-]+(?: [A-Z][\w'’-]+)*)", text):
        return f"{found[1][:1].lower()}{found[1][1:]} {found[3]} {found[2]}"
    return None


def synonyms(text: str, random: Random, rate: float = 0.25, wordnet: Path = WORDNET) -> str:
    """Some plain words made others of the same first sense; names, inflected and many-sided words stay."""
    known = first_senses(wordnet)

    def put(found: re.Match) -> str:
        others = known.get(found[0], ())
        return random.choice(others) if others and random.random() < rate else found[0]

    return re.sub(r"(?<![\w'’-])[a-z]{4,}(?![\w'’-])", put, text)


@lru_cache
def first_senses(wordnet: Path) -> dict[str, list[str]]:
    """For each base form that has it, the other common words of its first sense.

    A word that several kinds of word share (noun and verb) is left out: nothing tells here which is meant.
    """
    kinds = [sets_of(wordnet, kind) for kind in ("noun", "verb", "adj", "adv")]
    common = {word for kind in kinds for word, (tagged, _, _) in kind.items() if tagged}
    found = {}
    for kind in kinds[:3]:
        for word, (tagged, senses, words) in kind.items():
            shared = sum(word in other for other in kinds) > 1
            if (
                tagged
                and senses <= SENSES
                and not shared
                and not re.search(r"(ed|ing|s)$", word)
                and word != "done"
            ):
                others = [other for other in words if other != word and other.isalpha() and other in common]
                if others:
                    found[word] = others
    return found


def sets_of(wordnet: Path, kind: str) -> dict[str, tuple[int, int, list[str]]]:
    """For each single word of a kind: its senses seen in tagged texts, all its senses, the words of the first.

    A line of the index reads `word kind senses pointers [symbols] senses tagged offset…`, one of the data
    `offset file kind count(hex) word id word id …`; lines of the licence begin with a space.
    """
    index, data = wordnet / f"index.{kind}", wordnet / f"data.{kind}"
    if not (index.is_file() and data.is_file()):
        return {}
    synsets = {}
    for line in data.read_text(encoding="latin-1").splitlines():
        if not line.startswith(" "):
            offset, _, _, count, rest = line.split(" ", 4)
            synsets[offset] = rest.split(" ", 2 * int(count, 16))[: 2 * int(count, 16) : 2]
    words = {}
    for line in index.read_text(encoding="latin-1").splitlines():
        fields = line.split()
        if not line.startswith(" ") and fields[0].isalpha():
            tagged, first = fields[5 + int(fields[3])], fields[6 + int(fields[3])]
            words[fields[0]] = (int(tagged), int(fields[2]), synsets[first])
    return words
