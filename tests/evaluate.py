"""How well messages are read: ``make eval``. Scores the recogniser on labelled messages that it was not made from.

``messages.dev.*.jsonl`` were given with the task of recognising; ``own.*.tsv`` were written for this project by people
who saw neither them nor the sentences of ``messages/``. A message is right when its label is among its signals, a
neutral one when it has none. Proportions have Wilson's 95 % interval, macro-F1 one from 1,000 bootstrap samples.
"""

import argparse
import json
import random
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from time import perf_counter

from bot.alliance.signals import Recogniser, Seen, Severity
from bot.text import LANGUAGES, recogniser

EVAL = Path(__file__).parent / "eval"
NEUTRAL = "neutral"


@dataclass(frozen=True)
class Message:
    """One labelled message. tags: remarks, such as hard_negative."""

    text: str
    label: str
    severity: str
    tags: frozenset[str]


@dataclass(frozen=True)
class Read:
    """A message and what was seen in it."""

    message: Message
    seen: Seen

    @property
    def labels(self) -> frozenset[str]:
        return frozenset(str(signal.concern) for signal in self.seen.signals) or frozenset({NEUTRAL})

    @property
    def urgent(self) -> bool:
        return self.seen.severity is Severity.URGENT


def given(language: str, folder: Path = EVAL) -> list[Message]:
    """The development messages of one language."""
    lines = (folder / f"messages.dev.{language}.jsonl").read_text(encoding="utf-8").splitlines()
    rows = map(json.loads, lines)
    return [Message(row["text"], row["label"], row["severity"], frozenset(row["tags"])) for row in rows]


def own(language: str) -> list[Message]:
    """The messages of one language that were written for this project and are never learned from."""
    lines = (EVAL / f"own.{language}.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    return [Message(text, label, severity, frozenset(tags.split(","))) for label, severity, tags, text in rows]


def read(messages: Iterable[Message], reader: Recogniser) -> list[Read]:
    return [Read(message, reader.seen(message.text)) for message in messages]


def share(reads: Sequence[Read], holds: Callable[[Read], bool]) -> tuple[int, int]:
    return sum(map(holds, reads)), len(reads)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a proportion (Wilson 1927)."""
    if not of:
        return 0.0, 1.0
    z, rate = 1.96, hits / of
    middle = (rate + z * z / (2 * of)) / (1 + z * z / of)
    half = z * sqrt(rate * (1 - rate) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


def f1_by_label(reads: Sequence[Read]) -> dict[str, float]:
    """F1 of each label that occurs, every signal too many counting against its own label."""
    hits: Counter[str] = Counter()
    said: Counter[str] = Counter()
    wanted = Counter(one.message.label for one in reads)
    for one in reads:
        said.update(one.labels)
        hits.update(one.labels & {one.message.label})
    return {label: 2 * hits[label] / (said[label] + wanted[label]) for label in sorted(wanted)}


def macro_f1(reads: Sequence[Read]) -> float:
    scores = f1_by_label(reads)
    return sum(scores.values()) / len(scores)


def bootstrap(reads: Sequence[Read], samples: int = 1000) -> tuple[float, float]:
    """The 95 % interval of macro-F1; the seed is fixed, so that the figures can be made again."""
    chance = random.Random(1)
    scores = sorted(macro_f1(chance.choices(reads, k=len(reads))) for _ in range(samples))
    return scores[round(samples * 0.025)], scores[round(samples * 0.975) - 1]


@dataclass(frozen=True)
class Score:
    """What one set of messages gave. Each of the first four: (hits, of)."""

    recall: tuple[int, int]
    false_alarms: tuple[int, int]
    false_alarms_hard: tuple[int, int]
    right: tuple[int, int]
    macro_f1: float
    doubtful: tuple[int, int]


def score(reads: Sequence[Read]) -> Score:
    urgent = [one for one in reads if one.message.severity == "urgent"]
    rest = [one for one in reads if one.message.severity != "urgent"]
    return Score(
        share(urgent, lambda one: one.urgent),
        share(rest, lambda one: one.urgent),
        share([one for one in rest if "hard_negative" in one.message.tags], lambda one: one.urgent),
        share(reads, lambda one: one.message.label in one.labels),
        macro_f1(reads),
        share(reads, lambda one: one.seen.doubtful is not None),
    )


def shown(name: str, hits_of: tuple[int, int]) -> str:
    hits, of = hits_of
    low, high = wilson(hits, of)
    rate = hits / of if of else 0.0
    return f"  {name:<34}{rate:7.3f}   [{low:.3f}, {high:.3f}]   {hits} of {of}"


def report(name: str, reads: Sequence[Read], *, misses: bool) -> None:
    result = score(reads)
    low, high = bootstrap(reads)
    print(f"{name}: {len(reads)} messages")
    print(shown("urgent: found", result.recall))
    print(shown("not urgent: alarmed", result.false_alarms))
    print(shown("hard negatives: alarmed", result.false_alarms_hard))
    print(shown("asked whether urgent", result.doubtful))
    print(shown("right label", result.right))
    print(f"  {'macro-F1':<34}{result.macro_f1:7.3f}   [{low:.3f}, {high:.3f}]")
    print("  " + "  ".join(f"{label} {value:.2f}" for label, value in f1_by_label(reads).items()))
    for one in reads if misses else ():
        wanted = one.message.severity == "urgent"
        if wanted != one.urgent or one.message.label not in one.labels:
            mark = "!" if wanted != one.urgent else " "
            print(f"  {mark} {one.message.label} → {', '.join(sorted(one.labels))}: {one.message.text}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eval", type=Path, default=EVAL, help="folder with messages.dev.{fr,en}.jsonl")
    parser.add_argument("--misses", action="store_true", help="list every message that is read wrongly")
    asked = parser.parse_args()
    reader = recogniser()
    sets = {f"given, {language}": given(language, asked.eval) for language in LANGUAGES}
    sets |= {f"own, {language}": own(language) for language in LANGUAGES}
    for name, messages in sets.items():
        report(name, read(messages, reader), misses=asked.misses)
    everything = [message.text for messages in sets.values() for message in messages]
    start = perf_counter()
    for text in everything:
        reader.seen(text)
    print(f"{(perf_counter() - start) / len(everything) * 1e6:.0f} µs a message, {len(everything)} messages")


if __name__ == "__main__":
    main()
