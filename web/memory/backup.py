"""``python -m web backup FILE`` and ``restore FILE``: what staff and residents left, in one file.

The file holds the database and the curated additions, each with its digest. It is made while the
server runs, from one moment of the database, and put back while the server runs. The signing key
is not in it: after a restore everybody signs in again.
"""

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic.script import ScriptDirectory

from index.errors import SettingsError
from index.settings import Settings
from web.memory.database import MIGRATIONS, file_of

_DATABASE = "tongbao.sqlite"
_MANIFEST = "manifest.json"
_EDITS = re.compile(r"edits/[a-z0-9-]{1,100}/[a-z]{1,40}\.(?:jsonl|tsv|txt)")
_LARGEST = 4 * 1024**3
_WAIT_S = 30.0


def backup(settings: Settings, file: Path) -> str:
    """Write the backup, whole or not at all; says in one line what it holds.

    Raises:
        SettingsError: there is no SQLite database, it is damaged, or ``file`` cannot be written.
    """
    database = _database(settings)
    if not database.is_file():
        raise SettingsError(f"there is no database {database}", hint="nothing was stored so far")
    with _told(file), tempfile.TemporaryDirectory(prefix="tongbao-backup-") as folder:
        copy = Path(folder) / _DATABASE
        with _opened(database) as source, _opened(copy) as target:
            source.backup(target)
        _refuse_damaged(copy)
        contents = {_DATABASE: copy.read_bytes()} | _edits(settings)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            _write(draft, contents)
            draft.replace(file)
        finally:
            draft.unlink(missing_ok=True)
    size = file.stat().st_size
    return f"backed up the database and {len(contents) - 1} curated files to {file} ({size} bytes)"


def restore(settings: Settings, file: Path) -> str:
    """Put a backup back, under a running server too; says in one line what it did.

    Raises:
        SettingsError: ``file`` is no whole backup, or of a later version, or cannot be put back.
    """
    database = _database(settings)
    with _told(file), tempfile.TemporaryDirectory(prefix="tongbao-restore-") as folder:
        contents = _read(file)
        copy = Path(folder) / _DATABASE
        copy.write_bytes(contents.pop(_DATABASE))
        _refuse_damaged(copy)
        _refuse_later(copy)
        with _opened(copy) as opened:  # whoever was signed in then is not therefore now
            opened.execute("DELETE FROM login_session")
            opened.commit()
        aside = _put_back(copy, database)
        _put_edits(settings.edits_folder, contents)
    told = f"restored the database and {len(contents)} curated files from {file}"
    return f"{told}; the damaged database is kept as {aside}" if aside else told


def _database(settings: Settings) -> Path:
    database = file_of(settings.database_url)
    if database is None:
        raise SettingsError("TONGBAO_DATABASE is no SQLite file", hint="use pg_dump and pg_restore")
    return database


@contextlib.contextmanager
def _told(file: Path) -> Iterator[None]:
    """What the machine refuses, in one line."""
    try:
        yield
    except (OSError, sqlite3.Error, tarfile.TarError, EOFError) as error:
        told = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise SettingsError(
            f"{file}: {told}", hint="check the file, and space and permissions of its folder"
        ) from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=_WAIT_S)
    try:
        yield connection
    finally:
        connection.close()


def _refuse_damaged(path: Path) -> None:
    with _opened(path) as opened:
        found = opened.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise SettingsError(f"the database is damaged: {found}", hint="restore an earlier backup")


def _refuse_later(path: Path) -> None:
    known = {revision.revision for revision in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    with _opened(path) as opened:
        revision = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    if not revision or revision[0] not in known:
        raise SettingsError(
            f"the backup has the tables of version {revision and revision[0]!r};"
            f" known are {', '.join(sorted(known))}",
            hint="restore it with the program that made it",
        )


def _edits(settings: Settings) -> dict[str, bytes]:
    folder = settings.edits_folder
    found = sorted(folder.rglob("*")) if folder.is_dir() else []
    names = {f"edits/{path.relative_to(folder).as_posix()}": path for path in found}
    return {name: path.read_bytes() for name, path in names.items() if _EDITS.fullmatch(name)}


def _write(path: Path, contents: dict[str, bytes]) -> None:
    manifest = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()},
    }
    whole = {_MANIFEST: json.dumps(manifest, indent=1).encode()} | contents
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        with tarfile.open(fileobj=stream, mode="w:gz") as archive:
            for name, content in whole.items():
                member = tarfile.TarInfo(name)
                member.size, member.mtime, member.mode = len(content), int(time.time()), 0o600
                archive.addfile(member, io.BytesIO(content))
        stream.flush()
        os.fsync(stream.fileno())


def _read(file: Path) -> dict[str, bytes]:
    """The contents, each as its digest says; nothing is unpacked by a name in the file."""
    contents: dict[str, bytes] = {}
    with tarfile.open(file, "r:gz") as archive:
        for member in archive:
            known = member.name in (_MANIFEST, _DATABASE) or _EDITS.fullmatch(member.name)
            stream = archive.extractfile(member) if known and member.isreg() else None
            if stream is None or member.size + sum(map(len, contents.values())) > _LARGEST:
                raise SettingsError(f"{file} is no backup: it holds {member.name[:80]!r}")
            contents[member.name] = stream.read()
    try:
        digests: dict[str, Any] = json.loads(contents.pop(_MANIFEST))["files"]
    except (KeyError, ValueError, TypeError) as error:
        raise SettingsError(f"{file} is no backup: it has no manifest") from error
    seen = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    if seen != digests or _DATABASE not in seen:
        raise SettingsError(f"{file} was altered or cut short", hint="use another backup")
    return contents


def _put_back(copy: Path, database: Path) -> Path | None:
    """Into the database that is there, in one transaction; a damaged one is moved aside first."""
    aside = None
    if database.exists():
        try:
            _refuse_damaged(database)
        except (SettingsError, sqlite3.Error):
            aside = database.with_name(f"{database.name}.damaged-{int(time.time())}")
            database.rename(aside)
            for suffix in ("-wal", "-shm"):  # of the damaged one: it would be read into the new one
                database.with_name(database.name + suffix).unlink(missing_ok=True)
    if database.exists():
        with _opened(copy) as source, _opened(database) as target:
            source.backup(target)
        return None
    database.parent.mkdir(parents=True, exist_ok=True)
    draft = database.with_name(f".{database.name}.{os.getpid()}")
    shutil.copyfile(copy, draft)
    draft.chmod(0o600)
    draft.replace(database)
    return aside


def _put_edits(folder: Path, contents: dict[str, bytes]) -> None:
    """The curated files of the backup, in place of those that are there."""
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    for name, content in contents.items():
        path = draft / name.removeprefix("edits/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    draft.mkdir(parents=True, exist_ok=True)
    before = folder.with_name(f".{folder.name}.before.{os.getpid()}")
    if folder.exists():
        folder.rename(before)
    draft.rename(folder)
    shutil.rmtree(before, ignore_errors=True)
