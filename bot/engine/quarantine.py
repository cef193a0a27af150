"""Updates that could not be parsed or handled: kept whole, screened for danger, tried again, shown to a coordinator.

Works on the raw JSON alone, since it is the parsing or the handling that failed. Refuses to guess more than a chat
and its words.
"""

import json
import logging
from collections.abc import Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Kind, Priority, Say, Tell
from bot.alliance.key import Key, Value
from bot.alliance.people import Role
from bot.alliance.rating import Concern
from bot.alliance.safety import SAFETY_REPLY
from bot.alliance.signals import Recogniser, Severity
from bot.dialogues.danger import safety_values
from bot.engine.alerts import tell
from bot.engine.say import say
from bot.store import queries
from bot.store.tables import Care, FailedUpdate, HandledUpdate
from bot.text import help_lines

log = logging.getLogger(__name__)

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


async def keep(
    session: AsyncSession, raw: Mapping[str, Any], error: Exception, now: datetime, recogniser: Recogniser
) -> None:
    """Put an update into quarantine, and answer what can be answered. No answer that fails undoes the keeping."""
    update_id = _column(raw.get("update_id"))
    if update_id is not None:
        if await session.get(HandledUpdate, update_id) is not None:
            return
        session.add(HandledUpdate(update_id=update_id, handled_at=now))
    chat_id, words = chat_and_words(raw)
    danger = recogniser.seen(words).danger
    concern = danger.concern if danger is not None else None
    row = FailedUpdate(
        update_id=update_id,
        body=json.dumps(raw, ensure_ascii=True),
        error=type(error).__name__,
        attempts=1,
        failed_at=now,
        retry_at=now + RETRY_AFTER[0],
    )
    session.add(row)
    await session.flush()
    await _tried(session, _tell_coordinators(session, now))
    if chat_id is None or await _tried(session, _answer(session, row, chat_id, words, concern, now)):
        return
    await _tried(session, _spare_answer(session, chat_id, concern, now))


async def _tried(session: AsyncSession, work: Coroutine[Any, Any, None]) -> bool:
    """Whether this part went well; where it did not, only this part is undone."""
    try:
        async with session.begin_nested():
            await work
    except Exception as error:
        log.error("an update in quarantine could not be answered: %s", type(error).__name__)
        return False
    return True


async def _tell_coordinators(session: AsyncSession, now: datetime) -> None:
    for coordinator in await queries.coordinators(session):
        await say(session, Say(coordinator.id, Key("quarantine.told"), kind=Kind.NOTICE), now)


async def _answer(
    session: AsyncSession, row: FailedUpdate, chat_id: int, words: str, concern: Concern | None, now: datetime
) -> None:
    person = await queries.person_by_chat(session, chat_id)
    if person is None:
        return
    if person.role != Role.CLIENT:
        await say(session, Say(person.id, Key("quarantine.carer")), now)
        return
    client = await queries.client_facts(session, person.id, now)
    if concern is None:
        await say(session, Say(person.id, Key("quarantine.client"), safety_values(client)), now)
        return
    reply = Say(person.id, SAFETY_REPLY[concern], safety_values(client), Kind.SAFETY, Priority.URGENT)
    await say(session, reply, now)
    await tell(session, Tell(person.id, concern, Severity.URGENT, words), now)
    row.retry_at = None  # all of it is said: another try would say it twice


async def _spare_answer(session: AsyncSession, chat_id: int, concern: Concern | None, now: datetime) -> None:
    """Where even the client's own facts cannot be read: the numbers all the same, from what is known of the region."""
    person = await queries.person_by_chat(session, chat_id)
    if person is None:
        return
    care = await session.get(Care, person.id)
    lines = help_lines(care.region if care is not None else "", person.language)
    values: dict[str, Value] = {
        "emergency": lines.emergency_line,
        "crisis": "\n".join(lines.crisis) or lines.emergency_line,
        "violence": lines.violence or lines.emergency_line,
        "poison": lines.poison or lines.emergency_line,
        "who": Key("who.team"),
    }
    if concern is None:
        await say(session, Say(person.id, Key("quarantine.client"), values), now)
        return
    await say(session, Say(person.id, SAFETY_REPLY[concern], values, Kind.SAFETY, Priority.URGENT), now)


def chat_and_words(raw: Mapping[str, Any]) -> tuple[int | None, str]:
    """The chat and the words of an update of any shape, as far as they can be found and kept."""
    for value in raw.values():
        if not isinstance(value, Mapping):
            continue
        inner = value.get("message")
        holder = inner if isinstance(inner, Mapping) else value
        chat = holder.get("chat")
        if not isinstance(chat, Mapping):
            continue
        chat_id = _column(chat.get("id"))
        if chat_id is not None and chat.get("type", "private") == "private":
            words = [part for part in (value.get("text"), value.get("caption")) if isinstance(part, str)]
            return chat_id, readable(" ".join(words))
    return None, ""


def readable(words: str) -> str:
    """The words as they can be kept: half a surrogate pair and NUL cannot, in no database."""
    return words.encode("utf-8", "replace").decode("utf-8").replace("\x00", "\ufffd")


def _column(value: object) -> int | None:
    """A whole number that a 64-bit column holds, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63 else None


async def due(session: AsyncSession, now: datetime) -> list[FailedUpdate]:
    """What may be tried again now."""
    found = await session.scalars(select(FailedUpdate).where(FailedUpdate.retry_at <= now).limit(20))
    return list(found.all())


def tried(row: FailedUpdate, error: Exception | None, now: datetime) -> None:
    """Note another try; after the last one the row waits for a person."""
    if error is None:
        row.retry_at, row.error = None, "handled later"
        return
    row.attempts += 1
    row.error = type(error).__name__
    row.retry_at = now + RETRY_AFTER[row.attempts - 1] if row.attempts <= len(RETRY_AFTER) else None
