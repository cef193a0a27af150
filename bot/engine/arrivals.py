"""Who comes and goes: a link that is opened, a stranger, a group, a bot that is blocked or let in again."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Change, Forget, Kind, Priority, Say, Tell, Turn
from bot.alliance.events import Text
from bot.alliance.key import Key
from bot.alliance.people import Role
from bot.alliance.rating import Concern
from bot.alliance.signals import Recogniser, Severity
from bot.coordination.invitations import redeem
from bot.dialogues import enrolment
from bot.engine.alerts import hand_back_all, look_again
from bot.engine.apply import apply
from bot.engine.wire import Incoming
from bot.settings import Settings
from bot.store import queries
from bot.store.said import said_lately
from bot.store.tables import OutgoingMessage, Person
from bot.text import help_lines, text

STRANGER_PAUSE = timedelta(minutes=1)
"""A stranger who goes on writing is answered once a minute at most; the answer always holds the emergency number."""


async def arrive(
    session: AsyncSession,
    incoming: Incoming,
    payload: str,
    person: Person | None,
    settings: Settings,
    now: datetime,
) -> Person | None:
    """Redeem an invitation. Gives the newcomer, or None when the link is used, old or unknown."""
    if not payload or person is not None:
        return None
    newcomer = await redeem(session, payload, incoming.chat_id, settings.secret_keys, now)
    if newcomer is None:
        return None
    await apply(session, newcomer, await _welcome(session, newcomer, now), now)
    return newcomer


async def _welcome(session: AsyncSession, person: Person, now: datetime) -> Turn:
    match Role(person.role):
        case Role.CLIENT:
            return enrolment.begin(await queries.client_facts(session, person.id, now))
        case Role.NURSE:
            return (
                Say(person.id, Key("welcome.nurse"), {"name": person.alias}),
                Say(person.id, Key("help.nurse")),
            )
        case Role.COORDINATOR:
            return (
                Say(person.id, Key("welcome.coordinator"), {"name": person.alias}),
                Say(person.id, Key("help.coordinator")),
            )


async def stranger(
    session: AsyncSession, incoming: Incoming, settings: Settings, recogniser: Recogniser, now: datetime
) -> None:
    """Somebody without an invitation: who this is for, how to get in, and the number in case of danger."""
    lines = help_lines(settings.region, incoming.language)
    said = incoming.event.text if isinstance(incoming.event, Text) else ""
    if recogniser.seen(said).danger is not None:
        crisis = "\n".join(lines.crisis) or lines.emergency_line
        words = text(Key("stranger.danger"), incoming.language, crisis=crisis, emergency=lines.emergency_line)
        _to_chat(session, incoming.chat_id, Key("stranger.danger"), words, now)
        return
    if await said_lately(session, incoming.chat_id, now - STRANGER_PAUSE):
        return
    opened = isinstance(incoming.event, Text) and incoming.event.text.startswith("/start ")
    key = Key("stranger.old_link") if opened else Key("stranger.reply")
    words = text(key, incoming.language, emergency=lines.emergency_line)
    _to_chat(session, incoming.chat_id, key, words, now)


async def membership_changed(session: AsyncSession, incoming: Incoming, person: Person | None, now: datetime) -> None:
    """Blocked or let in again; or a group, which is answered once and left."""
    if incoming.chat != "private":
        week = now - timedelta(days=7)
        if incoming.member is not False and not await said_lately(session, incoming.chat_id, week):
            words = text(Key("group.reply"), incoming.language)
            _to_chat(session, incoming.chat_id, Key("group.reply"), words, now)
        return
    if person is None:
        return
    if incoming.member:
        await apply(session, person, (Change(person.id, {"blocked_at": None}),), now)
        await look_again(session, person, now)
    elif person.blocked_at is None:
        await unreachable(session, person, now)


async def unreachable(session: AsyncSession, person: Person, now: datetime) -> None:
    """This person can no longer be written to. A client's pair is told at once (README, Safety)."""
    turn: Turn = (Change(person.id, {"blocked_at": now}),)
    if person.role == Role.CLIENT:
        turn = (*turn, Tell(person.id, Concern.BLOCKED, Severity.SOON), Forget())
    await apply(session, person, turn, now)
    if person.role != Role.CLIENT:
        await hand_back_all(session, person.id, now)


def _to_chat(session: AsyncSession, chat_id: int, key: Key, words: str, now: datetime) -> None:
    session.add(
        OutgoingMessage(
            person_id=None,
            chat_id=chat_id,
            kind=Kind.REPLY,
            priority=Priority.REPLY,
            key=key,
            text=words,
            buttons=[],
            keyboard=[],
            created_at=now,
            due_at=now,
            expires_at=now + timedelta(hours=1),
        )
    )
