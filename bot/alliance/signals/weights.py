"""The learned part: what each word, each concept and each neighbourhood weighs for each signal. A table, added up.

The table is made from the labelled sentences of ``messages/`` (``make learn``) by multinomial logistic regression, so
every chance can be traced to the words that it comes from. Refuses to know phrases, and what follows from a chance.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import exp, sqrt

from bot.alliance.rating import Concern
from bot.alliance.signals.concepts import Concepts, stem
from bot.alliance.signals.signal import URGENT_CONCERNS
from bot.alliance.signals.spelling import END, MARKS

NEUTRAL = "neutral"
UNIT = 16
"""Weights are whole numbers; so many of them make one unit of log-odds."""
PIECES = (3, 5)
"""Shortest and longest pieces of a word, its edges marked, that count: they carry over to words never seen."""
REACH = 3
"""Two concepts count as a pair when at most so many others stand from one to the other in a clause."""


@lru_cache(maxsize=32_768)
def _alone(word: str) -> tuple[str, ...]:
    """What one word counts for, wherever it stands."""
    marked = f"<{word}>"
    pieces = (
        "c:" + marked[start : start + length]
        for length in range(PIECES[0], PIECES[1] + 1)
        for start in range(len(marked) - length + 1)
    )
    return (word, "s:" + stem(word, "fr"), "t:" + stem(word, "en"), *pieces)


def features(words: Sequence[str], concepts: Concepts) -> set[str]:
    """All that counts in one sentence of plain words: words, stems, pieces, neighbours, concepts and their pairs."""
    counted = {feature for word in set(words) if word not in MARKS for feature in _alone(word)}
    line = ("^", *words, "$")
    stems = [stem(word, "fr") for word in line]
    counted.update(f"{one} {two}" for one, two in pairwise(line))
    counted.update(f"s:{one} {two}" for one, two in pairwise(stems))
    for one, two, three in zip(stems, stems[1:], stems[2:], strict=False):
        counted.add(f"s:{one} {two} {three}")
        counted.add(f"s:{one} _ {three}")
    about = concepts.of(words)
    mixed = ["^", *(each if each[0] == "@" else stem(each, "fr") for each in about), "$"]
    for one, two in pairwise(mixed):
        if "@" in (one[0], two[0]):
            counted.add(f"k:{one} {two}")
    near: list[str] = []
    for each in about:
        if each in MARKS:
            near.clear()
        elif each[0] == "@":
            counted.add(each)
            counted.update(f"p:{before} {each}" for before in near[-REACH:])
            near.append(each)
    return counted


def sentences_in(words: Sequence[str]) -> list[list[str]]:
    """The sentences of a text in plain words, without the marks between them."""
    found: list[list[str]] = [[]]
    for word in words:
        if word == END:
            found.append([])
        else:
            found[-1].append(word)
    return [sentence for sentence in found if any(word not in MARKS for word in sentence)]


@dataclass(frozen=True)
class Chances:
    """How likely each signal is, all together one; soon: how likely it is that a nurse should see the text soon."""

    by_label: Mapping[str, float]
    soon: float

    def of(self, concern: Concern) -> float:
        """The chance of one signal."""
        return self.by_label.get(concern, 0.0)

    @property
    def urgent(self) -> float:
        """The chance of any danger."""
        return sum(self.of(concern) for concern in URGENT_CONCERNS)


@dataclass(frozen=True)
class Weighed:
    """A text, weighed whole and sentence by sentence. each: (sentence, its chances)."""

    whole: Chances
    each: tuple[tuple[tuple[str, ...], Chances], ...]

    @property
    def urgent(self) -> float:
        """The chance of any danger: half from the whole, half from the sentence that most speaks of it, so that danger
        is neither lost among other words nor made out of one of them."""
        return (self.whole.urgent + max((chances.urgent for _, chances in self.each), default=0.0)) / 2

    def telling(self, concern: Concern) -> str:
        """The sentence that weighs most for a concern."""
        return " ".join(max(self.each, key=lambda one: one[1].of(concern))[0])


LANE = 24
"""Bits for one label's sum: all labels are added up at once, as one number with a lane for each."""
HALF = 1 << (LANE - 1)


def packed(weights: Sequence[int]) -> int:
    """The weights of one feature, a lane each."""
    return sum(weight << (LANE * place) for place, weight in enumerate(weights))


def unpacked(total: int, count: int) -> list[int]:
    """The sums in a packed number."""
    lifted = total + packed([HALF] * count)
    return [((lifted >> (LANE * place)) & (2 * HALF - 1)) - HALF for place in range(count)]


@dataclass(frozen=True)
class Thresholds:
    """Chances from which something is believed: a danger, a danger that cannot be excluded, that a nurse should see a
    text soon, and a second signal besides the likeliest. contradicted: the chance of danger in its clause below which
    an urgent phrase only leaves a doubt."""

    urgent: float
    doubtful: float
    contradicted: float
    soon: float
    also: float


@dataclass(frozen=True)
class Weights:
    """labels: the signals and "neutral"; table: feature → its weights in UNITs, for each label and for "soon", packed;
    first: the weights before any word; made_from: a digest of what was learned from."""

    labels: tuple[str, ...]
    table: Mapping[str, int]
    first: tuple[int, ...]
    thresholds: Thresholds
    made_from: str

    def weighed(self, words: Sequence[str], concepts: Concepts) -> Weighed:
        """Weigh a text in plain words."""
        each = [(tuple(sentence), features(sentence, concepts)) for sentence in sentences_in(words)]
        if len(each) == 1:
            chances = self._added_up(each[0][1])
            return Weighed(chances, ((each[0][0], chances),))
        whole = self._added_up(set().union(*(counted for _, counted in each)))
        return Weighed(whole, tuple((sentence, self._added_up(counted)) for sentence, counted in each))

    def _added_up(self, counted: set[str]) -> Chances:
        known = [self.table[feature] for feature in counted if feature in self.table]
        scale = UNIT * sqrt(len(known) or 1)
        sums = unpacked(sum(known), len(self.first))
        odds = [first / UNIT + added / scale for first, added in zip(self.first, sums, strict=True)]
        highest = max(odds[:-1])
        shares = [exp(each - highest) for each in odds[:-1]]
        total = sum(shares)
        chances = {label: share / total for label, share in zip(self.labels, shares, strict=True)}
        return Chances(chances, 1 / (1 + exp(-odds[-1])))

    def weighing(self, words: Sequence[str], concepts: Concepts, concern: Concern) -> list[tuple[str, float]]:
        """The ten features that weigh most for or against a concern, with the log-odds that each adds."""
        place = self.labels.index(concern)
        counted = set().union(*(features(sentence, concepts) for sentence in sentences_in(words)))
        known = [feature for feature in counted if feature in self.table]
        scale = UNIT * sqrt(len(known) or 1)
        added = [(feature, unpacked(self.table[feature], len(self.first))[place] / scale) for feature in known]
        return sorted(added, key=lambda one: (-abs(one[1]), one[0]))[:10]

    def likely(self, chances: Chances) -> Iterator[Concern]:
        """The likeliest signal, unless that is none; and any other without danger that is likely by itself."""
        likeliest = max(chances.by_label, key=lambda label: chances.by_label[label])
        for label, chance in chances.by_label.items():
            besides = label not in URGENT_CONCERNS and chance >= self.thresholds.also
            if label != NEUTRAL and (label == likeliest or besides):
                yield Concern(label)


@dataclass(frozen=True)
class Learned:
    """All that ``make learn`` made. vocabulary: the words it met often enough; named: see Concepts."""

    weights: Weights
    vocabulary: frozenset[str]
    named: Mapping[str, str]


def learned_from(text: str) -> Learned:
    """Read ``weights.tsv``: a head (JSON); the vocabulary on one line; what names a concept (words, a tab, the concept)
    up to an empty line; then the features (a feature, a tab, its weight for each label).

    Raises ValueError for anything else.
    """
    try:
        top, _, bottom = text.partition("\n\n")
        head_line, vocabulary, *concepts = top.split("\n")
        head = json.loads(head_line)
        table = {
            feature: packed([int(weight) for weight in weights.split(" ")])
            for feature, _, weights in (line.partition("\t") for line in bottom.splitlines())
        }
        thresholds = Thresholds(*(float(head[name]) for name in ("urgent", "doubtful", "contradicted", "soon", "also")))
        weights = Weights(tuple(head["labels"]), table, tuple(head["first"]), thresholds, str(head["made_from"]))
        named = dict(line.split("\t", 1) for line in concepts)
        return Learned(weights, frozenset(vocabulary.split(" ")), named)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"weights: not what `make learn` writes ({type(error).__name__})") from error
