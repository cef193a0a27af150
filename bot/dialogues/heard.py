"""Words and things that no question was waiting for: acknowledged, kept, never answered beyond what was understood."""

from bot.alliance.effects import Keep, Say, Tell, Turn
from bot.alliance.key import Key
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.alliance.rating import Concern
from bot.alliance.signals import Seen, Severity
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
NOTHING = Seen()
LIGHT = frozenset({"sticker", "dice", "poll"})


KEPT = (Key("heard.kept"), Key("heard.kept.second"), Key("heard.kept.third"))


def words(
    client: Client,
    text: str,
    *,
    edited: bool,
    thing: str | None,
    question: OpenQuestion | None,
    seen: Seen = NOTHING,
) -> Turn:
    """Free text: kept for the pair, and said so. With a question open, the question stays where it is.

    seen: a step forward is kept as a win, and being in two minds is met; neither is hurried.

    thing: what the words came with, as a caption. With an alert open, they are added to it: whoever takes it reads
    the corrections too.
    """
    if not client.consented:
        return (Say(client.id, Key("heard.before_consent"), {"emergency": client.help.emergency_line}),)
    who = {"who": names(client.nurses)}
    if thing is not None:
        values = {**who, "thing": thing_words(thing)}
        return (Keep("note", text), Say(client.id, Key("heard.kept_without_thing"), values))
    if client.alert is not None and question is None:
        joined = Tell(client.id, client.alert.concern, Severity.NONE, text)
        return (Keep("note", text), joined, Say(client.id, Key("heard.added_to_alert"), who))
    if edited:
        return (Keep("note", text), Say(client.id, Key("heard.edited")))
    if question is not None:
        return (Keep("note", text), Say(client.id, Key("heard.question_open"), who))
    if client.programme is Programme.STOPPED:
        return (Keep("note", text), Say(client.id, Key("heard.stopped"), who))
    if seen.is_sure_of(Concern.PROGRESS):
        return (Keep("win", text), Say(client.id, Key("heard.progress"), who), *_to_read(client, text, seen))
    if seen.is_sure_of(Concern.AMBIVALENCE):
        return (Keep("note", text), Say(client.id, Key("heard.ambivalence"), who))
    return (Keep("note", text), Say(client.id, KEPT[client.notes % len(KEPT)], who), *_to_read(client, text, seen))


def _to_read(client: Client, text: str, seen: Seen) -> tuple[Tell, ...]:
    """Past or somebody else's trouble: no hurry, but the nurse should not first learn of it at the next visit."""
    if seen.severity is not Severity.SOON:
        return ()
    return (Tell(client.id, Concern.TO_READ, Severity.SOON, text, next(iter(seen.signals), None)),)


def thing_words(kind: str) -> Key:
    """What to call something that is not words."""
    return THINGS.get(kind, Key("thing.other"))


def thing(client: Client, kind: str) -> Turn:
    """Something that cannot be read here: said plainly, with the number, without a tone of reproach."""
    if kind in LIGHT:
        return (Say(client.id, Key("heard.sticker")),)
    values = {"thing": thing_words(kind), "emergency": client.help.emergency_line}
    return (Say(client.id, Key("heard.thing"), values),)
