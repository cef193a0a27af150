"""Plain words: however a sentence is typed, it is read as the same; 500 disguises of danger are seen through."""

import random
from collections.abc import Callable

import pytest

from bot.alliance.signals import Severity
from bot.alliance.signals.spelling import Spelling, fold, size_of
from bot.text import LANGUAGES, recogniser, toml
from tests.alliance.signals.test_recogniser import DANGER

READER = recogniser()


def read(text: str) -> str:
    return " ".join(READER.lexicon.spelling.words(text))


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("J'ai mal", "je ai mal"),
        ("jai mal", "je ai mal"),
        ("chu fatiguée", "je suis fatiguee"),
        ("je n’ai pas dormi", "je ai pas dormi"),
        ("j'en peux plus", "je en peux plus"),
        ("qu'il parte", "que il parte"),
        ("I don't know", "i do not know"),
        ("i cant sleep", "i can not sleep"),
        ("I won't", "i will not"),
        ("gonna call u", "going to call you"),
        ("je veux m0urir", "je veux mourir"),
        ("k1ll mys3lf", "kill myself"),
        ("k*ll myself", "kill myself"),
        ("s u i c i d e", "suicide"),
        ("j e   v e u x   m o u r i r", "je veux mourir"),
        ("w.a.n.t to d.i.e", "want to die"),
        ("jeveuxmourir", "je veux mourir"),
        ("sui-cide", "suicide"),
        ("sui.cide", "suicide"),
        ("grand-mère", "grand mere"),
        ("je vеux mоurir", "je veux mourir"),  # Cyrillic е and о
        ("mourirr", "mourir"),
        ("suicde", "suicide"),
        ("mouriiiiir", "mourir"),
        ("mou😭rir", "mourir"),
        ("fatiguée, triste. Voilà", "fatiguee , triste . voila"),
        ("ça va ?", "ca va ? ."),
        ("38,9 de fièvre", "#fever. de fievre"),
        ("2.1 ce matin", "#low. ce matin"),
        ("à 9h30", "a #hour"),
        ("3:30 am", "#hour am"),
        ("B Ô N J O U R", "bonjour"),
        ("x q z", "x q z"),
        ("!!!", "! ."),
        ("", ""),
    ],
)
def test_read_as(typed: str, plain: str) -> None:
    assert read(typed) == plain


@pytest.mark.parametrize(
    ("figure", "decimals", "size"),
    [("0", None, "#0"), ("2", None, "#2"), ("7", None, "#3"), ("39", None, "#38"), ("120", None, "#70"),
     ("2019", None, "#400"), ("3", "2", "#low."), ("38", "9", "#fever."), ("37", "2", "#36."), ("12", "5", "#4."),
     ("25", "1", "#20."), ("104", "2", "#high."), ("9" * 50, None, "#400")],
)  # fmt: skip
def test_numbers_by_size(figure: str, decimals: str | None, size: str) -> None:
    assert size_of(figure, decimals) == size


def test_folding_takes_anything() -> None:
    assert fold("É\ud800\x00\u200b") == "e"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_spelling_changes_something(language: str) -> None:
    """A word that would be read as the same plain words without its entry needs none."""
    table = toml(f"{language}/lexicon.toml")["spelling"]
    assert isinstance(table, dict)
    spelling = READER.lexicon.spelling
    needless = []
    for typed in table:
        others = {key: " ".join(words) for key, words in spelling.plain.items() if key != typed}
        if Spelling(others, ()).words(typed) == spelling.words(typed):
            needless.append(typed)
    assert needless == []


def _typo(text: str, chance: random.Random) -> str:
    """One slip of the finger in a long word."""
    words = text.split(" ")
    places = [place for place, word in enumerate(words) if len(word) >= 5 and word.isalpha()]
    if not places:
        return text
    place = chance.choice(places)
    word = words[place]
    at = chance.randrange(1, len(word) - 2)
    slip = chance.choice(["swap", "drop", "double"])
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    words[place] = {"swap": swapped, "drop": word[:at] + word[at + 1 :], "double": word[:at] + word[at] + word[at:]}[
        slip
    ]
    return " ".join(words)


ACCENTS = str.maketrans("éèêàâçîïôûù", "eeeaaciiouu")
CYRILLIC = str.maketrans("aeopcyx", "аеорсух")
FIGURES = str.maketrans("eio", "310")
BOLD = {chr(ord("a") + place): chr(0x1D41A + place) for place in range(26)}
DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "accents dropped": lambda text, chance: text.translate(ACCENTS),
    "capitals": lambda text, chance: text.upper(),
    "spaced letters": lambda text, chance: "   ".join(" ".join(word) for word in text.replace("'", "").split()),
    "look-alikes": lambda text, chance: text.translate(CYRILLIC),
    "figures for letters": lambda text, chance: text.translate(FIGURES),
    "bold letters": lambda text, chance: "".join(BOLD.get(letter, letter) for letter in text.lower()),
    "elongated": lambda text, chance: " ".join(word + word[-1] * 3 for word in text.split()),
    "emoji between": lambda text, chance: " 😭 ".join(text.split()),
    "invisible between": lambda text, chance: "\u200b".join(text),
    "a typo": _typo,
    "full width": lambda text, chance: "".join(chr(ord(x) + 0xFEE0) if "!" <= x <= "~" else x for x in text),
    "zalgo": lambda text, chance: "".join(letter + "\u0337\u0301" for letter in text),
}


def test_five_hundred_disguises_keep_their_recall() -> None:
    chance = random.Random(3)
    sentences = [words for said in DANGER.values() for words in said]
    disguised = [(name, words, disguise(words, chance)) for name, disguise in DISGUISES.items() for words in sentences]
    assert len(disguised) >= 500
    missed = [(name, shown) for name, words, shown in disguised if READER.seen(shown).severity is not Severity.URGENT]
    assert len(missed) <= len(disguised) * 0.01, missed
