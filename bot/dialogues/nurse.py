"""Asking for a person: passed on first, then room for a word. Says who reads, when, who covers, where to turn before.

Refuses to promise more than that, and to ask anything before it has passed the request on.
"""

from datetime import datetime

from bot.alliance.effects import Answer, Ask, Choice, Chose, Forget, Keep, Say, Tell, Turn
from bot.alliance.key import Key, Value
from bot.alliance.people import Client
from bot.alliance.rating import Concern
from bot.alliance.signals import Severity, Signal
from bot.dialogues.words import hours_words, local, numbers, reader

NAME = "nurse"


def begin(client: Client, words: str | None, now: datetime, signal: Signal | None = None) -> Turn:
    """The client asks for a nurse. words: what was typed, None for the button; signal: where it was seen in them."""
    passed_on = (Tell(client.id, Concern.WANTS_NURSE, Severity.SOON, words, signal), told(client, now))
    if not client.consented:
        # The request is passed on; the words are not kept before a yes.
        return (Tell(client.id, Concern.WANTS_NURSE, Severity.SOON, None), told(client, now))
    if words is not None:
        return (Keep("note", words), *passed_on, Forget())
    return (
        *passed_on,
        Ask(
            Key("nurse.add"),
            NAME,
            "add",
            (Choice("no", Key("nurse.add.no"), words=Key("choice.no.words")),),
            open=True,
        ),
    )


def answer(client: Client, said: Answer) -> Turn:
    """A word for the nurse, or none."""
    if isinstance(said, Chose):
        return (Say(client.id, Key("nurse.added_nothing")), Forget())
    return (
        Tell(client.id, Concern.WANTS_NURSE, Severity.SOON, said.text),
        Say(client.id, Key("nurse.added")),
        Forget(),
    )


def told(client: Client, now: datetime) -> Say:
    """What was passed on, to whom, when she reads, who covers, and the numbers for before then."""
    nurse = reader(client)
    values: dict[str, Value] = {
        "hours": hours_words(client.hours, client.zone),
        "numbers": numbers(client),
        "opening": local(client, client.hours.next_opening(now)),
    }
    if nurse is None:
        return Say(client.id, Key("told.team"), values)
    values["nurse"] = nurse.name
    if client.alert is not None and client.alert.paged:
        # Somebody was told already: said shortly, with the name of whoever has it in hand.
        values["nurse"] = client.alert.acknowledged_by or nurse.name
        return Say(client.id, Key("told.joined"), values)
    other = next((carer for carer in client.present if carer.id != nurse.id and carer.reachable), None)
    if other is not None:
        values["other"] = other.name
    if client.hours.is_open(now):
        return Say(client.id, Key("told.now") if other else Key("told.now.alone"), values)
    return Say(client.id, Key("told.later") if other else Key("told.later.alone"), values)
