"""A strict stand-in for Telegram, over real HTTP: people with phones on one side, the Bot API on the other.

Decides what people can do and what the bot is told of it. Refuses to know the bot: it is reached only by
its HTTP calls. Used by the demo, the tests and the benchmarks; the neighbours `pretend_*` each hold a part.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

from aiohttp import web

from bot.demo.pretend_content import person_content, person_file
from bot.demo.pretend_faults import Faults, Planned
from bot.demo.pretend_http import Call, Counter
from bot.demo.pretend_markup import units
from bot.demo.pretend_methods import TEXT_UNITS
from bot.demo.pretend_state import ApiError, Button, Chat, Group, Message, PretendState

__all__ = ["Button", "Call", "Chat", "Group", "Message", "PretendTelegram"]

Json = dict[str, Any]

_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,64}(?:@\w+)?")


class PretendTelegram(PretendState):
    """One Telegram with one bot. `now` gives aware instants and may be moved.

    Everything happens in one event loop. Times that a caller waits for (long polls, `hold`) are real
    seconds; times that Telegram compares (taps, 24 hours, rates) follow `now`.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        token: str = "42:DEMO",  # noqa: S107  opens nothing: there is no such bot
        username: str = "alliance_demo_bot",
    ) -> None:
        super().__init__(now, token, username)
        self.journal: list[Call] = []
        self._faults = Faults(now)
        self._counter = Counter(self, self._faults, self.journal)
        self._runner: web.AppRunner | None = None

    # --- server side

    def routes(self) -> web.Application:
        """The Bot API as an aiohttp application, to serve beside other things."""
        return self._counter.routes()

    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Starts the server (port 0: any free one). Returns its root, `http://host:port/bot`."""
        self.queue.closed = False
        self._runner = web.AppRunner(self.routes(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self._counter.open()
        return f"http://{host}:{self._runner.addresses[0][1]}/bot"

    async def close(self) -> None:
        """Answers waiting polls with nothing and stops the server. What it remembers stays."""
        self.queue.closed = True
        self.queue.wake()
        await self._counter.close()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # --- people's side; each returns the update_id it queued, 0 where the bot does not ask for that kind

    def join(self, chat_id: int, first_name: str, language_code: str = "fr") -> None:
        """A phone exists. The bot may not write to it until its owner wrote first."""
        if chat_id <= 0 or chat_id in self.chats:
            raise ValueError("a person's chat id is positive and new")
        self.chats[chat_id] = Chat(chat_id, first_name, language_code, self.menu)
        self.touch()

    def say(self, chat_id: int, text: str, *, forwarded: bool = False) -> int:
        """The person writes a text, a command, or presses a key of a keyboard that stays.

        Raises ValueError for an empty text, one over 4096 units, or a person who has blocked the bot.
        """
        if not text.strip() or units(text) > TEXT_UNITS:
            raise ValueError("Telegram sends texts of 1 to 4096 characters")
        chat = self._writer(chat_id)
        message = self.new_message(
            chat,
            from_bot=False,
            author=chat.user(),
            text=text.strip(),
            entities=_commands(text.strip()),
            forwarded=forwarded,
        )
        if chat.keyboard_once and chat.keyboard and any(text in row for row in chat.keyboard):
            chat.keyboard = None
        return self.queue.put("message", self.shape(chat, message))

    def send(self, chat_id: int, kind: str, caption: str | None = None) -> int:
        """The person sends something else than text: a kind of pretend_content.KINDS. Else ValueError."""
        file = person_file(kind)
        content = person_content(kind, self.keep_file(kind, file), caption)
        chat = self._writer(chat_id)
        photo = file if kind == "photo" else None
        fields = {"kind": kind, "caption": caption, "content": content, "photo": photo}
        message = self.new_message(chat, from_bot=False, author=chat.user(), **fields)
        return self.queue.put("message", self.shape(chat, message))

    def edit(self, chat_id: int, message_id: int, text: str) -> int:
        """The person rewrites a text or a caption of their own. Raises ValueError for any other message."""
        chat = self._writer(chat_id)
        message = chat.find(message_id)
        if message is None or message.from_bot or not text.strip():
            raise ValueError("a person can only edit a message of their own")
        if message.kind == "text":
            message.text, message.entities = text.strip(), _commands(text.strip())
        else:
            message.caption = text.strip()
        message.edited, message.edited_at = True, self.now()
        self.touch()
        return self.queue.put("edited_message", self.shape(chat, message))

    def tap(self, chat_id: int, message_id: int, data: str, *, stale: bool = False) -> int:
        """The person taps an inline button.

        Raises ValueError if no such button is on that message now; `stale` lets a tap through that was
        made on an older state of the message, even one that is gone.
        """
        chat = self._writer(chat_id)
        message = chat.find(message_id)
        there = message is not None and any(data == button.data for row in message.buttons for button in row)
        if not data or not (there or stale):
            raise ValueError("that button is not on that message")
        gone = {"chat": chat.shape(), "message_id": message_id, "date": 0}
        query = {
            "id": self.new_tap(chat_id),
            "from": chat.user(),
            "message": gone if message is None else self.shape(chat, message),
            "chat_instance": f"i{chat_id}",
            "data": data,
        }
        return self.queue.put("callback_query", query)

    def block(self, chat_id: int) -> int:
        """The person blocks the bot: sends are refused with 403 from now on."""
        self.chats[chat_id].blocked = True
        return self.membership(self.chats[chat_id], self.chats[chat_id].user(), "member", "kicked")

    def unblock(self, chat_id: int) -> int:
        """The person lets the bot in again."""
        self.chats[chat_id].blocked = False
        return self.membership(self.chats[chat_id], self.chats[chat_id].user(), "kicked", "member")

    def add_to_group(
        self,
        group_id: int,
        title: str,
        by_chat_id: int,
        *,
        kind: Literal["supergroup", "group", "channel"] = "supergroup",
    ) -> int:
        """A person puts the bot into a group or channel; its id is negative. Returns the id of the
        my_chat_member update; in a group Telegram tells the same once more, as a message.
        """
        if group_id >= 0:
            raise ValueError("a group's chat id is negative")
        group = self.groups[group_id] = Group(group_id, title, kind)
        status = "administrator" if kind == "channel" else "member"
        by = self.chats[by_chat_id].user()
        update_id = self.membership(group, by, "left", status)
        if kind != "channel":
            content = {"new_chat_members": [self.bot]}
            arrival = self.new_message(group, from_bot=False, author=by, kind="arrival", content=content)
            self.queue.put("message", self.shape(group, arrival))
        return update_id

    def say_in_group(self, group_id: int, by_chat_id: int, text: str) -> int:
        """A person writes in a group that the bot reads. Raises ValueError where the bot has left."""
        group = self.groups[group_id]
        if group.left:
            raise ValueError("the bot is not in that group")
        author = self.chats[by_chat_id].user()
        message = self.new_message(group, from_bot=False, author=author, text=text, entities=_commands(text))
        kind = "channel_post" if group.kind == "channel" else "message"
        return self.queue.put(kind, self.shape(group, message))

    def push_raw(self, update: Json) -> int:
        """Queues any JSON object; gets an update_id where it has none. For what no client should send."""
        return self.queue.put_raw(update)

    def waiting_updates(self) -> int:
        """How many updates are queued and not yet confirmed by an offset."""
        return self.queue.waiting()

    async def all_confirmed(self) -> None:
        """Waits until the bot has confirmed every queued update."""
        await self.queue.emptied()

    # --- faults

    def fail(
        self,
        method: str,
        *,
        status: int,
        description: str,
        retry_after: int | None = None,
        times: int = 1,
        chat_id: int | None = None,
        after: bool = False,
    ) -> None:
        """Refuses the next `times` calls of a method ("*": any), perhaps of one chat only.

        `after`: the call takes effect first and only its answer is lost, as when a connection breaks.
        """
        parameters = {"retry_after": retry_after} if retry_after is not None else None
        refusal = ApiError(status, description, parameters)
        self._faults.plan(method, Planned(refusal, times, chat_id, after))

    def limit(self, per_second: float, per_chat: float, *, burst: float = 3) -> None:
        """Refuses messages that come too fast with 429: overall and per chat, a second; 0 is no limit.

        `burst`: how many messages one chat may get at once before the rate holds. Follows `now`.
        """
        self._faults.limit(per_second, per_chat, burst)

    @property
    def down(self) -> bool:
        """Every call answers 502, waiting polls at once."""
        return self._faults.down

    @down.setter
    def down(self, value: bool) -> None:
        self._faults.down = value
        self.queue.wake()

    @property
    def revoked(self) -> bool:
        """The token was revoked: every call answers 401, waiting polls at once."""
        return self._faults.revoked

    @revoked.setter
    def revoked(self, value: bool) -> None:
        self._faults.revoked = value
        self.queue.wake()

    @property
    def foreign_poller(self) -> bool:
        """Another program polls with the same token: getUpdates answers 409."""
        return self._faults.foreign_poller

    @foreign_poller.setter
    def foreign_poller(self, value: bool) -> None:
        self._faults.foreign_poller = value
        self.queue.wake()

    @property
    def hold(self) -> float:
        """Real seconds every answer is held back, after the call took effect. 0 lets all of them go."""
        return self._faults.hold

    @hold.setter
    def hold(self, value: float) -> None:
        self._faults.hold = value
        if value <= 0:
            self._faults.release()

    # --- inside

    def _writer(self, chat_id: int) -> Chat:
        chat = self.chats[chat_id]
        if chat.blocked:
            raise ValueError("a person who has blocked the bot must unblock it to write")
        chat.started = True
        return chat


def _commands(text: str) -> list[Json]:
    """Telegram marks commands in what people write."""
    return [
        {
            "type": "bot_command",
            "offset": units(text[: found.start()]),
            "length": len(found.group()),
        }
        for found in _COMMAND.finditer(text)
    ]
