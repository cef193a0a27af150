"""The coordinator's commands, in both languages."""

from bot.alliance.chat_command import ChatCommand
from bot.alliance.key import Key

COMMANDS = (
    ChatCommand("clients", {"fr": "clients", "en": "clients"}, Key("command.coordinator.clients")),
    ChatCommand("invite", {"fr": "inviter", "en": "invite"}, Key("command.invite")),
    ChatCommand("alerts", {"fr": "alertes", "en": "alerts"}, Key("command.alerts")),
    ChatCommand("take", {"fr": "ok", "en": "ok"}, Key("command.take")),
    ChatCommand("see", {"fr": "voir", "en": "see"}, Key("command.see")),
    ChatCommand("close", {"fr": "fin", "en": "done"}, Key("command.close")),
    ChatCommand("language", {"fr": "langue", "en": "language"}, Key("command.language")),
    ChatCommand("help", {"fr": "aide", "en": "help"}, Key("command.help")),
)
