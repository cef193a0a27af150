"""One running demo: four people, the whole bot, a clock that can be moved. Nothing in the core knows that it is a demo.

The bot is the real one: its own database file, its own loops, real HTTP to a pretend Bot API on this machine.
"""

import asyncio
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.alliance.key import Key
from bot.alliance.people import Role
from bot.app import App
from bot.coordination.invitations import invite
from bot.coordination.pairs import set_pair
from bot.demo.pretend_telegram import PretendTelegram
from bot.engine.apply import apply
from bot.settings import Settings

ZONE = "America/Toronto"
REGION = "CA-QC"
SECRET = "a-demo-has-no-secrets"  # noqa: S105
TOKEN = "42:DEMO"  # noqa: S105
SETTLED_WITHIN = 8.0
"""Seconds of real time that the bot gets to finish what a move of the clock began."""
STEPS_A_MOVE = 400
"""How many events one move of the clock plays at the most."""

EVENTS: dict[str, Key] = {
    "check_in": Key("demo.event.check_in"),
    "follow_up": Key("demo.event.follow_up"),
    "resume": Key("demo.event.other"),
    "alert": Key("demo.event.escalation"),
    "message": Key("demo.event.message"),
}


@dataclass(frozen=True)
class Neighbour:
    """One person of the demo. invitation: what the START button of her phone sends, until she has come."""

    chat_id: int
    role: str
    name: str
    about_key: Key
    away: bool = False
    invitation: str | None = None


class MovableClock:
    """Real time plus what was added by hand; never goes back."""

    def __init__(self, start: datetime) -> None:
        self._offset = start - datetime.now(UTC)

    def now(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def move_to(self, moment: datetime) -> None:
        """Jump forward to an instant; one that has passed is left alone."""
        self._offset += max(moment - self.now(), timedelta())


def first_morning(today: datetime) -> datetime:
    """The demo begins on the Monday of this week at nine, so that the pair's working hours lie ahead."""
    local = today.astimezone(ZoneInfo(ZONE))
    monday = local.date() - timedelta(days=local.weekday())
    return datetime.combine(monday, time(9), ZoneInfo(ZONE)).astimezone(UTC)


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
        self._moving = asyncio.Lock()

    async def open(self) -> None:
        """Start a new town: a new database, four phones, three of them already with us, the client invited."""
        if self._folder is None:
            self._kept = tempfile.TemporaryDirectory(prefix="alliance-demo-")
        folder = self._folder or Path(str(self._kept.name if self._kept else "."))
        self.clock = MovableClock(first_morning(datetime.now(UTC)))
        self.telegram = PretendTelegram(self.clock.now, token=TOKEN)
        root = await self.telegram.serve()
        self._settings = Settings(
            bot_token=TOKEN,
            secret_keys=(SECRET,),
            database_url=f"sqlite+aiosqlite:///{folder / 'demo.db'}",
            telegram_api_url=root,
            language=self.language,
            timezone=ZONE,
            region=REGION,
            chat_rate=3.0,
        )
        for chat_id, _, name, _ in _PEOPLE[self.language]:
            self.telegram.join(chat_id, name, self.language)
        await self._start()
        await self._invite_everybody()

    async def close(self) -> None:
        await self.app.stop()
        await self.telegram.close()
        if self._kept is not None:
            self._kept.cleanup()
            self._kept = None

    async def _start(self) -> None:
        self.app = App(self._settings, self.clock)
        await self.app.open()
        await self.app.start()

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
        """The next thing that happens by itself."""
        due = await self.app.next_due_at()
        return None if due is None else (max(due[0], self.clock.now()), EVENTS[due[1]])

    async def move(self, by: timedelta | None) -> None:
        """Move the clock forward, to the next event without a length; everything due on the way happens in order."""
        async with self._moving:
            due = await self.app.next_due_at()
            if by is None and due is None:
                return
            target = self.clock.now() + by if by is not None else due[0] if due is not None else self.clock.now()
            for _ in range(STEPS_A_MOVE):
                due = await self.app.next_due_at()
                if due is None or due[0] > target or self.telegram.down:
                    break
                self.clock.move_to(due[0])
                await self.app.tick()
                await self.settle()
            self.clock.move_to(target)
            await self.app.tick()
            await self.settle()

    async def settle(self) -> None:
        """Wait until every update is handled and every message that may leave has left, or a moment has passed."""
        try:
            async with asyncio.timeout(SETTLED_WITHIN):
                while not self.telegram.down and (self.telegram.waiting_updates() or await self.app.waiting()):
                    self.app.heard.set()
                    await asyncio.sleep(0.01)
        except TimeoutError:
            return

    async def restart(self, language: str | None = None) -> None:
        """Stop and start the bot on the same database; with a language, begin a new town in it."""
        async with self._moving:
            if language is None:
                await self.app.stop()
                await self._start()
                return
            await self.close()
            self.language, self._invitations, self._away = language, {}, set()
            await self.open()

    async def set_away(self, chat_id: int, away: bool) -> None:
        """A nurse says so herself, in her chat."""
        names = {"fr": ("/absent", "/present"), "en": ("/away", "/present")}[self.language]
        self.telegram.say(chat_id, names[0] if away else names[1])
        self._away = self._away | {chat_id} if away else self._away - {chat_id}
        await self.settle()
