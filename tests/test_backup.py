"""A backup is whole, from one moment, made and put back while others write."""

import io
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import SettingsError
from index.settings import Settings
from web.memory import Memory
from web.memory.backup import backup, restore

LINE = "火葬厂\t殡仪馆\tstaff\tzh\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = Settings(data=tmp_path / "data")
    memory = Memory(found.database_url)
    memory.add_user("王芳", "hash", "staff")
    memory.record_feedback("n", "第一", helpful=True)
    memory.close()
    (found.edits_folder / "n").mkdir(parents=True)
    (found.edits_folder / "n" / "synonyms.tsv").write_text(LINE, "utf-8")
    return found


@contextmanager
def writing(settings: Settings) -> Iterator[Memory]:
    """Someone who writes without a pause."""
    memory, stop = Memory(settings.database_url), threading.Event()
    failed: list[Exception] = []

    def write() -> None:
        number = 0
        while not stop.is_set() and number < 2000:
            number += 1
            try:
                memory.record_feedback("n", f"问{chr(0x4E00 + number)}", helpful=False)
            except Exception as error:  # noqa: BLE001 - reported below
                failed.append(error)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield memory
    finally:
        stop.set()
        thread.join()
        memory.close()
    assert len(failed) <= 2, "a write may be told that a restore holds the database"


def counts(settings: Settings) -> tuple[int, int]:
    with sqlite3.connect(settings.data / "tongbao.sqlite") as opened:
        assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        [(thumbs,)] = opened.execute("SELECT count(*) FROM feedback WHERE NOT helpful")
        [(items,)] = opened.execute("SELECT coalesce(sum(times), 0) FROM board_item")
    opened.close()
    return thumbs, items


def test_a_backup_made_under_load_is_of_one_moment_and_whole(
    settings: Settings, tmp_path: Path
) -> None:
    file, other = tmp_path / "backup.tgz", Settings(data=tmp_path / "other")
    with writing(settings):
        for _ in range(5):
            assert "1 curated files" in backup(settings, file)
            assert "restored the database and 1 curated" in restore(other, file)
            thumbs, items = counts(other)
            assert thumbs == items, "a thumb and its place on the board are one transaction"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (other.edits_folder / "n" / "synonyms.tsv").read_text("utf-8") == LINE
    restored = Memory(other.database_url)
    assert restored.user("王芳") is not None
    restored.close()


def test_a_backup_is_put_back_under_a_server_that_writes(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tgz"
    backup(settings, file)
    (settings.edits_folder / "n" / "synonyms.tsv").write_text("later\n", "utf-8")
    with writing(settings) as memory:
        restore(settings, file)
        memory.record_feedback("n", "之后", helpful=True)
        assert memory.feedback_counts()[0] == 2
    thumbs, items = counts(settings)
    assert thumbs == items
    assert (settings.edits_folder / "n" / "synonyms.tsv").read_text("utf-8") == LINE


def test_a_damaged_database_is_moved_aside_and_the_server_goes_on_with_the_backup(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("web.memory.connection._AGAIN_S", 0.0)
    file, database = tmp_path / "backup.tgz", settings.data / "tongbao.sqlite"
    backup(settings, file)
    memory = Memory(settings.database_url)
    assert memory.feedback_counts() == (1, 0)
    database.write_bytes(b"\xff" * 20_000)
    assert "the damaged database is kept as" in restore(settings, file)
    assert memory.feedback_counts() == (1, 0)
    assert list(settings.data.glob("*.damaged-*"))
    memory.close()


def test_sessions_do_not_come_back_with_a_backup(settings: Settings, tmp_path: Path) -> None:
    from datetime import timedelta

    from web.memory.models import now

    memory = Memory(settings.database_url)
    user = memory.user("王芳")
    assert user is not None
    memory.start_session(user, "key", now() + timedelta(hours=1))
    backup(settings, tmp_path / "backup.tgz")
    restore(settings, tmp_path / "backup.tgz")
    assert memory.session_user("key") is None
    memory.close()


def archive(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as made:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            made.addfile(member, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "check the file"),
        (b"no archive", "check the file"),
        (archive(**{"../../etc/cron.d/x": b"x"}), "it holds '../../etc/cron.d/x'"),
        (archive(**{"tongbao.sqlite": b"x"}), "it has no manifest"),
        (archive(**{"tongbao.sqlite": b"x", "manifest.json": b'{"files": {}}'}), "was altered"),
    ],
    ids=["empty", "no archive", "foreign name", "no manifest", "altered"],
)
def test_what_is_no_backup_changes_nothing(
    settings: Settings, tmp_path: Path, content: bytes, told: str
) -> None:
    file = tmp_path / "backup.tgz"
    file.write_bytes(content)
    with pytest.raises(SettingsError) as caught:
        restore(settings, file)
    assert told in caught.value.one_line()
    assert counts(settings) == (0, 0)


def test_a_flipped_byte_or_a_cut_end_is_noticed(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "backup.tgz"
    backup(settings, file)
    whole = file.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole[:200] + b"\xff" + whole[201:]):
        file.write_bytes(damaged)
        with pytest.raises(SettingsError):
            restore(settings, file)
    assert counts(settings) == (0, 0)


def test_another_kind_of_database_is_referred_to_its_own_tools(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database="postgresql://x/y")
    with pytest.raises(SettingsError, match="no SQLite file"):
        backup(settings, tmp_path / "f")
    with pytest.raises(SettingsError, match="there is no database"):
        backup(Settings(data=tmp_path), tmp_path / "f")
