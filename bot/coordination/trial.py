"""/essai, /try: what a text would set off, and why. Nothing of it is kept, and nobody is told."""

from bot.alliance.effects import Ask, Choice, Chose, Forget, Say, Turn, Wrote
from bot.alliance.key import Key
from bot.alliance.signals import Recogniser, Seen, Severity
from bot.dialogues.words import quoted
from bot.nursing.alerts import CONCERN
from bot.store.tables import Person

NAME = "trial"
SEVERITY = {
    Severity.URGENT: Key("severity.urgent"),
    Severity.SOON: Key("severity.soon"),
    Severity.NONE: Key("severity.none"),
}
_FINISH = (Choice("finish", Key("try.finish"), words=Key("choice.no.words")),)


def begin(coordinator: Person, text: str, recogniser: Recogniser) -> Turn:
    """Try the text that came with the command, or ask for one."""
    if not text.strip():
        return (Ask(Key("try.ask"), NAME, "text", _FINISH, open=True),)
    return _tried(coordinator, text, recogniser)


def answer(coordinator: Person, said: Chose | Wrote, recogniser: Recogniser) -> Turn:
    """Another text, or the end."""
    if isinstance(said, Chose):
        return (Say(coordinator.id, Key("try.finished")), Forget())
    return _tried(coordinator, said.text, recogniser)


def _tried(coordinator: Person, text: str, recogniser: Recogniser) -> Turn:
    return (
        *shown(coordinator, recogniser.seen(text)),
        Ask(Key("try.again"), NAME, "text", _FINISH, open=True),
    )


def shown(coordinator: Person, seen: Seen) -> tuple[Say, ...]:
    """What was seen, one message for each signal."""
    if not seen.signals and seen.severity is Severity.NONE and seen.doubtful is None:
        return (Say(coordinator.id, Key("try.nothing")),)
    said = [Say(coordinator.id, Key("try.severity"), {"severity": SEVERITY[seen.severity]})]
    for signal in seen.signals:
        values = {"concern": CONCERN[signal.concern], "words": quoted(signal.words)}
        if signal.phrase is None:
            said.append(Say(coordinator.id, Key("try.weighed"), values))
        else:
            said.append(Say(coordinator.id, Key("try.seen_by_phrase"), {**values, "phrase": signal.phrase}))
    if seen.doubtful is not None:
        said.append(Say(coordinator.id, Key("try.doubtful"), {"concern": CONCERN[seen.doubtful]}))
    return tuple(said)
