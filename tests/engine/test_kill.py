"""``kill -9`` at any instant loses nothing, handles nothing twice, and repeats at most one message.

ALLIANCE_KILLS: how often the process is killed (100); ALLIANCE_SEED: repeats a run (the seed is printed).
"""

import asyncio
import os
import random
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.demo.pretend_telegram import PretendTelegram
from bot.store.database import Database
from bot.store.tables import AlertLog, AlertRow, FailedUpdate, HandledUpdate, OutgoingMessage, Person, Rating, Words
from tests.engine.process import (
    BotProcess,
    People,
    duplicates,
    enrol,
    real_time,
    rows,
    running,
    said_to,
    settings,
    until,
)

KILLS = int(os.environ.get("ALLIANCE_KILLS", "100"))
A_SECOND = 40
LIVES = (0.3, 2.4)
"""Seconds from start to kill: it takes about one to be up, so that starting, catching up and working are all hit."""
DRAINED_WITHIN = 180.0


class Load:
    """What the clients write, and what must have become of it."""

    def __init__(self, telegram: PretendTelegram, people: People, chance: random.Random) -> None:
        self.telegram = telegram
        self.chance = chance
        self.people = people
        self.update_ids: list[int] = []
        self.words: Counter[tuple[int, str]] = Counter()
        self.ratings: Counter[int] = Counter()
        self.crises: list[tuple[int, str]] = []
        self.enough = False

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        began, number = loop.time(), 0
        while not self.enough:
            number += 1
            client = self.chance.choice(self.people.clients)
            if number % 25 == 0:
                self.write(client, f"Je veux mourir ({number}).", crisis=True)
            elif number % 11 == 0:
                self.say(client, "/point")
                self.say(client, "4")
                self.ratings[client] += 1
            else:
                self.write(client, f"Message {number} : il fait beau.")
            # The pace of the load itself; nothing here is waited for.
            await asyncio.sleep(max(0.0, began + len(self.update_ids) / A_SECOND - loop.time()))

    def say(self, client: int, text: str) -> None:
        self.update_ids.append(self.telegram.say(client, text))

    def write(self, client: int, text: str, *, crisis: bool = False) -> None:
        self.say(client, text)
        self.words[client, text] += 1
        if crisis:
            self.crises.append((client, text))


async def killed_at_random(process: BotProcess, chance: random.Random) -> None:
    for _ in range(KILLS):
        await asyncio.sleep(chance.uniform(*LIVES))  # the chance of the test: when to kill
        assert process.runs, "it ended by itself"
        await process.kill()
        await process.start()


@pytest.mark.crash
async def test_a_process_killed_at_random_instants_loses_and_doubles_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("ALLIANCE_SEED", random.randrange(10**6)))
    print(f"seed {seed}, {KILLS} kills")
    telegram = PretendTelegram(real_time)
    root, file = await telegram.serve(), tmp_path / "alliance.db"
    database = Database(settings(root, file).database_url)
    await database.migrate(real_time())
    people = await enrol(database, telegram, clients=30, pairs=3, now=real_time())
    await database.close()

    load = Load(telegram, people, random.Random(seed + 1))
    try:
        async with running(root, file) as process:
            writing = asyncio.create_task(load.run())
            try:
                await killed_at_random(process, random.Random(seed))
            finally:
                load.enough = True
                await writing
            await until(lambda: telegram.waiting_updates() == 0, "every update is confirmed", DRAINED_WITHIN)
            assert await process.stop(8) == 0

        async def outbox_is_empty() -> bool:
            waiting = select(OutgoingMessage.id).where(OutgoingMessage.status.in_(("pending", "sending")))
            async with database.begin() as session:
                return await session.scalar(waiting.limit(1)) is None

        async with running(root, file):
            await until(outbox_is_empty, "the outbox is empty", DRAINED_WITHIN)
        await check(database, load)
    finally:
        await database.close()
        await telegram.close()


async def check(database: Database, load: Load) -> None:
    telegram, people = load.telegram, load.people
    persons = {row.id: row.chat_id or 0 for row in await rows(database, Person)}

    failed = await rows(database, FailedUpdate)
    handled = {row.update_id for row in await rows(database, HandledUpdate)}
    lost = set(load.update_ids) - handled
    assert not lost, f"{len(lost)} of {len(load.update_ids)} updates were never handled"
    assert not failed, f"{len(failed)} updates ended in quarantine"

    written = Counter((persons[row.client_id], row.text) for row in await rows(database, Words))
    assert written == load.words, "words lost or handled twice: " + str((written - load.words, load.words - written))
    rated = Counter(persons[row.client_id] for row in await rows(database, Rating))
    assert rated == load.ratings

    # Whatever else a client writes may join an open incident too.
    alerts = {row.id: row for row in await rows(database, AlertRow)}
    log = await rows(database, AlertLog)
    told = Counter(
        (persons[alerts[line.alert_id].client_id], line.words) for line in log if line.event in ("opened", "joined")
    )
    untold = set(load.crises) - set(told)
    assert not untold, f"{len(untold)} of {len(load.crises)} alerts were lost"
    twice = {words for words, times in told.items() if times > 1}
    assert not twice, f"{len(twice)} alerts were told twice"
    for alert in alerts.values():
        for nurse in people.nurses_of(persons[alert.client_id]):
            pages = [
                message
                for message in said_to(telegram, nurse)
                if any(button.data == f"ok:{alert.id}" for line in message.buttons for button in line)
            ]
            assert pages, f"alert {alert.id} never reached nurse {nurse}"

    outbox = await rows(database, OutgoingMessage)
    reached = {(chat_id, message.id) for chat_id in telegram.chats for message in said_to(telegram, chat_id)}
    never = [row for row in outbox if row.status == "sent" and (row.chat_id, row.telegram_message_id) not in reached]
    assert not [row for row in never if row.edits_id is None], "written down as sent, and on no phone"
    doubled = duplicates(telegram, outbox)
    ends = Counter(f"{row.status} {row.reason or ''}".strip() for row in outbox)
    print(
        f"{len(load.update_ids)} updates, {len(load.crises)} alerts in {len(alerts)} incidents, {len(outbox)} messages "
        f"{dict(ends)}, {doubled.total()} sent twice in {KILLS} kills"
    )
    assert doubled.total() <= KILLS, f"more than one duplicate a kill: {doubled}"
    assert set(ends) <= {"sent", "skipped nothing left to change", "failed unknown"}
    assert ends["failed unknown"] <= KILLS
