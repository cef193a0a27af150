"""Formatted text: the three parse modes, entities given as data, trimming and length.

Decides what a person reads and where it is bold, in Telegram's units (UTF-16 code units for offsets and
lengths, byte offsets in complaints). Knows Telegram's wording of each complaint. Refuses to know messages.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.demo.pretend_signatures import words
from bot.demo.pretend_state import bad_request

Json = dict[str, Any]

LONGEST_RAW_BYTES = 1 << 15  # the Bot API server refuses more before it parses anything
_HTML_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
}
_TAG = re.compile(r"<(/?)([^\s>]*)([^>]*)>")
_ATTRIBUTE = re.compile(r"""\s*([^\s=>/"']+)(?:\s*=\s*("[^"]*"|'[^']*'|[A-Za-z0-9.-]+))?""")
_CHARACTER_REFERENCE = re.compile(r"&(?:lt|gt|amp|quot|#\d+|#x[0-9A-Fa-f]+);")
_V2_RESERVED = "_*[]()~`>#+-=|{}.!"
_V2_MARKS = {"*": "bold", "__": "underline", "_": "italic", "~": "strikethrough", "||": "spoiler"}
_ENTITY_TYPES = frozenset(_HTML_TAGS.values()) | words(
    "mention hashtag cashtag bot_command url email phone_number text_mention expandable_blockquote"
)


def units(text: str) -> int:
    """The length of a text in UTF-16 code units, as Telegram counts."""
    return len(text) + sum(1 for character in text if character > "\uffff")


def formatted(text: str, parse_mode: str | None, entities: list[Any] | None) -> tuple[str, list[Json]]:
    """The text as it is shown, and its entities. Raises ApiError 400 where Telegram cannot read it."""
    if len(text) > LONGEST_RAW_BYTES // 4 and len(text.encode()) > LONGEST_RAW_BYTES:
        raise bad_request("text is too long")
    if parse_mode:
        parse = _PARSERS.get(parse_mode.lower())
        if parse is None:
            raise bad_request("unsupported parse_mode")
        if entities:
            raise bad_request("parse_mode and entities can't both be given")
        shown = parse(text)
        return _trimmed(shown.text, shown.entities)
    return _trimmed(text, _checked(text, entities or []))


def _checked(text: str, entities: list[Any]) -> list[Json]:
    length = units(text) if entities else 0
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in _ENTITY_TYPES:
            raise bad_request("can't parse MessageEntity: unsupported type")
        start, size = entity.get("offset"), entity.get("length")
        if not isinstance(start, int) or not isinstance(size, int) or start < 0 or size <= 0:
            raise bad_request("can't parse MessageEntity: invalid offset or length")
        if start + size > length:
            raise bad_request(f"entity beginning at UTF-16 offset {start} ends after the end of the text")
    return entities


def _trimmed(text: str, entities: list[Json]) -> tuple[str, list[Json]]:
    left = len(text) - len(text.lstrip())
    shown = text.strip()
    if not entities or shown == text:
        return shown, entities
    shift, size = units(text[:left]), units(shown)
    kept: list[Json] = []
    for entity in entities:
        start = max(0, entity["offset"] - shift)
        end = min(size, entity["offset"] + entity["length"] - shift)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return shown, kept


def _wrong(why: str) -> Exception:
    return bad_request(f"can't parse entities: {why}")


@dataclass(slots=True)
class _Open:
    name: str
    offset: int
    at: int
    extra: Json


class _Shown:
    """The text so far, its length in units, and the entities that are done or open."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.text = ""
        self.size = 0
        self.entities: list[Json] = []
        self.open: list[_Open] = []

    def add(self, piece: str) -> None:
        self.text += piece
        self.size += units(piece)

    def byte(self, index: int) -> int:
        return len(self.source[:index].encode())

    def begin(self, name: str, at: int, extra: Json | None = None) -> None:
        self.open.append(_Open(name, self.size, at, extra or {}))

    def end(self, kind: str) -> None:
        opened = self.open.pop()
        if self.size > opened.offset:
            entity = {"type": kind, "offset": opened.offset, "length": self.size - opened.offset}
            self.entities.append({**entity, **opened.extra})


def _html(source: str) -> _Shown:
    shown = _Shown(source)
    i = 0
    while i < len(source):
        if source[i] == "<":
            i = _html_tag(shown, i)
            continue
        stop = source.find("<", i)
        piece = source[i:] if stop < 0 else source[i:stop]
        shown.add(_CHARACTER_REFERENCE.sub(lambda found: html.unescape(found.group()), piece))
        i += len(piece)
    if shown.open:
        raise _wrong(f'Can\'t find end tag corresponding to start tag "{shown.open[-1].name}"')
    shown.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return shown


def _html_tag(shown: _Shown, at: int) -> int:
    place = f"at byte offset {shown.byte(at)}"
    found = _TAG.match(shown.source, at)
    if found is None:
        raise _wrong(f"Unclosed {'end' if shown.source[at + 1 : at + 2] == '/' else 'start'} tag {place}")
    closing, name, rest = found.group(1), found.group(2).lower(), found.group(3)
    if closing:
        if not shown.open:
            raise _wrong(f"Unexpected end tag {place}")
        expected = shown.open[-1].name
        if name not in ("", expected):
            raise _wrong(f'Unmatched end tag {place}, expected "</{expected}>", found "</{name}>"')
        shown.end(_HTML_TAGS[expected])
        return found.end()
    if name not in _HTML_TAGS:
        raise _wrong(f'Unsupported start tag "{name}" {place}')
    attributes = {a.group(1): (a.group(2) or "").strip("\"'") for a in _ATTRIBUTE.finditer(rest)}
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise _wrong(f'Tag "span" must have class "tg-spoiler" {place}')
    extra: Json = {}
    if name == "a":
        extra = {"url": html.unescape(attributes.get("href", ""))}
    elif name == "tg-emoji":
        extra = {"custom_emoji_id": attributes.get("emoji-id", "")}
    shown.begin(name, at, extra)
    return found.end()


def _markdown_v2(source: str) -> _Shown:
    shown = _Shown(source)
    i = 0
    while i < len(source):
        character = source[i]
        inside = shown.open[-1].name if shown.open else ""
        if character == "\\" and i + 1 < len(source) and 0 < ord(source[i + 1]) <= 126:
            shown.add(source[i + 1])
            i += 2
        elif inside in ("```", "`"):
            i = _close_code(shown, i, inside)
        elif character not in _V2_RESERVED:
            shown.add(character)
            i += 1
        else:
            i = _v2_mark(shown, i)
    if shown.open:
        kind = {"[": "TextUrl", "`": "Code", "```": "Pre"}.get(shown.open[-1].name)
        kind = kind or _V2_MARKS[shown.open[-1].name].title()
        raise _wrong(f"Can't find end of {kind} entity at byte offset {shown.byte(shown.open[-1].at)}")
    shown.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
    return shown


def _close_code(shown: _Shown, i: int, mark: str) -> int:
    if shown.source.startswith(mark, i):
        shown.end("pre" if mark == "```" else "code")
        return i + len(mark)
    shown.add(shown.source[i])
    return i + 1


def _v2_mark(shown: _Shown, i: int) -> int:
    source = shown.source
    for mark in ("```", "`"):
        if source.startswith(mark, i):
            shown.begin(mark, i)
            return i + len(mark)
    for mark in ("__", "||", "*", "_", "~"):
        if source.startswith(mark, i):
            if shown.open and shown.open[-1].name == mark:
                shown.end(_V2_MARKS[mark])
            else:
                shown.begin(mark, i)
            return i + len(mark)
    if source[i] == "[":
        shown.begin("[", i)
        return i + 1
    if source[i] == "]" and shown.open and shown.open[-1].name == "[":
        return _close_link(shown, i)
    if source[i] == ">" and (i == 0 or source[i - 1] == "\n"):
        return i + 1  # a quotation: shown without its mark; the entity itself is left out
    raise _wrong(f"Character '{source[i]}' is reserved and must be escaped with the preceding '\\'")


def _close_link(shown: _Shown, i: int) -> int:
    url, after = shown.source[shown.open[-1].at + 1 : i], i + 1
    if shown.source.startswith("(", after):
        stop = shown.source.find(")", after)
        if stop < 0:
            raise _wrong(f"Can't find end of a URL at byte offset {shown.byte(after + 1)}")
        url, after = shown.source[after + 1 : stop], stop + 1
    shown.open[-1].extra = {"url": url}
    shown.end("text_link")
    return after


def _markdown(source: str) -> _Shown:
    shown = _Shown(source)
    i = 0
    while i < len(source):
        if source[i] == "\\" and source[i + 1 : i + 2] in ("_", "*", "`", "["):
            shown.add(source[i + 1])
            i += 2
        elif source[i] in "_*`[":
            mark = "```" if source.startswith("```", i) else source[i]
            stop = source.find("]" if mark == "[" else mark, i + len(mark))
            if stop < 0:
                raise _wrong(f"Can't find end of the entity starting at byte offset {shown.byte(i)}")
            shown.begin(mark, i)
            shown.add(source[i + len(mark) : stop])
            if mark == "[":
                i = _close_link(shown, stop)
            else:
                shown.end({"_": "italic", "*": "bold", "`": "code", "```": "pre"}[mark])
                i = stop + len(mark)
        else:
            shown.add(source[i])
            i += 1
    return shown


_PARSERS: dict[str, Callable[[str], _Shown]] = {
    "html": _html,
    "markdown": _markdown,
    "markdownv2": _markdown_v2,
}
