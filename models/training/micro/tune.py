"""Tunes a model on rows: LoRA on every projection.

Only hidden states that predict a target token meet the vocabulary, which saves a fifth of the work.
A run goes over the rows as often as asked, or as far as its time goes; how far is noted with the
losses. It can be interrupted: it goes on from its last checkpoint.
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
# Up to the full rate in so many steps, or in this share of a shorter run.
WARM_UP_STEPS = 40
WARM_UP_SHARE = 0.05


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
    place, step = restore(model, optimizer, how)
    started = time.monotonic() - (how.log[-1]["seconds"] if step else 0)
    model.train()
    while place < len(batches):
        # With less time than work, batches are left out evenly, so that the curriculum and the schedule stay whole.
        elapsed = time.monotonic() - started
        progress = max(place / len(batches), elapsed / how.seconds if how.seconds else 0)
        place = max(place, int(progress * len(batches)))
        if progress >= 1:
            break
        rate = schedule(step, progress) * how.learning_rate
        for group in optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            value = loss(model, [examples[index] for index in batches[place]], pad, device)
        value.backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        place, step = place + 1, step + 1
        if step % 10 == 0 or place == len(batches):
            # Reading the loss waits for the device: not at every step.
            how.log.append({"step": step, "progress": round(progress, 4), "loss": round(value.item(), 4),
                            "rate": rate, "seconds": round(time.monotonic() - started, 1)})
            if step % 50 == 0:
                print(f"step {step}  {progress:.0%}  loss {how.log[-1]['loss']:.3f}  {how.log[-1]['seconds']:.0f} s", flush=True)
        if how.checkpoint and step % 100 == 0:
            save(model, optimizer, place, step, how)
    model.eval()


def schedule(step: int, progress: float) -> float:
    """Up for a few steps, then down along a cosine."""
    return min(1.0, max((step + 1) / WARM_UP_STEPS, progress / WARM_UP_SHARE)) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


def save(model, optimizer, place: int, step: int, how: Plan) -> None:
    """A point to go on from after an interruption; written whole or not at all."""
    state = {name: value for name, value in model.state_dict().items() if "lora_" in name}
    part = how.checkpoint.with_suffix(".part")
    torch.save({"weights": state, "optimizer": optimizer.state_dict(), "place": place, "step": step, "log": how.log}, part)
    part.replace(how.checkpoint)


def restore(model, optimizer, how: Plan) -> tuple[int, int]:
    """The batch and the step to go on from."""
    if not how.checkpoint or not how.checkpoint.exists():
        return 0, 0
    state = torch.load(how.checkpoint, map_location="cpu")
    model.load_state_dict(state["weights"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    how.log[:] = state["log"]
    print(f"going on from step {state['step']} of {how.checkpoint}")
    return state["place"], state["step"]


def write_log(how: Plan, path: Path, **more) -> None:
    path.write_text(json.dumps({**more, "steps": how.log}, indent=0))
