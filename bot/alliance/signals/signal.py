"""What a text can signal, how soon somebody must know, and why it was seen.

A severity is a routing decision for people, not a risk score (NICE NG225 advises against those).
"""

from dataclasses import dataclass
from enum import IntEnum

from bot.alliance.rating import Concern

URGENT_CONCERNS = (Concern.EMERGENCY, Concern.CRISIS, Concern.SELF_HARM, Concern.VIOLENCE)
"""In the order in which a reply must choose when a text carries several."""


SURE = 0.65
"""The chance from which a weighed signal is answered; below it the words are only kept."""


class Severity(IntEnum):
    """NONE: a fitting reply is enough. SOON: today or at the next working moment. URGENT: at once."""

    NONE = 0
    SOON = 1
    URGENT = 2


@dataclass(frozen=True)
class Signal:
    """concern: what was seen; severity; words: those of the text that it was seen in, as plain words; phrase: the
    lexicon's phrase that they match, or None where no phrase matched and the words were weighed; chance: what the
    weighing gave, 1 for a phrase."""

    concern: Concern
    severity: Severity
    words: str
    phrase: str | None = None
    chance: float = 1.0

    @property
    def sure(self) -> bool:
        """Whether a client may be answered as if it had been said: a kind answer to what was not meant is none."""
        return self.chance >= SURE


@dataclass(frozen=True)
class Seen:
    """All that was seen in a text. signals: the gravest first; severity: of the text as a whole, which may be SOON with
    no signal (past or somebody else's trouble); doubtful: a danger that cannot be excluded; the client is asked."""

    signals: tuple[Signal, ...] = ()
    severity: Severity = Severity.NONE
    doubtful: Concern | None = None

    @property
    def danger(self) -> Signal | None:
        """The signal that the safety reply answers, or None when nothing urgent was seen."""
        return next((signal for signal in self.signals if signal.severity is Severity.URGENT), None)

    def by_phrases(self) -> "Seen":
        """Only what a phrase says, without what was weighed."""
        signals = tuple(signal for signal in self.signals if signal.phrase is not None)
        return Seen(signals, max((signal.severity for signal in signals), default=Severity.NONE))

    def is_sure_of(self, concern: Concern) -> bool:
        """Whether this concern was seen, and may be answered."""
        return any(signal.concern is concern and signal.sure for signal in self.signals)
