"""The pretend bot's own card: command menus per scope and language, name, descriptions, menu buttons.

Decides which menu a person sees (Telegram's order of precedence). Refuses to know chats and messages.
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
Scope = tuple[str, int | None]  # the scope's type, and its chat where it has one

_PRIVATE_SCOPES = ("all_private_chats", "default")


class Menu:
    """What setMyCommands, setMyName, setMyDescription and setChatMenuButton have set."""

    def __init__(self) -> None:
        self.commands: dict[tuple[Scope, str], list[Json]] = {}
        self.texts: dict[tuple[str, str], str] = {}  # (which text, language) → the text
        self.buttons: dict[int | None, Json] = {}

    def seen_by(self, chat_id: int, language_code: str) -> list[Json]:
        """The commands of a private chat: its own first, then all private chats', then the default;
        in each the person's language first."""
        language = language_code[:2].lower()
        scopes: list[Scope] = [("chat", chat_id), *((kind, None) for kind in _PRIVATE_SCOPES)]
        for scope in scopes:
            for code in (language, ""):
                commands = self.commands.get((scope, code))
                if commands:
                    return commands
        return []
