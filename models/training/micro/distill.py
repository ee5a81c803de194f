"""A student of the tuned model: fewer layers, a sliding window in some of them, a smaller vocabulary.

Layers that change their input least go first (block influence: Men et al., "ShortGPT", 2024). What
stays keeps the teacher's weights and its adapter, and learns to give the teacher's distribution at
target positions and at a part of the others (Hinton et al., "Distilling the Knowledge in a Neural
Network", 2015).
"""

import copy
import random

import torch

from . import tune
from .base import Base
from .batches import Example, tensors
from .vocabulary import Vocabulary

# The part of the prompt's positions that the student learns from too.
PROMPT_SHARE = 0.15
TARGET_WEIGHT = 1.0
# One layer in so many looks back without a window.
FULL_EVERY = 3


@torch.no_grad()
def influence(model, examples: list[Example], pad: int, device: str) -> list[float]:
    """How much each layer turns what goes through it: 1 − the mean cosine of its output with its input."""
    ids, _, _ = tensors(examples, pad, device)
    with torch.autocast(device, dtype=torch.bfloat16, enabled=device == "cuda"):
        states = model.model(input_ids=ids, output_hidden_states=True).hidden_states
    return [
        1 - torch.nn.functional.cosine_similarity(before.float(), after.float(), dim=-1).mean().item()
        for before, after in zip(states, states[1:])
    ]


def layers_to_keep(scores: list[float], count: int) -> list[int]:
    """The first and the last layer, and those with the most influence."""
    last = len(scores) - 1
    ends = {0, last}
    rest = sorted((place for place in range(len(scores)) if place not in ends), key=lambda place: -scores[place])
    return sorted(ends | set(rest[: count - len(ends)]))


def shortened(base: Base, layers: list[int]) -> Base:
    """A copy of the model with those layers only."""
    model = copy.deepcopy(base.model)
    model.model.layers = torch.nn.ModuleList(model.model.layers[place] for place in layers)
    for place, layer in enumerate(model.model.layers):
        layer.self_attn.layer_idx = place
    model.config.num_hidden_layers = len(layers)
    return Base(model, base.tokenizer, base.path)


def narrow(model, window: int) -> None:
    """Lets all layers but each `FULL_EVERY`-th look back over `window` tokens only."""

    def look(_, args, kwargs):
        length = (args[0] if args else kwargs["hidden_states"]).shape[1]
        if length > window and kwargs.get("past_key_values") is None:
            place = torch.arange(length, device=model.device)
            distance = place[:, None] - place[None, :]
            kwargs["attention_mask"] = ((distance >= 0) & (distance < window))[None, None]
        return args, kwargs

    for place, layer in enumerate(model.model.layers):
        if place % FULL_EVERY != FULL_EVERY - 1:
            layer.register_forward_pre_hook(look, with_kwargs=True)


def take_adapter(student, teacher, layers: list[int]) -> None:
    """The teacher's adapter, into a wider one that begins by computing the same."""
    theirs = dict(teacher.named_parameters())
    for name, parameter in student.named_parameters():
        if "lora_" not in name:
            continue
        head, _, rest = name.partition(".layers.")
        place, _, rest = rest.partition(".")
        source = theirs[f"{head}.layers.{layers[int(place)]}.{rest}"].data
        if "lora_A" in name:
            parameter.data[: source.shape[0]] = source
        else:
            parameter.data.zero_()
            parameter.data[:, : source.shape[1]] = source


class Lesson:
    """What the student's loss is made of."""

    def __init__(self, teacher, vocabulary: Vocabulary, device: str):
        self.teacher = teacher
        self.kept = torch.tensor(vocabulary.kept, device=device)
        self.place = torch.full((teacher.config.vocab_size,), -1, device=device)
        self.place[self.kept] = torch.arange(len(self.kept), device=device)

    def loss(self, model, examples: list[Example], pad: int, device: str) -> torch.Tensor:
        ids, predicts, _ = tensors(examples, pad, device)
        core = model.get_base_model()
        seen = torch.zeros_like(predicts)
        for row, example in enumerate(examples):
            seen[row, : example.target_start - 1] = True
        learned = predicts | (seen & (torch.rand(seen.shape, device=device) < PROMPT_SHARE))
        with torch.no_grad():
            told = self.teacher.model(input_ids=ids).last_hidden_state[learned]
            told = torch.nn.functional.linear(told, self.teacher.lm_head.weight[self.kept]).float().log_softmax(-1)
        hidden = core.model(input_ids=ids).last_hidden_state[learned]
        said = torch.nn.functional.linear(hidden, core.lm_head.weight[self.kept]).float().log_softmax(-1)
        divergence = torch.nn.functional.kl_div(said, told, log_target=True, reduction="none").sum(-1)
        target = predicts[learned]
        following = self.place[torch.roll(ids, -1, dims=1)[learned]]
        right = torch.nn.functional.nll_loss(said[target], following[target])
        return divergence[target].mean() + divergence[~target].mean() + TARGET_WEIGHT * right


def respelled(examples: list[Example], vocabulary: Vocabulary) -> list[Example]:
    """The examples in the student's vocabulary."""
    made = []
    for example in examples:
        prompt = vocabulary.respell(example.ids[: example.target_start])
        made.append(Example(prompt + vocabulary.respell(example.ids[example.target_start :]), len(prompt), example.difficulty))
    return made


def teach(student, base: Base, teacher, examples: list[Example], vocabulary: Vocabulary, how: tune.Plan) -> None:
    """Tunes the student's adapter on the teacher's word."""
    lesson = Lesson(teacher, vocabulary, next(student.parameters()).device.type)
    random.Random(how.seed).shuffle(examples)
    tune.run(student, base, examples, how, loss=lesson.loss)
