"""Who is who, as the pure code sees them: a client with her pair, and a carer who can be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.alliance.hours import WorkingHours
from bot.alliance.rating import Concern
from bot.alliance.schedule import Schedule
from bot.alliance.signals import Severity


class Role(StrEnum):
    CLIENT = "client"
    NURSE = "nurse"
    COORDINATOR = "coordinator"


class Programme(StrEnum):
    """Where a client stands with the programme; nothing is sent of its own accord unless ACTIVE."""

    INVITED = "invited"
    ACTIVE = "active"
    PAUSED = "paused"
    STOPPED = "stopped"
    DECLINED = "declined"


@dataclass(frozen=True)
class Carer:
    """A nurse or a coordinator. away: said so herself. reachable: has opened the bot and not blocked it."""

    id: int
    role: Role
    name: str
    away: bool = False
    reachable: bool = True


@dataclass(frozen=True)
class HelpLines:
    """emergency: the number as dialled; emergency_line and crisis: as shown, one line each; others or None."""

    emergency: str
    emergency_line: str
    crisis: tuple[str, ...] = ()
    violence: str | None = None
    poison: str | None = None
    advice: str | None = None


@dataclass(frozen=True)
class OpenAlert:
    """The client's open incident, if any. paged: somebody was told already. acknowledged_by: a carer's name."""

    id: int
    severity: Severity
    concern: Concern
    paged: bool = False
    acknowledged_by: str | None = None


@dataclass(frozen=True)
class CheckIn:
    """The client's open check-in. due_at: the slot it stands for."""

    id: int
    due_at: datetime


@dataclass(frozen=True)
class Client:
    """All that a dialogue may know of a client.

    ratings: oldest first, 0 to 7. check_ins: how many there were so far. hard_moments: how often in the last seven
    days discouragement was said.
    rhythm_given: a coordinator chose the days before the client did.
    consented: to the consent text of today. notes: how many words were kept so far.
    reasons, wins: in the client's own words, newest first. language: "fr" or "en". address: "vous" or "tu".
    """

    id: int
    alias: str
    language: str
    address: str
    zone: ZoneInfo
    region: str
    programme: Programme
    nurses: tuple[Carer, ...]
    hours: WorkingHours
    help: HelpLines
    schedule: Schedule
    consented: bool = False
    rhythm_given: bool = False
    next_check_in_at: datetime | None = None
    follow_up_at: datetime | None = None
    started_on: date | None = None
    ratings: tuple[int, ...] = ()
    objective: str | None = None
    reasons: tuple[str, ...] = ()
    wins: tuple[str, ...] = ()
    notes: int = 0
    hard_moments: int = 0
    check_ins: int = 0
    check_in: CheckIn | None = None
    alert: OpenAlert | None = None

    @property
    def present(self) -> tuple[Carer, ...]:
        """The nurses of the pair who are there, the lead first."""
        return tuple(nurse for nurse in self.nurses if not nurse.away)


@dataclass(frozen=True)
class OpenQuestion:
    """The question a person has in front of them. choices: id → what may be typed for it, normalised."""

    dialogue: str
    step: str
    keeps: Mapping[str, object]
    choices: Mapping[str, tuple[str, ...]]
    open: bool
    asked_at: datetime
