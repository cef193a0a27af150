"""A pretend Telegram with a clock that only moves when told, and the real python-telegram-bot before it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from telegram import Bot

from bot.demo.pretend_telegram import PretendTelegram

ZOE, LEO = 701, 702


class Clock:
    """An instant that moves by hand."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture(autouse=True)
def spans_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The library gives spans as timedelta, as it will by default one day, and does not warn of it."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def telegram(clock: Clock) -> AsyncIterator[PretendTelegram]:
    pretend = PretendTelegram(clock)
    pretend.join(ZOE, "Zoé")
    pretend.join(LEO, "Léo", "en")
    yield pretend
    await pretend.close()


@pytest.fixture
async def root(telegram: PretendTelegram) -> str:
    return await telegram.serve()


@pytest.fixture
async def bot(telegram: PretendTelegram, root: str) -> AsyncIterator[Bot]:
    async with Bot(telegram.token, base_url=root) as bot:
        yield bot


@pytest.fixture
async def zoe(telegram: PretendTelegram, bot: Bot) -> int:
    """The chat of a person who has written, and whose message was read and confirmed."""
    update_id = telegram.say(ZOE, "/start")
    await bot.get_updates(offset=update_id + 1)
    return ZOE
