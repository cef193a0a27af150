"""The database file: made, migrated, kept, and never touched when it is somebody else's."""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from bot.store.database import Database, UnusableDatabase
from bot.store.schema import MIGRATIONS, head, known
from bot.store.tables import Change, Person, Table

NOW = datetime(2026, 11, 2, 14, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "alliance.db"


def url(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def there(folder: Path) -> list[str]:
    """The names of what is in a folder."""
    return sorted(path.name for path in folder.iterdir())


def content(file: Path) -> bytes | None:
    """The bytes of a file; None when there is none."""
    return file.read_bytes() if file.exists() else None


async def migrated(file: Path, migrations: Path = MIGRATIONS, now: datetime = NOW) -> None:
    database = Database(url(file), migrations)
    try:
        await database.migrate(now)
    finally:
        await database.close()


async def state(file: Path) -> str:
    database = Database(url(file))
    try:
        return await database.state()
    finally:
        await database.close()


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    opened = Database(url(file))
    await opened.migrate(NOW)
    yield opened
    await opened.close()


def asked(file: Path, question: str) -> object:
    """What another program sees in the file."""
    with closing(sqlite3.connect(file, timeout=0)) as connection:
        (answer,) = connection.execute(question).fetchone()
    return answer


def person(alias: str = "Marc") -> Person:
    return Person(role="client", alias=alias, language="fr", timezone="America/Toronto", created_at=NOW)


# --- made and migrated


async def test_a_fresh_file_gets_every_table(file: Path) -> None:
    assert await state(file) == "not there yet; `alliance run` makes it"
    assert content(file) is None, "looking makes nothing"
    await migrated(file)
    with closing(sqlite3.connect(file)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert names == set(Table.metadata.tables) | {"alembic_version"}
    assert asked(file, "SELECT version_num FROM alembic_version") == head()
    assert await state(file) == "well"


async def test_migrating_twice_changes_nothing_and_backs_nothing_up(file: Path) -> None:
    await migrated(file)
    before = content(file)
    await migrated(file)
    assert content(file) == before
    assert there(file.parent) == ["alliance.db"]


@pytest.fixture
def empty(file: Path) -> Path:
    file.touch()
    return file


async def test_an_empty_file_is_taken(empty: Path) -> None:
    assert content(empty) == b""
    assert await state(empty) == "empty; `alliance run` makes its tables"
    await migrated(empty)
    assert await state(empty) == "well"


def test_there_is_one_head_and_it_is_known() -> None:
    assert known(head())
    assert not known("no such revision")


async def test_the_tables_are_what_the_migrations_make(database: Database) -> None:
    """A column that was added to a table and to no migration would be missing in every database but a new one."""

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
        )
        return list(compare_metadata(context, Table.metadata))

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_table_that_no_migration_makes_is_noticed(database: Database) -> None:
    """The comparison above is able to fail."""
    async with database.begin() as session:
        await session.execute(text("ALTER TABLE person DROP COLUMN address"))
        await session.execute(text("CREATE TABLE stray (id INTEGER)"))

    def kinds(connection: Connection) -> set[str]:
        return {str(found[0]) for found in compare_metadata(MigrationContext.configure(connection), Table.metadata)}

    async with database.engine.connect() as connection:
        assert {"add_column", "remove_table"} <= await connection.run_sync(kinds)


@pytest.fixture
def next_version(tmp_path: Path) -> Path:
    """The migrations of a version to come: one revision more."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "to_come.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = 'to_come'\ndown_revision = {head()!r}\n\n\n"
        "def upgrade() -> None:\n"
        "    op.create_table('to_come', sa.Column('id', sa.Integer(), primary_key=True))\n",
        encoding="utf-8",
    )
    return folder


async def test_a_backup_is_made_before_a_migration(file: Path, next_version: Path) -> None:
    database = Database(url(file))
    await database.migrate(NOW)
    async with database.begin() as session:
        session.add(person())
    # Still open, so that what was written last is in the write-ahead log only.
    newer = Database(url(file), next_version)
    assert await newer.state() == "well; `alliance run` brings its tables up to date"
    await newer.migrate(NOW)
    await newer.close()
    await database.close()
    (copy,) = file.parent.glob("alliance.db.*")
    assert copy.name == f"alliance.db.20261102T140000Z.before-migration-from-{head()}"
    assert asked(copy, "SELECT version_num FROM alembic_version") == head()
    assert asked(copy, "SELECT alias FROM person") == "Marc"
    assert asked(copy, "SELECT count(*) FROM sqlite_master WHERE name = 'to_come'") == 0
    assert asked(copy, "PRAGMA integrity_check") == "ok"
    assert asked(file, "SELECT version_num FROM alembic_version") == "to_come"
    assert asked(file, "SELECT alias FROM person") == "Marc"


async def test_a_migration_that_fails_leaves_the_tables_as_they_were(file: Path, next_version: Path) -> None:
    await migrated(file)
    script = next_version / "versions" / "to_come.py"
    script.write_text(script.read_text(encoding="utf-8") + "    raise ZeroDivisionError\n", encoding="utf-8")
    with pytest.raises(ZeroDivisionError):
        await migrated(file, next_version)
    assert asked(file, "SELECT version_num FROM alembic_version") == head()
    assert asked(file, "SELECT count(*) FROM sqlite_master WHERE name = 'to_come'") == 0
    assert await state(file) == "well"


# --- refused, in one line, and left as it was


def foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE invoices (id INTEGER)")
        connection.execute("INSERT INTO invoices VALUES (7)")
        connection.commit()


def foreign_with_alembic(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE invoices (id INTEGER)")
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (head(),))
        connection.commit()


def only_a_view(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE VIEW invoices AS SELECT 7 AS id")
        connection.commit()


def with_a_table_lost(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE outgoing_message (id INTEGER)")
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES (?)", (head(),))
        connection.commit()


def newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE outgoing_message (id INTEGER)")
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
        connection.commit()


def garbage(file: Path) -> None:
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)


def short(file: Path) -> None:
    file.write_bytes(b"SQLite")


def damaged(file: Path) -> None:
    foreign(file)
    file.write_bytes(file.read_bytes()[:100] + b"\xff" * 4000)


def cut(file: Path) -> None:
    foreign(file)
    file.write_bytes(file.read_bytes()[:60])


REFUSED = [
    (foreign, "another program's tables"),
    (foreign_with_alembic, "another program's tables"),
    (only_a_view, "another program's tables"),
    (with_a_table_lost, "tables of the database are missing"),
    (newer, "newer Alliance"),
    (garbage, "not an SQLite database"),
    (short, "not an SQLite database"),
    (damaged, "cannot be opened"),
    (cut, "cannot be opened"),
]


@pytest.mark.parametrize(("make", "says"), REFUSED, ids=[make.__name__ for make, _ in REFUSED])
async def test_a_file_that_is_not_ours_is_refused_and_left_as_it_was(file: Path, make: object, says: str) -> None:
    assert callable(make)
    make(file)
    before = content(file)
    for attempt in (migrated, state):
        with pytest.raises(UnusableDatabase, match=says) as refusal:
            await attempt(file)
        assert "\n" not in str(refusal.value)
        assert str(file.parent) not in str(refusal.value), "no path of the machine"
    assert content(file) == before
    assert there(file.parent) == [file.name]


async def test_the_database_of_a_version_to_come_is_refused(file: Path, next_version: Path) -> None:
    await migrated(file, next_version)
    before = content(file)
    with pytest.raises(UnusableDatabase, match="newer Alliance"):
        await migrated(file)
    assert content(file) == before


async def test_a_folder_is_refused(tmp_path: Path) -> None:
    for attempt in (migrated, state):
        with pytest.raises(UnusableDatabase, match="a folder, not a file"):
            await attempt(tmp_path)
    assert there(tmp_path) == []


async def test_a_folder_that_does_not_exist_is_not_made(tmp_path: Path) -> None:
    for parent in (tmp_path / "gone", tmp_path / "gone" / "too"):
        for attempt in (migrated, state):
            with pytest.raises(UnusableDatabase, match="folder of the database does not exist"):
                await attempt(parent / "alliance.db")
    assert there(tmp_path) == []


async def test_a_name_too_long_for_the_disk_is_one_line(tmp_path: Path) -> None:
    for attempt in (migrated, state):
        with pytest.raises(UnusableDatabase, match="cannot be read: File name too long"):
            await attempt(tmp_path / ("a" * 300))


@contextmanager
def unprivileged() -> Iterator[None]:
    """The superuser may read everything; as somebody else, a closed folder is closed."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_folder_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    await migrated(closed / "alliance.db")
    before = content(closed / "alliance.db")
    closed.chmod(0)
    try:
        for attempt in (migrated, state):
            with unprivileged(), pytest.raises(UnusableDatabase, match="cannot be read: Permission denied"):
                await attempt(closed / "alliance.db")
    finally:
        closed.chmod(0o700)
    assert content(closed / "alliance.db") == before


# --- how it is open


async def test_the_pragmas_are_really_on(database: Database, file: Path) -> None:
    async with database.begin() as session:
        found = {
            name: await session.scalar(text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}
    assert asked(file, "PRAGMA journal_mode") == "wal"


async def test_a_reference_to_nobody_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.begin() as session:
            session.add(Change(at=NOW, person_id=404, what="programme"))
    async with database.begin() as session:
        assert await session.scalar(select(Change)) is None


async def test_a_transaction_holds_the_writer_lock_from_its_first_question(database: Database, file: Path) -> None:
    """BEGIN IMMEDIATE: a transaction that reads first can always write later."""
    with closing(sqlite3.connect(file, timeout=0)) as other:
        async with database.begin() as session:
            await session.scalar(select(Person))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("BEGIN IMMEDIATE")
        other.execute("BEGIN IMMEDIATE")
        other.rollback()


async def test_a_block_that_fails_leaves_nothing(database: Database) -> None:
    async def fails_halfway() -> None:
        async with database.begin() as session:
            session.add(person())
            await session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fails_halfway()
    async with database.begin() as session:
        assert await session.scalar(select(Person)) is None


async def test_transactions_side_by_side_lose_nothing(database: Database) -> None:
    async with database.begin() as session:
        session.add(person("0"))

    async def count_up() -> None:
        async with database.begin() as session:
            marc = (await session.scalars(select(Person))).one()
            before = int(marc.alias)
            await asyncio.sleep(0)
            marc.alias = str(before + 1)

    await asyncio.gather(*(count_up() for _ in range(40)))
    async with database.begin() as session:
        assert (await session.scalars(select(Person.alias))).one() == "40"


async def test_what_is_committed_is_in_the_file_for_others(database: Database, file: Path) -> None:
    async with database.begin() as session:
        session.add(person())
    assert asked(file, "SELECT alias FROM person") == "Marc"


async def test_an_instant_comes_back_aware_and_a_naive_one_is_refused(database: Database) -> None:
    eastern = datetime.fromisoformat("2026-11-02T09:00-05:00")

    async def kept(moment: datetime) -> None:
        async with database.begin() as session:
            marc = person()
            marc.created_at = moment
            session.add(marc)

    await kept(eastern)
    async with database.begin() as session:
        found = (await session.scalars(select(Person.created_at))).one()
        assert found == eastern
        assert found.utcoffset() == timedelta(0)
    with pytest.raises(StatementError, match="an instant without a zone"):
        await kept(NOW.replace(tzinfo=None))
