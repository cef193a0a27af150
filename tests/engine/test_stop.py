"""SIGTERM: the process ends in good order, soon, whatever waits; the next one goes on where it was."""

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.demo.pretend_telegram import PretendTelegram
from bot.store.database import Database
from bot.store.tables import HandledUpdate, OutgoingMessage, Words
from tests.engine.process import (
    People,
    check_in_due,
    duplicates,
    enrol,
    real_time,
    rows,
    running,
    said_to,
    settings,
    until,
)

BACKLOG = 500
STOPS = 4
STOPS_WITHIN = 8.0


class Place:
    """A pretend Telegram, a database file that is ready, and people in both."""

    def __init__(self, folder: Path) -> None:
        self.telegram = PretendTelegram(real_time)
        self.file = folder / "alliance.db"

    async def open(self) -> None:
        self.root = await self.telegram.serve()
        self.database = Database(settings(self.root, self.file).database_url)
        await self.database.migrate(real_time())
        self.people: People = await enrol(self.database, self.telegram, clients=10, pairs=1, now=real_time())
        await self.database.close()

    def answered(self) -> int:
        return sum(len(said_to(self.telegram, client)) for client in self.people.clients)


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    place = Place(tmp_path)
    await place.open()
    yield place
    await place.database.close()
    await place.telegram.close()


@pytest.mark.crash
async def test_sigterm_with_a_backlog_ends_well_and_the_next_process_goes_on(place: Place) -> None:
    texts = [(place.people.clients[number % 10], f"Message {number}.") for number in range(BACKLOG)]
    ids = [place.telegram.say(*text) for text in texts]
    for _ in range(STOPS):
        before = place.answered()
        async with running(place.root, place.file) as process:
            await until(lambda before=before: place.answered() > before, "the backlog is being worked on")  # type: ignore[misc]
            assert await process.stop(STOPS_WITHIN) == 0
        under_way = [row for row in await rows(place.database, OutgoingMessage) if row.status == "sending"]
        assert not under_way, "a polite end leaves no message whose fate is unknown"
        await place.database.close()
    assert 0 < place.answered() < BACKLOG, "it must be stopped in the middle for this test to say anything"

    async with running(place.root, place.file) as process:
        await until(lambda: place.answered() >= BACKLOG, "every message is answered", 60)
        assert await process.stop(STOPS_WITHIN) == 0
    handled = {row.update_id for row in await rows(place.database, HandledUpdate)}
    assert handled == set(ids)
    words = Counter(row.text for row in await rows(place.database, Words))
    assert words == Counter(text for _, text in texts)
    outbox = await rows(place.database, OutgoingMessage)
    assert not duplicates(place.telegram, outbox)
    assert {row.status for row in outbox} == {"sent"}


@pytest.mark.crash
@pytest.mark.parametrize("trouble", ["an answer that does not come", "an outage"])
async def test_sigterm_in_the_middle_of_a_trouble_ends_as_soon(place: Place, trouble: str) -> None:
    telegram, client = place.telegram, place.people.clients[0]
    async with running(place.root, place.file) as process:
        telegram.say(client, "Bonjour.")
        await until(lambda: place.answered() == 1 and not telegram.waiting_updates(), "it is up")
        calls = len(telegram.journal)
        telegram.hold, telegram.down = (60.0, False) if trouble == "an answer that does not come" else (0.0, True)
        await check_in_due(place.database, client, real_time())
        await until(lambda: any(call.method == "sendMessage" for call in telegram.journal[calls:]), "it meets it")
        assert await process.stop(STOPS_WITHIN) == 0
    telegram.hold, telegram.down = 0.0, False
    telegram.say(client, "Encore moi.")
    async with running(place.root, place.file):
        await until(lambda: place.answered() >= 3, "nothing was lost")
        await until(lambda: not telegram.waiting_updates(), "every update is confirmed")
    assert sorted(row.text for row in await rows(place.database, Words)) == ["Bonjour.", "Encore moi."]
    sent_twice = duplicates(telegram, await rows(place.database, OutgoingMessage))
    assert sent_twice.total() <= (1 if trouble == "an answer that does not come" else 0)
