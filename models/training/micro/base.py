"""The packaged base as PyTorch sees it: weights and tokenizer out of its GGUF.

Training starts from exactly the numbers that serve, dequantized, so that the adapter fits the file
it is merged into. The chat format is the one that the engine uses; `microgpt prompts` words it.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from gguf import GGUFReader, dequantize
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM

START, END = "<|im_start|>", "<|im_end|>"
# GGUF's names of a block's weights, and PyTorch's.
BLOCK = {
    "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj", "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj", "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
}


@dataclass
class Base:
    """A model with what it needs to read and write."""

    model: LlamaForCausalLM
    tokenizer: Tokenizer
    path: Path

    def tokens(self, messages: list[dict]) -> list[int]:
        """A prompt's tokens, up to where the answer begins; as in src/engine/prompt.rs, piece by piece."""
        return [token for piece in pieces(messages) for token in self.tokenizer.encode(piece, add_special_tokens=False).ids]

    def answer_tokens(self, text: str) -> list[int]:
        """An answer's tokens and the mark that ends it."""
        ids = self.tokenizer.encode(text, add_special_tokens=False).ids
        return [*ids, self.tokenizer.token_to_id(END)]

    def text(self, ids: list[int]) -> str:
        """What those tokens say, up to the first mark."""
        end = self.tokenizer.token_to_id(END)
        ids = ids[: ids.index(end)] if end in ids else ids
        return self.tokenizer.decode(ids).strip()


def pieces(messages: list[dict]) -> list[str]:
    """The chat format, cut where markup meets what people wrote."""
    parts = []
    for message in messages:
        parts += [f"{START}{message['role']}\n", message["content"], f"{END}\n"]
    return [*parts, f"{START}assistant\n"]


def load(path: Path, device: str, dtype: torch.dtype) -> Base:
    """The model of a GGUF file with Llama's architecture."""
    reader = GGUFReader(path)
    config = configuration(reader)
    model = LlamaForCausalLM(config)
    model.load_state_dict(state(reader, config), strict=False)
    model.tie_weights()
    return Base(model.to(device=device, dtype=dtype), tokenizer(reader), path)


def value(reader: GGUFReader, key: str):
    """A metadata value; a plain one or a list."""
    field = reader.fields[key]
    return field.contents()


def configuration(reader: GGUFReader) -> LlamaConfig:
    get = lambda key: value(reader, f"llama.{key}")
    settings = dict(
        vocab_size=get("vocab_size"), hidden_size=get("embedding_length"),
        intermediate_size=get("feed_forward_length"), num_hidden_layers=get("block_count"),
        num_attention_heads=get("attention.head_count"), num_key_value_heads=get("attention.head_count_kv"),
        rms_norm_eps=get("attention.layer_norm_rms_epsilon"), max_position_embeddings=get("context_length"),
        bos_token_id=1, eos_token_id=2, pad_token_id=2, tie_word_embeddings=True,
        # PyTorch before 2.0, as Debian 12 has it, lacks the fused attention.
        attn_implementation="sdpa" if hasattr(torch.nn.functional, "scaled_dot_product_attention") else "eager",
    )
    # Older versions of transformers take the base of the rotation as a number, newer ones among its parameters.
    theta = float(get("rope.freq_base"))
    config = LlamaConfig(rope_theta=theta, **settings)
    if hasattr(config, "rope_parameters"):
        config.rope_parameters = {"rope_type": "default", "rope_theta": theta}
    return config


def state(reader: GGUFReader, config: LlamaConfig) -> dict[str, torch.Tensor]:
    """All weights by PyTorch's names."""
    weights = {}
    for tensor in reader.tensors:
        array = np.array(dequantize(tensor.data, tensor.tensor_type), dtype=np.float32)
        array = array.reshape([int(size) for size in reversed(tensor.shape)])
        name = tensor.name
        if name == "token_embd.weight":
            weights["model.embed_tokens.weight"] = array
        elif name == "output_norm.weight":
            weights["model.norm.weight"] = array
        elif name.startswith("blk."):
            _, block, part, _ = name.split(".")
            if part in {"attn_q", "attn_k"}:
                heads = config.num_attention_heads if part == "attn_q" else config.num_key_value_heads
                array = halves(array, heads)
            weights[f"model.layers.{block}.{BLOCK[part]}.weight"] = array
        else:
            raise SystemExit(f"{name}: a weight that the recipe doesn't know")
    return {name: torch.from_numpy(array.copy()) for name, array in weights.items()}


def halves(array: np.ndarray, heads: int) -> np.ndarray:
    """From rotating neighbours (GGUF) to rotating halves (PyTorch): the rows of a query or key projection."""
    return array.reshape(heads, array.shape[0] // heads // 2, 2, -1).swapaxes(1, 2).reshape(array.shape)


def neighbours(array: np.ndarray, heads: int) -> np.ndarray:
    """The way back."""
    return array.reshape(heads, 2, array.shape[0] // heads // 2, -1).swapaxes(1, 2).reshape(array.shape)


def tokenizer(reader: GGUFReader) -> Tokenizer:
    """The byte-level BPE of the SmolLM family: digits apart, one by one."""
    tokens = value(reader, "tokenizer.ggml.tokens")
    merges = [tuple(merge.split(" ")) for merge in value(reader, "tokenizer.ggml.merges")]
    kinds = value(reader, "tokenizer.ggml.token_type")
    made = Tokenizer(models.BPE({token: number for number, token in enumerate(tokens)}, merges))
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    )
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens([token for token, kind in zip(tokens, kinds) if kind == 3])
    return made
