"""What is due? The table of contents of everything that happens without anybody writing.

Asks the database, decides with the pure code, writes; one transaction for each thing that is due, so that one that
cannot be handled holds up no other. Exact across restarts: nothing is remembered here.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import CheckInIs, Forget, Kind
from bot.alliance.people import Programme
from bot.alliance.schedule import next_slot
from bot.dialogues import check_in, danger, pause
from bot.engine.alerts import climb
from bot.engine.apply import apply
from bot.engine.late import slot_missed
from bot.engine.say import LATEST
from bot.store import queries
from bot.store.database import Database
from bot.store.tables import AlertRow, Care, CheckIn, Person, Question

log = logging.getLogger(__name__)

BATCH = 200
MID_CONVERSATION = timedelta(minutes=30)
"""A check-in waits while another question was asked less than this ago."""
SAID_BEFORE = timedelta(hours=3)
"""A rating that came so shortly before a slot stands for it."""
OPEN_FOR = timedelta(hours=20)
"""How long a check-in may be answered before it counts as unanswered."""


async def tick(database: Database, now: datetime) -> int:
    """Do everything that is due; gives how many things were."""
    done = 0
    for due, act in (
        (_alerts_due, _climb),
        (_pauses_over, _resume),
        # Before the follow-ups: a check-in that falls on the day after a crisis still sees that there was one.
        (_check_ins_due, _check_in),
        (_follow_ups_due, _follow_up),
        (_check_ins_stale, _unanswered),
    ):
        done += await _each(database, now, due, act)
    return done


async def _each(
    database: Database,
    now: datetime,
    due: Callable[[AsyncSession, datetime], Awaitable[list[int]]],
    act: Callable[[AsyncSession, int, datetime], Awaitable[None]],
) -> int:
    async with database.begin() as session:
        ids = await due(session, now)
    for row_id in ids:
        try:
            async with database.begin() as session:
                await act(session, row_id, now)
        except Exception as error:
            # It stays due and is tried again at the next tick; the others go on.
            log.error("tick: %s could not be done: %s", act.__name__.strip("_"), type(error).__name__)
    return len(ids)


async def _alerts_due(session: AsyncSession, now: datetime) -> list[int]:
    query = select(AlertRow.id).where(AlertRow.look_at <= now, AlertRow.status != "closed")
    return list((await session.scalars(query.order_by(AlertRow.severity.desc(), AlertRow.look_at).limit(BATCH))).all())


async def _climb(session: AsyncSession, alert_id: int, now: datetime) -> None:
    alert = await session.get_one(AlertRow, alert_id)
    if alert.look_at is not None and alert.look_at <= now and alert.status != "closed":
        await climb(session, alert, now)


async def _pauses_over(session: AsyncSession, now: datetime) -> list[int]:
    query = select(Care.client_id).where(Care.programme == Programme.PAUSED, Care.paused_until <= now).limit(BATCH)
    return list((await session.scalars(query)).all())


async def _resume(session: AsyncSession, client_id: int, now: datetime) -> None:
    client = await queries.client_facts(session, client_id, now)
    await apply(session, await session.get_one(Person, client_id), pause.over(client, now), now)


async def _follow_ups_due(session: AsyncSession, now: datetime) -> list[int]:
    return list((await session.scalars(select(Care.client_id).where(Care.follow_up_at <= now).limit(BATCH))).all())


async def _follow_up(session: AsyncSession, client_id: int, now: datetime) -> None:
    client = await queries.client_facts(session, client_id, now)
    concern = await queries.last_concern(session, client_id)
    await apply(session, await session.get_one(Person, client_id), danger.follow_up(client, concern, now), now)


async def _check_ins_due(session: AsyncSession, now: datetime) -> list[int]:
    query = (
        select(Care.client_id)
        .where(Care.next_check_in_at <= now, Care.programme == Programme.ACTIVE)
        .order_by(Care.next_check_in_at)
        .limit(BATCH)
    )
    return list((await session.scalars(query)).all())


async def _check_in(session: AsyncSession, client_id: int, now: datetime) -> None:
    """Send the check-in whose slot has come; or say why not, in a row, so that no slot is lost in silence."""
    client = await queries.client_facts(session, client_id, now)
    person = await session.get_one(Person, client_id)
    slot = client.next_check_in_at
    if slot is None or slot > now or client.programme is not Programme.ACTIVE:
        return
    care = await session.get_one(Care, client_id)
    question = await session.get(Question, client_id)
    asked = queries.question_of(question)
    if asked is not None and asked.asked_at > now - MID_CONVERSATION:
        care.next_check_in_at = asked.asked_at + MID_CONVERSATION
        return
    following = next_slot(client.schedule, client.zone, now)
    care.next_check_in_at = following
    latest = LATEST[Kind.CHECK_IN]
    assert latest is not None
    if person.blocked_at is not None:
        session.add(CheckIn(client_id=client_id, due_at=slot, status="skipped", reason="blocked"))
    elif care.follow_up_at is not None:
        session.add(CheckIn(client_id=client_id, due_at=slot, status="skipped", reason="danger"))
    elif await _said_already(session, client_id, slot):
        session.add(CheckIn(client_id=client_id, due_at=slot, status="answered", reason="before its hour"))
    elif now - slot > latest:
        await slot_missed(session, person, slot, now)
    else:
        await _ask(session, person, slot, now)


async def _said_already(session: AsyncSession, client_id: int, slot: datetime) -> bool:
    """Whether the client made the point of her own accord shortly before: it stands for the slot."""
    last = await queries.last_rating(session, client_id)
    return last is not None and slot - SAID_BEFORE < last.rated_at <= slot


async def _ask(session: AsyncSession, person: Person, slot: datetime, now: datetime) -> None:
    client = await queries.client_facts(session, person.id, now)
    if client.check_in is not None:
        await apply(session, person, (CheckInIs(client.check_in.id, "unanswered"), Forget()), now)
    row = CheckIn(client_id=person.id, due_at=slot, status="open")
    session.add(row)
    await session.flush()
    await apply(session, person, check_in.ask(client, row.id, planned=True), now)


async def _check_ins_stale(session: AsyncSession, now: datetime) -> list[int]:
    query = select(CheckIn.id).where(CheckIn.status == "open", CheckIn.due_at <= now - OPEN_FOR).limit(BATCH)
    return list((await session.scalars(query)).all())


async def _unanswered(session: AsyncSession, check_in_id: int, now: datetime) -> None:
    """Nobody answered: noted without a word to the client, whose silence is hers."""
    row = await session.get_one(CheckIn, check_in_id)
    row.status = "unanswered"
    question = await session.get(Question, row.client_id)
    if question is not None and question.dialogue == check_in.NAME and question.keeps.get("check_in") == check_in_id:
        await apply(session, await session.get_one(Person, row.client_id), (Forget(),), now)
