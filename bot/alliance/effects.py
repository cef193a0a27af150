"""What a decision asks for. Pure data; ``engine/apply.py`` is the only reader that acts on it.

A decision is a ``Turn``: effects in order, and the question that is now open (or none). Effects carry catalogue
keys and values, never sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Any

from bot.alliance.key import Key, Value
from bot.alliance.rating import Concern
from bot.alliance.signals import Severity, Signal


class Priority(IntEnum):
    """Which waiting message leaves first; the lower, the sooner."""

    URGENT = 0  # the safety reply, and the page of an urgent alert
    REPLY = 1  # an answer to somebody who is waiting in front of the screen
    CHECK_IN = 2
    QUIET = 3  # digests, and buttons taken off an answered question


class Kind(StrEnum):
    """What a message is, which decides how late it may still leave and what is asked again before it does."""

    SAFETY = "safety"
    ALERT = "alert"
    REPLY = "reply"
    CHECK_IN = "check_in"
    NOTICE = "notice"
    EDIT = "edit"


@dataclass(frozen=True)
class Choice:
    """One button. id: what the dialogue gets; label: what the person reads; words: catalogue entries of further
    words, separated by "|", that mean the same when typed."""

    id: str
    label: Key
    values: Mapping[str, Value] = field(default_factory=dict)
    words: Key | tuple[Key, ...] = ()


@dataclass(frozen=True)
class Command:
    """A button that works at any time, outside of questions: data such as ``ok:12``, at most 64 bytes (Telegram)."""

    data: str
    label: Key
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Say:
    """Say one sentence to one person. to: person id. keyboard: show the client's permanent keyboard anew."""

    to: int
    key: Key
    values: Mapping[str, Value] = field(default_factory=dict)
    kind: Kind = Kind.REPLY
    priority: Priority = Priority.REPLY
    commands: tuple[tuple[Command, ...], ...] = ()
    keyboard: bool = False
    alert_id: int | None = None
    check_in_id: int | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Ask:
    """Say a sentence with choices to the person of this turn; the tap or the typed words come back to ``step``.

    open: anything typed is an answer too, not only the choices. columns: how many buttons stand in a row.
    in_place: change the question that stands there instead of asking a new one, for choices that are ticked.
    values: what the dialogue wants to find again with the answer (JSON values only).
    """

    key: Key
    dialogue: str
    step: str
    choices: tuple[Choice, ...]
    values: Mapping[str, Value] = field(default_factory=dict)
    keeps: Mapping[str, Any] = field(default_factory=dict)
    open: bool = False
    columns: int = 1
    kind: Kind = Kind.REPLY
    priority: Priority = Priority.REPLY
    check_in_id: int | None = None
    in_place: bool = False


@dataclass(frozen=True)
class Keep:
    """Keep the client's own words. what: objective, reason, win or note."""

    what: str
    text: str


@dataclass(frozen=True)
class Rate:
    """Record a rating, 0 to 7, with the check-in it answers, if any."""

    value: int
    check_in_id: int | None


@dataclass(frozen=True)
class Change:
    """Change columns of one person or of the client's programme. fields: column: new value."""

    person_id: int
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class CheckInIs:
    """Set what became of a check-in: answered, skipped, postponed, unanswered."""

    check_in_id: int
    status: str


@dataclass(frozen=True)
class Tell:
    """Words that a nurse must see: open an alert, or join the client's open one. signal: in which of them it was
    seen, where it was seen in words at all."""

    client_id: int
    concern: Concern
    severity: Severity
    words: str | None = None
    signal: Signal | None = None


@dataclass(frozen=True)
class Acknowledge:
    """The person of this turn takes an incident: the others who were told learn it, and so does the client."""

    alert_id: int


@dataclass(frozen=True)
class Close:
    """An incident ends, with its outcome."""

    alert_id: int
    outcome: str


@dataclass(frozen=True)
class Judge:
    """Whether an incident was worth a nurse's attention; so that phrases that cry wolf are found."""

    alert_id: int
    useful: bool


@dataclass(frozen=True)
class HandBack:
    """An incident is in nobody's hands again: it goes back to the first rung of its ladder."""

    alert_id: int


@dataclass(frozen=True)
class EraseWords:
    """Delete everything that the person of this turn wrote: consent was refused."""


@dataclass(frozen=True)
class Forget:
    """Close the open question of the person of this turn."""


Effect = (
    Say | Ask | Keep | Rate | Change | CheckInIs | Tell | Acknowledge | Close | Judge | HandBack | EraseWords | Forget
)


@dataclass(frozen=True)
class Chose:
    """The person chose a button, by tap or by typing its words."""

    id: str


@dataclass(frozen=True)
class Wrote:
    """The person wrote something else."""

    text: str


Answer = Chose | Wrote
Turn = tuple[Effect, ...]
