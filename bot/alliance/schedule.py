"""When a client's check-ins fall, in the client's own wall-clock time.

Decides slots only: weekdays, an hour, every week or every other week. Knows nothing of pauses or of sending.
A slot inside the spring gap moves to the next valid minute; in autumn, when an hour comes twice, the slot is its
first coming; so each local slot comes exactly once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))
LIGHTEST = 4
"""Weeks between two check-ins at the lightest rhythm."""


@dataclass(frozen=True)
class Schedule:
    """The rhythm of one client's check-ins.

    days: weekdays, 0 is Monday; never empty. at: local time. every_weeks: 1 each week, 2 every other week,
    counted from the week of ``anchor`` (a local date).
    """

    days: frozenset[int]
    at: time
    every_weeks: int = 1
    anchor: date = date(2024, 1, 1)

    def __post_init__(self) -> None:
        if not self.days or not self.days <= EVERY_DAY:
            raise ValueError("a schedule has one to seven weekdays, 0 (Monday) to 6")
        if self.every_weeks < 1:
            raise ValueError("a schedule comes at least every so many weeks")

    def falls_on(self, day: date) -> bool:
        """Whether a check-in is planned on this local date."""
        if day.weekday() not in self.days:
            return False
        return (_monday(day) - _monday(self.anchor)).days // 7 % self.every_weeks == 0

    def lighter(self, today: date) -> "Schedule":
        """The next lighter rhythm: half the days; from one day a week on, every other week, then every fourth.

        Never a slot that the present rhythm does not have: a lighter rhythm must not ask sooner.
        """
        if len(self.days) > 1:
            ordered = sorted(self.days)
            return replace(self, days=frozenset(ordered[::2][: max(1, len(ordered) // 2)]))
        rarer = max(self.every_weeks, min(LIGHTEST, self.every_weeks * 2))
        return replace(self, every_weeks=rarer, anchor=today if self.every_weeks == 1 else self.anchor)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local date and time; a time that does not exist moves to the next valid minute."""
    wall = datetime.combine(day, at, tzinfo=zone)  # fold=0: the first of two equal wall-clock times
    there_and_back = wall.astimezone(UTC).astimezone(zone)
    if there_and_back.replace(tzinfo=None) == wall.replace(tzinfo=None):
        return wall.astimezone(UTC)
    # In the gap: with fold=0 the offset is that before the change, with fold=1 that after it. The change is the
    # first minute at which the wall clock reads later than any minute of the gap.
    late = wall.astimezone(UTC)
    early = wall.replace(fold=1).astimezone(UTC)
    for minute in range(int((late - early).total_seconds() // 60) + 1):
        moment = early + timedelta(minutes=minute)
        if moment.astimezone(zone).replace(tzinfo=None) >= wall.replace(tzinfo=None):
            return moment
    return late


def slots(schedule: Schedule, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Every planned instant (UTC) strictly after ``after`` (aware), in order, without end."""
    day = after.astimezone(zone).date() - timedelta(days=1)
    while True:
        if schedule.falls_on(day):
            moment = instant(day, schedule.at, zone)
            if moment > after:
                yield moment
        day += timedelta(days=1)


def next_slot(schedule: Schedule, zone: ZoneInfo, after: datetime) -> datetime:
    """The first planned instant (UTC) strictly after ``after``."""
    return next(slots(schedule, zone, after))


def upcoming(schedule: Schedule, zone: ZoneInfo, after: datetime, count: int = 3) -> list[datetime]:
    """The next ``count`` planned instants (UTC)."""
    return list(islice(slots(schedule, zone, after), count))
