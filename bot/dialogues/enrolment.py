"""Enrolment: language, who is behind, consent, form of address, place, first check-in, first objective.

In every question the first button is the answer that goes on with the default. Nothing is sent before a yes; a no is
respected and keeps nothing. Refuses to ask for anything that the programme does not need.
"""

from datetime import date, datetime, time, timedelta

from bot.alliance.consent import CONSENT_VERSION
from bot.alliance.effects import Answer, Ask, Change, Choice, Chose, Effect, EraseWords, Forget, Keep, Say, Turn, Wrote
from bot.alliance.key import Key
from bot.alliance.people import Client, OpenQuestion, Programme
from bot.alliance.place import hour_of, place_words, zone_of
from bot.alliance.schedule import Schedule, instant, next_slot
from bot.dialogues.words import WEEKDAY, hours_words, local, names, quoted, rhythm_words

NAME = "enrolment"
HOURS = (time(9), time(12), time(17), time(20))
_LANGUAGE = {"fr": Key("language.fr"), "en": Key("language.en")}
_SKIP = Choice("skip", Key("choice.skip"), words=Key("choice.skip.words"))


def begin(client: Client) -> Turn:
    """The first question; the language of the invitation stands first."""
    others = tuple(language for language in _LANGUAGE if language != client.language)
    choices = tuple(Choice(language, _LANGUAGE[language]) for language in (client.language, *others))
    return (Ask(Key("enrol.language"), NAME, "language", choices, columns=2),)


def answer(client: Client, question: OpenQuestion, said: Answer, now: datetime) -> Turn | None:
    """The answer to one step. None: these words are no answer to it, and the question stays."""
    match question.step, said:
        case "language", Chose(language):
            return (Change(client.id, {"language": language}), *who_is_behind(client), _consent())
        case "consent", Chose("yes"):
            consented = {"consent_version": CONSENT_VERSION, "consented_at": now}
            after = _address() if client.language == "fr" else _place(client)
            return (Change(client.id, consented), after)
        case "consent", Chose("no"):
            return refused(client)
        case "address", Chose(address):
            return (Change(client.id, {"address": address}), _place(client))
        case "place", Chose("keep"):
            return (_day(client, now),)
        case "place", Chose("other"):
            return (_other_place(),)
        case (("place" | "other_place"), Wrote(words)):
            zone = zone_of(words)
            if zone is None:
                return (Say(client.id, Key("enrol.place.unknown"), {"place": quoted(words, 40)}),)
            return (
                Change(client.id, {"timezone": zone.key}),
                Say(client.id, Key("enrol.place.is"), {"place": place_words(zone)}),
                _day(client, now),
            )
        case "other_place", Chose("keep"):
            return (_day(client, now),)
        case "day", Chose(day):
            return (_hour(client, date.fromisoformat(day)),)
        case "hour", Chose(at):
            return _first_check_in(client, question, time.fromisoformat(at), now)
        case "hour", Wrote(words):
            at_hour = hour_of(words)
            if at_hour is None:
                return (Say(client.id, Key("enrol.hour.unknown")),)
            return _first_check_in(client, question, at_hour, now)
        case "objective", Chose():
            return _done(client, now)
        case "objective", Wrote(words):
            return (Keep("objective", words), _reason(words))
        case "reason", Chose():
            return _done(client, now)
        case "reason", Wrote(words):
            return (Keep("reason", words), Say(client.id, Key("kept.reason")), *_done(client, now))
    return None


def refused(client: Client) -> Turn:
    """A no is respected: nothing stays of what was written, and nothing more is sent."""
    return (
        Change(client.id, {"programme": Programme.DECLINED, "consent_version": None, "consented_at": None}),
        EraseWords(),
        Say(client.id, Key("enrol.declined"), {"emergency": client.help.emergency_line}),
        Forget(),
    )


def who_is_behind(client: Client) -> tuple[Effect, ...]:
    """The two nurses by name, their hours, what this does and does not do, and the emergency number."""
    return (
        Say(
            client.id,
            Key("enrol.who") if client.nurses else Key("enrol.who.no_pair_yet"),
            {"name": client.alias, "who": names(client.nurses), "hours": hours_words(client.hours, client.zone)},
        ),
        Say(client.id, Key("enrol.limits"), {"emergency": client.help.emergency_line}),
    )


def ask_consent_again(client: Client) -> Turn:
    """For somebody who declined and comes back."""
    return (Change(client.id, {"programme": Programme.INVITED}), *who_is_behind(client), _consent())


def _consent() -> Ask:
    return Ask(
        Key("consent.ask"),
        NAME,
        "consent",
        (
            Choice("yes", Key("consent.yes"), words=Key("choice.yes.words")),
            Choice("no", Key("consent.no"), words=Key("choice.no.words")),
        ),
    )


def _address() -> Ask:
    choices = (Choice("vous", Key("address.vous")), Choice("tu", Key("address.tu")))
    return Ask(Key("enrol.address"), NAME, "address", choices, columns=2)


def _place(client: Client) -> Ask:
    return Ask(
        Key("enrol.place"),
        NAME,
        "place",
        (
            Choice(
                "keep",
                Key("enrol.place.keep"),
                {"place": place_words(client.zone)},
                words=Key("choice.yes.words"),
            ),
            Choice("other", Key("enrol.place.other"), words=Key("choice.no.words")),
        ),
        values={"place": place_words(client.zone)},
        open=True,
    )


def _other_place() -> Ask:
    return Ask(
        Key("enrol.place.which"),
        NAME,
        "other_place",
        (Choice("keep", Key("enrol.place.no_matter")),),
        open=True,
    )


def _day(client: Client, now: datetime) -> Ask:
    today = local(client, now).date()
    usual = next_slot(client.schedule, client.zone, now)
    first = (local(client, usual).date() - today).days if client.rhythm_given else 1
    offsets = [max(first, 1), *(offset for offset in range(1, 8) if offset != max(first, 1))][:7]
    return Ask(
        Key("enrol.day"),
        NAME,
        "day",
        tuple(_day_choice(today, offset) for offset in offsets),
        columns=2,
    )


def _day_choice(today: date, offset: int) -> Choice:
    day = today + timedelta(days=offset)
    weekday = WEEKDAY[day.weekday()]
    if offset != 1:
        return Choice(day.isoformat(), weekday)
    words = (Key("enrol.day.tomorrow.words"), weekday)
    return Choice(day.isoformat(), Key("enrol.day.tomorrow"), {"day": weekday}, words)


def _hour(client: Client, day: date) -> Ask:
    hours = (client.schedule.at, *(at for at in HOURS if at != client.schedule.at))
    choices = tuple(Choice(at.isoformat("minutes"), Key("enrol.hour.at"), {"at": at}) for at in hours)
    return Ask(Key("enrol.hour"), NAME, "hour", choices, keeps={"day": day.isoformat()}, open=True, columns=2)


def _first_check_in(client: Client, question: OpenQuestion, at: time, now: datetime) -> Turn:
    day, today = date.fromisoformat(str(question.keeps["day"])), local(client, now).date()
    while day < today:  # answered days later: the same weekday, the next time it comes
        day += timedelta(weeks=1)
    days = client.schedule.days if client.rhythm_given else frozenset({day.weekday()})
    schedule = Schedule(days | {day.weekday()}, at, client.schedule.every_weeks, day)
    first = instant(day, at, client.zone)
    if first <= now:
        first = next_slot(schedule, client.zone, now)
    return (
        Change(client.id, {"schedule": schedule, "next_check_in_at": first}),
        Ask(
            Key("enrol.objective"),
            NAME,
            "objective",
            (_SKIP,),
            values={"who": names(client.nurses)},
            open=True,
        ),
    )


def _reason(objective: str) -> Ask:
    return Ask(Key("enrol.reason"), NAME, "reason", (_SKIP,), values={"objective": quoted(objective)}, open=True)


def _done(client: Client, now: datetime) -> Turn:
    first = client.next_check_in_at
    if first is None or first <= now or not _planned(client, first):
        # Left open past its first slot, or the rhythm was changed meanwhile.
        first = next_slot(client.schedule, client.zone, now)
    begun = {
        "programme": Programme.ACTIVE,
        "started_on": local(client, now).date(),
        "next_check_in_at": first,
    }
    return (
        Change(client.id, begun),
        Say(
            client.id,
            Key("enrol.done"),
            {"first": local(client, first), "rhythm": rhythm_words(client.schedule)},
            keyboard=True,
        ),
        Forget(),
    )


def _planned(client: Client, moment: datetime) -> bool:
    """Whether a moment is a slot of the client's rhythm as it is now."""
    day = local(client, moment).date()
    return client.schedule.falls_on(day) and moment == instant(day, client.schedule.at, client.zone)
