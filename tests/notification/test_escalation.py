"""The ladder of an alert: who is told and when, for every mix of presence, reach, severity and rung."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.hours import WorkingHours
from bot.alliance.people import Carer, Role
from bot.alliance.rating import Concern
from bot.alliance.signals import Severity
from bot.notification.escalation import (
    LADDER,
    OUTCOME_REMINDERS,
    Alert,
    Rung,
    comes_back,
    first_look,
    next_step,
    outcome_due_at,
)

ZONE = ZoneInfo("America/Toronto")
HOURS = WorkingHours(ZONE)
MONDAY_10 = datetime(2026, 11, 2, 10, tzinfo=ZONE).astimezone(UTC)
FRIDAY_16 = datetime(2026, 11, 6, 16, tzinfo=ZONE).astimezone(UTC)
SATURDAY = datetime(2026, 11, 7, 3, tzinfo=ZONE).astimezone(UTC)

AMELIE = Carer(1, Role.NURSE, "Amélie")
KARIM = Carer(2, Role.NURSE, "Karim")
DOMINIQUE = Carer(3, Role.COORDINATOR, "Dominique")
SASHA = Carer(4, Role.COORDINATOR, "Sasha")
TOWN = (AMELIE, KARIM, DOMINIQUE, SASHA)
URGENT, SOON = Severity.URGENT, Severity.SOON


def alert(severity: Severity, rung: int = 0, told: tuple[Carer, ...] = ()) -> Alert:
    ids = frozenset(person.id for person in told)
    return Alert(12, 9, Concern.CRISIS, severity, MONDAY_10, rung, ids)


def away(person: Carer) -> Carer:
    return replace(person, away=True)


def lost(person: Carer) -> Carer:
    return replace(person, reachable=False)


def names(people: tuple[Carer, ...]) -> list[str]:
    return [person.name for person in people]


@pytest.mark.parametrize(
    ("severity", "people", "told"),
    [
        pytest.param(URGENT, TOWN, ["Amélie", "Karim"], id="urgent: both who are present, at once"),
        pytest.param(URGENT, (away(AMELIE), KARIM, DOMINIQUE), ["Karim"], id="urgent: the one present"),
        pytest.param(URGENT, (lost(AMELIE), KARIM, DOMINIQUE), ["Karim"], id="urgent: the one within reach"),
        pytest.param(URGENT, (away(AMELIE), lost(KARIM), DOMINIQUE), ["Amélie"], id="urgent: even the one away"),
        pytest.param(URGENT, (away(AMELIE), away(KARIM), DOMINIQUE), ["Amélie", "Karim"], id="urgent: even both away"),
        pytest.param(
            URGENT, (lost(AMELIE), lost(KARIM), DOMINIQUE, SASHA), ["Dominique", "Sasha"], id="urgent: no nurse"
        ),
        pytest.param(URGENT, (DOMINIQUE,), ["Dominique"], id="urgent: no pair yet"),
        pytest.param(SOON, TOWN, ["Amélie"], id="soon: the lead"),
        pytest.param(SOON, (away(AMELIE), KARIM, DOMINIQUE), ["Karim"], id="soon: who covers the lead"),
        pytest.param(SOON, (lost(AMELIE), KARIM, DOMINIQUE), ["Karim"], id="soon: the one within reach"),
        pytest.param(
            SOON, (away(AMELIE), lost(KARIM), DOMINIQUE), ["Dominique"], id="soon: the one away is left in peace"
        ),
        pytest.param(SOON, (away(AMELIE), away(KARIM), SASHA), ["Sasha"], id="soon: both away are left in peace"),
        pytest.param(
            SOON, (away(AMELIE), away(KARIM)), ["Amélie", "Karim"], id="soon: better the ones away than nobody"
        ),
    ],
)
def test_the_first_step(severity: Severity, people: tuple[Carer, ...], told: list[str]) -> None:
    step = next_step(alert(severity), people, HOURS, MONDAY_10)
    assert names(step.tell) == told
    assert not step.nobody
    assert not step.again, "nobody was paged before, so it is no reminder"


@pytest.mark.parametrize("severity", [URGENT, SOON], ids=["urgent", "soon"])
def test_nobody_within_reach_is_said(severity: Severity) -> None:
    for people in ((), tuple(lost(person) for person in TOWN)):
        step = next_step(alert(severity), people, HOURS, MONDAY_10)
        assert (step.tell, step.nobody, step.again, step.reached) == ((), True, False, Rung.AGAIN)


def test_somebody_who_comes_into_reach_after_nobody_gets_no_reminder() -> None:
    before = next_step(alert(URGENT), (lost(AMELIE), lost(KARIM)), HOURS, MONDAY_10)
    step = next_step(alert(URGENT, before.rung), (AMELIE, lost(KARIM)), HOURS, before.next_at)
    assert (names(step.tell), step.again, step.nobody) == (["Amélie"], False, False)


def climbed(
    severity: Severity, people: tuple[Carer, ...], now: datetime, steps: int
) -> list[tuple[Rung, list[str], datetime]]:
    """What happens when nobody ever answers: each step, when it comes."""
    one, found = alert(severity), []
    for _ in range(steps):
        step = next_step(one, people, HOURS, now)
        found.append((step.reached, names(step.tell), now))
        one = replace(one, rung=step.rung, told=one.told | {person.id for person in step.tell})
        now = step.next_at
    return found


def minutes(number: int) -> datetime:
    return MONDAY_10 + timedelta(minutes=number)


def at(words: str) -> datetime:
    return datetime.fromisoformat(words).replace(tzinfo=ZONE).astimezone(UTC)


def test_an_urgent_ladder_to_its_end_and_again() -> None:
    everybody = names(TOWN)
    assert climbed(URGENT, TOWN, MONDAY_10, 4) == [
        (Rung.PRESENT, ["Amélie", "Karim"], minutes(0)),
        (Rung.COORDINATOR, ["Dominique", "Sasha"], minutes(5)),  # both nurses know already: that rung is passed over
        (Rung.AGAIN, everybody, minutes(10)),
        (Rung.AGAIN, everybody, minutes(20)),
    ]
    assert climbed(URGENT, (AMELIE, away(KARIM), DOMINIQUE), SATURDAY, 5) == [
        (Rung.PRESENT, ["Amélie"], SATURDAY),
        (Rung.OTHER, ["Karim"], SATURDAY + timedelta(minutes=5)),
        (Rung.COORDINATOR, ["Dominique"], SATURDAY + timedelta(minutes=10)),
        (Rung.AGAIN, ["Amélie", "Karim", "Dominique"], SATURDAY + timedelta(minutes=15)),
        (Rung.AGAIN, ["Amélie", "Karim", "Dominique"], SATURDAY + timedelta(minutes=25)),
    ]


def test_a_soon_ladder_waits_for_working_hours() -> None:
    assert climbed(SOON, (AMELIE, KARIM, DOMINIQUE), FRIDAY_16, 5) == [
        (Rung.PRESENT, ["Amélie"], FRIDAY_16),
        (Rung.OTHER, ["Karim"], at("2026-11-09 09:00")),
        (Rung.COORDINATOR, ["Dominique"], at("2026-11-09 11:00")),
        (Rung.AGAIN, ["Amélie", "Karim", "Dominique"], at("2026-11-09 13:00")),
        (Rung.AGAIN, ["Amélie", "Karim", "Dominique"], at("2026-11-10 08:00")),  # once each working morning
    ]


def test_soon_is_said_again_to_those_who_are_there() -> None:
    people = (away(AMELIE), KARIM, away(DOMINIQUE), SASHA)
    step = next_step(alert(SOON, 3, TOWN), people, HOURS, MONDAY_10)
    assert (names(step.tell), step.again) == (["Karim", "Sasha"], True)


@pytest.mark.parametrize(
    ("severity", "now", "then"),
    [
        pytest.param(URGENT, SATURDAY, SATURDAY, id="urgent: at night, on a Saturday, now"),
        pytest.param(URGENT, MONDAY_10, MONDAY_10, id="urgent: now"),
        pytest.param(SOON, MONDAY_10, MONDAY_10, id="soon: in working hours, now"),
        pytest.param(SOON, SATURDAY, datetime(2026, 11, 9, 8, tzinfo=ZONE), id="soon: else the next opening"),
    ],
)
def test_the_first_look(severity: Severity, now: datetime, then: datetime) -> None:
    assert first_look(severity, HOURS, now) == then


def test_an_outcome_is_asked_for_and_then_the_alert_comes_back() -> None:
    taken = replace(alert(URGENT), acknowledged_by=1, acknowledged_at=MONDAY_10)
    waits = [outcome_due_at(URGENT, HOURS, 0, MONDAY_10) - MONDAY_10]
    while not comes_back(taken):
        taken = replace(taken, reminders=taken.reminders + 1)
        waits.append(outcome_due_at(URGENT, HOURS, taken.reminders, MONDAY_10) - MONDAY_10)
    assert tuple(waits) == OUTCOME_REMINDERS == (timedelta(minutes=30), timedelta(minutes=45))
    assert outcome_due_at(URGENT, HOURS, 99, MONDAY_10) - MONDAY_10 == OUTCOME_REMINDERS[-1]


def test_the_outcome_of_what_can_wait_is_asked_for_in_working_hours() -> None:
    assert outcome_due_at(SOON, HOURS, 0, MONDAY_10) == minutes(30)
    assert outcome_due_at(SOON, HOURS, 0, at("2026-11-06 16:50")) == at("2026-11-09 08:20")
    assert outcome_due_at(URGENT, HOURS, 0, at("2026-11-06 16:50")) == at("2026-11-06 17:20")


# --- every combination

PLACES = list(product([False, True], [False, True]))  # away, reachable


def carers(role: Role, first_id: int, most: int) -> st.SearchStrategy[list[Carer]]:
    def numbered(places: list[tuple[bool, bool]]) -> list[Carer]:
        return [Carer(first_id + i, role, f"{role} {i}", *place) for i, place in enumerate(places)]

    return st.lists(st.sampled_from(PLACES), max_size=most).map(numbered)


PEOPLE = st.builds(lambda nurses, others: (*nurses, *others), carers(Role.NURSE, 1, 2), carers(Role.COORDINATOR, 11, 3))
SEVERITIES = st.sampled_from([URGENT, SOON])
NOWS = st.integers(0, 212 * 24 * 3600).map(
    lambda seconds: datetime(2026, 10, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
RUNGS = st.integers(0, 5)
TOLD = st.frozensets(st.sampled_from([1, 2, 11, 12, 13]))


@st.composite
def situations(draw: st.DrawFn) -> tuple[Alert, tuple[Carer, ...], datetime]:
    one = replace(alert(draw(SEVERITIES)), rung=draw(RUNGS), told=draw(TOLD))
    return one, draw(PEOPLE), draw(NOWS)


@given(situations())
def test_only_people_within_reach_and_nobody_twice(situation: tuple[Alert, tuple[Carer, ...], datetime]) -> None:
    one, people, now = situation
    step = next_step(one, people, HOURS, now)
    assert all(person.reachable for person in step.tell)
    assert set(step.tell) <= set(people)
    assert len(set(step.tell)) == len(step.tell)
    if step.reached is not Rung.AGAIN:
        assert not one.told & {person.id for person in step.tell}


@given(situations())
def test_nobody_exactly_when_nobody_is_within_reach(situation: tuple[Alert, tuple[Carer, ...], datetime]) -> None:
    one, people, now = situation
    step = next_step(one, people, HOURS, now)
    assert step.nobody == (not any(person.reachable for person in people)) == (step.tell == ())


@given(situations())
def test_an_empty_rung_is_passed_over_at_once(situation: tuple[Alert, tuple[Carer, ...], datetime]) -> None:
    """The rung reached is the first, from the one that was due, on which somebody new stands."""
    one, people, now = situation
    new = [person for person in people if person.reachable and person.id not in one.told]
    nurses = [person for person in new if person.role is Role.NURSE]
    standing = {
        Rung.PRESENT: [nurse for nurse in nurses if not nurse.away],
        Rung.OTHER: [nurse for nurse in nurses if one.severity is URGENT or not nurse.away],
        Rung.COORDINATOR: [person for person in new if person.role is Role.COORDINATOR],
    }
    expected = next((rung for rung in LADDER[one.rung : 3] if standing[rung]), Rung.AGAIN)
    step = next_step(one, people, HOURS, now)
    assert step.reached is expected
    assert step.rung == min(LADDER.index(expected) + 1, 3)


@given(situations())
def test_urgent_tells_both_present_nurses_together(situation: tuple[Alert, tuple[Carer, ...], datetime]) -> None:
    one, people, now = situation
    one = replace(one, severity=URGENT, rung=0, told=frozenset())
    present = [person for person in people if person.role is Role.NURSE and person.reachable and not person.away]
    if present:
        assert list(next_step(one, people, HOURS, now).tell) == present


@given(situations())
def test_soon_tells_one_nurse_at_a_time_and_leaves_the_one_away_in_peace(
    situation: tuple[Alert, tuple[Carer, ...], datetime],
) -> None:
    one, people, now = situation
    step = next_step(replace(one, severity=SOON), people, HOURS, now)
    if step.reached is Rung.PRESENT:
        assert len(step.tell) == 1
    away_told = [person for person in step.tell if person.role is Role.NURSE and person.away]
    if away_told:
        assert step.reached is Rung.AGAIN
        assert not [person for person in people if person.reachable and not person.away]


@given(situations())
def test_deadlines_are_exact(situation: tuple[Alert, tuple[Carer, ...], datetime]) -> None:
    one, people, now = situation
    step = next_step(one, people, HOURS, now)
    last = step.reached is Rung.AGAIN
    if one.severity is URGENT:
        assert step.next_at - now == timedelta(minutes=10 if last else 5)
    elif last:
        assert step.next_at == HOURS.next_day(now)
    else:
        assert step.next_at == HOURS.after(now, timedelta(hours=2))


@given(situations())
def test_a_reminder_only_to_a_circle_in_which_somebody_was_told(
    situation: tuple[Alert, tuple[Carer, ...], datetime],
) -> None:
    one, people, now = situation
    step = next_step(one, people, HOURS, now)
    assert step.again == (step.reached is Rung.AGAIN and bool(one.told))


@given(PEOPLE, SEVERITIES, NOWS)
def test_a_ladder_that_nobody_answers_reaches_everybody_who_may_be_told(
    people: tuple[Carer, ...], severity: Severity, now: datetime
) -> None:
    one, told = alert(severity), set[Carer]()
    for _ in range(len(LADDER) + 1):
        step = next_step(one, people, HOURS, now)
        assert step.next_at > now, "a ladder that does not move on would page without end"
        told |= set(step.tell)
        one, now = replace(one, rung=step.rung, told=one.told | {person.id for person in step.tell}), step.next_at
    reachable = {person for person in people if person.reachable}
    there = {person for person in reachable if not person.away}
    if severity is URGENT:
        assert told == reachable
    else:
        assert there <= told
