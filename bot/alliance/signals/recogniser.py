"""What a client's text signals: phrases first, then the weighed words; danger before everything else.

A phrase is believed unless it is denied, set in the past, or plainly contradicted by the words around it, and then it
still leaves a doubt. Weighed words add what no phrase says. Both languages are always tried. Refuses to know who is
told.
"""

from dataclasses import dataclass, field

from bot.alliance.rating import Concern
from bot.alliance.signals.concepts import Concepts
from bot.alliance.signals.lexicon import SIGNALS, Added, Lexicon
from bot.alliance.signals.phrases import Match, clause_around, without
from bot.alliance.signals.signal import URGENT_CONCERNS, Seen, Severity, Signal
from bot.alliance.signals.spelling import MARKS
from bot.alliance.signals.weights import Weighed, Weights

USUAL: dict[Concern, Severity] = {
    **dict.fromkeys((*URGENT_CONCERNS, Concern.RELAPSE, Concern.WANTS_TO_STOP, Concern.WANTS_NURSE), Severity.SOON),
}
"""Severity of a signal that was weighed and is not urgent; what is not here is SOON where the weights say so."""


@dataclass
class _Said:
    """What the phrases say. past: the clauses of those that are set in the past; contradicted: the danger of one that
    its clause belies."""

    signals: dict[Concern, Signal] = field(default_factory=dict)
    past: list[Match] = field(default_factory=list)
    contradicted: Concern | None = None


def read_as(text: str, lexicon: Lexicon) -> list[str]:
    """A text in plain words, without idioms and without what is said to be denied ("pas envie de mourir")."""
    words = lexicon.spelling.words(text)
    words = without(words, (match for *_, match in lexicon.idioms.found(words)))
    denied = {match.end: match.start for *_, match in lexicon.denials.found(words)}
    if not denied:
        return words
    said = (match for *_, match in lexicon.entries.found(words) if match.start in denied)
    return without(words, (Match(denied[match.start], match.end) for match in said))


class Recogniser:
    """Reads texts. Made once; reading is pure."""

    def __init__(self, lexicon: Lexicon, concepts: Concepts, weights: Weights) -> None:
        self.lexicon = lexicon
        self.concepts = concepts
        self.weights = weights

    def with_added(self, *added: Added) -> "Recogniser":
        """The same with further phrases, which coordinators added; this one is unchanged."""
        return Recogniser(self.lexicon.with_added(added), self.concepts, self.weights)

    def words(self, text: str) -> list[str]:
        """A text as it is read."""
        return read_as(text, self.lexicon)

    def seen(self, text: str) -> Seen:
        """Everything seen in a text, however odd."""
        words = self.words(text)
        if all(word in MARKS or word[0] in "#?!" for word in words):
            return Seen()  # a bare figure or a bare "?" says nothing by itself
        said = self._said(words)
        weighed = self.weights.weighed(words, self.concepts)
        found = dict(said.signals)
        doubtful = said.contradicted
        likeliest = max(URGENT_CONCERNS, key=weighed.whole.of)
        now = self.weights.weighed(without(words, said.past), self.concepts) if said.past else weighed
        if now.urgent >= self.weights.thresholds.urgent:
            if not any(concern in found for concern in URGENT_CONCERNS):  # a phrase knows better which danger it is
                found[likeliest] = _weighed(likeliest, Severity.URGENT, now)
        elif now.urgent >= self.weights.thresholds.doubtful:
            doubtful = doubtful or likeliest
        if any(concern in found for concern in URGENT_CONCERNS):
            return _together(found, None, soon=True)
        soon = bool(said.past) or doubtful is not None or weighed.whole.soon >= self.weights.thresholds.soon
        for concern in self.weights.likely(weighed.whole):
            severity = USUAL.get(concern, Severity.NONE)
            found.setdefault(concern, _weighed(concern, max(severity, Severity(int(soon))), weighed))
        return _together(found, doubtful, soon=soon)

    def weighing(self, text: str, concern: Concern) -> list[tuple[str, float]]:
        """What in a text weighs most for or against a concern: (feature, log-odds it adds), the heaviest first."""
        return self.weights.weighing(self.words(text), self.concepts, concern)

    def _said(self, words: list[str]) -> _Said:
        said = _Said()
        for _, entry, match in self.lexicon.entries.found(words):
            if entry.severity is Severity.URGENT:
                clause = clause_around(words, match)
                spoken = words[clause.start : clause.end]
                if self._is_past(spoken):
                    said.past.append(clause)
                    continue
                chance = self.weights.weighed(spoken, self.concepts).urgent
                if chance < self.weights.thresholds.contradicted and not entry.added:
                    said.contradicted = said.contradicted or entry.concern
                    continue
            before = said.signals.get(entry.concern)
            if before is None or before.severity < entry.severity:
                seen_in = " ".join(words[match.start : match.end])
                said.signals[entry.concern] = Signal(entry.concern, entry.severity, seen_in, entry.written)
        return said

    def _is_past(self, clause: list[str]) -> bool:
        past = next(self.lexicon.past.found(clause), None)
        return past is not None and next(self.lexicon.still.found(clause), None) is None


def _weighed(concern: Concern, severity: Severity, weighed: Weighed) -> Signal:
    return Signal(concern, severity, weighed.telling(concern), None, weighed.whole.of(concern))


def _together(found: dict[Concern, Signal], doubtful: Concern | None, *, soon: bool) -> Seen:
    signals = sorted(found.values(), key=lambda signal: (-signal.severity, SIGNALS.index(signal.concern)))
    gravest = max((signal.severity for signal in signals), default=Severity.NONE)
    return Seen(tuple(signals), max(gravest, Severity(int(soon))), doubtful)
