"""Words tasks as the program words them: `microgpt prompts` fills its own templates.

Questions made during training can't ask the program; for them it fills one frame for each number of
passages ahead of time, with marks where the texts go.
"""

import json
import subprocess
from pathlib import Path

# Private-use characters, which no text of the data has.
MARK = "\ue000{}\ue001"
MOST_PASSAGES = 4
# The fields that say what is asked; what else a row has (its target, source, …) is not for the program.
FIELDS = ("task", "passages", "question", "dialogue", "text", "reply")


def word(rows: list[dict], program: Path) -> list[list[dict]]:
    """The chat messages of each row, in order."""
    asked = (json.dumps({key: row[key] for key in FIELDS if key in row}) for row in rows)
    done = subprocess.run([program, "prompts"], input="\n".join(asked), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{program} prompts: {done.stderr.strip()}")
    worded = [json.loads(line)["messages"] for line in done.stdout.splitlines()]
    if len(worded) != len(rows):
        raise SystemExit(f"{program} prompts: {len(worded)} prompts for {len(rows)} rows")
    return worded


def frames(program: Path) -> dict[str, list[dict]]:
    """The prompts of grounded questions with marks for texts, by their shape."""
    shapes = [(count, titled) for count in range(1, MOST_PASSAGES + 1) for titled in (False, True)]
    rows = [
        {"task": "grounded", "question": MARK.format("question"),
         "passages": [{"title": MARK.format(f"title{place}") if titled else None, "text": MARK.format(f"text{place}")}
                      for place in range(count)]}
        for count, titled in shapes
    ]
    return {shape(*key): messages for key, messages in zip(shapes, word(rows, program))}


def shape(count: int, titled: bool) -> str:
    return f"{count}{'t' if titled else ''}"


def fill(frames_by_shape: dict[str, list[dict]], row: dict) -> list[dict]:
    """The prompt of a grounded row whose passages have all a title, or none."""
    passages = row["passages"]
    texts = {"question": " ".join(row["question"].split())}
    for place, passage in enumerate(passages):
        texts |= {f"title{place}": passage["title"] or "", f"text{place}": passage["text"].strip()}
    messages = []
    for message in frames_by_shape[shape(len(passages), passages[0]["title"] is not None)]:
        content = message["content"]
        for name, text in texts.items():
            content = content.replace(MARK.format(name), text)
        messages.append({"role": message["role"], "content": content})
    return messages
