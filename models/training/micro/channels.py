"""A narrower feed-forward in every layer: which of its channels carry least, and a model without them.

A channel's worth is the energy that it brings into the layer's output, summed over tokens (activation times the norm of
its outgoing weights, as in Sun et al., "A Simple and Effective Pruning Approach for Large Language Models", 2023); where
an answer is written counts as much as all that is read. To leave out whole layers instead cost far more.
"""

import torch

from .batches import Example, tensors


@torch.no_grad()
def kept(model, batches: list[list[Example]], width: int, pad: int, device: str) -> list[list[int]]:
    """For each layer the channels worth most, ascending."""
    mlps = [layer.mlp.down_proj for layer in model.model.layers]
    read = [torch.zeros(mlp.in_features, device=device) for mlp in mlps]
    written = [torch.zeros_like(sums) for sums in read]
    where = {}

    def listen(number: int):
        def look(_, args):
            energy = args[0].float() ** 2
            read[number] += energy[where["read"]].sum(0)
            written[number] += energy[where["written"]].sum(0)

        return look

    handles = [mlp.register_forward_pre_hook(listen(number)) for number, mlp in enumerate(mlps)]
    for examples in batches:
        ids, answers, _ = tensors(examples, pad, device)
        prompts = torch.zeros_like(answers)
        for row, example in enumerate(examples):
            prompts[row, : len(example.ids)] = True
        where |= {"read": prompts, "written": answers}
        model.model(input_ids=ids, use_cache=False)
    for handle in handles:
        handle.remove()
    found = []
    for mlp, *sums in zip(mlps, read, written):
        outgoing = mlp.weight.float().pow(2).sum(0)
        worth = sum(energy * outgoing / (energy * outgoing).sum() for energy in sums)
        found.append(sorted(worth.topk(width).indices.tolist()))
    return found


def cut(model, channels: list[list[int]]) -> None:
    """Leaves those channels only, in place."""
    for layer, places in zip(model.model.layers, channels):
        mlp = layer.mlp
        for name, axis in (("gate_proj", 0), ("up_proj", 0), ("down_proj", 1)):
            linear = getattr(mlp, name)
            linear.weight = torch.nn.Parameter(linear.weight.detach().index_select(axis, torch.tensor(places, device=linear.weight.device)))
        mlp.gate_proj.out_features = mlp.up_proj.out_features = mlp.down_proj.in_features = len(places)
    model.config.intermediate_size = len(channels[0])


def cut_adapter(adapter: dict, channels: list[list[int]]) -> dict:
    """An adapter's weights for a model that was cut so."""
    found = {}
    for name, weights in adapter.items():
        _, _, layer, _, projection, side = name.split(".")
        if (projection, side) in {("gate_proj", "lora_b"), ("up_proj", "lora_b")}:
            weights = weights[channels[int(layer)]]
        elif (projection, side) == ("down_proj", "lora_a"):
            weights = weights[:, channels[int(layer)]]
        found[name] = weights
    return found
