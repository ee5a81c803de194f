"""Follow-up questions and what they ask when they stand alone.

Conversations are put together from the grammars under `talk/`: an opening, often a second exchange on
the same thing, sometimes an earlier one on something else; then a question that leans on them (a
pronoun, an ellipsis, a correction, a bare "why?", a comparison, "the second one", a "yes") or, in
more than a third of the rows, one that stands alone already and is to be repeated as it is. Names are
invented or taken from `titles`, so that copying is learned and not recall. Facts in the replies are
made up: nothing is learned from them, since only the target is trained on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from .grammar import SLOT, Line, Scene, Talk, fill, read, refer, sentence
from .hands import hasty

OPENERS = ["ok, ", "and ", "and ", "thanks, ", "great, ", "hmm, ", "oh, ", "good, ", "thank you. ", "ok "]
TAILS = [
    "Is there anything else you would like to know?",
    "Let me know if you need anything else.",
    "You will find more about this on our website.",
    "I hope that helps.",
    "Please ask again if anything is unclear.",
    "Can I help with anything else?",
    "That is what I know at the moment.",
]
PREPOSITION = re.compile(
    r"\b(for|in|to|at|on|from|with|of|about|by|without|during|after|before|near|between|under|into|per) $"
)
YES_OR_NO = re.compile(r"(Is|Are|Do|Does|Did|Can|Has|Have|Was|Were|Will)\b")
NEGATIVE = re.compile(
    r"n't\b|\b(not|closed|sold out|late|full|away|instead|again|any more|lose|cancelled|waiting list)\b"
)
REFUSAL = re.compile(r"(No|Not|Only|I'm)\b")
ORDINALS = ("the first one", "the second one", "the third one")
AGREE = [
    "yes",
    "yes please",
    "yes, please",
    "sure",
    "ok",
    "please do",
    "yes, that would be great",
    "go ahead",
    "yeah",
]


@dataclass
class Conversation:
    """What was said so far, who plays which part in it, and the template that was asked last."""

    said: list[tuple[str, str]]
    cast: dict[str, str]
    template: str
    scene: Scene | None = None


def rows(random: Random, count: int, titles: list[str] | None = None) -> Iterator[dict]:
    """`count` rows, no two alike; `titles` name the topics that libraries and courses are asked for."""
    talk = read(Path(__file__).parent / "talk")
    talk.words["topic"] = plain(titles) or talk.words["topic"]
    makers = {alone: 31, thing: 20, swapped: 17, followed: 9, listed: 6, compared: 5, offered: 5}
    seen = set()
    while len(seen) < count:
        (make,) = random.choices(list(makers), list(makers.values()))
        made = make(talk, random)
        if made and repr(made) not in seen:
            seen.add(repr(made))
            yield made


def plain(titles: list[str] | None) -> list[str]:
    """Titles that read well in a sentence: short, no lists, what stands in brackets dropped."""
    bare = (re.sub(r"\s*\(.*?\)", "", title.replace("_", " ")).strip() for title in titles or ())
    fit = {title for title in bare if 2 < len(title) < 40 and not re.match(r"(List|Index|Outline) of", title)}
    return sorted(title for title in fit if not re.search(r"[:;/?!{}|]|^\d+$", title))


def alone(talk: Talk, random: Random) -> dict:
    """A question that needs no conversation, on the same thing or on another."""
    spoken = opened(talk, random)
    part = subject(talk, spoken.scene, random)
    if part and random.random() < 0.45:
        template, cast = random.choice(talk.about[part]).question, dict(spoken.cast)
        if random.random() < 0.4:
            cast[part] = other(part, cast[part], talk, random)
    else:
        about = random.choice(random.choice(list(talk.about.values()))).question
        scene = random.choice(
            [scene for scene in talk.scenes if "?" in scene.opening.question]
        ).opening.question
        (template,) = random.choices((about, scene, random.choice(talk.alone)), (3, 4, 3))
        cast = {}
    question = sentence(fill(template, cast, talk.words, random))
    if random.random() < 0.35:
        question = hasty(question, random, typo=0)
    return row(spoken, question, question, random)


def thing(talk: Talk, random: Random) -> dict | None:
    """A pronoun, or a few words, for the thing that was spoken of."""
    spoken = opened(talk, random)
    part = subject(talk, spoken.scene, random)
    if not part:
        return None
    asked = random.choice(talk.about[part])
    if asked.question == spoken.template:
        return None
    return leaning(spoken, leaned(asked, part, talk), asked.question, talk, random)


def followed(talk: Talk, random: Random) -> dict | None:
    """A question that only this scene leads to: "why?", "since when?"."""
    scene = random.choice([scene for scene in talk.scenes if scene.follows])
    asked = random.choice(scene.follows)
    spoken = opened(talk, random, fitting(scene, asked), longer=0)
    return leaning(spoken, asked.short, asked.question, talk, random)


def fitting(scene: Scene, asked: Line) -> Scene:
    """`scene` with the answers after which `asked` makes sense: "why not?" follows on a no."""
    opening = scene.opening
    no = bool(NEGATIVE.search(asked.question)) and not NEGATIVE.search(opening.question)
    answers = [answer for answer in opening.answers if bool(REFUSAL.match(answer)) == no]
    return Scene(Line(opening.question, answers or opening.answers), scene.follows)


def swapped(talk: Talk, random: Random) -> dict | None:
    """The last question again with one part of it exchanged: "and for children?"."""
    spoken = opened(talk, random)
    slots = [slot for slot in SLOT.finditer(spoken.template) if slot[3] != "'s"]
    if not slots or spoken.template.endswith("."):
        return None
    slot = random.choice(slots)
    part, old = slot[1] + slot[2], spoken.cast[slot[1] + slot[2]]
    new = other(slot[1], old, talk, random)
    short = exchange(spoken.template, slot, old, new, slot[1] in talk.adjectives, random)
    spoken.cast[part] = new
    return leaning(spoken, short, spoken.template, talk, random)


def listed(talk: Talk, random: Random) -> dict | None:
    """One of several things that the assistant named: "how much is the second one?"."""
    name, line = random.choice(talk.lists)
    spoken = begun(Scene(line), talk, random)
    things = [spoken.cast[part] for part in (name, name + "2", name + "3") if part in spoken.cast]
    at = random.randrange(len(things))
    ordinal = "the last one" if at == len(things) - 1 and random.random() < 0.6 else ORDINALS[at]
    second = "{" + name + "2}"
    asked = random.choice(
        [line for line in talk.about[name] if not line.short and second not in line.question]
    )
    if random.random() < 0.3 and asked.answers:
        first = {**spoken.cast, name: things[at - 1]}
        spoken.said.append(exchanged(asked.question, random.choice(asked.answers), first, talk, random))
        spoken.cast |= first
        short = random.choice(("and {}?", "what about {}?", "{}?", "how about {}?")).format(ordinal)
    else:
        short = refer(asked.question, name, ordinal)
    spoken.cast[name] = things[at]
    return leaning(spoken, short, asked.question, talk, random)


def compared(talk: Talk, random: Random) -> dict | None:
    """Two things asked for one after the other, then which of them."""
    name = random.choice(list(talk.compare))
    asked = random.choice([line for line in talk.about[name] if line.answers and not line.short])
    cast: dict[str, str] = {}
    first = exchanged(asked.question, random.choice(asked.answers), cast, talk, random)
    cast[name + "2"] = other(name, cast[name], talk, random)
    second = exchanged(asked.question, random.choice(asked.answers), {name: cast[name + "2"]}, talk, random)
    short = random.choice(("And {}?", "What about {}?", "and {}", second[0])).format(cast[name + "2"])
    spoken = Conversation([first, (short, second[1])], cast, asked.question)
    line = random.choice(talk.compare[name])
    return leaning(spoken, line.short, line.question, talk, random)


def offered(talk: Talk, random: Random) -> dict | None:
    """The assistant offers to tell more, and the user agrees."""
    part, line = random.choice([(name, line) for name, lines in talk.offer.items() for line in lines])
    scenes = [scene for scene in talk.scenes if subject(talk, scene, random) == part]
    spoken = opened(talk, random, random.choice(scenes), longer=0)
    user, assistant = spoken.said[-1]
    offer = sentence(fill(line.short, spoken.cast, talk.words, random))
    spoken.said[-1] = (user, f"{assistant} {offer}")
    return leaning(spoken, random.choice(AGREE), line.question, talk, random)


def opened(talk: Talk, random: Random, scene: Scene | None = None, longer: float = 0.35) -> Conversation:
    """A conversation of one to three exchanges."""
    spoken = begun(scene or random.choice(talk.scenes), talk, random)
    part = subject(talk, spoken.scene, random)
    if part and random.random() < longer:
        asked = random.choice(talk.about[part])
        if asked.answers and asked.question != spoken.template:
            short = random.choice((leaned(asked, part, talk), asked.question))
            exchange = exchanged(short, random.choice(asked.answers), spoken.cast, talk, random)
            fill(asked.question, spoken.cast, talk.words, random)
            spoken.said.append(exchange)
            spoken.template = asked.question
    if random.random() < 0.2:
        spoken.said[:0] = begun(random.choice(talk.scenes), talk, random).said
    return spoken


def begun(scene: Scene, talk: Talk, random: Random) -> Conversation:
    """The opening of `scene`."""
    cast: dict[str, str] = {}
    opening = exchanged(scene.opening.question, random.choice(scene.opening.answers), cast, talk, random)
    return Conversation([opening], cast, scene.opening.question, scene)


def exchanged(question: str, answer: str, cast: dict, talk: Talk, random: Random) -> tuple[str, str]:
    """What the user asks and the assistant says."""
    user, assistant = (sentence(fill(part, cast, talk.words, random)) for part in (question, answer))
    return (hasty(user, random) if random.random() < 0.4 else user, assistant)


def subject(talk: Talk, scene: Scene, random: Random) -> str | None:
    """The part that can be asked about: the first of the question, or one that all answers name."""
    asked, *answers = (
        [slot[1] + slot[2] for slot in SLOT.finditer(text) if slot[1] + slot[2] in talk.about]
        for text in (scene.opening.question, *scene.opening.answers)
    )
    named = [part for part in answers[0] if all(part in others for others in answers)]
    # Two things that go by the same pronoun can't be told apart.
    pronouns = [talk.pronouns[part] for part in asked]
    parts = asked[:1] + [part for part in named if talk.pronouns[part] not in pronouns][:1]
    return random.choice(parts) if parts else None


def leaned(asked: Line, part: str, talk: Talk) -> str:
    """How `asked` is put in a conversation on `part`."""
    return asked.short or refer(asked.question, part, talk.pronouns[part])


def other(name: str, old: str, talk: Talk, random: Random) -> str:
    """Another word called `name`."""
    words = (fill("{" + name + "}", {}, talk.words, random) for _ in range(50))
    return next((word for word in words if word != old), old)


def exchange(template: str, slot: re.Match, old: str, new: str, adjective: bool, random: Random) -> str:
    """The few words that put `new` in the place of `old`."""
    before, after = template[: slot.start()], template[slot.end() :]
    if adjective and (noun := re.match(r" ([a-z]+)", after)):
        one = "ones" if noun[1].endswith("s") and not noun[1].endswith("ss") else "one"
        old, new = f"the {old} {one}", f"the {new} {one}"
    found = PREPOSITION.search(before)
    to = found[1] + " " if found and not adjective else ""
    what = new if to in ("of ", "about ", "between ") else to + new
    forms = [
        f"and {to}{new}?",
        f"and {to}{new}?",
        f"and {new}?",
        f"what about {what}?",
        f"what about {new}?",
        f"how about {new}?",
        f"and what about {new}?",
        f"{to}{new}?",
    ]
    if YES_OR_NO.match(template):
        forms += [f"{to}{new} too?", f"{to}{new} as well?", f"also {to}{new}?", f"or {to}{new}?"]
    else:
        forms += [f"same question for {new}", f"then {what}?"]
    corrections = [
        f"no, {to}{new}",
        f"no, I meant {new}",
        f"sorry, I mean {to}{new}",
        f"actually {to}{new}",
        f"not {to}{old}, {to}{new}",
    ]
    return random.choice(random.choices((forms, corrections), (3, 1))[0])


def leaning(spoken: Conversation, short: str, full: str, talk: Talk, random: Random) -> dict | None:
    """A row whose question `short` asks `full`; none where that was just asked."""
    clean = sentence(fill(full, spoken.cast, talk.words, random))
    if any(clean.lower() == user.lower() for user, _ in spoken.said):
        return None
    typed = fill(short, spoken.cast, talk.words, random)
    if random.random() < 0.15 and not typed.startswith(
        ("and ", "no, ", "sorry", "not ", "yes", "ok", "please", "go ", "actually", "then ", "same ", "or ")
    ):
        typed = random.choice(OPENERS) + typed[:1].lower() + typed[1:]
    return row(spoken, hasty(sentence(typed), random), clean, random)


def row(spoken: Conversation, question: str, target: str, random: Random) -> dict:
    """The conversation as a row."""
    dialogue = []
    for user, assistant in spoken.said:
        tail = " " + random.choice(TAILS) if random.random() < 0.15 and not assistant.endswith("?") else ""
        dialogue.append({"role": "user", "content": user})
        dialogue.append({"role": "assistant", "content": assistant + tail})
    return {
        "task": "followup",
        "dialogue": dialogue,
        "question": question,
        "target": target,
        "source": "program",
    }
