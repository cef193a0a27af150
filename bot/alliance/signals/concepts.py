"""What words are about, in both languages at once: "cachets", "pills" and "meds" are one concept.

What is learned about a concept in one language, or from one word, holds for its other words. The concepts stand in
``messages/concepts.toml``; base forms are enough there, since a word that is not in it is looked up by its stem.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache

import snowballstemmer

from bot.alliance.signals.spelling import MARKS

LANGUAGES = ("fr", "en")
ALIKE = 4
"""Letters in which two words must begin alike before their stems are compared."""

_STEMMERS = {"fr": snowballstemmer.stemmer("french"), "en": snowballstemmer.stemmer("english")}


@lru_cache(maxsize=65_536)
def stem(word: str, language: str) -> str:
    """A word without its ending."""
    return str(_STEMMERS[language].stemWord(word))


class Concepts:
    """Words and expressions → concept. named: plain words, with a space between them → the concept they name."""

    def __init__(self, named: Mapping[str, str]) -> None:
        self.named = named
        self._by_word: dict[str, str] = {}
        self._alike: dict[str, list[str]] = {}
        self._expressions: dict[tuple[str, str], list[tuple[tuple[str, ...], str]]] = {}
        for words, concept in named.items():
            first, *more = words.split(" ")
            if more:
                self._expressions.setdefault((first, more[0]), []).append(((first, *more), concept))
            else:
                self._by_word[first] = "@" + concept
                self._alike.setdefault(first[:ALIKE], []).append(first)
        for expressions in self._expressions.values():
            expressions.sort(key=lambda one: -len(one[0]))
        self._of_word = lru_cache(maxsize=65_536)(self._found)

    def of(self, words: Sequence[str]) -> list[str]:
        """The text as concepts: each expression, the longest first, and each word becomes its "@concept"; what has
        none stays as it is."""
        line: list[str] = []
        position = 0
        while position < len(words):
            pair = (words[position], words[position + 1] if position + 1 < len(words) else "")
            for expression, concept in self._expressions.get(pair, ()):
                if tuple(words[position : position + len(expression)]) == expression:
                    line.append("@" + concept)
                    position += len(expression)
                    break
            else:
                line.append(self._of_word(words[position]))
                position += 1
        return line

    def _found(self, word: str) -> str:
        if word in MARKS or word in self._by_word:
            return self._by_word.get(word, word)
        for language in LANGUAGES:
            ending_off = stem(word, language)
            for other in self._alike.get(word[:ALIKE], ()):
                if len(word) >= ALIKE and stem(other, language) == ending_off:
                    return self._by_word[other]
        return word


def named_in(table: Mapping[str, object], plain: Callable[[str], Sequence[str]]) -> dict[str, str]:
    """Read ``concepts.toml``: concept → {"fr": [word or expression, …], "en": […]}. plain: spells a word out.

    The first concept that names a word keeps it. Raises ValueError, naming the concept, for anything else.
    """
    named: dict[str, str] = {}
    for concept, body in table.items():
        for entry in _entries(concept, body):
            words = " ".join(word for typed in entry.split() for word in plain(typed))
            if words:
                named.setdefault(words, concept)
    return named


def _entries(concept: str, body: object) -> Iterable[str]:
    if not isinstance(body, Mapping):
        raise ValueError(f"concepts: {concept!r} needs a list of words for each language")
    for language, entries in body.items():
        if language not in LANGUAGES or not isinstance(entries, list):
            raise ValueError(f"concepts: {concept!r} needs a list of words for each language")
        yield from map(str, entries)
