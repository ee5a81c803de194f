"""What a student is made of: narrower layers, four bits, windows. Needs PyTorch; skipped where it isn't."""

import unittest
from types import SimpleNamespace

try:
    import gguf
    import numpy
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from micro import channels, distill, export, rounding, tune
    from micro.batches import Example
except ImportError:
    torch = None


@unittest.skipIf(torch is None, "PyTorch, transformers or peft is not installed")
class Student(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        config = LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=4, num_attention_heads=4, num_key_value_heads=2)
        self.model = LlamaForCausalLM(config).eval()
        self.base = SimpleNamespace(model=self.model, tokenizer=None, path=None)
        self.examples = [Example(torch.randint(3, 64, (24,)).tolist(), 20) for _ in range(4)]

    def test_rounded_weights_are_those_that_gguf_reads_back(self):
        weights = torch.randn(8, 96)
        weights[2, 32:64] = 0
        kind = gguf.GGMLQuantizationType.Q4_0
        read = gguf.dequantize(gguf.quantize(weights.numpy(), kind), kind)
        numpy.testing.assert_array_equal(rounding.q4_0(weights).numpy(), read)

    def test_a_matrix_with_its_adapter_reads_as_it_rounds_and_the_adapter_still_learns(self):
        model = tune.adapted(self.base, 8, 16.0)
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.02)
        layer = model.get_base_model().model.layers[1].mlp.up_proj
        merged = layer.get_base_layer().weight + layer.get_delta_weight("default")
        rounding.Rounded(model).renew()
        tokens = torch.randn(5, 32)
        torch.testing.assert_close(layer(tokens), tokens @ rounding.q4_0(merged).T)
        layer(tokens).sum().backward()
        self.assertGreater(layer.lora_A["default"].weight.grad.abs().sum().item(), 0)

    def test_channels_that_bring_nothing_go_and_the_model_says_the_same(self):
        idle = [3, 8, 40]
        with torch.no_grad():
            for layer in self.model.model.layers:
                layer.mlp.down_proj.weight[:, idle] = 0
        kept = channels.kept(self.model, [self.examples[:2], self.examples[2:]], 61, 2, "cpu")
        self.assertEqual(kept, [[place for place in range(64) if place not in idle]] * 4)
        ids = torch.tensor([self.examples[0].ids])
        before = self.model(input_ids=ids).logits
        channels.cut(self.model, kept)
        torch.testing.assert_close(self.model(input_ids=ids).logits, before)

    def test_an_adapter_is_cut_with_its_model(self):
        model = tune.adapted(self.base, 8, 16.0)
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.02)
        places = list(range(0, 64, 2))
        layer = model.get_base_model().model.layers[1].mlp
        wanted = layer.up_proj.get_delta_weight("default")[places], layer.down_proj.get_delta_weight("default")[:, places]
        saved = channels.cut_adapter(export.weights(model), [places] * 4)
        half = lambda side, projection: torch.from_numpy(saved[f"model.layers.1.mlp.{projection}.lora_{side}"])
        for delta, projection in zip(wanted, ("up_proj", "down_proj")):
            torch.testing.assert_close(2.0 * half("b", projection) @ half("a", projection), delta)

    def test_a_windowed_layer_sees_no_further_back(self):
        ids = torch.tensor([self.examples[0].ids])
        far = ids.clone()
        far[0, 0] = (far[0, 0] + 1) % 64
        distill.narrow(self.model, 4)
        # All three layers that look back over four tokens reach nine back; the one without a window is taken out.
        self.model.model.layers = torch.nn.ModuleList(self.model.model.layers[place] for place in (0, 1, 3))
        read = lambda ids: self.model.model(input_ids=ids, use_cache=False).last_hidden_state[0, -1]
        torch.testing.assert_close(read(ids), read(far))


if __name__ == "__main__":
    unittest.main()
