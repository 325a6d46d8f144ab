"""The engine behind the memory: SQLite with a write-ahead log, or PostgreSQL; migrations at start."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from index.errors import SettingsError

MIGRATIONS = Path(__file__).parent / "migrations"
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=NORMAL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=700",
)
_LOCK_NUMBER = 3758_9638_53


class DatabaseUnavailableError(SettingsError):
    """The database that was named is not to be had now."""


def open_engine(url: str) -> Engine:
    """An engine whose tables are up to date.

    Raises:
        SettingsError: the URL names no database.
        DatabaseUnavailableError: the database cannot be reached or opened.
    """
    try:
        engine = _engine(url)
        with writing(engine).begin() as connection:
            _migrate(connection)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise SettingsError(
            f"TONGBAO_DATABASE is not a usable database URL ({first_line(error)})",
            hint="use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME, or unset it",
        ) from error
    except (SQLAlchemyError, OSError) as error:
        raise DatabaseUnavailableError(
            f"the database cannot be opened ({first_line(error)})", hint=_mending(url, error)
        ) from error
    return engine


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for another kind."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        return None
    name = parsed.database or ""
    named = parsed.get_backend_name() == "sqlite" and not name.startswith((":memory:", "file:"))
    return Path(name) if named and name else None


def _mending(url: str, error: Exception) -> str:
    told = first_line(error)
    if "not a database" in told or "malformed" in told:
        return "it is damaged: python -m web restore FILE, or move it away"
    if file_of(url) is None:
        return "start it, or serve with --no-memory"
    return "check space and permissions of its folder, or serve with --no-memory"


def writing(engine: Engine) -> Engine:
    """The same pool; on SQLite its transactions take the write lock at once, so none fails late."""
    return engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        return create_engine(parsed, pool_pre_ping=True)
    if path := file_of(url):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    engine = create_engine(parsed)
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, _: Any) -> None:
    """The driver must not begin transactions of its own."""
    connection.isolation_level = None
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("sqlite_begin", "BEGIN"))


def _migrate(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})")
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    wanted = ScriptDirectory.from_config(config).get_current_head()
    if MigrationContext.configure(connection).get_current_revision() != wanted:
        command.upgrade(config, "head")


def first_line(error: Exception) -> str:
    """The driver's own words, without SQL and without the URL, which may hold a password."""
    cause = error.orig if isinstance(error, SQLAlchemyError) and hasattr(error, "orig") else error
    return str(cause).strip().partition("\n")[0][:200]
