"""Commands and wishes as people type them: slashes, bot names, capitals, accents, both languages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alliance.chat_command import ChatCommand, command_in, number_in
from bot.app import listening
from bot.coordination import commands as coordination
from bot.dialogues.intents import COMMANDS, DESCRIPTIONS, KEYBOARD, WORDS, Intent, bare, intent_in
from bot.engine.say import labels
from bot.nursing import commands as nursing
from bot.text import LANGUAGES, text

PHRASEBOOK = listening().phrasebook


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("/ok 12", ("take", "12"), id="a number"),
        pytest.param("/OK 12", ("take", "12"), id="capitals"),
        pytest.param("  /ok   12 ", ("take", "12"), id="spaces"),
        pytest.param("/ok@alliance_bot 12", ("take", "12"), id="the bot's name"),
        pytest.param("/ok\n12", ("take", "12"), id="a line break"),
        pytest.param("/ok\u00a012", ("take", "12"), id="a no-break space"),
        pytest.param("/fin 12 jointe au téléphone", ("close", "12 jointe au téléphone"), id="words after the number"),
        pytest.param("/done 12 reached", ("close", "12 reached"), id="the English name"),
        pytest.param("/alertes", ("alerts", ""), id="nothing after it"),
        pytest.param("/start abc-_DEF", ("start", "abc-_DEF"), id="a link, its payload as it is"),
        pytest.param("/start", ("start", ""), id="start alone"),
        pytest.param("/okay 12", ("", "12"), id="another command"),
        pytest.param("/", ("", ""), id="a slash alone"),
        pytest.param("ok 12", None, id="no slash"),
        pytest.param("12/ok", None, id="a slash inside"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_a_command_is_taken_apart(typed: str, expected: tuple[str, str] | None) -> None:
    assert command_in(typed, nursing.COMMANDS) == expected


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12", 12),
        ("nº 12", 12),
        ("#12 jointe", 12),
        ("no. 7, visit on the 9th", 7),
        ("012", 12),
        ("999999999", 999_999_999),
        ("9999999999", 999_999_999),  # too long for any incident, and so an unknown one
        ("douze", None),
        ("١٢", None),
        ("²", None),
        ("", None),
    ],
)
def test_the_first_number_of_a_line(typed: str, number: int | None) -> None:
    assert number_in(typed) == number


@given(st.text(max_size=60))
def test_no_line_is_too_odd(typed: str) -> None:
    command_in("/" + typed, nursing.COMMANDS)
    intent_in(typed, PHRASEBOOK)
    intent_in("/" + typed, PHRASEBOOK)
    number = number_in(typed)
    assert number is None or number >= 0


@pytest.mark.parametrize("commands", [nursing.COMMANDS, coordination.COMMANDS], ids=["nurses", "coordinators"])
def test_every_command_has_a_name_in_both_languages_that_telegram_takes(commands: tuple[ChatCommand, ...]) -> None:
    for command in commands:
        assert set(command.names) == set(LANGUAGES)
        for name in command.names.values():
            assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
            assert command_in(f"/{name}", commands) == (command.act, "")
        for language in LANGUAGES:
            assert 1 <= len(text(command.description, language)) <= 256


@pytest.mark.parametrize("intent", COMMANDS, ids=str)
def test_every_wish_has_a_command_in_both_languages(intent: Intent) -> None:
    for name in COMMANDS[intent].values():
        assert re.fullmatch(r"[a-z0-9_]{1,32}", name)
        for typed in (f"/{name}", f"/{name.upper()}", f"/{name}@alliance_bot", f" /{name} now"):
            assert intent_in(typed, PHRASEBOOK) is intent
    assert set(COMMANDS[intent]) == set(LANGUAGES)
    for language in LANGUAGES:
        assert 1 <= len(text(DESCRIPTIONS[intent], language)) <= 256


def test_only_start_has_no_place_in_the_menu() -> None:
    assert set(Intent) - set(COMMANDS) == {Intent.START} == set(Intent) - set(DESCRIPTIONS)
    assert intent_in("/start", PHRASEBOOK) is Intent.START
    assert intent_in("/START@alliance_bot payload", PHRASEBOOK) is Intent.START


@pytest.mark.parametrize(
    ("typed", "intent"),
    [
        ("aide", Intent.HELP),
        ("AIDE !", Intent.HELP),
        ("help", Intent.HELP),
        ("Aide et numéros", Intent.HELP),
        ("stop", Intent.STOP),
        ("STOP.", Intent.STOP),
        ("Arrêter", Intent.STOP),
        ("arrete", Intent.STOP),
        ("unsubscribe", Intent.STOP),
        ("pause", Intent.PAUSE),
        ("Faire une pause", Intent.PAUSE),
        ("take a break", Intent.PAUSE),
        ("Reprendre", Intent.RESUME),
        ("Start again", Intent.RESUME),
        ("point", Intent.CHECK_IN),
        ("check-in", Intent.CHECK_IN),
        ("C’est difficile en ce moment", Intent.HARD),
        ("c'est dur 😞", Intent.HARD),
        ("it’s hard", Intent.HARD),
        ("Parler à une infirmière", Intent.NURSE),
        ("talk to a nurse", Intent.NURSE),
        ("infirmière", Intent.NURSE),
        ("nurse", Intent.NURSE),
        ("langue", Intent.LANGUAGE),
        ("language", Intent.LANGUAGE),
    ],
)
def test_a_wish_in_plain_words(typed: str, intent: Intent) -> None:
    assert intent_in(typed, PHRASEBOOK) is intent


@pytest.mark.parametrize(
    "typed",
    ["", "?", "je voudrais une pause café", "stop ou encore", "l'aide à domicile est venue", "/", "//", "/nothing"],
)
def test_a_longer_sentence_is_no_wish(typed: str) -> None:
    assert intent_in(typed, PHRASEBOOK) is None


@pytest.mark.parametrize("typed", ["au secours", "à l'aide", "help me please"])
def test_a_cry_for_help_is_no_wish_for_a_menu(typed: str) -> None:
    assert intent_in(typed, PHRASEBOOK) is None


@pytest.mark.parametrize(
    ("typed", "intent"),
    [
        ("pause", None),
        ("difficile", None),
        ("point", None),
        ("stop", Intent.STOP),
        ("aide", Intent.HELP),
        ("Faire une pause", Intent.PAUSE),
        ("/pause", Intent.PAUSE),
    ],
)
def test_where_own_words_are_awaited_a_single_word_is_an_answer(typed: str, intent: Intent | None) -> None:
    """Except for what must always work: stopping, help, the keyboard, a command."""
    assert intent_in(typed, PHRASEBOOK, answering=True) is intent


def test_every_key_of_the_keyboard_can_be_typed_in_both_languages() -> None:
    for line in KEYBOARD:
        for intent, key in line:
            for language in LANGUAGES:
                assert intent_in(text(key, language), PHRASEBOOK) is intent


def test_no_word_means_two_wishes() -> None:
    meant: dict[str, set[Intent]] = {}
    for line in KEYBOARD:
        for intent, key in line:
            for label in labels([key]):
                meant.setdefault(bare(label), set()).add(intent)
    for intent, key in WORDS.items():
        for language in LANGUAGES:
            for word in text(key, language).split("|"):
                meant.setdefault(bare(word), set()).add(intent)
    assert {word: wishes for word, wishes in meant.items() if len(wishes) > 1} == {}
