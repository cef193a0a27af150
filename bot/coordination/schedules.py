"""Changing one client's days and hour: chosen, then shown as the next three check-ins, then saved, then told.

The preview is in the client's own wall-clock time, so a change of clocks shows in it. Nothing is saved before the yes.
"""

import re
from collections.abc import Mapping
from datetime import datetime, time

from sqlalchemy.ext.asyncio import AsyncSession

from bot.alliance.effects import Ask, Change, Choice, Chose, Forget, Kind, Priority, Say, Turn, Wrote
from bot.alliance.key import Key, Value
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.alliance.place import hour_of, place_words
from bot.alliance.schedule import Schedule, next_slot, upcoming
from bot.alliance.signals import normalise
from bot.dialogues.words import WEEKDAY, local, rhythm_words
from bot.store import queries
from bot.store.tables import Person
from bot.text import LANGUAGES, text

NAME = "schedule"
_HOUR_AT_END = re.compile(r"(?<![\d:h])(\d{1,2}(?:\s*(?:heures?|h|:)\s*(?:[0-5]\d)?)?\s*(?:[ap]\.?\s?m\.?)?)\s*$")
HOURS = (time(9), time(12), time(17), time(19))


def begin(coordinator: Person, client: Client) -> Turn:
    """Ask for the days, those of now marked."""
    return (_days(client, client.schedule.days, client.schedule.at, in_place=False),)


async def answer(
    session: AsyncSession, coordinator: Person, question: OpenQuestion, said: Chose | Wrote, now: datetime
) -> Turn | None:
    """One step. None: these words are no answer to it."""
    client_id = question.keeps.get("client")
    assert isinstance(client_id, int), "a schedule question knows its client"
    client = await queries.client_facts(session, client_id, now)
    days = frozenset(int(day) for day in str(question.keeps.get("days", "")))
    at = time.fromisoformat(str(question.keeps["at"]))
    match question.step, said:
        case _, Chose("cancel"):
            return (Say(coordinator.id, Key("schedule.unchanged"), {"alias": client.alias}), Forget())
        case "days", Chose("go_on"):
            if not days:
                return (Say(coordinator.id, Key("schedule.no_day")),)
            return (_hour(client, days, at),)
        case "days", Chose(day):
            return (_days(client, days ^ {int(day)}, at, in_place=True),)
        case "days", Wrote(words):
            named = days_in(words)
            if not named:
                return None
            hour = hour_after_days(words)
            return (_confirm(client, named, hour, now),) if hour else (_hour(client, named, at),)
        case "hour", Chose(hour):
            return (_confirm(client, days, time.fromisoformat(hour), now),)
        case "hour", Wrote(words):
            hour = hour_of(words)
            return (_confirm(client, days, hour, now),) if hour else (Say(coordinator.id, Key("enrol.hour.unknown")),)
        case "confirm", Chose("save"):
            return _save(coordinator, client, _changed(client, days, at, now), now)
        case "confirm", Chose("again"):
            return (_days(client, days, at, in_place=False),)
    return None


def _days(client: Client, days: frozenset[int], at: time, *, in_place: bool) -> Ask:
    return Ask(
        Key("schedule.days"),
        NAME,
        "days",
        (
            *(
                Choice(
                    str(day),
                    Key("schedule.day.chosen") if day in days else Key("schedule.day"),
                    {"day": WEEKDAY[day]},
                )
                for day in range(7)
            ),
            Choice("go_on", Key("schedule.go_on")),
            Choice("cancel", Key("schedule.cancel"), words=Key("choice.no.words")),
        ),
        values={"alias": client.alias, "rhythm": rhythm_words(client.schedule)},
        keeps=_keeps(client, days, at),
        open=True,
        columns=2,
        in_place=in_place,
    )


def _hour(client: Client, days: frozenset[int], at: time) -> Ask:
    hours = (at, *(hour for hour in HOURS if hour != at))
    return Ask(
        Key("schedule.hour"),
        NAME,
        "hour",
        (
            *(Choice(hour.isoformat("minutes"), Key("enrol.hour.at"), {"at": hour}) for hour in hours),
            Choice("cancel", Key("schedule.cancel"), words=Key("choice.no.words")),
        ),
        values={
            "alias": client.alias,
            "days": [WEEKDAY[day] for day in sorted(days)],
            "place": place_words(client.zone),
        },
        keeps=_keeps(client, days, at),
        open=True,
        columns=2,
    )


def _confirm(client: Client, days: frozenset[int], at: time, now: datetime) -> Ask:
    schedule = _changed(client, days, at, now)
    first, second, third = (local(client, moment) for moment in upcoming(schedule, client.zone, now))
    return Ask(
        Key("schedule.confirm"),
        NAME,
        "confirm",
        (
            Choice("save", Key("schedule.save"), words=Key("choice.yes.words")),
            Choice("again", Key("schedule.again")),
            Choice("cancel", Key("schedule.cancel"), words=Key("choice.no.words")),
        ),
        values={
            "alias": client.alias,
            "rhythm": rhythm_words(schedule),
            "place": place_words(client.zone),
            "first": first,
            "second": second,
            "third": third,
        },
        keeps=_keeps(client, days, at),
    )


def _changed(client: Client, days: frozenset[int], at: time, now: datetime) -> Schedule:
    """Choosing days goes back to every week: a lighter rhythm is chosen with the client."""
    return Schedule(days, at, 1, local(client, now).date())


def _keeps(client: Client, days: frozenset[int], at: time) -> Mapping[str, int | str]:
    return {
        "client": client.id,
        "days": "".join(str(day) for day in sorted(days)),
        "at": at.isoformat("minutes"),
    }


def _save(coordinator: Person, client: Client, schedule: Schedule, now: datetime) -> Turn:
    following = next_slot(schedule, client.zone, now)
    fields: dict[str, object] = {"schedule": schedule, "rhythm_given": True}
    told: list[Say] = []
    values: dict[str, Value] = {
        "alias": client.alias,
        "rhythm": rhythm_words(schedule),
        "next": local(client, following),
    }
    active = client.programme is Programme.ACTIVE
    if active:
        fields["next_check_in_at"] = following
        told.append(Say(client.id, Key("schedule.changed.client"), values, Kind.NOTICE, Priority.REPLY))
    if client.programme is not Programme.INVITED:
        key = Key("schedule.changed.pair") if told else Key("schedule.changed.pair.later")
        told_nurses = [nurse for nurse in client.nurses if nurse.reachable]
        told += [Say(nurse.id, key, values, Kind.NOTICE, Priority.QUIET) for nurse in told_nurses]
    return (
        Change(client.id, fields),
        *told,
        Say(coordinator.id, Key("schedule.saved") if active else Key("schedule.saved.not_told"), values),
        Forget(),
    )


def days_in(words: str) -> frozenset[int]:
    """The weekdays named in a typed line, in either language: "lundi et jeudi 18h30", "every day"."""
    bare = normalise(words)
    if re.search(r"tous les jours|chaque jour|every day|daily", bare):
        return frozenset(range(7))
    found = set()
    for day, key in enumerate(WEEKDAY):
        for language in LANGUAGES:
            if re.search(rf"\b{re.escape(normalise(text(key, language)))}s?\b", bare):
                found.add(day)
    return frozenset(found)


def hour_after_days(words: str) -> time | None:
    """The hour at the end of a line that named days, if there is one."""
    match = _HOUR_AT_END.search(normalise(words))
    return hour_of(match.group(1)) if match else None
