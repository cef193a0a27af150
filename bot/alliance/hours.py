"""When a pair reads its messages. Decides openings and deadlines in working time; knows nobody's absence."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.alliance.schedule import instant

WEEKDAYS = frozenset(range(5))


@dataclass(frozen=True)
class WorkingHours:
    """days: weekdays, 0 is Monday; opens and closes: local times in ``zone``, opens before closes."""

    zone: ZoneInfo
    days: frozenset[int] = WEEKDAYS
    opens: time = time(8)
    closes: time = time(17)

    def _day(self, day_offset: int, now: datetime) -> tuple[datetime, datetime] | None:
        day = now.astimezone(self.zone).date() + timedelta(days=day_offset)
        if day.weekday() not in self.days:
            return None
        return instant(day, self.opens, self.zone), instant(day, self.closes, self.zone)

    def is_open(self, now: datetime) -> bool:
        """Whether the pair reads at this instant."""
        day = self._day(0, now)
        return day is not None and day[0] <= now < day[1]

    def next_opening(self, now: datetime) -> datetime:
        """``now`` itself when open, else the next opening (UTC)."""
        if self.is_open(now):
            return now
        for offset in range(15):
            day = self._day(offset, now)
            if day is not None and day[0] > now:
                return day[0]
        raise ValueError("these working hours never open")

    def next_day(self, now: datetime) -> datetime:
        """The next opening (UTC) that is not today's."""
        midnight = instant(now.astimezone(self.zone).date() + timedelta(days=1), time(0), self.zone)
        return self.next_opening(midnight)

    def after(self, now: datetime, working: timedelta) -> datetime:
        """The instant (UTC) at which ``working`` time has passed since ``now``, counting open hours only."""
        moment, left = self.next_opening(now.astimezone(UTC)), working
        while True:
            day = self._day(0, moment)
            closes = day[1] if day is not None else moment
            if moment + left <= closes:
                return moment + left
            left -= closes - moment
            moment = self.next_opening(closes)
