"""Rows into batches of about equal work: rows of like length together, padded on the right.

With a causal model padding on the right needs no mask: no row looks ahead, and padding is never a
target. The curriculum orders the first round from short and literal to long and inferential.
"""

import random
from dataclasses import dataclass

import torch

WINDOW = 8192
# Batches are as wide as a multiple of this.
STEP = 32


@dataclass
class Example:
    """A prompt with its target, as tokens."""

    ids: list[int]
    target_start: int
    difficulty: float = 0.5
    weight: float = 1.0


def plan(examples: list[Example], tokens: int, rounds: int, draw: random.Random) -> list[list[int]]:
    """Which examples each batch holds; every example once a round, at most `tokens` padded tokens a batch."""
    batches = []
    for round_number in range(rounds):
        # Some noise, so that no kind of row stands alone at either end.
        ordered = sorted(range(len(examples)), key=lambda i: examples[i].difficulty + draw.gauss(0, 0.15))
        if round_number > 0:
            draw.shuffle(ordered)
        for start in range(0, len(ordered), WINDOW):
            window = sorted(ordered[start : start + WINDOW], key=lambda i: len(examples[i].ids))
            cut = cut_by_size(window, examples, tokens)
            draw.shuffle(cut)
            batches += cut
    return batches


def cut_by_size(window: list[int], examples: list[Example], tokens: int) -> list[list[int]]:
    cut, batch = [], []
    for index in window:
        # The window is sorted: the next is the longest so far.
        if batch and width(examples[index]) * (len(batch) + 1) > tokens:
            cut.append(batch)
            batch = []
        batch.append(index)
    return [*cut, batch] if batch else cut


def width(example: Example) -> int:
    """A row's length with its padding: few different ones, so that memory is allotted once."""
    return -(-len(example.ids) // STEP) * STEP


def tensors(examples: list[Example], pad: int, device: str) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Token ids, which positions predict a target token, and each such position's weight."""
    shape = (len(examples), max(width(example) for example in examples))
    ids = torch.full(shape, pad)
    predicts = torch.zeros(shape, dtype=torch.bool)
    weights = torch.zeros(shape)
    for row, example in enumerate(examples):
        size = len(example.ids)
        ids[row, :size] = torch.tensor(example.ids)
        predicts[row, example.target_start - 1 : size - 1] = True
        weights[row, example.target_start - 1 : size - 1] = example.weight
    move = lambda tensor: tensor.to(device, non_blocking=True)
    return move(ids), move(predicts), move(weights)
