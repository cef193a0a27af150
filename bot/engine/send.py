"""The sender: takes what is due by priority, under Telegram's limits, and writes down what became of it.

A row is claimed in one transaction, sent outside of any, and its end is written in another. What was true when the row
was written is asked again before it leaves: an acknowledged alert falls silent, a paused client hears nothing.
"""

import asyncio
import logging
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Kind
from bot.alliance.people import Programme
from bot.engine.alerts import page_failed
from bot.engine.arrivals import unreachable
from bot.engine.clock import Clock
from bot.engine.health import Health
from bot.engine.late import message_missed
from bot.engine.pacing import Sent, Waiting, next_to_send
from bot.engine.wire import (
    Flooded,
    NotSent,
    Refused,
    Telegram,
    TelegramError,
    Unauthorised,
    Unchanged,
    Unknown,
    Unreachable,
)
from bot.store.database import Database
from bot.store.tables import AlertRow, Care, CheckIn, OutgoingMessage, Person

log = logging.getLogger(__name__)

SIDE_BY_SIDE = 8
OVERTAKEN_AFTER = 0.25
"""Seconds on the wire after which the next message may leave beside one that hangs. Below it there is one at a time,
so that a process that dies leaves at most one message whose fate is unknown."""
LOOKED_AT = 50
SENT_AGAIN = "↻ "


@dataclass
class Sender:
    """wake: set when something new is in the outbox. stopping: set by ``stop``."""

    database: Database
    telegram: Telegram
    clock: Clock
    health: Health
    sent: Sent
    wake: asyncio.Event
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _under_way: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _floods: dict[int, float] = field(default_factory=dict)
    _backoff: float = 1.0

    async def run(self) -> None:
        """Send until told to stop."""
        await self.recover()
        while not self.stopping.is_set():
            try:
                pause = await self.step()
                self.health.well("send")
                self.health.well("outbox")
            except (DBAPIError, PoolTimeout) as error:
                self.health.trouble("outbox", f"the database does not answer: {type(error).__name__}")
                pause = 1.0
            if pause > 0:
                try:
                    await asyncio.wait_for(self.wake.wait(), min(pause, 1.0))
                except TimeoutError:
                    continue
                self.wake.clear()

    def stop(self) -> None:
        """End after the step in hand: a row claimed and not sent would look like one that may have left."""
        self.stopping.set()
        self.wake.set()

    async def recover(self) -> None:
        """After a crash of the process, or of the loop: rows found under way may or may not have arrived."""
        async with self.database.begin() as session:
            rows = await session.scalars(select(OutgoingMessage).where(OutgoingMessage.status == "sending"))
            for row in rows.all():
                if row.chat_id not in self._under_way:
                    _fate_unknown(row)

    async def step(self) -> float:
        """Send at most one message; gives the seconds after which it is worth looking again."""
        while len(self._under_way) >= SIDE_BY_SIDE:
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)
        async with self.database.begin() as session:
            message, pause = await self._next(session)
            if message is None:
                return pause
            row = await session.get_one(OutgoingMessage, message.id)
            reason = await _no_longer_wanted(session, row, self.clock.now())
            if reason is not None:
                row.status, row.reason = "skipped", reason
                if reason == "late" and row.kind == Kind.CHECK_IN:
                    await message_missed(session, row, self.clock.now())
                return 0.0
            row.status, row.attempts = "sending", row.attempts + 1
        self.sent.note(row.chat_id, time.monotonic())
        task = asyncio.create_task(self._deliver(row))
        self._under_way[row.chat_id] = task
        task.add_done_callback(lambda _: self._under_way.pop(row.chat_id, None))
        await asyncio.wait({task}, timeout=OVERTAKEN_AFTER)
        return 0.0

    async def drained(self) -> None:
        """Wait for what is under way; used when stopping."""
        while self._under_way:
            await asyncio.wait(list(self._under_way.values()))

    async def _next(self, session: AsyncSession) -> tuple[Waiting | None, float]:
        """The message that may leave now, looking past chats that must wait, however much waits for them."""
        passed_over: set[int] = set()
        soonest = float("inf")
        while True:
            waiting = await self._waiting(session, passed_over)
            message, pause = next_to_send(waiting, self.sent, time.monotonic(), self._under_way)
            soonest = min(soonest, pause)
            if message is not None or len(waiting) < LOOKED_AT or self.sent.wait(time.monotonic()) > 0:
                return message, 0.0 if message is not None else soonest
            passed_over |= {one.chat_id for one in waiting}

    async def _waiting(self, session: AsyncSession, passed_over: Collection[int]) -> list[Waiting]:
        query = (
            select(OutgoingMessage.id, OutgoingMessage.chat_id, OutgoingMessage.priority)
            .where(
                OutgoingMessage.status == "pending",
                OutgoingMessage.due_at <= self.clock.now(),
                OutgoingMessage.chat_id.not_in(passed_over),
            )
            .order_by(OutgoingMessage.priority, OutgoingMessage.due_at, OutgoingMessage.id)
            .limit(LOOKED_AT)
        )
        return [Waiting(*row) for row in await session.execute(query)]

    async def _deliver(self, row: OutgoingMessage) -> None:
        """One network call, and its end in a transaction of its own."""
        error: TelegramError | None = None
        message_id: int | None = None
        try:
            if row.edits_id is None:
                message_id = await self.telegram.send(row.chat_id, row.text, row.buttons, row.keyboard)
            else:
                await self._edit(row)
        except TelegramError as failure:
            error = failure
        except Exception as failure:
            log.error("a sending broke: %s", type(failure).__name__)
            error = Unknown("the sending broke")
        plainly = False
        while True:
            try:
                async with self.database.begin() as session:
                    if plainly:
                        await _ended_plainly(session, row.id, message_id)
                    else:
                        await self._ended(session, row.id, message_id, error)
                self.health.well("outbox")
                return
            except (OperationalError, PoolTimeout):
                # It was sent, and that must be written down: otherwise it would be sent again.
                self.health.trouble("outbox", "the end of a sending could not be written down yet")
                await asyncio.sleep(0.5)
            except Exception as failure:
                if plainly:
                    raise
                log.error("what follows from a sending could not be done: %s", type(failure).__name__)
                plainly = True

    async def _edit(self, row: OutgoingMessage) -> None:
        async with self.database.begin() as session:
            said = await session.get_one(OutgoingMessage, row.edits_id)
        if said.telegram_message_id is None:
            raise Unchanged("the message was never sent")
        await self.telegram.edit(row.chat_id, said.telegram_message_id, row.text, row.buttons)

    async def _ended(
        self, session: AsyncSession, row_id: int, message_id: int | None, error: TelegramError | None
    ) -> None:
        row = await session.get_one(OutgoingMessage, row_id)
        now, steady = self.clock.now(), time.monotonic()
        if error is None:
            row.status, row.sent_at, row.telegram_message_id = "sent", now, message_id
            self._backoff = 1.0
            self.health.well("sending")
            return
        match error:
            case Unchanged():
                row.status, row.reason = "skipped", "nothing left to change"
            case Flooded():
                row.status, row.attempts = "pending", row.attempts - 1
                self._flooded(row.chat_id, error.seconds, steady)
            case Unreachable():
                await self._unreachable(session, row, now)
            case Refused():
                await _refused(session, row, now)
            case Unknown():
                _fate_unknown(row)
                self._hold("an answer did not come", steady)
            case Unauthorised() | NotSent() | _:
                row.status, row.attempts = "pending", row.attempts - 1
                self._hold("Telegram cannot be reached or refuses the token", steady)

    def _hold(self, what: str, steady: float) -> None:
        self.health.trouble("sending", what)
        self.sent.hold(self._backoff, steady)
        self._backoff = min(self._backoff * 2, 15.0)

    def _flooded(self, chat_id: int, seconds: float, steady: float) -> None:
        """Telegram does not say whether one chat or the whole bot is meant: two chats within five seconds mean all."""
        self._floods = {chat: at for chat, at in self._floods.items() if steady - at < 5}
        self._floods[chat_id] = steady
        log.warning("told to wait %g s", seconds)
        self.sent.hold(seconds, steady, chat_id)
        if len(self._floods) > 1:
            self.sent.hold(seconds, steady)

    async def _unreachable(self, session: AsyncSession, row: OutgoingMessage, now: datetime) -> None:
        row.status, row.reason = "failed", "unreachable"
        person = await session.get(Person, row.person_id) if row.person_id is not None else None
        if person is not None and person.blocked_at is None:
            await unreachable(session, person, now)
        if row.alert_id is not None and person is not None:
            await page_failed(session, row.alert_id, person.id, now)


async def _ended_plainly(session: AsyncSession, row_id: int, message_id: int | None) -> None:
    """Only the end itself, where what follows from it cannot be done: the row must not stay under way for ever."""
    row = await session.get_one(OutgoingMessage, row_id)
    row.status, row.telegram_message_id = "failed" if message_id is None else "sent", message_id
    row.reason = "what follows could not be done"


async def _refused(session: AsyncSession, row: OutgoingMessage, now: datetime) -> None:
    """Telegram refuses the message itself. The words matter more than the buttons: once more without them."""
    log.error("a message of kind %s was refused: %s", row.kind, row.key)
    if row.attempts < 2 and (row.buttons or row.keyboard) and row.edits_id is None:
        row.status, row.buttons, row.keyboard = "pending", [], []
        return
    row.status, row.reason = "failed", "refused"
    if row.alert_id is not None and row.person_id is not None:
        await page_failed(session, row.alert_id, row.person_id, now)


def _fate_unknown(row: OutgoingMessage) -> None:
    """Nobody knows whether it arrived. What concerns safety is sent again, marked; the rest once more at most."""
    if row.edits_id is not None:
        row.status = "pending"
    elif row.kind in (Kind.ALERT, Kind.SAFETY):
        row.status = "pending"
        if row.kind == Kind.ALERT and not row.text.startswith(SENT_AGAIN):
            row.text = SENT_AGAIN + row.text
    elif row.attempts < 2:
        row.status = "pending"
    else:
        row.status, row.reason = "failed", "unknown"


async def _no_longer_wanted(session: AsyncSession, row: OutgoingMessage, now: datetime) -> str | None:
    """Why a message must not leave any more, or None."""
    if row.expires_at is not None and now > row.expires_at:
        return "late"
    if row.alert_id is not None and row.key.startswith("page.") and row.key != "page.joined":
        alert = await session.get_one(AlertRow, row.alert_id)
        if alert.status != "open":
            return "acknowledged"
    if row.kind == Kind.CHECK_IN and row.person_id is not None:
        care = await session.get(Care, row.person_id)
        if care is not None and care.programme != Programme.ACTIVE:
            return "programme not active"
        check_in = await session.get(CheckIn, row.check_in_id) if row.check_in_id is not None else None
        if check_in is not None and check_in.status != "open":
            return "check-in no longer open"
    return None
