"""The figures, on this machine: ``python -m tests.bench``. Prints a table, then the same as one line of JSON.

The bot is a process of its own on a real SQLite file (WAL, synchronous=FULL); Telegram is the pretend one, over HTTP,
in this process. Figures of a machine that does other things at the same time are lower bounds.
"""

import asyncio
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import insert, select, update

from bot.alliance.people import Programme, Role
from bot.demo.pretend_telegram import PretendTelegram
from bot.engine.tick import tick
from bot.store.database import Database
from bot.store.tables import Care, Person
from tests.engine.process import People, enrol, real_time, running, said_to, settings, until

FLOOD = 2_000
CLIENTS, DUE = 100_000, 10_000
BACKLOG = 450
MEASURED = 20.0
CRISES = 8
WITHIN = 120.0

Figures = dict[str, float]


class Place:
    """A pretend Telegram and a database with people in both."""

    def __init__(self, folder: Path) -> None:
        self.telegram = PretendTelegram(real_time)
        self.file = folder / "bench.db"

    async def open(self, clients: int, pairs: int) -> People:
        self.root = await self.telegram.serve()
        self.database = Database(settings(self.root, self.file).database_url)
        await self.database.migrate(real_time())
        people = await enrol(self.database, self.telegram, clients, pairs, real_time())
        await self.database.close()
        return people

    async def close(self) -> None:
        await self.database.close()
        await self.telegram.close()

    def answered(self) -> int:
        return sum(call.method == "sendMessage" and call.status == 200 for call in self.telegram.journal)


async def flooded(place: Place) -> Figures:
    """Updates handled and answered a second, when they all wait already."""
    people = await place.open(clients=200, pairs=2)
    for number in range(FLOOD):
        place.telegram.say(people.clients[number % 200], f"Message {number} : il fait beau.")
    async with running(place.root, place.file):
        await until(lambda: place.answered() > 0, "it is up", WITHIN)
        began = time.perf_counter()
        await until(lambda: place.telegram.waiting_updates() == 0, "every update is taken", WITHIN)
        taken = time.perf_counter() - began
        await until(lambda: place.answered() >= FLOOD, "every update is answered", WITHIN)
    answered = time.perf_counter() - began
    return {"updates taken, a second": FLOOD / taken, "updates answered, a second": FLOOD / answered}


async def check_ins(place: Place) -> Figures:
    """Check-ins planned a second, where a tenth of very many clients are due at once; at most so many seconds of it."""
    await place.open(clients=1, pairs=1)
    now, ids = real_time(), range(1_000, 1_000 + CLIENTS)
    due, later = now - timedelta(minutes=1), now + timedelta(days=1)
    person = {"role": Role.CLIENT, "language": "fr", "address": "vous", "timezone": "America/Toronto"}
    care = {"programme": Programme.ACTIVE, "pair_id": 1, "region": "CA-QC", "started_on": date(2026, 1, 5)}
    whens = {id_: later if id_ % (CLIENTS // DUE) else due for id_ in ids}
    async with place.database.begin() as session:
        persons = [{"id": id_, "chat_id": id_ * 1_000, "alias": f"C{id_}", "created_at": now, **person} for id_ in ids]
        await session.execute(insert(Person), persons)
        await session.execute(insert(Care), [{"client_id": id_, "next_check_in_at": whens[id_], **care} for id_ in ids])
    began, planned = time.perf_counter(), 0
    while time.perf_counter() - began < MEASURED and (done := await tick(place.database, now)):
        planned += done
    return {"check-ins planned, a second": planned / (time.perf_counter() - began)}


async def behind_a_backlog(place: Place) -> Figures:
    """Seconds from a client's words to the safety reply and to both nurses' phones, while check-ins go out at 30/s."""
    people = await place.open(clients=BACKLOG + CRISES, pairs=CRISES)
    place.telegram.limit(30, 1)
    now = real_time()
    async with place.database.begin() as session:
        waiting = select(Person.id).where(Person.chat_id.in_(people.clients[CRISES:]))
        await session.execute(update(Care).where(Care.client_id.in_(waiting)).values(next_check_in_at=now))
    while await tick(place.database, now):
        continue
    await place.database.close()
    replies: list[float] = []
    pages: list[float] = []
    async with running(place.root, place.file, send_rate=30, chat_rate=1):
        for number, client in enumerate(people.clients[:CRISES]):
            enough = 20 + number * 40
            await until(lambda enough=enough: place.answered() > enough, "the backlog is leaving", WITHIN)  # type: ignore[misc]
            reply, *paged = await latencies(place, (client, *people.nurses_of(client)))
            replies.append(reply)
            pages.append(max(paged))
        assert place.answered() < BACKLOG, "the backlog must outlast the measurement"
    return {
        "safety reply behind a backlog, median s": statistics.median(replies),
        "safety reply behind a backlog, worst s": max(replies),
        "both nurses paged behind a backlog, worst s": max(pages),
        "answers 429 meanwhile": sum(call.status == 429 for call in place.telegram.journal),
    }


async def latencies(place: Place, chats: tuple[int, ...]) -> list[float]:
    """Seconds from a crisis of the first chat to the next message in each of them."""
    before = {chat: len(said_to(place.telegram, chat)) for chat in chats}
    began = real_time()
    place.telegram.say(chats[0], "Je veux mourir.")
    await until(lambda: all(len(said_to(place.telegram, chat)) > before[chat] for chat in chats), "all of it", WITHIN)
    return [(said_to(place.telegram, chat)[before[chat]].at - began).total_seconds() for chat in chats]


async def measure() -> Figures:
    figures: Figures = {}
    parts: tuple[Callable[[Place], Awaitable[Figures]], ...] = (flooded, check_ins, behind_a_backlog)
    for part in parts:
        with tempfile.TemporaryDirectory(prefix="alliance-bench-") as folder:
            place = Place(Path(folder))
            try:
                figures |= await part(place)
            finally:
                await place.close()
    return figures


if __name__ == "__main__":
    found = {name: round(figure, 2) for name, figure in asyncio.run(measure()).items()}
    for name, figure in found.items():
        print(f"{name:<48}{figure:>12,.2f}")
    print(json.dumps({"cpus": os.cpu_count(), "python": platform.python_version(), **found}))
