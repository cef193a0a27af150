"""What the demo page shows at one instant, as JSON-ready data.

Decides: how a pretend chat, the clock and the faults look to the page, which words label
them, and which idea the hint line offers next. Refuses to know: HTTP, HTML, and how the bot
reaches its decisions; it reads the pretend phones and the clock, and changes neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.alliance.key import Key
from bot.demo.page_labels import LABELS, PREFIX
from bot.text import day_words, text, time_words

if TYPE_CHECKING:
    from bot.demo.pretend_telegram import Chat, Message
    from bot.demo.street import Neighbour, Street

# A story played for months would otherwise grow the page without end; nobody scrolls further back.
MESSAGES_SHOWN = 400

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


async def page_state(street: Street, tried: Tried, version: int) -> dict[str, Any]:
    """Everything the page draws; `version` is echoed so that the page can tell two answers apart."""
    language = street.language
    zone = ZoneInfo(street.timezone)
    now = street.now()
    people = street.people()
    chats = {person.chat_id: street.telegram.chats.get(person.chat_id) for person in people}
    upcoming = await street.next_event()
    return {
        "language": language,
        "clock": now.astimezone(zone).isoformat(),
        "clock_words": _moment(now, language, zone),
        "clock_short": now.astimezone(zone).strftime("%H:%M"),
        "next_event": None if upcoming is None else _next_event(upcoming, now, language, zone),
        "faults": {"down": street.telegram.down},
        "labels": {key.removeprefix(PREFIX): text(key, language) for key in LABELS},
        "hint": _hint(people, chats, tried, language),
        "people": [_person(person, chats[person.chat_id], now, language, zone) for person in people],
        "version": version,
    }


def _moment(at: datetime, language: str, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{day_words(local.date(), language)}, {time_words(local.time(), language)}"


def _next_event(upcoming: tuple[datetime, Key], now: datetime, language: str, zone: ZoneInfo) -> dict[str, str]:
    at, key = upcoming
    event = text(key, language)
    local = at.astimezone(zone)
    today = local.date() == now.astimezone(zone).date()
    when = time_words(local.time(), language) if today else _moment(at, language, zone)
    words = text(Key("demo.clock.next_words"), language, event=event, when=when)
    return {"at": at.isoformat(), "event": event, "when": when, "words": words}


def _person(person: Neighbour, chat: Chat | None, now: datetime, language: str, zone: ZoneInfo) -> dict[str, Any]:
    name = person.name
    typing = chat is not None and chat.typing_until is not None and chat.typing_until > now
    return {
        "chat": person.chat_id,
        "role": person.role,
        "name": name,
        "about": text(person.about_key, language),
        "away": person.away,
        "blocked": chat is not None and chat.blocked,
        "typing": typing,
        "invitation": person.invitation,
        "commands": [] if chat is None else chat.commands,
        "keyboard": None if chat is None else chat.keyboard,
        "notices": [] if chat is None else chat.notices,
        "messages": [] if chat is None else _messages(chat, language, zone),
        # Sentences that hold the name are made here, where the grammar of the catalogue lives.
        "words": {
            "phone": text(Key("demo.phone"), language, name=name),
            "messages": text(Key("demo.messages"), language, name=name),
            "write_as": text(Key("demo.write_as"), language, name=name),
            "mine": text(Key("demo.mine"), language, name=name),
            "invited": text(Key("demo.invited"), language, name=name),
            "blocked": text(Key("demo.fault.blocked"), language, name=name),
            "blocked_about": text(Key("demo.fault.blocked_about"), language),
            "away": text(Key("demo.fault.away"), language, name=name),
            "away_about": text(Key("demo.fault.away_about"), language),
        },
    }


def _messages(chat: Chat, language: str, zone: ZoneInfo) -> list[dict[str, Any]]:
    return [_message(chat.id, message, language, zone) for message in chat.messages[-MESSAGES_SHOWN:]]


def _message(chat_id: int, message: Message, language: str, zone: ZoneInfo) -> dict[str, Any]:
    mine = not message.from_bot
    local = message.at.astimezone(zone)
    words = message.text or message.caption or ""
    if mine and words.startswith("/start "):
        words = "/start"  # as Telegram does: the payload of a link is never shown
    # A photo that a pretend person sends is a single dot; the page draws one instead.
    picture = f"/picture/{chat_id}/{message.id}" if message.photo is not None and not mine else None
    return {
        "id": message.id,
        "mine": mine,
        "kind": message.kind,
        "text": words,
        "at": local.strftime("%H:%M"),
        "day": day_words(local.date(), language),
        "buttons": [[{"text": each.text, "data": each.data} for each in row] for row in message.buttons],
        "edited": message.edited,
        "picture": picture,
    }


def _hint(
    people: Sequence[Neighbour], chats: dict[int, Chat | None], tried: Tried, language: str
) -> dict[str, str] | None:
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


def _idea(key: Key, language: str, name: str = "") -> dict[str, str]:
    return {"key": key, "words": text(key, language, name=name)}


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
