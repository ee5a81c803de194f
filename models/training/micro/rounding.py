"""What a matrix reads as in Q4_0: the student learns with the numbers that will serve.

A gradient passes the rounding as if it weren't there (the straight-through estimator: Bengio et al.,
"Estimating or Propagating Gradients Through Stochastic Neurons", 2013). An adapted matrix is computed
as frozen part + adapter; so it is enough to hold the frozen part at what makes the sum the rounded one.
"""

import torch
from peft.tuners.lora import LoraLayer

BLOCK = 32


def q4_0(weights: torch.Tensor) -> torch.Tensor:
    """Weights as GGUF's Q4_0 gives them back: of each 32, sixteen levels of the number furthest from 0."""
    blocks = weights.float().reshape(-1, BLOCK)
    furthest = blocks.gather(1, blocks.abs().argmax(dim=1, keepdim=True))
    scale = furthest / -8
    inverse = torch.where(scale == 0, scale, 1 / scale)
    levels = (blocks * inverse + 8.5).floor().clamp(0, 15) - 8
    return (levels * scale.half().float()).reshape(weights.shape).to(weights.dtype)


class Rounded:
    """The adapted matrices of a model, held at what they would round to."""

    def __init__(self, model):
        layers = [module for module in model.modules() if isinstance(module, LoraLayer)]
        self.exact = [(layer, layer.get_base_layer().weight.detach().clone()) for layer in layers]

    @torch.no_grad()
    def renew(self) -> None:
        """After the adapter has changed."""
        for layer, exact in self.exact:
            change = layer.get_delta_weight("default").to(exact.dtype)
            layer.get_base_layer().weight.copy_(q4_0(exact + change) - change)
