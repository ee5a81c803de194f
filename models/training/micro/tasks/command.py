"""Commands as people say them, and what they mean as JSON.

The list is closed: a program that acts on commands must know every word that may come.

| intent | slots it may have |
|---|---|
| light_on, light_off | room, device |
| light_set | room, device, value + unit (percent), color |
| heating_set | room, value + unit (degrees) |
| heating_up, heating_down | room, value + unit (degrees) |
| heating_off, temperature_query | room |
| blinds_open, blinds_close | room, device, value + unit (percent) |
| door_lock, door_unlock | device, name (who is let in) |
| timer_set | duration, name |
| timer_cancel, timer_query | name |
| alarm_set, alarm_cancel | time |
| music_play | room, item (kind of music, song or album), name (artist) |
| music_pause, music_stop, music_next | room |
| volume_set | room, device, value, unit (percent, where it was said) |
| volume_up, volume_down, volume_mute | room, device |
| vacuum_start, vacuum_stop | room |
| oven_on | value + unit (degrees), duration |
| oven_off | time, duration |
| device_on, device_off | device, room, time, duration |
| device_query | device, room |
| tv_on, tv_off | room |
| tv_channel | value (its number), name (its name), room |
| list_add, list_remove | item, name (of the list) |
| list_query | name (of the list) |
| reminder_set | item (what to do), time, duration |
| reminder_cancel | item |
| weather_query | name (of the place), time |
| scene_on, scene_off | name, room |
| call_start | name |
| none | – (not a command) |

Slots come in the order room, device, value, unit, time, duration, color, item, name; what was not said
is left out. `value` is a number, whatever the words; `time` is "HH:MM", after the day if one was named
("tomorrow 07:30", "Friday"); `duration` is a number and minutes, hours or seconds ("90 minutes").
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from . import things
from .hands import hasty

ORDER = ("room", "device", "value", "unit", "time", "duration", "color", "item", "name")
BEFORE = [
    "please ",
    "can you ",
    "could you ",
    "could you please ",
    "hey, ",
    "ok, ",
    "would you ",
    "i want you to ",
    "i'd like you to ",
    "will you ",
    "computer, ",
    "and ",
    "now ",
    "quick, ",
    "be so kind and ",
    "hi, can you ",
]
AFTER = [
    " please",
    " please",
    " thanks",
    " now",
    ", please",
    " for me",
    " right away",
    " when you can",
    ", thank you",
]
SLOT = re.compile(r"\{(\w+)\}")


def rows(random: Random, count: int) -> Iterator[dict]:
    """`count` rows, no two texts alike; one in seven is not a command."""
    phrases = read(Path(__file__).parent / "phrases" / "command.txt")
    intents = sorted(set(phrases) - {"none"})
    seen = set()
    while len(seen) < count:
        intent = "none" if random.random() < 0.15 else random.choice(intents)
        phrase = random.choice(phrases[intent])
        text, slots = said(phrase.lstrip("~"), random)
        if not phrase.startswith("~"):
            text = politely(text, random)
        text = typed(text, random)
        if text in seen:
            continue
        seen.add(text)
        slots = {} if intent == "none" else {key: slots[key] for key in ORDER if key in slots}
        target = json.dumps({"intent": intent, "slots": slots}, ensure_ascii=False, separators=(",", ":"))
        yield {"task": "command", "text": text, "target": target, "source": "program"}


def read(path: Path) -> dict[str, list[str]]:
    """The phrases under each intent."""
    phrases: dict[str, list[str]] = {}
    intent = ""
    for raw in path.read_text(encoding="utf-8").splitlines():
        if not raw.strip() or raw.startswith("#"):
            continue
        if raw.startswith(" "):
            phrases[intent].append(raw.strip())
        else:
            intent = raw.strip()
            phrases[intent] = []
    return phrases


def said(phrase: str, random: Random) -> tuple[str, dict]:
    """The phrase with its slots filled, and what they mean."""
    slots: dict = {}

    def put(found: re.Match) -> str:
        surface, meaning = things.SLOTS[found[1]](random)
        if "time" in slots and "time" in meaning:
            both = sorted((slots["time"], meaning["time"]), key=lambda time: ":" in time)
            meaning = {"time": " ".join(both)}
        slots.update(meaning)
        return surface

    return SLOT.sub(put, phrase), slots


def politely(text: str, random: Random) -> str:
    """The command with what people say around it."""
    if random.random() < 0.4:
        text = random.choice(BEFORE) + text
    if random.random() < 0.2 and not re.search(r"please|\b(re)?mind|\?$|\bme\b", text):
        text += random.choice(AFTER)
    return text


def typed(text: str, random: Random) -> str:
    """The command as it is typed or as it was heard."""
    asks = re.match(r"(hi, )?(can|could|would|will) you", text)
    if random.random() < 0.5:
        text = text[:1].upper() + text[1:]
        text = re.sub(r"\bi\b", "I", text)
        text += "" if text[-1] in "?.!" else "?" if asks else random.choice((".", "", "!"))
    return hasty(text, random, typo=0.1)
