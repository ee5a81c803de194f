"""A student of the tuned model: narrower layers, a sliding window in some of them, a smaller vocabulary, four bits.

What stays keeps the teacher's weights and its adapter, and learns to give the teacher's
distribution at target positions and at a part of the others (Hinton et al., "Distilling the Knowledge
in a Neural Network", 2015), and to end in its direction everywhere (Sanh et al., "DistilBERT", 2019).
"""

import copy
import functools
import random

import torch

from . import tune
from .base import Base
from .batches import Example, tensors
from .rounding import Rounded
from .vocabulary import Vocabulary

# The part of the prompt's positions that the student learns from too.
PROMPT_SHARE = 0.3
TARGET_WEIGHT = 1.0
DIRECTION_WEIGHT = 1.0
# The rounded matrices follow the adapter every so many steps: doing it costs a fifth of a step.
ROUND_EVERY = 4
# One layer in so many looks back without a window.
FULL_EVERY = 3


def shortened(base: Base, layers: list[int]) -> Base:
    """A copy of the model with those layers only."""
    model = copy.deepcopy(base.model)
    model.model.layers = torch.nn.ModuleList(model.model.layers[place] for place in layers)
    for place, layer in enumerate(model.model.layers):
        layer.self_attn.layer_idx = place
    model.config.num_hidden_layers = len(layers)
    return Base(model, base.tokenizer, base.path)


def narrow(model, window: int) -> None:
    """Lets all layers but each `FULL_EVERY`-th look back over `window` tokens only; where no cache is used, as in training."""
    for place, layer in enumerate(model.model.layers):
        if place % FULL_EVERY != FULL_EVERY - 1:
            layer.forward = functools.partial(looking_back, layer.forward, window)


def looking_back(forward, window: int, hidden, *rest, **named):
    length = hidden.shape[1]
    if length > window and named.get("past_key_values") is None:
        place = torch.arange(length, device=hidden.device)
        distance = place[:, None] - place[None, :]
        seen = (distance >= 0) & (distance < window)
        mask = torch.zeros(seen.shape, dtype=hidden.dtype, device=hidden.device).masked_fill(~seen, torch.finfo(hidden.dtype).min)
        named["attention_mask"] = mask[None, None]
    return forward(hidden, *rest, **named)


class Lesson:
    """What the student's loss is made of."""

    def __init__(self, teacher, rounded: Rounded, vocabulary: Vocabulary, device: str):
        self.teacher, self.rounded, self.steps = teacher, rounded, 0
        kept = torch.tensor(vocabulary.kept, device=device)
        # Neither's words are tuned, so they are the same.
        self.words = teacher.lm_head.weight.detach()[kept]
        self.place = torch.full((teacher.config.vocab_size,), -1, device=device)
        self.place[kept] = torch.arange(len(kept), device=device)

    def loss(self, model, examples: list[Example], pad: int, device: str) -> torch.Tensor:
        if self.steps % ROUND_EVERY == 0:
            self.rounded.renew()
        self.steps += 1
        ids, predicts, _ = tensors(examples, pad, device)
        core = model.get_base_model()
        seen = torch.zeros_like(predicts)
        for row, example in enumerate(examples):
            seen[row, : example.target_start - 1] = True
        learned = predicts | (seen & (torch.rand(seen.shape, device=device) < PROMPT_SHARE))
        with torch.no_grad():
            theirs = self.teacher.model(input_ids=ids, use_cache=False).last_hidden_state
            told = torch.nn.functional.linear(theirs[learned], self.words).float().log_softmax(-1)
        ours = core.model(input_ids=ids, use_cache=False).last_hidden_state
        said = torch.nn.functional.linear(ours[learned], self.words).float().log_softmax(-1)
        divergence = torch.nn.functional.kl_div(said, told, log_target=True, reduction="none").sum(-1)
        target = predicts[learned]
        following = self.place[torch.roll(ids, -1, dims=1)[learned]]
        right = torch.nn.functional.nll_loss(said[target], following[target])
        everywhere = predicts | seen
        apart = 1 - torch.nn.functional.cosine_similarity(ours[everywhere].float(), theirs[everywhere].float(), dim=-1).mean()
        return divergence[target].mean() + divergence[~target].mean() + TARGET_WEIGHT * right + DIRECTION_WEIGHT * apart


def respelled(examples: list[Example], vocabulary: Vocabulary) -> list[Example]:
    """The examples in the student's vocabulary."""
    made = []
    for example in examples:
        prompt = vocabulary.respell(example.ids[: example.target_start])
        made.append(Example(prompt + vocabulary.respell(example.ids[example.target_start :]), len(prompt), example.difficulty))
    return made


def teach(student, base: Base, teacher, examples: list[Example], vocabulary: Vocabulary, how: tune.Plan) -> None:
    """Tunes the student's adapter on the teacher's word; the student's matrices end as they round."""
    rounded = Rounded(student)
    lesson = Lesson(teacher, rounded, vocabulary, next(student.parameters()).device.type)
    random.Random(how.seed).shuffle(examples)
    tune.run(student, base, examples, how, loss=lesson.loss)
    rounded.renew()
