"""What must hold for other wordings of a question."""

import tempfile
import unittest
from pathlib import Path
from random import Random

from micro.tasks import augment


class Reordering(unittest.TestCase):
    def test_the_question_word_moves_to_the_end(self):
        self.assertEqual(
            augment.reorder_question("When was Ada Lovelace born?"), "Ada Lovelace was born when?"
        )
        self.assertEqual(
            augment.reorder_question("What is the capital of Peru?"), "The capital of Peru is what?"
        )
        self.assertEqual(augment.reorder_question("Where is the Louvre?"), "The Louvre is where?")

    def test_what_cannot_be_reordered_safely_stays(self):
        for question in (
            "How many moons has Mars?",
            "Where is the smell in the hall from?",
            "Is it open?",
            "Tell me why.",
        ):
            self.assertEqual(augment.reorder_question(question), question)


class Rephrasing(unittest.TestCase):
    def test_a_pattern_keeps_the_names(self):
        made = {augment.rephrase("What is the capital of Peru?", Random(seed)) for seed in range(60)}
        self.assertIn("Which city is the capital of Peru?", made)
        self.assertTrue(all("Peru" in question for question in made), made)

    def test_every_pattern_fills_all_its_forms(self):
        self.assertGreaterEqual(len(augment.PATTERNS), 60)
        for pattern, forms in augment.PATTERNS + [(pattern, [form]) for pattern, form in augment.KEYWORDS]:
            for form in forms:
                names = {name for name in ("X", "Y", "Z", "V") if f"\\g<{name}>" in form}
                self.assertLessEqual(names, set(pattern.groupindex), form)

    def test_an_indirect_question_has_the_order_of_a_statement(self):
        self.assertEqual(augment.indirect("When was Ada Lovelace born?"), "when Ada Lovelace was born")
        self.assertEqual(augment.indirect("Who wrote the Iliad?"), "who wrote the Iliad")
        self.assertIsNone(augment.indirect("How long does it take?"))


class Spelling(unittest.TestCase):
    def test_typos_spare_names_and_numbers(self):
        for seed in range(50):
            made = augment.typos("When was the bridge in Harrowfield built after 1908?", Random(seed))
            self.assertIn("Harrowfield", made)
            self.assertIn("1908", made)

    def test_dropped_words_are_small_ones(self):
        made = augment.drop_words("What is the height of the tower in Pisa?", Random(1), rate=1)
        self.assertEqual(made, "What height tower Pisa?")

    def test_lowercase_drops_the_mark(self):
        self.assertEqual(augment.lowercase("Who wrote Emma?"), "who wrote emma")


class Synonyms(unittest.TestCase):
    def test_without_wordnet_the_text_stays(self):
        text = "What was the cause of the epidemic?"
        self.assertEqual(augment.synonyms(text, Random(1), 1, Path("/nowhere")), text)

    def test_a_word_gives_way_to_another_of_its_first_sense(self):
        licence = "  1 The licence of the data.\n"
        data = licence + "00000001 04 n 03 cause 0 reason 0 ground_for 0 000 | what brings about\n"
        index = licence + "cause n 1 0 1 1 00000001\nreason n 1 0 1 1 00000001\nword n 1 1 @ 1 0 00000001\n"
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "data.noun").write_text(data)
            (Path(folder) / "index.noun").write_text(index)
            made = augment.synonyms("What was the cause of the Cause word?", Random(1), 1, Path(folder))
        self.assertEqual(made, "What was the reason of the Cause word?")


if __name__ == "__main__":
    unittest.main()
