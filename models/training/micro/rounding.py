"""What a matrix reads as in IQ4_NL: the student learns with the numbers that will serve.

A gradient passes the rounding as if it weren't there (the straight-through estimator: Bengio et al.,
"Estimating or Propagating Gradients Through Stochastic Neurons", 2013). An adapted matrix is computed
as frozen part + adapter; so it is enough to hold the frozen part at what makes the sum the rounded one.
"""

import torch
from peft.tuners.lora import LoraLayer

BLOCK = 32
# GGUF's levels; a block of numbers is these times its scale.
LEVELS = torch.tensor([-127.0, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113])
# Where one level is left for the next: all are halves, so that a table of halves finds the nearest.
FURTHEST = 150
NEAREST = LEVELS[torch.bucketize(torch.arange(-2 * FURTHEST, 2 * FURTHEST + 1) / 2, (LEVELS[1:] + LEVELS[:-1]) / 2, right=True)]
# What a block's number furthest from 0 may be scaled to, in the order in which llama.cpp tries it.
TRIED = (127, *range(-134, -119))
# Blocks that are searched at once: what a processor's cache holds.
AT_ONCE = 8192


def nearest(numbers: torch.Tensor) -> torch.Tensor:
    """The level nearest to each; of two as near the higher."""
    return NEAREST.to(numbers.device)[(2 * numbers).floor().clamp(-2 * FURTHEST, 2 * FURTHEST).long() + 2 * FURTHEST]


def search(weights: torch.Tensor) -> torch.Tensor:
    """What the furthest number of each block is scaled to for the least error, weighed by the numbers' squares. Costly."""
    return torch.cat([search_some(blocks) for blocks in blocks_of(weights).split(AT_ONCE)])


def search_some(blocks: torch.Tensor) -> torch.Tensor:
    furthest = furthest_of(blocks)
    chosen, most = torch.full_like(furthest, TRIED[0]), torch.full_like(furthest, -1)
    for aim in TRIED:
        along, square = projected(blocks, nearest(blocks * (aim / furthest)))
        gain = along * along / square
        better = gain > most
        most = torch.where(better, gain, most)
        chosen = torch.where(better, torch.full_like(chosen, aim), chosen)
    return chosen


def iq4_nl(weights: torch.Tensor, aims: torch.Tensor | None = None) -> torch.Tensor:
    """Weights as GGUF's IQ4_NL gives them back; `aims` are those that a search found for weights much like these."""
    blocks = blocks_of(weights)
    aims = search(weights) if aims is None else aims
    along, square = projected(blocks, nearest(blocks * (aims / furthest_of(blocks))))
    # A block of zeros has no scale.
    scale = torch.where(square > 0, along / square, torch.zeros_like(along))
    levels = nearest(torch.where(square > 0, blocks / scale, blocks))
    return (levels * scale.half().float()).reshape(weights.shape).to(weights.dtype)


def projected(blocks: torch.Tensor, levels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of a block's numbers along its levels, and of the levels themselves; their quotient is the best scale."""
    weighed = blocks * blocks * levels
    return (weighed * blocks).sum(1, keepdim=True), (weighed * levels).sum(1, keepdim=True)


def blocks_of(weights: torch.Tensor) -> torch.Tensor:
    return weights.float().reshape(-1, BLOCK)


def furthest_of(blocks: torch.Tensor) -> torch.Tensor:
    found = blocks.gather(1, blocks.abs().argmax(dim=1, keepdim=True))
    return torch.where(found == 0, torch.ones_like(found), found)


class Rounded:
    """The adapted matrices of a model, held at what they would round to."""

    def __init__(self, model):
        layers = [module for module in model.modules() if isinstance(module, LoraLayer)]
        self.exact = [(layer, layer.get_base_layer().weight.detach().clone()) for layer in layers]
        self.aims = [None] * len(layers)

    @torch.no_grad()
    def renew(self, searched: bool = True) -> None:
        """After the adapter has changed: with a new search for the best scales, or with those found before."""
        for place, (layer, exact) in enumerate(self.exact):
            change = layer.get_delta_weight("default").to(exact.dtype)
            if searched:
                self.aims[place] = search(exact + change)
            layer.get_base_layer().weight.copy_(iq4_nl(exact + change, self.aims[place]) - change)
