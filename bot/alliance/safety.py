"""The safety replies, in code as well as in the catalogues, so that a broken catalogue can never silence them.

The order of each reply is that of the README, Safety: heard and taken seriously, the numbers (each alone on its line), who is
told, and that these messages are not watched day and night. In an emergency the number comes first.
"""

from bot.alliance.key import Key
from bot.alliance.rating import Concern

SAFETY_REPLY: dict[Concern, Key] = {
    Concern.CRISIS: Key("safety.crisis"),
    Concern.SELF_HARM: Key("safety.self_harm"),
    Concern.VIOLENCE: Key("safety.violence"),
    Concern.EMERGENCY: Key("safety.emergency"),
}

SPARE: dict[str, str] = {
    "fr": (
        "Merci de l'avoir écrit. C'est pris au sérieux.\n\nSi le danger est là, appelez maintenant :\n{emergency}\n"
        "Pour parler à quelqu'un :\n{crisis}\n\nVos infirmières sont averties. "
        "Personne ne lit ici jour et nuit : appelez sans attendre leur réponse."
    ),
    "en": (
        "Thank you for writing it. It is taken seriously.\n\nIf you are in danger, call now:\n{emergency}\n"
        "To talk to someone:\n{crisis}\n\nYour nurses are being alerted. "
        "Nobody reads here day and night: please call without waiting for them."
    ),
}
"""What is said when a catalogue has lost its safety reply. Values: emergency, crisis (one line each)."""
