"""The nurse's commands, in both languages. What concerns alerts is shared with the coordinators."""

from bot.alliance.chat_command import ChatCommand
from bot.alliance.key import Key

ALERT_COMMANDS = (
    ChatCommand("alerts", {"fr": "alertes", "en": "alerts"}, Key("command.alerts")),
    ChatCommand("take", {"fr": "ok", "en": "ok"}, Key("command.take")),
    ChatCommand("see", {"fr": "voir", "en": "see"}, Key("command.see")),
    ChatCommand("close", {"fr": "fin", "en": "done"}, Key("command.close")),
    ChatCommand("judge", {"fr": "utile", "en": "useful"}, Key("command.judge")),
)
GENERAL_COMMANDS = (
    ChatCommand("language", {"fr": "langue", "en": "language"}, Key("command.language")),
    ChatCommand("help", {"fr": "aide", "en": "help"}, Key("command.help")),
)
COMMANDS = (
    *ALERT_COMMANDS,
    ChatCommand("clients", {"fr": "clients", "en": "clients"}, Key("command.clients")),
    ChatCommand("away", {"fr": "absent", "en": "away"}, Key("command.away")),
    ChatCommand("present", {"fr": "present", "en": "present"}, Key("command.present")),
    *GENERAL_COMMANDS,
)
