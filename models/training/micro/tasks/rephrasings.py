"""Patterns by which a question can be asked otherwise without asking something else."""

import re

INTRODUCTIONS = (
    "Can you tell me ", "Could you tell me ", "Tell me ", "Please tell me ", "I'd like to know ",
    "I would like to know ", "Do you know ", "I want to know ", "Could you say ", "May I ask ", "I wonder ",
    "Explain to me ", "Would you tell me ", "I'm trying to find out ", "Please say ",
)  # fmt: skip


def _pattern(text: str) -> re.Pattern:
    """A pattern in which each capital letter alone is a part of the question to keep."""
    body = re.escape(text).replace(r"\ ", " ").replace("\\?", r"\s*\?")
    return re.compile(re.sub(r"\b([XYZ])\b", r"(?P<\1>.+?)", body).replace("VERB", r"(?P<V>[a-z]+)"))


def _form(text: str) -> str:
    return re.sub(r"\b([XYZ])\b", r"\\g<\1>", text).replace("VERB", r"\g<V>")


_SAID = """
What is the capital of X? = Which city is the capital of X? | What city is X's capital? | Name the capital of X.
What is the name of X? = What is X called? | Which name does X have? | How is X named?
What is the population of X? = How many people live in X? | How large is the population of X?
What is the purpose of X? = What is X for? | What purpose does X serve? | Why is there X?
What is the meaning of X? = What does X mean? | How is X defined?
What is the cause of X? = What causes X? | Why is there X? | What leads to X?
What is the cost of X? = How much does X cost? | What does X cost? | What is the price of X?
What is the price of X? = How much does X cost? | What does X cost? | How expensive is X?
What is the length of X? = How long is X? | What length does X have?
What is the height of X? = How high is X? | What height does X have?
What is the difference between X and Y? = How does X differ from Y? | How do X and Y differ?
What is another name for X? = What else is X called? | Which other name does X have?
What is X known for? = Why is X known? | What made X known?
What is X famous for? = Why is X famous? | What made X famous?
What is X made of? = What material is X made of? | Of what is X made? | Which materials is X made from?
What is X used for? = What is the use of X? | What do people use X for? | For what is X used?
What is X called? = What is the name of X? | What name does X have?
What was the name of X? = What was X called? | Which name did X have?
What was the result of X? = What did X lead to? | How did X end? | What came of X?
What was the reason for X? = Why did X happen? | What led to X? | What was behind X?
What was the cause of X? = What caused X? | Why did X happen? | What led to X?
What does X mean? = What is the meaning of X? | How is X defined? | What is meant by X?
What does X stand for? = What is X short for? | What is the full form of X?
What does X cost? = How much is X? | How much does X cost? | What is the price of X?
What do X eat? = What is the diet of X? | What do X feed on?
What does X eat? = What is the diet of X? | What does X feed on?
What causes X? = What is the cause of X? | Why does X occur? | What leads to X?
What caused X? = What was the cause of X? | Why did X happen? | What led to X?
What happened in X? = Which event took place in X? | What took place in X? | What occurred in X?
What happened to X? = What became of X? | What was the fate of X?
What kind of X is Y? = What type of X is Y? | What sort of X is Y?
What type of X is Y? = What kind of X is Y? | What sort of X is Y?
What language is spoken in X? = Which language do people speak in X? | What do people speak in X?
What year did X? = In which year did X? | When did X?
What year was X? = In which year was X? | When was X?
In what year did X? = When did X? | Which year did X?
In what year was X? = When was X? | Which year was X?
In which year did X? = When did X? | What year did X?
In which year was X? = When was X? | What year was X?
When was X born? = What is X's date of birth? | On what date was X born? | What is the birth date of X?
When was X founded? = What is the founding date of X? | When did somebody found X? | When was X set up?
When was X built? = When did they build X? | When did the building of X take place? | From when is X?
When was X published? = When did X come out? | When did X appear? | What is the publication date of X?
When was X released? = When did X come out? | What is the release date of X?
When was X invented? = When did somebody invent X? | When was the invention of X?
When did X die? = What is the date of X's death? | When was X's death? | On what date did X die?
When did X begin? = When did X start? | What was the start of X? | When was the beginning of X?
When did X start? = When did X begin? | At what time did X begin?
When did X end? = When was X over? | When was the end of X?
When does X open? = What time does X open? | From when is X open? | At what time does X open?
When does X close? = What time does X close? | Until when is X open? | At what time does X close?
When does X start? = What time does X start? | When does X begin? | At what time does X begin?
Where was X born? = What is X's place of birth? | What is the birthplace of X? | In which place was X born?
Where did X die? = In which place did X die? | What was the place of X's death?
Where is X located? = Where is X? | What is the location of X? | Where can X be found? | Where does X lie?
Where does X live? = What place does X live in? | Where is the home of X?
Where can X be found? = Where is X found? | In which place is X found?
Where does X come from? = What is the origin of X? | What is X's origin?
Who wrote X? = Who is the author of X? | By whom was X written? | X was written by whom?
Who invented X? = Who is the inventor of X? | By whom was X invented? | X was invented by whom?
Who discovered X? = By whom was X discovered? | Who was the discoverer of X? | X was discovered by whom?
Who founded X? = By whom was X founded? | Who was the founder of X? | Who set up X?
Who built X? = By whom was X built? | Who was the builder of X? | X was built by whom?
Who painted X? = By whom was X painted? | Who was the painter of X?
Who directed X? = Who was the director of X? | By whom was X directed?
Who composed X? = Who was the composer of X? | By whom was X composed?
Who designed X? = By whom was X designed? | Who was the designer of X?
Who won X? = Who was the winner of X? | By whom was X won?
Who led X? = Who was the leader of X? | By whom was X led?
Who owns X? = Who is the owner of X? | To whom does X belong?
Who was X married to? = To whom was X married? | Who was X's spouse?
Which X is Y? = What X is Y?
How many people live in X? = What is the population of X? | How large is the population of X? | How many inhabitants does X have?
How many X are there in Y? = How many X does Y have? | What is the number of X in Y?
How many X does Y have? = How many X are there in Y? | What is the number of X in Y?
How much does X cost? = What does X cost? | What is the price of X? | How expensive is X?
How much is X? = What does X cost? | How much does X cost? | What is the price of X?
How long does X take? = What is the duration of X? | How much time does X take? | How much time is needed for X?
How long does X last? = What is the duration of X? | For how long does X go on? | How much time does X take?
How long did X last? = What was the duration of X? | For how long did X go on? | How much time did X take?
How tall is X? = What is the height of X? | How high is X?
How old is X? = What is the age of X? | What age is X?
How far is X from Y? = What is the distance between X and Y? | How many kilometres is X from Y?
How big is X? = What is the size of X? | How large is X?
How large is X? = What is the size of X? | How big is X?
How did X die? = What was the cause of X's death? | What did X die of?
Why is X important? = What makes X important? | What is the importance of X?
Why did X happen? = What caused X? | What was the reason for X?
Can I X? = Is it possible to X? | Am I allowed to X? | May I X?
Is there X? = Do you have X? | Is X available?
How can I X? = How do I X? | What is the way to X? | What do I have to do to X?
How do I X? = How can I X? | What do I have to do to X?
Do I need X? = Is X needed? | Do I have to have X? | Is X necessary?
"""

PATTERNS: list[tuple[re.Pattern, list[str]]] = [
    (_pattern(said.strip()), [_form(form.strip()) for form in forms.split("|")])
    for said, forms in (line.split(" = ") for line in _SAID.strip().splitlines())
]

_KEYED = """
What is the X of Y? = X Y
What was the X of Y? = X Y
What is X? = X meaning
Who was X? = X
Who VERB X? = who VERB X
When was X VERB? = X VERB date
Where was X VERB? = X VERB place
When did X die? = X date of death
How many X are there in Y? = number of X Y
How much does X cost? = X price
How long does X take? = X duration
How long did X last? = X duration
Where is X? = X location
Where is X located? = X location
When does X open? = X opening time
Why did X VERB? = reason X VERB
"""

# As typed into a search box.
KEYWORDS: list[tuple[re.Pattern, str]] = [
    (_pattern(said.strip()), _form(form.strip()))
    for said, form in (line.split(" = ") for line in _KEYED.strip().splitlines())
]
