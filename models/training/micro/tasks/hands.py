"""How people type in a hurry: no capitals, no question mark, a slip of the finger."""

import re
from random import Random

# Only everyday words are mistyped: a mistyped name can't be restored, and would teach guessing.
EVERYDAY = set(
    """about again also and answer any because between book bring buy call can change closed come cost
    could delivery different does done every expensive first from give good have help here how know
    large last light long look make many meeting more morning much music need number open order other
    people please price problem question really right room room's send should small some start stop
    take tell than thanks that their them then there these they thing think this those ticket time
    today tomorrow tonight turn until want water what when where which while will window with work
    would your""".split()
)


def slip(word: str, random: Random) -> str:
    """One letter swapped, dropped, doubled or hit beside its key; the first letter stays."""
    at = random.randrange(1, len(word) - 1)
    beside = {"a": "s", "e": "r", "i": "o", "o": "p", "t": "r", "n": "m", "s": "d", "r": "t", "l": "k"}
    return random.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + beside.get(word[at], word[at]) + word[at + 1 :],
        )
    )


def mistype(text: str, random: Random) -> str:
    """`text` with one everyday word mistyped, if it has one of four letters or more."""
    words = [found for found in re.finditer(r"\b[a-z]{4,}\b", text, re.I) if found[0].lower() in EVERYDAY]
    if not words:
        return text
    found = random.choice(words)
    return text[: found.start()] + slip(found[0], random) + text[found.end() :]


def hasty(text: str, random: Random, typo: float = 0.12) -> str:
    """`text` as it might be typed; often as it is. `typo` 0 leaves every letter and mark that it keeps."""
    if random.random() < 0.5:
        text = text.lower() if random.random() < 0.6 else text[:1].lower() + text[1:]
    if random.random() < 0.35:
        text = text.rstrip("?.!")
    if random.random() < typo:
        text = text.replace("'", "")
    if random.random() < typo / 3:
        text = re.sub(r"([?!])$", r" \1" if random.random() < 0.5 else r"\1\1", text)
    if random.random() < typo:
        text = mistype(text, random)
    return text
