"""What the engine needs of Telegram, and how it can go wrong; ``bot.telegram`` makes it real.

Knows nothing of HTTP and of python-telegram-bot.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from bot.alliance.events import Event

Buttons = Sequence[Sequence[dict[str, Any]]]
"""Rows of ``{"text": str, "data": str}``."""


@dataclass(frozen=True)
class Incoming:
    """One update, parsed. chat: "private" or another kind. event: None when there is nothing to answer.

    serial, choice: of a question's button. message_id: Telegram's, of the message whose button it was.
    member: False when the person blocked the bot or the group put it out, True when it was let in, else None.
    """

    update_id: int
    chat_id: int
    chat: str = "private"
    event: Event | None = None
    data: str | None = None
    message_id: int | None = None
    callback_id: str | None = None
    language: str = "fr"
    member: bool | None = None


class TelegramError(Exception):
    """A call failed. Messages hold no chat id, name, text or token."""


class NotSent(TelegramError):
    """It surely did not arrive: refused connection, 502 or 503."""


class Unknown(TelegramError):
    """Nobody knows whether it arrived: the answer did not come."""


class Unreachable(TelegramError):
    """This person cannot be written to: blocked, deactivated, never started, chat not found."""


class Refused(TelegramError):
    """Telegram refuses the message itself (400)."""


class Unchanged(TelegramError):
    """An edit that has nothing left to do: same text, or the message is gone."""


class Flooded(TelegramError):
    """429. seconds: how long to hold."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Unauthorised(TelegramError):
    """401 or 404 on every call: the token is not, or no longer, a bot's."""


class Conflict(TelegramError):
    """409: another process, or a webhook, takes this bot's updates."""


class Telegram(Protocol):
    """The calls the engine makes. Every one raises a TelegramError and nothing else when it fails."""

    async def me(self) -> str:
        """The bot's username."""

    async def updates(self, offset: int | None, timeout: float) -> list[dict[str, Any]]:
        """Raw updates from ``offset`` on; waits up to ``timeout`` seconds for the first."""

    def parse(self, raw: dict[str, Any]) -> Incoming | None:
        """One raw update; None for a kind that is not ours. Raises ValueError when it cannot be read."""

    async def send(self, chat_id: int, text: str, buttons: Buttons, keyboard: Sequence[Sequence[str]]) -> int:
        """Send one message; gives Telegram's message id."""

    async def edit(self, chat_id: int, message_id: int, text: str, buttons: Buttons) -> None:
        """Change a message that was sent."""

    async def answer_tap(self, callback_id: str) -> None:
        """Stop the little clock on a tapped button."""

    async def leave(self, chat_id: int) -> None:
        """Leave a group or channel."""

    async def set_menu(self, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
        """Set the command menu of one chat: (name, description)."""
