"""Time zones by the names people give to places, and hours as people type them. Decides nothing about schedules."""

import re
from datetime import time
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from bot.alliance.signals import normalise

_ALSO = {
    "montreal": "America/Toronto",
    "quebec": "America/Toronto",
    "ottawa": "America/Toronto",
    "gatineau": "America/Toronto",
    "sherbrooke": "America/Toronto",
    "laval": "America/Toronto",
    "calgary": "America/Edmonton",
    "victoria": "America/Vancouver",
    "saint jean": "America/St_Johns",
    "lyon": "Europe/Paris",
    "marseille": "Europe/Paris",
    "france": "Europe/Paris",
    "bruxelles": "Europe/Brussels",
    "belgique": "Europe/Brussels",
    "geneve": "Europe/Zurich",
    "geneva": "Europe/Zurich",
    "lausanne": "Europe/Zurich",
    "suisse": "Europe/Zurich",
    "londres": "Europe/London",
    "alger": "Africa/Algiers",
    "boston": "America/New_York",
    "washington": "America/New_York",
    "martinique": "America/Martinique",
    "reunion": "Indian/Reunion",
}
_NAMES = {"America/Toronto": "Montréal", "Europe/Zurich": "Genève"}
_HOUR = re.compile(r"(?:a |at |vers |around )?(\d{1,2})\s*(?:h|:|\.|heures?|hrs?)?\s*([0-5]\d)?\s*([ap]\.? ?m\.?)?")
_SPOKEN = {"midi": time(12), "noon": time(12), "minuit": time(0), "midnight": time(0)}


_NO_PLACES = ("Etc/", "Brazil/", "Chile/", "Mexico/", "Australia/North", "Australia/South", "Australia/West")
"""Names that nobody means: "GMT+5" has its sign the other way round, and "the west" is seldom Brazil's."""


@cache
def _by_place() -> dict[str, str]:
    places = {
        normalise(zone.rsplit("/", 1)[-1].replace("_", " ")): zone
        for zone in sorted(available_timezones())
        if "/" in zone and not zone.startswith(_NO_PLACES)
    }
    return places | _ALSO


def zone_of(words: str) -> ZoneInfo | None:
    """The time zone of "Paris", "je suis à Québec" or "Europe/Paris"; None when the place is not known."""
    asked = words.strip()
    if asked in available_timezones():
        return ZoneInfo(asked)
    words_said = [bare for word in normalise(asked).split() if (bare := word.strip(" .,;:!?()'"))]
    # "je suis à Paris", "Saint-Jean": the longest run of words that is a place, the last one first.
    for length in range(len(words_said), 0, -1):
        for start in range(len(words_said) - length, -1, -1):
            name = _by_place().get(" ".join(words_said[start : start + length]))
            if name:
                return ZoneInfo(name)
    return None


def place_words(zone: ZoneInfo) -> str:
    """A short name that a person recognises for a zone."""
    return _NAMES.get(zone.key, zone.key.rsplit("/", 1)[-1].replace("_", " "))


def hour_of(words: str) -> time | None:
    """The local time in "9", "9h", "18 h 30", "18:30", "6:30 pm", "midi"; None when it is none."""
    bare = normalise(words).strip(" .!")
    if bare in _SPOKEN:
        return _SPOKEN[bare]
    match = _HOUR.fullmatch(bare)
    if not match:
        return None
    hour, minute = int(match.group(1)), int(match.group(2) or 0)
    half = (match.group(3) or "")[:1]
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, minute) if hour < 24 else None
