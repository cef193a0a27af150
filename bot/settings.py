"""The environment, read once into frozen settings. Names a missing or malformed variable, never its value."""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import available_timezones

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bot.text import LANGUAGES, regions

PREFIX = "ALLIANCE_"
TELEGRAM = "https://api.telegram.org/bot"
EXIT_STATUS = 78
"""EX_CONFIG of sysexits.h."""

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class BadSetting(Exception):
    """A variable is missing or malformed; the message is one line that names it."""


@dataclass(frozen=True)
class Settings:
    """Everything that comes from outside. send_rate, chat_rate: messages a second."""

    bot_token: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    database_url: str = field(default="sqlite+aiosqlite:///alliance.db", repr=False)
    telegram_api_url: str = TELEGRAM
    language: str = "fr"
    timezone: str = "America/Toronto"
    region: str = "CA-QC"
    http_port: int = 8080
    send_rate: float = 30.0
    chat_rate: float = 1.0


def read(environment: Mapping[str, str] | None = None, *, token_needed: bool = True) -> Settings:
    """Read the settings; without an argument from the process's environment and a ``.env`` file beside it.

    token_needed: False for commands that speak to the database only. Raises BadSetting.
    """
    given = _with_env_file(os.environ) if environment is None else environment
    token = _secret(given, "BOT_TOKEN", needed=token_needed)
    if token and not _TOKEN.fullmatch(token):
        raise BadSetting("ALLIANCE_BOT_TOKEN is malformed: a token reads like 123456:ABC-def, as BotFather gave it")
    keys = tuple(key.strip() for key in _secret(given, "SECRET_KEY", needed=True).split(",") if key.strip())
    if not keys or any(len(key) < 16 for key in keys):
        raise BadSetting("ALLIANCE_SECRET_KEY is malformed: each key needs at least 16 characters")
    return Settings(
        bot_token=token,
        secret_keys=keys,
        database_url=_database_url(given),
        telegram_api_url=_url(given, "TELEGRAM_API_URL", TELEGRAM),
        language=_one_of(given, "LANGUAGE", "fr", LANGUAGES),
        timezone=_one_of(given, "TIMEZONE", "America/Toronto", available_timezones()),
        region=_one_of(given, "REGION", "CA-QC", regions()),
        http_port=_port(given),
        send_rate=_rate(given, "SEND_RATE", 30.0),
        chat_rate=_rate(given, "CHAT_RATE", 1.0),
    )


def _with_env_file(environment: Mapping[str, str]) -> Mapping[str, str]:
    file = Path(".env")
    if not file.is_file():
        return environment
    found: dict[str, str] = {}
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()  # some editors begin a file with a mark
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(".env cannot be read") from error
    for number, line in enumerate(lines, 1):
        bare = line.strip().removeprefix("export ").strip()
        if not bare or bare.startswith("#"):
            continue
        name, equals, value = bare.partition("=")
        if not equals:
            raise BadSetting(f".env line {number} is malformed: NAME=value is expected")
        found[name.strip()] = value.strip().strip("\"'")
    return {**found, **environment}


def _secret(given: Mapping[str, str], name: str, *, needed: bool) -> str:
    value = given.get(PREFIX + name, "").strip()
    path = given.get(f"{PREFIX}{name}_FILE", "").strip()
    if not value and path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise BadSetting(f"{PREFIX}{name}_FILE names a file that cannot be read") from error
    if not value and needed:
        raise BadSetting(f"{PREFIX}{name} is missing (or {PREFIX}{name}_FILE)")
    return value


def _database_url(given: Mapping[str, str]) -> str:
    value = given.get(PREFIX + "DATABASE_URL", "").strip() or "sqlite+aiosqlite:///alliance.db"
    expected = "ALLIANCE_DATABASE_URL is malformed: sqlite+aiosqlite:///file.db is expected"
    try:
        url = make_url(value)
    except (ArgumentError, ValueError) as error:
        raise BadSetting(expected) from error
    if url.drivername != "sqlite+aiosqlite":
        raise BadSetting("ALLIANCE_DATABASE_URL must begin with sqlite+aiosqlite:// in this version")
    if not url.database or url.database == ":memory:":
        raise BadSetting("ALLIANCE_DATABASE_URL is malformed: it names no file, and nothing would be kept")
    if url.host or url.username or url.port:  # two slashes instead of three make a host of the file
        raise BadSetting(expected)
    return value


def _url(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(PREFIX + name, "").strip() or default
    if not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
        raise BadSetting(f"{PREFIX}{name} is malformed: a URL that begins with https:// is expected")
    return value


def _one_of(given: Mapping[str, str], name: str, default: str, allowed: "tuple[str, ...] | set[str]") -> str:
    value = given.get(PREFIX + name, "").strip() or default
    if value not in allowed:
        known = f": one of {', '.join(allowed)}" if len(allowed) < 20 else ""
        raise BadSetting(f"{PREFIX}{name} is malformed{known}")
    return value


def _port(given: Mapping[str, str]) -> int:
    value = given.get(PREFIX + "HTTP_PORT", "").strip() or "8080"
    if not re.fullmatch(r"[0-9]{1,5}", value) or int(value) > 65_535:
        raise BadSetting("ALLIANCE_HTTP_PORT is malformed: a port from 0 to 65535 is expected")
    return int(value)


def _rate(given: Mapping[str, str], name: str, default: float) -> float:
    value = given.get(PREFIX + name, "").strip() or str(default)
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value) or not 0 < float(value) <= 10_000:
        raise BadSetting(f"{PREFIX}{name} is malformed: messages a second, more than 0, are expected")
    return float(value)
