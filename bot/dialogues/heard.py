"""Words and things that no question was waiting for: acknowledged, kept, never answered beyond what was understood."""

from bot.alliance.effects import Effect, Keep, Say, Turn
from bot.alliance.key import Key
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.dialogues.words import names

THINGS: dict[str, Key] = {
    "voice": Key("thing.voice"),
    "audio": Key("thing.voice"),
    "photo": Key("thing.photo"),
    "video": Key("thing.video"),
    "video_note": Key("thing.video"),
    "animation": Key("thing.video"),
    "document": Key("thing.document"),
    "location": Key("thing.location"),
    "contact": Key("thing.contact"),
}
LIGHT = frozenset({"sticker", "dice", "poll"})


def words(client: Client, text: str, *, edited: bool, question: OpenQuestion | None) -> Turn:
    """Free text: kept for the pair, and said so. With a question open, the question stays where it is."""
    who = {"who": names(client.nurses)}
    if edited:
        return (Keep("note", text), Say(client.id, Key("heard.edited")))
    if question is not None:
        return (Keep("note", text), Say(client.id, Key("heard.question_open"), who))
    if client.programme is Programme.STOPPED:
        return (Keep("note", text), Say(client.id, Key("heard.stopped"), who))
    return (Keep("note", text), Say(client.id, Key("heard.kept"), who))


def thing(client: Client, kind: str) -> Turn:
    """Something that cannot be read here: said plainly, with the number, without a tone of reproach."""
    if kind in LIGHT:
        return (Say(client.id, Key("heard.sticker")),)
    effects: tuple[Effect, ...] = ()
    return (
        *effects,
        Say(
            client.id,
            Key("heard.thing"),
            {"thing": THINGS.get(kind, Key("thing.other")), "emergency": client.help.emergency_line},
        ),
    )
