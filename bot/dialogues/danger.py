"""The safety reply: what a client reads within seconds of words that cannot wait, before and whatever else happens.

Order of the README, Safety: heard and taken seriously, the numbers, who is told, and that nobody watches day and night.
Refuses to ask anything, to rate anything, and to wait for the alert.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.alliance.effects import Change, CheckInIs, Effect, Forget, Keep, Kind, Priority, Say, Tell, Turn
from bot.alliance.key import Key, Value
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.alliance.rating import Concern
from bot.alliance.safety import SAFETY_REPLY
from bot.alliance.schedule import instant
from bot.alliance.signals import Severity, Signal
from bot.dialogues.words import names, quoted

WHOLE = 3500
"""So many letters are said back whole; Telegram allows 4,096 in one message."""
FOLLOW_UP_LATEST = timedelta(hours=12)


def turn(
    client: Client,
    concern: Concern,
    words: str,
    question: OpenQuestion | None,
    now: datetime,
    signal: Signal | None = None,
) -> Turn:
    """Answer danger. Any open question but the enrolment's is put away: nothing else is asked today."""
    effects: list[Effect] = [
        Say(client.id, _reply(client, concern), safety_values(client), Kind.SAFETY, Priority.URGENT),
    ]
    if concern is not Concern.VIOLENCE:
        # Not said back where somebody may be reading over the shoulder; that reply says itself that they are passed on.
        said_back = {"words": quoted(words, WHOLE)}
        effects.append(Say(client.id, Key("safety.passed_on"), said_back, Kind.SAFETY, Priority.URGENT))
    effects.append(Tell(client.id, concern, Severity.URGENT, words, signal))
    if question is not None and question.dialogue != "enrolment":
        effects.append(Forget())
    if client.check_in is not None:
        effects.append(CheckInIs(client.check_in.id, "skipped"))
    if client.consented:
        effects.append(Keep("note", words))
    if client.consented and client.programme is not Programme.STOPPED:
        effects.append(Change(client.id, {"follow_up_at": follow_up_at(client, now)}))
    return tuple(effects)


def _reply(client: Client, concern: Concern) -> Key:
    if concern is Concern.VIOLENCE and client.help.violence:
        return Key("safety.violence_with_line")
    if concern is Concern.SELF_HARM and client.help.poison:
        return Key("safety.self_harm_with_poison_line")
    return SAFETY_REPLY[concern]


def safety_values(client: Client) -> Mapping[str, Value]:
    """What every safety reply may name. crisis: the lines of the region, one a line; the emergency number if none."""
    present = tuple(nurse for nurse in client.present if nurse.reachable)
    told = present or tuple(nurse for nurse in client.nurses if nurse.reachable)
    return {
        "emergency": client.help.emergency_line,
        "crisis": "\n".join(client.help.crisis) or client.help.emergency_line,
        "violence": client.help.violence or client.help.emergency_line,
        "poison": client.help.poison or client.help.emergency_line,
        "who": names(told),
    }


def follow_up_at(client: Client, now: datetime) -> datetime:
    """The next day is followed up: tomorrow, at the hour of the client's check-ins."""
    tomorrow = now.astimezone(client.zone).date() + timedelta(days=1)
    return instant(tomorrow, client.schedule.at, client.zone)


def follow_up(client: Client, concern: Concern | None, now: datetime) -> Turn:
    """The day after: no scale and no task, only that it is not forgotten and where to turn.

    concern: of the client's last alert; after violence the message says nothing that a stranger could understand.
    Days late it is not sent: "yesterday" would be untrue, and the client learns of the missed check-in anyway.
    """
    done = Change(client.id, {"follow_up_at": None})
    if client.follow_up_at is None or now - client.follow_up_at > FOLLOW_UP_LATEST:
        return (done,)
    return (
        Say(
            client.id,
            Key("safety.next_day.quiet") if concern is Concern.VIOLENCE else Key("safety.next_day"),
            {"who": names(client.present or client.nurses), "crisis": safety_values(client)["crisis"]},
            Kind.NOTICE,  # said even where check-ins are paused
            Priority.CHECK_IN,
            keyboard=True,
        ),
        done,
    )
