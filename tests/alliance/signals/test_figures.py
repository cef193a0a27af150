"""The figures that must not get worse: how well messages are read that the recogniser was not made from."""

import random
from time import process_time

import pytest

from bot.text import LANGUAGES, recogniser
from tests.evaluate import given, own, read, score, wilson

READER = recogniser()
FLOOR = {
    # (found, alarmed at most, alarmed on hard negatives at most, macro-F1), a little below what README says
    "given, fr": (0.94, 0.05, 0.10, 0.77),
    "given, en": (0.81, 0.03, 0.06, 0.80),
    "own, fr": (0.79, 0.04, 0.08, 0.78),
    "own, en": (0.74, 0.04, 0.08, 0.79),
}
SETS = {f"given, {language}": given(language) for language in LANGUAGES}
SETS |= {f"own, {language}": own(language) for language in LANGUAGES}


@pytest.mark.parametrize("name", FLOOR)
def test_figures(name: str) -> None:
    found, alarmed, hard, macro = FLOOR[name]
    result = score(read(SETS[name], READER))
    assert result.recall[0] / result.recall[1] >= found
    assert result.false_alarms[0] / result.false_alarms[1] <= alarmed
    assert result.false_alarms_hard[0] / result.false_alarms_hard[1] <= hard
    assert result.macro_f1 >= macro


def test_the_interval_of_a_proportion() -> None:
    low, high = wilson(9, 10)
    assert (round(low, 3), round(high, 3)) == (0.596, 0.982)
    assert wilson(0, 0) == (0.0, 1.0)


def test_the_time_grows_with_the_text_and_no_faster() -> None:
    """Eight times the text takes less than twenty times as long; a quadratic reader would take sixty-four."""
    chance = random.Random(5)
    words = [word for message in SETS["given, en"] for word in message.text.split()]
    long = " ".join(chance.choices(words, k=4000))
    READER.seen(long)

    def cost(text: str) -> float:
        start = process_time()
        for _ in range(3):
            READER.seen(text)
        return process_time() - start

    assert cost(long) < 20 * cost(long[: len(long) // 8])
