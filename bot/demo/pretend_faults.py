"""Troubles the pretend Telegram can be asked to make: outages, refusals to come, rate limits.

Decides whether a call is refused before it is looked at. Refuses to know what the call would do.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.demo.pretend_queue import REPLACED
from bot.demo.pretend_state import ApiError

COUNTED = frozenset({"sendMessage", "sendPhoto", "sendVoice", "copyMessage", "forwardMessage"})
"""The calls that put a message into a chat: Telegram's limits speak of these."""


@dataclass(slots=True)
class Planned:
    """A refusal to come, for calls of one method (any: "*"), perhaps of one chat only."""

    refusal: ApiError
    times: int
    chat_id: int | None
    after: bool


@dataclass(slots=True)
class Bucket:
    """A token bucket: `rate` tokens a second, at most `size` of them."""

    rate: float
    size: float
    level: float
    at: datetime

    def wait(self, now: datetime) -> float:
        """Seconds until one token is there; 0 where one is."""
        self.level = min(self.size, self.level + max(0.0, (now - self.at).total_seconds()) * self.rate)
        self.at = now
        return 0.0 if self.level > 1 - 1e-9 else (1 - self.level) / self.rate


class Faults:
    """The troubles of the moment."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.down = False
        self.revoked = False
        self.foreign_poller = False
        self.hold = 0.0
        self._release = asyncio.Event()
        self._planned: dict[str, list[Planned]] = {}
        self._per_second = 0.0
        self._per_chat = 0.0
        self._burst = 1.0
        self._overall: Bucket | None = None
        self._chats: dict[int, Bucket] = {}

    def release(self) -> None:
        """Lets the answers go that are held back."""
        self._release.set()
        self._release = asyncio.Event()

    async def hold_back(self) -> None:
        """Waits for the `hold` of this moment, in real seconds, or until released."""
        if self.hold > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._release.wait(), self.hold)

    def plan(self, method: str, planned: Planned) -> None:
        """Adds a refusal to come."""
        self._planned.setdefault(method, []).append(planned)

    def limit(self, per_second: float, per_chat: float, burst: float) -> None:
        """Sets the rates; 0 switches a limit off. `burst`: messages one chat may get at once."""
        self._per_second, self._per_chat, self._burst = per_second, per_chat, max(1.0, burst)
        self._chats.clear()
        size = max(1.0, per_second)
        self._overall = Bucket(per_second, size, size, self._now()) if per_second else None

    def check_standing(self, method: str) -> None:
        """Raises ApiError while the whole of Telegram is down, the token revoked, or another bot polls."""
        if self.down:
            raise ApiError(502, "Bad Gateway")
        if self.revoked:
            raise ApiError(401, "Unauthorized")
        if self.foreign_poller and method == "getUpdates":
            raise ApiError(409, REPLACED)

    def check_planned(self, method: str, chat_id: int | None, *, after: bool) -> None:
        """Raises the first planned refusal that fits this call; `after`: those told once it took effect."""
        if not self._planned:
            return
        for key in (method, "*"):
            for planned in self._planned.get(key, ()):
                if planned.after == after and planned.chat_id in (None, chat_id):
                    planned.times -= 1
                    if planned.times <= 0:
                        self._planned[key].remove(planned)
                    raise planned.refusal

    def check_rate(self, method: str, chat_id: int | None) -> None:
        """Raises ApiError 429 with whole seconds of retry_after where a message comes too soon."""
        if method not in COUNTED or not (self._per_second or self._per_chat):
            return
        now = self._now()
        wait = self._overall.wait(now) if self._overall is not None else 0.0
        chat = self._chat_bucket(chat_id, now)
        if chat is not None:
            wait = max(wait, chat.wait(now))
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            raise ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
        for bucket in (self._overall, chat):
            if bucket is not None:
                bucket.level -= 1

    def _chat_bucket(self, chat_id: int | None, now: datetime) -> Bucket | None:
        if chat_id is None or not self._per_chat:
            return None
        bucket = self._chats.get(chat_id)
        if bucket is None:
            bucket = self._chats[chat_id] = Bucket(self._per_chat, self._burst, self._burst, now)
        return bucket
