"""Makes questions by program: a question writer, tuned on written questions, asks for spans of paragraphs.

What it asks is kept only if a model tuned on written questions, reading the paragraph, gives back
just the span that was asked for (round-trip consistency: Alberti et al., "Synthetic QA Corpora
Generation with Roundtrip Consistency", ACL 2019). The writer itself is thrown away.
"""

import re
import time

import torch

from .base import Base
from .batches import Example, tensors
from .grounded import DECLINED
from .writing import prompt

@torch.no_grad()
def write(base: Base, wanted: list[dict], batch: int, seconds: float, seed: int) -> list[dict]:
    """`wanted` ({"title", "passage", "answer", …}) with a `question` each, as many as there is time for."""
    started, done = time.monotonic(), []
    device = base.model.device
    pad = base.tokenizer.token_to_id("<|im_end|>")
    torch.manual_seed(seed)
    for start in range(0, len(wanted), batch):
        if time.monotonic() - started > seconds:
            break
        # Batches come in a random order of paragraphs; within one, padding is what the longest needs.
        part = wanted[start : start + batch]
        prompts = [base.tokens(prompt(one["title"], one["passage"], one["answer"])) for one in part]
        width = max(map(len, prompts))
        ids = torch.tensor([[pad] * (width - len(ids)) + ids for ids in prompts], device=device)
        mask = torch.tensor([[0] * (width - len(ids)) + [1] * len(ids) for ids in prompts], device=device)
        written = base.model.generate(input_ids=ids, attention_mask=mask, do_sample=True, temperature=0.8, top_p=0.9,
                                      max_new_tokens=28, eos_token_id=pad, pad_token_id=pad)
        for one, row in zip(part, written[:, width:].tolist()):
            if sound(question := base.text(row), one["answer"]):
                done.append({**one, "question": question})
    return done


def sound(question: str, answer: str) -> bool:
    """Looks like a question that doesn't give its answer away."""
    return 12 <= len(question) <= 200 and answer.lower() not in question.lower() and not re.search(r"\n|\[\d", question)


@torch.no_grad()
def consistent(model, examples: list[Example], pad: int, device: str, tokens: int) -> list[bool]:
    """Whether greedy decoding would write exactly the target: one look ahead at all its positions."""
    from .batches import cut_by_size

    verdicts = [False] * len(examples)
    order = sorted(range(len(examples)), key=lambda index: len(examples[index].ids))
    core = model.get_base_model() if hasattr(model, "get_base_model") else model
    for indices in cut_by_size(order, examples, tokens):
        ids, predicts, _ = tensors([examples[index] for index in indices], pad, device)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
            hidden = core.model(input_ids=ids).last_hidden_state
            right = core.lm_head(hidden[predicts]).argmax(-1) == torch.roll(ids, -1, dims=1)[predicts]
        wrong = torch.zeros(len(indices), dtype=torch.long, device=ids.device)
        rows = predicts.nonzero()[:, 0]
        wrong.index_add_(0, rows, (~right).long())
        for index, count in zip(indices, wrong.tolist()):
            verdicts[index] = count == 0
    return verdicts


def is_declined(text: str) -> bool:
    return text.strip().rstrip(".").lower() == DECLINED.rstrip(".").lower()
