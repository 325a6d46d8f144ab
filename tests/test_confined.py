"""Whatever a file does to its reader, the caller gets the text or one line, and soon."""

import subprocess
import time
import zipfile
from pathlib import Path

import pytest

from index.confined import Limits, printable, read
from index.errors import NoticeError

HOSTILE = "tests.test_confined:hostile"
TIGHT = Limits(memory_bytes=512 * 1024**2, cpu_s=2, wall_s=60, text_bytes=100_000)


def hostile(path: Path) -> str:
    """A reader that does what the file says; runs in the child."""
    act = path.read_text("utf-8")
    if act == "memory":
        return "x" * len(bytearray(2 * 1024**3))
    if act == "endless":
        while True:
            pass
    if act == "sleeps":
        time.sleep(600)
    if act == "crashes":
        import os
        import signal

        os.kill(os.getpid(), signal.SIGSEGV)
    if act == "deep":
        return hostile(path)
    if act == "breaks":
        raise KeyError("13812345678\nsecond line")
    if act == "refuses":
        raise NoticeError("it holds no text", hint="use another")
    if act == "prints":
        print("noise" * 1000)  # noqa: T201 - what a careless parser does
    if act == "long":
        return "长" * 100_000
    return f"read: {act}"


def file_with(folder: Path, content: str) -> Path:
    path = folder / "notice.txt"
    path.write_text(content, "utf-8")
    return path


@pytest.mark.parametrize("act", ["火化", "prints"])
def test_what_a_reader_returns_comes_back_and_its_noise_does_not(tmp_path: Path, act: str) -> None:
    path = file_with(tmp_path, act)
    assert read(path, reader=HOSTILE, limits=TIGHT) == f"read: {act}"


@pytest.mark.parametrize(
    ("act", "told"),
    [
        ("memory", "512 MB of memory"),
        ("endless", "more than 2 seconds of work"),
        ("crashes", "ended by signal 11"),
        ("deep", "nested too deeply"),
        ("breaks", "damaged or of an unknown form"),
        ("refuses", "it holds no text — use another"),
        ("long", "more than 100000 bytes of text"),
    ],
)
def test_every_failure_is_one_line(tmp_path: Path, act: str, told: str) -> None:
    with pytest.raises(NoticeError) as caught:
        read(file_with(tmp_path, act), reader=HOSTILE, limits=TIGHT)
    line = caught.value.one_line()
    assert told in line
    assert "\n" not in line
    assert "Traceback" not in line
    assert "13812345678" not in line


def test_a_reader_that_waits_for_ever_is_given_up_and_leaves_no_process(tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(NoticeError, match="longer than 3 seconds"):
        read(file_with(tmp_path, "sleeps"), reader=HOSTILE, limits=Limits(wall_s=3))
    assert time.monotonic() - begun < 60
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert str(tmp_path) not in running.stdout


def test_a_file_that_is_too_large_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as stream:
        stream.truncate(21 * 1024**2)
    with pytest.raises(NoticeError, match=r"has 22020096 bytes; at most 20971520"):
        read(path)


def test_a_small_archive_that_becomes_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * (65 * 1024**2))
    assert path.stat().st_size < 100_000
    with pytest.raises(NoticeError, match="unpacks to 68157440 bytes"):
        read(path)


def test_an_archive_of_a_great_many_files_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "many.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2001):
            archive.writestr(f"{number}", b"")
    with pytest.raises(NoticeError, match="in 2001 files"):
        read(path)


def test_an_odd_name_is_shown_in_one_line() -> None:
    assert printable(Path("a\nb\x1b[31m")) == "a\\x0ab\\x1b[31m"
    assert printable(Path("a\udcff")) == "a\\udcff"


def test_the_shipped_notice_is_read_like_any_other(real_text: str) -> None:
    from tests.conftest import SHIPPED

    assert read(SHIPPED) == real_text
