"""What the pretend Telegram remembers: chats, messages, groups, and the JSON shape of each.

Decides ids and shapes (those of Telegram's Bot API, as python-telegram-bot reads them). Refuses to know
HTTP, faults, and which calls are allowed.
"""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bot.demo.pretend_menu import Menu
from bot.demo.pretend_queue import UpdateQueue
from bot.demo.pretend_signatures import words

Json = dict[str, Any]

BOT_ID_WHEN_TOKEN_HAS_NONE = 42
_RIGHTS = words(
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats "
    "can_restrict_members can_promote_members can_change_info can_invite_users can_post_stories "
    "can_edit_stories can_delete_stories"
)
TYPING_LASTS = timedelta(seconds=5)  # Telegram: the status is shown for 5 seconds or until a message arrives


class ApiError(Exception):
    """A call is refused: HTTP status, Telegram's words, and its `parameters` object."""

    def __init__(self, status: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters


def bad_request(words: str) -> ApiError:
    """A 400 with Telegram's prefix."""
    return ApiError(400, f"Bad Request: {words}")


@dataclass(slots=True)
class Button:
    """An inline button as a person sees it; `data` is empty for buttons that open something instead."""

    text: str
    data: str


@dataclass(slots=True)
class Message:
    """One message of a chat. `at` and `edited_at` are aware instants; `photo` holds the picture's bytes."""

    id: int
    from_bot: bool
    text: str
    at: datetime
    kind: str = "text"
    buttons: list[list[Button]] = field(default_factory=list)
    edited: bool = False
    photo: bytes | None = None
    caption: str | None = None
    reply_to: int | None = None
    author: Json = field(default_factory=dict)
    entities: list[Json] = field(default_factory=list)
    inline_keyboard: list[list[Json]] = field(default_factory=list)
    content: Json = field(default_factory=dict)
    had_keyboard: bool = False
    forwarded: bool = False
    edited_at: datetime | None = None


class Room:
    """An ordered list of messages with direct access by id; ids only ever grow."""

    def __init__(self, id: int) -> None:
        self.id = id
        self.messages: list[Message] = []
        self._by_id: dict[int, Message] = {}

    def add(self, message: Message) -> None:
        """Appends a message; its id must be the highest so far."""
        self.messages.append(message)
        self._by_id[message.id] = message

    def find(self, message_id: int) -> Message | None:
        """The message with that id, or None where it never was or was deleted."""
        return self._by_id.get(message_id)

    def remove(self, message_id: int) -> None:
        """Deletes a message that is there; raises KeyError otherwise."""
        del self._by_id[message_id]
        del self.messages[bisect_left(self.messages, message_id, key=lambda message: message.id)]

    def shape(self) -> Json:
        """Telegram's Chat object."""
        raise NotImplementedError


class Chat(Room):
    """A person's private chat with the bot, as it stands on that person's phone."""

    def __init__(self, id: int, first_name: str, language_code: str, menu: Menu) -> None:
        super().__init__(id)
        self.first_name = first_name
        self.language_code = language_code
        self.keyboard: list[list[str]] | None = None
        self.keyboard_once = False
        self.typing_until: datetime | None = None
        self.blocked = False
        self.started = False
        self.notices: list[str] = []  # what answerCallbackQuery showed on top of the chat, oldest first
        self._menu = menu

    @property
    def commands(self) -> list[Json]:
        """The command menu this person sees: `{"command", "description"}` each."""
        return self._menu.seen_by(self.id, self.language_code)

    def user(self) -> Json:
        """Telegram's User object of the person."""
        return {
            "id": self.id,
            "is_bot": False,
            "first_name": self.first_name,
            "language_code": self.language_code,
        }

    def shape(self) -> Json:
        return {"id": self.id, "first_name": self.first_name, "type": "private"}


class Group(Room):
    """A group, supergroup or channel the bot was added to; `left` once the bot went away."""

    def __init__(self, id: int, title: str, kind: str) -> None:
        super().__init__(id)
        self.title = title
        self.kind = kind
        self.left = False

    def shape(self) -> Json:
        return {"id": self.id, "title": self.title, "type": self.kind}


@dataclass(slots=True)
class Tap:
    """A callback query that waits for its answer."""

    chat_id: int
    at: datetime


class PretendState:
    """Everything that lasts between two calls. Used from one event loop; not safe between threads."""

    def __init__(self, now: Callable[[], datetime], token: str, username: str) -> None:
        self.now = now
        self.token = token
        head = token.partition(":")[0]
        bot_id = int(head) if head.isdigit() else BOT_ID_WHEN_TOKEN_HAS_NONE
        self.bot: Json = {"id": bot_id, "is_bot": True, "first_name": "Alliance", "username": username}
        self.menu = Menu()
        self.chats: dict[int, Chat] = {}
        self.groups: dict[int, Group] = {}
        self.left_groups: list[int] = []
        self.queue = UpdateQueue(now)
        self.taps: dict[str, Tap] = {}
        self.files: dict[str, bytes] = {}
        self.webhook: Json = {"url": "", "has_custom_certificate": False}
        self.version = 0
        self._last_message_id = 0
        self._last_tap_id = 1_000_000_000
        self._watchers: list[asyncio.Future[None]] = []

    def touch(self) -> None:
        """Something a person could see has changed: raises the version and wakes those who watch."""
        self.version += 1
        watchers, self._watchers = self._watchers, []
        for watcher in watchers:
            if not watcher.done():
                watcher.set_result(None)

    async def changed(self, version: int) -> int:
        """Waits until the version differs from the given one; returns the version then."""
        while self.version == version:
            watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._watchers.append(watcher)
            await watcher
        return self.version

    def room(self, chat_id: int) -> Room | None:
        """The chat or group with that id."""
        return self.chats.get(chat_id) or self.groups.get(chat_id)

    def new_message(self, room: Room, *, from_bot: bool, author: Json, **fields: Any) -> Message:
        """Adds a message with the next id to a room; `fields` are those of Message."""
        self._last_message_id += 1
        fields.setdefault("text", "")
        message = Message(id=self._last_message_id, from_bot=from_bot, at=self.now(), author=author, **fields)
        room.add(message)
        self.touch()
        return message

    def new_tap(self, chat_id: int) -> str:
        """The id of a fresh callback query."""
        self._last_tap_id += 1
        self.taps[str(self._last_tap_id)] = Tap(chat_id, self.now())
        return str(self._last_tap_id)

    def keep_file(self, kind: str, content: bytes) -> str:
        """Keeps a file's bytes; returns its file_id."""
        file_id = f"{kind}-{len(self.files) + 1}"
        self.files[file_id] = content
        return file_id

    def membership(self, room: Room, by: Json, before: str, after: str) -> int:
        """Queues a my_chat_member update: the bot's standing in a chat went from one status to another."""
        self.touch()
        body = {
            "chat": room.shape(),
            "from": by,
            "date": int(self.now().timestamp()),
            "old_chat_member": self._member(before),
            "new_chat_member": self._member(after),
        }
        return self.queue.put("my_chat_member", body)

    def _member(self, status: str) -> Json:
        more: Json = {}
        if status == "kicked":
            more = {"until_date": 0}
        elif status == "administrator":
            more = dict.fromkeys(_RIGHTS, False)
        return {"user": self.bot, "status": status, **more}

    def shape(self, room: Room, message: Message, *, with_reply: bool = True) -> Json:
        """Telegram's Message object."""
        shape: Json = {
            "message_id": message.id,
            "date": int(message.at.timestamp()),
            "chat": room.shape(),
        }
        if isinstance(room, Group) and room.kind == "channel":
            shape["sender_chat"] = room.shape()
        else:
            shape["from"] = message.author
        if message.edited_at is not None:
            shape["edit_date"] = int(message.edited_at.timestamp())
        if message.kind == "text":
            shape["text"] = message.text
            if message.entities:
                shape["entities"] = message.entities
        else:
            shape.update(message.content)
            if message.caption:
                shape["caption"] = message.caption
                if message.entities:
                    shape["caption_entities"] = message.entities
        if message.inline_keyboard:
            shape["reply_markup"] = {"inline_keyboard": message.inline_keyboard}
        if message.forwarded:
            origin = {"type": "hidden_user", "sender_user_name": "Someone", "date": shape["date"]}
            shape["forward_origin"] = origin
        if with_reply and message.reply_to is not None:
            original = room.find(message.reply_to)
            if original is not None:
                shape["reply_to_message"] = self.shape(room, original, with_reply=False)
        return shape
