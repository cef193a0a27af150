"""Slots on the wall clock: through every change of clocks of ten years, each comes once and only once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.schedule import EVERY_DAY, Schedule, instant, next_slot, slots, upcoming

TORONTO, PARIS = ZoneInfo("America/Toronto"), ZoneInfo("Europe/Paris")
ZONES = [TORONTO, PARIS, ZoneInfo("America/St_Johns"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/Santiago")]
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@cache
def changes(zone: ZoneInfo) -> tuple[datetime, ...]:
    """The first instant (UTC) of each new offset, 2026 to 2035."""
    found: list[datetime] = []
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    while moment.year < 2036:
        following = moment + timedelta(hours=1)
        if moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            while moment.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
                following -= MINUTE
            found.append(following + MINUTE)
            following = moment + timedelta(hours=1)
        moment = following
    return tuple(found)


def wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


CHANGES = [
    pytest.param(zone, change, id=f"{zone.key} {change:%Y-%m-%d}") for zone in ZONES[:2] for change in changes(zone)
]
HOURS = [time(hour, minute) for hour in range(5) for minute in (0, 1, 15, 30, 59)]


def test_there_are_two_changes_a_year() -> None:
    assert [len(changes(zone)) for zone in (TORONTO, PARIS)] == [20, 20]


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_each_slot_comes_once_and_only_once(zone: ZoneInfo, change: datetime) -> None:
    """Whatever the hour, each date around the change of clocks has one slot: no date is left out or comes twice."""
    first, last = change - 4 * DAY, change + 4 * DAY
    for at in HOURS:
        found = list(islice(slots(Schedule(EVERY_DAY, at), zone, first), 7))
        days = [wall(moment, zone).date() for moment in found]
        assert days == [days[0] + number * DAY for number in range(7)]
        assert days[0] <= wall(change, zone).date() <= days[-1]
        assert all(first < moment < last for moment in found)


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_the_hour_is_kept_except_in_the_gap(zone: ZoneInfo, change: datetime) -> None:
    """Spring: what the gap swallows moves to its end, the next valid minute. Autumn: the first of the two."""
    before, after = wall(change - MINUTE, zone) + MINUTE, wall(change, zone)  # the clocks go from the one to the other
    for at in HOURS:
        planned = datetime.combine(after.date(), at)
        moment = instant(after.date(), at, zone)
        if before <= planned < after:
            assert moment == change
        else:
            assert wall(moment, zone) == planned
        if after <= planned < before:
            assert moment < change, "an hour that comes twice stands for its first coming"


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        pytest.param(TORONTO, date(2027, 3, 14), time(2, 30), "2027-03-14T07:00", id="spring gap, Toronto: 3 o'clock"),
        pytest.param(PARIS, date(2027, 3, 28), time(2), "2027-03-28T01:00", id="spring gap, Paris: its first minute"),
        pytest.param(
            PARIS, date(2027, 3, 28), time(2, 59), "2027-03-28T01:00", id="spring gap, Paris: its last minute"
        ),
        pytest.param(PARIS, date(2027, 3, 28), time(3), "2027-03-28T01:00", id="the minute after the gap"),
        pytest.param(PARIS, date(2027, 3, 28), time(1, 59), "2027-03-28T00:59", id="the minute before the gap"),
        pytest.param(
            PARIS, date(2026, 10, 25), time(2, 30), "2026-10-25T00:30", id="autumn, Paris: the first half past two"
        ),
        pytest.param(TORONTO, date(2026, 11, 1), time(1, 30), "2026-11-01T05:30", id="autumn, Toronto"),
        pytest.param(
            ZONES[3], date(2026, 10, 4), time(2, 15), "2026-10-03T15:30", id="a gap of half an hour, Lord Howe"
        ),
        pytest.param(
            ZONES[4], date(2026, 9, 6), time(0, 30), "2026-09-06T04:00", id="a day without midnight, Santiago"
        ),
    ],
)
def test_known_instants(zone: ZoneInfo, day: date, at: time, expected: str) -> None:
    assert instant(day, at, zone) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


def test_half_past_two_comes_once_on_the_night_of_two() -> None:
    """APScheduler's cron trigger fires twice in this night; a check-in must not."""
    schedule = Schedule(EVERY_DAY, time(2, 30))
    first = next_slot(schedule, PARIS, datetime(2026, 10, 24, 12, tzinfo=UTC))
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_slot(schedule, PARIS, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


SCHEDULES = st.builds(
    Schedule,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0, fold=0, tzinfo=None)),
    every_weeks=st.sampled_from([1, 2, 4]),
    anchor=st.dates(date(2024, 1, 1), date(2036, 1, 1)),
)
INSTANTS = st.integers(0, 3652 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)


@given(SCHEDULES, st.sampled_from(ZONES), INSTANTS)
def test_the_next_slot_is_strictly_after_and_none_is_skipped(
    schedule: Schedule, zone: ZoneInfo, after: datetime
) -> None:
    following = next_slot(schedule, zone, after)
    assert following > after
    assert following.tzinfo is UTC
    day = after.astimezone(zone).date() - DAY
    while day <= following.astimezone(zone).date():
        moment = instant(day, schedule.at, zone)
        assert not (schedule.falls_on(day) and after < moment < following)
        day += DAY
    # From one second before, the same slot is found; from the slot itself, a later one.
    assert next_slot(schedule, zone, following - timedelta(seconds=1)) == following
    assert next_slot(schedule, zone, following) > following


@given(SCHEDULES, st.sampled_from(ZONES), INSTANTS)
def test_what_is_shown_is_what_will_come(schedule: Schedule, zone: ZoneInfo, after: datetime) -> None:
    shown = upcoming(schedule, zone, after, 3)
    came, moment = [], after
    for _ in range(3):
        moment = next_slot(schedule, zone, moment)
        came.append(moment)
    assert shown == came


@given(SCHEDULES, st.sampled_from(ZONES), INSTANTS)
def test_a_lighter_rhythm_never_asks_when_the_present_one_would_not(
    schedule: Schedule, zone: ZoneInfo, after: datetime
) -> None:
    lighter = schedule.lighter(after.astimezone(zone).date())
    end = after + 60 * DAY
    present = set(_until(slots(schedule, zone, after), end))
    rarer = set(_until(slots(lighter, zone, after), end))
    assert rarer <= present
    assert len(rarer) < len(present) or schedule.every_weeks == 4


def _until(found: Iterator[datetime], end: datetime) -> Iterator[datetime]:
    for moment in found:
        if moment >= end:
            return
        yield moment


@pytest.mark.parametrize(
    ("days", "every_weeks", "then_days", "then_weeks"),
    [
        pytest.param({0, 1, 2, 3, 4, 5, 6}, 1, {0, 2, 4}, 1, id="every day → three days"),
        pytest.param({0, 1, 2, 3, 4}, 1, {0, 2}, 1, id="five days → two"),
        pytest.param({1, 3, 5}, 1, {1}, 1, id="three days → one"),
        pytest.param({0, 3}, 1, {0}, 1, id="two days → one"),
        pytest.param({3}, 1, {3}, 2, id="once a week → every other week"),
        pytest.param({3}, 2, {3}, 4, id="every other week → every fourth"),
        pytest.param({3}, 4, {3}, 4, id="never rarer than every fourth"),
        pytest.param({3}, 6, {3}, 6, id="a rarer rhythm that was given stays"),
    ],
)
def test_lighter(days: set[int], every_weeks: int, then_days: set[int], then_weeks: int) -> None:
    lighter = Schedule(frozenset(days), time(9), every_weeks).lighter(date(2026, 11, 4))
    assert (set(lighter.days), lighter.every_weeks, lighter.at) == (then_days, then_weeks, time(9))


@pytest.mark.parametrize("anchor", [date(2026, 11, 2), date(2026, 11, 5), date(2026, 11, 8)], ids=str)
def test_every_other_week_counts_from_the_week_of_the_anchor(anchor: date) -> None:
    schedule = Schedule(frozenset({1}), time(9), 2, anchor)
    found = upcoming(schedule, TORONTO, datetime(2026, 11, 1, 12, tzinfo=UTC), 3)
    assert [wall(moment, TORONTO).date() for moment in found] == [
        date(2026, 11, 3),
        date(2026, 11, 17),
        date(2026, 12, 1),
    ]


def test_weeks_before_the_anchor_count_too() -> None:
    schedule = Schedule(frozenset({0}), time(9), 2, date(2026, 11, 16))
    assert [schedule.falls_on(date(2026, 11, day)) for day in (2, 9, 16, 23)] == [True, False, True, False]


@pytest.mark.parametrize(
    ("days", "every_weeks"),
    [(frozenset(), 1), (frozenset({7}), 1), (frozenset({-1, 2}), 1), (frozenset({0}), 0), (frozenset({0}), -1)],
)
def test_a_schedule_that_could_never_come_is_refused(days: frozenset[int], every_weeks: int) -> None:
    with pytest.raises(ValueError, match="a schedule"):
        Schedule(days, time(9), every_weeks)
