"""How an alert ends: acknowledging is not closing, so one of these outcomes is asked for."""

from bot.alliance.effects import Command
from bot.alliance.key import Key
from bot.alliance.rating import Concern

UNTOLD = frozenset({Concern.BLOCKED, Concern.WANTS_TO_STOP})
"""Concerns of which the client hears nothing back: she asked for silence, or cannot be reached."""

OUTCOMES: dict[str, Key] = {
    "reached": Key("outcome.reached"),
    "visit": Key("outcome.visit"),
    "handed_over": Key("outcome.handed_over"),
    "no_action": Key("outcome.no_action"),
}


def outcome_buttons(alert_id: int) -> tuple[tuple[Command, ...], ...]:
    """One button for each way an incident can end."""
    return tuple((Command(f"out:{alert_id}:{name}", label),) for name, label in OUTCOMES.items())


def useful_buttons(alert_id: int) -> tuple[tuple[Command, ...], ...]:
    """Whether the alert was of use, in one tap."""
    return ((Command(f"use:{alert_id}:yes", Key("useful.yes")), Command(f"use:{alert_id}:no", Key("useful.no"))),)


def page_buttons(alert_id: int) -> tuple[tuple[Command, ...], ...]:
    """What can be done with a page: take it, or look first."""
    return ((Command(f"ok:{alert_id}", Key("page.take")), Command(f"see:{alert_id}", Key("page.see"))),)
