"""That training learns, and goes on from where it was interrupted. Needs PyTorch; skipped where it isn't."""

import gzip
import json
import tempfile
import unittest
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

try:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from micro import evaluate, export, stages, tune
    from micro.batches import Example
except ImportError:
    torch = None


@unittest.skipIf(torch is None, "PyTorch, transformers or peft is not installed")
class Tuning(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(1)
        config = LlamaConfig(vocab_size=64, hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2)
        mark = SimpleNamespace(token_to_id=lambda _: 2)
        self.base = SimpleNamespace(model=LlamaForCausalLM(config), tokenizer=mark)
        self.model = tune.adapted(self.base, 8, 16.0)
        self.examples = [Example([5, 6, place % 7 + 8, 2], 2) for place in range(64)]

    def test_the_loss_falls(self):
        how = tune.Plan(rounds=15, batch_tokens=512, learning_rate=0.02, seed=1)
        before = tune.loss_of(self.model, self.examples, 2, "cpu").item()
        tune.run(self.model, self.base, self.examples, how)
        self.assertLess(tune.loss_of(self.model, self.examples, 2, "cpu").item(), before - 0.2)

    def test_an_interrupted_run_goes_on_from_its_checkpoint(self):
        path = Path(tempfile.mkdtemp()) / "checkpoint.pt"
        how = tune.Plan(rounds=1, batch_tokens=32, learning_rate=0.01, seed=1, checkpoint=path)
        optimizer = torch.optim.AdamW([weight for weight in self.model.parameters() if weight.requires_grad])
        how.log.append({"step": 60, "seconds": 3.0, "loss": 1.0})
        tune.save(self.model, optimizer, 60, 60, how)
        again = tune.Plan(rounds=1, batch_tokens=32, learning_rate=0.01, seed=1, checkpoint=path)
        tune.run(self.model, self.base, self.examples, again)
        # Of 64 batches of one row four were left.
        self.assertEqual(again.log[-1]["step"], 64)

    def test_a_written_adapter_reads_the_same_and_only_for_its_base(self):
        folder = Path(tempfile.mkdtemp())
        base, adapter = folder / "base.gguf", folder / "adapter.gguf"
        base.write_bytes(b"a base")
        model = tune.adapted(SimpleNamespace(model=LlamaForCausalLM(self.base.model.config)), 32, 16.0)
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                torch.nn.init.normal_(parameter)
        export.adapter(model, base, "a base", adapter, "Test", {})
        read = export.read(adapter, base, self.base.model.config)
        wrote = export.weights(model)
        self.assertEqual(set(read), set(wrote))
        for name, array in wrote.items():
            # Q8_0 keeps seven bits of the largest of 32.
            self.assertLess(abs(read[name] - array).max(), abs(array).max() / 100, name)
        base.write_bytes(b"another")
        with self.assertRaisesRegex(SystemExit, "another base"):
            export.read(adapter, base, self.base.model.config)

    def test_a_reply_leans_the_same_whatever_it_is_computed_beside(self):
        self.base.tokens = lambda ids: ids
        self.base.answer_tokens = lambda _: [7]
        prompts = [[3, 4, 5], [9, 8, 7, 6, 5, 4, 3], [11]]
        together = evaluate.leanings(self.base, prompts, 3)
        for prompt, lean in zip(prompts, together):
            logits = self.base.model(input_ids=torch.tensor([prompt])).logits[0, -1]
            others = torch.cat([logits[:7], logits[8:]]).max()
            self.assertAlmostEqual(lean, (logits[7] - others).item(), places=4)

    def test_the_bias_is_the_highest_that_declines_no_more_than_allowed(self):
        leans = [-10.0, -6.0, -3.1, -2.2, -1.3, -0.4, 0.3, 1.2, 2.6, 4.4]
        for allowed in (0.0, 0.1, 0.3):
            bias = evaluate.highest_bias(leans, allowed)
            declined = lambda bias: sum(lean + bias > 0 for lean in leans) / len(leans)
            self.assertLessEqual(declined(bias), allowed)
            self.assertGreater(declined(bias + 0.25), allowed)
        self.assertEqual(evaluate.highest_bias([], 0.1), 0.0)

    def test_ones_own_traffic_is_kept_whole_where_other_rows_are_drawn(self):
        folder = Path(tempfile.mkdtemp())
        row = {"source": "written", "messages": [{"role": "user", "content": "Q?"}], "target": "A"}
        rows = [row] * 50 + [row | {"source": "traffic"}] * 4
        with gzip.open(folder / "rows.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(one) + "\n" for one in rows)
        settings = {"seed": 1, "most_rows": 10, "most_tokens": 100, "traffic_rounds": 3}
        drawn = Counter(one["source"] for one in stages.tune_rows(settings, folder))
        self.assertEqual(drawn, {"written": 10, "traffic": 12})


if __name__ == "__main__":
    unittest.main()
