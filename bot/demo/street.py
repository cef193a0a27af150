"""One running demo: four people, the whole bot, a clock that can be moved. Nothing in the core knows that it is a demo.

The bot is the real one: its own database file, its own loops, real HTTP to a pretend Bot API on this machine.
"""

import asyncio
import tempfile
import time as steady
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from bot.alliance.key import Key
from bot.alliance.people import Role
from bot.app import App
from bot.coordination.invitations import invite
from bot.coordination.pairs import set_pair
from bot.demo.movable_clock import MovableClock, first_morning
from bot.demo.pretend_telegram import PretendTelegram
from bot.engine.apply import apply
from bot.settings import Settings
from bot.store.tables import AlertRow, Person

ZONE = "America/Toronto"
REGION = "CA-QC"
SECRET = "a-demo-has-no-secrets"  # noqa: S105
TOKEN = "42:DEMO"  # noqa: S105
SETTLED_WITHIN = 8.0
"""Seconds of real time that the bot gets to finish what a move of the clock began."""
STEPS_A_MOVE = 400
"""How many events one move of the clock plays at the most."""
MOVE_WITHIN = 8.0
"""Seconds of real time after which a move of the clock plays no more single events and jumps to its end."""
STEP_WHILE_DOWN = timedelta(minutes=15)
"""How the clock walks while nothing can leave: waiting messages then hide what is due next."""
MESSAGES_A_SECOND = 1_000.0
"""The pretend Telegram has no limits, and a day with an alert that nobody takes is hundreds of messages."""

EVENTS: dict[str, Key] = {
    "check_in": Key("demo.event.check_in"),
    "follow_up": Key("demo.event.follow_up"),
    "message": Key("demo.event.message"),
}
"""What falls due by itself, and its name on the page; alerts have three names, see ``Street._alert_event``."""
ANY_OTHER_EVENT = Key("demo.event.other")


@dataclass(frozen=True)
class Neighbour:
    """One person of the demo. invitation: what the START button of her phone sends, until she has come."""

    chat_id: int
    role: str
    name: str
    about_key: Key
    away: bool = False
    invitation: str | None = None


@dataclass(frozen=True)
class Caption:
    """What is happening in the story that plays by itself. chat_id: the phone worth looking at."""

    key: Key
    chat_id: int


_PEOPLE: dict[str, tuple[tuple[int, Role, str, Key], ...]] = {
    "fr": (
        (101, Role.CLIENT, "Marc", Key("demo.about.client")),
        (201, Role.NURSE, "Amélie", Key("demo.about.nurse_a")),
        (202, Role.NURSE, "Karim", Key("demo.about.nurse_b")),
        (301, Role.COORDINATOR, "Dominique", Key("demo.about.coordinator")),
    ),
    "en": (
        (101, Role.CLIENT, "Sam", Key("demo.about.client")),
        (201, Role.NURSE, "Emily", Key("demo.about.nurse_a")),
        (202, Role.NURSE, "Karim", Key("demo.about.nurse_b")),
        (301, Role.COORDINATOR, "Dana", Key("demo.about.coordinator")),
    ),
}


class Street:
    """Everything of one running demo. ``open`` it, ``close`` it."""

    timezone = ZONE

    def __init__(self, language: str = "fr", folder: Path | None = None) -> None:
        self.language = language
        self._folder = folder
        self._kept: tempfile.TemporaryDirectory[str] | None = None
        self._invitations: dict[int, str] = {}
        self._away: set[int] = set()
        self._towns = 0
        self._moving = asyncio.Lock()
        self._awake = asyncio.Event()
        self.caption: Caption | None = None

    async def open(self) -> None:
        """Start a new town: a new database, four phones, three of them already with us, the client invited."""
        if self._folder is None:
            self._kept = tempfile.TemporaryDirectory(prefix="alliance-demo-")
        folder = self._folder or Path(str(self._kept.name if self._kept else "."))
        self._towns += 1  # a new town never finds the database of the one before
        self.clock = MovableClock(first_morning(datetime.now(UTC), ZoneInfo(ZONE)))
        self.telegram = PretendTelegram(self.clock.now, token=TOKEN)
        root = await self.telegram.serve()
        self._settings = Settings(
            bot_token=TOKEN,
            secret_keys=(SECRET,),
            database_url=f"sqlite+aiosqlite:///{folder / f'town-{self._towns}.db'}",
            telegram_api_url=root,
            language=self.language,
            timezone=ZONE,
            region=REGION,
            send_rate=MESSAGES_A_SECOND,
            chat_rate=MESSAGES_A_SECOND,
        )
        for chat_id, _, name, _ in _PEOPLE[self.language]:
            self.telegram.join(chat_id, name, self.language)
        await self._start()
        await self._invite_everybody()

    async def close(self) -> None:
        self._awake.clear()
        await self.app.stop()
        await self.telegram.close()
        if self._kept is not None:
            self._kept.cleanup()
            self._kept = None

    async def _start(self) -> None:
        self.app = App(self._settings, self.clock)
        await self.app.open()
        await self.app.start()
        self._awake.set()

    async def _invite_everybody(self) -> None:
        now = self.clock.now()
        ids: dict[int, int] = {}
        async with self.app.database.begin() as session:
            for chat_id, role, name, _ in _PEOPLE[self.language]:
                person, token = await invite(
                    session,
                    role,
                    name,
                    language=self.language,
                    timezone=ZONE,
                    region=REGION,
                    secret=SECRET,
                    now=now,
                )
                ids[chat_id] = person.id
                self._invitations[chat_id] = f"/start {token}"
                if role is Role.CLIENT:
                    client = person
            turn = await set_pair(session, client, ids[201], ids[202], now, None)
            await apply(session, client, turn, now)
        for chat_id in (201, 202, 301):
            self.telegram.say(chat_id, self._invitations.pop(chat_id))
        await self.settle()

    def people(self) -> list[Neighbour]:
        return [
            Neighbour(chat_id, role, name, about, chat_id in self._away, self._invitations.get(chat_id))
            for chat_id, role, name, about in _PEOPLE[self.language]
        ]

    def now(self) -> datetime:
        return self.clock.now()

    async def next_event(self) -> tuple[datetime, Key] | None:
        """The next thing that happens by itself; None while the bot starts, or while messages wait for Telegram."""
        due = await self._due() if self._awake.is_set() else None
        if due is None:
            return None
        key = await self._alert_event() if due[1] == "alert" else EVENTS.get(due[1], ANY_OTHER_EVENT)
        return max(due[0], self.clock.now()), key

    async def _due(self) -> tuple[datetime, str] | None:
        due = await self.app.next_due_at()
        if due is not None and due[1] == "message" and self.telegram.down:
            return None
        return due

    async def _alert_event(self) -> Key:
        """What the clock brings to the alert that is looked at next: its first page, the next rung, its outcome."""
        query = select(AlertRow).where(AlertRow.status != "closed", AlertRow.look_at.is_not(None))
        async with self.app.database.begin() as session:
            alert = await session.scalar(query.order_by(AlertRow.look_at).limit(1))
        if alert is not None and alert.acknowledged_by is not None:
            return Key("demo.event.outcome")
        return Key("demo.event.escalation") if alert is not None and alert.told else Key("demo.event.alert")

    async def move(self, by: timedelta | None) -> None:
        """Move the clock forward, to the next event without a length; everything due on the way happens in order."""
        async with self._moving:
            due = await self._due()
            if by is None and due is None:
                return
            target = self.clock.now() + by if by is not None else due[0] if due is not None else self.clock.now()
            patience = steady.monotonic() + MOVE_WITHIN
            for _ in range(STEPS_A_MOVE):
                stop = await self._next_stop()
                if stop is None or stop > target or steady.monotonic() > patience:
                    break
                self.clock.move_to(stop)
                await self._happen()
            self.clock.move_to(target)
            await self._happen()

    async def _next_stop(self) -> datetime | None:
        if self.telegram.down:
            return self.clock.now() + STEP_WHILE_DOWN
        due = await self.app.next_due_at()
        return None if due is None else due[0]

    async def _happen(self) -> None:
        await self.app.tick()
        await self.settle()
        self.telegram.touch()  # the page shows the hour it is by now

    async def settle(self) -> None:
        """Wait until every update is handled and every message that may leave has left, or a moment has passed."""
        try:
            async with asyncio.timeout(SETTLED_WITHIN):
                await self._awake.wait()
                while not self.telegram.down and (self.telegram.waiting_updates() or await self.app.waiting()):
                    self.app.heard.set()
                    await asyncio.sleep(0.01)
                    await self._awake.wait()
        except TimeoutError:
            return

    async def restart(self, language: str | None = None) -> None:
        """Stop and start the bot on the same database; with a language, begin a new town in it."""
        async with self._moving:
            if language is None:
                await self._restart_bot()
                return
            before = self.telegram
            await self.close()
            self.language, self._invitations, self._away, self.caption = language, {}, set(), None
            await self.open()
            before.touch()  # whoever still looks at the old phones learns that they are gone

    async def _restart_bot(self) -> None:
        self._awake.clear()
        await self.app.stop()
        await self._start()

    async def set_down(self, down: bool) -> None:
        """Telegram goes down or comes back.

        When it comes back the bot is started anew: its own waits between two tries grow to half a minute, and nobody
        looks at a still page for so long.
        """
        came_back = self.telegram.down and not down
        self.telegram.down = down
        self.telegram.touch()
        if came_back:
            async with self._moving:
                await self._restart_bot()

    async def look_who_is_away(self) -> None:
        """Bring ``people`` up to date: a nurse may have said so in her own chat."""
        if not self._awake.is_set():
            return
        query = select(Person.chat_id).where(Person.away_since_at.is_not(None), Person.chat_id.is_not(None))
        async with self.app.database.begin() as session:
            self._away = {chat_id for chat_id in await session.scalars(query) if chat_id is not None}

    async def set_away(self, chat_id: int, away: bool) -> None:
        """A nurse says so herself, in her chat."""
        names = {"fr": ("/absent", "/present"), "en": ("/away", "/present")}[self.language]
        self.telegram.say(chat_id, names[0] if away else names[1])
        await self.settle()
