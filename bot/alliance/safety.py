"""The safety replies, in code as well as in the catalogues, so that a broken catalogue can never silence them.

The order of each reply is that of the README, Safety: heard and taken seriously, the numbers (each alone on its line),
who is told, and that these messages are not watched day and night. In an emergency the number comes first.
"""

from collections.abc import Mapping

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

SPARE_NOBODY: dict[str, str] = {
    "fr": (
        "Personne de l'équipe ne peut être joint en ce moment. N'attendez pas ici.\n\n"
        "En danger, appelez maintenant :\n{emergency}\nPour parler à quelqu'un :\n{crisis}"
    ),
    "en": (
        "Nobody on the team can be reached right now. Please don't wait here.\n\n"
        "In danger, call now:\n{emergency}\nTo talk to someone:\n{crisis}"
    ),
}
"""The same where nobody can be reached, and "your nurses are being alerted" would be false."""

SPARES: dict[Key, Mapping[str, str]] = {
    **dict.fromkeys(SAFETY_REPLY.values(), SPARE),
    Key("safety.self_harm_with_poison_line"): SPARE,
    Key("safety.violence_with_line"): SPARE,
    Key("safety.nobody"): SPARE_NOBODY,
}
"""Every sentence that must come out whatever has become of the catalogues → its spare, by language."""
