"""The small tasks of the micro model as rows made by program, and what varies the grounded ones.

Every row is a task as `src/prompt/task.rs` reads it, with `"target"`, what the model is to write, and
`"source": "program"`. The same `random.Random` gives the same rows. What is judged on
(`tests/data/micro/`) is written by hand and never comes from here.

- `followup`: a question that leans on a conversation -> the question that stands alone
- `command`: a command -> intent and slots as JSON
- `smalltalk`: a greeting or the like -> one short sentence
- `consistent`: passages and a reply -> yes or no
- `augment`: other wordings of a question, for the grounded task
- `grammar`, `names`, `hands`: what the generators share (templates, invented names, hasty typing)
"""
