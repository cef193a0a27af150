"""Invitation links: kept as a keyed hash only, good once, for 72 hours, and the newest only."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.alliance.people import Programme, Role
from bot.coordination.invitations import (
    BadInvitation,
    clean_alias,
    invite,
    link,
    link_token,
    redeem,
    token_hash,
)
from bot.store.database import Database
from bot.store.tables import Care, Invitation, Person

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)
OLD, NEW = "an-old-key-of-the-town", "a-new-key-of-the-town"
CHAT = 101


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "alliance.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite+aiosqlite:///{file}")
    await opened.migrate(NOW)
    yield opened
    await opened.close()


async def invited(
    database: Database, role: Role = Role.CLIENT, alias: str = "Marc", secret: str = OLD
) -> tuple[int, str]:
    async with database.begin() as session:
        person, token = await invite(
            session, role, alias, language="fr", timezone="Europe/Paris", region="FR", secret=OLD, now=NOW
        )
    return person.id, token


async def came(
    database: Database,
    token: str,
    *,
    chat_id: int = CHAT,
    after: timedelta = timedelta(),
    keys: tuple[str, ...] = (OLD,),
) -> int | None:
    async with database.begin() as session:
        person = await redeem(session, token, chat_id, keys, NOW + after)
        return None if person is None else person.id


def everything_in(folder: Path) -> bytes:
    """The bytes of every file, the write-ahead log too."""
    return b"".join(path.read_bytes() for path in folder.iterdir())


async def test_a_link_opens_once(database: Database) -> None:
    person_id, token = await invited(database)
    assert await came(database, token) == person_id
    assert await came(database, token) is None
    assert await came(database, token, chat_id=CHAT + 1) is None
    async with database.begin() as session:
        assert (await session.get_one(Person, person_id)).chat_id == CHAT


async def test_a_used_link_stays_used_even_where_the_chat_was_forgotten(database: Database) -> None:
    person_id, token = await invited(database)
    await came(database, token)
    async with database.begin() as session:
        (await session.get_one(Person, person_id)).chat_id = None
    assert await came(database, token) is None


@pytest.mark.parametrize(
    ("after", "opens"),
    [
        pytest.param(timedelta(0), True, id="at once"),
        pytest.param(timedelta(hours=72, seconds=-1), True, id="a second before 72 hours"),
        pytest.param(timedelta(hours=72), False, id="at 72 hours"),
        pytest.param(timedelta(days=30), False, id="a month later"),
    ],
)
async def test_a_link_lives_72_hours(database: Database, after: timedelta, opens: bool) -> None:
    person_id, token = await invited(database)
    assert await came(database, token, after=after) == (person_id if opens else None)


async def test_a_new_link_ends_the_old_one(database: Database) -> None:
    person_id, old = await invited(database)
    async with database.begin() as session:
        person = await session.get_one(Person, person_id)
        new = await link_token(session, person, OLD, NOW + timedelta(hours=1))
    assert await came(database, old, after=timedelta(hours=1)) is None
    assert await came(database, new, after=timedelta(hours=72, minutes=30)) == person_id, "its 72 hours begin with it"


async def test_a_new_link_for_one_leaves_the_links_of_others(database: Database) -> None:
    _, of_marc = await invited(database)
    amelie_id, of_amelie = await invited(database, Role.NURSE, "Amélie")
    async with database.begin() as session:
        await link_token(session, await session.get_one(Person, amelie_id), OLD, NOW)
    assert await came(database, of_marc) is not None
    assert await came(database, of_amelie, chat_id=201) is None


async def test_the_token_is_nowhere_in_the_files(database: Database, file: Path) -> None:
    _, token = await invited(database)
    written = everything_in(file.parent)
    assert b"Marc" in written, "the files are the right ones"
    assert token.encode() not in written
    assert OLD.encode() not in written
    assert token_hash(token, OLD).encode() in written


async def test_the_table_alone_tells_nothing_about_a_link(database: Database) -> None:
    """Keyed: without the secret even a guessed token cannot be recognised."""
    person_id, token = await invited(database)
    assert token_hash(token, OLD) != token_hash(token, NEW)
    assert await came(database, token_hash(token, OLD)) is None, "the hash itself opens nothing"
    assert await came(database, token, keys=(NEW,)) is None
    assert await came(database, token, keys=(NEW, OLD)) == person_id, "after a rotation older links still open"


@pytest.mark.parametrize("token", ["", "x", "'; DROP TABLE person; --", "é\x00", "a" * 5000])
async def test_what_is_no_token_opens_nothing(database: Database, token: str) -> None:
    await invited(database)
    assert await came(database, token) is None


async def test_somebody_who_is_there_already_is_not_moved_to_another_chat(database: Database) -> None:
    person_id, token = await invited(database)
    await came(database, token)
    async with database.begin() as session:
        another = await link_token(session, await session.get_one(Person, person_id), OLD, NOW)
    assert await came(database, another, chat_id=666) is None
    async with database.begin() as session:
        assert (await session.get_one(Person, person_id)).chat_id == CHAT


async def test_tokens_are_new_each_time_and_fit_a_start_link(database: Database) -> None:
    tokens = {(await invited(database, alias=f"Client {number}"))[1] for number in range(50)}
    assert len(tokens) == 50
    for token in tokens:
        assert re.fullmatch(r"[A-Za-z0-9_-]{43,64}", token)
        assert link("alliance_bot", token) == f"https://t.me/alliance_bot?start={token}"


async def test_a_client_gets_a_programme_that_has_not_begun_and_a_carer_gets_none(database: Database) -> None:
    client_id, _ = await invited(database)
    nurse_id, _ = await invited(database, Role.NURSE, "Amélie")
    async with database.begin() as session:
        care = await session.get_one(Care, client_id)
        assert (care.programme, care.region, care.next_check_in_at) == (Programme.INVITED, "FR", None)
        assert await session.get(Care, nurse_id) is None


@pytest.mark.parametrize(
    ("typed", "alias"),
    [
        ("Marc", "Marc"),
        ("  Marc   T. ", "Marc T."),
        ("Zoé-Ève", "Zoé-Ève"),
        ("Client 12", "Client 12"),
        ("x" * 40, "x" * 40),
    ],
)
def test_an_alias(typed: str, alias: str) -> None:
    assert clean_alias(typed) == alias


NO_ALIAS = ["", "   ", "x" * 41, "a/b", "/start", "Marc\x00", "Marc\x1b[31m", "\u202eMarc", "Ma\u200brc", "\ud800"]


@pytest.mark.parametrize("typed", NO_ALIAS, ids=ascii)
async def test_what_is_no_alias_invites_nobody(database: Database, typed: str) -> None:
    with pytest.raises(BadInvitation, match="1 to 40 characters"):
        await invited(database, alias=typed)
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 0
        assert await session.scalar(select(func.count()).select_from(Invitation)) == 0


async def test_a_language_that_is_not_spoken_invites_nobody(database: Database) -> None:
    with pytest.raises(BadInvitation, match="fr, en"):
        async with database.begin() as session:
            await invite(
                session, Role.NURSE, "Ann", language="de", timezone="Europe/Paris", region="FR", secret=OLD, now=NOW
            )
    async with database.begin() as session:
        assert await session.scalar(select(func.count()).select_from(Person)) == 0
