"""One raw update → one ``Incoming``. Decides which updates are ours; anything unreadable is a ValueError."""

from typing import Any

from telegram import Bot, Message, Update
from telegram.error import TelegramError

from bot.alliance.events import Press, Text, Thing
from bot.engine.quarantine import readable
from bot.engine.wire import Incoming
from bot.text import LANGUAGES

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]
"""Nothing else is asked of Telegram."""

_THINGS = (
    "sticker",
    "voice",
    "photo",
    "video",
    "video_note",
    "animation",
    "audio",
    "document",
    "location",
    "contact",
    "poll",
    "dice",
)
_IN_CHAT = ("creator", "administrator", "member", "restricted")


def parse(raw: dict[str, Any], bot: Bot | None = None) -> Incoming | None:
    """None for an update that is none of ours. Raises ValueError when it cannot be read."""
    try:
        update = Update.de_json(raw, bot)
    except (TelegramError, TypeError, KeyError, AttributeError, ValueError, OverflowError, OSError) as error:
        raise ValueError("an update that cannot be read") from error
    if update.my_chat_member is not None:
        change = update.my_chat_member
        return Incoming(
            update.update_id,
            change.chat.id,
            str(change.chat.type),
            language=_language(change.from_user.language_code),
            member=change.new_chat_member.status in _IN_CHAT,
        )
    if update.callback_query is not None:
        query = update.callback_query
        if query.message is None or not isinstance(query.data, str):
            return None
        return Incoming(
            update.update_id,
            query.message.chat.id,
            str(query.message.chat.type),
            event=Press(readable(query.data)),
            data=readable(query.data),
            message_id=query.message.message_id,
            callback_id=query.id,
            language=_language(query.from_user.language_code),
        )
    message = update.message or update.edited_message
    if message is None:
        return None
    return _message(update.update_id, message, edited=update.edited_message is not None)


def _message(update_id: int, message: Message, *, edited: bool) -> Incoming | None:
    language = _language(message.from_user.language_code if message.from_user else None)
    kind = str(message.chat.type)
    words = message.text if message.text is not None else message.caption
    event: Text | Thing | None = None
    thing = next((name for name in _THINGS if getattr(message, name, None)), None)
    if words is not None:
        event = Text(readable(words), edited, thing)
    elif thing is not None and not edited:  # a live position is edited every few seconds
        event = Thing(thing)
    return Incoming(update_id, message.chat.id, kind, event=event, language=language)


def _language(code: str | None) -> str:
    tongue = (code or "").split("-")[0].lower()
    return tongue if tongue in LANGUAGES else "fr" if not tongue else "en"
