"""What must hold for the rows of the small tasks. Run in `models/training`: python3 -m unittest discover tests"""

import json
import re
import unittest
from collections import Counter
from pathlib import Path
from random import Random

from micro.tasks import command, consistent, followup, smalltalk

HELD = Path(__file__).parents[3] / "tests" / "data" / "micro"
GROUNDED = [
    {
        "passages": [
            {
                "title": "Skarvik pier",
                "text": "The pier at Skarvik was finished in 1908 under the engineer Tove Halden. It is not the "
                "oldest pier of the coast. The storm of 1987 damaged it because the piles were rotten. The mayor "
                "Aksel Brandt closed it for three years.",
            }
        ],
        "question": "Who closed the pier?",
        "target": "Aksel Brandt [1]",
    },
    {
        "passages": [
            {
                "title": None,
                "text": "The Copper Kettle repairs teapots on Mondays. A new handle costs 14 pounds in all.",
            }
        ],
        "question": "How much is a lid?",
        "target": "Not in the passages.",
    },
]


def held(name: str) -> list[dict]:
    """The rows of a set that is judged on."""
    return [json.loads(line) for line in (HELD / name).read_text(encoding="utf-8").splitlines()]


def bare(text: str) -> str:
    """A text without what typing changes."""
    return re.sub(r"\W+", " ", text).strip().lower()


class EveryTask(unittest.TestCase):
    def test_the_same_seed_gives_the_same_rows(self):
        for task in (followup, command, smalltalk):
            with self.subTest(task.__name__):
                self.assertEqual(list(task.rows(Random(1), 50)), list(task.rows(Random(1), 50)))

    def test_rows_come_in_the_number_asked_for_and_no_two_are_alike(self):
        for task in (followup, command, smalltalk):
            with self.subTest(task.__name__):
                rows = [json.dumps(row) for row in task.rows(Random(2), 2000)]
                self.assertEqual((len(rows), len(set(rows))), (2000, 2000))

    def test_no_slot_is_left_open(self):
        for task in (followup, command, smalltalk):
            for row in task.rows(Random(3), 3000):
                texts = [
                    row.get("question", ""),
                    row.get("text", ""),
                    *(said["content"] for said in row.get("dialogue", ())),
                ]
                texts += [row["target"]] if task is not command else []
                self.assertNotRegex(" ".join(texts), r"[{}|\[\]]")

    def test_nothing_that_is_judged_on_is_trained_on(self):
        for task, name, key in (
            (followup, "followups", "question"),
            (command, "commands", "text"),
            (smalltalk, "smalltalk", "text"),
        ):
            judged = {bare(row[key]) for row in held(f"{name}.jsonl")}
            if task is followup:  # "why?" is everyone's; the question that stands alone must be new.
                judged, key = {bare(row["answer"]) for row in held("followups.jsonl")}, "target"
            made = {bare(row[key]) for row in task.rows(Random(4), 5000 if task is not smalltalk else 3000)}
            self.assertFalse(judged & made, name)


class FollowUps(unittest.TestCase):
    def test_three_in_ten_stand_alone_and_are_repeated_as_they_are(self):
        same = sum(row["question"] == row["target"] for row in followup.rows(Random(5), 2000))
        self.assertGreater(same, 600)
        self.assertLess(same, 1200)

    def test_what_leans_on_the_conversation_becomes_a_clean_question(self):
        for row in followup.rows(Random(6), 2000):
            if bare(row["question"]) != bare(row["target"]):
                self.assertRegex(row["target"], r'^[A-Z"0-9].*[\w?.]$')
                self.assertNotRegex(row["target"], r"\?\?| \?|^And ")

    def test_speakers_take_turns_and_the_assistant_speaks_last(self):
        for row in followup.rows(Random(7), 500):
            roles = [said["role"] for said in row["dialogue"]]
            self.assertEqual(roles, ["user", "assistant"] * (len(roles) // 2))
            self.assertIn(len(roles), (2, 4, 6))

    def test_titles_come_in_without_what_is_in_brackets(self):
        rows = followup.rows(Random(8), 3000, titles=["Zorbing (sport)", "List of zorbs", "Quux", "12"])
        text = "\n".join(map(json.dumps, rows))
        self.assertIn("Zorbing", text)
        self.assertNotIn("(sport)", text)
        self.assertNotIn("List of zorbs", text)


class Commands(unittest.TestCase):
    def test_intents_and_slots_are_those_of_the_table(self):
        table = {}
        for intents, slots in re.findall(r"^\| ([a-z_, ]+) \| (.+) \|$", command.__doc__, re.M):
            for intent in intents.split(", "):
                table[intent] = set(re.findall(r"[a-z]+", re.sub(r"\(.*?\)", "", slots))) & set(command.ORDER)
        rows = [json.loads(row["target"]) for row in command.rows(Random(9), 8000)]
        rows += [row["answer"] for row in held("commands.jsonl")]
        for meant in rows:
            self.assertIn(meant["intent"], table)
            self.assertLessEqual(set(meant["slots"]), table[meant["intent"]], meant)
            self.assertEqual(list(meant["slots"]), [key for key in command.ORDER if key in meant["slots"]])

    def test_numbers_in_words_become_numbers(self):
        self.assertEqual(command.things.spelled(21), "twenty-one")
        self.assertEqual(command.things.spelled(100), "a hundred")
        self.assertEqual(command.things.spelled(230), "two hundred and thirty")
        for row in command.rows(Random(10), 3000):
            for value in [json.loads(row["target"])["slots"].get("value", 0)]:
                self.assertIsInstance(value, (int, float))

    def test_some_texts_are_no_commands(self):
        intents = Counter(json.loads(row["target"])["intent"] for row in command.rows(Random(11), 2000))
        self.assertGreater(intents["none"], 200)
        self.assertGreater(len(intents), 40)


class Consistent(unittest.TestCase):
    def test_yes_and_no_are_balanced(self):
        verdicts = Counter(row["target"] for row in consistent.rows(Random(12), 100, GROUNDED))
        self.assertEqual(verdicts, {"yes": 50, "no": 50})

    def test_a_wrong_sentence_is_not_in_the_passages_and_a_right_one_is(self):
        whole = [
            row for row in consistent.rows(Random(13), 300, [{**GROUNDED[0], "target": consistent.DECLINED}])
        ]
        self.assertGreater(sum(not row["dialogue"] for row in whole), 100)
        for row in whole:
            if not row["dialogue"]:
                text = " ".join(passage["text"] for passage in row["passages"])
                self.assertEqual(row["target"] == "yes", row["reply"] in text, row["reply"])

    def test_an_answer_is_right_without_the_number_of_its_passage_and_wrong_with_another_name(self):
        for row in consistent.rows(Random(14), 300, GROUNDED[:1]):
            if row["dialogue"]:
                self.assertEqual(row["target"] == "yes", "Aksel Brandt" in row["reply"], row["reply"])
                self.assertNotIn("[1]", row["reply"])

    def test_cause_and_effect_are_exchanged(self):
        self.assertEqual(
            consistent.cause_swapped("The ferry was late because the sea was rough.", "", Random(1)),
            "The sea was rough because the ferry was late.",
        )

    def test_a_sentence_is_reworded_without_a_change_of_sense(self):
        self.assertEqual(
            consistent.reworded("In May 1908, the pier (then a wooden one) was opened by Tove Halden."),
            "The pier was opened by Tove Halden in May 1908.",
        )
        self.assertEqual(consistent.reworded("However, it was closed again."), "It was closed again.")

    def test_question_and_answer_become_a_statement_where_that_is_safe(self):
        self.assertEqual(
            consistent.statement("Who closed the pier?", "Aksel Brandt"), "Aksel Brandt closed the pier."
        )
        self.assertEqual(
            consistent.statement("When was the pier built?", "1908"), "The pier was built in 1908."
        )
        self.assertIsNone(consistent.statement("Why did the pier close?", "rot"))


if __name__ == "__main__":
    unittest.main()
