"""The whole bot in this process, over real HTTP and real SQLite, its loops running, with a clock that can be moved."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.app import App
from bot.demo.pretend_telegram import Message, PretendTelegram
from tests.engine.process import T, check_in_due, enrol, rows, said_to, settings, until

MORNING = datetime(2026, 11, 3, 15, tzinfo=UTC)
"""A Tuesday, ten o'clock in Montréal: the pairs are reading."""


class MovingClock:
    """Runs as real time does, from a given morning; can be moved forward."""

    def __init__(self) -> None:
        self._ahead = MORNING - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        self._ahead += by


class Running:
    """A bot at work: four clients (1001 to 1004), one pair (2001, 2002), one coordinator (3001)."""

    def __init__(self, folder: Path) -> None:
        self.clock = MovingClock()
        self.telegram = PretendTelegram(self.clock.now)
        self.file = folder / "alliance.db"

    async def open(self) -> None:
        self.root = await self.telegram.serve()
        self.app = App(settings(self.root, self.file), self.clock, long_poll=1)
        await self.app.open()
        await enrol(self.app.database, self.telegram, clients=4, pairs=1, now=self.clock.now(), coordinator=True)
        await self.app.start()

    async def close(self) -> None:
        await self.app.stop()
        await self.telegram.close()

    def said(self, chat_id: int) -> list[Message]:
        return said_to(self.telegram, chat_id)

    async def said_at_least(self, chat_id: int, count: int, seconds: float = 20.0) -> list[Message]:
        """What the bot said in a chat, once it is so much."""
        await until(lambda: len(self.said(chat_id)) >= count, f"{count} messages in chat {chat_id}", seconds)
        return self.said(chat_id)

    async def check_in_due(self, chat_id: int) -> None:
        await check_in_due(self.app.database, chat_id, self.clock.now())

    async def rows(self, table: type[T]) -> list[T]:
        return await rows(self.app.database, table)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    running = Running(tmp_path)
    await running.open()
    yield running
    await running.close()
