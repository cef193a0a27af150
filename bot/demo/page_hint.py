"""The one line above the phones: what to try next, or what is happening in the story that plays by itself.

Decides which idea comes next, from what was tried and what stands in the chats. Refuses to know how it is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.alliance.key import Key
from bot.text import text

if TYPE_CHECKING:
    from bot.demo.pretend_telegram import Chat
    from bot.demo.street import Caption, Neighbour, Street

_STARTS = {
    "client": Key("demo.hint.start_client"),
    "nurse": Key("demo.hint.start_nurse"),
    "coordinator": Key("demo.hint.start_coordinator"),
}


@dataclass
class Tried:
    """What the person at the page has already tried, so that the hint can offer something else."""

    clock: bool = False
    day: bool = False
    away: bool = False
    restart: bool = False


def hint(
    street: Street, people: Sequence[Neighbour], chats: Mapping[int, Chat | None], tried: Tried
) -> dict[str, Any] | None:
    """The line above the phones, or None for none.

    key, words; story: whether a story is playing; chat: the phone that the words are about, None for no one's.
    """
    if street.caption is not None:
        return _caption(street.caption, people, street.language)
    return _next_idea(people, chats, tried, street.language)


def _caption(caption: Caption, people: Sequence[Neighbour], language: str) -> dict[str, Any]:
    by_place = dict(zip(("client", "nurse", "other", "coordinator"), (person.name for person in people), strict=False))
    words = text(caption.key, language, **by_place)
    return {"key": caption.key, "words": words, "story": True, "chat": caption.chat_id}


def _next_idea(
    people: Sequence[Neighbour], chats: Mapping[int, Chat | None], tried: Tried, language: str
) -> dict[str, Any] | None:
    """The next thing worth trying: first bring everybody in, then answer, then move time, then trouble."""
    for role, start in _STARTS.items():
        for person in people:
            if person.role == role and person.invitation is not None and not _spoke(chats[person.chat_id]):
                return _idea(start, language, person.name)
    client = next((person for person in people if person.role == "client"), None)
    if client is None:
        return None
    if _is_asked(chats[client.chat_id]):
        return _idea(Key("demo.hint.answer"), language, client.name)
    nurses = [person for person in people if person.role == "nurse"]
    waiting = next((nurse for nurse in nurses if _is_asked(chats[nurse.chat_id])), None)
    if waiting is not None:
        return _idea(Key("demo.hint.nurse"), language, waiting.name)
    if not tried.clock:
        return _idea(Key("demo.hint.clock"), language)
    if not _wrote_freely(chats[client.chat_id]):
        return _idea(Key("demo.hint.words"), language, client.name)
    if not tried.away and nurses:
        return _idea(Key("demo.hint.away"), language, nurses[0].name)
    if not tried.day:
        return _idea(Key("demo.hint.silence"), language, client.name)
    if not tried.restart:
        return _idea(Key("demo.hint.restart"), language)
    return _idea(Key("demo.hint.free"), language)


def _idea(key: Key, language: str, name: str = "") -> dict[str, Any]:
    return {"key": key, "words": text(key, language, name=name), "story": False, "chat": None}


def _spoke(chat: Chat | None) -> bool:
    return chat is not None and any(not message.from_bot for message in chat.messages)


def _is_asked(chat: Chat | None) -> bool:
    """Whether the last word in this chat is a question with buttons."""
    return chat is not None and bool(chat.messages) and chat.messages[-1].from_bot and bool(chat.messages[-1].buttons)


def _wrote_freely(chat: Chat | None) -> bool:
    """Whether somebody wrote a sentence of their own: more than a command or a single word."""
    return chat is not None and any(
        not message.from_bot and not message.text.startswith("/") and len(message.text.split()) > 2
        for message in chat.messages
    )
