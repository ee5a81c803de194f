"""What a student is made of: fewer tokens, four bits. Needs PyTorch; skipped where it isn't."""

import copy
import tempfile
import unittest
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

try:
    import gguf
    import numpy
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from micro import distill, rounding, tune, vocabulary
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

    def test_rounded_weights_are_those_that_llama_cpp_makes(self):
        # What its quantize_iq4_nl makes of the first of these blocks.
        weights = torch.tensor([[(37 * place % 64 - 31) / 64 for place in range(32)], [0.0] * 32])
        levels = [113, -22, 89, -65, 38, -104, 1, 113, -35, 69, -65, 25, -104, -10, 89, -49,
                  53, -83, 25, -127, -22, 89, -65, 53, -104, 13, 113, -35, 69, -65, 38, -104]
        made = torch.tensor([levels, [0] * 32]) * torch.tensor([-0.00405883789])
        torch.testing.assert_close(rounding.iq4_nl(weights), made)
        # So much alike, the same scales will do.
        aims = rounding.search(weights)
        torch.testing.assert_close(rounding.iq4_nl(weights * 1.01, aims), made * 1.01, rtol=1e-3, atol=0)

    def test_a_matrix_with_its_adapter_reads_as_it_rounds_and_the_adapter_still_learns(self):
        model = tune.adapted(self.base, 8, 16.0)
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter, std=0.02)
        layer = model.get_base_model().model.layers[1].mlp.up_proj
        merged = layer.get_base_layer().weight + layer.get_delta_weight("default")
        rounding.Rounded(model).renew()
        tokens = torch.randn(5, 32)
        torch.testing.assert_close(layer(tokens), tokens @ rounding.iq4_nl(merged).T)
        layer(tokens).sum().backward()
        self.assertGreater(layer.lora_A["default"].weight.grad.abs().sum().item(), 0)

    def vocabulary(self, size: int):
        """Of `a`, `b`, `c`, `ab`, `abc`, where `abc` is made of `ab` and `c`, and marks up to 64."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tokens.gguf"
            writer = gguf.GGUFWriter(path, "llama")
            writer.add_token_list(["a", "b", "c", "ab", "abc", *(f"<{place}>" for place in range(5, 64))])
            writer.add_token_merges(["a b", "ab c"])
            writer.write_header_to_file()
            writer.write_kv_data_to_file()
            writer.close()
            return vocabulary.Vocabulary(gguf.GGUFReader(path), Counter({4: 3}), size)

    def test_a_token_that_went_is_spelled_and_begins_with_its_first_part(self):
        whole, smaller = self.vocabulary(64), self.vocabulary(63)
        self.assertEqual(whole.respell([4, 7]), [4, 7])
        self.assertEqual(smaller.kept, [place for place in range(64) if place not in (3, 4)])
        self.assertEqual(smaller.respell([4, 7]), [0, 1, 2, 7])
        self.assertEqual(smaller.begins[3:6], [0, 0, 5])

    def test_teacher_and_student_meet_where_a_token_of_the_teacher_ends(self):
        made = distill.respelled(Example([4, 7, 3, 9], 2), self.vocabulary(63))
        self.assertEqual((made.ids, made.target_start), ([0, 1, 2, 7, 0, 1, 9], 4))
        row, their, our, of_target = distill.meetings([made])
        self.assertEqual(their.tolist(), [0, 1, 2])
        self.assertEqual(our.tolist(), [2, 3, 5])
        self.assertEqual(of_target.tolist(), [False, True, True])

    def test_what_the_teacher_would_say_is_told_by_first_parts(self):
        smaller = self.vocabulary(63)
        student = tune.adapted(SimpleNamespace(model=copy.deepcopy(self.model)), 8, 16.0)
        lesson = distill.Lesson(student, self.model, None, smaller, "cpu")
        hidden = torch.randn(2, 32)
        says = self.model.lm_head(hidden).softmax(-1)
        told = lesson.told(hidden)
        torch.testing.assert_close(told[:, 0], says[:, 0] + says[:, 3] + says[:, 4])
        torch.testing.assert_close(told[:, 1:], says[:, smaller.kept[1:]])

    def test_a_student_in_the_teachers_vocabulary_and_numbers_has_only_the_targets_to_learn(self):
        whole = self.vocabulary(64)
        student = tune.adapted(SimpleNamespace(model=copy.deepcopy(self.model)), 8, 16.0)
        lesson = distill.Lesson(student, self.model, rounding.Rounded(student), whole, "cpu")
        lesson.steps = 1  # Not rounded, so it is its teacher.
        made = [distill.respelled(example, whole) for example in self.examples]
        loss = lesson.loss(student, made, 2, "cpu")
        torch.testing.assert_close(loss, tune.loss_of(self.model, self.examples, 2, "cpu"))


if __name__ == "__main__":
    unittest.main()
