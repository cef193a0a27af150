"""The demo's clock: real time that can be pushed forward by hand. Knows nothing of what falls due."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


class MovableClock:
    """Real time plus what was added by hand; never goes back."""

    def __init__(self, start: datetime) -> None:
        self._offset = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def move_to(self, moment: datetime) -> None:
        """Jump forward to an instant; one that has passed is left alone."""
        self._offset += max(moment - self.now(), timedelta())


def first_morning(today: datetime, zone: ZoneInfo) -> datetime:
    """The demo begins on the Monday of this week at nine, so that the pair's working hours lie ahead."""
    local = today.astimezone(zone)
    monday = local.date() - timedelta(days=local.weekday())
    return datetime.combine(monday, time(9), zone).astimezone(UTC)
