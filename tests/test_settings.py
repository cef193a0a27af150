"""The environment: each variable that is missing or malformed is named in one line, and its value never is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.settings import EXIT_STATUS, BadSetting, Settings, read

TOKEN = "123456:ABC-def_ghi"
KEY = "a-master-key-of-32-characters-xx"
GOOD = {"ALLIANCE_BOT_TOKEN": TOKEN, "ALLIANCE_SECRET_KEY": KEY}
ROOT = Path(__file__).parent.parent


def test_only_two_are_needed_and_the_rest_has_defaults() -> None:
    assert read(GOOD) == Settings(
        bot_token=TOKEN,
        secret_keys=(KEY,),
        database_url="sqlite+aiosqlite:///alliance.db",
        telegram_api_url="https://api.telegram.org/bot",
        language="fr",
        timezone="America/Toronto",
        region="CA-QC",
        http_port=8080,
        send_rate=30.0,
        chat_rate=1.0,
    )


def test_everything_can_be_said() -> None:
    given_ = {
        **GOOD,
        "ALLIANCE_DATABASE_URL": "sqlite+aiosqlite:////data/alliance.db",
        "ALLIANCE_TELEGRAM_API_URL": "http://127.0.0.1:8081/bot",
        "ALLIANCE_LANGUAGE": "en",
        "ALLIANCE_TIMEZONE": "Europe/Paris",
        "ALLIANCE_REGION": "FR",
        "ALLIANCE_HTTP_PORT": "0",
        "ALLIANCE_SEND_RATE": "12.5",
        "ALLIANCE_CHAT_RATE": "0.5",
    }
    found = read(given_)
    assert (found.database_url, found.telegram_api_url) == (
        "sqlite+aiosqlite:////data/alliance.db",
        "http://127.0.0.1:8081/bot",
    )
    assert (found.language, found.timezone, found.region, found.http_port) == ("en", "Europe/Paris", "FR", 0)
    assert (found.send_rate, found.chat_rate) == (12.5, 0.5)


def test_an_empty_value_is_none_at_all() -> None:
    """Compose hands over variables that were not set as empty ones."""
    optional = (
        "DATABASE_URL",
        "TELEGRAM_API_URL",
        "LANGUAGE",
        "TIMEZONE",
        "REGION",
        "HTTP_PORT",
        "SEND_RATE",
        "CHAT_RATE",
    )
    assert read({**GOOD, **{f"ALLIANCE_{name}": " " for name in optional}}) == read(GOOD)


def test_white_space_around_a_value_is_nothing() -> None:
    assert read({name: f" {value}\n" for name, value in GOOD.items()}) == read(GOOD)


MALFORMED = [
    ("ALLIANCE_BOT_TOKEN", "SECRET-WORD"),
    ("ALLIANCE_BOT_TOKEN", "123456:ABC SECRET-WORD"),
    ("ALLIANCE_BOT_TOKEN", "SECRET-WORD:123456"),
    ("ALLIANCE_BOT_TOKEN", "https://api.telegram.org/bot123:SECRET-WORD"),
    ("ALLIANCE_SECRET_KEY", "SECRET-WORD"),
    ("ALLIANCE_SECRET_KEY", f"{KEY},SECRET-WORD"),
    ("ALLIANCE_SECRET_KEY", " , ,"),
    ("ALLIANCE_DATABASE_URL", "SECRET-WORD"),
    ("ALLIANCE_DATABASE_URL", "alliance-SECRET-WORD.db"),
    ("ALLIANCE_DATABASE_URL", "sqlite:///SECRET-WORD.db"),
    ("ALLIANCE_DATABASE_URL", "sqlite+aiosqlite://SECRET-WORD.db"),
    ("ALLIANCE_DATABASE_URL", "sqlite+aiosqlite://user:SECRET-WORD@host/x"),
    ("ALLIANCE_DATABASE_URL", "sqlite+aiosqlite://host:SECRET-WORD/x"),
    ("ALLIANCE_DATABASE_URL", "mysql://user:SECRET-WORD@host/db"),
    ("ALLIANCE_TELEGRAM_API_URL", "SECRET-WORD"),
    ("ALLIANCE_TELEGRAM_API_URL", "ftp://SECRET-WORD/bot"),
    ("ALLIANCE_TELEGRAM_API_URL", "http:///bot"),
    ("ALLIANCE_TELEGRAM_API_URL", "https://host/SECRET WORD"),
    ("ALLIANCE_LANGUAGE", "SECRET-WORD"),
    ("ALLIANCE_LANGUAGE", "FR"),
    ("ALLIANCE_TIMEZONE", "SECRET-WORD"),
    ("ALLIANCE_TIMEZONE", "../SECRET-WORD"),
    ("ALLIANCE_TIMEZONE", "america/toronto"),
    ("ALLIANCE_REGION", "SECRET-WORD"),
    ("ALLIANCE_REGION", "XX"),
    ("ALLIANCE_HTTP_PORT", "SECRET-WORD"),
    ("ALLIANCE_HTTP_PORT", "65536"),
    ("ALLIANCE_HTTP_PORT", "-1"),
    ("ALLIANCE_HTTP_PORT", "80.5"),
    ("ALLIANCE_HTTP_PORT", "²"),
    ("ALLIANCE_HTTP_PORT", "٨٠"),
    ("ALLIANCE_HTTP_PORT", "9" * 5000),
    ("ALLIANCE_SEND_RATE", "SECRET-WORD"),
    ("ALLIANCE_SEND_RATE", "0"),
    ("ALLIANCE_SEND_RATE", "-3"),
    ("ALLIANCE_SEND_RATE", "nan"),
    ("ALLIANCE_SEND_RATE", "inf"),
    ("ALLIANCE_SEND_RATE", "1e3"),
    ("ALLIANCE_SEND_RATE", "10001"),
    ("ALLIANCE_CHAT_RATE", "0.0"),
    ("ALLIANCE_CHAT_RATE", "1,5"),
    ("ALLIANCE_CHAT_RATE", "9" * 5000),
]


def complaint(given_: dict[str, str]) -> str | None:
    """What is said of these variables; None when they are taken."""
    try:
        read(given_)
    except BadSetting as error:
        return str(error)
    return None


def one_line_that_names(name: str, error: BadSetting, value: str) -> None:
    said = str(error)
    assert name in said
    assert "\n" not in said
    assert "SECRET-WORD" not in said
    assert len(said) < 200
    if len(value) > 5:
        assert value not in said


@pytest.mark.parametrize(("name", "value"), MALFORMED, ids=lambda said: ascii(said[:40])[1:-1])
def test_a_malformed_variable_is_named_and_its_value_is_not(name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refusal:
        read({**GOOD, name: value})
    one_line_that_names(name, refusal.value, value)


@pytest.mark.parametrize("name", sorted({name for name, _ in MALFORMED}))
@settings(deadline=None)  # what is true matters here, not how busy the machine is
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_whatever_is_given_is_taken_or_named(name: str, before: str, after: str) -> None:
    """A sign that stands in no message of ours shows whether any part of the value does."""
    said = complaint({**GOOD, name: f"{before}¤{after}"})
    if said is not None:
        assert name in said
        assert "¤" not in said
        assert "\n" not in said


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("value", [None, "", "  "], ids=["unset", "empty", "spaces"])
def test_a_missing_variable_is_named(name: str, value: str | None) -> None:
    given_ = {other: said for other, said in GOOD.items() if other != name}
    with pytest.raises(BadSetting, match=f"^{name} is missing") as refusal:
        read(given_ if value is None else {**given_, name: value})
    assert f"{name}_FILE" in str(refusal.value)


def test_a_command_that_needs_no_token_asks_for_none() -> None:
    assert read({"ALLIANCE_SECRET_KEY": KEY}, token_needed=False).bot_token == ""
    with pytest.raises(BadSetting, match="ALLIANCE_BOT_TOKEN"):
        read({**GOOD, "ALLIANCE_BOT_TOKEN": "no token"}, token_needed=False)


def test_the_printed_settings_hold_no_secret() -> None:
    found = read({**GOOD, "ALLIANCE_DATABASE_URL": "sqlite+aiosqlite:///private.db"})
    assert not [secret for secret in (TOKEN, KEY, "private") if secret in repr(found)]


# --- key rotation


def test_keys_newest_first() -> None:
    older = "the-key-of-last-year-xx"
    assert read({**GOOD, "ALLIANCE_SECRET_KEY": f"{KEY}, {older},"}).secret_keys == (KEY, older)


@pytest.mark.parametrize(("length", "taken"), [(15, False), (16, True)])
def test_a_key_has_sixteen_characters_at_least(length: int, taken: bool) -> None:
    given_ = {**GOOD, "ALLIANCE_SECRET_KEY": "k" * length}
    if taken:
        assert read(given_).secret_keys == ("k" * length,)
    else:
        with pytest.raises(BadSetting, match="16 characters"):
            read(given_)


# --- secrets in files


def test_a_secret_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n", encoding="utf-8")
    (tmp_path / "keys").write_text(f"{KEY},the-key-of-last-year-xx\n", encoding="utf-8")
    found = read(
        {"ALLIANCE_BOT_TOKEN_FILE": str(tmp_path / "token"), "ALLIANCE_SECRET_KEY_FILE": str(tmp_path / "keys")}
    )
    assert (found.bot_token, found.secret_keys) == (TOKEN, (KEY, "the-key-of-last-year-xx"))


def test_the_variable_itself_wins_over_the_file(tmp_path: Path) -> None:
    assert read({**GOOD, "ALLIANCE_BOT_TOKEN_FILE": str(tmp_path / "nothing")}).bot_token == TOKEN


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", "folder"], ids=["no file", "no text", "a folder"])
def test_a_file_that_cannot_be_read_is_named_by_its_variable(
    tmp_path: Path, name: str, content: bytes | str | None
) -> None:
    path = tmp_path / "SECRET-WORD"
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    given_ = {other: said for other, said in GOOD.items() if other != name}
    with pytest.raises(BadSetting) as refusal:
        read({**given_, f"{name}_FILE": str(path)})
    one_line_that_names(f"{name}_FILE", refusal.value, str(path))


def test_a_name_that_no_file_can_have_is_one_line() -> None:
    with pytest.raises(BadSetting, match="ALLIANCE_BOT_TOKEN_FILE"):
        read({"ALLIANCE_SECRET_KEY": KEY, "ALLIANCE_BOT_TOKEN_FILE": "a\x00b"})


def test_an_empty_file_is_a_missing_secret(tmp_path: Path) -> None:
    (tmp_path / "token").touch()
    with pytest.raises(BadSetting, match="ALLIANCE_BOT_TOKEN is missing"):
        read({"ALLIANCE_SECRET_KEY": KEY, "ALLIANCE_BOT_TOKEN_FILE": str(tmp_path / "token")})


# --- the .env file


@pytest.fixture
def env(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to start in, and nothing of ours in the environment."""
    for name in os.environ:
        if name.startswith("ALLIANCE_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path / ".env"


def test_an_env_file_is_read(env: Path) -> None:
    env.write_text(
        "\ufeff# a note\n\n"
        f"ALLIANCE_BOT_TOKEN={TOKEN}\n"
        f'export ALLIANCE_SECRET_KEY="{KEY}"\n'
        "  ALLIANCE_LANGUAGE = 'en'\n"
        "#ALLIANCE_REGION=FR\n"
        "ALLIANCE_TELEGRAM_API_URL=http://127.0.0.1/bot?a=b\n",
        encoding="utf-8",
    )
    found = read()
    assert (found.bot_token, found.secret_keys, found.language, found.region) == (TOKEN, (KEY,), "en", "CA-QC")
    assert found.telegram_api_url == "http://127.0.0.1/bot?a=b"


def test_the_example_that_is_handed_out_can_be_filled_in(env: Path) -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert "ALLIANCE_BOT_TOKEN=\n" in example
    env.write_text(example, encoding="utf-8")
    with pytest.raises(BadSetting, match="ALLIANCE_BOT_TOKEN is missing"):
        read()
    filled = example.replace("BOT_TOKEN=\n", f"BOT_TOKEN={TOKEN}\n").replace("SECRET_KEY=\n", f"SECRET_KEY={KEY}\n")
    env.write_text(filled, encoding="utf-8")
    assert read() == read(GOOD)
    # And with every default spelled out, as the file says that they are.
    spelled = "\n".join(
        line.removeprefix("#") if line.startswith("#ALLIANCE_") else line for line in filled.splitlines()
    )
    env.write_text(spelled, encoding="utf-8")
    assert read() == read(GOOD)


def test_the_environment_wins_over_the_file(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env.write_text("".join(f"{name}={value}\n" for name, value in GOOD.items()) + "ALLIANCE_LANGUAGE=en\n")
    monkeypatch.setenv("ALLIANCE_LANGUAGE", "fr")
    assert read().language == "fr"


def test_a_malformed_line_is_named_by_its_number(env: Path) -> None:
    env.write_text(f"# a note\nALLIANCE_BOT_TOKEN={TOKEN}\nSECRET-WORD\n")
    with pytest.raises(BadSetting, match=r"^\.env line 3 is malformed") as refusal:
        read()
    assert "SECRET-WORD" not in str(refusal.value)


def test_a_file_that_is_no_text_is_one_line(env: Path) -> None:
    env.write_bytes(b"\xff\xfe\x00\x00")
    with pytest.raises(BadSetting, match=r"^\.env cannot be read$"):
        read()


def test_a_folder_of_that_name_is_none_of_ours(env: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env.mkdir()
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    assert read().bot_token == TOKEN


# --- the whole command


@pytest.mark.parametrize(
    ("given_", "names"),
    [
        pytest.param({}, "ALLIANCE_BOT_TOKEN", id="nothing at all"),
        pytest.param({"ALLIANCE_BOT_TOKEN": TOKEN}, "ALLIANCE_SECRET_KEY", id="no key"),
        pytest.param({**GOOD, "ALLIANCE_BOT_TOKEN": "SECRET-WORD"}, "ALLIANCE_BOT_TOKEN", id="no token"),
        pytest.param({**GOOD, "ALLIANCE_TIMEZONE": "SECRET-WORD"}, "ALLIANCE_TIMEZONE", id="no time zone"),
        pytest.param({**GOOD, "ALLIANCE_DATABASE_URL": "SECRET-WORD"}, "ALLIANCE_DATABASE_URL", id="no database"),
    ],
)
def test_run_ends_with_one_line_and_78(tmp_path: Path, given_: dict[str, str], names: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCE_")}
    ran = subprocess.run(
        [sys.executable, "-m", "bot", "run"],
        cwd=tmp_path,
        env={**environment, **given_, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == EXIT_STATUS == 78
    assert ran.stdout == ""
    (line,) = ran.stderr.splitlines()
    assert line.startswith("alliance: ")
    assert names in line
    assert "SECRET-WORD" not in line
    assert list(tmp_path.iterdir()) == [], "nothing was made"
