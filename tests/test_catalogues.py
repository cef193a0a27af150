"""The catalogues: whole, the same in both languages, and in the register that clients were promised."""

import json
import re
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file

import bot
from bot.alliance.safety import SAFETY_REPLY, SPARES
from bot.catalogues import check, entries, forms, name_of, placeholders, used_keys
from bot.dialogues import danger
from bot.text import LANGUAGES, catalogue, messages_folder, path_of, read_catalogue

ROOT = Path(bot.__file__).parent

FROM_ELSEWHERE = {
    "schedule.changed.client",
    "pair.changed.client",
    "alert.read",
    "alert.seen",
    "told.nobody",
    "quarantine.client",
    "check_in.missed",
}
"""Keys that a client reads although no dialogue names them."""

LONG = {"help.client": 75, "stop.done": 75}
BUBBLE = 60
"""The most words of a bubble; a placeholder counts as one."""

BOTH_LANGUAGES = {"enrol.language", "language.ask"}
"""Asked once in each language, so with two question marks."""

Entry = tuple[str, str | None]


def keys_of(file: Path) -> set[str]:
    found = extract_from_file("python", file, keywords={"Key": None}, comment_tags=())
    return {message for _, message, _, _ in found if isinstance(message, str)}


@cache
def client_keys() -> frozenset[str]:
    """Every key whose sentence a client reads, without the lists of words that may be typed."""
    files = [*(ROOT / "dialogues").glob("*.py"), ROOT / "alliance" / "safety.py"]
    named = FROM_ELSEWHERE.union(*(keys_of(file) for file in files))
    return frozenset(key for key in named if not key.endswith(".words"))


@cache
def book(language: str) -> dict[Entry, tuple[str, ...]]:
    """Key and context → every wording."""
    return {entry: forms(message) for entry, message in entries(catalogue(language)).items()}


def for_clients(language: str) -> list[tuple[str, str]]:
    """(where, wording) of everything that a client reads, the familiar forms too."""
    return [
        (f"{key} ({context})" if context else key, wording)
        for (key, context), wordings in sorted(book(language).items(), key=str)
        if key in client_keys()
        for wording in wordings
    ]


# --- whole


def test_the_catalogues_and_the_code_agree() -> None:
    assert check() == []


def test_the_code_names_keys_and_clients_read_many_of_them() -> None:
    """Else every test below would hold for nothing."""
    assert {"check_in.ask.first", "rating.7", "safety.crisis", "page.urgent"} <= used_keys()
    assert len(client_keys()) > 80
    assert client_keys() <= used_keys()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_rule_is_that_of_the_language(language: str) -> None:
    assert catalogue(language).num_plurals == 2
    rule = catalogue(language).plural_expr
    assert ("> 1" in rule) == (language == "fr"), "in French zero is singular, in English it is not"


# --- each kind of mistake is found


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the catalogues, to be broken."""
    shutil.copytree(messages_folder(), tmp_path / "messages")
    return tmp_path / "messages"


def changed(folder: Path, language: str, change: Callable[[str], str]) -> None:
    path = path_of(language, folder)
    before = path.read_text(encoding="utf-8")
    after = change(before)
    assert after != before, "the mistake was not made"
    path.write_text(after, encoding="utf-8")


def without(key: str, context: str | None = None) -> Callable[[str], str]:
    head = (f'msgctxt "{context}"\n' if context else "") + f'msgid "{key}"\n'
    return lambda po: re.sub(rf"\n{re.escape(head)}(.+\n)+", "\n", po, count=1)


def instead(key: str, sentence: str, context: str | None = None) -> Callable[[str], str]:
    head = (f'msgctxt "{context}"\n' if context else "\n") + f'msgid "{key}"\n'
    return lambda po: re.sub(
        rf'{re.escape(head)}msgstr (".*"\n)+', lambda _: f'{head}msgstr "{sentence}"\n', po, count=1
    )


def also(entry: str) -> Callable[[str], str]:
    return lambda po: f"{po}\n{entry}\n"


MISTAKES = [
    pytest.param("fr", without("rating.7"), ["fr: rating.7 is missing"], id="a key is missing"),
    pytest.param(
        "en", without("check_in.better"), ["en: check_in.better is missing"], id="a key is missing in English"
    ),
    pytest.param(
        "en", also('msgid "old.key"\nmsgstr "x"'), ["en: old.key is used nowhere"], id="a key is used nowhere"
    ),
    pytest.param("fr", instead("rating.7", ""), ["fr: rating.7 is empty"], id="empty"),
    pytest.param("en", instead("rating.7", "  "), ["en: rating.7 is empty"], id="only spaces"),
    pytest.param("fr", instead("alert.read", "", "tu"), ["fr: alert.read (tu) is empty"], id="an empty familiar form"),
    pytest.param(
        "en",
        instead("alert.read", "{name} has read your message."),
        ["en: alert.read and fr: alert.read have other", "fr: alert.read and en", "fr: alert.read (tu) and en"],
        id="another placeholder than in French",
    ),
    pytest.param(
        "fr",
        instead("alert.read", "Ton message a été lu.", "tu"),
        ["fr: alert.read (tu) and fr: alert.read have other", "fr: alert.read (tu) and en: alert.read have other"],
        id="the familiar form has lost a placeholder",
    ),
    pytest.param(
        "fr", instead("alert.read", "{nurse a lu."), ["fr: alert.read has a broken brace"], id="a broken brace"
    ),
    pytest.param(
        "en", instead("alert.read", "{nurse} read }."), ["en: alert.read has a broken brace"], id="a stray brace"
    ),
    pytest.param(
        "en", instead("rating.7", "7 {}"), ["en: rating.7 has a malformed placeholder"], id="a nameless brace"
    ),
    pytest.param(
        "fr",
        lambda po: re.sub(r'msgid_plural "alerts.open"\nmsgstr\[0\] (".*")\nmsgstr\[1\] ".*"\n', r"msgstr \1\n", po),
        ["fr: alerts.open and en: alerts.open: only one of them has plural forms"],
        id="plural forms are gone in one language",
    ),
    pytest.param(
        "en",
        lambda po: re.sub(r'(msgid_plural "alerts.open"\n)msgstr\[0\] ".*"\n', r'\1msgstr[0] ""\n', po),
        ["en: alerts.open is empty"],
        id="one plural form is empty",
    ),
    pytest.param(
        "fr",
        lambda po: re.sub(r'(msgid_plural "alerts.open"\nmsgstr\[0\] ".*"\n)msgstr\[1\] ".*"\n', r"\1", po),
        ["fr: alerts.open is empty"],
        id="a plural form is missing",
    ),
    pytest.param(
        "en",
        also('msgctxt "du"\nmsgid "rating.7"\nmsgstr "7"'),
        ["en: rating.7 (du) has an unknown context"],
        id="a context that nothing asks for",
    ),
    pytest.param(
        "fr",
        lambda po: po[: po.index("\n\n", len(po) // 2) + 1],
        ["fr: rating.7 is missing"],
        id="a file that was cut",
    ),
    pytest.param("en", lambda po: po.rstrip('"\n') + "\n", ["en: line "], id="a sentence without its closing quote"),
    pytest.param(
        "fr", also('msgid "rating.7" msgstr "7"'), ["fr: the catalogue cannot be read"], id="two entries on one line"
    ),
    pytest.param("en", lambda po: "<<<<<<< ours\n" + po, ["en: the catalogue cannot be read"], id="a merge gone wrong"),
]


@pytest.mark.parametrize(("language", "mistake", "found"), MISTAKES)
def test_a_mistake_is_found_and_named(
    copy: Path, language: str, mistake: Callable[[str], str], found: list[str]
) -> None:
    before = set(check(copy))
    changed(copy, language, mistake)
    findings = [finding for finding in check(copy) if finding not in before]
    for words in found:
        assert any(finding.startswith(words) for finding in findings), findings
    assert all("\n" not in finding for finding in findings)


def test_a_missing_file_is_found_and_named(copy: Path) -> None:
    path_of("en", copy).unlink()
    assert [finding for finding in check(copy) if finding.startswith("en: the catalogue cannot be read")]


# --- register


def test_wherever_a_client_is_told_vous_there_is_a_familiar_form() -> None:
    formal = re.compile(r"\b(vous|votre|vos|vôtres?|dites|faites|êtes|\w+ez)\b", re.IGNORECASE)
    harmless = re.compile(r"\b(chez|assez|nez|rendez-vous)\b|«\s(vous|tu)\s»", re.IGNORECASE)
    for (key, context), wordings in book("fr").items():
        if key not in client_keys():
            continue
        told_vous = [wording for wording in wordings if formal.search(harmless.sub("", wording))]
        if context == "tu":
            assert told_vous == [], f"{key}: the familiar form says vous"
        elif told_vous and key != "address.vous":  # the button itself
            assert (key, "tu") in book("fr"), f"{key} has no familiar form"


def test_only_french_has_a_familiar_form() -> None:
    assert not [key for key, context in book("en") if context is not None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_bubbles_are_short(language: str) -> None:
    def words(sentence: str) -> int:
        return len(re.findall(r"\w+(?:[’'-]\w+)*", re.sub(r"\{\w+\}", "word", sentence)))

    long = {where: words(said) for where, said in for_clients(language)}
    assert {where: n for where, n in long.items() if n > LONG.get(where.removesuffix(" (tu)"), BUBBLE)} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_question_at_most(language: str) -> None:
    asked = {where for where, said in for_clients(language) if said.count("?") > 1}
    assert {where.removesuffix(" (tu)") for where in asked} == BOTH_LANGUAGES


NUMBERS = re.compile(r"\{(emergency|crisis|violence|poison)\}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_number_stands_alone_on_its_line(language: str) -> None:
    """So that a phone makes it a link and a shaking thumb finds it. In an emergency it stands in the first line."""
    safety = [(where, said) for where, said in for_clients(language) if where.startswith("safety.")]
    assert len(safety) >= len(SPARES)
    for where, said in safety:
        lines = [line for line in said.splitlines() if NUMBERS.search(line)]
        if where.startswith("safety.emergency"):
            assert NUMBERS.search(said.splitlines()[0]), where
        else:
            assert all(NUMBERS.fullmatch(line) for line in lines), where


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_danger_reply_gives_a_number_and_says_who_is_told_and_who_is_not_watching(language: str) -> None:
    nobody_watches = {"fr": r"surveille .*jour et nuit", "en": r"watches .*day and night"}[language]
    replies = {*SAFETY_REPLY.values(), "safety.self_harm_with_poison_line", "safety.violence_with_line"}
    said = [(where, words) for where, words in for_clients(language) if where.removesuffix(" (tu)") in replies]
    assert len(said) == len(replies) * (2 if language == "fr" else 1)
    for where, words in said:
        assert "{emergency}" in words, where
        assert "{who}" in words, where
        assert re.search(nobody_watches, words), where
        assert "?" not in words, where


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_picture_in_a_grave_moment(language: str) -> None:
    for where, said in for_clients(language):
        if where.startswith("safety."):
            odd = [letter for letter in said if unicodedata.category(letter) in {"So", "Sk", "Cs", "Co"}]
            assert odd == [], where


BANNED = {
    "fr": [
        r"\bil faut\b",
        r"vous devez",
        r"tu dois",
        r"\bcourage\b",
        r"n'oublie(z|s)? pas",
        r"pourquoi n'",
        r"auri?ez dû",
        r"aurais dû",
        r"ne vous inquiétez pas",
        r"ne t'inquiète pas",
    ],
    "en": [r"\bmust\b", r"\bshould\b", r"you have to\b", r"why didn't", r"don't worry", r"stay positive", r"cheer up"],
}
"""Reproach, pressure, forced cheer."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_reproach_no_pressure_no_forced_cheer(language: str) -> None:
    for where, said in for_clients(language):
        plain = said.replace("’", "'").replace("temps qu'il faut", "")  # "take all the time you need"
        found = [form for form in BANNED[language] if re.search(form, plain, re.IGNORECASE)]
        assert found == [], where


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_hard_reply_does_not_argue(language: str) -> None:
    """What meets discouragement, relapse and danger stays on the client's side: no "but"."""
    but = {"fr": r"\bmais\b", "en": r"\bbut\b"}[language]
    met = [(where, said) for where, said in for_clients(language) if where.startswith(("hard.", "relapse.", "safety."))]
    assert len(met) > 15
    assert [where for where, said in met if re.search(but, said, re.IGNORECASE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_that_may_be_typed_are_written_as_they_are_compared(language: str) -> None:
    """Normalised: else nothing that is typed could ever equal them."""
    from bot.dialogues.intents import bare

    for (key, _), (said, *_) in book(language).items():
        if key.endswith(".words") and "{" not in said:  # the others are sentences that hold words
            assert [word for word in said.split("|") if bare(word) != word or not word] == [], key


# --- the safety replies survive the catalogues

SAY_ALL = """
import json, logging, sys
logging.disable(logging.CRITICAL)
from bot.alliance.key import Key
from bot.alliance.safety import SPARES
from bot.text import LANGUAGES, text
values = {"emergency": "911-E", "crisis": "988-C\\n535-C", "violence": "V", "poison": "P", "who": ["Amélie", "Karim"]}
print(json.dumps([
    [key, language, address, text(Key(key), language, address=address, **values)]
    for key in SPARES for language in LANGUAGES for address in ("vous", "tu")
]))
"""


Breakage = Callable[[Path], None]


def _intact(folder: Path) -> None:
    assert folder.is_dir()


def _gone(folder: Path) -> None:
    shutil.rmtree(folder)


def _files_gone(folder: Path) -> None:
    for language in LANGUAGES:
        path_of(language, folder).unlink()


def _no_text(folder: Path) -> None:
    for language in LANGUAGES:
        path_of(language, folder).write_bytes(b"\xff\xfe\x00")


def _both(change: Callable[[str], str]) -> Breakage:
    def apply(folder: Path) -> None:
        for language in LANGUAGES:
            changed(folder, language, change)

    return apply


def _lost(po: str) -> str:
    for key in SPARES:
        for context in ("tu", None):
            po = without(key, context)(po)
    return po


BREAKAGES: dict[str, Breakage] = {
    "nothing is broken": _intact,
    "the folder is gone": _gone,
    "both files are gone": _files_gone,
    "both files are cut": _both(lambda po: po[: len(po) // 2] + '"'),
    "both files are no text": _no_text,
    "the sentences are lost": _both(_lost),
    "the sentences are empty": _both(
        lambda po: re.sub(r'(msgid "safety\..*"\n)msgstr (".*"\n)+', r'\1msgstr ""\n', po)
    ),
    "a placeholder is wrong": _both(lambda po: po.replace("{emergency}", "{emergancy}")),
    "a brace is broken": _both(lambda po: po.replace("{emergency}", "{emergency")),
}


@pytest.mark.parametrize("breakage", BREAKAGES.values(), ids=BREAKAGES.keys())
def test_the_safety_replies_come_out_whatever_became_of_the_catalogues(tmp_path: Path, breakage: Breakage) -> None:
    """On a real copy of the program, in a process of its own, as after a bad release."""
    shutil.copytree(ROOT, tmp_path / "bot", ignore=shutil.ignore_patterns("__pycache__", "messages"))
    shutil.copytree(messages_folder(), tmp_path / "messages")
    breakage(tmp_path / "messages")
    ran = subprocess.run(
        [sys.executable, "-c", SAY_ALL], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout)
    assert len(said) == len(SPARES) * 4
    for key, language, address, words in said:
        where = (key, language, address)
        assert "911-E" in words, where
        assert "{" not in words, where
        assert ("988-C\n535-C" in words) or key in {"safety.emergency", "safety.violence", "safety.violence_with_line"}


def test_every_reply_to_danger_has_a_spare() -> None:
    replies = {key for key in keys_of(Path(danger.__file__)) if key.startswith("safety.")}
    later = {"safety.passed_on", "safety.next_day", "safety.next_day.quiet"}
    assert replies - later <= set(SPARES)
    assert set(SAFETY_REPLY.values()) <= set(SPARES)
    for spares in SPARES.values():
        assert set(spares) == set(LANGUAGES)
        for spare in spares.values():
            assert placeholders(spare) == {"emergency", "crisis"}
            assert all(NUMBERS.fullmatch(line) for line in spare.splitlines() if NUMBERS.search(line))


def test_a_catalogue_reads_back_as_it_was_written(copy: Path) -> None:
    for language in LANGUAGES:
        read: Catalog = read_catalogue(language, copy)
        assert {name_of(message) for message in read if message.id} == {key for key, _ in book(language)}
