"""The learned part: added up rightly, read back as written, made from the sentences that are there."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.rating import Concern
from bot.alliance.signals.concepts import Concepts, named_in
from bot.alliance.signals.weights import LANE, Weights, features, learned_from, packed, unpacked
from bot.text import labelled_sentences, messages_folder, recogniser
from tests.learn import digest

HEAD = (
    '{"labels": ["crisis", "progress", "neutral"], "first": [0, 0, 16, -16], "made_from": "x", '
    '"urgent": 0.6, "doubtful": 0.4, "contradicted": 0.1, "soon": 0.5, "also": 0.3}'
)
TEXT = f"{HEAD}\nbell sad\nbell tower\ttower\n\nbell\t160 -16 0 64\nsad\t0 0 0 160\n"


def made() -> Weights:
    return learned_from(TEXT).weights


@given(st.lists(st.lists(st.integers(-2000, 2000), min_size=12, max_size=12), min_size=1, max_size=50))
def test_lanes_never_mix(rows: list[list[int]]) -> None:
    assert unpacked(sum(map(packed, rows)), 12) == [sum(column) for column in zip(*rows, strict=True)]
    assert len(rows) * 2000 < 1 << (LANE - 1)


def test_what_is_known_is_added_up() -> None:
    chances = made().weighed(["bell"], Concepts({})).whole
    assert chances.of(Concern.CRISIS) > 0.99
    assert chances.urgent == chances.of(Concern.CRISIS)
    assert chances.soon > 0.9
    nothing = made().weighed(["unheard"], Concepts({})).whole
    assert nothing.urgent < nothing.by_label["neutral"]


def test_it_can_be_told_what_weighed() -> None:
    assert made().weighing(["bell"], Concepts({}), Concern.CRISIS) == [("bell", 10.0)]


def test_a_second_signal_only_when_it_is_likely_by_itself() -> None:
    weights = made()
    assert list(weights.likely(weights.weighed(["sad"], Concepts({})).whole)) == []
    learned = learned_from(TEXT.replace("sad\t0 0 0 160", "sad\t0 64 0 0")).weights
    assert list(learned.likely(learned.weighed(["sad"], Concepts({})).whole)) == [Concern.PROGRESS]


def test_danger_is_weighed_by_half_from_the_sentence_that_most_speaks_of_it() -> None:
    weighed = made().weighed(["sad", "sad", ".", "bell", ".", "sad"], Concepts({}))
    assert [sentence for sentence, _ in weighed.each] == [("sad", "sad"), ("bell",), ("sad",)]
    assert weighed.telling(Concern.CRISIS) == "bell"
    best = max(chances.urgent for _, chances in weighed.each)
    assert weighed.urgent == (weighed.whole.urgent + best) / 2


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("[]\n", id="no head"),
        pytest.param(TEXT.replace('"soon": 0.5, ', ""), id="a threshold is missing"),
        pytest.param(TEXT.replace("160 -16", "160 x"), id="a weight that is no number"),
        pytest.param(TEXT.replace("bell tower\ttower", "bell tower"), id="a word without its concept"),
    ],
)
def test_a_broken_table_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="make learn"):
        learned_from(text)


def test_the_table_was_made_from_the_sentences_that_are_there() -> None:
    """Else somebody changed a sentence, a concept or a phrase and did not run ``make learn``."""
    assert recogniser().weights.made_from == digest(labelled_sentences())


def test_no_sentence_to_be_scored_on_was_learned_from() -> None:
    from tests.evaluate import given as given_messages
    from tests.evaluate import own

    learned = {sentence.text.casefold() for sentence in labelled_sentences()}
    scored = {one.text.casefold() for language in ("fr", "en") for one in (*given_messages(language), *own(language))}
    assert learned & scored == set()


def test_the_labelled_sentences_are_well_formed() -> None:
    labels = {"neutral", *map(str, Concern)}
    for sentence in labelled_sentences():
        assert sentence.label in labels, sentence
        assert sentence.text.strip() == sentence.text
    for language in ("fr", "en"):
        lines = (messages_folder() / language / "sentences.tsv").read_text(encoding="utf-8").splitlines()
        assert len(lines) == len({line.split("\t")[2].casefold() for line in lines})


CONCEPTS = Concepts(named_in({"pill": {"fr": ["cachet"], "en": ["pill", "blister pack"]}, "far": {}}, str.split))


@pytest.mark.parametrize(
    ("words", "concepts"),
    [
        ("my pill .", "my @pill ."),
        ("two pills", "two @pill"),
        ("mes cachets", "mes @pill"),
        ("a blister pack here", "a @pill here"),
        ("a blister here", "a blister here"),
        ("pil", "pil"),
    ],
)
def test_words_of_one_concept(words: str, concepts: str) -> None:
    assert " ".join(CONCEPTS.of(words.split())) == concepts


@pytest.mark.parametrize("table", [{"pill": ["x"]}, {"pill": {"de": ["x"]}}, {"pill": {"fr": "x"}}])
def test_broken_concepts_are_refused_by_name(table: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="pill"):
        named_in(table, str.split)


def test_concepts_count_with_their_neighbours_and_in_pairs() -> None:
    counted = features(["blister", "pack", "near", "cachets"], CONCEPTS)
    assert {"@pill", "k:@pill near", "p:@pill @pill", "near cachets"} <= counted
