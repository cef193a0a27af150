"""Phrases: the part of the recognition that a coordinator can read, mend and add to.

A phrase is written in plain words: ``veux|voudrais mourir``. Between spaces stands a word, or several with ``|``; an
ending left open (``suicid*``); a word that may be missing (``tout?``); a class of the lexicon (``{relative}``); ``_``
for any one word; ``..`` for up to three; a size of number, ``#400`` (see ``spelling``). Everything is matched on plain
words, inside one clause. Refuses to know what follows from a match.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.alliance.signals.spelling import MARKS, PAUSE

Classes = Mapping[str, Sequence[str]]
Meaning = TypeVar("Meaning")
ANY = r"(?:[^\s.,]\S* )"
"""Any one word, a number among them, but no clause mark."""
PREFIX = 3
"""Letters of a word by which an open ending is looked up."""


@dataclass(frozen=True)
class Match:
    """start, end: positions among the words; end is one past the last."""

    start: int
    end: int


@dataclass(frozen=True)
class Phrase:
    """written: as in the lexicon; pattern: over words that each have a space behind them."""

    written: str
    pattern: re.Pattern[str]
    first: frozenset[str]
    """Words with which it may begin; "cut*" for an open ending. Empty: any."""


def phrase_of(written: str, classes: Classes, plain: Callable[[str], Sequence[str]]) -> Phrase:
    """Read one phrase. plain: spells a word out, so that a phrase may be written as people write.

    Raises ValueError, naming the phrase, when it is empty, names an unknown class or could match nothing at all.
    """
    items = written.split()
    if not items:
        raise ValueError("a phrase is empty")
    pieces: list[str] = []
    first: set[str] = set()
    open_start = True
    for item in items:
        if item == "..":
            pieces.append(ANY + "{0,3}")
            continue
        missing = item.endswith("?")
        words = _words(item.removesuffix("?"), written, classes)
        spelt = [list(plain(word)) if word[-1:] not in "*_" and word[0] != "#" else [word] for word in words]
        if not all(spelt):
            raise ValueError(f"{written!r}: {item!r} has no plain word")
        pieces.append(f"(?:{'|'.join(_expression(parts) for parts in spelt)}){'?' if missing else ''}")
        if open_start:
            first |= {parts[0] for parts in spelt}
            open_start = missing
    if open_start:
        raise ValueError(f"{written!r} could match nothing at all")
    return Phrase(written, re.compile("".join(pieces)), frozenset() if "_" in first else frozenset(first))


def _words(item: str, written: str, classes: Classes) -> list[str]:
    words: list[str] = []
    for part in item.split("|"):
        if part.startswith("{") and part.endswith("}"):
            if part[1:-1] not in classes:
                raise ValueError(f"{written!r} names an unknown class, {part}")
            words += classes[part[1:-1]]
        elif re.fullmatch(r"_|#\w+\.?|[^\W_][\w']*", part) or re.fullmatch(rf"[^\W_]{{{PREFIX},}}\*", part):
            words.append(part)
        else:
            raise ValueError(f"{written!r}: {part!r} is neither a word nor a class")
    return words


def _expression(parts: Sequence[str]) -> str:
    return "".join(
        ANY if part == "_" else re.escape(part[:-1]) + r"\w* " if part.endswith("*") else re.escape(part) + " "
        for part in parts
    )


class Phrases(Generic[Meaning]):
    """Many phrases at once, looked up by the word they begin with: the time grows with the text, not with them."""

    def __init__(self, phrases: Iterable[tuple[Phrase, Meaning]]) -> None:
        self._by_word: dict[str, list[tuple[Phrase, Meaning]]] = {}
        self._by_prefix: dict[str, list[tuple[Phrase, Meaning]]] = {}
        self._anywhere: list[tuple[Phrase, Meaning]] = []
        for phrase, meaning in phrases:
            if not phrase.first:
                self._anywhere.append((phrase, meaning))
            for word in phrase.first:
                table, key = (self._by_prefix, word[:-1][:PREFIX]) if word.endswith("*") else (self._by_word, word)
                table.setdefault(key, []).append((phrase, meaning))

    def found(self, words: Sequence[str]) -> Iterator[tuple[Phrase, Meaning, Match]]:
        """Every match, from left to right."""
        line = "".join(f"{word} " for word in words)
        at = 0
        for position, word in enumerate(words):
            candidates = (*self._by_word.get(word, ()), *self._by_prefix.get(word[:PREFIX], ()), *self._anywhere)
            for phrase, meaning in candidates:
                match = phrase.pattern.match(line, at)
                if match is not None:
                    yield phrase, meaning, Match(position, position + match.group(0).count(" "))
            at += len(word) + 1


def without(words: Sequence[str], matches: Iterable[Match]) -> list[str]:
    """The words with a pause in place of each match."""
    covered = {position for match in matches for position in range(match.start, match.end)}
    kept: list[str] = []
    for position, word in enumerate(words):
        if position not in covered:
            kept.append(word)
        elif kept and kept[-1] not in MARKS:
            kept.append(PAUSE)
    return kept


def clause_around(words: Sequence[str], match: Match) -> Match:
    """The clause in which a match stands."""
    start = next((place + 1 for place in range(match.start - 1, -1, -1) if words[place] in MARKS), 0)
    end = next((place for place in range(match.end, len(words)) if words[place] in MARKS), len(words))
    return Match(start, end)
