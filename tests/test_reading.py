"""``alliance signals``: one answer a line, in order; a bad line is answered with an error and holds up no other."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.dialogues.intents import KEYBOARD, WORDS
from bot.engine.say import labels
from bot.reading import explained, read_lines
from bot.text import LANGUAGES, recogniser, text

ROOT = Path(__file__).parent.parent


def read(*lines: bytes) -> list[tuple[dict[str, object], bool]]:
    return [(json.loads(answer), well) for answer, well in read_lines(lines)]


def test_one_answer_a_line_in_order() -> None:
    first, second = read(
        b'{"id": "a", "text": "je veux mourir", "lang": "fr"}', b'{"id": 2, "text": "hello", "lang": "en"}'
    )
    assert first == ({"id": "a", "signals": ["crisis"], "severity": "urgent"}, True)
    assert second == ({"id": 2, "signals": [], "severity": "none"}, True)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"nonsense", id="no JSON"),
        pytest.param(b"[1]", id="no object"),
        pytest.param(b'{"text": "x"}', id="no id"),
        pytest.param(b'{"id": 1, "text": 5}', id="a text that is a number"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"[" * 100_000, id="nested without end"),
    ],
)
def test_a_bad_line_is_answered_and_holds_up_no_other(line: bytes) -> None:
    bad, good = read(line, b'{"id": 1, "text": "I want to die"}')
    assert bad[1] is False
    assert bad[0]["line"] == 1
    assert good == ({"id": 1, "signals": ["crisis"], "severity": "urgent"}, True)


@pytest.mark.parametrize("odd", ["", " ", "\\ud800", "\\u0000", "\\u202e", "a" * 4096, "😭" * 2048, "1" * 4096])
def test_odd_texts_are_read(odd: str) -> None:
    [(answer, well)] = read(b'{"id": 1, "text": "' + odd.encode() + b'"}')
    assert well
    assert answer["id"] == 1


def test_the_command_reads_standard_input() -> None:
    asked = b'{"id": 1, "text": "I want to die"}\n\nnonsense\n'
    done = subprocess.run(
        [sys.executable, "-m", "bot", "signals"], input=asked, capture_output=True, cwd=ROOT, check=False
    )
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {"id": 1, "signals": ["crisis"], "severity": "urgent"},
        {"line": 3, "error": "no JSON"},
    ]
    assert done.returncode == 65
    assert done.stderr.decode().startswith("alliance: 1 line(s)")


def test_a_text_is_explained() -> None:
    lines = explained("je veux mourir")
    assert lines[:2] == ["read as: je veux mourir", "severity: urgent"]
    assert lines[2].startswith("crisis (urgent): phrase 'je {veux}")
    assert explained("hello")[-1] == "no signal"
    assert any(
        line.startswith("doubtful") or "weighed" in line for line in explained("tout s'arrête au 30, j'ai tout réglé")
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_client_taps_or_types_as_a_command_is_no_danger(language: str) -> None:
    spoken = [label for line in KEYBOARD for _, key in line for label in labels([key])]
    spoken += [word for key in WORDS.values() for word in text(key, language).split("|")]
    alarming = [words for words in spoken if (danger := recogniser().seen(words).danger) and danger.phrase]
    assert alarming == []
