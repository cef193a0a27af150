"""The coordinator's commands, in both languages."""

from bot.alliance.chat_command import ChatCommand
from bot.alliance.key import Key
from bot.nursing.commands import ALERT_COMMANDS, GENERAL_COMMANDS

COMMANDS = (
    ChatCommand("clients", {"fr": "clients", "en": "clients"}, Key("command.coordinator.clients")),
    ChatCommand("invite", {"fr": "inviter", "en": "invite"}, Key("command.invite")),
    *ALERT_COMMANDS,
    ChatCommand("try", {"fr": "essai", "en": "try"}, Key("command.try")),
    ChatCommand("phrases", {"fr": "phrases", "en": "phrases"}, Key("command.phrases")),
    *GENERAL_COMMANDS,
)
