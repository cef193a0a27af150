"""One update, one transaction: its id, the decision, and all that follows from it are committed together.

What cannot be parsed or handled is put into quarantine, whole, after its words went through the crisis screen. Refuses
to confirm to Telegram anything that is not committed.
"""

import asyncio
import json
import logging
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.events import Press, Tap, Text
from bot.alliance.people import Role
from bot.coordination.chat import coordinator_turn
from bot.dialogues import client as client_dialogue
from bot.dialogues.client import Listening
from bot.engine import quarantine
from bot.engine.alerts import look_again
from bot.engine.apply import apply
from bot.engine.arrivals import arrive, membership_changed, stranger
from bot.engine.clock import Clock
from bot.engine.health import Health
from bot.engine.menus import menu_for
from bot.engine.say import PRESSED, put_away, repeat
from bot.engine.wire import Conflict, Incoming, Telegram, TelegramError, Unauthorised
from bot.nursing.chat import nurse_turn
from bot.settings import Settings
from bot.store import phrases, queries, tables
from bot.store.database import Database
from bot.store.said import last_edit, message_said

log = logging.getLogger(__name__)

LONG_POLL = 25.0
"""Seconds; Telegram advises long polling, and a proxy may cut a silent connection after 30."""
DATABASE_TRIES = 3
DOUBLE_TAP = timedelta(seconds=20)
LONGEST_PAUSE = 30.0
"""Seconds between two tries while Telegram cannot be reached or refuses the token; it begins at one and doubles."""
CONFLICT_PAUSE = 5.0
"""Seconds; two pollers that answer each other at once would only throw each other out."""


@dataclass
class Receiver:
    """The poll loop. heard: set after each commit, so that the sender looks at once. stopping: set by ``stop``."""

    database: Database
    telegram: Telegram
    clock: Clock
    settings: Settings
    listening: Listening
    health: Health
    heard: asyncio.Event
    bot_name: str = ""
    long_poll: float = LONG_POLL
    offset: int | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _poll: asyncio.Task[list[dict[str, Any]]] | None = None
    _asides: set[asyncio.Task[None]] = field(default_factory=set)
    _phrases: phrases.Mark = (0, 0)

    def __post_init__(self) -> None:
        self._as_shipped = self.listening.recogniser

    async def run(self) -> None:
        """Poll until told to stop; survives whatever Telegram answers, and says so."""
        pause = 1.0
        while not self.stopping.is_set():
            self._poll = asyncio.create_task(self.telegram.updates(self.offset, self.long_poll))
            try:
                raws = await self._poll
            except asyncio.CancelledError:
                if self.stopping.is_set():
                    return
                raise
            except Conflict:
                self.health.trouble("telegram", "another process or a webhook takes this bot's updates")
                await self._pause(CONFLICT_PAUSE)
                continue
            except TelegramError as error:
                if isinstance(error, Unauthorised):
                    self.health.trouble("telegram", "the token is refused; check ALLIANCE_BOT_TOKEN")
                else:
                    self.health.trouble("telegram", f"no updates: {type(error).__name__}")
                await self._pause(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            pause = 1.0
            self.health.well("telegram")
            self.health.polled_at = self.clock.now()
            await self.take(raws)
            self.health.well("receive")

    def stop(self) -> None:
        """End after the update in hand. Only the waiting for new ones is cut: a cancelled transaction would keep the
        database's lock for as long as its traceback is remembered."""
        self.stopping.set()
        if self._poll is not None:
            self._poll.cancel()

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def take(self, raws: list[dict[str, Any]]) -> None:
        """Handle a batch in order; the offset then leaves with Telegram whatever is not committed."""
        ids = [raw["update_id"] if isinstance(raw.get("update_id"), int) else None for raw in raws]
        for place, raw in enumerate(raws):
            if self.stopping.is_set():
                return
            if not await self._committed(raw):
                self.health.trouble("database", "an update could not be committed; it stays with Telegram")
                self.offset = min((id_ for id_ in ids[place:] if id_ is not None), default=self.offset)
                await self._pause(1)
                return
            self.health.well("database")
            self.heard.set()
        # By the highest, not by the last: nothing promises that a batch is in order.
        self.offset = max((id_ + 1 for id_ in ids if id_ is not None), default=self.offset)

    async def _committed(self, raw: dict[str, Any]) -> bool:
        error: Exception | None = None
        for attempt in range(DATABASE_TRIES):
            try:
                await self.handle_raw(raw)
                return True
            except (OperationalError, PoolTimeout) as failure:
                error = failure
                await asyncio.sleep(attempt)
            except Exception as failure:
                error = failure
                break
        assert error is not None
        # The class and place of the mistake, never its message: that may hold what a person wrote.
        log.error("an update could not be handled: %s", type(error).__name__)
        try:
            async with self.database.begin() as session:
                await quarantine.keep(session, raw, error, self.clock.now(), self.listening.recogniser)
        except (OperationalError, PoolTimeout):
            return False
        return True

    async def handle_raw(self, raw: dict[str, Any], *, failed_id: int | None = None) -> None:
        """Parse and handle one update. failed_id: its row in quarantine, when it comes from there; its id is known
        already, and the row is done with in the same transaction."""
        incoming = self.telegram.parse(raw)
        if incoming is None and failed_id is None:
            return
        menu: tables.Person | None = None
        async with self.database.begin() as session:
            now = self.clock.now()
            if failed_id is not None:
                quarantine.tried(await session.get_one(tables.FailedUpdate, failed_id), None, now)
            elif incoming is not None and not await _is_new(session, incoming.update_id, now):
                return
            if incoming is not None:
                menu = await self._handle(session, incoming, now)
        if incoming is not None:
            self._aside(incoming, menu)

    async def _handle(self, session: AsyncSession, incoming: Incoming, now: datetime) -> tables.Person | None:
        """The decision for one update. Gives the person whose command menu must be set anew, if any."""
        await self._heed_added_phrases(session)
        person = await queries.person_by_chat(session, incoming.chat_id) if incoming.chat == "private" else None
        if incoming.member is not None or incoming.chat != "private":
            await membership_changed(session, incoming, person, now)
            return None
        payload = _start_payload(incoming)
        if person is None or payload:
            arrived = await arrive(session, incoming, payload, person, self.settings, now)
            if arrived is not None:
                return arrived
            if person is None:
                await stranger(session, incoming, self.settings, self.listening.recogniser, now)
                return None
        spoken = person.language, person.address
        await self._answer(session, person, incoming, now)
        return person if (person.language, person.address) != spoken else None

    async def _heed_added_phrases(self, session: AsyncSession) -> None:
        """What a coordinator added or withdrew counts from the next message on, whichever process took it in."""
        mark = await phrases.added_mark(session)
        if mark != self._phrases:
            recogniser = self._as_shipped.with_added(*await phrases.added(session))
            self.listening, self._phrases = replace(self.listening, recogniser=recogniser), mark

    async def _answer(self, session: AsyncSession, person: tables.Person, incoming: Incoming, now: datetime) -> None:
        event = incoming.event
        row = await session.get(tables.Question, person.id)
        question = queries.question_of(row)
        if isinstance(event, Press) and event.data.startswith(f"{PRESSED}:"):
            _, serial, choice = (*event.data.split(":", 2), "", "")[:3]
            current = row is not None and question is not None and str(row.serial) == serial
            event = Tap(choice if current and question is not None and choice in question.choices else None)
        if event is None:
            return
        if person.blocked_at is not None:
            person.blocked_at = None  # whoever writes can be written to, whatever an earlier refusal said
            await look_again(session, person, now)
        tapped = incoming.data if isinstance(event, Tap | Press) else None
        if event == Tap(None) and await self._just_answered(session, incoming, now):
            return
        if person.role == Role.CLIENT:
            facts = await queries.client_facts(session, person.id, now)
            turn = client_dialogue.respond(facts, question, event, self.listening, now)
        elif person.role == Role.NURSE:
            turn = await nurse_turn(session, person, question, event, now)
        else:
            turn = await coordinator_turn(
                session, person, question, event, self.settings, self.bot_name, self.listening.recogniser, now
            )
        await apply(session, person, turn, now, tapped=tapped)
        if isinstance(event, Tap) and event.choice is None:
            await self._stale(session, person, incoming, now)

    async def _just_answered(self, session: AsyncSession, incoming: Incoming, now: datetime) -> bool:
        if incoming.message_id is None:
            return False
        old = await message_said(session, incoming.chat_id, incoming.message_id)
        edit = None if old is None else await last_edit(session, old.id)
        return edit is not None and now - edit.created_at < DOUBLE_TAP

    async def _stale(self, session: AsyncSession, person: tables.Person, incoming: Incoming, now: datetime) -> None:
        """An old button: its own buttons go, and the question that is open now is posted again.

        A second tap on what was answered a moment ago is no news, and gets no answer.
        """
        old = None
        if incoming.message_id is not None:
            old = await message_said(session, incoming.chat_id, incoming.message_id)
        await put_away(session, old.id if old else None, None, now)
        await repeat(session, person, now)

    def _aside(self, incoming: Incoming, menu: tables.Person | None) -> None:
        """What is pleasant but not vital, after the commit and beside the loop."""
        if incoming.callback_id is not None:
            self._start(self.telegram.answer_tap(incoming.callback_id))
        if menu is not None and menu.chat_id is not None:
            self._start(self.telegram.set_menu(menu.chat_id, menu_for(menu)))
        if incoming.chat != "private" and incoming.member is not False:
            self._start(self._leave(incoming.chat_id))

    async def _leave(self, chat_id: int) -> None:
        await asyncio.sleep(1)  # the one answer goes first
        await self.telegram.leave(chat_id)

    def _start(self, call: Any) -> None:
        async def quietly() -> None:
            try:
                await call
            except TelegramError as error:
                log.info("a side call failed: %s", type(error).__name__)

        task = asyncio.create_task(quietly())
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    async def settled(self) -> None:
        """Wait for the side calls under way."""
        while self._asides:
            await asyncio.gather(*self._asides)


async def _is_new(session: AsyncSession, update_id: int, now: datetime) -> bool:
    """Claim an update's id. Never compared with the highest: ids may restart after a quiet week (Telegram)."""
    if await session.get(tables.HandledUpdate, update_id) is not None:
        return False
    session.add(tables.HandledUpdate(update_id=update_id, handled_at=now))
    return True


def _start_payload(incoming: Incoming) -> str:
    if isinstance(incoming.event, Text) and not incoming.event.edited:
        words = incoming.event.text.split()
        if len(words) == 2 and words[0].split("@")[0] == "/start":
            return words[1]
    return ""


async def forget_old_ids(session: AsyncSession, now: datetime) -> None:
    """Keep handled ids for eight days: Telegram keeps updates for one, and ids may restart after seven."""
    await session.execute(delete(tables.HandledUpdate).where(tables.HandledUpdate.handled_at < now - timedelta(days=8)))


async def retry_failed(receiver: Receiver, now: datetime) -> None:
    """Try again what is in quarantine and due."""
    async with receiver.database.begin() as session:
        rows = [(row.id, json.loads(row.body)) for row in await quarantine.due(session, now)]
    for row_id, raw in rows:
        try:
            await receiver.handle_raw(raw, failed_id=row_id)
        except Exception as failure:
            async with receiver.database.begin() as session:
                quarantine.tried(await session.get_one(tables.FailedUpdate, row_id), failure, now)
