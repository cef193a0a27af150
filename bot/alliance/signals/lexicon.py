"""The lexicons, read: phrases by concern, the idioms that excuse them, and what turns a phrase into past or denied.

Both languages stand in one lexicon, since both are always tried. Refuses to know files: tables come in as data.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.alliance.rating import Concern
from bot.alliance.signals.phrases import Phrases, phrase_of
from bot.alliance.signals.signal import Severity
from bot.alliance.signals.spelling import Spelling

Table = Mapping[str, object]
SIGNALS = (
    Concern.EMERGENCY,
    Concern.CRISIS,
    Concern.SELF_HARM,
    Concern.VIOLENCE,
    Concern.WANTS_TO_STOP,
    Concern.WANTS_NURSE,
    Concern.RELAPSE,
    Concern.DISCOURAGEMENT,
    Concern.AMBIVALENCE,
    Concern.PROGRESS,
)
"""What words can signal, in the order in which a reply must choose when a text carries several."""

OTHER_TABLES = frozenset({"spelling", "classes", "excuses"})
EXCUSES = ("idioms", "denials", "past", "still")


@dataclass(frozen=True)
class Entry:
    """One phrase of the lexicon. concern; severity; written: the phrase as it stands there; added: by a coordinator,
    who has seen what it flags."""

    concern: Concern
    severity: Severity
    written: str
    added: bool = False


@dataclass(frozen=True)
class Added:
    """A phrase that a coordinator added: plain words, no signs. language: "fr" or "en"."""

    language: str
    concern: Concern
    severity: Severity
    words: str


@dataclass(frozen=True)
class Lexicon:
    """entries: what signals something. idioms: taken out first. denials: right before a phrase, they deny it.
    past: in the same clause, they put it in the past; still: unless one of these brings it back to now."""

    spelling: Spelling
    written: tuple[Entry, ...]
    entries: Phrases[Entry]
    idioms: Phrases[str]
    denials: Phrases[str]
    past: Phrases[str]
    still: Phrases[str]
    classes: Mapping[str, Sequence[str]]

    def with_added(self, added: Sequence[Added]) -> "Lexicon":
        """The same with further phrases, which coordinators added."""
        written = (
            *self.written,
            *(Entry(phrase.concern, phrase.severity, phrase.words, added=True) for phrase in added),
        )
        spelling = self.spelling.knowing(word for phrase in added for word in self.spelling.literally(phrase.words))
        return replace(self, spelling=spelling, written=written, entries=_phrases(written, self.classes, spelling))


def lexicon_of(tables: Sequence[Table], vocabulary: Iterable[str] = ()) -> Lexicon:
    """Build a lexicon from parsed ``lexicon.toml`` files.

    Each table: ``[spelling]`` typed → plain words; ``[classes]`` name → words; ``[excuses]`` idioms, denials, past,
    still → phrases; and for each concern ``{"severity": "urgent"|"soon"|"none", "phrases": [phrase, …]}``.
    vocabulary: further words that are known.
    Raises ValueError, naming the place, for anything else or a phrase that cannot be read.
    """
    plain: dict[str, str] = {}
    classes: dict[str, Sequence[str]] = {}
    for table in tables:
        plain |= {typed: str(words) for typed, words in _table("spelling", table).items()}
        classes |= {name: _strings(name, words) for name, words in _table("classes", table).items()}
    written = tuple(entry for table in tables for entry in _entries(table))
    excuses = {name: [phrase for table in tables for phrase in _excuses(name, table)] for name in EXCUSES}
    rough = Spelling(plain)
    known = {*vocabulary, *(word for words in plain.values() for word in words.split())}
    for phrase in (*(entry.written for entry in written), *(item for items in excuses.values() for item in items)):
        known |= {word for typed in _literal(phrase, classes) for word in rough.literally(typed)}
    spelling = Spelling(plain, known)

    def of(name: str) -> Phrases[str]:
        return Phrases((phrase_of(phrase, classes, spelling.spelt_out), phrase) for phrase in excuses[name])

    entries = _phrases(written, classes, spelling)
    return Lexicon(spelling, written, entries, of("idioms"), of("denials"), of("past"), of("still"), classes)


def _phrases(written: Iterable[Entry], classes: Mapping[str, Sequence[str]], spelling: Spelling) -> Phrases[Entry]:
    return Phrases((phrase_of(entry.written, classes, spelling.spelt_out), entry) for entry in written)


def _literal(phrase: str, classes: Mapping[str, Sequence[str]]) -> list[str]:
    """The words that stand in a phrase or in a class it names."""
    words: list[str] = []
    for item in phrase.split():
        for part in item.removesuffix("?").split("|"):
            words += classes.get(part[1:-1], ()) if part.startswith("{") else [part]
    return [word for word in words if word[-1:].isalnum() and word[0] != "#"]


def _entries(table: Table) -> Iterable[Entry]:
    for name, body in table.items():
        if name in OTHER_TABLES:
            continue
        if name not in SIGNALS or not isinstance(body, Mapping):
            raise ValueError(f"lexicon: unknown concern {name!r}")
        severity = str(body.get("severity", "")).upper()
        if severity not in Severity.__members__:
            raise ValueError(f"lexicon: {name!r} needs a severity: urgent, soon or none")
        phrases = _strings(name, body.get("phrases"))
        if not phrases:
            raise ValueError(f"lexicon: {name!r} needs at least one phrase")
        yield from (Entry(Concern(name), Severity[severity], phrase) for phrase in phrases)


def _excuses(name: str, table: Table) -> Sequence[str]:
    excuses = _table("excuses", table)
    unknown = [key for key in excuses if key not in EXCUSES]
    if unknown:
        raise ValueError(f"lexicon: unknown excuse {unknown[0]!r}")
    return _strings(name, excuses.get(name, []))


def _table(name: str, table: Table) -> Mapping[str, object]:
    body = table.get(name, {})
    if not isinstance(body, Mapping):
        raise ValueError(f"lexicon: {name!r} is a table")
    return body


def _strings(name: str, body: object) -> list[str]:
    if not isinstance(body, list) or not all(isinstance(item, str) for item in body):
        raise ValueError(f"lexicon: {name!r} needs a list of words or phrases")
    return list(body)
