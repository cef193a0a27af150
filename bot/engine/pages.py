"""The pages of an alert: what each carer and the client read of it, and the lines of its own log.

Writes; decides neither whom to tell nor when.
"""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Kind, Priority, Say
from bot.alliance.key import Key, Value
from bot.alliance.people import Carer
from bot.alliance.rating import Concern
from bot.alliance.signals import Severity, Signal
from bot.dialogues.danger import safety_values
from bot.engine.say import put_away, say
from bot.notification import escalation
from bot.notification.escalation import Step
from bot.notification.outcome import UNTOLD, page_buttons
from bot.store import queries
from bot.store.said import buttons_of_alert
from bot.store.tables import AlertLog, AlertRow, Person


def log(
    session: AsyncSession,
    alert_id: int,
    event: str,
    now: datetime,
    *,
    person_id: int | None = None,
    concern: Concern | None = None,
    words: str | None = None,
    signal: Signal | None = None,
) -> None:
    """Add one line to an alert's own log. signal: in which of the words, by which phrase, the concern was seen."""
    session.add(
        AlertLog(
            alert_id=alert_id,
            at=now,
            event=event,
            person_id=person_id,
            concern=concern,
            words=words,
            seen_in=signal.words if signal else None,
            phrase=signal.phrase if signal else None,
        )
    )


def page_key(step: Step, alert: AlertRow) -> Key:
    urgent = alert.severity == Severity.URGENT
    if step.again:
        return Key("page.urgent.again") if urgent else Key("page.soon.again")
    if step.reached is escalation.Rung.COORDINATOR:
        return Key("page.urgent.coordinator") if urgent else Key("page.soon.coordinator")
    return Key("page.urgent") if urgent else Key("page.soon")


async def page(
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
        log(session, alert.id, "paged", now, person_id=person.id)
        values: dict[str, Value] = {
            "number": alert.id,
            "alias": client.alias,
            "who": names,
            "since": _moment(person, since, now),
        }
        sentence = Say(
            person.id, key, values, Kind.ALERT, priority_of(alert), page_buttons(alert.id), alert_id=alert.id
        )
        await say(session, sentence, now)


def _moment(person: Person, moment: datetime, now: datetime) -> Value:
    """The hour for something of today, the day as well for anything older."""
    zone = ZoneInfo(person.timezone)
    local = moment.astimezone(zone)
    return local.time() if local.date() == now.astimezone(zone).date() else local


async def _since(session: AsyncSession, alert: AlertRow) -> datetime:
    """When the incident became what it is: opened, or raised since."""
    raised = [line.at for line in await queries.alert_log(session, alert.id) if line.event == "raised"]
    return raised[-1] if raised else alert.opened_at


async def tell_client_once(session: AsyncSession, alert: AlertRow, event: str, now: datetime) -> None:
    """Nobody can be reached, or nobody answers: the client is told plainly, with the numbers, once for each alarm."""
    lines = await queries.alert_log(session, alert.id)
    alarms = [index for index, line in enumerate(lines) if line.event in ("opened", "raised", "joined")]
    already = any(line.event == event for line in lines[alarms[-1] if alarms else 0 :])
    log(session, alert.id, event, now)
    if already or Concern(alert.concern) in UNTOLD:
        return
    client = await queries.client_facts(session, alert.client_id, now)
    urgent = alert.severity == Severity.URGENT
    nobody = Key("safety.nobody") if urgent else Key("told.nobody")
    key = Key("safety.unanswered") if event == "unanswered" else nobody
    priority = Priority.URGENT if urgent else Priority.REPLY
    await say(session, Say(client.id, key, safety_values(client), Kind.SAFETY, priority), now)


async def clear_buttons(session: AsyncSession, alert: AlertRow, now: datetime) -> None:
    """What can no longer be done is no longer offered, on anybody's phone; a change makes no sound there."""
    for message in await buttons_of_alert(session, alert.id):
        await put_away(session, message.id, None, now)
        message.buttons = []


def priority_of(alert: AlertRow) -> Priority:
    return Priority.URGENT if alert.severity == Severity.URGENT else Priority.REPLY
