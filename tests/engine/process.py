"""The bot as a real process, the people it knows, and waiting for what must come: shared by the tests of this folder.

Refuses to look inside the process: it is seen through its database, its phones and its end.
"""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select

import bot
from bot.alliance.consent import CONSENT_VERSION
from bot.alliance.people import Programme, Role
from bot.coordination.invitations import invite
from bot.coordination.pairs import pair_of
from bot.demo.pretend_telegram import Message, PretendTelegram
from bot.engine.send import SENT_AGAIN
from bot.settings import Settings
from bot.store.database import Database
from bot.store.tables import Care, OutgoingMessage, Person, Table

ZONE = "America/Toronto"
SECRET = "made-up-for-the-tests"
FIRST_CLIENT, FIRST_NURSE, COORDINATOR = 1001, 2001, 3001
CHECKED_EVERY = 0.02
T = TypeVar("T", bound=Table)


def real_time() -> datetime:
    return datetime.now(UTC)


async def until(true: Callable[[], bool | Awaitable[bool]], what: str, seconds: float = 20.0) -> None:
    """Wait until something is true. Raises AssertionError, saying what, when it does not become so in time."""
    try:
        async with asyncio.timeout(seconds):
            while True:
                found = true()
                if found if isinstance(found, bool) else await found:
                    return
                await asyncio.sleep(CHECKED_EVERY)
    except TimeoutError:
        raise AssertionError(f"within {seconds:g} s it did not come to pass: {what}") from None


def settings(root: str, file: Path, *, chat_rate: float = 10_000.0, send_rate: float = 10_000.0) -> Settings:
    """Of a bot that is not held back, unless a test asks for it."""
    return Settings(
        bot_token="42:DEMO",
        secret_keys=(SECRET,),
        database_url=f"sqlite+aiosqlite:///{file}",
        telegram_api_url=root,
        timezone=ZONE,
        send_rate=send_rate,
        chat_rate=chat_rate,
    )


@dataclass(frozen=True)
class People:
    """Chat ids. Each two nurses are a pair; client number n belongs to pair n modulo the number of pairs."""

    clients: tuple[int, ...]
    nurses: tuple[int, ...]

    def nurses_of(self, client: int) -> tuple[int, int]:
        pair = (client - FIRST_CLIENT) % (len(self.nurses) // 2)
        return self.nurses[pair * 2], self.nurses[pair * 2 + 1]


async def enrol(
    database: Database, telegram: PretendTelegram, clients: int, pairs: int, now: datetime, *, coordinator: bool = False
) -> People:
    """People who have long begun: chats that are open, programmes that run, nothing due."""
    people = People(
        tuple(range(FIRST_CLIENT, FIRST_CLIENT + clients)), tuple(range(FIRST_NURSE, FIRST_NURSE + 2 * pairs))
    )
    roles = [
        *((chat, Role.NURSE) for chat in people.nurses),
        *((chat, Role.CLIENT) for chat in people.clients),
        *([(COORDINATOR, Role.COORDINATOR)] if coordinator else []),
    ]
    ids: dict[int, int] = {}
    async with database.begin() as session:
        for chat_id, role in roles:
            telegram.join(chat_id, f"{role}-{chat_id}")
            telegram.chats[chat_id].started = True
            person, _ = await invite(
                session,
                role,
                f"{role}-{chat_id}",
                language="fr",
                timezone=ZONE,
                region="CA-QC",
                secret=SECRET,
                now=now,
            )
            person.chat_id, ids[chat_id] = chat_id, person.id
        for chat_id in people.clients:
            lead, partner = people.nurses_of(chat_id)
            care = await session.get_one(Care, ids[chat_id])
            care.pair_id = (await pair_of(session, ids[lead], ids[partner], ZONE)).id
            care.programme, care.consent_version, care.consented_at = Programme.ACTIVE, CONSENT_VERSION, now
            care.started_on = date(2026, 1, 5)
    return people


async def check_in_due(database: Database, chat_id: int, now: datetime) -> None:
    """This client's check-in is due now."""
    async with database.begin() as session:
        client = (await session.scalars(select(Person).where(Person.chat_id == chat_id))).one()
        (await session.get_one(Care, client.id)).next_check_in_at = now


class BotProcess:
    """``python -m bot run``, as an operator starts it."""

    def __init__(self, root: str, file: Path, *, send_rate: float = 10_000, chat_rate: float = 10_000) -> None:
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("ALLIANCE_")},
            "PYTHONPATH": str(Path(bot.__file__).parent.parent),
            "ALLIANCE_BOT_TOKEN": "42:DEMO",
            "ALLIANCE_SECRET_KEY": SECRET,
            "ALLIANCE_DATABASE_URL": f"sqlite+aiosqlite:///{file}",
            "ALLIANCE_TELEGRAM_API_URL": root,
            "ALLIANCE_HTTP_PORT": "0",
            "ALLIANCE_SEND_RATE": str(send_rate),
            "ALLIANCE_CHAT_RATE": str(chat_rate),
        }
        self._folder = file.parent
        self._process: Process | None = None

    async def start(self) -> None:
        with (self._folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=self._folder, env=self._environment, stderr=log
            )

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def kill(self) -> None:
        """SIGKILL: no last word."""
        if self._process is not None and self.runs:
            self._process.kill()
            await self._process.wait()

    async def stop(self, seconds: float) -> int:
        """SIGTERM; gives the exit status. Raises AssertionError when it takes longer than that."""
        assert self._process is not None
        self._process.terminate()
        try:
            return await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            raise AssertionError(f"after SIGTERM it still ran {seconds:g} s later") from None


@asynccontextmanager
async def running(
    root: str, file: Path, *, send_rate: float = 10_000, chat_rate: float = 10_000
) -> AsyncIterator[BotProcess]:
    """One process, started; none is left behind. The rates are in messages a second."""
    process = BotProcess(root, file, send_rate=send_rate, chat_rate=chat_rate)
    try:
        await process.start()
        yield process
    finally:
        await process.kill()


def said_to(telegram: PretendTelegram, chat_id: int) -> list[Message]:
    """What the bot said in a chat, in order."""
    return [message for message in telegram.chats[chat_id].messages if message.from_bot]


async def rows(database: Database, table: type[T]) -> list[T]:
    """Everything in a table."""
    async with database.begin() as session:
        return list((await session.scalars(select(table))).all())


def duplicates(telegram: PretendTelegram, outbox: Iterable[OutgoingMessage]) -> Counter[tuple[int, str]]:
    """Messages that were delivered more often than the outbox has them, by chat and text."""
    wanted = Counter((row.chat_id, row.text.removeprefix(SENT_AGAIN)) for row in outbox if row.edits_id is None)
    shown = Counter(
        (int(call.params["chat_id"]), str(call.params["text"]).removeprefix(SENT_AGAIN))
        for call in telegram.journal
        if call.method == "sendMessage" and call.status == 200
    )
    return shown - wanted
