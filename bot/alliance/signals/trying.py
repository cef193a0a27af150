"""What a phrase would newly flag, asked before it takes effect: on the labelled sentences, all else as it is."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.alliance.signals.lexicon import Added
from bot.alliance.signals.recogniser import Recogniser
from bot.alliance.signals.signal import Severity
from bot.alliance.signals.spelling import fold

ENOUGH = 40
"""So many wrong ones, and the phrase is too wide, however many more there are."""


@dataclass(frozen=True)
class Labelled:
    """One labelled sentence. label: a signal or "neutral"; severity: as a careful nurse would give it."""

    text: str
    label: str
    severity: Severity


@dataclass(frozen=True)
class Trial:
    """rightly, wrongly: the sentences whose severity a phrase raises, by whether they deserve it; of: those tried,
    which are all of them unless the wrong ones were soon too many."""

    rightly: tuple[str, ...]
    wrongly: tuple[str, ...]
    of: int


def trial(phrase: Added, before: Recogniser, sentences: Iterable[Labelled]) -> Trial:
    """Read every sentence that could hold the phrase, without it and with it."""
    after = before.with_added(phrase)
    rightly: list[str] = []
    wrongly: list[str] = []
    tried = 0
    # Beginnings survive most endings and cost nothing to look for; the bot answers nobody while this runs.
    beginnings = [word[:3] for word in phrase.words.replace("'", " ").split()]
    for sentence in sentences:
        tried += 1
        folded = fold(sentence.text)
        if not all(beginning in folded for beginning in beginnings):
            continue
        severity = after.seen(sentence.text).severity
        if severity > before.seen(sentence.text).severity:
            (rightly if severity <= sentence.severity else wrongly).append(sentence.text)
        if len(wrongly) > max(ENOUGH, 2 * len(rightly)):
            break
    return Trial(tuple(rightly), tuple(wrongly), tried)
