"""Which message leaves next, and when. Pure.

Telegram allows about 30 messages a second overall and one a second in one chat, with short bursts (its FAQ). Paced at
95 % of that: at exactly the limit a sliding window answers 429. Replies and alerts are never kept behind check-ins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HEADROOM = 0.95
CHAT_BURST = 4
"""How many messages one chat may get at once before one a second holds."""


@dataclass(frozen=True)
class Waiting:
    """A message that is due. at: its place in line among equals."""

    id: int
    chat_id: int
    priority: int


@dataclass
class Sent:
    """What was sent lately: two leaky buckets, overall and per chat. Instants in seconds of a steady clock."""

    rate: float
    chat_rate: float
    level: float = 0.0
    level_at: float = 0.0
    chats: dict[int, tuple[float, float]] = field(default_factory=dict)
    held_until: float = 0.0
    chat_held_until: dict[int, float] = field(default_factory=dict)

    def note(self, chat_id: int, now: float) -> None:
        """One message left for this chat."""
        self.level = self._leaked(self.level, self.level_at, self.rate * HEADROOM, now) + 1
        self.level_at = now
        level, at = self.chats.get(chat_id, (0.0, now))
        self.chats[chat_id] = (self._leaked(level, at, self.chat_rate, now) + 1, now)
        if len(self.chats) > 10_000:
            self.chats = {chat: state for chat, state in self.chats.items() if now - state[1] < 60}

    def hold(self, seconds: float, now: float, chat_id: int | None = None) -> None:
        """Telegram answered 429: hold one chat, or everything."""
        if chat_id is None:
            self.held_until = max(self.held_until, now + seconds)
        else:
            self.chat_held_until[chat_id] = max(self.chat_held_until.get(chat_id, 0.0), now + seconds)

    def wait(self, now: float) -> float:
        """Seconds until anything at all may leave."""
        burst = max(1.0, self.rate * (1 - HEADROOM))  # with what leaks in a second: the rate, no more
        rate = self.rate * HEADROOM
        over = self._leaked(self.level, self.level_at, rate, now) - (burst - 1)
        return max(self.held_until - now, over / rate if over > 0 else 0.0, 0.0)

    def chat_wait(self, chat_id: int, now: float) -> float:
        """Seconds until this chat may get its next message."""
        level, at = self.chats.get(chat_id, (0.0, now))
        over = self._leaked(level, at, self.chat_rate, now) - (CHAT_BURST - 1)
        return max(self.chat_held_until.get(chat_id, 0.0) - now, over / self.chat_rate if over > 0 else 0.0, 0.0)

    @staticmethod
    def _leaked(level: float, at: float, rate: float, now: float) -> float:
        return max(0.0, level - (now - at) * rate)


def next_to_send(
    waiting: Sequence[Waiting],
    sent: Sent,
    now: float,
    busy: Mapping[int, object] | frozenset[int] = frozenset(),
) -> tuple[Waiting | None, float]:
    """The message that may leave now, or None and the seconds until one may.

    waiting: in the order of the outbox (priority, then age). busy: chats whose last message is still under way;
    within a chat the order is kept.
    """
    pause = sent.wait(now)
    if pause > 0:
        return None, pause
    soonest = float("inf")
    seen: set[int] = set()
    for message in waiting:
        if message.chat_id in busy or message.chat_id in seen:
            continue
        seen.add(message.chat_id)
        chat_pause = sent.chat_wait(message.chat_id, now)
        if chat_pause <= 0:
            return message, 0.0
        soonest = min(soonest, chat_pause)
    return None, soonest
