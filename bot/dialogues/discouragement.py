"""Discouragement, met: the person first, not the task.

Reflection, then the client's own reason and objective given back, then a choice that the bot honours at once. Refuses
to cheer, to argue, to remind of anything, and to set a task in the same turn.
"""

from datetime import datetime

from bot.alliance.effects import (
    Answer,
    Ask,
    Change,
    CheckInIs,
    Choice,
    Chose,
    Effect,
    Forget,
    Keep,
    Say,
    Tell,
    Turn,
)
from bot.alliance.key import Key
from bot.alliance.people import Client, Programme
from bot.alliance.rating import Concern
from bot.alliance.schedule import LIGHTEST, next_slot
from bot.alliance.signals import Severity, Signal
from bot.dialogues import nurse
from bot.dialogues.words import local, quoted, rhythm_words

NAME = "discouragement"
OFTEN = 2
"""So many hard moments within a week before this one, and the nurse is told even without strong words."""


def begin(client: Client, words: str | None, severity: Severity, now: datetime, signal: Signal | None = None) -> Turn:
    """Meet a hard moment. words: what was typed, None for the button; severity: that of the words."""
    if words is None:
        met = Key("hard.met_again") if client.hard_moments else Key("hard.met")
        effects: list[Effect] = [Say(client.id, met)]
    else:
        effects = [Say(client.id, Key("hard.met_in_words"), {"words": quoted(words)})]
    effects.append(Keep("hard", words or ""))
    effects += _given_back(client)
    if client.check_in is not None:
        effects.append(CheckInIs(client.check_in.id, "skipped"))
    if severity is Severity.SOON or client.hard_moments >= OFTEN:
        effects += [Tell(client.id, Concern.DISCOURAGEMENT, Severity.SOON, words, signal), nurse.told(client, now)]
    effects.append(_choice(client))
    return tuple(effects)


def _given_back(client: Client) -> tuple[Say, ...]:
    """The client's own words, unedited: a reason, a win, the objective; not the same again within a week."""
    reasons = [Say(client.id, Key("hard.your_reason"), {"reason": quoted(words)}) for words in client.reasons]
    reasons += [Say(client.id, Key("hard.your_win"), {"win": quoted(words)}) for words in client.wins]
    if client.objective:
        reasons.append(Say(client.id, Key("hard.your_objective"), {"objective": quoted(client.objective)}))
    return tuple(reasons[client.hard_moments : client.hard_moments + 1])


def _choice(client: Client) -> Ask:
    lighter = Choice("lighter", Key("hard.lighter"), words=Key("hard.lighter.words"))
    # Offered only where it changes something: check-ins are going on, and could come less often.
    can_be_lighter = client.programme is Programme.ACTIVE and client.schedule.every_weeks < LIGHTEST
    return Ask(
        Key("hard.choice"),
        NAME,
        "choice",
        (
            *((lighter,) if can_be_lighter else ()),
            Choice("nurse", Key("hard.nurse"), words=Key("hard.nurse.words")),
            Choice("leave", Key("hard.leave"), words=Key("hard.leave.words")),
        ),
    )


def answer(client: Client, said: Answer, now: datetime) -> Turn:
    """The choice, honoured in this turn; words instead of a choice are kept and the choice stays open."""
    match said:
        case Chose("lighter"):
            schedule = client.schedule.lighter(local(client, now).date())
            following = next_slot(schedule, client.zone, now)
            return (
                Change(client.id, {"schedule": schedule, "next_check_in_at": following}),
                Say(
                    client.id,
                    Key("hard.lighter.done"),
                    {"rhythm": rhythm_words(schedule), "next": local(client, following)},
                ),
                Forget(),
            )
        case Chose("nurse"):
            return nurse.begin(client, None, now)
        case Chose():
            return (Say(client.id, Key("hard.left")), Forget())
    return (Keep("note", said.text), Say(client.id, Key("hard.more")))
