"""From a message as typed to plain words: the copy on which everything else matches. The text itself is never changed.

Folds case, accents, apostrophes, invisible and look-alike characters; joins spaced letters; spells out texting, joual
and contractions; and takes a word that nobody knows for the known word it most resembles. Refuses to know what any
word means.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

_PAIRS = (
    "аa еe оo рp сc уy хx іi їi јj ѕs ԁd һh кk мm тt вb нh пn гr лl ԛq ԝw ɡg "
    "αa βb εe ηn ιi κk μm νv οo ρp τt υu χx ωw γy σo δd ɑa ɩi ʀr ᴜu"
)
LOOK_ALIKES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ı": "i"}
    | dict.fromkeys("’‘ʼ`´′＇ʹ", "'")
    | {pair[0]: pair[1] for pair in _PAIRS.split()}
)
"""Letters of other alphabets, and typographic signs, that are read as a Latin one."""

DISGUISES = str.maketrans("013457@$€!|", "oieastaseil")
"""Figures and signs that stand for a letter inside a word: "su1cide", "m0urir"."""

END, PAUSE = ".", ","
"""The marks between sentences, and between the clauses of one. Phrases reach across neither."""
MARKS = frozenset({END, PAUSE})

_INVISIBLE = frozenset({"Mn", "Me", "Cf", "Cs", "Cn", "Co"})
_SPACED = re.compile(r"(?<![\w'])[a-z0-9](?:[ .\-_*/|+~,]{1,3}[a-z0-9](?![\w'])){2,}")
_BETWEEN_LETTERS = re.compile(r"(?<=[a-z])[^\w\s'.,;:!?/()\[\]\"*@$€|+&=<>%#-]+(?=[a-z])")
_BROKEN = re.compile(r"[a-z]+(?:[-._+~·•][a-z]+)+")
_PIECE = re.compile(r"[a-z0-9]+(?:['*@$€|!_]+[a-z0-9]+|[.,:](?=\d)\d+)*|[.,;:!?()\n…«»\"]+|[^\w\s]")
_NUMBER = re.compile(r"(\d+)(?:[.,:](\d+))?([a-z%]{0,5})")
_HOUR = re.compile(r"\d{1,2}(?:h\d{0,2}|:\d{2})")
_THRICE = re.compile(r"(.)\1{2,}")
_THRICE_LETTER = re.compile(r"(\D)\1{2,}")
_LONG_END = re.compile(r"(.)\1{2,}$")
_DOUBLED = re.compile(r"(.)\1+")

ENGLISH_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "m": ("am",),
    "re": ("are",),
    "ve": ("have",),
    "ll": ("will",),
    "d": ("would",),
    "s": ("s",),
}
FRENCH_BEGINNINGS: Mapping[str, tuple[str, ...]] = {
    "j": ("je",),
    "m": ("me",),
    "t": ("te",),
    "s": ("se",),
    "l": ("l",),
    "d": ("de",),
    "n": ("ne",),
    "c": ("ce",),
    "qu": ("que",),
    "lorsqu": ("lorsque",),
    "puisqu": ("puisque",),
    "jusqu": ("jusque",),
    "quelqu": ("quelque",),
}
SHORT = frozenset({"a", "i", "y", "de", "en", "je", "la", "le", "me", "my", "to", "un"})
"""The short words that are likely where words are run together; of others there are too many."""
UNSPOKEN = frozenset({"ne", "n"})
"""Left out: French says "je veux plus" for "je ne veux plus"."""


def fold(text: str) -> str:
    """Lower case, no accents, plain apostrophes, Latin letters; no invisible characters. Any string is taken."""
    plain = text.translate(LOOK_ALIKES)
    if plain.isascii():
        return plain.lower().replace("\0", "")
    plain = unicodedata.normalize("NFKC", plain).casefold().translate(LOOK_ALIKES)
    kept = []
    for letter in unicodedata.normalize("NFD", plain):
        if letter < "\x7f":
            kept.append(letter)
        elif unicodedata.category(letter) not in _INVISIBLE:
            kept.append(letter.translate(LOOK_ALIKES))
    return "".join(kept).replace("\0", "")


def normalise(text: str) -> str:
    """Folded, with "-" as a space, single spaces and "nooooon" as "non": for comparing what is typed with a label."""
    return " ".join(_THRICE_LETTER.sub(r"\1", fold(text).replace("-", " ").replace("–", " ")).split())


def size_of(figure: str, decimals: str | None) -> str:
    """A number as one of a few sizes: sugars, temperatures and doses matter, their exact figures do not."""
    whole = int(figure[:6])
    if decimals is not None and len(decimals) < 3:
        for above, name in ((43, "#high."), (38, "#fever."), (36, "#36."), (20, "#20."), (4, "#4.")):
            if whole >= above:
                return name
        return "#low."
    for above, name in ((400, "#400"), (150, "#150"), (70, "#70"), (43, "#43"), (38, "#38"), (10, "#10"), (3, "#3")):
        if whole >= above:
            return name
    return f"#{whole}"


class Spelling:
    """How words are spelt out. plain: how people type a word → its plain words. known: every word that has a meaning
    somewhere; an unknown word is taken for the nearest of them."""

    def __init__(self, plain: Mapping[str, str], known: Iterable[str] = ()) -> None:
        self._typed = plain
        self.plain = {typed: tuple(words.split()) for typed, words in plain.items()}
        self.known = frozenset(known)
        by_length: dict[int, list[str]] = {}
        for word in sorted(self.known):
            by_length.setdefault(len(word), []).append(word)
        self._near = {
            length: [word for near in (length - 1, length, length + 1) for word in by_length.get(near, [])]
            for length in range(4, 16)
        }
        self._longest = max(map(len, self.known), default=0)
        self.resolved = lru_cache(maxsize=32_768)(self._resolved)

    def knowing(self, words: Iterable[str]) -> "Spelling":
        """The same with further words that are known."""
        return Spelling(self._typed, self.known.union(words))

    def literally(self, typed: str) -> list[str]:
        """Words spelt out without taking an unknown one for another: as they are to be known from now on."""
        rough = Spelling(self._typed)
        return [word for piece in fold(typed).split() for word in rough.resolved(piece)]

    def spelt_out(self, word: str) -> tuple[str, ...]:
        """One word of a lexicon or of a list, as plain words."""
        return self.resolved(fold(word))

    def words(self, text: str) -> list[str]:
        """The plain words of a text, clause marks (".") and other signs ("?", "!", an emoji) among them."""
        folded = _BETWEEN_LETTERS.sub("", fold(text))
        folded = _BROKEN.sub(self._mended, _SPACED.sub(self._joined, folded))
        words: list[str] = []
        for piece in _PIECE.findall(folded):
            if piece[0].isalnum():
                if words and words[-1] not in MARKS and not words[-1][-1].isalnum() and words[-1][0] != "#":
                    words.pop()  # an emoji between two words keeps neither from the other
                words += self.resolved(piece)
            elif piece[0] in "?!":
                words += (piece[0], END)
            elif piece[0] in '.,;:()\n…«»"':
                mark = END if piece[0] in ".\n…" else PAUSE
                if words and words[-1] not in MARKS:
                    words.append(mark)
                elif words and mark == END:
                    words[-1] = END
            else:
                words.append(piece)
        return words

    def _joined(self, run: re.Match[str]) -> str:
        """Spaced letters as one word, or as several where the gaps between some of them are wider."""
        words = [re.sub(r"[^a-z0-9]", "", part) for part in re.split(r" {2,}|/", run.group(0))]
        if len(words) == 1 and words[0] not in self.known and not self._apart(words[0]):
            return run.group(0)
        return f" {' '.join(words)} "

    def _mended(self, broken: re.Match[str]) -> str:
        """ "sui-cide" as one word; "grand-mère", whose parts are words, as two."""
        parts = re.split("[-._+~·•]", broken.group(0))
        together = "".join(parts)
        if together in self.known and not all(part in self.known or part in self.plain for part in parts):
            return together
        return broken.group(0).replace("-", " ")

    def _resolved(self, word: str) -> tuple[str, ...]:
        if word in self.plain:
            return self.plain[word]
        if word in UNSPOKEN:
            return ()
        if word in self.known:
            return (word,)
        if _HOUR.fullmatch(word):
            return ("#hour",)
        if number := _NUMBER.fullmatch(word):
            unit = number.group(3)
            return (size_of(number.group(1), number.group(2)), *(self.resolved(unit) if unit else ()))
        if "'" in word:
            return self._around_apostrophe(word)
        return self._unknown(word)

    def _around_apostrophe(self, word: str) -> tuple[str, ...]:
        before, _, after = word.rpartition("'")
        if after == "t" and before.endswith("n"):
            together = before + after
            return self.plain.get(together) or (*self.resolved(before[:-1]), "not")
        if after in ENGLISH_ENDINGS and before not in FRENCH_BEGINNINGS:
            return self.plain.get(before + after) or (*self.resolved(before), *ENGLISH_ENDINGS[after])
        first, _, rest = word.partition("'")
        if first in FRENCH_BEGINNINGS and rest:
            begin = tuple(part for part in FRENCH_BEGINNINGS[first] if part not in UNSPOKEN)
            return (*begin, *self.resolved(rest))
        together = word.replace("'", "")
        if together in self.plain or together in self.known:
            return self.resolved(together)
        return tuple(part for piece in word.split("'") if piece for part in self.resolved(piece))

    def _unknown(self, word: str) -> tuple[str, ...]:
        ended = _LONG_END.sub(r"\1", word)  # "finnnn" is "fin", but "coool" is "cool"
        for shorter in (
            _THRICE.sub(r"\1\1", ended),
            _THRICE.sub(r"\1\1", word),
            _THRICE.sub(r"\1", word),
            _DOUBLED.sub(r"\1", word),
        ):
            if shorter != word and (shorter in self.known or shorter in self.plain):
                return self.resolved(shorter)
        letters = word.translate(DISGUISES)
        if letters != word and (letters in self.known or letters in self.plain):
            return self.resolved(letters)
        word = _THRICE.sub(r"\1\1", letters)
        if word[0] == "j" and (word[1:] in self.known or word[1:] in self.plain) and len(word) > 3:
            return ("je", *self.resolved(word[1:]))
        if word[0] in "ldmtsnc" and len(word) > 4 and word[1] in "aeiouhy" and word[1:] in self.known:
            return (*(part for part in FRENCH_BEGINNINGS[word[0]] if part not in UNSPOKEN), word[1:])
        if word[:2] == "qu" and len(word) > 5 and word[2:] in self.known and word[2] in "aeiouy":
            return ("que", word[2:])
        nearest = self._nearest(word)
        if nearest is not None:
            return (nearest,)
        return self._apart(word) or (word.replace("*", ""),)

    def _nearest(self, word: str) -> str | None:
        """The known word that one slip of the finger separates from this one; two in a long word."""
        slips = max(word.count("*"), 1 if len(word) < 8 else 2)
        found = extractOne(word, self._near.get(len(word), ()), scorer=OSA.distance, score_cutoff=slips)
        return None if found is None else found[0]

    def _apart(self, word: str) -> tuple[str, ...]:
        """Words run together, "jeveuxmourir", where they are known without a rest; else nothing."""
        if not 5 <= len(word) <= 60:
            return ()
        best: list[tuple[int, int] | None] = [(0, 0)] + [None] * len(word)
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - self._longest), end):
                before, part = best[start], word[start:end]
                if before is None or not (part in self.known or part in self.plain):
                    continue
                cost = before[0] + (1 if len(part) > 2 else 2 if part in SHORT else 3)
                here = best[end]
                if here is None or cost < here[0]:
                    best[end] = (cost, start)
        last = best[len(word)]
        if last is None or last[0] * 5 > len(word) * 3:
            return ()
        parts: list[str] = []
        end = len(word)
        while end:
            step = best[end]
            assert step is not None
            parts.append(word[step[1] : end])
            end = step[1]
        return tuple(piece for part in reversed(parts) for piece in self.resolved(part))
