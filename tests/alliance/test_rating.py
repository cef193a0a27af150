"""When a figure of the 0–7 grid must reach the nurse, and which typed words are a figure at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.rating import BETTER, LABEL, NO_CHANGE, NOT_RATED, WORSE, Concern, concern_of
from bot.dialogues.check_in import figure_in

NOBODY = None
RATINGS = st.lists(st.integers(0, 7), max_size=12)


@pytest.mark.parametrize(
    ("ratings", "concern"),
    [
        pytest.param([], NOBODY, id="nothing yet"),
        pytest.param([4], NOBODY, id="no change"),
        pytest.param([1], NOBODY, id="very strongly improved"),
        pytest.param([5], NOBODY, id="a first 5 alone"),
        pytest.param([6], Concern.RATING, id="a first 6"),
        pytest.param([7], Concern.RATING, id="a first 7"),
        pytest.param([7, 6], Concern.RATING, id="6 after 7 is better, and still a 6"),
        pytest.param([1, 2], NOBODY, id="worse by one"),
        pytest.param([1, 3], Concern.WORSENING, id="worse by two, still on the good side"),
        pytest.param([2, 5], Concern.WORSENING, id="worse by three"),
        pytest.param([4, 5], NOBODY, id="the first 5 after a 4"),
        pytest.param([5, 5], Concern.WORSENING, id="two 5 in a row"),
        pytest.param([6, 5], Concern.WORSENING, id="5 after 6: two in a row of 5 or more"),
        pytest.param([5, 4], NOBODY, id="better again"),
        pytest.param([5, 4, 5], NOBODY, id="5 twice, not in a row"),
        pytest.param([1, 4, 5], NOBODY, id="only the last before counts"),
        pytest.param([5, 0, 5], Concern.WORSENING, id="not rated is no answer in between"),
        pytest.param([2, 0, 4], Concern.WORSENING, id="worse by two across a missing one"),
        pytest.param([7, 0], NOBODY, id="not rated says nothing, whatever came before"),
        pytest.param([0], NOBODY, id="not rated alone"),
        pytest.param([0, 0, 5], NOBODY, id="a first figure after missing ones"),
        pytest.param([0, 2], NOBODY, id="2 after not rated is no worsening by two"),
    ],
)
def test_which_ratings_reach_the_nurse(ratings: list[int], concern: Concern | None) -> None:
    assert concern_of(ratings) is concern


@given(RATINGS, st.integers(0, 12))
def test_missing_figures_change_nothing(ratings: list[int], where: int) -> None:
    with_a_hole = [*ratings[:where], NOT_RATED, *ratings[where:]]
    if with_a_hole[-1] != NOT_RATED:
        assert concern_of(with_a_hole) is concern_of(ratings)


@given(RATINGS)
def test_a_6_or_a_7_always_reaches_the_nurse_and_nothing_else_is_called_so(ratings: list[int]) -> None:
    newest = ratings[-1] if ratings else NOT_RATED
    assert (concern_of(ratings) is Concern.RATING) == (newest >= 6)


@given(RATINGS, st.integers(1, 6))
def test_a_worse_figure_is_never_met_with_less(ratings: list[int], figure: int) -> None:
    if concern_of([*ratings, figure]) is not None:
        assert concern_of([*ratings, figure + 1]) is not None


def test_every_figure_has_a_side_and_a_label() -> None:
    assert sorted((NOT_RATED, *BETTER, NO_CHANGE, *WORSE)) == sorted(LABEL) == list(range(8))


@pytest.mark.parametrize(
    ("typed", "figure"),
    [
        ("0", 0),
        ("4", 4),
        ("7", 7),
        (" 6 \n", 6),
        ("6/7", 6),
        ("6 / 7", 6),
        ("6.", 6),
        ("6!", 6),
        ("6 - je n'en peux plus", 6),
        ("4: pareil", 4),
        ("6 · Fortement aggravé", 6),
        ("5 - un peu moins bien", 5),
        ("5 – un peu moins bien", 5),
        ("1 · Very much better", 1),
    ],
)
def test_a_typed_figure(typed: str, figure: int) -> None:
    assert figure_in(typed) == figure


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "8",
        "9/10",
        "-1",
        "06",
        "66",
        "6 7",
        "6/10",
        "7/8",
        "six",
        "mieux",
        "j'ai dormi 5 h",
        "6 comprimés",
        "1. d'abord ceci",
        "²",
        "٦",
    ],
)
def test_what_is_no_figure(typed: str) -> None:
    assert figure_in(typed) is None


@pytest.mark.parametrize("typed", ["3-4", "3 - 4", "5.5", "2:30", "7-8 heures de sommeil", "4-5 fois", "6.30"])
def test_two_numbers_are_not_one_figure(typed: str) -> None:
    """Half a figure, an hour, a span: nobody knows which was meant, so nothing may be recorded."""
    assert figure_in(typed) is None
