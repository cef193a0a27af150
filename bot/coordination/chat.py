"""Where a coordinator's taps and typed lines go. Everything a button does can be typed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.chat_command import command_in, number_in
from bot.alliance.effects import Chose, Forget, Say, Turn, Wrote
from bot.alliance.events import Event, Press, Tap, Text, Thing
from bot.alliance.key import Key
from bot.alliance.people import OpenQuestion
from bot.alliance.signals import Recogniser
from bot.coordination import clients, inviting, pairs, phrases, schedules, trial
from bot.coordination.commands import COMMANDS
from bot.dialogues.client import answer_in
from bot.nursing import alerts
from bot.nursing.chat import ask_language, language_chosen, pressed
from bot.settings import Settings
from bot.store import queries
from bot.store.tables import Person


async def coordinator_turn(
    session: AsyncSession,
    coordinator: Person,
    question: OpenQuestion | None,
    event: Event,
    settings: Settings,
    bot_name: str,
    recogniser: Recogniser,
    now: datetime,
) -> Turn:
    """The turn that answers what a coordinator did."""
    match event:
        case Press(data):
            return await _pressed(session, coordinator, data, settings, bot_name, now)
        case Tap(None):
            return (Say(coordinator.id, Key("stale.question_open") if question else Key("stale.nothing_open")),)
        case Tap(choice) if choice is not None and question is not None:
            turn = await _answered(session, coordinator, question, Chose(choice), settings, bot_name, recogniser, now)
            return turn or ()
        case Text(_, edited=True):
            return ()
        case Text(text):
            return await _typed(session, coordinator, question, text, settings, bot_name, recogniser, now)
        case Thing():
            return (Say(coordinator.id, Key("carer.thing")),)
    return ()


async def _pressed(
    session: AsyncSession, coordinator: Person, data: str, settings: Settings, bot_name: str, now: datetime
) -> Turn:
    what, _, rest = data.partition(":")
    number = number_in(rest) or 0
    if what == "clients":
        return await clients.listed(session, coordinator, number)
    if what == "client":
        return await clients.page(session, coordinator, number, now)
    if what in ("sched", "pair", "link"):
        person = await session.get(Person, number)
        if person is None or person.role != "client":
            return (Say(coordinator.id, Key("clients.unknown")),)
        if what == "sched":
            return schedules.begin(coordinator, await queries.client_facts(session, number, now))
        if what == "pair":
            return await pairs.begin(session, coordinator, person)
        return await inviting.new_link(session, coordinator, number, settings, bot_name, now)
    if what == "phrase":
        return await phrases.pressed(session, coordinator, rest, now)
    return await pressed(session, coordinator, data, now)


async def _answered(
    session: AsyncSession,
    coordinator: Person,
    question: OpenQuestion,
    said: Chose | Wrote,
    settings: Settings,
    bot_name: str,
    recogniser: Recogniser,
    now: datetime,
) -> Turn | None:
    match question.dialogue:
        case schedules.NAME:
            return await schedules.answer(session, coordinator, question, said, now)
        case pairs.NAME if isinstance(said, Chose):
            return await pairs.answer(session, coordinator, question, said, now)
        case inviting.NAME:
            return await inviting.answer(session, coordinator, question, said, settings, bot_name, now)
        case phrases.NAME:
            return await phrases.answer(session, coordinator, question, said, recogniser, now)
        case trial.NAME:
            return trial.answer(coordinator, said, recogniser)
        case "language" if isinstance(said, Chose):
            return language_chosen(coordinator, said)
    return None


async def _typed(
    session: AsyncSession,
    coordinator: Person,
    question: OpenQuestion | None,
    text: str,
    settings: Settings,
    bot_name: str,
    recogniser: Recogniser,
    now: datetime,
) -> Turn:
    command = command_in(text, COMMANDS)
    if command is None:
        if question is not None:
            said = answer_in(text, question)
            turn = await _answered(session, coordinator, question, said, settings, bot_name, recogniser, now)
            if turn is not None:
                return turn
        person = await clients.by_alias(session, coordinator, text)
        if person is not None:
            return await clients.page(session, coordinator, person.id, now)
        return (Say(coordinator.id, Key("coordinator.choose") if question else Key("coordinator.not_understood")),)
    act, rest = command
    away: Turn = (Forget(),) if question is not None else ()
    match act:
        case "clients":
            return (*away, *await clients.listed(session, coordinator))
        case "invite":
            return inviting.begin()
        case "alerts":
            return await alerts.listed(session, coordinator)
        case "take" | "see" | "close" | "judge":
            return await alerts.act(session, coordinator, act, number_in(rest), rest)
        case "try":
            return trial.begin(coordinator, rest, recogniser)
        case "phrases":
            return (*away, *await phrases.report(session, coordinator))
        case "language":
            return ask_language(coordinator)
        case "help" | "start":
            return (Say(coordinator.id, Key("help.coordinator")),)
        case _:
            return (Say(coordinator.id, Key("heard.unknown_command")),)
