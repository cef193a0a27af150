"""Sentences: the only reader of ``messages/``. Renders a key and its values in a person's language, once.

Catalogues are gettext PO files with symbolic keys, read with Babel. A French sentence that says "vous" has a second
form under the context "tu" for the clients who chose it. Refuses to know who reads the sentence, and when.
"""

import logging
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from functools import cache
from gettext import c2py  # the standard library's own reader of Plural-Forms
from pathlib import Path

from babel.dates import format_date
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from bot.alliance.key import Key, Phrase, Value
from bot.alliance.people import HelpLines
from bot.alliance.safety import SPARES
from bot.alliance.signals import Recogniser, Severity
from bot.alliance.signals.concepts import Concepts
from bot.alliance.signals.lexicon import lexicon_of
from bot.alliance.signals.trying import Labelled
from bot.alliance.signals.weights import learned_from

LANGUAGES = ("fr", "en")
LONGEST = 4096
"""Telegram's limit for one message, in UTF-16 units after parsing."""

log = logging.getLogger(__name__)


def messages_folder() -> Path:
    """Where the catalogues are: inside the installed package, or beside it in a checkout.

    Raises FileNotFoundError when there are none.
    """
    here = Path(__file__).resolve().parent
    for folder in (here / "messages", here.parent / "messages"):
        if (folder / "fr").is_dir():
            return folder
    raise FileNotFoundError("messages/: the catalogues are missing; install Alliance again")


@cache
def catalogue(language: str) -> Catalog:
    """The catalogue of "fr" or "en", read once. Raises what ``read_catalogue`` raises."""
    return read_catalogue(language)


def path_of(language: str, folder: Path | None = None) -> Path:
    """The file of one catalogue, by default in the folder in use."""
    return (folder or messages_folder()) / language / "LC_MESSAGES" / "bot.po"


def read_catalogue(language: str, folder: Path | None = None) -> Catalog:
    """Read one catalogue, by default of the folder in use. Raises OSError, ValueError or babel's PoFileError."""
    with path_of(language, folder).open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@cache
def recogniser() -> Recogniser:
    """Reads what clients write, with both languages' lexicons and what was learned.

    Raises OSError or ValueError (tomllib.TOMLDecodeError is one) when a file is missing or broken.
    """
    learned = learned_from((messages_folder() / "weights.tsv").read_text(encoding="utf-8"))
    lexicon = lexicon_of([toml(f"{language}/lexicon.toml") for language in LANGUAGES], learned.vocabulary)
    return Recogniser(lexicon, Concepts(learned.named), learned.weights)


@cache
def labelled_sentences() -> tuple[Labelled, ...]:
    """The labelled sentences of both languages: what the weights were learned from, and new phrases are tried on."""
    return tuple(
        Labelled(sentence, label, Severity[severity.upper()])
        for language in LANGUAGES
        for label, severity, sentence in sentences_of(messages_folder() / language / "sentences.tsv")
    )


def sentences_of(file: Path) -> Iterator[tuple[str, str, str]]:
    """(label, severity, sentence) for each line of a file of labelled sentences; fields stand between tabs."""
    for line in file.read_text(encoding="utf-8").splitlines():
        label, severity, sentence = line.split("\t")
        yield label, severity, sentence


@cache
def toml(name: str) -> dict[str, object]:
    """One parsed file of the folder. Raises OSError or tomllib.TOMLDecodeError."""
    return tomllib.loads((messages_folder() / name).read_text(encoding="utf-8"))


def regions() -> tuple[str, ...]:
    """The regions that have help lines, without the one that stands for any other."""
    return tuple(region for region in toml("help_lines.toml") if region != "XX")


def help_lines(region: str, language: str) -> HelpLines:
    """The numbers of a region in words for a language; an unknown region has the emergency number only."""
    table = toml("help_lines.toml")
    row = table.get(region) or table.get(region.split("-")[0]) or table["XX"]
    assert isinstance(row, Mapping)
    emergency = str(row["emergency"])

    def said(name: str) -> str | None:
        value = row.get(f"{name}_{language}", row.get(name))
        return None if value is None else str(value)

    crisis = row.get(f"crisis_{language}", row.get("crisis", []))
    return HelpLines(
        emergency=emergency,
        emergency_line=said("emergency") or emergency,
        crisis=tuple(str(line) for line in crisis),
        violence=said("violence"),
        poison=said("poison"),
        advice=said("advice"),
    )


def text(key: Key, language: str, *, address: str = "vous", **values: Value) -> str:
    """Render one sentence.

    address: "tu" takes the familiar form where the catalogue has one. A value ``count`` chooses the plural form.
    A key that a catalogue has lost is said in the other language rather than not at all; the safety replies have a
    spare in code.
    """
    for tongue in (language, *(other for other in LANGUAGES if other != language)):
        template = _template(key, tongue, address, values)
        if template:
            shown = {name: _shown(value, tongue, address) for name, value in values.items()}
            try:
                return template.format_map(shown)
            except (KeyError, IndexError, ValueError):
                log.error("catalogue %s: the sentence %s has a wrong placeholder", tongue, key)
    if key in SPARES:
        shown = {"emergency": "112", "crisis": ""} | {
            name: _shown(value, language, address) for name, value in values.items()
        }
        return SPARES[key][language].format_map(shown)
    log.error("no catalogue has the sentence %s", key)
    return ""


def _template(key: Key, language: str, address: str, values: Mapping[str, Value]) -> str:
    try:
        book = catalogue(language)
    except Exception:
        log.exception("catalogue %s cannot be read", language)
        return ""
    message = (book.get(key, context="tu") if address == "tu" else None) or book.get(key)
    if message is None or not message.string:
        return ""
    if isinstance(message.string, str):
        return message.string
    count = values.get("count", 1)
    form = _plural_form(book.plural_expr)(count if isinstance(count, int) else 1)
    return str(message.string[min(form, len(message.string) - 1)])


@cache
def _plural_form(expression: str) -> Callable[[int], int]:
    """Which wording a number takes, from the catalogue's own Plural-Forms line."""
    return c2py(expression)


def _shown(value: Value, language: str, address: str) -> str:
    if isinstance(value, Key):
        return text(value, language, address=address)
    if isinstance(value, Phrase):
        return text(value.key, language, address=address, **value.values)
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        joint = " à " if language == "fr" else " at "
        return day_words(value.date(), language) + joint + time_words(value.time(), language)
    if isinstance(value, date):
        return day_words(value, language)
    if isinstance(value, time):
        return time_words(value, language)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Sequence):
        return list_words([_shown(part, language, address) for part in value], language)
    raise TypeError(f"a sentence cannot hold {type(value).__name__}")


def list_words(parts: Sequence[str], language: str) -> str:
    """ "A", "A et B", "A, B et C"."""
    return format_list(list(parts), style="standard", locale=language).replace(", and ", " and ") if parts else ""


def day_words(day: date, language: str) -> str:
    """ "mardi 3 novembre", "Tuesday 3 November"."""
    words = format_date(day, "EEEE d MMMM", locale=language)
    return words.replace(" 1 ", " 1er ") if language == "fr" else words


def time_words(at: time, language: str) -> str:
    """ "9 h", "18 h 30"; "9:00 AM", "6:30 PM" — as people write them, and never
    broken between two lines."""
    if language == "fr":
        return f"{at.hour}\u00a0h" + (f"\u00a0{at.minute:02}" if at.minute else "")
    return f"{(at.hour - 1) % 12 + 1}:{at.minute:02}\u00a0{'AM' if at.hour < 12 else 'PM'}"


def weekday_words(days: Sequence[int], language: str) -> str:
    """ "lundi et jeudi" for (0, 3), where 0 is Monday."""
    return list_words([format_date(date(2024, 1, 1 + day), "EEEE", locale=language) for day in sorted(days)], language)
