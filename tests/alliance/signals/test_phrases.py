"""Phrases as a coordinator reads them: what each sign stands for, and that every phrase of the lexicons is needed."""

from collections import defaultdict

import pytest

from bot.alliance.rating import Concern
from bot.alliance.signals import Recogniser, Severity
from bot.alliance.signals.lexicon import Added, Entry, lexicon_of
from bot.alliance.signals.phrases import Match, Phrases, clause_around, phrase_of, without
from bot.text import LANGUAGES, labelled_sentences, recogniser, toml
from tests.alliance.signals.test_recogniser import DANGER, QUIET, SOON

CLASSES = {"kin": ["mother", "brother"]}
READER = recogniser()


def found(written: str, words: str) -> list[str]:
    phrase = phrase_of(written, CLASSES, str.split)
    spoken = words.split()
    return [" ".join(spoken[match.start : match.end]) for *_, match in Phrases([(phrase, 0)]).found(spoken)]


@pytest.mark.parametrize(
    ("written", "words", "seen"),
    [
        pytest.param("want to die", "i want to die now", ["want to die"], id="words in a row"),
        pytest.param("want to die", "i want to , die now", [], id="never across a clause mark"),
        pytest.param("want die", "i wanted die", [], id="whole words only"),
        pytest.param("want|wish to die", "i wish to die", ["wish to die"], id="one of several"),
        pytest.param("suicid*", "je suis suicidaire", ["suicidaire"], id="an open ending"),
        pytest.param("hit by my {kin}", "hit by my brother", ["hit by my brother"], id="a class"),
        pytest.param("so? tired", "so tired . tired", ["so tired", "tired", "tired"], id="a word that may be missing"),
        pytest.param("il y a _ ans", "il y a #10 ans", ["il y a #10 ans"], id="any one word, a number too"),
        pytest.param("il y a _ ans", "il y a . ans", [], id="but no clause mark"),
        pytest.param("took .. pills", "took a whole box pills", ["took a whole box pills"], id="up to three words"),
        pytest.param("took .. pills", "took pills", ["took pills"], id="or none"),
        pytest.param("took .. pills", "took one two three four pills", [], id="not four"),
        pytest.param("en #400", "en #400", ["en #400"], id="a size of number"),
        pytest.param("_ gone", "all gone", ["all gone"], id="any word at the beginning"),
    ],
)
def test_what_a_phrase_matches(written: str, words: str, seen: list[str]) -> None:
    assert found(written, words) == seen


@pytest.mark.parametrize(
    ("written", "names"),
    [
        pytest.param("", "empty", id="empty"),
        pytest.param("hit by {cat}", "cat", id="an unknown class"),
        pytest.param("so? very?", "nothing at all", id="everything may be missing"),
        pytest.param("..", "nothing at all", id="only a gap"),
        pytest.param("want to (die", "die", id="an expression"),
        pytest.param("a*", r"a\*", id="an ending after fewer than three letters"),
    ],
)
def test_a_phrase_that_cannot_be_read_is_refused_by_name(written: str, names: str) -> None:
    with pytest.raises(ValueError, match=names):
        phrase_of(written, CLASSES, str.split)


def test_what_is_taken_out_leaves_a_clause_mark() -> None:
    words = ["i", "am", "dying", "for", "coffee", "and", "tired"]
    assert without(words, [Match(2, 4)]) == ["i", "am", ",", "coffee", "and", "tired"]
    assert clause_around(["a", ".", "b", "c", ",", "d"], Match(2, 3)) == Match(2, 4)


GOOD = {"severity": "soon", "phrases": ["bad day"]}


@pytest.mark.parametrize(
    ("table", "names"),
    [
        pytest.param({"gloom": GOOD}, "gloom", id="a concern that does not exist"),
        pytest.param({"rating": GOOD}, "rating", id="a concern that no words signal"),
        pytest.param({"relapse": ["bad day"]}, "relapse", id="a list instead of a table"),
        pytest.param({"relapse": {"phrases": ["x"]}}, "relapse", id="no severity"),
        pytest.param({"relapse": {"severity": "grave", "phrases": ["x"]}}, "relapse", id="an unknown severity"),
        pytest.param({"relapse": {"severity": "soon"}}, "relapse", id="no phrases"),
        pytest.param({"relapse": {"severity": "soon", "phrases": "x"}}, "relapse", id="phrases that are no list"),
        pytest.param({"relapse": {"severity": "soon", "phrases": [1]}}, "relapse", id="a phrase that is no text"),
        pytest.param({"relapse": {"severity": "soon", "phrases": []}}, "relapse", id="an empty list"),
        pytest.param({"relapse": {"severity": "soon", "phrases": ["x", ""]}}, "empty", id="an empty phrase"),
        pytest.param({"relapse": {"severity": "soon", "phrases": ["x("]}}, "x", id="a broken phrase"),
        pytest.param({"excuses": {"jokes": ["x"]}}, "jokes", id="an unknown excuse"),
        pytest.param({"excuses": {"idioms": "x"}}, "idioms", id="idioms that are no list"),
        pytest.param({"spelling": ["x"]}, "spelling", id="a spelling that is no table"),
    ],
)
def test_a_broken_lexicon_is_refused_by_name(table: dict[str, object], names: str) -> None:
    with pytest.raises(ValueError, match=names):
        lexicon_of([table])


LABELLED = [(str(concern), words) for concern, sentences in DANGER.items() for words in sentences]
LABELLED += [(str(concern), words) for concern, words in SOON]
LABELLED += [(sentence.label, sentence.text) for sentence in labelled_sentences()]
QUIETLY = [words for words in QUIET if words]
QUIETLY += [sentence.text for sentence in labelled_sentences() if sentence.severity is not Severity.URGENT]


def _needed() -> set[tuple[Concern, str]]:
    """The phrases without which some sentence would not be seen by any phrase for what it is."""
    needed = set()
    for label, text in LABELLED:
        by_concern = defaultdict(set)
        for _, entry, _ in READER.lexicon.entries.found(READER.words(text)):
            by_concern[entry.concern].add(entry.written)
        for concern, phrases in by_concern.items():
            if concern == label and len(phrases) == 1:
                needed.add((concern, phrases.pop()))
    return needed


NEEDED = _needed()


@pytest.mark.parametrize("entry", READER.lexicon.written, ids=lambda entry: f"{entry.concern}: {entry.written}")
def test_every_phrase_is_the_only_one_to_see_some_sentence(entry: Entry) -> None:
    assert (entry.concern, entry.written) in NEEDED


def test_both_languages_know_every_danger() -> None:
    for language in LANGUAGES:
        table = toml(f"{language}/lexicon.toml")
        urgent = {name for name, body in table.items() if isinstance(body, dict) and body.get("severity") == "urgent"}
        assert urgent == {"crisis", "self_harm", "violence", "emergency"}


@pytest.mark.parametrize("excuse", ["idioms", "denials", "past"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_excuse_keeps_some_sentence_quiet(language: str, excuse: str) -> None:
    """Without it, a phrase would speak in a sentence where it should not."""
    table = toml(f"{language}/lexicon.toml")["excuses"]
    assert isinstance(table, dict)
    excusing = {"idioms": READER.lexicon.idioms, "denials": READER.lexicon.denials, "past": READER.lexicon.past}[excuse]
    used: set[str] = set()
    for text in QUIETLY:
        spoken = READER.lexicon.spelling.words(text)
        if next(READER.lexicon.entries.found(spoken), None) is not None or excuse == "idioms":
            used |= {written for _, written, _ in excusing.found(spoken)}
    assert set(table[excuse]) - used == set()


def test_a_phrase_that_was_added_counts_and_the_one_before_is_unchanged() -> None:
    words = "le grand plouf"
    more = READER.with_added(Added("fr", Concern.CRISIS, Severity.URGENT, words))
    seen = more.seen("Je pense au grand plouf, et au grand plouf encore.")
    assert (seen.danger is None) == (READER.seen("Je pense au grand plouf, et au grand plouf encore.").danger is None)
    assert more.seen("Demain, le grand plouf.").danger is not None
    assert isinstance(more, Recogniser)
    assert len(more.lexicon.written) == len(READER.lexicon.written) + 1
