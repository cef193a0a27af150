"""What a person asks for outside of any question: commands, the permanent keyboard, one-word wishes.

Every intent has a French and an English command and can be typed in plain words of either language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.alliance.key import Key
from bot.alliance.signals import normalise


class Intent(StrEnum):
    START = "start"
    HELP = "help"
    CHECK_IN = "check_in"
    HARD = "hard"
    NURSE = "nurse"
    PAUSE = "pause"
    STOP = "stop"
    RESUME = "resume"
    LANGUAGE = "language"


COMMANDS: dict[Intent, dict[str, str]] = {
    Intent.HELP: {"fr": "aide", "en": "help"},
    Intent.CHECK_IN: {"fr": "point", "en": "checkin"},
    Intent.HARD: {"fr": "difficile", "en": "hard"},
    Intent.NURSE: {"fr": "infirmiere", "en": "nurse"},
    Intent.PAUSE: {"fr": "pause", "en": "pause"},
    Intent.RESUME: {"fr": "reprendre", "en": "resume"},
    Intent.STOP: {"fr": "arreter", "en": "stop"},
    Intent.LANGUAGE: {"fr": "langue", "en": "language"},
}
"""Without the slash; Telegram allows a to z, 0 to 9 and _ only, 32 at most."""

DESCRIPTIONS: dict[Intent, Key] = {
    Intent.HELP: Key("command.help"),
    Intent.CHECK_IN: Key("command.check_in"),
    Intent.HARD: Key("command.hard"),
    Intent.NURSE: Key("command.nurse"),
    Intent.PAUSE: Key("command.pause"),
    Intent.RESUME: Key("command.resume"),
    Intent.STOP: Key("command.stop"),
    Intent.LANGUAGE: Key("command.language"),
}

KEYBOARD: tuple[tuple[tuple[Intent, Key], ...], ...] = (
    ((Intent.HARD, Key("keyboard.hard")),),
    ((Intent.CHECK_IN, Key("keyboard.check_in")), (Intent.NURSE, Key("keyboard.nurse"))),
    ((Intent.PAUSE, Key("keyboard.pause")), (Intent.HELP, Key("keyboard.help"))),
)
"""The client's permanent keyboard, row by row."""

WORDS: dict[Intent, Key] = {
    Intent.HELP: Key("intent.help.words"),
    Intent.CHECK_IN: Key("intent.check_in.words"),
    Intent.HARD: Key("intent.hard.words"),
    Intent.NURSE: Key("intent.nurse.words"),
    Intent.LANGUAGE: Key("intent.language.words"),
    Intent.PAUSE: Key("intent.pause.words"),
    Intent.STOP: Key("intent.stop.words"),
    Intent.RESUME: Key("intent.resume.words"),
}
"""Catalogue entries of further words, separated by "|"."""


def bare(text: str) -> str:
    """A typed text as it is compared with labels: normalised, without emoji and end marks."""
    return "".join(letter for letter in normalise(text) if letter.isalnum() or letter in " '/·").strip(" '")


@dataclass(frozen=True)
class Phrasebook:
    """Words as ``bare`` gives them → intent. labels: of the permanent keyboard; words: one-word wishes."""

    labels: Mapping[str, Intent]
    words: Mapping[str, Intent]


def intent_in(text: str, phrasebook: Phrasebook, *, answering: bool = False) -> Intent | None:
    """The intent of a whole text, or None.

    answering: an open question waits for the person's own words, so that a single word is an answer unless it stops
    everything or asks for help.
    """
    stripped = text.strip()
    if stripped.startswith("/"):
        name = stripped[1:].split(maxsplit=1)[0].split("@")[0].casefold() if len(stripped) > 1 else ""
        if name == "start":
            return Intent.START
        return next((intent for intent, by in COMMANDS.items() if name in by.values()), None)
    said = bare(text)
    if said in phrasebook.labels:
        return phrasebook.labels[said]
    wish = phrasebook.words.get(said)
    return None if answering and wish not in (Intent.STOP, Intent.HELP) else wish
