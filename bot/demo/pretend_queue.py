"""Updates that wait for the bot: their ids, their order, confirmation by offset, the long poll.

Decides what getUpdates returns and when it returns. Refuses to know what an update says.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]

KEPT_FOR = timedelta(hours=24)  # Telegram: incoming updates are stored until received, but not over 24 hours
FIRST_UPDATE_ID = 100_000_001
TOO_FAR_AHEAD = 10  # an offset further past the end confirms nothing (tdlib's queue does so)
LEFT_OUT_UNLESS_ASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
REPLACED = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"


class PollEndedError(Exception):
    """Something took the place of this getUpdates while it was waiting; says what, in Telegram's words."""


class UpdateQueue:
    """Unconfirmed updates, oldest first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.next_update_id = FIRST_UPDATE_ID
        self.allowed: frozenset[str] | None = None  # None: all but LEFT_OUT_UNLESS_ASKED
        self._now = now
        self._pending: deque[tuple[int, datetime, Json]] = deque()
        self._poll: asyncio.Future[str] | None = None  # "": look again; else why the poll ends
        self._arrivals: list[asyncio.Future[None]] = []
        self._emptied: list[asyncio.Future[None]] = []
        self._polled: list[asyncio.Future[None]] = []
        self.closed = False

    def put(self, kind: str, body: Json) -> int:
        """Queues an update and returns its id; returns 0 where the bot did not ask for that kind."""
        if kind in LEFT_OUT_UNLESS_ASKED if self.allowed is None else kind not in self.allowed:
            return 0
        return self.put_raw({kind: body})

    def put_raw(self, update: Json) -> int:
        """Queues any JSON object as it is; gives it an update_id where it has no usable one."""
        update_id = update.get("update_id")
        if not isinstance(update_id, int):
            update_id = self.next_update_id
            update = {"update_id": update_id, **{k: v for k, v in update.items() if k != "update_id"}}
        self.next_update_id = max(self.next_update_id, update_id + 1)
        self._pending.append((update_id, self._now(), update))
        self.wake()
        return update_id

    def wake(self) -> None:
        """Makes a waiting poll look again, now."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result("")
        self._arrivals = _resolve(self._arrivals)

    def waiting(self) -> int:
        """How many updates are queued, younger than 24 hours and not yet confirmed."""
        self._forget_old()
        return len(self._pending)

    async def polled(self) -> None:
        """Returns as soon as a getUpdates is waiting for an update."""
        if self._poll is None or self._poll.done():
            polled: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._polled.append(polled)
            await polled

    def clear(self) -> None:
        """Forgets every update (drop_pending_updates)."""
        self._pending.clear()
        self._emptied = _resolve(self._emptied)

    def first(self) -> Json | None:
        """The oldest unconfirmed update."""
        self._forget_old()
        return self._pending[0][2] if self._pending else None

    def confirm(self, offset: int) -> None:
        """Forgets updates below the offset; a negative offset keeps only that many of the newest."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        elif offset <= self.next_update_id + TOO_FAR_AHEAD:
            while self._pending and self._pending[0][0] < offset:
                self._pending.popleft()
        if not self._pending:
            self._emptied = _resolve(self._emptied)

    async def emptied(self) -> None:
        """Returns as soon as every queued update was confirmed."""
        if self.waiting():
            emptied: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._emptied.append(emptied)
            await emptied

    async def arrival(self) -> None:
        """Returns as soon as an update is waiting, or the queue is woken."""
        if not self._pending:
            arrival: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._arrivals.append(arrival)
            await arrival

    async def get(self, offset: int, limit: int, seconds: float, check: Callable[[], None]) -> list[Json]:
        """What getUpdates returns. Waits up to that many real seconds for a first update.

        `check` is asked again after each wait and may raise. Raises PollEndedError when a newer poll came in.
        """
        self.confirm(offset)
        self.end_poll(REPLACED)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while True:
            self._forget_old()
            if self._pending or self.closed or loop.time() >= deadline:
                return [self._pending[i][2] for i in range(min(limit, len(self._pending)))]
            ended = await self._wait(deadline - loop.time())
            if ended:
                raise PollEndedError(ended)
            check()

    def end_poll(self, why: str) -> None:
        """Ends a waiting poll because something else has taken its place."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(why)

    async def _wait(self, seconds: float) -> str:
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[str] = loop.create_future()
        self._poll = mine
        self._polled = _resolve(self._polled)
        alarm = loop.call_later(seconds, lambda: None if mine.done() else mine.set_result(""))
        try:
            return await mine
        finally:
            alarm.cancel()
            if self._poll is mine:
                self._poll = None

    def _forget_old(self) -> None:
        oldest = self._now() - KEPT_FOR
        while self._pending and self._pending[0][1] < oldest:
            self._pending.popleft()


def _resolve(waiting: list[asyncio.Future[None]]) -> list[asyncio.Future[None]]:
    """Wakes all who wait; returns the new, empty list."""
    for future in waiting:
        if not future.done():
            future.set_result(None)
    return []
