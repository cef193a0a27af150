"""What time it is. The only place that reads the system's clock; the demo and the tests bring their own."""

from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present instant, aware, UTC."""


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)
