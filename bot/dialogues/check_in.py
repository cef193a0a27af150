"""The check-in: better, the same or worse; how much; then one open question that may be skipped.

Two taps or one typed figure give the 0–7 rating, always relative to the day the client began. The reply follows the
rating; what worsens reaches the nurse. Refuses to cheer, to compare and to ask twice.
"""

import re
from datetime import datetime, timedelta

from bot.alliance.effects import (
    Answer,
    Ask,
    Change,
    CheckInIs,
    Choice,
    Chose,
    Effect,
    Forget,
    Keep,
    Kind,
    Priority,
    Rate,
    Say,
    Tell,
    Turn,
    Wrote,
)
from bot.alliance.key import Key
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.alliance.rating import BETTER, LABEL, NO_CHANGE, NOT_RATED, WORSE, Concern, concern_of
from bot.alliance.schedule import instant, next_slot
from bot.alliance.signals import Severity
from bot.dialogues.nurse import told
from bot.dialogues.words import local

NAME = "check_in"
LATER = timedelta(hours=3)
LAST_HOUR = 21
"""Nothing is asked again after this local hour; it waits for the next morning."""

_FIGURE = re.compile(
    r"\s*(?P<figure>[0-7])(?:\s*/\s*7)?\s*(?:·[^\n]*|(?:\s[-–]|[,:])\s+(?P<words>[^\W\d_].*)|[.!])?\s*", re.DOTALL
)
"""A bare figure, "6/7", a button's label typed out, or a figure and then words: "6 - je n'en peux plus"."""


def ask(client: Client, check_in_id: int | None, *, planned: bool) -> Turn:
    """Open the check-in. check_in_id: None when none is open. planned: its slot has come, rather than
    the client asking for it. The wording varies from one to the next."""
    opening = (Key("check_in.ask.first"), Key("check_in.ask.second"), Key("check_in.ask.third"))[client.check_ins % 3]
    return (_direction(client, opening, check_in_id, planned),)


def _direction(client: Client, key: Key, check_in_id: int | None, planned: bool) -> Ask:
    return Ask(
        key,
        NAME,
        "direction",
        (
            Choice("better", Key("check_in.better"), words=Key("check_in.better.words")),
            Choice("same", LABEL[NO_CHANGE], words=Key("check_in.same.words")),
            Choice("worse", Key("check_in.worse"), words=Key("check_in.worse.words")),
            Choice("not_now", Key("choice.not_now"), words=Key("choice.not_now.words")),
        ),
        values={"since": client.started_on or "…", "name": client.alias},
        keeps={"check_in": check_in_id},
        kind=Kind.CHECK_IN if planned else Kind.REPLY,
        priority=Priority.CHECK_IN if planned else Priority.REPLY,
        check_in_id=check_in_id if planned else None,
    )


def answer(client: Client, question: OpenQuestion, said: Answer, now: datetime) -> Turn | None:
    """The client's answer to a step of the check-in. None: these words are no answer to it."""
    check_in_id = _check_in_id(question)
    if isinstance(said, Wrote) and question.step != "open":
        return rated_in_words(client, said.text, check_in_id, now)
    match question.step, said:
        case "direction", Chose("same"):
            return rated(client, NO_CHANGE, check_in_id, now)
        case "direction", Chose("better" | "worse" as direction):
            return (_how_much(client, BETTER if direction == "better" else WORSE, check_in_id),)
        case (("direction" | "how_much"), Chose("not_now")):
            return _not_now(client, check_in_id, now)
        case "how_much", Chose(figure_chosen):
            return rated(client, int(figure_chosen), check_in_id, now)
        case "not_now", Chose("later"):
            later = later_at(client, now)
            return (
                *_is(check_in_id, "postponed"),
                Change(client.id, {"next_check_in_at": later}),
                Say(client.id, Key("check_in.later.done"), {"at": local(client, later)}),
                Forget(),
            )
        case "not_now", Chose("skip"):
            return (
                *_is(check_in_id, "skipped"),
                Say(client.id, Key("check_in.skip.done"), _next(client, now)),
                Forget(),
            )
        case "open", _:
            return _open_answered(client, question, said)
    return None


def figure_in(text: str) -> int | None:
    """The rating that a typed text is: "6", "6/7", "6 · Fortement aggravé"; None for anything else."""
    match = _FIGURE.fullmatch(text)
    return int(match["figure"]) if match else None


def rated_in_words(client: Client, text: str, check_in_id: int | None, now: datetime) -> Turn | None:
    """A typed rating, with the words that came with it kept; None when the text is no rating."""
    match = _FIGURE.fullmatch(text)
    if match is None:
        return None
    words: Turn = (Keep("note", text),) if match["words"] else ()
    return (*words, *rated(client, int(match["figure"]), check_in_id, now))


def rated(client: Client, figure: int, check_in_id: int | None, now: datetime) -> Turn:
    """Meet a rating: say it back in words with its direction, pass on what must be, ask one open question."""
    effects: list[Effect] = [Rate(figure, check_in_id), *_is(check_in_id, "answered")]
    if figure == NOT_RATED:
        if client.programme is not Programme.ACTIVE:
            return (*effects, Say(client.id, Key("check_in.open.skipped.quietly")), Forget())
        return (*effects, Say(client.id, Key("check_in.reply.not_rated"), _next(client, now)), Forget())
    concern = concern_of((*client.ratings, figure))
    effects.append(
        Say(client.id, _reply(figure, concern), {"rating": LABEL[figure], "since": client.started_on or "…"}),
    )
    if concern is not None:
        effects.append(Tell(client.id, concern, Severity.SOON, None))
        effects.append(told(client, now))
    effects.append(_open_question(figure))
    return tuple(effects)


def _reply(figure: int, concern: Concern | None) -> Key:
    if figure <= NO_CHANGE and concern is not None:
        return Key("check_in.reply.fallen_back")
    match figure:
        case 1 | 2:
            return Key("check_in.reply.much_better")
        case 3:
            return Key("check_in.reply.slightly_better")
        case 4:
            return Key("check_in.reply.same")
        case 5:
            return Key("check_in.reply.slightly_worse")
        case _:
            return Key("check_in.reply.much_worse")


def _open_question(figure: int) -> Ask:
    if figure in BETTER:
        key, what = Key("check_in.open.better"), "win"
    elif figure == NO_CHANGE:
        key, what = Key("check_in.open.same"), "reason"
    else:
        key, what = Key("check_in.open.worse"), "note"
    skip = Choice("skip", Key("choice.skip"), words=Key("choice.skip.words"))
    return Ask(key, NAME, "open", (skip,), keeps={"what": what}, open=True)


def _open_answered(client: Client, question: OpenQuestion, said: Answer) -> Turn:
    if isinstance(said, Chose):
        return (Say(client.id, Key("check_in.open.skipped")), Forget())
    match str(question.keeps.get("what", "note")):
        case "win":
            thanks = Key("kept.win")
        case "reason":
            thanks = Key("kept.reason")
        case _:
            thanks = Key("kept.note")
    passed_on: Turn = ()
    if thanks == "kept.note" and client.alert is not None:
        # What weighs belongs to the alert that the rating opened: whoever takes it reads it there.
        passed_on = (Tell(client.id, client.alert.concern, Severity.SOON, said.text),)
    return (Keep(str(question.keeps.get("what", "note")), said.text), *passed_on, Say(client.id, thanks), Forget())


def _how_much(client: Client, figures: tuple[int, ...], check_in_id: int | None) -> Ask:
    return Ask(
        Key("check_in.how_much.better") if figures == BETTER else Key("check_in.how_much.worse"),
        NAME,
        "how_much",
        (
            *(Choice(str(figure), LABEL[figure]) for figure in figures),
            Choice("not_now", Key("choice.not_now"), words=Key("choice.not_now.words")),
        ),
        values={"since": client.started_on or "…"},
        keeps={"check_in": check_in_id},
    )


def _not_now(client: Client, check_in_id: int | None, now: datetime) -> Turn:
    if client.programme is not Programme.ACTIVE:
        # Nothing is planned: there is no "later" to promise.
        return (*_is(check_in_id, "skipped"), Say(client.id, Key("check_in.open.skipped.quietly")), Forget())
    return (_later_or_not(client, check_in_id, now),)


def _later_or_not(client: Client, check_in_id: int | None, now: datetime) -> Ask:
    return Ask(
        Key("check_in.not_now"),
        NAME,
        "not_now",
        (
            Choice(
                "later",
                Key("check_in.later"),
                {"at": local(client, later_at(client, now))},
                words=Key("check_in.later.words"),
            ),
            Choice("skip", Key("check_in.skip"), words=Key("check_in.skip.words")),
        ),
        keeps={"check_in": check_in_id},
    )


def later_at(client: Client, now: datetime) -> datetime:
    """Three hours from now, on the full quarter; not in the evening: then tomorrow at the usual hour."""
    wall = local(client, now + LATER)
    wall = wall.replace(minute=wall.minute // 15 * 15, second=0, microsecond=0)
    today = local(client, now).date()
    if wall.date() != today or wall.hour >= LAST_HOUR:
        return instant(today + timedelta(days=1), client.schedule.at, client.zone)
    return wall.astimezone(now.tzinfo)


def _next(client: Client, now: datetime) -> dict[str, datetime]:
    planned = client.next_check_in_at
    if planned is None or planned <= now:
        planned = next_slot(client.schedule, client.zone, now)
    return {"next": local(client, planned)}


def _is(check_in_id: int | None, status: str) -> tuple[CheckInIs, ...]:
    return () if check_in_id is None else (CheckInIs(check_in_id, status),)


def _check_in_id(question: OpenQuestion) -> int | None:
    kept = question.keeps.get("check_in")
    return kept if isinstance(kept, int) else None
