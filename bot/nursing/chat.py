"""Where a nurse's taps and typed lines go. Everything a button does can be typed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.chat_command import command_in, number_in
from bot.alliance.effects import Ask, Change, Choice, Chose, Forget, Say, Turn
from bot.alliance.events import Event, Press, Tap, Text, Thing
from bot.alliance.key import Key
from bot.alliance.people import OpenQuestion
from bot.dialogues.client import answer_in
from bot.nursing import alerts, clients, presence
from bot.nursing.commands import COMMANDS
from bot.store.tables import Person

_PRESSED = {"ok": "take", "see": "see", "out": "close", "use": "judge"}


async def nurse_turn(
    session: AsyncSession, nurse: Person, question: OpenQuestion | None, event: Event, now: datetime
) -> Turn:
    """The turn that answers what a nurse did."""
    match event:
        case Press(data):
            return await pressed(session, nurse, data, now)
        case Tap(choice):
            if choice is None:
                return (Say(nurse.id, Key("stale.question_open") if question else Key("stale.nothing_open")),)
            return _chosen(nurse, question, Chose(choice))
        case Text(_, edited=True):
            return ()
        case Text(text):
            return await _typed(session, nurse, question, text, now)
        case Thing():
            return (Say(nurse.id, Key("carer.thing")),)


async def pressed(session: AsyncSession, carer: Person, data: str, now: datetime) -> Turn:
    """A button that works at any time: ok:12, see:12, out:12:reached, use:12:no, card:7."""
    what, _, rest = data.partition(":")
    number = number_in(rest)
    if what in _PRESSED and number is not None:
        return await alerts.act(session, carer, _PRESSED[what], number, rest.partition(":")[2])
    if what == "card" and number is not None:
        return await clients.card(session, carer, number, now)
    return (Say(carer.id, Key("stale.nothing_open")),)


async def _typed(session: AsyncSession, nurse: Person, question: OpenQuestion | None, text: str, now: datetime) -> Turn:
    command = command_in(text, COMMANDS)
    if command is None:
        if question is not None and isinstance(said := answer_in(text, question), Chose):
            return _chosen(nurse, question, said)
        meant = alerts.act_in(text)
        if meant is not None:
            return await alerts.act(session, nurse, meant, None, text)
        return (Say(nurse.id, Key("nurse.not_understood")),)
    act, rest = command
    match act:
        case "alerts":
            return await alerts.listed(session, nurse)
        case "take" | "see" | "close" | "judge":
            return await alerts.act(session, nurse, act, number_in(rest), rest)
        case "clients":
            return await clients.listed(session, nurse, now)
        case "away":
            return await presence.away(session, nurse, now)
        case "present":
            return await presence.present(session, nurse)
        case "language":
            return ask_language(nurse)
        case "help" | "start":
            return (Say(nurse.id, Key("help.nurse")),)
        case _:
            return (Say(nurse.id, Key("heard.unknown_command")),)


def ask_language(carer: Person) -> Turn:
    """Which language, the present one first."""
    choices = {"fr": Choice("fr", Key("language.fr")), "en": Choice("en", Key("language.en"))}
    ordered = (
        choices[carer.language],
        *(choice for name, choice in choices.items() if name != carer.language),
    )
    return (Ask(Key("language.ask"), "language", "which", ordered, columns=2),)


def _chosen(nurse: Person, question: OpenQuestion | None, said: Chose) -> Turn:
    if question is not None and question.dialogue == "language":
        return language_chosen(nurse, said)
    return (Say(nurse.id, Key("stale.nothing_open")),)


def language_chosen(carer: Person, said: Chose) -> Turn:
    """From now on in this language."""
    return (Change(carer.id, {"language": said.id}), Say(carer.id, Key("language.done.carer")), Forget())
