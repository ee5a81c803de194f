"""A student of the tuned model: a smaller vocabulary and four bits.

It begins with the teacher's weights and adapter. Each of the two reads a text in its own tokens; where one of
the teacher's ends, the student learns its distribution, at target positions and at a part of the others (Hinton
et al., "Distilling the Knowledge in a Neural Network", 2015), and everywhere the direction of its last hidden
state (Sanh et al., "DistilBERT", 2019).
"""

import copy
import random
from dataclasses import dataclass
from itertools import accumulate

import torch

from . import tune
from .base import Base
from .batches import Example, tensors
from .rounding import Rounded, iq4_nl
from .vocabulary import Vocabulary

# The part of the prompt's positions that the student learns from too.
PROMPT_SHARE = 0.3
TARGET_WEIGHT = 1.0
DIRECTION_WEIGHT = 1.0
# The rounded matrices follow the adapter every so many steps, with new scales more seldom: that costs several steps.
ROUND_EVERY = 8
SEARCH_EVERY = 128


def shortened(base: Base, layers: list[int]) -> Base:
    """A copy of the model with those layers only."""
    model = copy.deepcopy(base.model)
    model.model.layers = torch.nn.ModuleList(model.model.layers[place] for place in layers)
    for place, layer in enumerate(model.model.layers):
        layer.self_attn.layer_idx = place
    model.config.num_hidden_layers = len(layers)
    return Base(model, base.tokenizer, base.path)


@dataclass(kw_only=True)
class Respelled(Example):
    """An example in the student's vocabulary, with what the teacher reads."""

    read: Example
    # Where each of the teacher's tokens ends among the student's.
    ends: list[int]


def respelled(example: Example, vocabulary: Vocabulary) -> Respelled:
    spelled = [vocabulary.respell([token]) for token in example.ids]
    ends = [length - 1 for length in accumulate(map(len, spelled))]
    start = ends[example.target_start - 1] + 1
    return Respelled([part for parts in spelled for part in parts], start, example.difficulty, example.weight, read=example, ends=ends)


class Lesson:
    """What the student's loss is made of."""

    def __init__(self, student, teacher, rounded: Rounded, vocabulary: Vocabulary, device: str):
        self.teacher, self.rounded, self.steps = teacher, rounded, 0
        kept = torch.tensor(vocabulary.kept, device=device)
        self.words = student.get_base_model().lm_head.weight.detach()[kept]
        self.place = torch.full((teacher.config.vocab_size,), -1, device=device)
        self.place[kept] = torch.arange(len(kept), device=device)
        # To write a token that went is to begin with the first of its parts.
        self.begins = self.place[torch.tensor(vocabulary.begins, device=device)]

    def told(self, hidden: torch.Tensor) -> torch.Tensor:
        """What the teacher would say next, in the student's vocabulary."""
        says = self.teacher.lm_head(hidden).float().softmax(-1)
        return torch.zeros(len(hidden), len(self.words), device=hidden.device).index_add_(1, self.begins, says)

    def loss(self, model, examples: list[Respelled], pad: int, device: str) -> torch.Tensor:
        if self.steps % ROUND_EVERY == 0:
            self.rounded.renew(searched=self.steps % SEARCH_EVERY == 0)
        self.steps += 1
        row, their_place, our_place, of_target = (part.to(device) for part in meetings(examples))
        chosen = of_target | (torch.rand(len(row), device=device) < PROMPT_SHARE)
        ids, predicts, _ = tensors(examples, pad, device)
        with torch.no_grad():
            read, _, _ = tensors([example.read for example in examples], pad, device)
            theirs = self.teacher.model(input_ids=read, use_cache=False).last_hidden_state[row, their_place]
            told = self.told(theirs[chosen])
        hidden = model.get_base_model().model(input_ids=ids, use_cache=False).last_hidden_state
        ours = hidden[row, our_place]
        divergence = torch.nn.functional.kl_div(self.said(ours[chosen]), told, reduction="none").sum(-1)
        of_target = of_target[chosen]
        following = self.place[torch.roll(ids, -1, dims=1)[predicts]]
        right = torch.nn.functional.nll_loss(self.said(hidden[predicts]), following)
        apart = 1 - torch.nn.functional.cosine_similarity(ours.float(), theirs.float(), dim=-1).mean()
        return divergence[of_target].mean() + divergence[~of_target].mean() + TARGET_WEIGHT * right + DIRECTION_WEIGHT * apart

    def said(self, hidden: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.linear(hidden, self.words).float().log_softmax(-1)


def meetings(examples: list[Respelled]) -> tuple[torch.Tensor, ...]:
    """Where both have read the same: row, the teacher's place, the student's; and whether a target token follows."""
    found = [
        (row, their, our, their >= example.read.target_start - 1)
        for row, example in enumerate(examples)
        for their, our in enumerate(example.ends[:-1])
    ]
    row, their, our, of_target = zip(*found)
    return torch.tensor(row), torch.tensor(their), torch.tensor(our), torch.tensor(of_target)


def teach(student, base: Base, teacher, examples: list[Example], vocabulary: Vocabulary, how: tune.Plan) -> None:
    """Tunes the student's adapter on the teacher's word; the student's matrices end as they round."""
    words = base.model.get_input_embeddings().weight
    words.data.copy_(iq4_nl(words.data))
    rounded = Rounded(student)
    lesson = Lesson(student, teacher, rounded, vocabulary, next(student.parameters()).device.type)
    made = [respelled(example, vocabulary) for example in examples]
    random.Random(how.seed).shuffle(made)
    tune.run(student, base, made, how, loss=lesson.loss)
    rounded.renew()
