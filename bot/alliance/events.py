"""What a person can do in a chat, as the pure code sees it; Telegram's own shapes stay in ``telegram/``."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """A text or a caption. edited: the person changed an earlier message. thing: what it is the caption of."""

    text: str
    edited: bool = False
    thing: str | None = None


@dataclass(frozen=True)
class Tap:
    """A button of a question. choice: its id; None when that question is no longer the open one."""

    choice: str | None


@dataclass(frozen=True)
class Press:
    """A button that works at any time. data: such as "ok:12"."""

    data: str


@dataclass(frozen=True)
class Thing:
    """Something that is not words: a sticker, a voice message, a photo."""

    kind: str


Event = Text | Tap | Press | Thing
