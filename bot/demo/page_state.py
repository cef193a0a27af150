"""What the demo page shows at one instant, as JSON-ready data.

Decides: how a pretend chat, the clock and the faults look to the page, which words label
them. Refuses to know: HTTP, HTML, and how the bot reaches its decisions; it reads the pretend
phones and the clock, and changes neither.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.alliance.key import Key
from bot.demo.page_hint import Tried, hint
from bot.demo.page_labels import LABELS, PREFIX
from bot.text import day_words, text, time_words

if TYPE_CHECKING:
    from bot.demo.pretend_telegram import Chat, Message
    from bot.demo.street import Neighbour, Street

# A story played for months would otherwise grow the page without end; nobody scrolls further back.
MESSAGES_SHOWN = 400


async def page_state(street: Street, tried: Tried, version: int) -> dict[str, Any]:
    """Everything the page draws; `version` is echoed so that the page can tell two answers apart."""
    language = street.language
    zone = ZoneInfo(street.timezone)
    now = street.now()
    await street.look_who_is_away()
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
        "hint": hint(street, people, chats, tried),
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
