"""Changing the language at any time, for anybody; the open question, if any, stays open."""

from bot.alliance.effects import Ask, Change, Choice, Chose, Forget, Say, Turn
from bot.alliance.key import Key
from bot.alliance.people import Client

NAME = "language"


def begin(client: Client) -> Turn:
    """Ask which language, the present one first."""
    choices = {"fr": Choice("fr", Key("language.fr")), "en": Choice("en", Key("language.en"))}
    ordered = (
        choices[client.language],
        *(choice for name, choice in choices.items() if name != client.language),
    )
    return (Ask(Key("language.ask"), NAME, "which", ordered, columns=2),)


def answer(client: Client, said: Chose) -> Turn:
    """Say it in the new language from now on."""
    return (
        Change(client.id, {"language": said.id}),
        Say(client.id, Key("language.done"), keyboard=True),
        Forget(),
    )
