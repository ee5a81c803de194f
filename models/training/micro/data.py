"""The data stage: raw sets in, worded rows out, with counts of all that was dropped and why.

Writes into the work folder: `rows.jsonl.gz` (prompt, target, task, source, difficulty), `held.jsonl`
(questions on paragraphs that training never sees), `frames.json` (prompts to fill) and `statistics.json`.
"""

import gzip
import json
import random
from collections import Counter, defaultdict
from pathlib import Path

from . import prompts, sources
from .grounded import DECLINED, Maker, difficulty
from .tasks import command, consistent, followup, smalltalk

HELD_SHARE = 0.03
# Of a row; a longer one would not fit the context that serves.
MOST_CHARACTERS = 9000
# How often a written question is used, each time with other decoys and wording.
REPEATS = {"written": 2, "invented": 3, "adversarial_qa": 2}


def build(settings: dict, folder: Path, data: Path, program: Path, traffic: Path | None) -> None:
    """Everything that training reads."""
    draw = random.Random(settings["seed"])
    dropped: Counter = Counter()
    paragraphs = sources.corpus(data)
    near = nearest(paragraphs)
    maker = Maker(paragraphs, near, draw)
    asked, held = questions(data, paragraphs, draw, dropped)
    grounded = [row for question in asked for _ in range(REPEATS.get(question["source"], 1)) for row in maker.rows(question)]
    grounded += aspects(data, draw)
    if traffic:
        grounded += sources.traffic(traffic, dropped)
    counts = settings["tasks"]
    titles = [paragraph["title"] for paragraph in paragraphs if paragraph["title"]]
    rows = grounded + [
        *followup.rows(draw, counts["followup"], titles=titles),
        *command.rows(draw, counts["command"]),
        *smalltalk.rows(draw, counts["smalltalk"]),
        *consistent.rows(draw, counts["consistent"], grounded=[row for row in grounded if row["target"] != DECLINED]),
        *({"task": "consistent", "passages": [{"title": None, "text": pair["passage"]}], "dialogue": [], **pair}
          for pair in sources.paraphrases(data / "grounded_prompts.jsonl.gz")),
    ]
    rows = clean(rows, dropped)
    for row, messages in zip(rows, prompts.word(rows, program)):
        row["messages"] = messages
    keep = ("task", "source", "messages", "target", "difficulty")
    write(folder / "rows.jsonl.gz", ({key: row.get(key, 0.3) for key in keep} for row in rows))
    write(folder / "held.jsonl", held_rows(held, maker))
    (folder / "frames.json").write_text(json.dumps(prompts.frames(program), ensure_ascii=False))
    statistics = {
        "rows": len(rows),
        "by_task": Counter(row["task"] for row in rows),
        "by_source": Counter(f"{row['task']}: {row['source']}" for row in rows),
        "declined_share": sum(row["target"] == DECLINED for row in rows) / max(1, len(grounded)),
        "held": len(held),
        "dropped": dropped,
    }
    (folder / "statistics.json").write_text(json.dumps(statistics, indent=1, ensure_ascii=False))
    print(json.dumps(statistics, indent=1))


def nearest(paragraphs: list[dict], count: int = 6) -> list[list[int]]:
    """For each paragraph those most like it by weighted words, those of its own article among them."""
    import numpy
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, max_df=0.05, dtype=numpy.float32).fit_transform(
        f"{paragraph['title']} {paragraph['text']}" for paragraph in paragraphs
    )
    near = []
    for start in range(0, vectors.shape[0], 512):
        likeness = (vectors[start : start + 512] @ vectors.T).tocsr()
        for row in range(likeness.shape[0]):
            part = slice(likeness.indptr[row], likeness.indptr[row + 1])
            order = likeness.data[part].argsort()[::-1][: count + 1]
            near.append([int(place) for place in likeness.indices[part][order] if place != start + row][:count])
    return near


def questions(data: Path, paragraphs: list[dict], draw: random.Random, dropped: Counter) -> tuple[list[dict], list[dict]]:
    """The questions that people wrote; those on a tenth of our own paragraphs are held back."""
    index = {paragraph["text"]: place for place, paragraph in enumerate(paragraphs)}
    here = Path(__file__).parent.parent
    own = list(sources.written(here / "questions.txt", paragraphs))
    for question in own:
        question["paragraph"] = index[question["passage"]]
    places = sorted({question["paragraph"] for question in own})
    draw.shuffle(places)
    kept_back = set(places[: int(len(places) * HELD_SHARE)])
    held = [question for question in own if question["paragraph"] in kept_back]
    asked = [question for question in own if question["paragraph"] not in kept_back]
    asked += sources.invented(here / "invented.txt")
    public = data / "grounded_prompts.jsonl.gz"
    asked += sources.question_sets(public, dropped)
    return asked, held


def aspects(data: Path, draw: random.Random) -> list[dict]:
    """Health texts: "what is" is answered by the first sentence; another aspect's question is not."""
    topics = defaultdict(list)
    for row in sources.health_questions(data / "medquad.jsonl.gz"):
        if row["topic"]:
            topics[row["topic"]].append(row)
    rows = []
    for aspects_of in draw.sample(sorted(topics), min(1800, len(topics))):
        texts = topics[aspects_of]
        first = texts[0]
        text = sources.whole_sentences(first["text"])
        sentence = text.split(". ")[0].strip() + "."
        if first["question"].lower().startswith("what is ") and 30 < len(sentence) < 220:
            rows.append((first["question"], text, sentence.rstrip(".")))
        others = [other for other in texts if other["question"] != first["question"]]
        if others and draw.random() < 0.5:
            rows.append((draw.choice(others)["question"], text, DECLINED))
    return [
        {"task": "grounded", "passages": [{"title": None, "text": text}], "question": question, "target": target, "source": "medquad",
         "difficulty": difficulty(question, [{"text": text}])}
        for question, text, target in rows
    ]


def clean(rows: list[dict], dropped: Counter) -> list[dict]:
    """Without rows that are empty, too long, or there already."""
    kept, seen = [], set()
    for row in rows:
        key = json.dumps({name: row.get(name) for name in prompts.FIELDS}, sort_keys=True)
        size = len(key)
        if not row["target"].strip():
            dropped[f"{row['task']}: empty target"] += 1
        elif size > MOST_CHARACTERS:
            dropped[f"{row['task']}: longer than {MOST_CHARACTERS} characters"] += 1
        elif key in seen:
            dropped[f"{row['task']}: there already"] += 1
        else:
            seen.add(key)
            kept.append(row)
    return kept


def held_rows(held: list[dict], maker: Maker):
    """The held questions as the judge reads them, each answerable one also with a passage that doesn't hold it."""
    for question in held:
        yield {"context": question["passage"], "question": question["question"], "answer": question["answer"], "source": "written"}
        decoys = maker.decoys(question, 1) if question["answer"] else []
        for decoy in decoys:
            yield {"context": decoy["text"], "question": question["question"], "answer": None, "source": "wrong passage"}


def write(path: Path, rows) -> None:
    opened = gzip.open(path, "wt", encoding="utf-8", compresslevel=6) if path.suffix == ".gz" else path.open("w", encoding="utf-8")
    with opened as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
