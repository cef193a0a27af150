"""Alerts made real: opens them, climbs their ladder, writes each step to their own log.

Decisions come from ``bot.notification``; this file reads the people, writes the rows and the pages.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Kind, Priority, Say, Tell
from bot.alliance.hours import WorkingHours
from bot.alliance.key import Key, Value
from bot.alliance.people import Carer
from bot.alliance.rating import Concern
from bot.alliance.signals import Severity
from bot.dialogues.danger import safety_values
from bot.engine.say import say
from bot.notification import escalation
from bot.notification.escalation import Step
from bot.notification.outcome import UNTOLD, outcome_buttons, page_buttons
from bot.store import queries
from bot.store.tables import AlertLog, AlertRow, Person


def log(
    session: AsyncSession,
    alert_id: int,
    event: str,
    now: datetime,
    person_id: int | None = None,
    words: str | None = None,
) -> None:
    """Add one line to an alert's own log."""
    session.add(AlertLog(alert_id=alert_id, at=now, event=event, person_id=person_id, words=words))


async def tell(session: AsyncSession, effect: Tell, now: datetime) -> None:
    """Open an incident for the client, or join the open one; the first alert is never held back."""
    alert = await queries.open_alert(session, effect.client_id)
    if alert is None:
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
        log(session, alert.id, "opened", now, words=effect.words)
        await _first_look(session, alert, now)
        return
    log(session, alert.id, "joined", now, words=effect.words)
    if effect.severity > alert.severity:
        # What could wait no longer can: the ladder starts anew, whoever had taken the lesser one.
        alert.severity, alert.concern = effect.severity, effect.concern
        alert.status, alert.acknowledged_by, alert.acknowledged_at = "open", None, None
        alert.rung, alert.told, alert.reminders = 0, [], 0
        log(session, alert.id, "raised", now)
        await _first_look(session, alert, now)
    elif effect.words is not None and alert.acknowledged_by is not None:
        await _page(session, alert, [await session.get_one(Person, alert.acknowledged_by)], Key("page.joined"), now)


async def _first_look(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    hours = await _hours(session, alert)
    alert.look_at = escalation.first_look(Severity(alert.severity), hours, now)
    if alert.look_at <= now:
        await climb(session, alert, now)


async def climb(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """Take the next step of an open alert; for an acknowledged one, ask for its outcome or send it back."""
    if alert.status == "acknowledged" and not await _ask_outcome_again(session, alert, now):
        return
    pair = await queries.nurses_of(session, await queries.pair_of(session, alert.client_id))
    people = (*pair, *await queries.coordinators(session))
    step = escalation.next_step(queries.alert_of(alert), people, await _hours(session, alert), now)
    alert.rung, alert.look_at = step.rung, step.next_at
    alert.told = list(dict.fromkeys([*alert.told, *(person.id for person in step.tell)]))
    if step.nobody:
        await _nobody(session, alert, now)
        return
    rows = [await session.get_one(Person, person.id) for person in step.tell]
    await _page(session, alert, rows, _page_key(step, alert), now, pair)


async def _ask_outcome_again(session: AsyncSession, alert: AlertRow, now: datetime) -> bool:
    """Ask the nurse who took it how it ended. True when it must go back to its ladder instead."""
    assert alert.acknowledged_by is not None
    if escalation.comes_back(queries.alert_of(alert)):
        log(session, alert.id, "came_back", now, alert.acknowledged_by)
        alert.status, alert.acknowledged_by, alert.acknowledged_at = "open", None, None
        alert.rung, alert.reminders = 0, 0
        alert.told = []
        return True
    alert.reminders += 1
    alert.look_at = escalation.outcome_due_at(alert.reminders, now)
    nurse = await session.get_one(Person, alert.acknowledged_by)
    log(session, alert.id, "outcome_asked", now, nurse.id)
    client = await session.get_one(Person, alert.client_id)
    await say(
        session,
        Say(
            nurse.id,
            Key("alert.outcome_again"),
            {"number": alert.id, "alias": client.alias},
            Kind.ALERT,
            Priority(min(Priority.REPLY, _priority(alert))),
            outcome_buttons(alert.id),
            alert_id=alert.id,
        ),
        now,
    )
    return False


def _page_key(step: Step, alert: AlertRow) -> Key:
    urgent = alert.severity == Severity.URGENT
    if step.again:
        return Key("page.urgent.again") if urgent else Key("page.soon.again")
    if step.reached is escalation.Rung.COORDINATOR:
        return Key("page.urgent.coordinator") if urgent else Key("page.soon.coordinator")
    return Key("page.urgent") if urgent else Key("page.soon")


async def _page(
    session: AsyncSession,
    alert: AlertRow,
    people: Sequence[Person],
    key: Key,
    now: datetime,
    pair: Sequence[Carer] = (),
) -> None:
    """Page carers: an alias, an incident number and a severity; the details open on a tap (README, Safety)."""
    client = await session.get_one(Person, alert.client_id)
    names: Value = [nurse.name for nurse in pair] or Key("who.team")
    since = await _since(session, alert)
    for person in people:
        log(session, alert.id, "paged", now, person.id)
        await say(
            session,
            Say(
                person.id,
                key,
                {
                    "number": alert.id,
                    "alias": client.alias,
                    "who": names,
                    "since": _local(person, since).time(),
                },
                Kind.ALERT,
                _priority(alert),
                page_buttons(alert.id),
                alert_id=alert.id,
            ),
            now,
        )


async def _since(session: AsyncSession, alert: AlertRow) -> datetime:
    """When the incident became what it is: opened, or raised since."""
    raised = [line.at for line in await queries.alert_log(session, alert.id) if line.event == "raised"]
    return raised[-1] if raised else alert.opened_at


async def _nobody(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """Nobody can be reached: the client is told plainly, once, with the numbers; the ladder goes on trying."""
    already = any(line.event == "nobody" for line in await queries.alert_log(session, alert.id))
    log(session, alert.id, "nobody", now)
    if already or Concern(alert.concern) in UNTOLD:
        return
    client = await queries.client_facts(session, alert.client_id, now)
    key = Key("safety.nobody") if alert.severity == Severity.URGENT else Key("told.nobody")
    await say(session, Say(client.id, key, safety_values(client), Kind.SAFETY, Priority.URGENT), now)


async def page_failed(session: AsyncSession, alert_id: int, person_id: int, now: datetime) -> None:
    """A page could not be delivered: the next rung now, not after a deadline (README, Safety)."""
    alert = await session.get_one(AlertRow, alert_id)
    log(session, alert.id, "undeliverable", now, person_id)
    if alert.status == "open":
        alert.look_at = now


async def acknowledge(session: AsyncSession, alert_id: int, nurse: Person, now: datetime) -> None:
    """One carer takes the incident: the others who were told learn it, and so does the client."""
    alert = await session.get_one(AlertRow, alert_id)
    alert.status, alert.acknowledged_by, alert.acknowledged_at = "acknowledged", nurse.id, now
    alert.reminders, alert.look_at = 0, escalation.outcome_due_at(0, now)
    log(session, alert.id, "acknowledged", now, nurse.id)
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
    wrote = any(line.words for line in await queries.alert_log(session, alert.id))
    read = Key("alert.read") if wrote else Key("alert.seen")
    await say(session, Say(client.id, read, values, Kind.NOTICE, Priority.REPLY), now)


async def close(session: AsyncSession, alert_id: int, nurse: Person, outcome: str, now: datetime) -> None:
    """The incident has its outcome, and is over."""
    alert = await session.get_one(AlertRow, alert_id)
    alert.status, alert.outcome, alert.closed_at, alert.look_at = "closed", outcome, now, None
    log(session, alert.id, "closed", now, nurse.id, outcome)


async def _hours(session: AsyncSession, alert: AlertRow) -> WorkingHours:
    client = await session.get_one(Person, alert.client_id)
    return queries.hours_of(await queries.pair_of(session, alert.client_id), ZoneInfo(client.timezone))


def _priority(alert: AlertRow) -> Priority:
    return Priority.URGENT if alert.severity == Severity.URGENT else Priority.REPLY


def _local(person: Person, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(person.timezone))
