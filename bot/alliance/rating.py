"""The 0–7 grid: what each figure says, and when a figure must reach a nurse.

The article's "échelle de Luborsky" has the anchors of the CGI-Improvement scale: higher is worse, 4 is no change,
0 is "not rated" and never counts. A figure is always relative to a starting date. This file refuses to know who
is told and when.
"""

from collections.abc import Sequence
from enum import StrEnum

from bot.alliance.key import Key

NOT_RATED = 0
NO_CHANGE = 4
BETTER = (1, 2, 3)
WORSE = (5, 6, 7)

LABEL: dict[int, Key] = {
    0: Key("rating.0"),
    1: Key("rating.1"),
    2: Key("rating.2"),
    3: Key("rating.3"),
    4: Key("rating.4"),
    5: Key("rating.5"),
    6: Key("rating.6"),
    7: Key("rating.7"),
}


class Concern(StrEnum):
    """Why the pair is told. The first four are the signs of danger."""

    CRISIS = "crisis"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    EMERGENCY = "emergency"
    DISCOURAGEMENT = "discouragement"
    AMBIVALENCE = "ambivalence"
    PROGRESS = "progress"
    RELAPSE = "relapse"
    WANTS_NURSE = "wants_nurse"
    WANTS_TO_STOP = "wants_to_stop"
    TO_READ = "to_read"
    RATING = "rating"
    WORSENING = "worsening"
    BLOCKED = "blocked"


def concern_of(ratings: Sequence[int]) -> Concern | None:
    """Tell whether the newest of ``ratings`` (oldest first, 0 to 7) must reach the nurse soon.

    Soon: a 6 or a 7; worse by two or more since the last; two in a row of 5 or more (README, Safety).
    """
    rated = [rating for rating in ratings if rating != NOT_RATED]
    if not rated or not ratings or ratings[-1] == NOT_RATED:
        return None
    newest = rated[-1]
    if newest >= 6:
        return Concern.RATING
    if len(rated) > 1:
        before = rated[-2]
        if newest - before >= 2 or (newest >= 5 and before >= 5):
            return Concern.WORSENING
    return None
