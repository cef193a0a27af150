"""What a client's words signal: danger first, then the person. First version: phrases and the idioms that excuse them.

Pure: given the lexicon and the text, always the same answer. Refuses to know who is told. Matching is done on a
normalised copy (case, accents, apostrophes, invisible characters, repeated letters); the text itself is never changed.
Both languages are always tried, whatever the client's own.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from bot.alliance.rating import Concern

URGENT_CONCERNS = (Concern.EMERGENCY, Concern.CRISIS, Concern.SELF_HARM, Concern.VIOLENCE)
"""In the order in which a reply must choose when a text carries several."""


class Severity(IntEnum):
    """A routing decision for people, not a risk score (NICE NG225 advises against those)."""

    NONE = 0
    SOON = 1
    URGENT = 2


@dataclass(frozen=True)
class Signal:
    """concern: what was seen; severity; phrase: the words that matched, as normalised."""

    concern: Concern
    severity: Severity
    phrase: str


@dataclass(frozen=True)
class Entry:
    """One concern of a lexicon. phrases and idioms: regular expressions over normalised text; an idiom is taken
    out of the text before the phrases are tried."""

    concern: Concern
    severity: Severity
    pattern: re.Pattern[str]


@dataclass(frozen=True)
class Lexicon:
    """Every language's entries and idioms together, since both are always tried."""

    entries: tuple[Entry, ...]
    idioms: re.Pattern[str] | None


_FOLD = str.maketrans(
    {"’": "'", "‘": "'", "ʼ": "'", "`": "'", "´": "'", "′": "'", "œ": "oe", "æ": "ae", "-": " ", "‑": " ", "–": " "}
)
_ELONGATED = re.compile(r"(\D)\1{2,}")
_SPACE = re.compile(r"\s+")


def normalise(text: str) -> str:
    """Lower case, no accents, plain apostrophes, single spaces, no invisible characters, "nooooon" as "non"."""
    # Folded before NFKC too, which would take a "´" apart into a space and an accent.
    folded = unicodedata.normalize("NFKC", text.translate(_FOLD)).casefold().translate(_FOLD)
    bare = "".join(
        letter
        for letter in unicodedata.normalize("NFD", folded)
        if unicodedata.category(letter) not in {"Mn", "Cf", "Me", "Cs"}
    )
    return _SPACE.sub(" ", _ELONGATED.sub(r"\1", bare)).strip()


def lexicon_of(tables: Sequence[Mapping[str, object]]) -> Lexicon:
    """Build a lexicon from parsed ``lexicon.toml`` files.

    Each table: ``{concern: {"severity": "urgent"|"soon"|"none", "phrases": [regex, …]}, "idioms": [regex, …]}``.
    Raises ValueError, naming the concern, for an unknown one or an expression that does not compile.
    """
    entries: list[Entry] = []
    idioms: list[str] = []
    for table in tables:
        for name, body in table.items():
            if name == "idioms":
                idioms += _strings(name, body)
                continue
            if name not in set(Concern) or not isinstance(body, Mapping):
                raise ValueError(f"lexicon: unknown concern {name!r}")
            severity = str(body.get("severity", "")).upper()
            if severity not in Severity.__members__:
                raise ValueError(f"lexicon: {name!r} needs a severity: urgent, soon or none")
            entry = Entry(Concern(name), Severity[severity], _any_of(name, _strings(name, body.get("phrases"))))
            if entry.pattern.search(""):  # no phrase at all, or an empty one, would be found in every text
                raise ValueError(f"lexicon: {name!r} needs at least one phrase, and none that is empty")
            entries.append(entry)
    return Lexicon(tuple(entries), _any_of("idioms", idioms) if idioms else None)


def _strings(name: str, body: object) -> list[str]:
    if not isinstance(body, list) or not all(isinstance(item, str) for item in body):
        raise ValueError(f"lexicon: {name!r} needs a list of expressions")
    return list(body)


def _any_of(name: str, expressions: Sequence[str]) -> re.Pattern[str]:
    try:
        return re.compile(r"(?<!\w)(?:" + "|".join(f"(?:{expression})" for expression in expressions) + r")(?!\w)")
    except re.error as error:
        raise ValueError(f"lexicon: an expression of {name!r} does not compile: {error}") from error


def signals_in(text: str, lexicon: Lexicon) -> tuple[Signal, ...]:
    """Every signal in ``text``, the gravest first; empty when there is none."""
    bare = normalise(text)
    if lexicon.idioms is not None:
        bare = lexicon.idioms.sub(" … ", bare)
    found: dict[Concern, Signal] = {}
    for entry in lexicon.entries:
        match = entry.pattern.search(bare)
        if match and (entry.concern not in found or found[entry.concern].severity < entry.severity):
            found[entry.concern] = Signal(entry.concern, entry.severity, match.group(0))
    order = {concern: rank for rank, concern in enumerate(dict.fromkeys((*URGENT_CONCERNS, *Concern)))}
    return tuple(sorted(found.values(), key=lambda signal: (-signal.severity, order[signal.concern])))


def danger_in(signals: Sequence[Signal]) -> Concern | None:
    """The concern that the safety reply answers, or None when nothing urgent was seen."""
    return next((signal.concern for signal in signals if signal.severity is Severity.URGENT), None)
