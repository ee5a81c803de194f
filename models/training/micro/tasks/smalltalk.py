"""Greetings, thanks, moods and mischief, each with one short and polite sentence in return.

A small model that is greeted should neither search the knowledge base nor pretend to be a person.
What is said varies much, what is said back little: a handful of replies for each kind.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from . import names
from .hands import hasty

CHOICE = re.compile(r"\[([^\[\]]*)\]")


def rows(random: Random, count: int) -> Iterator[dict]:
    """`count` rows, no two texts alike."""
    kinds = read(Path(__file__).parent / "phrases" / "smalltalk.txt")
    weights = [len(said) for said, _ in kinds]
    seen = set()
    while len(seen) < count:
        said, replies = random.choices(kinds, weights)[0]
        text = typed(random.choice(said), random)
        if text not in seen:
            seen.add(text)
            yield {"task": "smalltalk", "text": text, "target": random.choice(replies), "source": "program"}


def read(path: Path) -> list[tuple[list[str], list[str]]]:
    """For each kind, what is said and what is said back."""
    kinds: list[tuple[list[str], list[str]]] = []
    for raw in path.read_text(encoding="utf-8").splitlines():
        text = raw.strip()
        if not text or text.startswith("#"):
            continue
        if not raw.startswith(" "):
            kinds.append(([], []))
        elif text.startswith("="):
            kinds[-1][1].append(text[1:].strip())
        else:
            kinds[-1][0].append(text)
    return kinds


def typed(template: str, random: Random) -> str:
    """The template with its choices made, as it might be typed."""
    while CHOICE.search(template):
        template = CHOICE.sub(lambda found: random.choice(found[1].split("|")), template)
    name = random.choice(names.MEN + names.WOMEN)
    text = re.sub(r"\s+", " ", template.replace("{name}", name)).strip()
    if random.random() < 0.45:
        text = re.sub(r"\bi\b", "I", text[:1].upper() + text[1:])
        text += "" if text[-1] in "?!." else random.choice((".", "!", ""))
    elif random.random() < 0.15:
        text += random.choice(("!", "!!", " :)", "...", " !"))
    return hasty(text, random, typo=0.1)
