"""Builds everything once, starts receive, tick and send, and stops them cleanly. Decides nothing."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime

from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import select

from bot.dialogues.client import Listening
from bot.dialogues.intents import KEYBOARD, WORDS, Phrasebook, bare
from bot.engine.clock import Clock, SystemClock
from bot.engine.health import Health
from bot.engine.menus import menu_for
from bot.engine.pacing import Sent
from bot.engine.receive import LONG_POLL, Receiver, forget_old_ids, retry_failed
from bot.engine.say import labels
from bot.engine.send import Sender
from bot.engine.tick import tick
from bot.engine.wire import TelegramError, Unauthorised
from bot.settings import Settings
from bot.store import queries
from bot.store.database import Database
from bot.store.tables import OutgoingMessage, Person
from bot.telegram.edge import BotApi
from bot.text import LANGUAGES, recogniser, text
from bot.web.health import health_app

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
STOP_SECONDS = 5.0
"""How long what is under way may take to end after SIGTERM; Docker kills after ten."""
MENU_PAUSE = 0.2
"""Seconds between two menus at the start, so that messages have Telegram's limits to themselves."""
CLOSE_SECONDS = 1.0
"""How long the connections may take to close after that."""


def listening() -> Listening:
    """The recogniser, and every wording of every intent in both languages."""
    shown = {bare(label): intent for line in KEYBOARD for intent, key in line for label in labels([key])}
    words = {
        bare(word): intent
        for intent, key in WORDS.items()
        for language in LANGUAGES
        for word in text(key, language).split("|")
    }
    for book in (shown, words):
        book.pop("", None)
    return Listening(recogniser(), Phrasebook(shown, words))


class PortTaken(Exception):
    """The health pages cannot be served; the message is one line for the operator."""


class App:
    """The whole bot. ``start`` it, ``stop`` it; or drive it by hand with ``tick`` and ``settle``."""

    def __init__(self, settings: Settings, clock: Clock | None = None, *, long_poll: float = LONG_POLL) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.health = Health()
        self.database = Database(settings.database_url)
        self.telegram = BotApi(settings.bot_token, settings.telegram_api_url)
        self.heard = asyncio.Event()
        self.receiver = Receiver(
            self.database,
            self.telegram,
            self.clock,
            settings,
            listening(),
            self.health,
            self.heard,
            long_poll=long_poll,
        )
        self.sender = Sender(
            self.database,
            self.telegram,
            self.clock,
            self.health,
            Sent(settings.send_rate, settings.chat_rate),
            self.heard,
        )
        self._loops: list[asyncio.Task[None]] = []
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._ticking = asyncio.Lock()

    async def open(self) -> None:
        """Migrate the database and open the connections. Raises UnusableDatabase."""
        await self.database.migrate(self.clock.now())
        await self.telegram.open()

    async def start(self, *, port: int | None = None) -> None:
        """Start everything. port: of the health pages, None for none. Raises Unauthorised for a wrong token."""
        try:
            self.receiver.bot_name = await self.telegram.me()
        except Unauthorised:
            raise
        except TelegramError as error:
            self.health.trouble("telegram", f"not reached at start: {type(error).__name__}")
        if port is not None:
            await self._serve(port)
        self._loops = [
            asyncio.create_task(self._kept_alive("receive", self.receiver.run)),
            asyncio.create_task(self._kept_alive("send", self.sender.run)),
        ]
        # One job a process, nothing a client; a late run is better than none, and two at once are not.
        common = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_job(self._tick, "interval", seconds=TICK_SECONDS, **common)
        self._scheduler.add_job(self._purge, "interval", hours=1, **common)
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler.start()
        self._loops.append(asyncio.create_task(self._menus()))
        log.info("Alliance is running")

    async def stop(self) -> None:
        """Stop taking in, end what is under way, close. Anything not committed stays with Telegram."""
        if self._scheduler.running:
            self._scheduler.pause()  # and not shut down yet: that would cut a tick in the middle
        self.receiver.stop()
        self.sender.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                await asyncio.gather(*self._loops, return_exceptions=True)
                async with self._ticking:
                    await self.sender.drained()
                    await self.receiver.settled()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.telegram.close()
                if self._web is not None:
                    await self._web.cleanup()
                    self._web = None
                await self.database.close()
        log.info("Alliance has stopped")

    _web: web.AppRunner | None = None

    async def _serve(self, port: int) -> None:
        self._web = web.AppRunner(health_app(self.health, self.clock), access_log=None)
        await self._web.setup()
        try:
            await web.TCPSite(self._web, "0.0.0.0", port).start()  # noqa: S104  inside a container this is the point
        except OSError as error:
            raise PortTaken("the port of ALLIANCE_HTTP_PORT cannot be opened: another program has it") from error

    async def _kept_alive(self, part: str, run: "asyncio._CoroutineLike[None] | object") -> None:
        """A loop that ends by mistake is said aloud and started again."""
        while True:
            try:
                await run()  # type: ignore[operator]
                return
            except asyncio.CancelledError:
                raise
            except Exception as error:
                self.health.trouble(part, f"stopped by {type(error).__name__}; started again")
                await asyncio.sleep(1)

    async def _tick(self) -> None:
        try:
            await self.tick()
            self.health.well("tick")
        except Exception as error:
            self.health.trouble("tick", f"failed: {type(error).__name__}")

    async def tick(self) -> int:
        """Do what is due now; gives how many things were."""
        async with self._ticking:
            now = self.clock.now()
            done = await tick(self.database, now)
            await retry_failed(self.receiver, now)
            self.health.ticked_at = now
        if done:
            self.heard.set()
        return done

    async def _purge(self) -> None:
        async with self.database.begin() as session:
            await forget_old_ids(session, self.clock.now())

    async def _menus(self) -> None:
        """Set everybody's command menu anew, unhurriedly: a new version may have new commands."""
        stopping, last = self.receiver.stopping, 0
        reachable = select(Person).where(Person.chat_id.is_not(None), Person.blocked_at.is_(None)).order_by(Person.id)
        while not stopping.is_set():
            async with self.database.begin() as session:
                person = (await session.scalars(reachable.where(Person.id > last).limit(1))).one_or_none()
            if person is None:
                return
            last = person.id
            with suppress(TelegramError):
                await self.telegram.set_menu(person.chat_id or 0, menu_for(person))
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), MENU_PAUSE)

    async def waiting(self) -> bool:
        """Whether something in the outbox could leave now."""
        async with self.database.begin() as session:
            found = await session.scalar(
                select(OutgoingMessage.id)
                .where(
                    OutgoingMessage.status.in_(("pending", "sending")),
                    OutgoingMessage.due_at <= self.clock.now(),
                )
                .limit(1)
            )
        return found is not None

    async def next_due_at(self) -> tuple[datetime, str] | None:
        """The next instant at which something falls due, and what."""
        async with self.database.begin() as session:
            return await queries.next_due_at(session)
