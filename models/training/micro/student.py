"""Writes the student as a GGUF of its own: the layers it keeps, merged and renumbered, with its vocabulary.

llama.cpp's "granite_swa" is Llama's architecture with a window for some of the layers; all its other
factors are 1 here.
"""

import json
from pathlib import Path

import gguf
import numpy as np
from gguf import GGUFReader, GGMLQuantizationType, dequantize, quantize

from .base import value
from .distill import FULL_EVERY

ARCHITECTURE = "granite_swa"
NO_SINK = -1e9


def write(base_path: Path, adapter_path: Path, vocabulary_path: Path, path: Path) -> None:
    """Base, adapter and vocabulary into one file in Q8_0."""
    base, adapter = GGUFReader(base_path), GGUFReader(adapter_path)
    layers = json.loads(value(adapter, "microgpt.layers"))
    kept = json.loads(vocabulary_path.read_text())
    writer = gguf.GGUFWriter(path, ARCHITECTURE)
    describe(writer, base, len(layers), len(kept), int(value(adapter, "microgpt.window")))
    write_tokenizer(writer, base, kept)
    tensors = {tensor.name: tensor for tensor in base.tensors}
    changes = {tensor.name: tensor for tensor in adapter.tensors}
    scale = value(adapter, "adapter.lora.alpha") / changes["blk.0.attn_q.weight.lora_a"].shape[1]
    for place, layer in enumerate(layers):
        for name in (name for name in tensors if name.startswith(f"blk.{layer}.")):
            ours = name.replace(f"blk.{layer}.", f"blk.{place}.")
            array = numbers(tensors[name])
            if f"{ours}.lora_a" in changes:
                array = array + scale * (numbers(changes[f"{ours}.lora_b"]) @ numbers(changes[f"{ours}.lora_a"]))
            add(writer, ours, array)
        # The architecture has a sink in every head's softmax; far below all scores it takes nothing.
        writer.add_tensor(f"blk.{place}.attn_sinks.weight", np.full(value(base, "llama.attention.head_count"), NO_SINK, dtype=np.float32))
    add(writer, "token_embd.weight", numbers(tensors["token_embd.weight"])[kept])
    add(writer, "output_norm.weight", numbers(tensors["output_norm.weight"]))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def describe(writer: gguf.GGUFWriter, base: GGUFReader, layers: int, tokens: int, window: int) -> None:
    get = lambda key: value(base, f"llama.{key}")
    writer.add_name("Micro-GPT student")
    writer.add_block_count(layers)
    writer.add_context_length(get("context_length"))
    writer.add_embedding_length(get("embedding_length"))
    writer.add_feed_forward_length(get("feed_forward_length"))
    writer.add_head_count(get("attention.head_count"))
    writer.add_head_count_kv(get("attention.head_count_kv"))
    writer.add_layer_norm_rms_eps(get("attention.layer_norm_rms_epsilon"))
    writer.add_rope_freq_base(get("rope.freq_base"))
    writer.add_rope_dimension_count(get("rope.dimension_count"))
    writer.add_vocab_size(tokens)
    writer.add_logit_scale(1.0)
    writer.add_sliding_window(window)
    writer.add_array(f"{ARCHITECTURE}.attention.sliding_window_pattern", [place % FULL_EVERY != FULL_EVERY - 1 for place in range(layers)])


def write_tokenizer(writer: gguf.GGUFWriter, base: GGUFReader, kept: list[int]) -> None:
    tokens = value(base, "tokenizer.ggml.tokens")
    kinds = value(base, "tokenizer.ggml.token_type")
    there = {tokens[place] for place in kept}
    pairs = (merge.split(" ") for merge in value(base, "tokenizer.ggml.merges"))
    writer.add_tokenizer_model(value(base, "tokenizer.ggml.model"))
    writer.add_tokenizer_pre(value(base, "tokenizer.ggml.pre"))
    writer.add_token_list([tokens[place] for place in kept])
    writer.add_token_types([kinds[place] for place in kept])
    writer.add_token_merges([" ".join(pair) for pair in pairs if {*pair, "".join(pair)} <= there])
    for key in ("bos", "eos", "unknown", "padding"):
        # Marks come first in the vocabulary and all of them stay, so their numbers do too.
        getattr(writer, {"unknown": "add_unk_token_id", "padding": "add_pad_token_id"}.get(key, f"add_{key}_token_id"))(
            value(base, f"tokenizer.ggml.{key}_token_id")
        )
    writer.add_add_bos_token(False)
    writer.add_chat_template(value(base, "tokenizer.chat_template"))


def numbers(tensor) -> np.ndarray:
    array = np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
    return array.reshape([int(size) for size in reversed(tensor.shape)])


def add(writer: gguf.GGUFWriter, name: str, array: np.ndarray) -> None:
    """Matrices in Q8_0, norms as they are."""
    if array.ndim == 1:
        writer.add_tensor(name, array)
    else:
        kind = GGMLQuantizationType.Q8_0
        writer.add_tensor(name, quantize(np.ascontiguousarray(array), kind), raw_dtype=kind)
