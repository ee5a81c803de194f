"""Invented names, so that a small model learns to copy a name instead of recalling it."""

from random import Random

HEADS = """al am ar ash bal bel ber bor bran cal car cor dal dar del dor el em fal far fen gar gil hal
har hol is jan kal kel kin lan lar lin lor mal mar mel mor nal nor ol or pel per quin ral ren ros sal
sel sor tal tam tor ul var vel ver vor wel win yar zan zel""".split()
MIDDLES = "a e i o u an en in ar or el il ia eo ta ra ri mi ni lo da de va".split()
PRODUCT_TAILS = "ra no ta lis via mo tix ro za len dex on ix um ta ly va ko sa nex".split()
PLACE_TAILS = """ton ford ham field wick bury dale mouth bridge stead well worth minster ley berg
burg haven port holm ville stad dorf ac mere combe thorpe""".split()
SURNAME_TAILS = "son man sen ley er ov ska ini ez ard win berg shaw ell ett ani ou ura awa".split()

MEN = """Adam Ahmed Albert Andrew Anton Arthur Ben Boris Carl Charles Daniel David Dimitri Edmund Emil
Erik Felix Francis George Giovanni Hans Harold Henry Hiroshi Hugo Ibrahim Ivan Jack James Jamal Jorge
Joseph Karim Kenji Klaus Kofi Lars Leo Louis Luca Marco Martin Mateo Michael Mikhail Milan Nathan
Nikola Oliver Omar Oscar Pablo Patrick Paul Pedro Peter Philip Pierre Rafael Rahul Robert Samuel
Sanjay Sergei Stefan Thomas Tomás Victor Vikram Walter Wei William Yusuf Zoltan""".split()
WOMEN = """Ada Agnes Aisha Alice Amara Amelia Ana Anika Astrid Beatrice Camila Carla Caroline Chen
Clara Dalia Diana Dorothy Edith Elena Eliza Emily Emma Esther Eva Fatima Fiona Florence Frida Gabriela
Grace Greta Hannah Helen Ida Inês Ingrid Irene Isabel Jane Jasmine Joan Julia Karin Katya Keiko Laila
Laura Leila Lena Lucia Lydia Margaret Maria Marta Maya Mei Mina Nadia Nina Nora Olga Olivia Petra
Priya Rachel Rosa Ruth Sara Selma Simone Sofia Stella Sunita Tanja Teresa Ursula Vera Yara Zainab
Zofia""".split()
SURNAMES = """Abbott Adeyemi Albrecht Alvarez Anderson Arslan Bailey Banerjee Becker Bennett Bergman
Bianchi Blake Boateng Brandt Brown Carter Castillo Chandra Chen Clarke Costa Cruz Dahl Davies Demir
Diaz Dubois Duarte Eriksen Evans Farah Ferrari Fischer Fletcher Fontaine Fraser Garcia Gupta Haddad
Hansen Hayashi Hoffmann Horvat Hughes Ito Ivanova Jansen Johansson Jones Kaplan Kaur Keller Khan Kim
Kowalski Kumar Larsen Laurent Lehmann Lindqvist Lopez Marino Martin Mensah Meyer Miller Morales Moreau
Murphy Nakamura Nguyen Nielsen Novak Okafor Olsen Ortega Osei Park Patel Pereira Petrov Popescu Price
Quinn Rahman Ramirez Reid Richter Rossi Russo Saito Santos Sato Schmidt Schneider Sharma Silva Singh
Smith Sokolov Suzuki Tanaka Taylor Torres Tran Turner Varga Vasquez Vogel Wagner Walker Weber White
Wong Yilmaz Young Zhang Zimmermann""".split()


def brand(random: Random) -> str:
    """A product's name: "Velora", "Kintix"."""
    middle = random.choice(MIDDLES) if random.random() < 0.5 else ""
    return (random.choice(HEADS) + middle + random.choice(PRODUCT_TAILS)).capitalize()


def model(random: Random) -> str:
    """What follows a brand: "300", "X4", "Pro"."""
    return random.choice(
        (
            f"{random.randint(1, 9)}",
            f"{random.choice((100, 200, 250, 300, 400, 500, 650, 700, 900, 1000))}",
            f"{random.choice('ABCEGKLMRSTXZ')}{random.randint(1, 90)}",
            random.choice(("Pro", "Mini", "Plus", "Air", "Max", "Lite", "Go", "Classic", "Eco", "One")),
        )
    )


def place(random: Random) -> str:
    """A town that is on no map: "Harrowfield", "Belaport"."""
    middle = random.choice(MIDDLES) if random.random() < 0.3 else ""
    return (random.choice(HEADS) + middle + random.choice(PLACE_TAILS)).capitalize()


def surname(random: Random) -> str:
    """A family name, one in four of them invented."""
    if random.random() < 0.25:
        return (random.choice(HEADS) + random.choice(SURNAME_TAILS)).capitalize()
    return random.choice(SURNAMES)


def man(random: Random) -> str:
    """A man's full name."""
    return f"{random.choice(MEN)} {surname(random)}"


def woman(random: Random) -> str:
    """A woman's full name."""
    return f"{random.choice(WOMEN)} {surname(random)}"


MAKERS = {"brand": brand, "model": model, "place": place, "surname": surname, "man": man, "woman": woman}
