"""What the question writer is asked: the words that a question shall be answered by. Needs no model."""

SYSTEM = "Write the question about the passage that the given words answer."
MOST_CHARACTERS = 1400


def prompt(title: str | None, text: str, answer: str) -> list[dict]:
    heading = f"{title}: " if title else ""
    return [{"role": "system", "content": SYSTEM},
            {"role": "user", "content": f"{heading}{text[:MOST_CHARACTERS]}\n\nWords: {answer}"}]


def writer_rows(asked: list[dict]) -> list[dict]:
    """Written questions the other way round."""
    return [
        {"messages": prompt(question["title"], question["passage"], question["answer"]), "target": question["question"]}
        for question in asked
        if question["answer"] and question["answer"] in question["passage"][:MOST_CHARACTERS]
    ]
