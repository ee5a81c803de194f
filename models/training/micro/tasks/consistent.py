"""Replies that their passages bear out, and replies that they don't.

The material is grounded rows; what is asked of them is only yes or no. The form of the reply (a sentence
of a passage, an answer after its question, question and answer made one statement) is chosen before the
verdict, so that the form gives nothing away. A wrong reply differs in one thing: a number, a name, a
unit, a "not", a word turned to its opposite, cause and effect, or it comes from elsewhere.
"""

import re
from collections.abc import Iterator
from random import Random

DECLINED = "Not in the passages."
NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,]\d+)*(?![\w]|[.,]\d)")
NAME = re.compile(r"(?<![.!?:\"“] )(?<!^)(?<!\w)[A-Z][\w'’-]+(?: (?:of |de |van |von |the )?[A-Z][\w'’-]+)*")
UNITS = (
    "seconds minutes hours days weeks months years decades centuries",
    "millimetres centimetres metres kilometres miles",
    "grams kilograms kilos tonnes pounds",
    "hundred thousand million billion",
    "euros dollars yen francs",
    "second minute hour day week month year decade century",
    "metre kilometre mile centimetre",
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    "January February March April May June July August September October November December",
)
# Written with a capital, but nobody's name; days and months are exchanged among themselves.
NOT_NAMES = set(
    "I The A An In On At It He She They His Her This That These Those But And Or As For From".split()
)
NOT_NAMES.update(" ".join(UNITS[-2:]).split())
OPPOSITES = """before after; more less; larger smaller; largest smallest; north south; northern southern; east west;
eastern western; first last; increased decreased; increase decrease; higher lower; highest lowest; always never;
older younger; won lost; early late; open closed; opens closes; inside outside; above below; allowed forbidden;
all none; best worst; longer shorter; longest shortest; began ended; free expensive; public private;
oldest youngest; most least; many few; rise fall; rose fell; cheap expensive; hot cold; warm cool; success failure;
strong weak; male female; upper lower; major minor; rich poor; possible impossible; similar different; increases
decreases; earlier later; ancient modern; internal external; accepted rejected; married divorced; born buried"""
OPPOSITE = {}
for pair in re.sub(r"\s+", " ", OPPOSITES).split("; "):
    one, two = pair.split()
    OPPOSITE.setdefault(one, two)
    OPPOSITE.setdefault(two, one)
BE = re.compile(
    r"\b(is|was|are|were|can|will|could|would|may|must|(has|have|had)(?= been| \w+ed\b))\b(?! not\b)"
)
ENDED = re.compile(
    r"(?<!\b\d)(?<!\b(?:Dr|Mr|St|No|vs|Jr|Sr|Co|cf))(?<!\b(?:Mrs|Rev|Gov|Gen|Col|Inc|Ltd))[.!]$"
)
STARTS = ("", "", "", "", "The answer is ", "It is ", "According to the text: ")


def rows(random: Random, count: int, grounded: list[dict]) -> Iterator[dict]:
    """`count` rows made from `grounded` rows, as many yes as no (fewer where these lend themselves to none)."""
    made = 0
    for _ in range(50 * count):
        if made == count:
            return
        source, elsewhere = random.choice(grounded), random.choice(grounded)
        right = made % 2 == 0
        judged = replied(source, right, elsewhere, random)
        if judged:
            made += 1
            question, reply = judged
            yield {
                "task": "consistent",
                "passages": source["passages"],
                "dialogue": [{"role": "user", "content": question}] if question else [],
                "reply": reply,
                "target": "yes" if right else "no",
                "source": "program",
            }


def replied(source: dict, right: bool, elsewhere: dict, random: Random) -> tuple[str | None, str] | None:
    """A question (or none) and a reply that is right or wrong; none where the row lends itself to neither."""
    text = joined(source)
    question, answer = source["question"], answer_of(source)
    form = random.choice(("sentence", "answer", "statement"))
    if form == "sentence":
        return said(text, right, elsewhere, random)
    if not answer:
        # Whatever is said to a question that the passages don't answer is not borne out.
        guess = None if right else guessed(text, random)
        return (question, whole(guess)) if guess else None
    if not right:
        answer = other_answer(answer, text, random)
        if not answer:
            return None
    if form == "statement" and len(answer.split()) < 10 and (stated := statement(question, answer)):
        return random.choice((None, question)), stated
    start = random.choice(STARTS) if len(answer.split()) < 8 else ""
    return question, whole(start + answer)


def joined(row: dict) -> str:
    """All that the passages say."""
    return " ".join(" ".join(passage["text"] for passage in row["passages"]).split())


def answer_of(row: dict) -> str:
    """The answer without the number of its passage; empty where the row declines."""
    answer = re.sub(r"\s*\[\d+\]\s*$", "", row["target"]).strip()
    return "" if answer == DECLINED else answer.rstrip(".")


def said(text: str, right: bool, elsewhere: dict, random: Random) -> tuple[None, str] | None:
    """A sentence of the passages as it is, or with one thing wrong."""
    found = sentences(text)
    if not found:
        return None
    # "not" must not give a wrong reply away: sentences that have it are taken more often, for both verdicts.
    negative = [part for part in found if re.search(r" (not|no|never)\b", part)]
    chosen = random.choice(negative if negative and random.random() < 0.5 else found)
    if not right:
        chosen = corrupted(chosen, text, joined(elsewhere), random)
        if not chosen or chosen in text:
            return None
    return None, reworded(chosen) if random.random() < 0.4 else chosen


def reworded(sentence: str) -> str:
    """The same said with other words in front, so that not every right sentence is a copy."""
    sentence = re.sub(
        r"^(However|Additionally|Moreover|Furthermore|In addition|Also|Thus|Therefore), ([a-z])",
        opened,
        sentence,
    )
    sentence = re.sub(r" \([^()]*\)", "", sentence)
    year = re.fullmatch(r"((?:In|On|By|Since|From|During) [^,]*\b\d{4}), ([^,]+)\.", sentence)
    if not year:
        return sentence
    when, what = year.groups()
    return f"{what[:1].upper()}{what[1:]} {when[:1].lower()}{when[1:]}."


def opened(found: re.Match) -> str:
    """What is left once the linking word is gone."""
    return found[2].upper()


def sentences(text: str) -> list[str]:
    """The sentences that are worth judging: whole, neither very short nor very long."""
    found = (part.strip() for part in re.split(r"(?<=[a-z0-9)\"”][.!?]) +(?=[A-Z\"“])", text))
    return [part for part in found if 30 < len(part) < 260 and part[0].isupper() and ENDED.search(part)]


def corrupted(sentence: str, text: str, elsewhere: str, random: Random) -> str | None:
    """`sentence` with one thing wrong, by the first way that works in a random order."""
    ways = [
        number_changed,
        number_changed,
        name_swapped,
        name_swapped,
        opposed,
        opposed,
        unit_changed,
        cause_swapped,
        negated,
    ]
    random.shuffle(ways)
    foreign = [other for other in sentences(elsewhere) if other not in text]
    if foreign and random.random() < 0.12:
        return random.choice(foreign)
    changed = (way(sentence, text, random) for way in ways)
    return next((wrong for wrong in changed if wrong and wrong != sentence), None)


def replace(text: str, found: re.Match, by: str) -> str:
    """`text` with `by` in the place of what was found."""
    return text[: found.start()] + by + text[found.end() :]


def number_changed(sentence: str, text: str, random: Random) -> str | None:
    """One number made another, one of the passage's own if there is one."""
    numbers = list(NUMBER.finditer(sentence))
    if not numbers:
        return None
    chosen = random.choice(numbers)
    return replace(sentence, chosen, another_number(chosen[0], text, random))


def another_number(number: str, text: str, random: Random) -> str:
    """A number that could stand there too: of as many digits, if possible from the text."""
    near = sorted({other for other in NUMBER.findall(text) if len(other) == len(number) and other != number})
    if near and random.random() < 0.5:
        return random.choice(near)
    digits = [at for at, sign in enumerate(number) if sign.isdigit()]
    at = random.choice(digits[1:] or digits)
    digit = random.choice([sign for sign in "123456789" if sign != number[at]])
    return number[:at] + digit + number[at + 1 :]


def name_swapped(sentence: str, text: str, random: Random) -> str | None:
    """One name made another of the passages."""
    own = [found for found in NAME.finditer(sentence) if found[0] not in NOT_NAMES]
    others = sorted({name for name in NAME.findall(text) if name not in NOT_NAMES and name not in sentence})
    if not own or not others:
        return None
    chosen = random.choice(own)
    alike = [name for name in others if len(name.split()) == len(chosen[0].split()) and chosen[0] not in name]
    return replace(sentence, chosen, random.choice(alike)) if alike else None


def negated(sentence: str, text: str, random: Random) -> str | None:
    """A "not" put in, or taken out."""
    if found := re.search(r" not\b", sentence):
        return replace(sentence, found, "")
    found = BE.search(sentence)
    if not found or re.search(r"\b(no|never|neither|nor|none|only)\b", sentence):
        return None
    return replace(sentence, found, found[0] + " not")


def opposed(sentence: str, text: str, random: Random) -> str | None:
    """One word made its opposite."""
    words = [
        found
        for found in re.finditer(r"\b[a-z]+\b", sentence)
        if OPPOSITE.get(found[0], sentence) not in sentence
    ]
    if not words:
        return None
    chosen = random.choice(words)
    return replace(sentence, chosen, OPPOSITE[chosen[0]])


def unit_changed(sentence: str, text: str, random: Random) -> str | None:
    """One unit, weekday or month made another."""
    for units in UNITS:
        kind = units.split()
        if found := re.search(rf"\b({'|'.join(kind)})\b", sentence):
            return replace(sentence, found, random.choice([unit for unit in kind if unit != found[0]]))
    return None


def cause_swapped(sentence: str, text: str, random: Random) -> str | None:
    """Cause and effect exchanged around a "because"."""
    parts = re.fullmatch(r"(.{10,}?),? (because|so that|although) (?!of\b)(.{10,})([.!])", sentence)
    if not parts or "," in parts[3]:
        return None
    effect = parts[1] if NAME.match(parts[1]) or parts[1][:2] == "I " else parts[1][:1].lower() + parts[1][1:]
    return f"{parts[3][:1].upper()}{parts[3][1:]} {parts[2]} {effect}{parts[4]}"


def other_answer(answer: str, text: str, random: Random) -> str | None:
    """Something else of the same kind that the passages name, or the answer with one thing wrong."""
    if numbers := list(NUMBER.finditer(answer)):
        chosen = random.choice(numbers)
        return replace(answer, chosen, another_number(chosen[0], text, random))
    if re.search(rf"[a-z,] {re.escape(answer.split()[0])}\b", text) and answer[0].isupper():
        words = len(answer.split())
        names = sorted({name for name in NAME.findall(text) if name not in NOT_NAMES and len(name) > 2})
        others = [name for name in names if name not in answer and answer not in name]
        alike = [name for name in others if len(name.split()) == words] or others
        return random.choice(alike) if alike else None
    wrong = [way(answer, text, random) for way in (opposed, unit_changed, negated)]
    wrong = [other for other in wrong if other and other != answer]
    if wrong:
        return random.choice(wrong)
    pieces = [part.strip(" .") for part in re.split(r"[,;.]| and | with | for | by ", text)]
    fit = [
        part
        for part in pieces
        if 1 < len(part.split()) < 12
        and abs(len(part.split()) - len(answer.split())) < 2
        and not overlap(part, answer)
    ]
    return random.choice(fit) if fit else None


def overlap(one: str, two: str) -> int:
    """How many words two phrases share."""
    return len(set(one.lower().split()) & set(two.lower().split()))


def guessed(text: str, random: Random) -> str | None:
    """A number or a name of the passages."""
    found = sorted({name for name in NAME.findall(text) if name not in NOT_NAMES} | set(NUMBER.findall(text)))
    return random.choice(found) if found else None


def statement(question: str, answer: str) -> str | None:
    """Question and answer as one statement, for the kinds of question where that is safe."""
    question = question.strip().rstrip("?").strip()
    patterns = (
        (r"Who ((?!did|does|do|is|are|was|were|has|had|will|can|could|would)[a-z]+ .+)", "{answer} {0}"),
        (
            r"(?:When|In what year|In which year) (was|were) (.+?) ([a-z]+(?:ed|en|rn|nd|lt|pt))",
            "{1} {0} {2} in {answer}",
        ),
        (r"Who (is|was) (the .+)", "{answer} {0} {1}"),
        (
            r"How many ([a-z ]+?) (are|were|live|lived|have|can|work|visit|belong) (.+)",
            "{answer} {0} {1} {2}",
        ),
        (r"What (is|was) (the .+)", "{1} {0} {answer}"),
        (r"(?:What|Which) ([a-z]+) (is|was|has|had|can|won|became|caused) (.+)", "{answer} {1} {2}"),
    )
    for pattern, made in patterns:
        found = re.fullmatch(pattern, question)
        if found and (not made.endswith("in {answer}") or re.fullmatch(r"(?:\w+ )?\d{4}", answer)):
            return whole(made.format(*found.groups(), answer=answer))
    return None


def whole(text: str) -> str:
    """`text` as a sentence."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text[-1] in '.!?"”' else ".")
