"""Tunes a model on rows: LoRA for what ships, all weights for a helper that never leaves.

Only hidden states that predict a target token meet the vocabulary, which saves a fifth of the work.
The number of steps follows from the rows, or from the time there is; it is measured over the first
steps and noted with the losses.
"""

import json
import math
import random
import time
from dataclasses import dataclass, field
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model

from .base import Base, pieces
from .batches import Example, plan, tensors

PROJECTIONS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
WARM_UP_STEPS = 40
MEASURED_STEPS = 12


@dataclass
class Plan:
    """How to tune."""

    rounds: int
    batch_tokens: int
    learning_rate: float
    seed: int
    # Seconds there are; None: as long as the rounds take.
    seconds: float | None = None
    checkpoint: Path | None = None
    log: list[dict] = field(default_factory=list)


def adapted(base: Base, rank: int, alpha: float):
    """The base with a fresh adapter on every projection."""
    torch.manual_seed(20261126)
    settings = LoraConfig(r=rank, lora_alpha=alpha, target_modules=PROJECTIONS, lora_dropout=0.0, bias="none", task_type="CAUSAL_LM")
    model = get_peft_model(base.model, settings)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.float()
    for module in model.modules():
        # Autocast knows better which type to compute in; a cast of every input would only cost.
        if hasattr(module, "cast_input_dtype_enabled"):
            module.cast_input_dtype_enabled = False
    return model


def examples_of(base: Base, rows: list[dict]) -> list[Example]:
    """Rows with `messages` and `target` as tokens; grounded targets are short and must be exact."""
    marks = [piece for row in rows for piece in pieces_of(row)]
    encoded = iter(base.tokenizer.encode_batch(marks, add_special_tokens=False))
    end = base.tokenizer.token_to_id("<|im_end|>")
    made = []
    for row in rows:
        parts = [next(encoded).ids for _ in pieces_of(row)]
        prompt = [token for part in parts[:-1] for token in part]
        made.append(Example(prompt + parts[-1] + [end], len(prompt), row.get("difficulty", 0.5), row.get("weight", 1.0)))
    return made


def pieces_of(row: dict) -> list[str]:
    return [*pieces(row["messages"]), row["target"]]


def loss_of(model, examples: list[Example], pad: int, device: str) -> torch.Tensor:
    """The mean loss of a target token."""
    ids, predicts, weights = tensors(examples, pad, device)
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    hidden = core.model(input_ids=ids).last_hidden_state
    logits = core.lm_head(hidden[predicts]).float()
    following = torch.roll(ids, -1, dims=1)[predicts]
    losses = torch.nn.functional.cross_entropy(logits, following, reduction="none")
    weight = weights[predicts]
    return (losses * weight).sum() / weight.sum()


def run(model, base: Base, examples: list[Example], how: Plan, loss=loss_of) -> None:
    """Trains the parameters that ask for it, in place."""
    device = next(model.parameters()).device.type
    pad = base.tokenizer.token_to_id("<|im_end|>")
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=how.learning_rate, betas=(0.9, 0.98), weight_decay=0.01)
    batches = plan(examples, how.batch_tokens, how.rounds, random.Random(how.seed))
    steps, first = len(batches), restore(model, optimizer, how)
    started = time.monotonic()
    model.train()
    for step in range(first, len(batches)):
        if step >= steps:
            break
        if how.seconds is not None and step == first + MEASURED_STEPS:
            pace = (time.monotonic() - started) / MEASURED_STEPS
            steps = min(len(batches), first + max(MEASURED_STEPS, int(how.seconds / pace * 0.98)))
            batches = spread(batches, steps, first + MEASURED_STEPS)
        rate = schedule(step, steps) * how.learning_rate
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            value = loss(model, [examples[index] for index in batches[step]], pad, device)
        value.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step % 10 == 0 or step == steps - 1:
            # Reading the loss waits for the device: not at every step.
            how.log.append({"step": step, "loss": round(value.item(), 4), "seconds": round(time.monotonic() - started, 1), "rate": rate})
            if step % 50 == 0:
                print(f"step {step}/{steps}  loss {how.log[-1]['loss']:.3f}  {how.log[-1]['seconds']:.0f} s", flush=True)
        if how.checkpoint and step % 100 == 99:
            save(model, optimizer, step + 1, how)
        if how.seconds is not None and time.monotonic() - started > how.seconds:
            break
    model.eval()


def spread(batches: list[list[int]], steps: int, done: int) -> list[list[int]]:
    """As many batches as there is time for, out of all of them in order, so that the curriculum stays whole."""
    rest = batches[done:]
    wanted = steps - done
    if wanted >= len(rest):
        return batches
    return batches[:done] + [rest[int(place * len(rest) / wanted)] for place in range(wanted)]


def schedule(step: int, steps: int) -> float:
    """Up for a few steps, then down along a cosine."""
    warm = min(1.0, (step + 1) / WARM_UP_STEPS)
    return warm * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, step / max(1, steps)))))


def save(model, optimizer, step: int, how: Plan) -> None:
    """A point to go on from after an interruption; written whole or not at all."""
    state = {name: value for name, value in model.state_dict().items() if "lora_" in name}
    part = how.checkpoint.with_suffix(".part")
    torch.save({"weights": state, "optimizer": optimizer.state_dict(), "step": step, "log": how.log}, part)
    part.replace(how.checkpoint)


def restore(model, optimizer, how: Plan) -> int:
    """The step to go on from."""
    if not how.checkpoint or not how.checkpoint.exists():
        return 0
    state = torch.load(how.checkpoint, map_location="cpu")
    model.load_state_dict(state["weights"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    how.log[:] = state["log"]
    print(f"going on from step {state['step']} of {how.checkpoint}")
    return state["step"]


def write_log(how: Plan, path: Path, **more) -> None:
    path.write_text(json.dumps({**more, "steps": how.log}, indent=0))
