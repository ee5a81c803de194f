"""Writes an adapter as GGUF, what `microgpt models pull` merges into the packaged base, and reads it again."""

import hashlib
from pathlib import Path

import gguf
import numpy as np

from .base import BLOCK, halves, neighbours

GGUF_NAMES = {torch_name: gguf_name for gguf_name, torch_name in BLOCK.items()}


def adapter(model, base_path: Path, base_name: str, path: Path, name: str, notes: dict[str, str], tokens: list[int] | None = None) -> None:
    """The adapter of a tuned model in Q8_0 (its rank is a multiple of 32); `tokens` are those of the base that a student has."""
    settings = model.peft_config["default"]
    config = model.get_base_model().config
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", float(settings.lora_alpha))
    writer.add_name(name)
    writer.add_string("microgpt.base", base_name)
    writer.add_string("microgpt.base_sha256", sha256(base_path))
    for key, text in notes.items():
        writer.add_string(f"microgpt.{key}", text)
    if tokens is not None:
        writer.add_array("microgpt.student.tokens", tokens)
    for torch_name, array in weights(model).items():
        _, _, layer, module, projection, side = torch_name.split(".")
        part = GGUF_NAMES[f"{module}.{projection}"]
        if heads := rotated(part, side, config):
            array = neighbours(array, heads)
        kind = gguf.GGMLQuantizationType.Q8_0
        writer.add_tensor(f"blk.{layer}.{part}.weight.{side}", gguf.quantize(np.ascontiguousarray(array), kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read(path: Path, base_path: Path, config) -> dict[str, np.ndarray]:
    """The weights of an adapter that was written for this base."""
    reader = gguf.GGUFReader(path)
    base = reader.fields.get("microgpt.base_sha256")
    if base is None or base.contents() != sha256(base_path):
        raise SystemExit(f"{path}: an adapter of another base than {base_path}")
    found = {}
    for tensor in reader.tensors:
        _, layer, part, _, side = tensor.name.split(".")
        array = np.array(gguf.dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        if heads := rotated(part, side, config):
            array = halves(array, heads)
        found[f"model.layers.{layer}.{BLOCK[part]}.{side}"] = array
    return found


def rotated(part: str, side: str, config) -> int | None:
    """Heads of a matrix whose rows GGUF orders otherwise."""
    heads = {"attn_q": config.num_attention_heads, "attn_k": config.num_key_value_heads}
    return heads.get(part) if side == "lora_b" else None


def weights(model) -> dict[str, np.ndarray]:
    """`model.layers.N.MODULE.PROJECTION.lora_a|lora_b` → float32."""
    found = {}
    for name, parameter in model.named_parameters():
        if "lora_" in name:
            short = name.replace("base_model.model.", "").replace(".default.weight", "")
            found[short.replace("lora_A", "lora_a").replace("lora_B", "lora_b")] = parameter.detach().float().cpu().numpy()
    return dict(sorted(found.items()))


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
