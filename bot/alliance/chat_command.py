"""A slash command of a nurse or a coordinator, and how a typed line is taken apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.alliance.key import Key


@dataclass(frozen=True)
class ChatCommand:
    """names: language → name without the slash (a to z, 0 to 9, _; 32 at most, Telegram's rule)."""

    act: str
    names: Mapping[str, str]
    description: Key


def command_in(text: str, commands: Sequence[ChatCommand]) -> tuple[str, str] | None:
    """The act and the rest of a typed line, in whichever language its name is; None for anything else."""
    stripped = text.strip()
    if not stripped.startswith("/"):
        return None
    parts = stripped[1:].split(maxsplit=1)  # at any white space: a phone may well put a line break there
    rest = parts[1] if len(parts) > 1 else ""
    name = parts[0].split("@")[0].casefold() if parts else ""
    for command in commands:
        if name in command.names.values():
            return command.act, rest
    return ("start" if name == "start" else "", rest)


def number_in(text: str) -> int | None:
    """The first number of a line: "12", "nº 12", "#12 joint"."""
    digits = ""
    for letter in text:
        if letter.isascii() and letter.isdigit():
            digits += letter
        elif digits:
            break
    return int(digits[:9]) if digits else None
