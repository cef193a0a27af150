"""Opening the database: one writer connection, ``BEGIN IMMEDIATE``, WAL, FULL; and bringing its tables up to date.

Refuses a file that is not Alliance's or that a newer Alliance has written: one clear line, nothing touched.
"""

import os
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, event, inspect, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from bot.store.schema import MIGRATIONS, head, known, upgrade
from bot.store.tables import Table

BUSY_MS = 30_000
"""How long a transaction waits for another process's lock before it gives up."""


Failure = DBAPIError
"""What the database answers when a statement cannot be carried out; its parameters are never shown."""


class UnusableDatabase(Exception):
    """The database cannot be used; the message is one line for the operator."""


class Database:
    """The one engine of this process. ``begin()`` is a unit of work: it commits when the block ends well."""

    def __init__(self, url: str, migrations: Path = MIGRATIONS) -> None:
        self.url = make_url(url)
        self._migrations = migrations
        self.sqlite = self.url.get_backend_name() == "sqlite"
        # One connection: the only writer of this process (SQLite before 3.51.3 has a WAL-reset bug that needs two), and
        # transactions that queue in memory instead of failing on the file's lock.
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            pool_size=1,
            max_overflow=0,
            pool_timeout=60,
            hide_parameters=True,  # an error may be logged, and holds no name and no words
        )
        if self.sqlite:
            event.listen(self.engine.sync_engine, "connect", _on_connect)
            event.listen(self.engine.sync_engine, "begin", _on_begin)

    @property
    def file(self) -> Path | None:
        """The SQLite file, or None for another database or one in memory."""
        name = self.url.database
        return Path(name) if self.sqlite and name and name != ":memory:" else None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncSession]:
        """A session in a transaction; commits at the end of the block, rolls back when it raises."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def close(self) -> None:
        await self.engine.dispose()

    async def migrate(self, now: datetime) -> None:
        """Bring the tables to this version, after a backup of the file when there is something to lose.

        Raises UnusableDatabase when the file cannot be read, is foreign or is newer.
        """
        found = await self._look()
        if self.sqlite:
            await self._write_ahead()
        if found.revision == head(self._migrations):
            return
        if found.revision is not None and self.file is not None:
            _back_up(self.file, now, found.revision)
        async with self.engine.connect() as connection:
            await connection.run_sync(upgrade, self._migrations)
            await connection.commit()

    async def _write_ahead(self) -> None:
        """Turn the write-ahead log on. It stays on with the file, and writes to it: so never before the look."""
        try:
            async with self.engine.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                assert raw is not None, "the connection was just made"
                await raw.execute("PRAGMA journal_mode=WAL")
        except (DBAPIError, OSError, sqlite3.Error) as error:
            raise UnusableDatabase(f"the database cannot be written: {_reason(error)}") from error

    async def state(self) -> str:
        """One line on the database, changing nothing. Raises UnusableDatabase."""
        if self.file is not None and not _check_file(self.file):
            return "not there yet; `alliance run` makes it"
        found = await self._look()
        if found.revision is None:
            return "empty; `alliance run` makes its tables"
        if found.revision == head(self._migrations):
            return "well"
        return "well; `alliance run` brings its tables up to date"

    async def _look(self) -> "_Found":
        if self.file is not None:
            _check_file(self.file)
        try:
            async with self.engine.connect() as connection:
                found = await connection.run_sync(_found)
        except (DBAPIError, OSError) as error:
            raise UnusableDatabase(f"the database cannot be opened: {_reason(error)}") from error
        if found.foreign:
            raise UnusableDatabase(
                "the database holds another program's tables; ALLIANCE_DATABASE_URL names the wrong one"
            )
        if found.revision is not None and not known(found.revision, self._migrations):
            raise UnusableDatabase(
                "the database was written by a newer Alliance; install that version or restore a backup"
            )
        if found.revision == head(self._migrations) and not found.whole:
            raise UnusableDatabase("tables of the database are missing; restore a backup")
        return found


class _Found:
    def __init__(self, revision: str | None, foreign: bool, whole: bool) -> None:
        self.revision = revision
        self.foreign = foreign
        self.whole = whole


def _found(connection: Connection) -> _Found:
    names = {*inspect(connection).get_table_names(), *inspect(connection).get_view_names()}
    revision: str | None = None
    if "alembic_version" in names:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    foreign = bool(names - {"alembic_version"}) and (revision is None or "outgoing_message" not in names)
    return _Found(revision, foreign, names >= set(Table.metadata.tables))


def _check_file(file: Path) -> bool:
    """Whether the file is there. Raises UnusableDatabase when it cannot be ours, or cannot be read."""
    try:
        if not file.parent.is_dir():
            raise UnusableDatabase("the folder of the database does not exist")
        if file.is_dir():
            raise UnusableDatabase("ALLIANCE_DATABASE_URL names a folder, not a file")
        if not os.access(file.parent, os.W_OK):
            raise UnusableDatabase("the folder of the database cannot be written to")
        if not file.exists():
            return False
        if not os.access(file, os.W_OK):
            raise UnusableDatabase("the database file can be read but not written to")
        with file.open("rb") as opened:
            first = opened.read(16)
    except OSError as error:
        raise UnusableDatabase(f"the database file cannot be read: {_reason(error)}") from error
    if first and first != b"SQLite format 3\x00":
        raise UnusableDatabase("the database file is not an SQLite database; it was left as it is")
    return True


def _back_up(file: Path, now: datetime, revision: str) -> None:
    """Copy the file with SQLite's own online backup, so that what is still in the WAL is in it too."""
    copy = file.with_name(f"{file.name}.{now:%Y%m%dT%H%M%SZ}.before-migration-from-{revision}")
    if shutil.disk_usage(file.parent).free < file.stat().st_size * 2:
        raise UnusableDatabase("too little room on the disk for the backup that comes before a migration")
    source, target = sqlite3.connect(file), sqlite3.connect(copy)
    try:
        source.backup(target)
    finally:
        source.close()
        target.close()


def _reason(error: DBAPIError | OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return error.strerror or "an input/output error"
    if isinstance(error, sqlite3.Error):
        return str(error).splitlines()[0]
    return str(error.orig).splitlines()[0] if error.orig is not None else type(error).__name__


def _on_connect(connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # we begin transactions ourselves
    cursor = connection.cursor()
    for pragma in ("synchronous=FULL", f"busy_timeout={BUSY_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    # A deferred transaction that upgrades after another writer fails at once despite busy_timeout.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
