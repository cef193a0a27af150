"""Sentence parts that several dialogues share: names, hours, rhythm, the reason of an alert. Decides no turn."""

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alliance.hours import WorkingHours
from bot.alliance.key import Key, Phrase, Value
from bot.alliance.people import Carer, Client
from bot.alliance.place import place_words
from bot.alliance.schedule import EVERY_DAY, Schedule

WEEKDAY: tuple[Key, ...] = (
    Key("weekday.0"),
    Key("weekday.1"),
    Key("weekday.2"),
    Key("weekday.3"),
    Key("weekday.4"),
    Key("weekday.5"),
    Key("weekday.6"),
)


def names(carers: tuple[Carer, ...]) -> Value:
    """ "Amélie et Karim", or "l'équipe" when there is no name to give."""
    return [carer.name for carer in carers] if carers else Key("who.team")


def hours_words(hours: WorkingHours, zone: ZoneInfo | None = None) -> Phrase:
    """ "du lundi au vendredi, de 8 h à 17 h" for one run of days, else each day by name.

    zone: the reader's; where it is another one, the place whose hours these are is named.
    """
    days = sorted(hours.days)
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        span = Phrase(Key("hours.run"), first=WEEKDAY[days[0]], last=WEEKDAY[days[-1]])
    else:
        span = Phrase(Key("hours.days"), days=[WEEKDAY[day] for day in days])
    if zone is not None and zone.key != hours.zone.key:
        place = place_words(hours.zone)
        return Phrase(Key("hours.elsewhere"), days=span, opens=hours.opens, closes=hours.closes, place=place)
    return Phrase(Key("hours.words"), days=span, opens=hours.opens, closes=hours.closes)


def rhythm_words(schedule: Schedule) -> Phrase:
    """ "chaque lundi et jeudi, à 9 h"; "un mardi sur deux, à 18 h 30"; "tous les jours, à 9 h"."""
    if schedule.days == EVERY_DAY and schedule.every_weeks == 1:
        return Phrase(Key("rhythm.daily"), at=schedule.at)
    days: Value = [WEEKDAY[day] for day in sorted(schedule.days)]
    if schedule.every_weeks == 1:
        return Phrase(Key("rhythm.weekly"), days=days, at=schedule.at)
    return Phrase(Key("rhythm.every_weeks"), days=days, at=schedule.at, count=schedule.every_weeks)


def local(client: Client, moment: datetime) -> datetime:
    """The instant on the client's own wall clock."""
    return moment.astimezone(client.zone)


def reader(client: Client) -> Carer | None:
    """The nurse who reads next: the first one who is present and can be reached; None when neither can."""
    return next((nurse for nurse in client.present if nurse.reachable), None)


def quoted(words: str, longest: int = 160) -> str:
    """The client's own words, unedited, cut only when they would fill the screen."""
    one_line = " ".join(words.split())
    return one_line if len(one_line) <= longest else one_line[: longest - 1].rstrip() + "…"


def numbers(client: Client) -> str:
    """Where to turn before a nurse reads: health advice by phone where there is one, and the emergency number."""
    return "\n".join(filter(None, (client.help.advice, client.help.emergency_line)))
