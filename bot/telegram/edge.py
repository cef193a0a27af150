"""The calls that the engine makes, made with python-telegram-bot; each failure becomes one of ``engine/wire.py``."""

import logging
import warnings
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeChat,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    ReplyKeyboardMarkup,
)
from telegram import error as failures
from telegram.warnings import PTBUserWarning

from bot.engine.wire import (
    Buttons,
    Conflict,
    Flooded,
    Incoming,
    NotSent,
    Refused,
    TelegramError,
    Unauthorised,
    Unchanged,
    Unknown,
    Unreachable,
)
from bot.telegram.parse import ALLOWED, parse
from bot.telegram.request import AiohttpRequest, FateUnknown, SurelyNotSent

T = TypeVar("T")
BATCH = 100
"""The most that getUpdates gives at once."""

_GONE = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
)
_NOBODY = (
    "chat not found",
    "user is deactivated",
    "peer_id_invalid",
    "chat_write_forbidden",
    "user not found",
)

# httpx, where python-telegram-bot falls back to it, writes addresses with the token at INFO.
for noisy in ("httpx", "httpcore", "telegram"):
    logging.getLogger(noisy).setLevel(logging.WARNING)


class BotApi:
    """Telegram over its Bot API. One object a process; ``close`` it."""

    def __init__(self, token: str, api_url: str) -> None:
        self._bot = Bot(
            token,
            base_url=api_url,
            request=AiohttpRequest(),
            get_updates_request=AiohttpRequest(connections=2),
        )
        self._open = False

    async def open(self) -> None:
        """Make the connections ready; asks nothing of Telegram yet."""
        for request in self._bot._request:
            await request.initialize()
        self._open = True

    async def close(self) -> None:
        for request in self._bot._request:
            await request.shutdown()

    async def me(self) -> str:
        """The bot's username. Raises Unauthorised for a wrong token."""
        user = await _asked(self._bot.get_me())
        return user.username or ""

    async def updates(self, offset: int | None, timeout: float) -> list[dict[str, Any]]:
        parameters: dict[str, Any] = {"timeout": int(timeout), "limit": BATCH, "allowed_updates": ALLOWED}
        if offset is not None:
            parameters["offset"] = offset
        with warnings.catch_warnings():
            # Raw updates are wanted here, so that one that cannot be parsed holds up no other.
            warnings.simplefilter("ignore", PTBUserWarning)
            call = self._bot.do_api_request("getUpdates", parameters, read_timeout=timeout + 10)
            found = await _asked(call)
        if not isinstance(found, list):
            raise Unknown("getUpdates gave no list")
        return found

    def parse(self, raw: dict[str, Any]) -> Incoming | None:
        return parse(raw, self._bot)

    async def send(self, chat_id: int, text: str, buttons: Buttons, keyboard: Sequence[Sequence[str]]) -> int:
        markup: InlineKeyboardMarkup | ReplyKeyboardMarkup | None = _inline(buttons)
        if markup is None and keyboard:
            markup = ReplyKeyboardMarkup([list(line) for line in keyboard], resize_keyboard=True, is_persistent=True)
        message = await _asked(self._bot.send_message(chat_id, text, reply_markup=markup))
        return message.message_id

    async def edit(self, chat_id: int, message_id: int, text: str, buttons: Buttons) -> None:
        await _asked(
            self._bot.edit_message_text(text, chat_id=chat_id, message_id=message_id, reply_markup=_inline(buttons))
        )

    async def answer_tap(self, callback_id: str) -> None:
        await _asked(self._bot.answer_callback_query(callback_id))

    async def leave(self, chat_id: int) -> None:
        await _asked(self._bot.leave_chat(chat_id))

    async def set_menu(self, chat_id: int, commands: Sequence[tuple[str, str]]) -> None:
        menu = [BotCommand(name, description) for name, description in commands]
        await _asked(self._bot.set_my_commands(menu, scope=BotCommandScopeChat(chat_id)))


def _inline(buttons: Buttons) -> InlineKeyboardMarkup | None:
    if not buttons:
        return None
    rows = [[InlineKeyboardButton(button["text"], callback_data=button["data"]) for button in line] for line in buttons]
    return InlineKeyboardMarkup(rows)


async def _asked(call: Awaitable[T]) -> T:
    try:
        return await call
    except failures.TelegramError as error:
        raise _meaning(error) from None


def _meaning(error: failures.TelegramError) -> TelegramError:
    """Which failure of ours this is. Telegram's own words are left out: they may hold names."""
    words = error.message.lower()
    if isinstance(error.__cause__, FateUnknown) and "too many requests" not in words:
        # A refusal that is not Telegram's JSON: a gate on the way. It says nothing about the person or the message.
        return NotSent("a gate before Telegram refuses")
    match error:
        case failures.RetryAfter():
            wait = error.retry_after
            return Flooded(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
        case failures.InvalidToken():
            return Unauthorised("the token is refused")
        case failures.Conflict():
            return Conflict("another poller")
        case failures.Forbidden():
            return Unreachable("this person cannot be written to")
        case failures.ChatMigrated():
            return Unreachable("a group moved away")
        case failures.BadRequest():
            if any(sign in words for sign in _GONE):
                return Unchanged("nothing left to change")
            if any(sign in words for sign in _NOBODY):
                return Unreachable("no such chat")
            return Refused("a bad request")
        case SurelyNotSent():
            return NotSent("no connection")
        case FateUnknown() | failures.TimedOut():
            return Unknown("no answer")
        case failures.NetworkError() if "too many requests" in words:
            return Flooded(1.0)  # a 429 that does not say for how long
        case failures.NetworkError() if not words.startswith("unknown error in http"):
            return Refused("an answer that Telegram does not give")  # 413, 418, ...
        case _:
            return Unknown(type(error).__name__)
