"""Urgent, or can it wait: asked after words in which danger could not be excluded.

The words are passed on first, and stay passed on: the answer may raise what was seen, never lower it.
"""

from datetime import datetime

from bot.alliance.effects import Ask, Choice, Chose, Forget, Say, Tell, Turn
from bot.alliance.key import Key
from bot.alliance.people import Client, OpenQuestion
from bot.alliance.rating import Concern
from bot.alliance.signals import Seen, Severity
from bot.dialogues import danger
from bot.dialogues.words import names

NAME = "urgency"


def asked_after(client: Client, turn: Turn, seen: Seen, words: str) -> Turn:
    """The turn that answers the words, its own question put off for this one."""
    answered = tuple(effect for effect in turn if not isinstance(effect, Ask | Forget))
    passed_on = any(isinstance(effect, Tell) for effect in answered)
    signal = next((signal for signal in seen.signals if signal.concern is seen.doubtful), None)
    return (
        *answered,
        *(() if passed_on else (Tell(client.id, Concern.TO_READ, Severity.SOON, words, signal),)),
        Forget(),
        Ask(
            Key("urgency.ask"),
            NAME,
            "which",
            (
                Choice("urgent", Key("urgency.urgent"), words=Key("urgency.urgent.words")),
                Choice("wait", Key("urgency.wait"), words=Key("urgency.wait.words")),
            ),
            {"who": names(client.nurses)},
            keeps={"concern": seen.doubtful or Concern.CRISIS, "words": words},
        ),
    )


def answer(client: Client, question: OpenQuestion, said: Chose, now: datetime) -> Turn:
    """Urgent: answered as danger is. It can wait: then it waits where it was passed on."""
    if said.id == "urgent":
        concern = Concern(str(question.keeps["concern"]))
        return danger.turn(client, concern, str(question.keeps["words"]), question, now)
    return (Say(client.id, Key("urgency.waits"), danger.safety_values(client)), Forget())
