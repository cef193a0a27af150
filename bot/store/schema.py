"""Alembic, without its own command line: the head revision, whether a revision is known, and the way up to the head."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _scripts(migrations: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(migrations))


def head(migrations: Path = MIGRATIONS) -> str:
    """The revision that this version of Alliance writes."""
    revision = _scripts(migrations).get_current_head()
    assert revision is not None, "there is no migration at all"
    return revision


def known(revision: str, migrations: Path = MIGRATIONS) -> bool:
    """Whether this version of Alliance has a migration of that name."""
    return revision in {script.revision for script in _scripts(migrations).walk_revisions()}


def upgrade(connection: Connection, migrations: Path = MIGRATIONS) -> None:
    """Run every migration that is missing, in the connection's transaction (SQLite's DDL is transactional)."""
    config = _config(migrations)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
