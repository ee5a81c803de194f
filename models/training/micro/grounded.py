"""Makes of a question and its passage the rows that teach to answer from passages, or to decline.

Each question may be asked of its passage alone, of several passages (the answer then names one), of
passages that don't answer it, and of its passage without the sentence that does. All draws come from
one seeded generator.
"""

import random
import re
from collections.abc import Iterator

from .tasks import augment

DECLINED = "Not in the passages."
# Chances, by form; see README for what they aim at.
SEVERAL, DECOYS_ONLY, CUT, TITLED, LONGER, REWORDED = 0.25, 0.3, 0.15, 0.4, 0.3, 0.2
MOST_CHARACTERS = 2000
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"“(])")


class Maker:
    """Rows out of questions, with other paragraphs as decoys."""

    def __init__(self, paragraphs: list[dict], near: list[list[int]], draw: random.Random):
        self.paragraphs, self.near, self.draw = paragraphs, near, draw

    def rows(self, asked: dict) -> Iterator[dict]:
        """The rows of one question: {"title", "passage", "question", "answer", "source", "paragraph"?}."""
        draw, answer = self.draw, asked["answer"]
        own = {"title": asked.get("title"), "text": asked["passage"][:MOST_CHARACTERS]}
        question = self.reworded(asked["question"])
        if answer is None:
            yield self.row(asked, question, [own], None)
            return
        if answer not in own["text"] and asked["source"] not in FREE:
            return
        alone = self.lengthened(own, asked) if draw.random() < LONGER else own
        yield self.row(asked, question, [alone], answer)
        if draw.random() < SEVERAL:
            decoys = self.decoys(asked, draw.randint(1, 3))
            place = draw.randint(0, len(decoys))
            yield self.row(asked, question, [*decoys[:place], own, *decoys[place:]], answer, place)
        if draw.random() < DECOYS_ONLY:
            decoys = self.decoys(asked, 1 if draw.random() < 0.6 else draw.randint(2, 4))
            if decoys:
                yield self.row(asked, question, decoys, None)
        if draw.random() < CUT and asked["source"] not in FREE:
            left = " ".join(part for part in SENTENCE.split(own["text"]) if not holds(part, answer))
            if len(left) > 120 and not holds(left, answer):
                yield self.row(asked, question, [{**own, "text": left}], None)

    def row(self, asked: dict, question: str, passages: list[dict], answer: str | None, place: int = 0) -> dict:
        # All passages of a prompt show their titles, or none does.
        titled = all(passage["title"] for passage in passages) and self.draw.random() < TITLED
        shown = [{"title": passage["title"] if titled else None, "text": passage["text"]} for passage in passages]
        target = DECLINED if answer is None else answer
        if answer is not None and len(passages) > 1:
            target = f"{answer} [{place + 1}]"
        return {"task": "grounded", "passages": shown, "question": question, "target": target,
                "source": asked["source"], "difficulty": difficulty(question, shown)}

    def decoys(self, asked: dict, count: int) -> list[dict]:
        """Other paragraphs that don't hold the answer: near ones first, then any."""
        index = asked.get("paragraph")
        near = list(self.near[index]) if index is not None else []
        self.draw.shuffle(near)
        while len(near) < 3 * count:
            near.append(self.draw.randrange(len(self.paragraphs)))
        found = []
        for place in near:
            text = self.paragraphs[place]["text"]
            if place != index and not holds(text, asked["answer"]) and text != asked["passage"]:
                found.append({"title": self.paragraphs[place]["title"], "text": text[:MOST_CHARACTERS]})
        # Near decoys teach most, but a stranger must be declined too.
        return found[:count] if self.draw.random() < 0.75 else found[-count:]

    def lengthened(self, own: dict, asked: dict) -> dict:
        """The passage with others before or behind it, as longer documents have."""
        others = self.decoys(asked, self.draw.randint(1, 3))
        place = self.draw.randint(0, len(others))
        texts = [other["text"] for other in others]
        return {"title": own["title"], "text": " ".join([*texts[:place], own["text"], *texts[place:]])}

    def reworded(self, question: str) -> str:
        """Now and then as people type."""
        draw = self.draw
        if draw.random() < REWORDED:
            question = augment.rephrase(question, draw)
        if draw.random() < REWORDED / 2:
            question = augment.synonyms(question, draw)
        if draw.random() < REWORDED / 2:
            question = augment.lowercase(question)
        if draw.random() < REWORDED / 3:
            question = augment.typos(question, draw)
        return question


# Sets whose answers are words of their own.
FREE = {"duorc_SelfRC", "ropes", "quartz"}


def holds(text: str, answer: str) -> bool:
    return answer.lower() in text.lower()


def difficulty(question: str, passages: list[dict]) -> float:
    """0 to 1: short and literal before long and inferential."""
    words = {word for word in re.findall(r"\w{4,}", question.lower())}
    text = " ".join(passage["text"] for passage in passages).lower()
    length = len(text)
    foreign = sum(word not in text for word in words) / max(1, len(words))
    return min(1.0, 0.45 * foreign + 0.35 * min(1.0, length / 3000) + 0.2 * (len(passages) > 1))
