"""When a pair reads: openings and deadlines in working time, over nights, weekends and changes of clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.hours import WorkingHours

TORONTO, PARIS = ZoneInfo("America/Toronto"), ZoneInfo("Europe/Paris")
USUAL = WorkingHours(TORONTO)
"""Monday to Friday, 8 to 17. Monday is 2 November 2026."""


def at(words: str, zone: ZoneInfo = TORONTO) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        ("2026-11-02 07:59:59", False),
        ("2026-11-02 08:00", True),
        ("2026-11-02 16:59:59", True),
        ("2026-11-02 17:00", False),
        ("2026-11-06 12:00", True),
        ("2026-11-07 12:00", False),
        ("2026-11-08 12:00", False),
    ],
)
def test_open(moment: str, open_: bool) -> None:
    assert USUAL.is_open(at(moment)) is open_
    assert USUAL.is_open(at(moment).astimezone(UTC)) is open_, "whatever zone the instant is written in"


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        pytest.param("2026-11-02 10:00", "2026-11-02 10:00", id="open now"),
        pytest.param("2026-11-02 06:00", "2026-11-02 08:00", id="early"),
        pytest.param("2026-11-02 17:00", "2026-11-03 08:00", id="at closing time"),
        pytest.param("2026-11-06 17:01", "2026-11-09 08:00", id="Friday evening → Monday"),
        pytest.param("2026-11-07 00:00", "2026-11-09 08:00", id="Saturday → Monday"),
        pytest.param("2026-10-30 20:00", "2026-11-02 08:00", id="over the weekend in which the clocks change"),
    ],
)
def test_next_opening(moment: str, opening: str) -> None:
    assert USUAL.next_opening(at(moment)) == at(opening)


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        pytest.param("2026-11-02 06:00", "2026-11-03 08:00", id="early: today's opening is not meant"),
        pytest.param("2026-11-02 10:00", "2026-11-03 08:00", id="open now"),
        pytest.param("2026-11-06 10:00", "2026-11-09 08:00", id="Friday → Monday"),
    ],
)
def test_the_opening_of_the_next_working_day(moment: str, opening: str) -> None:
    assert USUAL.next_day(at(moment)) == at(opening)


@pytest.mark.parametrize(
    ("moment", "working", "expected"),
    [
        pytest.param("2026-11-02 09:00", 2.0, "2026-11-02 11:00", id="within the day"),
        pytest.param("2026-11-02 15:00", 2.0, "2026-11-02 17:00", id="to the minute of closing"),
        pytest.param("2026-11-02 16:00", 2.0, "2026-11-03 09:00", id="over the night"),
        pytest.param("2026-11-06 16:30", 2.0, "2026-11-09 09:30", id="over the weekend"),
        pytest.param("2026-11-07 13:00", 2.0, "2026-11-09 10:00", id="begun on Saturday"),
        pytest.param("2026-11-02 06:00", 2.0, "2026-11-02 10:00", id="begun before opening"),
        pytest.param("2026-11-02 10:00", 18.0, "2026-11-04 10:00", id="two whole days"),
        pytest.param("2026-10-30 16:00", 2.0, "2026-11-02 09:00", id="over the autumn change"),
        pytest.param("2027-03-12 16:00", 2.0, "2027-03-15 09:00", id="over the spring change"),
        pytest.param("2026-11-02 10:00", 0.0, "2026-11-02 10:00", id="no time at all"),
    ],
)
def test_deadlines_count_open_hours_only(moment: str, working: float, expected: str) -> None:
    assert USUAL.after(at(moment), timedelta(hours=working)) == at(expected)


def test_a_night_of_two_half_past_twos_is_an_hour_longer() -> None:
    """Paris, 25 October 2026: from 1 to 4 o'clock are four hours."""
    nights = WorkingHours(PARIS, frozenset({6}), time(1), time(4))
    assert nights.after(at("2026-10-25 01:00", PARIS), timedelta(hours=4)) == at("2026-10-25 04:00", PARIS)


def test_hours_that_the_spring_gap_swallows_are_passed_over() -> None:
    swallowed = WorkingHours(PARIS, frozenset({6}), time(2), time(3))
    assert swallowed.after(at("2027-03-28 00:00", PARIS), timedelta(minutes=30)) == at("2027-04-04 02:30", PARIS)


def test_hours_that_never_open_say_so() -> None:
    with pytest.raises(ValueError, match="never open"):
        WorkingHours(TORONTO, frozenset()).next_opening(at("2026-11-02 10:00"))


HOURS = st.builds(
    WorkingHours,
    zone=st.sampled_from([TORONTO, PARIS]),
    days=st.frozensets(st.integers(0, 6), min_size=1),
    opens=st.sampled_from([time(0), time(2, 15), time(8)]),
    closes=st.sampled_from([time(8, 30), time(17), time(23, 59)]),
)
INSTANTS = st.integers(0, 1461 * 24 * 3600).map(
    lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
SPANS = st.integers(0, 20 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(HOURS, INSTANTS)
def test_the_next_opening_is_open_and_nothing_before_it_is(hours: WorkingHours, now: datetime) -> None:
    opening = hours.next_opening(now)
    assert opening >= now
    assert hours.is_open(opening)
    if opening > now:
        assert not hours.is_open(now)
        assert not hours.is_open(opening - timedelta(seconds=1))


@given(HOURS, INSTANTS, SPANS, SPANS)
def test_a_deadline_can_be_waited_for_in_two_parts(
    hours: WorkingHours, now: datetime, one: timedelta, other: timedelta
) -> None:
    assert hours.next_opening(hours.after(hours.after(now, one), other)) == hours.next_opening(
        hours.after(now, one + other)
    )


@given(HOURS, INSTANTS, SPANS)
def test_a_deadline_never_comes_early(hours: WorkingHours, now: datetime, working: timedelta) -> None:
    deadline = hours.after(now, working)
    assert deadline - hours.next_opening(now) >= working
    if working:
        assert hours.is_open(deadline - timedelta(seconds=1))
