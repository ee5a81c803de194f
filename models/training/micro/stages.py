"""The stages that compute: each reads the work folder and writes what it made there."""

import json
import os
import random
from collections import Counter
from itertools import islice
from pathlib import Path

import torch

from . import distill, evaluate, export, tune
from .base import Base, load
from .sources import lines
from .vocabulary import Vocabulary

ROOT = Path(__file__).parents[3]


def tune_rows(settings: dict, work: Path) -> list[dict]:
    """The rows of the data stage, as many as the scale takes; one's own traffic whole, and several times."""
    rows = list(lines(work / "rows.jsonl.gz"))
    own = [row for row in rows if row["source"] == "traffic"]
    rows = [row for row in rows if row["source"] != "traffic"]
    if "most_rows" in settings:
        draw = random.Random(settings["seed"])
        draw.shuffle(rows)
        rows = [row for row in rows if fits(row, settings)][: settings["most_rows"]]
        own = [row for row in own if fits(row, settings)]
    return rows + own * settings["traffic_rounds"]


def fits(row: dict, settings: dict) -> bool:
    return sum(len(message["content"]) for message in row["messages"]) / 4 < settings["most_tokens"]


def start(settings: dict, base_path: Path) -> Base:
    # Debian's PyTorch takes a single core unless told otherwise.
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    dtype = torch.bfloat16 if settings["device"] == "cuda" else torch.float32
    base = load(base_path, settings["device"], dtype)
    return distill.shortened(base, list(range(settings["layers"]))) if "layers" in settings else base


def tune_stage(settings: dict, work: Path, base_path: Path, seconds: float | None) -> None:
    """Tunes the adapter and looks at it."""
    rows = tune_rows(settings, work)
    every_held = list(lines(work / "held.jsonl"))
    # The bias is fitted on other rows than the judge's first ones.
    held, bias_rows = every_held[: settings["held_rows"]], every_held[-settings["bias_rows"] :]
    frames = json.loads((work / "frames.json").read_text())
    report = {"rows": len(rows), "torch": torch.__version__}
    base = start(settings, base_path)
    model = tune.adapted(base, settings["rank"], settings["alpha"])
    if "adapter" in settings:
        give(model, export.read(ROOT / settings["adapter"], base_path, base.model.config))
    how = plan(settings, seconds or settings["tune_seconds"], work / "checkpoint.pt")
    examples = tune.examples_of(base, rows)
    report["tokens"] = sum(len(example.ids) for example in examples)
    tune.run(model, base, examples, how)
    report["last"] = how.log[-1]
    export.adapter(model, base_path, settings["base"], work / f"{settings['name']}.lora.gguf", "Micro-GPT 135M", {"seed": str(settings["seed"])})
    torch.save(export.weights(model), work / "adapter.pt")
    model.merge_adapter()
    report["tuned"] = evaluate.judge(base, held, frames)
    report["bias"] = evaluate.decline_bias(base, bias_rows, frames, settings["most_declined"])
    model.unmerge_adapter()
    show(report["tuned"])
    show(report["bias"])
    tune.write_log(how, work / "tune.json", **report)
    how.checkpoint.unlink(missing_ok=True)


def teacher_of(settings: dict, work: Path, base_path: Path):
    """The tuned model, its adapter merged, and the adapter: the one named in the recipe, or that of this work folder."""
    base = start(settings, base_path)
    model = tune.adapted(base, settings["rank"], settings["alpha"])
    if "adapter" in settings:
        adapter = export.read(ROOT / settings["adapter"], base_path, base.model.config)
    else:
        adapter = torch.load(work / "adapter.pt", weights_only=False)
    give(model, adapter)
    model.merge_adapter()
    return base, model.get_base_model(), adapter


def used_tokens(base: Base, work: Path) -> Counter:
    """How often each token is used by the tasks, in all rows of the data stage."""
    used = Counter()
    every = lines(work / "rows.jsonl.gz")
    while rows := list(islice(every, 4096)):
        used.update(token for example in tune.examples_of(base, rows) for token in example.ids)
    return used


def student(settings: dict, work: Path, base_path: Path, seconds: float | None) -> None:
    """Distils the tuned model into a student."""
    from gguf import GGUFReader

    rows = tune_rows(settings, work)
    every_held = list(lines(work / "held.jsonl"))
    held, bias_rows = every_held[: settings["held_rows"]], every_held[-settings["bias_rows"] :]
    frames = json.loads((work / "frames.json").read_text())
    base, teacher, adapter = teacher_of(settings, work, base_path)
    examples = tune.examples_of(base, rows)
    vocabulary = Vocabulary(GGUFReader(base_path), used_tokens(base, work), settings["student_vocabulary"])
    small = start(settings, base_path)
    model = tune.adapted(small, settings["rank"], settings["alpha"])
    give(model, adapter)
    how = plan(settings, seconds or settings["student_seconds"], work / "student.checkpoint.pt")
    distill.teach(model, small, teacher, examples, vocabulary, how)
    export.adapter(model, base_path, settings["base"], work / f"{settings['student_name']}.lora.gguf", "Micro-GPT student", {"seed": str(settings["seed"])}, vocabulary.kept)
    model.merge_adapter()
    report = {"student": evaluate.judge(small, held, frames), "bias": evaluate.decline_bias(small, bias_rows, frames, settings["most_declined"])}
    show(report)
    tune.write_log(how, work / "student.json", **report)
    how.checkpoint.unlink(missing_ok=True)


def give(model, saved: dict) -> None:
    """Puts saved adapter weights into a fresh adapter."""
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            short = name.replace("base_model.model.", "").replace(".default.weight", "")
            parameter.data.copy_(torch.from_numpy(saved[short.replace("lora_A", "lora_a").replace("lora_B", "lora_b")]))


def plan(settings: dict, seconds: float | None, checkpoint: Path | None = None) -> tune.Plan:
    return tune.Plan(settings["rounds"], settings["batch_tokens"], settings["learning_rate"], settings["seed"], seconds, checkpoint)


def show(result: dict) -> None:
    print(json.dumps(result), flush=True)
