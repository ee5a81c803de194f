"""A quick look at a model during training: the judge proper is `microgpt eval answers`.

The same measures (SQuAD's normalization, after Rajpurkar et al., 2016), on the same kind of rows.
"""

import math
import re
import string
from collections import Counter
from collections.abc import Iterator

import torch

from . import prompts
from .base import Base
from .grounded import DECLINED


@torch.no_grad()
def replies(base: Base, prompts_of_rows: list[list[dict]], batch: int, most_tokens: int = 32) -> list[str]:
    """Greedy replies, in order."""
    pad = base.tokenizer.token_to_id("<|im_end|>")
    device = base.model.device
    encoded = [base.tokens(messages) for messages in prompts_of_rows]
    texts = [""] * len(encoded)
    # Asked whether others compute along, transformers looks into torch.distributed, which Debian 12 has broken.
    alone = {} if hasattr(torch.nn.functional, "scaled_dot_product_attention") else {"synced_gpus": False}
    for part, width in alike(encoded, batch):
        ids = torch.tensor([[pad] * (width - len(encoded[i])) + encoded[i] for i in part], device=device)
        mask = torch.tensor([[0] * (width - len(encoded[i])) + [1] * len(encoded[i]) for i in part], device=device)
        written = base.model.generate(input_ids=ids, attention_mask=mask, do_sample=False, temperature=None, top_p=None,
                                      max_new_tokens=most_tokens, eos_token_id=pad, pad_token_id=pad, **alone)
        for index, row in zip(part, written[:, width:].tolist()):
            texts[index] = base.text(row)
    return texts


def alike(encoded: list[list[int]], batch: int) -> Iterator[tuple[list[int], int]]:
    """The indexes of a batch of texts of about one length, and the longest length."""
    order = sorted(range(len(encoded)), key=lambda index: len(encoded[index]))
    for start in range(0, len(order), batch):
        part = order[start : start + batch]
        yield part, len(encoded[part[-1]])


def judge(base: Base, rows: list[dict], frames: dict) -> dict:
    """Shares in percent over {"context", "question", "answer"} rows."""
    found = replies(base, asked(rows, frames), batch_of(base))
    held = [(reply, row["answer"]) for reply, row in zip(found, rows) if row["answer"] is not None]
    lacking = [(reply, row) for reply, row in zip(found, rows) if row["answer"] is None]
    share = lambda values: round(100 * sum(values) / max(1, len(values)), 1)
    result = {
        "answerable": len(held),
        "exact": share([normal(reply) == normal(answer) for reply, answer in held]),
        "f1": share([f1(reply, answer) for reply, answer in held]),
        "contains": share([normal(answer) in normal(reply) for reply, answer in held]),
        "declined_wrongly": share([is_declined(reply) for reply, _ in held]),
    }
    for source in sorted({row.get("source", "") for _, row in lacking}):
        result[f"declined_rightly: {source}"] = share([is_declined(reply) for reply, row in lacking if row.get("source", "") == source])
    return result


def asked(rows: list[dict], frames: dict) -> list[list[dict]]:
    return [prompts.fill(frames, {"question": row["question"], "passages": [{"title": None, "text": row["context"]}]}) for row in rows]


def batch_of(base: Base) -> int:
    return 256 if base.model.device.type == "cuda" else 8


@torch.no_grad()
def leanings(base: Base, prompts_of_rows: list[list[dict]], batch: int) -> list[float]:
    """How far each reply leans to declining: the logit of the refusal's first token less the highest other."""
    pad = base.tokenizer.token_to_id("<|im_end|>")
    first = base.answer_tokens(DECLINED)[0]
    encoded = [base.tokens(messages) for messages in prompts_of_rows]
    found = [0.0] * len(encoded)
    for part, width in alike(encoded, batch):
        # Nothing looks ahead, so what fills a row up behind its end changes nothing.
        ids = torch.tensor([encoded[i] + [pad] * (width - len(encoded[i])) for i in part], device=base.model.device)
        hidden = base.model.model(input_ids=ids, use_cache=False).last_hidden_state
        ends = torch.tensor([len(encoded[index]) - 1 for index in part], device=hidden.device)
        logits = base.model.lm_head(hidden[torch.arange(len(part), device=hidden.device), ends]).float()
        refusal = logits[:, first].clone()
        logits[:, first] = -math.inf
        for index, lean in zip(part, (refusal - logits.amax(dim=1)).tolist()):
            found[index] = lean
    return found


def decline_bias(base: Base, rows: list[dict], frames: dict, most_declined: float) -> dict:
    """The bias for models.toml, fitted on rows that training did not see, and what it does on them, in percent."""
    leans = leanings(base, asked(rows, frames), batch_of(base))
    answerable = [lean for lean, row in zip(leans, rows) if row["answer"] is not None]
    bias = highest_bias(answerable, most_declined)
    share = lambda values: round(100 * sum(lean + bias > 0 for lean in values) / max(1, len(values)), 1)
    result = {"rows": len(rows), "decline_bias": bias, "answerable declined": share(answerable)}
    for source in sorted({row.get("source", "") for row in rows if row["answer"] is None}):
        result[f"declined: {source}"] = share([lean for lean, row in zip(leans, rows) if row["answer"] is None and row.get("source", "") == source])
    return result


def highest_bias(answerable: list[float], most_declined: float) -> float:
    """The highest with which at most that share of the answerable ones is declined; in quarters."""
    if not answerable:
        return 0.0
    by_lean = sorted(answerable, reverse=True)
    first_kept = by_lean[min(int(most_declined * len(by_lean)), len(by_lean) - 1)]
    return math.floor(-first_kept * 4) / 4


def normal(text: str) -> str:
    text = "".join(" " if letter in string.punctuation else letter for letter in text.lower())
    return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())


def f1(reply: str, answer: str) -> float:
    ours, theirs = normal(reply).split(), normal(answer).split()
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 0.0 if common == 0 else 2 * common / (len(ours) + len(theirs))


def is_declined(text: str) -> bool:
    return normal(text) == normal(DECLINED)
