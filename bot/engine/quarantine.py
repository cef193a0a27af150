"""Updates that could not be parsed or handled: kept whole, screened for danger, tried again, shown to a coordinator.

Works on the raw JSON alone, since it is the parsing or the handling that failed. Refuses to guess more than a chat
and its words.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Kind, Priority, Say, Tell
from bot.alliance.key import Key
from bot.alliance.people import Role
from bot.alliance.safety import SAFETY_REPLY
from bot.alliance.signals import Lexicon, Severity, danger_in, signals_in
from bot.dialogues.danger import safety_values
from bot.engine.alerts import tell
from bot.engine.say import say
from bot.store import queries
from bot.store.tables import FailedUpdate, HandledUpdate

RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))


async def keep(
    session: AsyncSession, raw: Mapping[str, Any], error: Exception, now: datetime, lexicon: Lexicon
) -> None:
    """Put an update into quarantine, and answer what can be answered."""
    update_id = raw.get("update_id")
    update_id = update_id if isinstance(update_id, int) and not isinstance(update_id, bool) else None
    if update_id is not None:
        if await session.get(HandledUpdate, update_id) is not None:
            return
        session.add(HandledUpdate(update_id=update_id, handled_at=now))
    session.add(
        FailedUpdate(
            update_id=update_id,
            body=json.dumps(raw, ensure_ascii=True),
            error=type(error).__name__,
            attempts=1,
            failed_at=now,
            retry_at=now + RETRY_AFTER[0],
        )
    )
    await _answer(session, raw, now, lexicon)


async def _answer(session: AsyncSession, raw: Mapping[str, Any], now: datetime, lexicon: Lexicon) -> None:
    chat_id, words = chat_and_words(raw)
    person = await queries.person_by_chat(session, chat_id) if chat_id is not None else None
    for coordinator in await queries.coordinators(session):
        await say(session, Say(coordinator.id, Key("quarantine.told"), kind=Kind.NOTICE), now)
    if person is None:
        return
    if person.role != Role.CLIENT:
        await say(session, Say(person.id, Key("quarantine.carer")), now)
        return
    client = await queries.client_facts(session, person.id, now)
    concern = danger_in(signals_in(words, lexicon))
    if concern is None:
        await say(session, Say(person.id, Key("quarantine.client"), safety_values(client)), now)
        return
    reply = Say(person.id, SAFETY_REPLY[concern], safety_values(client), Kind.SAFETY, Priority.URGENT)
    await say(session, reply, now)
    await tell(session, Tell(person.id, concern, Severity.URGENT, words), now)


def chat_and_words(raw: Mapping[str, Any]) -> tuple[int | None, str]:
    """The chat and the words of an update of any shape, as far as they can be found."""
    for value in raw.values():
        if not isinstance(value, Mapping):
            continue
        inner = value.get("message")
        holder = inner if isinstance(inner, Mapping) else value
        chat = holder.get("chat")
        if not isinstance(chat, Mapping):
            continue
        chat_id = chat.get("id")
        if isinstance(chat_id, int) and chat.get("type", "private") == "private":
            words = [part for part in (value.get("text"), value.get("caption")) if isinstance(part, str)]
            return chat_id, " ".join(words)
    return None, ""


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
