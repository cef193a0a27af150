"""The ladder of an alert, as data, and its next step as a pure function of (alert, people, now).

Urgent: the nurses who are present, at once and together; after five minutes the other one; after five more the
coordinators; then everybody again, every ten minutes, until somebody acknowledges. Soon: the nurse who is present, in
working hours; after two working hours the other; then the coordinators; then again each working morning. A rung with
nobody new to reach is passed over at once: nobody's silence is waited for when nobody was told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from bot.alliance.hours import WorkingHours
from bot.alliance.people import Carer, Role
from bot.alliance.rating import Concern
from bot.alliance.signals import Severity


class Rung(StrEnum):
    """One rung of the ladder: whom it reaches."""

    PRESENT = "present"
    OTHER = "other"
    COORDINATOR = "coordinator"
    AGAIN = "again"


LADDER = (Rung.PRESENT, Rung.OTHER, Rung.COORDINATOR, Rung.AGAIN)
URGENT_DEADLINE = timedelta(minutes=5)
SOON_DEADLINE = timedelta(hours=2)  # of working hours
URGENT_AGAIN = timedelta(minutes=10)
OUTCOME_REMINDERS = (timedelta(minutes=30), timedelta(minutes=45))
"""How long after the acknowledgement an outcome is asked again; after the last the ladder starts anew."""


@dataclass(frozen=True)
class Alert:
    """One incident. told: ids of everybody paged so far. rung: index of the next rung to climb.

    acknowledged_by: person id; reminders: how often an outcome was asked again.
    """

    id: int
    client_id: int
    concern: Concern
    severity: Severity
    opened_at: datetime
    rung: int = 0
    told: frozenset[int] = frozenset()
    acknowledged_by: int | None = None
    acknowledged_at: datetime | None = None
    closed: bool = False
    reminders: int = 0


@dataclass(frozen=True)
class Step:
    """What to do now. tell: whom to page, in order; again: they were paged before; rung: the next one to climb;
    next_at: when to look again; nobody: no living person can be reached, so the client must be told plainly."""

    tell: tuple[Carer, ...]
    rung: int
    next_at: datetime
    reached: Rung
    again: bool = False
    nobody: bool = False


def first_look(severity: Severity, hours: WorkingHours, now: datetime) -> datetime:
    """When the first rung is climbed: urgent now; soon at the next opening, which is now in working hours."""
    return now if severity is Severity.URGENT else hours.next_opening(now)


def next_step(alert: Alert, people: Sequence[Carer], hours: WorkingHours, now: datetime) -> Step:
    """The next step of an open, unacknowledged alert.

    people: the pair (lead first), then the coordinators. Never returns a person who cannot be reached.
    """
    index = min(alert.rung, len(LADDER) - 1)
    while True:
        rung = LADDER[index]
        tell = _new_on(rung, alert, people)
        if tell or rung is Rung.AGAIN:
            break
        index += 1
    later = _deadline(alert.severity, rung, hours, now)
    return Step(
        tell=tell,
        rung=min(index + 1, len(LADDER) - 1),
        next_at=later,
        reached=rung,
        again=rung is Rung.AGAIN and bool(alert.told),
        nobody=not tell,
    )


def _new_on(rung: Rung, alert: Alert, people: Sequence[Carer]) -> tuple[Carer, ...]:
    reachable = [person for person in people if person.reachable]
    pair = [person for person in reachable if person.role is Role.NURSE]
    match rung:
        case Rung.PRESENT:
            present = [nurse for nurse in pair if not nurse.away and nurse.id not in alert.told]
            return tuple(present if alert.severity is Severity.URGENT else present[:1])
        case Rung.OTHER:
            # Words that cannot wait reach even the nurse who is away; anything less leaves her in peace.
            return tuple(
                nurse
                for nurse in pair
                if nurse.id not in alert.told and (alert.severity is Severity.URGENT or not nurse.away)
            )
        case Rung.COORDINATOR:
            return tuple(
                person for person in reachable if person.role is Role.COORDINATOR and person.id not in alert.told
            )
        case Rung.AGAIN:
            if alert.severity is Severity.URGENT:
                return tuple(reachable)
            return tuple(person for person in reachable if not person.away) or tuple(reachable)


def _deadline(severity: Severity, rung: Rung, hours: WorkingHours, now: datetime) -> datetime:
    if severity is Severity.URGENT:
        return now + (URGENT_AGAIN if rung is Rung.AGAIN else URGENT_DEADLINE)
    # What can wait a day is not worth a tired nurse: after the ladder, once each working morning.
    return hours.next_day(now) if rung is Rung.AGAIN else hours.after(now, SOON_DEADLINE)


def outcome_due_at(severity: Severity, hours: WorkingHours, reminders: int, now: datetime) -> datetime:
    """When the outcome of an acknowledged alert is asked for next, after ``reminders`` reminders.

    What can wait is asked about in working time only.
    """
    wait = OUTCOME_REMINDERS[min(reminders, len(OUTCOME_REMINDERS) - 1)]
    return now + wait if severity is Severity.URGENT else hours.after(now, wait)


def comes_back(alert: Alert) -> bool:
    """Whether an acknowledged alert without an outcome goes back to its ladder now instead of being asked again."""
    return alert.reminders >= len(OUTCOME_REMINDERS) - 1
