"""Pausing, stopping, coming back: done at once, without a reason and without reproach.

Says exactly what stopped and how to come back. Refuses to ask "are you sure?".
"""

from datetime import datetime, timedelta

from bot.alliance.effects import Ask, Change, CheckInIs, Choice, Chose, Effect, Forget, Keep, Say, Tell, Turn
from bot.alliance.key import Key
from bot.alliance.people import Client, Programme
from bot.alliance.rating import Concern
from bot.alliance.schedule import next_slot
from bot.alliance.signals import Severity, Signal
from bot.dialogues.words import local, names

NAME = "pause"
WEEKS = {"one": 1, "two": 2}


def begin() -> Turn:
    """Offer a pause of one week, of two, or until the client writes."""
    return (
        Ask(
            Key("pause.ask"),
            NAME,
            "how_long",
            (
                Choice("one", Key("pause.one")),
                Choice("two", Key("pause.two")),
                Choice("open", Key("pause.open")),
                Choice("none", Key("pause.none"), words=Key("choice.no.words")),
            ),
        ),
    )


def answer(client: Client, said: Chose, now: datetime) -> Turn:
    """Pause as chosen, or stop."""
    if said.id == "stop":
        return stop(client, None, now)
    if said.id == "none":
        return (Say(client.id, Key("pause.unchanged")), Forget())
    if said.id == "open":
        return (*_silence(client, Programme.PAUSED, None), Say(client.id, Key("pause.done.open")), Forget())
    until = now + timedelta(weeks=WEEKS[said.id])
    following = next_slot(client.schedule, client.zone, until)
    return (
        *_silence(client, Programme.PAUSED, until),
        Say(client.id, Key("pause.done.until"), {"next": local(client, following)}),
        Forget(),
    )


def ask_whether_to_stop(client: Client, words: str, signal: Signal) -> Turn:
    """The wish to stop was understood from words that do not say it outright: the pair is told, the client decides."""
    return (
        Keep("note", words),
        Tell(client.id, Concern.WANTS_TO_STOP, Severity.SOON, words, signal),
        Ask(
            Key("stop.ask"),
            NAME,
            "how_long",
            (
                Choice("stop", Key("stop.ask.stop"), words=Key("choice.yes.words")),
                Choice("open", Key("stop.ask.pause")),
                Choice("none", Key("stop.ask.none"), words=Key("choice.no.words")),
            ),
            {"who": names(client.nurses)},
        ),
    )


def stop(client: Client, words: str | None, now: datetime, signal: Signal | None = None) -> Turn:
    """Stop everything that is sent of its own accord, in this very turn; the pair is told."""
    return (
        *_silence(client, Programme.STOPPED, None),
        Say(
            client.id,
            Key("stop.done"),
            {"who": names(client.nurses), "emergency": client.help.emergency_line},
        ),
        Tell(client.id, Concern.WANTS_TO_STOP, Severity.SOON, words, signal),
        Forget(),
    )


def resume(client: Client, now: datetime) -> Turn:
    """Come back: the rhythm that was, from its next slot on."""
    following = next_slot(client.schedule, client.zone, now)
    return (
        Change(client.id, {"programme": Programme.ACTIVE, "paused_until": None, "next_check_in_at": following}),
        Say(client.id, Key("resume.done"), {"next": local(client, following)}, keyboard=True),
        Forget(),
    )


def over(client: Client, now: datetime) -> Turn:
    """A pause with an end has ended."""
    following = next_slot(client.schedule, client.zone, now)
    return (Change(client.id, {"programme": Programme.ACTIVE, "paused_until": None, "next_check_in_at": following}),)


def _silence(client: Client, programme: Programme, until: datetime | None) -> tuple[Effect, ...]:
    check_in: tuple[Effect, ...] = (CheckInIs(client.check_in.id, "skipped"),) if client.check_in else ()
    changed = {"programme": programme, "paused_until": until, "next_check_in_at": None}
    if programme is Programme.STOPPED:
        changed["follow_up_at"] = None
    return (*check_in, Change(client.id, changed))
