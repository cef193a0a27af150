"""A check-in that could not leave in time: never sent stale, never dropped in silence. The client is told, once."""

from datetime import datetime
from itertools import takewhile

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Forget, Kind, Priority, Say
from bot.alliance.key import Key, Value
from bot.alliance.schedule import next_slot, slots
from bot.dialogues.words import local
from bot.engine.apply import apply
from bot.store import queries
from bot.store.tables import CheckIn, OutgoingMessage, Person


async def slot_missed(session: AsyncSession, person: Person, slot: datetime, now: datetime) -> None:
    """The slot passed while nothing ran, and maybe others after it: each written down as skipped; said once."""
    session.add(CheckIn(client_id=person.id, due_at=slot, status="skipped", reason="late"))
    client = await queries.client_facts(session, person.id, now)
    for missed in takewhile(lambda moment: moment <= now, slots(client.schedule, client.zone, slot)):
        session.add(CheckIn(client_id=person.id, due_at=missed, status="skipped", reason="late"))
    await _tell(session, person, slot, now)


async def message_missed(session: AsyncSession, row: OutgoingMessage, now: datetime) -> None:
    """The check-in was ready but could not leave in time."""
    if row.check_in_id is None or row.person_id is None:
        return
    check_in = await session.get_one(CheckIn, row.check_in_id)
    if check_in.status != "open":
        return
    check_in.status, check_in.reason = "skipped", "late"
    person = await session.get_one(Person, row.person_id)
    await apply(session, person, (Forget(),), now)
    await _tell(session, person, check_in.due_at, now)


async def _tell(session: AsyncSession, person: Person, slot: datetime, now: datetime) -> None:
    client = await queries.client_facts(session, person.id, now)
    following = client.next_check_in_at or next_slot(client.schedule, client.zone, now)
    said: dict[str, Value] = {
        "at": local(client, slot),
        "next": local(client, following),
        "emergency": client.help.emergency_line,
    }
    await apply(session, person, (Say(person.id, Key("check_in.missed"), said, Kind.NOTICE, Priority.CHECK_IN),), now)
