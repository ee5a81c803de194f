"""What commands name: each slot gives the words that are said and what they mean."""

from collections.abc import Callable
from random import Random

from . import names

ROOMS = """kitchen; living room; bedroom; bathroom; hallway; study; garage; basement; attic; nursery; guest room;
dining room; office; laundry room; kids' room; playroom; conservatory; pantry; guest bathroom; entrance hall;
library; hobby room; workshop; wardrobe; winter garden; master bedroom; lounge; cellar; staircase; utility room;
music room; home cinema; gym; sauna; closet; den""".replace(
    "\n", " "
).split(
    "; "
)
LEVELS = [
    "upstairs",
    "downstairs",
    "outside",
    "everywhere",
    "on the balcony",
    "in the garden",
    "on the terrace",
    "on the porch",
    "on the first floor",
    "on the second floor",
    "in the shed",
    "in the whole house",
]
LAMPS = """desk lamp; floor lamp; bedside lamp; ceiling light; reading lamp; fairy lights; night light; spotlight;
LED strip; chandelier; wall lamp; table lamp; porch light; aquarium light; piano lamp; mirror light""".replace(
    "\n", " "
).split(
    "; "
)
BLINDS = ["curtains", "shutters", "roller blinds", "shades", "awning", "blind", "curtain", "venetian blinds"]
DOORS = """front door; back door; garage door; garden gate; cellar door; side door; balcony door; gate; patio door;
main entrance; shed door; office door""".replace(
    "\n", " "
).split(
    "; "
)
DEVICES = """fan; coffee machine; dishwasher; washing machine; tumble dryer; air conditioner; kettle; humidifier;
air purifier; sprinkler; radio; toaster; printer; projector; heater; dehumidifier; router; electric blanket; iron;
fountain; pool pump; extractor hood; microwave; rice cooker; 3D printer; baby monitor; security camera; doorbell;
charger; game console; bread maker; towel heater; ceiling fan; water pump; slow cooker; freezer; hair dryer;
irrigation; alarm system; intercom; hot tub; fish tank filter; espresso machine; wine cooler""".replace(
    "\n", " "
).split(
    "; "
)
PLAYERS = [
    "tv",
    "radio",
    "speaker",
    "stereo",
    "soundbar",
    "music",
    "record player",
    "kitchen radio",
    "headphones",
    "loudspeaker",
    "television",
    "projector",
    "podcast",
    "tablet",
]
COLORS = """red; blue; green; yellow; orange; purple; pink; white; warm white; cold white; turquoise; violet; amber;
gold; magenta; teal; lime; lavender; dark blue; light green""".replace(
    "\n", " "
).split(
    "; "
)
TIMERS = """pasta; egg; pizza; tea; laundry; cake; rice; workout; nap; homework; bread; roast; potato; oven; break;
soup; meditation; parking; noodle; chicken; lasagne; exam; dough; bath; steak""".replace(
    "\n", " "
).split(
    "; "
)
GENRES = """jazz; rock; classical music; hip hop; reggae; country music; piano music; opera; blues; techno; folk songs;
Christmas songs; film music; salsa; punk; soul; heavy metal; lo-fi beats; children's songs; dance music; bossa nova;
swing; disco; relaxing music; 80s hits; flamenco; choral music; ambient; K-pop; funk""".replace(
    "\n", " "
).split(
    "; "
)
CHANNELS = [
    "the news",
    "the sports channel",
    "the weather channel",
    "the kids' channel",
    "the film channel",
    "the music channel",
    "the history channel",
    "the cooking channel",
]
ITEMS = """milk; bread; eggs; butter; apples; coffee; toilet paper; rice; bananas; cheese; olive oil; dog food; shampoo;
toothpaste; onions; tomatoes; yoghurt; flour; sugar; batteries; light bulbs; orange juice; washing powder; potatoes;
pasta; salt; chocolate; tea bags; cat litter; carrots; frozen peas; lemons; garlic; honey; nappies; soap; wine; beer;
paper towels; stamps; candles; bin bags; oat milk; tofu; spinach; mushrooms; mustard; ketchup; cornflakes; peanut butter;
cream; chicken; salmon; biscuits; vinegar; plant food; AA batteries; sun cream; plasters; printer ink; baking powder;
grapes; cucumbers; avocados; lentils; jam; sparkling water; dishwasher tablets; razor blades; birthday cards; gift wrap;
a new toothbrush; a watermelon; two lemons; a bag of charcoal; six eggs; three bottles of water""".replace(
    "\n", " "
).split(
    "; "
)
LISTS = [
    "shopping",
    "shopping",
    "grocery",
    "to-do",
    "packing",
    "birthday",
    "holiday",
    "wish",
    "party",
    "camping",
    "hardware",
    "pharmacy",
    "weekend",
    "school",
    "work",
    "gift",
    "garden",
]
TODOS = """water the plants; call the dentist; take out the rubbish; feed the cat; pay the rent; pick up the kids;
take my pills; post the letter; buy stamps; book the flights; defrost the chicken; charge the car; send the invoice;
walk the dog; return the library books; clean the windows; cancel the subscription; collect the parcel; iron my shirt;
renew my passport; bake a cake; phone the plumber; back up the laptop; check the oven; lock the bike; hand in my essay;
order new glasses; change the bed sheets; move the car; thank {someone}; write to {someone}; call {someone};
visit {someone}; meet {someone}; congratulate {someone}; email {someone} about the contract; pick up {someone} from the station;
empty the dishwasher; buy flowers for {someone}; print the tickets; hang up the washing; study for the exam; stretch;
drink some water; turn the roast; get cash; mow the lawn; fix the tap; practise the piano; sign the form""".replace(
    "\n", " "
).split(
    "; "
)
SCENES = """movie; party; dinner; night; reading; away; morning; holiday; romantic; cinema; sleep; work; study; relax;
breakfast; gaming; guest; cleaning; yoga; good night; sunset; focus; baby; rainy day; game night; wake-up""".replace(
    "\n", " "
).split(
    "; "
)
RELATIVES = [
    "mum",
    "dad",
    "grandma",
    "my sister",
    "my brother",
    "the doctor",
    "my wife",
    "my husband",
    "the neighbours",
    "my boss",
    "aunt Rosa",
    "uncle Karl",
    "the school",
    "the babysitter",
    "grandpa",
]
CITIES = """Paris; Oslo; Lisbon; Nairobi; Kyoto; Toronto; Vienna; Dublin; Athens; Mumbai; Lima; Prague; Boston; Hamburg;
Cairo; Seoul; Madrid; Helsinki; Glasgow; Naples; Zurich; Warsaw; Chicago; Melbourne; Santiago; Riga; Leeds""".replace(
    "\n", " "
).split(
    "; "
)
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ADJECTIVES = [
    "Silent",
    "Golden",
    "Northern",
    "Paper",
    "Broken",
    "Electric",
    "Winter",
    "Blue",
    "Lost",
    "Little",
    "Crystal",
]
NOUNS = [
    "River",
    "Garden",
    "Heart",
    "Train",
    "Moon",
    "Letters",
    "Summer",
    "Rain",
    "Highway",
    "Mirror",
    "Sky",
    "Fire",
]
ONES = (
    """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen
seventeen eighteen nineteen""".split()
)
TENS = "zero ten twenty thirty forty fifty sixty seventy eighty ninety".split()

Said = tuple[str, dict]


def spelled(number: int) -> str:
    """A whole number below a thousand in words."""
    if number < 20:
        return ONES[number]
    if number < 100:
        ten, one = divmod(number, 10)
        return TENS[ten] + (f"-{ONES[one]}" if one else "")
    hundred, rest = divmod(number, 100)
    return (
        "a hundred" * (hundred == 1)
        + f"{ONES[hundred]} hundred" * (hundred > 1)
        + (f" and {spelled(rest)}" if rest else "")
    )


def figure(number: float, random: Random) -> str:
    """A number in digits, one time in four in words."""
    if isinstance(number, int) and random.random() < 0.25:
        words = spelled(number)
        return words.replace("-", " ") if random.random() < 0.5 else words
    return str(number)


def within(random: Random) -> Said:
    if random.random() < 0.2:
        words = random.choice(LEVELS)
        bare = words.removeprefix("on the ").removeprefix("in the ")
        return words, {"room": bare}
    if random.random() < 0.1:
        owner = random.choice(names.MEN + names.WOMEN)
        return f"in {owner}'s room", {"room": f"{owner}'s room"}
    room = random.choice(ROOMS)
    return f"in the {room}", {"room": room}


def the_room(random: Random) -> Said:
    room = random.choice(ROOMS)
    return f"the {room}", {"room": room}


def bare_room(random: Random) -> Said:
    room = random.choice(ROOMS)
    return room, {"room": room}


def percent(random: Random) -> Said:
    if random.random() < 0.08:
        return random.choice(
            (("half", {"value": 50, "unit": "percent"}), ("a quarter", {"value": 25, "unit": "percent"}))
        )
    value = random.choice((random.randint(1, 20) * 5, random.randint(1, 100)))
    words = figure(value, random)
    unit = random.choice((" percent", " per cent", "%", " %")) if words[0].isdigit() else " percent"
    return words + unit, {"value": value, "unit": "percent"}


def degrees(random: Random) -> Said:
    value = random.choice((random.randint(5, 28), random.randint(15, 25), random.randint(30, 49) / 2))
    value = int(value) if value == int(value) else value
    words = figure(value, random)
    unit = (
        random.choice((" degrees", " degrees", "°", " degrees Celsius", "°C"))
        if words[0].isdigit()
        else " degrees"
    )
    return words + unit, {"value": value, "unit": "degrees"}


def oven(random: Random) -> Said:
    value = random.randint(10, 50) * 5
    words = figure(value, random)
    return words + (random.choice((" degrees", "°", "")) if words[0].isdigit() else " degrees"), {
        "value": value,
        "unit": "degrees",
    }


def number(most: int) -> Callable[[Random], Said]:
    def one(random: Random) -> Said:
        value = random.randint(1, most)
        return figure(value, random), {"value": value}

    return one


def duration(random: Random) -> Said:
    odd = {
        "half an hour": "30 minutes",
        "an hour": "1 hour",
        "a quarter of an hour": "15 minutes",
        "an hour and a half": "90 minutes",
        "a minute": "1 minute",
        "one and a half hours": "90 minutes",
        "three quarters of an hour": "45 minutes",
        "two and a half minutes": "150 seconds",
    }
    if random.random() < 0.15:
        words = random.choice(list(odd))
        return words, {"duration": odd[words]}
    unit = random.choice(("minute", "minute", "minute", "hour", "second"))
    value = random.randint(1, 12 if unit == "hour" else 90)
    unit += "s" * (value > 1)
    short = {"minutes": "min", "minute": "min", "seconds": "sec", "hours": "h"}
    words = figure(value, random)
    shown = short.get(unit, unit) if words[0].isdigit() and random.random() < 0.2 else unit
    return f"{words} {shown}", {"duration": f"{value} {unit}"}


def clock(random: Random) -> Said:
    hour, minute = random.randint(0, 23), random.choice((0, 0, 0, 15, 30, 45, random.randint(1, 59)))
    twelve, half = (hour - 1) % 12 + 1, "am" if hour < 12 else "pm"
    part = "in the morning" if hour < 12 else "in the afternoon" if hour < 18 else "in the evening"
    plain = f"{twelve}:{minute:02}" if minute else f"{twelve}"
    forms = [
        f"{hour}:{minute:02}",
        f"{plain} {half}",
        f"{plain}{half}",
        f"{plain} {half[0]}.m.",
        f"{plain} {part}",
    ]
    if not minute:
        forms += [f"{ONES[twelve]} {half}", f"{ONES[twelve]} {part}"] + (
            ["noon"] * 2 if hour == 12 else ["midnight"] * 2 if hour == 0 else []
        )
    if minute == 30:
        forms += [f"half past {ONES[twelve]} {part}"] * 2
    if minute == 15:
        forms += [f"quarter past {ONES[twelve]} {part}"] * 2
    if minute == 45:
        forms += [f"quarter to {ONES[twelve % 12 + 1]} {part}"] * 2 if hour not in (11, 17, 23) else []
    return random.choice(forms), {"time": f"{hour:02}:{minute:02}"}


def day(random: Random) -> Said:
    chosen = random.choice((*DAYS, "tomorrow", "tomorrow", "today", "tonight", "this weekend"))
    return (f"on {chosen}" if chosen in DAYS else chosen), {"time": chosen}


def day_bare(random: Random) -> Said:
    chosen = random.choice((*DAYS, "tomorrow", "tonight", "the weekend"))
    return chosen, {"time": chosen.removeprefix("the ")}


def album(random: Random) -> Said:
    title = random.choice(("{0} {1}", "The {0} {1}", "{1} in {2}"))
    title = title.format(random.choice(ADJECTIVES), random.choice(NOUNS), names.place(random))
    return title, {"item": title}


def artist(random: Random) -> Said:
    name = random.choice(
        (
            names.man,
            names.woman,
            lambda r: f"The {random.choice(ADJECTIVES)} {random.choice(NOUNS)}s",
            names.brand,
        )
    )(random)
    name = name.replace("ss", "s") if name.endswith("ss") else name
    return name, {"name": name}


def music(random: Random) -> Said:
    return random.choice((artist, album, one_of("item", GENRES)))(random)


def todo(random: Random) -> Said:
    someone = random.choice(
        (
            names.man(random),
            names.woman(random).split()[0],
            random.choice(names.MEN),
            f"Mrs {names.surname(random)}",
        )
    )
    text = random.choice(TODOS).format(someone=someone)
    return text, {"item": text}


def contact(random: Random) -> Said:
    name = random.choice(
        (
            names.man(random),
            names.woman(random),
            random.choice(RELATIVES),
            f"Dr {names.surname(random)}",
            random.choice(names.WOMEN),
        )
    )
    return name, {"name": name.removeprefix("my ").removeprefix("the ")}


def person(random: Random) -> Said:
    name = random.choice(names.MEN + names.WOMEN) if random.random() < 0.7 else f"Mr {names.surname(random)}"
    return name, {"name": name}


def city(random: Random) -> Said:
    name = random.choice(CITIES) if random.random() < 0.6 else names.place(random)
    return name, {"name": name}


def one_of(key: str, words: list[str], drop: str = "") -> Callable[[Random], Said]:
    def one(random: Random) -> Said:
        word = random.choice(words)
        return word, {key: word.removeprefix(drop)}

    return one


SLOTS: dict[str, Callable[[Random], Said]] = {
    "in": within,
    "the": the_room,
    "rm": bare_room,
    "lamp": one_of("device", LAMPS),
    "blind": one_of("device", BLINDS),
    "door": one_of("device", DOORS),
    "device": one_of("device", DEVICES),
    "player": one_of("device", PLAYERS),
    "percent": percent,
    "degrees": degrees,
    "oven": oven,
    "level": number(10),
    "number": number(60),
    "duration": duration,
    "clock": clock,
    "day": day,
    "day_bare": day_bare,
    "color": one_of("color", COLORS),
    "genre": one_of("item", GENRES),
    "album": album,
    "artist": artist,
    "music": music,
    "item": one_of("item", ITEMS),
    "list": one_of("name", LISTS),
    "todo": todo,
    "scene": one_of("name", SCENES),
    "name_timer": one_of("name", TIMERS),
    "channel": one_of("name", CHANNELS, drop="the "),
    "contact": contact,
    "person": person,
    "city": city,
}
