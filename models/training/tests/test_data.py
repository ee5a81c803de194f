"""What the data stage takes, drops and refuses."""

import json
import random
import tempfile
import unittest
from collections import Counter
from pathlib import Path

from micro import data, sources
from micro.grounded import DECLINED, Maker, holds

PARAGRAPHS = [
    {"title": "Kettles", "text": "The Heron kettle holds two litres. It is made of steel in Ghent. Descale it every six weeks, or it will break sooner than it has to, as all of them do."},
    {"title": "Pans", "text": "Cast iron pans are heavy. They last for generations if they are kept dry and oiled after use, which takes a minute."},
    {"title": "Bees", "text": "Bees gather nectar from flowers. A hive may hold 60,000 of them in summer, and far fewer in winter."},
]


def written(lines: str, suffix: str = ".txt") -> Path:
    file = Path(tempfile.mkdtemp()) / f"rows{suffix}"
    file.write_text(lines, encoding="utf-8")
    return file


class Sources(unittest.TestCase):
    def test_written_questions_have_answers_as_they_stand(self):
        rows = list(sources.written(written("#0\nHow much does it hold?|two litres\nWho made it?|-\n"), PARAGRAPHS))
        self.assertEqual([row["answer"] for row in rows], ["two litres", None])
        self.assertEqual(rows[0]["passage"], PARAGRAPHS[0]["text"])

    def test_an_answer_that_does_not_stand_there_is_refused_with_its_line(self):
        with self.assertRaisesRegex(SystemExit, r"rows\.txt:2: "):
            list(sources.written(written("#0\nHow much does it hold?|three litres\n"), PARAGRAPHS))

    def test_a_line_that_is_no_json_is_refused_with_its_number(self):
        with self.assertRaisesRegex(SystemExit, r"rows\.jsonl:2: not JSON"):
            list(sources.lines(written('{"a": 1}\n{"a": \n', ".jsonl")))

    def test_traffic_becomes_rows_and_what_was_rated_bad_is_counted(self):
        row = {"passages": [{"title": "Kettles", "text": "Descale it  monthly."}], "question": "How often?", "reply": "Monthly", "source": "traffic"}
        bad = row | {"feedback": -1}
        dropped = Counter()
        rows = list(sources.traffic(written("\n".join(json.dumps(one) for one in (row, bad)), ".jsonl"), dropped))
        self.assertEqual([one["target"] for one in rows], ["Monthly"])
        self.assertEqual(rows[0]["passages"][0]["text"], "Descale it monthly.")
        self.assertEqual(dropped["traffic: rated bad"], 1)

    def test_traffic_without_a_field_is_refused_with_line_and_field(self):
        with self.assertRaisesRegex(SystemExit, r"rows\.jsonl:1: reply is missing"):
            list(sources.traffic(written('{"passages": [{"text": "A."}], "question": "Q?"}\n', ".jsonl"), Counter()))


class Rows(unittest.TestCase):
    def test_a_row_of_100_kb_is_dropped_and_counted(self):
        long = {"task": "grounded", "passages": [{"title": None, "text": "word " * 20000}], "question": "Q?", "target": "word"}
        short = long | {"passages": [{"title": None, "text": "A word."}]}
        dropped = Counter()
        self.assertEqual(data.clean([long, short, short], dropped), [short])
        self.assertEqual(sum(dropped.values()), 2)

    def test_no_declined_row_holds_its_answer_and_every_other_does(self):
        maker = Maker(PARAGRAPHS, [[1, 2], [0, 2], [0, 1]], random.Random(5))
        asked = {"title": "Kettles", "passage": PARAGRAPHS[0]["text"], "question": "How often should it be descaled?", "answer": "every six weeks", "source": "written", "paragraph": 0}
        rows = [row for _ in range(60) for row in maker.rows(asked)]
        self.assertTrue(any(row["target"] == DECLINED for row in rows))
        self.assertTrue(any(row["target"].endswith("]") for row in rows))
        for row in rows:
            texts = [passage["text"] for passage in row["passages"]]
            if row["target"] == DECLINED:
                self.assertFalse(any(holds(text, "every six weeks") for text in texts))
            else:
                place = int(row["target"].rsplit("[", 1)[1][:-1]) - 1 if len(texts) > 1 else 0
                self.assertTrue(holds(texts[place], "every six weeks"))


if __name__ == "__main__":
    unittest.main()
