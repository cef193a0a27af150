"""The commands, as an operator types them: real processes against a pretend Telegram and a real file."""

import asyncio
import os
import re
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import __version__
from bot.alliance.people import Role
from bot.coordination.invitations import invite, token_hash
from bot.demo.pretend_telegram import PretendTelegram
from bot.store.database import Database

ROOT = Path(__file__).parent.parent
KEY = "the-key-of-the-operator"
TOKEN = "42:DEMO"
NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
LINK = re.compile(r"https://t\.me/alliance_demo_bot\?start=([A-Za-z0-9_-]{43})\n")


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str

    @property
    def complaint(self) -> str:
        """The one line on stderr; nothing on stdout."""
        assert self.out == ""
        (line,) = self.err.splitlines()
        assert line.startswith("alliance: ")
        return line


Command = Callable[..., Awaitable[Ended]]


@pytest.fixture
async def telegram() -> AsyncIterator[PretendTelegram]:
    pretend = PretendTelegram(lambda: NOW, token=TOKEN)
    yield pretend
    await pretend.close()


@pytest.fixture
async def alliance(telegram: PretendTelegram, tmp_path: Path) -> Command:
    """Runs ``alliance`` in an empty folder; keywords are variables without their prefix, None takes one away."""
    root = await telegram.serve()
    settings: dict[str, str | None] = {"BOT_TOKEN": TOKEN, "SECRET_KEY": KEY, "TELEGRAM_API_URL": root}

    async def run(*words: str, **changed: str | None) -> Ended:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ALLIANCE_")}
        environment["PYTHONPATH"] = str(ROOT)
        for name, value in {**settings, **changed}.items():
            if value is not None:
                environment[f"ALLIANCE_{name}"] = value
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            *words,
            cwd=tmp_path,
            env=environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await asyncio.wait_for(process.communicate(), 60)
        assert process.returncode is not None
        ended = Ended(process.returncode, out.decode(), err.decode())
        for secret in (TOKEN.split(":")[1], KEY):
            assert secret not in ended.err, "no secret in what is printed"
        assert "Traceback" not in ended.err
        return ended

    return run


def everything_in(folder: Path) -> dict[str, bytes]:
    """The name and the bytes of every file."""
    return {path.name: path.read_bytes() for path in folder.iterdir()}


async def invited_before(tmp_path: Path, *people: tuple[Role, str]) -> None:
    """A database in which these were invited, without starting a process for each."""
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'alliance.db'}")
    await database.migrate(NOW)
    async with database.begin() as session:
        for role, alias in people:
            await invite(session, role, alias, language="fr", timezone="Europe/Paris", region="FR", secret=KEY, now=NOW)
    await database.close()


def asked(tmp_path: Path, question: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(tmp_path / "alliance.db")) as connection:
        return list(connection.execute(question))


# --- without a telegram


async def test_version(alliance: Command) -> None:
    assert await alliance("--version") == Ended(0, f"alliance {__version__}\n", "")


async def test_no_command_shows_how(alliance: Command) -> None:
    ended = await alliance()
    assert (ended.status, ended.out) == (2, "")
    assert "usage: alliance" in ended.err


@pytest.mark.parametrize("words", [("fly",), ("demo", "--port", "65536"), ("demo", "--port", "x"), ("invite", "nurse")])
async def test_a_mistyped_command_is_refused(alliance: Command, words: tuple[str, ...]) -> None:
    ended = await alliance(*words)
    assert (ended.status, ended.out) == (2, "")


async def test_every_command_has_its_help(alliance: Command) -> None:
    commands = ("demo", "run", "check", "invite", "messages")
    everything, *each = await asyncio.gather(alliance("--help"), *(alliance(name, "--help") for name in commands))
    for command, its_own in zip(commands, each, strict=True):
        assert re.search(rf"^    {command} ", everything.out, re.MULTILINE), command
        assert (its_own.status, its_own.err) == (0, "")
        assert its_own.out.startswith(f"usage: alliance {command}")


async def test_messages_agree_and_checking_changes_nothing(alliance: Command) -> None:
    files = sorted((ROOT / "messages").rglob("*.po"))
    before = [file.read_bytes() for file in files]
    ended = await alliance("messages", "--check", BOT_TOKEN=None, SECRET_KEY=None)
    assert ended == Ended(0, "the catalogues and the code agree\n", "")
    assert [file.read_bytes() for file in files] == before


# --- check


async def test_check_when_all_is_well(alliance: Command, tmp_path: Path) -> None:
    ended = await alliance("check")
    assert ended.out.splitlines() == [
        "settings: well",
        "catalogues: well",
        "recogniser: well",
        "database: not there yet; `alliance run` makes it",
        "token: well",
    ]
    assert (ended.status, ended.err) == (0, "")
    assert everything_in(tmp_path) == {}, "checking makes nothing"


async def test_check_after_the_first_invitation(alliance: Command, tmp_path: Path) -> None:
    await invited_before(tmp_path, (Role.NURSE, "Amélie"))
    before = (tmp_path / "alliance.db").read_bytes()
    ended = await alliance("check")
    assert "database: well" in ended.out.splitlines()
    assert (tmp_path / "alliance.db").read_bytes() == before


async def test_check_says_what_is_wrong_with_the_token(alliance: Command, telegram: PretendTelegram) -> None:
    ended = await alliance("check", BOT_TOKEN="43:WRONG")
    assert ended.out.splitlines()[-1] == "token: Telegram refuses it; check ALLIANCE_BOT_TOKEN with BotFather"
    assert (ended.status, ended.err) == (1, "")
    telegram.revoked = True
    assert (await alliance("check")).status == 1


async def test_check_says_that_telegram_is_out_of_reach(alliance: Command, telegram: PretendTelegram) -> None:
    telegram.down = True
    ended = await alliance("check")
    assert ended.out.splitlines()[-1].startswith("token: Telegram cannot be reached from here")
    assert (ended.status, ended.err) == (1, "")
    nowhere = await alliance("check", TELEGRAM_API_URL="http://127.0.0.1:9/bot")
    assert nowhere.out.splitlines()[-1].startswith("token: Telegram cannot be reached from here")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite+aiosqlite:///gone/alliance.db", "database: the folder of the database does not exist"),
        ("sqlite+aiosqlite:///../", "database: ALLIANCE_DATABASE_URL names a folder, not a file"),
        ("sqlite+aiosqlite:///garbage.db", "database: the database file is not an SQLite database"),
    ],
)
async def test_check_says_what_is_wrong_with_the_database(
    alliance: Command, tmp_path: Path, url: str, says: str
) -> None:
    (tmp_path / "garbage.db").write_text("a letter, not a database")
    ended = await alliance("check", DATABASE_URL=url)
    assert [line for line in ended.out.splitlines() if line.startswith(says)]
    assert (ended.status, ended.err) == (1, "")
    assert (tmp_path / "garbage.db").read_text() == "a letter, not a database"


async def test_check_needs_its_settings(alliance: Command) -> None:
    ended = await alliance("check", SECRET_KEY=None)
    assert ended.status == 78
    assert "ALLIANCE_SECRET_KEY is missing" in ended.complaint


# --- invite


async def test_invite_prints_one_link_and_keeps_only_its_hash(alliance: Command, tmp_path: Path) -> None:
    ended = await alliance("invite", "coordinator", "--alias", "Dominique")
    assert (ended.status, ended.err) == (0, "")
    found = LINK.fullmatch(ended.out)
    assert found is not None
    written = b"".join(everything_in(tmp_path).values())
    assert b"Dominique" in written
    assert found[1].encode() not in written
    assert asked(tmp_path, "SELECT token_hash, used_at FROM invitation") == [(token_hash(found[1], KEY), None)]
    assert asked(tmp_path, "SELECT role, alias, language, timezone, chat_id FROM person") == [
        ("coordinator", "Dominique", "fr", "America/Toronto", None)
    ]


async def test_invite_takes_a_language_and_a_time_zone(alliance: Command, tmp_path: Path) -> None:
    await alliance("invite", "nurse", "--alias", "Ann", "--language", "en", "--timezone", "Europe/Paris")
    assert asked(tmp_path, "SELECT language, timezone FROM person") == [("en", "Europe/Paris")]
    ended = await alliance("invite", "nurse", "--alias", "Zoé", LANGUAGE="en", TIMEZONE="Europe/London")
    assert ended.status == 0
    assert asked(tmp_path, "SELECT language, timezone FROM person WHERE alias = 'Zoé'") == [("en", "Europe/London")]


async def test_invite_a_client_with_her_pair(alliance: Command, tmp_path: Path) -> None:
    await invited_before(tmp_path, (Role.NURSE, "Amélie"), (Role.NURSE, "Karim"))
    ended = await alliance("invite", "client", "--alias", "Marc", "--nurse-a", "amélie", "--nurse-b", "KARIM")
    assert LINK.fullmatch(ended.out)
    assert asked(
        tmp_path,
        "SELECT client.alias, care.programme, lead.alias, partner.alias FROM care"
        " JOIN person AS client ON client.id = care.client_id JOIN pair ON pair.id = care.pair_id"
        " JOIN person AS lead ON lead.id = pair.lead_id JOIN person AS partner ON partner.id = pair.partner_id",
    ) == [("Marc", "invited", "Amélie", "Karim")]


MARC = ("invite", "client", "--alias", "Marc")
PAIR = "two different nurses"


def pair(*nurses: str) -> tuple[str, ...]:
    return (*MARC, *(word for option in zip(("--nurse-a", "--nurse-b"), nurses, strict=False) for word in option))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param((*MARC, "--timezone", "Mars/Olympus"), "--timezone is not a time zone", id="an unknown time zone"),
        pytest.param((*MARC, "--timezone", "../etc"), "--timezone is not a time zone", id="a path"),
        pytest.param(pair("Amélie", "amélie"), PAIR, id="the same nurse twice"),
        pytest.param(pair("Amélie"), PAIR, id="half a pair"),
        pytest.param(pair("Amélie", "Nobody"), PAIR, id="an unknown nurse"),
        pytest.param(pair("Amélie", "Paul"), PAIR, id="a client as nurse"),
        pytest.param(
            ("invite", "nurse", "--alias", "Eva", "--nurse-a", "Amélie"), "for a client", id="a pair for a nurse"
        ),
        pytest.param(("invite", "nurse", "--alias", " "), "1 to 40 characters", id="an empty alias"),
        pytest.param(("invite", "nurse", "--alias", "x" * 41), "1 to 40 characters", id="too long an alias"),
    ],
)
async def test_what_cannot_be_invited_is_one_line_and_leaves_nothing(
    alliance: Command, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    await invited_before(tmp_path, (Role.NURSE, "Amélie"), (Role.CLIENT, "Paul"))
    ended = await alliance(*words)
    assert ended.status == 65
    assert says in ended.complaint
    assert asked(tmp_path, "SELECT alias FROM person ORDER BY id") == [("Amélie",), ("Paul",)]
    assert asked(tmp_path, "SELECT count(*) FROM invitation") == [(2,)]
    assert asked(tmp_path, "SELECT count(*) FROM pair") == [(0,)]


async def test_invite_with_a_wrong_token_is_one_line_and_78(alliance: Command, tmp_path: Path) -> None:
    ended = await alliance("invite", "nurse", "--alias", "Amélie", BOT_TOKEN="43:WRONG")
    assert ended.status == 78
    assert "ALLIANCE_BOT_TOKEN" in ended.complaint
    assert everything_in(tmp_path) == {}


async def test_invite_while_telegram_is_down_is_one_line(
    alliance: Command, telegram: PretendTelegram, tmp_path: Path
) -> None:
    telegram.down = True
    ended = await alliance("invite", "nurse", "--alias", "Amélie")
    assert ended.status == 65
    assert "Telegram cannot be reached" in ended.complaint
    assert everything_in(tmp_path) == {}


async def test_invite_into_a_file_that_is_not_ours_is_one_line_and_69(alliance: Command, tmp_path: Path) -> None:
    (tmp_path / "alliance.db").write_text("a letter, not a database")
    ended = await alliance("invite", "nurse", "--alias", "Amélie")
    assert ended.status == 69
    assert "not an SQLite database" in ended.complaint
    assert (tmp_path / "alliance.db").read_text() == "a letter, not a database"


# --- run


async def test_run_with_a_wrong_token_ends_with_78_and_names_it(alliance: Command) -> None:
    ended = await alliance("run", BOT_TOKEN="43:WRONG", HTTP_PORT="0")
    assert ended.status == 78
    assert ended.err.splitlines()[-1] == "alliance: Telegram refuses the token; check ALLIANCE_BOT_TOKEN with BotFather"


async def test_run_on_a_file_that_is_not_ours_ends_with_69(alliance: Command, tmp_path: Path) -> None:
    (tmp_path / "alliance.db").write_text("a letter, not a database")
    ended = await alliance("run", HTTP_PORT="0")
    assert ended.status == 69
    assert "not an SQLite database" in ended.err.splitlines()[-1]
    assert (tmp_path / "alliance.db").read_text() == "a letter, not a database"
