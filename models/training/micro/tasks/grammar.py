"""Templates with slots, and the files under `talk/` that are written in them.

A slot `{city}` is filled from the words of that name, `{city2}` with another of them, `{city's}` as an
owner, `{city:o}` where a pronoun would be an object. Words may hold slots themselves. The files read:

    words NAME: one; another            what a slot is filled with
    adjectives NAME: small; large       words that "the … one" may follow
    about NAME PRONOUN, NAME PRONOUN:   what may be asked of {e}, a NAME, once it was mentioned
      QUESTION | ANSWER
      SHORT -> QUESTION | ANSWER        SHORT is how it is asked in a conversation
    compare NAME:                       of {e} and {e2}, once both were mentioned
      SHORT -> QUESTION
    offer NAME:                         what the assistant may offer to tell of {e}
      OFFER -> QUESTION
    list NAME:                          {e}, {e2} and {e3} offered in one answer
      QUESTION | ANSWER
    scenes:                             how a conversation opens; its slots may be exchanged
      QUESTION | ANSWER | ANSWER
        SHORT -> QUESTION
    alone:                              questions that stand alone, however they look
      QUESTION
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from .names import MAKERS

SLOT = re.compile(r"\{([a-z_]+)(\d?)('s|:o)?\}")
PRONOUNS = {
    "it": ("it", "it", "its"),
    "they": ("they", "them", "their"),
    "he": ("he", "him", "his"),
    "she": ("she", "her", "her"),
}


@dataclass
class Line:
    """A question with its answers; `short` is the form that leans on the conversation."""

    question: str
    answers: list[str]
    short: str | None = None


@dataclass
class Scene:
    """The opening of a conversation, and what may follow on it alone."""

    opening: Line
    follows: list[Line] = field(default_factory=list)


@dataclass
class Talk:
    """All that the files hold."""

    words: dict[str, list[str]] = field(default_factory=dict)
    adjectives: set[str] = field(default_factory=set)
    pronouns: dict[str, str] = field(default_factory=dict)
    about: dict[str, list[Line]] = field(default_factory=dict)
    compare: dict[str, list[Line]] = field(default_factory=dict)
    offer: dict[str, list[Line]] = field(default_factory=dict)
    lists: list[tuple[str, Line]] = field(default_factory=list)
    scenes: list[Scene] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)


def line(text: str) -> Line:
    """`SHORT -> QUESTION | ANSWER` as a line."""
    question, *answers = (part.strip() for part in text.split("|"))
    short, arrow, full = question.partition("->")
    return Line(full.strip(), answers, short.strip()) if arrow else Line(question, answers)


def read(folder: Path) -> Talk:
    """Every `.txt` file of `folder`, in the order of their names."""
    talk = Talk()
    for path in sorted(folder.glob("*.txt")):
        section, kinds = "", []
        for raw in path.read_text(encoding="utf-8").splitlines():
            if not raw.strip() or raw.startswith("#"):
                continue
            if raw.startswith(" "):
                add(talk, section, kinds, raw)
                continue
            head, _, rest = raw.partition(":")
            section, _, names = head.partition(" ")
            kinds = [name.split() for name in names.split(",") if name.strip()]
            if section in ("words", "adjectives"):
                name = kinds[0][0]
                talk.words.setdefault(name, []).extend(w.strip() for w in rest.split(";") if w.strip())
                if section == "adjectives":
                    talk.adjectives.add(name)
            if section == "about":
                talk.pronouns.update((name, pronoun) for name, pronoun in kinds)
    return talk


def add(talk: Talk, section: str, kinds: list[list[str]], raw: str) -> None:
    """One indented line to its section."""
    if section in ("words", "adjectives"):
        talk.words[kinds[0][0]].extend(w.strip() for w in raw.split(";") if w.strip())
    elif section == "scenes" and raw.startswith("    "):
        talk.scenes[-1].follows.append(line(raw))
    elif section == "scenes":
        talk.scenes.append(Scene(line(raw)))
    elif section == "alone":
        talk.alone.append(raw.strip())
    else:
        for name, *_ in kinds:
            named = line(re.sub(r"\{e(\d?)('s|:o)?\}", rf"{{{name}\1\2}}", raw))
            if section == "list":
                talk.lists.append((name, named))
            else:
                getattr(talk, section).setdefault(name, []).append(named)


def word(name: str, words: dict[str, list[str]], random: Random) -> str:
    """One of the words called `name`, its own slots filled."""
    if name in words:
        return fill(random.choice(words[name]), {}, words, random)
    return MAKERS[name](random)


def fill(template: str, cast: dict[str, str], words: dict[str, list[str]], random: Random) -> str:
    """`template` with its slots filled; `cast` remembers who plays which part, and is added to."""

    def put(found: re.Match) -> str:
        name, number, suffix = found.groups()
        part = name + number
        if part not in cast:
            others = {value for other, value in cast.items() if other.rstrip("0123456789") == name}
            for _ in range(20):
                cast[part] = word(name, words, random)
                if cast[part] not in others:
                    break
        return cast[part] + ("'s" if suffix == "'s" else "")

    return SLOT.sub(put, template)


def refer(template: str, part: str, pronoun: str) -> str:
    """`template` with the slot `part` as a pronoun, or as `pronoun` itself where it is a phrase."""
    subject, thing, owner = PRONOUNS.get(pronoun, (pronoun, pronoun, pronoun + "'s"))
    if pronoun == "it":
        template = template.replace(" at {" + part + ":o}", " there")
    template = template.replace("{" + part + "}", subject).replace("{" + part + ":o}", thing)
    return template.replace("{" + part + "'s}", owner)


VOWEL = r"(?=(?!uni|use|usu|eu|one|ufo)[aeiou]|hour|8|11\b|18\b)"
ARTICLE = re.compile(rf"(?:(?<=[.!?] )|^)A {VOWEL}|\ba {VOWEL}")


def sentence(text: str) -> str:
    """`text` with a capital at the start, and "an" where it is due."""
    text = ARTICLE.sub(lambda found: found[0].strip() + "n ", text.replace("..", ".").replace("??", "?"))
    return re.sub(r"(^|[?!] |(?<!\.m)\. )([a-z])", lambda found: found[1] + found[2].upper(), text)
