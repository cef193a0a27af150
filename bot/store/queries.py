"""Questions to the database, named after what they ask. Reads only; decides nothing, changes nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.consent import CONSENT_VERSION
from bot.alliance.hours import WorkingHours
from bot.alliance.people import Carer, CheckIn, Client, OpenAlert, OpenQuestion, Programme, Role
from bot.alliance.rating import Concern
from bot.alliance.schedule import Schedule
from bot.alliance.signals import Severity
from bot.notification.escalation import Alert
from bot.store import tables
from bot.text import help_lines

HARD_MOMENTS_WITHIN = timedelta(days=7)
RATINGS_LOOKED_AT = 12


async def person_by_chat(session: AsyncSession, chat_id: int) -> tables.Person | None:
    """Who writes from this chat, if we know them."""
    found = await session.scalars(select(tables.Person).where(tables.Person.chat_id == chat_id))
    return found.one_or_none()


async def people_with_role(session: AsyncSession, role: Role) -> Sequence[tables.Person]:
    """Everybody with a role, by alias."""
    found = await session.scalars(
        select(tables.Person).where(tables.Person.role == role).order_by(func.lower(tables.Person.alias))
    )
    return found.all()


def carer_of(person: tables.Person) -> Carer:
    """A nurse or a coordinator as the pure code sees them."""
    reachable = person.chat_id is not None and person.blocked_at is None
    return Carer(person.id, Role(person.role), person.alias, person.away_since_at is not None, reachable)


async def nurses_of(session: AsyncSession, pair: tables.Pair | None) -> tuple[Carer, ...]:
    """The pair's two nurses, the lead first."""
    if pair is None:
        return ()
    both = [await session.get_one(tables.Person, nurse_id) for nurse_id in (pair.lead_id, pair.partner_id)]
    return tuple(carer_of(person) for person in both)


async def coordinators(session: AsyncSession) -> tuple[Carer, ...]:
    """Every coordinator."""
    return tuple(carer_of(person) for person in await people_with_role(session, Role.COORDINATOR))


async def pair_of(session: AsyncSession, client_id: int) -> tables.Pair | None:
    """The client's pair, if one was set up."""
    care = await session.get_one(tables.Care, client_id)
    return None if care.pair_id is None else await session.get_one(tables.Pair, care.pair_id)


def hours_of(pair: tables.Pair | None, zone: ZoneInfo) -> WorkingHours:
    """When the pair reads; the usual hours where there is no pair yet."""
    if pair is None:
        return WorkingHours(zone)
    return WorkingHours(ZoneInfo(pair.timezone), frozenset(int(day) for day in pair.days), pair.opens, pair.closes)


def schedule_of(care: tables.Care) -> Schedule:
    """The client's rhythm."""
    return Schedule(frozenset(int(day) for day in care.days), care.at, care.every_weeks, care.anchor)


async def client_facts(session: AsyncSession, client_id: int, now: datetime) -> Client:
    """All that a dialogue may know of a client."""
    person = await session.get_one(tables.Person, client_id)
    care = await session.get_one(tables.Care, client_id)
    pair = await pair_of(session, client_id)
    zone = ZoneInfo(person.timezone)
    ratings = await session.scalars(
        select(tables.Rating.value)
        .where(tables.Rating.client_id == client_id)
        .order_by(tables.Rating.id.desc())
        .limit(RATINGS_LOOKED_AT)
    )
    check_in = (
        await session.scalars(
            select(tables.CheckIn)
            .where(tables.CheckIn.client_id == client_id, tables.CheckIn.status == "open")
            .order_by(tables.CheckIn.id.desc())
            .limit(1)
        )
    ).one_or_none()
    alert = await open_alert(session, client_id)
    hard = await session.scalar(
        select(func.count())
        .select_from(tables.Words)
        .where(
            tables.Words.client_id == client_id,
            tables.Words.what == "hard",
            tables.Words.written_at > now - HARD_MOMENTS_WITHIN,
        )
    )
    notes = await session.scalar(
        select(func.count())
        .select_from(tables.Words)
        .where(tables.Words.client_id == client_id, tables.Words.what == "note")
    )
    objectives = await words_of(session, client_id, "objective", 1)
    check_ins = await session.scalar(
        select(func.count()).select_from(tables.CheckIn).where(tables.CheckIn.client_id == client_id)
    )
    return Client(
        id=person.id,
        alias=person.alias,
        language=person.language,
        address=person.address,
        zone=zone,
        region=care.region,
        programme=Programme(care.programme),
        nurses=await nurses_of(session, pair),
        hours=hours_of(pair, zone),
        help=help_lines(care.region, person.language),
        schedule=schedule_of(care),
        consented=care.consent_version == CONSENT_VERSION,
        rhythm_given=care.rhythm_given,
        next_check_in_at=care.next_check_in_at,
        follow_up_at=care.follow_up_at,
        started_on=care.started_on,
        ratings=tuple(reversed(ratings.all())),
        objective=objectives[0].text if objectives else None,
        reasons=tuple(row.text for row in await words_of(session, client_id, "reason", 5)),
        wins=tuple(row.text for row in await words_of(session, client_id, "win", 2)),
        notes=notes or 0,
        hard_moments=hard or 0,
        check_ins=check_ins or 0,
        check_in=CheckIn(check_in.id, check_in.due_at) if check_in else None,
        alert=await _alert_fact(session, alert),
    )


async def _alert_fact(session: AsyncSession, alert: tables.AlertRow | None) -> OpenAlert | None:
    if alert is None:
        return None
    by = None
    if alert.acknowledged_by is not None:
        by = (await session.get_one(tables.Person, alert.acknowledged_by)).alias
    return OpenAlert(alert.id, Severity(alert.severity), Concern(alert.concern), bool(alert.told), by)


async def words_of(session: AsyncSession, client_id: int, what: str | None, limit: int) -> Sequence[tables.Words]:
    """The client's own words of one sort (None: of any), newest first."""
    query = select(tables.Words).where(tables.Words.client_id == client_id, tables.Words.text != "")
    if what is not None:
        query = query.where(tables.Words.what == what)
    return (await session.scalars(query.order_by(tables.Words.id.desc()).limit(limit))).all()


async def last_concern(session: AsyncSession, client_id: int) -> Concern | None:
    """What the client's newest incident was about."""
    query = select(tables.AlertRow.concern).where(tables.AlertRow.client_id == client_id)
    found = await session.scalar(query.order_by(tables.AlertRow.id.desc()).limit(1))
    return None if found is None else Concern(found)


async def taken_by(session: AsyncSession, person_id: int) -> Sequence[tables.AlertRow]:
    """The incidents that a carer has in hand."""
    query = select(tables.AlertRow).where(
        tables.AlertRow.acknowledged_by == person_id, tables.AlertRow.status == "acknowledged"
    )
    return (await session.scalars(query)).all()


async def last_closed_by(session: AsyncSession, person_id: int) -> int | None:
    """The number of the incident that this carer closed last."""
    rows = select(tables.AlertRow.id).where(tables.AlertRow.acknowledged_by == person_id)
    closed = rows.where(tables.AlertRow.status == "closed").order_by(tables.AlertRow.closed_at.desc())
    return (await session.scalars(closed.limit(1))).one_or_none()


async def open_alert(session: AsyncSession, client_id: int) -> tables.AlertRow | None:
    """The client's open incident; there is at most one."""
    found = await session.scalars(
        select(tables.AlertRow)
        .where(tables.AlertRow.client_id == client_id, tables.AlertRow.status != "closed")
        .order_by(tables.AlertRow.id.desc())
        .limit(1)
    )
    return found.one_or_none()


def alert_of(row: tables.AlertRow) -> Alert:
    """An incident as the ladder sees it."""
    return Alert(
        id=row.id,
        client_id=row.client_id,
        concern=Concern(row.concern),
        severity=Severity(row.severity),
        opened_at=row.opened_at,
        rung=row.rung,
        told=frozenset(row.told),
        acknowledged_by=row.acknowledged_by,
        acknowledged_at=row.acknowledged_at,
        closed=row.status == "closed",
        reminders=row.reminders,
    )


async def alert_log(session: AsyncSession, alert_id: int) -> Sequence[tables.AlertLog]:
    """Every step of an incident, in order."""
    query = select(tables.AlertLog).where(tables.AlertLog.alert_id == alert_id).order_by(tables.AlertLog.id)
    return (await session.scalars(query)).all()


class OpenIncident(NamedTuple):
    """An incident with its client."""

    alert: tables.AlertRow
    client: tables.Person


async def incidents_for(session: AsyncSession, person: tables.Person) -> Sequence[OpenIncident]:
    """The open incidents that a carer may see, the gravest and oldest first: her clients', or those she was told of;
    a coordinator sees that they exist."""
    query = (
        select(tables.AlertRow, tables.Person)
        .join(tables.Person, tables.Person.id == tables.AlertRow.client_id)
        .where(tables.AlertRow.status != "closed")
        .order_by(tables.AlertRow.severity.desc(), tables.AlertRow.id)
    )
    rows = [OpenIncident(alert, client) for alert, client in await session.execute(query)]
    if person.role == Role.COORDINATOR:
        return rows
    own = {client.id for client in await clients_of(session, person)}
    return [row for row in rows if row.client.id in own or person.id in row.alert.told]


async def clients_of(session: AsyncSession, person: tables.Person) -> Sequence[tables.Person]:
    """A nurse's own clients, or every client for a coordinator, by alias."""
    query = (
        select(tables.Person)
        .join(tables.Care, tables.Care.client_id == tables.Person.id)
        .order_by(func.lower(tables.Person.alias), tables.Person.id)
    )
    if person.role == Role.NURSE:
        query = query.join(tables.Pair, tables.Pair.id == tables.Care.pair_id).where(
            or_(tables.Pair.lead_id == person.id, tables.Pair.partner_id == person.id)
        )
    return (await session.scalars(query)).all()


async def may_read(session: AsyncSession, person: tables.Person, client_id: int) -> bool:
    """Whether a carer may read this client's words: the client's nurses, and whoever an open alert has reached."""
    pair = await pair_of(session, client_id)
    if pair is not None and person.id in (pair.lead_id, pair.partner_id):
        return True
    alert = await open_alert(session, client_id)
    return alert is not None and person.id in alert.told


def question_of(row: tables.Question | None) -> OpenQuestion | None:
    """The open question as a dialogue sees it, or None."""
    if row is None or row.dialogue is None or row.step is None:
        return None
    choices = {choice: tuple(words) for choice, words in row.choices.items()}
    return OpenQuestion(row.dialogue, row.step, row.keeps, choices, row.open, row.asked_at)


async def next_due_at(session: AsyncSession) -> tuple[datetime, str] | None:
    """The next instant at which something falls due, and what: check_in, follow_up, resume, alert or message."""
    active = tables.Care.programme == Programme.ACTIVE
    questions = {
        "check_in": select(func.min(tables.Care.next_check_in_at)).where(active),
        "follow_up": select(func.min(tables.Care.follow_up_at)),
        "resume": select(func.min(tables.Care.paused_until)).where(tables.Care.programme == Programme.PAUSED),
        "alert": select(func.min(tables.AlertRow.look_at)).where(tables.AlertRow.status != "closed"),
        "message": select(func.min(tables.OutgoingMessage.due_at)).where(tables.OutgoingMessage.status == "pending"),
    }
    found: list[tuple[datetime, str]] = []
    for what, question in questions.items():
        moment = await session.scalar(question)
        if moment is not None:
            found.append((moment, what))
    return min(found) if found else None


async def last_rating(session: AsyncSession, client_id: int) -> tables.Rating | None:
    """The newest rating, 0 (not rated) included."""
    found = await session.scalars(
        select(tables.Rating).where(tables.Rating.client_id == client_id).order_by(tables.Rating.id.desc()).limit(1)
    )
    return found.one_or_none()
