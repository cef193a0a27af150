"""Hours and places, as people type them."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.place import hour_of, place_words, zone_of
from bot.text import LANGUAGES, time_words


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("9", time(9)),
        ("9h", time(9)),
        ("9 h", time(9)),
        ("9\u00a0h", time(9)),
        ("09h00", time(9)),
        ("9 heures", time(9)),
        ("9 heures 30", time(9, 30)),
        ("9 h 05", time(9, 5)),
        ("18h30", time(18, 30)),
        ("18 h 30", time(18, 30)),
        ("18 H 30", time(18, 30)),
        ("18:30", time(18, 30)),
        ("18.30", time(18, 30)),
        ("1830", time(18, 30)),
        ("1110", time(11, 10)),
        ("0:15", time(0, 15)),
        ("à 9 h", time(9)),
        ("vers 9h", time(9)),
        ("at 9", time(9)),
        ("around 9:15", time(9, 15)),
        ("6:30 pm", time(18, 30)),
        ("6:30 PM", time(18, 30)),
        ("6:30pm", time(18, 30)),
        ("6:30 p.m.", time(18, 30)),
        ("6 a.m.", time(6)),
        ("6 a. m.", time(6)),
        ("12 am", time(0)),
        ("12 pm", time(12)),
        ("12:30 am", time(0, 30)),
        ("9am!", time(9)),
        ("midi", time(12)),
        ("Midi.", time(12)),
        ("noon", time(12)),
        ("minuit", time(0)),
        ("midnight", time(0)),
        ("１８:３０", time(18, 30)),
    ],
)
def test_an_hour_as_typed(typed: str, expected: time) -> None:
    assert hour_of(typed) == expected


@pytest.mark.parametrize(
    "typed",
    ["", "24h", "25:00", "9:60", "9:5", "13 pm", "0 am", "9 h 30 h", "le matin", "9 ou 10", "999999999", "?"],
)
def test_what_is_no_hour(typed: str) -> None:
    assert hour_of(typed) is None


@given(st.times(), st.sampled_from(LANGUAGES))
def test_every_hour_that_is_shown_can_be_typed_back(at: time, language: str) -> None:
    minute = at.replace(second=0, microsecond=0, fold=0)
    assert hour_of(time_words(minute, language)) == minute


@given(st.text(max_size=30))
def test_no_text_is_too_odd(typed: str) -> None:
    assert isinstance(hour_of(typed), time | None)
    assert isinstance(zone_of(typed), ZoneInfo | None)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Paris", "Europe/Paris"),
        ("paris.", "Europe/Paris"),
        ("  PARIS ", "Europe/Paris"),
        ("Lyon", "Europe/Paris"),
        ("Montréal", "America/Toronto"),
        ("montreal", "America/Toronto"),
        ("Québec", "America/Toronto"),
        ("Halifax", "America/Halifax"),
        ("Vancouver", "America/Vancouver"),
        ("Saint-Jean", "America/St_Johns"),
        ("New York", "America/New_York"),
        ("Genève", "Europe/Zurich"),
        ("Bruxelles", "Europe/Brussels"),
        ("La Réunion", "Indian/Reunion"),
        ("Europe/Paris", "Europe/Paris"),
        ("je suis à Paris", "Europe/Paris"),
        ("Montréal, Québec", "America/Toronto"),
        ("(Halifax)", "America/Halifax"),
        ("Toronto east", "America/Toronto"),
        ("from Paris to Halifax", "America/Halifax"),
    ],
)
def test_a_place_as_typed(typed: str, key: str) -> None:
    zone = zone_of(typed)
    assert zone is not None
    assert zone.key == key


@pytest.mark.parametrize(
    "typed", ["", "nulle part", "Xyz", "out west", "up north", "GMT+5", "../etc/passwd", "/", "\x00"]
)
def test_what_is_no_place(typed: str) -> None:
    assert zone_of(typed) is None


@pytest.mark.parametrize(
    "key", ["America/Toronto", "Europe/Paris", "America/St_Johns", "Europe/Zurich", "Indian/Reunion"]
)
def test_a_place_that_is_shown_can_be_typed_back(key: str) -> None:
    assert zone_of(place_words(ZoneInfo(key))) == ZoneInfo(key)
