"""Reads the raw sets into plain rows: passage, question, answer, and what they come from.

One function a set. A set of prompts repeats a question under many wordings; each question is kept
once. What can't be used is counted by reason, never dropped in silence. Deliberately builds no
prompts and draws nothing by chance.
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

# How each set's prompts hold a passage and a question: the wordings with both in a fixed place.
WORDINGS = {
    "adversarial_qa": [
        re.compile(r'^Given the following passage\n\n"(?P<passage>.+)",\n\nanswer the following question\..*\n\nQuestion: (?P<question>.+)$', re.S),
        re.compile(r"^Extract the answer to the question from the following context\.\nQuestion: (?P<question>.+?)\nContext: (?P<passage>.+)$", re.S),
    ],
    "quoref": [
        re.compile(r"^Given the following context:\n\n(?P<passage>.+)\n\nanswer the following question:\n\n(?P<question>.+)$", re.S),
        re.compile(r"^(?P<question>[^\n]+)\n\nAnswer the above question based on the context below:\n\n(?P<passage>.+)$", re.S),
    ],
    "duorc_SelfRC": [
        re.compile(r'^Please answer the following question about this movie plot\..*?\n\nQuestion: (?P<question>.+?)\nMovie plot title: (?P<title>.+?)\nMovie plot: (?P<passage>.+)$', re.S),
    ],
    "ropes": [
        re.compile(r"^Given the background: (?P<passage>.+?)\n\nand the situation: (?P<more>.+)\n\nAnswer the following question: (?P<question>.+)$", re.S),
    ],
    "quartz": [
        re.compile(r"^Answer the question based on the following text\.\n\nQuestion:\n\n\n(?P<question>.+?) ?\n\n\nText:\n\n(?P<passage>.+)$", re.S),
    ],
}
PARAPHRASES = re.compile(r"^Determine if the following two sentences paraphrase each other or not\.\nSent 1: (?P<first>.+)\nSent 2: (?P<second>.+)$", re.S)
HEALTH_TEXTS = 4000
HEALTH_CHARACTERS = 900
UNANSWERED = {"no answer", "no i can't", "can't answer", "not answerable", "no answers"}


def lines(path: Path) -> Iterator[dict]:
    """The rows of a (gzipped) JSONL file."""
    opened = gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8")
    with opened as file:
        for number, line in enumerate(file, 1):
            try:
                yield json.loads(line)
            except ValueError as error:
                raise SystemExit(f"{path}:{number}: not JSON: {error}") from None


def question_sets(path: Path, dropped: Counter) -> Iterator[dict]:
    """Questions with passages that people wrote, each once; `answer` is None where nothing answers."""
    seen = set()
    for row in lines(path):
        source = row["source"]
        found = next(filter(None, (wording.match(row["prompt"]) for wording in WORDINGS.get(source, []))), None)
        if found is None:
            dropped[f"{source}: another wording or no passage"] += 1
            continue
        parts = found.groupdict()
        passage = tidy(" ".join(filter(None, (parts["passage"], parts.get("more")))))
        question = tidy(parts["question"])
        if (question, passage) in seen:
            dropped[f"{source}: the same question again"] += 1
            continue
        seen.add((question, passage))
        answer = tidy(row["completion"])
        if answer.lower().strip(".") in UNANSWERED:
            answer = None
        elif source in {"adversarial_qa", "quoref"} and answer not in passage:
            dropped[f"{source}: answer is not in the passage"] += 1
            continue
        yield {"title": parts.get("title"), "passage": passage, "question": question, "answer": answer, "source": source}


def paraphrases(path: Path) -> Iterator[dict]:
    """PAWS: two sentences of nearly the same words, and whether they say the same."""
    for row in lines(path):
        found = PARAPHRASES.match(row["prompt"]) if row["source"] == "paws_labeled_final" else None
        if found:
            yield {"passage": untokenized(found["first"]), "reply": untokenized(found["second"]), "target": row["completion"].lower(), "source": "paws_labeled_final"}


def health_questions(path: Path) -> Iterator[dict]:
    """MedQuAD: a topic's aspects. The text on one aspect doesn't answer a question on another."""
    for row in lines(path):
        question = re.sub(r"\s+\?", "?", tidy(row["question"]).replace("What is (are)", "What is"))
        yield {"topic": row.get("topic"), "question": question, "text": tidy(row["answer"]), "source": "medquad"}


def written(path: Path, paragraphs: list[dict]) -> Iterator[dict]:
    """Questions of our own on encyclopaedia paragraphs: `#INDEX`, then a line `question|answer` each.

    The paragraphs stay in their file; an answer of `-` is not in the paragraph.
    """
    paragraph = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            paragraph = paragraphs[int(line[1:].split()[0])]
        elif line.strip():
            question, _, answer = (tidy(part) for part in line.partition("|"))
            if paragraph is None or not answer or (answer != "-" and answer not in paragraph["text"]):
                raise SystemExit(f"{path}:{number}: wanted 'question|answer', the answer as it stands in the paragraph, or -")
            yield {"title": paragraph["title"], "passage": paragraph["text"], "question": question,
                   "answer": None if answer == "-" else answer, "source": "written"}


def corpus(data: Path) -> list[dict]:
    """Paragraphs for questions and decoys: encyclopaedia, then health texts."""
    paragraphs = [{"title": row["title"], "text": tidy(row["text"])} for row in lines(data / "wikipedia_paragraphs.jsonl.gz")]
    health = [row for row in health_questions(data / "medquad.jsonl.gz") if len(row["text"]) > 200]
    step = max(1, len(health) // HEALTH_TEXTS)
    return paragraphs + [{"title": row["topic"], "text": whole_sentences(row["text"])} for row in health[::step]]


def whole_sentences(text: str, characters: int = HEALTH_CHARACTERS) -> str:
    """The beginning of a text, up to the last sentence that ends there."""
    cut = text[:characters]
    return cut[: cut.rfind(". ") + 1] or cut


def traffic(path: Path, dropped: Counter) -> Iterator[dict]:
    """What `microgpt export training` wrote: answers of a large model, from passages, that nobody rated bad."""
    for number, row in enumerate(lines(path), 1):
        missing = [key for key in ("passages", "question", "reply") if not row.get(key)]
        if missing:
            raise SystemExit(f"{path}:{number}: {missing[0]} is missing; wanted are passages, question and reply")
        if row.get("feedback") == -1:
            dropped["traffic: rated bad"] += 1
            continue
        titled = all(passage.get("title") for passage in row["passages"])
        passages = [{"title": passage["title"] if titled else None, "text": tidy(passage["text"])} for passage in row["passages"]]
        yield {"task": "grounded", "passages": passages, "question": tidy(row["question"]), "target": tidy(row["reply"]), "source": "traffic"}


def tidy(text: str) -> str:
    """One line, single spaces."""
    return " ".join(text.split())


def untokenized(text: str) -> str:
    """Undoes the spaces that tokenized sets have before punctuation."""
    text = re.sub(r"\s+([,.;:?!)%]|'s\b|n't\b)", r"\1", tidy(text))
    return re.sub(r"([(])\s+", r"\1", text).replace("`` ", '"').replace(" ''", '"').replace(" -- ", " – ")


def invented(path: Path) -> Iterator[dict]:
    """Passages of our own on shops, schools and homes: `# TITLE`, a line of text, then `question|answer` lines."""
    title = text = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("#"):
            title, text = line[1:].strip(), None
        elif line.strip() and text is None:
            text = line.strip()
        elif line.strip():
            question, _, answer = (part.strip() for part in line.partition("|"))
            if title is None or not answer or (answer != "-" and answer not in text):
                raise SystemExit(f"{path}:{number}: wanted 'question|answer', the answer as it stands in the passage, or -")
            yield {"title": title, "passage": text, "question": question, "answer": None if answer == "-" else answer, "source": "invented"}
