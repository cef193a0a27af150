"""Alerts made real: opens them, climbs their ladder, writes each step to their own log.

Decisions come from ``bot.notification``; this file reads the people, writes the rows and the pages.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Kind, Priority, Say, Tell
from bot.alliance.hours import WorkingHours
from bot.alliance.key import Key, Value
from bot.alliance.people import Role
from bot.alliance.rating import Concern
from bot.alliance.signals import Severity
from bot.engine.pages import clear_buttons, log, page, page_key, priority_of, tell_client_once
from bot.engine.say import say
from bot.notification import escalation
from bot.notification.outcome import UNTOLD, outcome_buttons
from bot.store import queries
from bot.store.tables import AlertRow, Person

LATELY = timedelta(minutes=5)
"""Words without alarm that join an urgent alert reach whoever has it once in so long at the most."""


async def tell(session: AsyncSession, effect: Tell, now: datetime) -> None:
    """Open an incident for the client, or join the open one; the first alert is never held back."""
    alert = await queries.open_alert(session, effect.client_id)
    if alert is None:
        if effect.severity is not Severity.NONE:
            await _open(session, effect, now)
        return
    log(session, alert.id, "joined", now, concern=effect.concern, words=effect.words, signal=effect.signal)
    if Concern(alert.concern) in UNTOLD and effect.concern not in UNTOLD:
        alert.concern = effect.concern  # what the client waits to hear about again
    if effect.severity is Severity.URGENT and (alert.severity < Severity.URGENT or alert.acknowledged_by is not None):
        # Words that cannot wait go to everybody who is present, whoever had the alert in hand: the client reads that
        # they do, and whoever took it may not be looking any more.
        alert.severity, alert.concern = effect.severity, effect.concern
        log(session, alert.id, "raised", now, concern=effect.concern)
        await _raise(session, alert, now)
    elif effect.severity is Severity.NONE:
        await _follow_along(session, alert, now)
    elif alert.acknowledged_by is not None:
        await _joined_taken(session, alert, effect, now)
    elif effect.severity is Severity.URGENT and not alert.told:
        await climb(session, alert, now)  # nobody was reached so far: try again at once


async def _open(session: AsyncSession, effect: Tell, now: datetime) -> None:
    alert = AlertRow(
        client_id=effect.client_id,
        concern=effect.concern,
        severity=effect.severity,
        status="open",
        opened_at=now,
        told=[],
    )
    session.add(alert)
    await session.flush()
    log(session, alert.id, "opened", now, concern=effect.concern, words=effect.words, signal=effect.signal)
    await _first_look(session, alert, now)


async def _joined_taken(session: AsyncSession, alert: AlertRow, effect: Tell, now: datetime) -> None:
    """Something new for an alert that somebody has in hand: she is told; if she may not be looking, the ladder is."""
    assert alert.acknowledged_by is not None, "it is taken"
    owner = await session.get_one(Person, alert.acknowledged_by)
    carer = queries.carer_of(owner)
    if carer.away or not carer.reachable:
        await hand_back(session, alert, now)
        return
    told = [owner]
    if effect.concern is Concern.BLOCKED:
        pair = await queries.nurses_of(session, await queries.pair_of(session, alert.client_id))
        others = [nurse.id for nurse in pair if nurse.reachable and not nurse.away and nurse.id != owner.id]
        told += [await session.get_one(Person, person_id) for person_id in others]
    await page(session, alert, told, Key("page.joined"), now)


async def _raise(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """From the first rung again; whoever had it in hand is paged as well, be she a coordinator."""
    owner_id = alert.acknowledged_by
    await _start_anew(session, alert, now)
    if owner_id is None or owner_id in alert.told:
        return
    owner = await session.get_one(Person, owner_id)
    carer = queries.carer_of(owner)
    if carer.reachable and not carer.away:
        alert.told = [*alert.told, owner_id]
        await page(session, alert, [owner], Key("page.urgent"), now)


async def look_again(session: AsyncSession, person: Person, now: datetime) -> None:
    """A carer can be reached again: what nobody has taken of her clients is looked at now."""
    if person.role == Role.CLIENT:
        return
    for incident in await queries.incidents_for(session, person):
        if incident.alert.status == "open" and incident.alert.severity == Severity.URGENT:
            incident.alert.look_at = now


async def _follow_along(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """Words without alarm while an urgent alert is in somebody's hands: she hears of them, now and then."""
    if alert.severity != Severity.URGENT or alert.acknowledged_by is None:
        return
    lines = await queries.alert_log(session, alert.id)
    lately = [line for line in lines if line.event in ("paged", "acknowledged") and now - line.at < LATELY]
    if not lately:
        await page(session, alert, [await session.get_one(Person, alert.acknowledged_by)], Key("page.joined"), now)


async def hand_back(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """An incident is in nobody's hands again: it goes back to the first rung."""
    log(session, alert.id, "handed_back", now, person_id=alert.acknowledged_by)
    await _start_anew(session, alert, now)


async def hand_back_all(session: AsyncSession, person_id: int, now: datetime) -> None:
    """Everything that a carer who cannot be reached any more has in hand."""
    for alert in await queries.taken_by(session, person_id):
        await hand_back(session, alert, now)


async def _start_anew(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    alert.status, alert.acknowledged_by, alert.acknowledged_at = "open", None, None
    alert.rung, alert.told, alert.reminders = 0, [], 0
    await _first_look(session, alert, now)


async def _first_look(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    hours = await _hours(session, alert)
    alert.look_at = escalation.first_look(Severity(alert.severity), hours, now)
    if alert.look_at <= now:
        await climb(session, alert, now)


async def climb(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """Take the next step of an open alert; for an acknowledged one, ask for its outcome or send it back."""
    if alert.status == "acknowledged":
        await _ask_outcome_again(session, alert, now)
        return
    pair = await queries.nurses_of(session, await queries.pair_of(session, alert.client_id))
    people = (*pair, *await queries.coordinators(session))
    step = escalation.next_step(queries.alert_of(alert), people, await _hours(session, alert), now)
    alert.rung, alert.look_at = step.rung, step.next_at
    alert.told = list(dict.fromkeys([*alert.told, *(person.id for person in step.tell)]))
    if step.nobody:
        await tell_client_once(session, alert, "nobody", now)
        return
    if step.reached is escalation.Rung.AGAIN and alert.severity == Severity.URGENT:
        await tell_client_once(session, alert, "unanswered", now)
    rows = [await session.get_one(Person, person.id) for person in step.tell]
    await page(session, alert, rows, page_key(step, alert), now, pair)


async def _ask_outcome_again(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """Ask whoever took it how it ended; after the last reminder it goes back to its ladder."""
    assert alert.acknowledged_by is not None, "it is taken"
    if escalation.comes_back(queries.alert_of(alert)):
        await hand_back(session, alert, now)
        return
    alert.reminders += 1
    alert.look_at = await _outcome_due_at(session, alert, now)
    nurse = await session.get_one(Person, alert.acknowledged_by)
    log(session, alert.id, "outcome_asked", now, person_id=nurse.id)
    client = await session.get_one(Person, alert.client_id)
    await say(
        session,
        Say(
            nurse.id,
            Key("alert.outcome_again"),
            {"number": alert.id, "alias": client.alias},
            Kind.ALERT,
            priority_of(alert),
            outcome_buttons(alert.id),
            alert_id=alert.id,
        ),
        now,
    )


async def _outcome_due_at(session: AsyncSession, alert: AlertRow, now: datetime) -> datetime:
    hours = await _hours(session, alert)
    return escalation.outcome_due_at(Severity(alert.severity), hours, alert.reminders, now)


async def page_failed(session: AsyncSession, alert_id: int, person_id: int, now: datetime) -> None:
    """A page could not be delivered: the next rung now, not after a deadline (README, Safety)."""
    alert = await session.get_one(AlertRow, alert_id)
    log(session, alert.id, "undeliverable", now, person_id=person_id)
    alert.told = [told for told in alert.told if told != person_id]
    if alert.status == "open":
        alert.look_at = now
    elif alert.status == "acknowledged" and alert.acknowledged_by == person_id:
        await hand_back(session, alert, now)


async def acknowledge(session: AsyncSession, alert_id: int, nurse: Person, now: datetime) -> None:
    """One carer takes the incident: the others who were told learn it, and so does the client."""
    alert = await session.get_one(AlertRow, alert_id)
    alert.status, alert.acknowledged_by, alert.acknowledged_at = "acknowledged", nurse.id, now
    alert.reminders = 0
    alert.look_at = await _outcome_due_at(session, alert, now)
    log(session, alert.id, "acknowledged", now, person_id=nurse.id)
    await clear_buttons(session, alert, now)
    client = await session.get_one(Person, alert.client_id)
    values: dict[str, Value] = {"number": alert.id, "alias": client.alias, "nurse": nurse.alias}
    pair = await queries.nurses_of(session, await queries.pair_of(session, alert.client_id))
    others = dict.fromkeys([*alert.told, *(carer.id for carer in pair if not carer.away)])
    for person_id in others:
        if person_id != nurse.id:
            await say(
                session,
                Say(person_id, Key("alert.taken"), values, Kind.NOTICE, Priority.REPLY, alert_id=alert.id),
                now,
            )
    if Concern(alert.concern) in UNTOLD:
        return
    await say(session, Say(client.id, await _read_key(session, alert, nurse), values, Kind.NOTICE), now)


async def _read_key(session: AsyncSession, alert: AlertRow, carer: Person) -> Key:
    """What the client reads: that her message, her request or her answer was seen, and by whom."""
    if carer.role == Role.COORDINATOR:
        return Key("alert.read.coordinator")
    if any(line.words for line in await queries.alert_log(session, alert.id)):
        return Key("alert.read")
    return Key("alert.request_seen") if alert.concern == Concern.WANTS_NURSE else Key("alert.seen")


async def close(session: AsyncSession, alert_id: int, nurse: Person, outcome: str, now: datetime) -> None:
    """The incident has its outcome, and is over."""
    alert = await session.get_one(AlertRow, alert_id)
    alert.status, alert.outcome, alert.closed_at, alert.look_at = "closed", outcome, now, None
    log(session, alert.id, "closed", now, person_id=nurse.id, words=outcome)
    await clear_buttons(session, alert, now)


async def _hours(session: AsyncSession, alert: AlertRow) -> WorkingHours:
    client = await session.get_one(Person, alert.client_id)
    return queries.hours_of(await queries.pair_of(session, alert.client_id), ZoneInfo(client.timezone))


def _local(person: Person, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(person.timezone))
