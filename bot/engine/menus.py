"""The command menu of each person: by role, in her language."""

from bot.alliance.people import Role
from bot.coordination import commands as coordination
from bot.dialogues import intents
from bot.nursing import commands as nursing
from bot.store.tables import Person
from bot.text import text


def menu_for(person: Person) -> list[tuple[str, str]]:
    """(name, description) for Telegram's command menu; names follow the person's language."""
    language = person.language
    match Role(person.role):
        case Role.CLIENT:
            named = [(intents.COMMANDS[intent][language], key) for intent, key in intents.DESCRIPTIONS.items()]
        case Role.NURSE:
            named = [(command.names[language], command.description) for command in nursing.COMMANDS]
        case Role.COORDINATOR:
            named = [(command.names[language], command.description) for command in coordination.COMMANDS]
    return [(name, text(key, language, address=person.address)) for name, key in named]
