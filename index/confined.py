"""Reads a file in a child process whose memory, time and output are limited.

A notice comes from anywhere: 878 bytes can be made to take a gigabyte, 300 KB a minute. Whatever
happens in the child (killed, out of memory, endless, a trace), the caller gets the text or one
``NoticeError`` of one line, and nothing of the child is left behind.

``python -m index.confined MODULE:FUNCTION PATH`` is the child: it writes one JSON document.
"""

import contextlib
import importlib
import json
import os
import re
import resource
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from index.errors import NoticeError, TongbaoError

READER = "index.readers:read"
_NAME = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_OUTPUT = 1  # what the child prints besides its document must not be mixed with it


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may take; each is refused by name when it is passed."""

    file_bytes: int = 20 * 1024**2
    unpacked_bytes: int = 64 * 1024**2
    unpacked_files: int = 2000
    text_bytes: int = 8 * 1024**2
    memory_bytes: int = 1024**3
    cpu_s: int = 20
    wall_s: float = 60.0


def read(path: Path, *, limits: Limits | None = None, reader: str = READER) -> str:
    """The text that ``reader`` (``module:function``, taking a path) finds in a file.

    Raises:
        NoticeError: what the reader refused, or which limit was passed; always one line.
    """
    limits = limits or Limits()
    shown = printable(path)
    _refuse_large(path, shown, limits)
    command = [
        sys.executable,
        "-m",
        "index.confined",
        reader,
        json.dumps(asdict(limits)),
        str(path),
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.wall_s,
            env=_environment(),
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        raise _passed(shown, f"reading took longer than {limits.wall_s:.0f} seconds") from None
    except (OSError, ValueError) as error:
        raise _passed(shown, f"no process to read it could be started ({error})") from None
    return _text(done.returncode, done.stdout, shown, limits)


def printable(path: Path) -> str:
    """A file's name as one line of a terminal can show it, whatever bytes it is made of."""
    text = str(path).encode("utf-8", "backslashreplace").decode()
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)[:300]


def _refuse_large(path: Path, shown: str, limits: Limits) -> None:
    try:
        size = path.stat().st_size
    except (OSError, ValueError):
        return  # what is missing or no file is the reader's to name
    if path.is_file() and size > limits.file_bytes:
        raise _passed(shown, f"has {size} bytes; at most {limits.file_bytes} are read")


def _text(status: int, output: bytes, shown: str, limits: Limits) -> str:
    """The child's document, or why there is none."""
    try:
        document: dict[str, Any] = json.loads(output)
    except (ValueError, RecursionError):
        raise _passed(shown, _ended(status, limits)) from None
    if "text" in document:
        return str(document["text"])
    raise NoticeError(
        str(document.get("message", "cannot be read")), hint=str(document.get("hint", ""))
    )


def _ended(status: int, limits: Limits) -> str:
    """Why a child ended without a document."""
    if status in (-24, -9, 152, 137):  # SIGXCPU, SIGKILL
        return f"reading took more than {limits.cpu_s} seconds of work, or was killed"
    if status < 0:
        return f"reading it ended by signal {-status}"
    return f"reading it failed within {limits.memory_bytes // 1024**2} MB of memory"


def _passed(shown: str, what: str) -> NoticeError:
    return NoticeError(f"{shown}: {what}", hint="save the text as .txt (UTF-8) and build from that")


def _environment() -> dict[str, str]:
    """Only what Python needs: no setting and no secret of ours reaches a parser."""
    kept = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "VIRTUAL_ENV")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    ours = str(Path(__file__).parent.parent)
    return found | {"PYTHONPATH": ours, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


# The child


def main(arguments: Sequence[str] | None = None) -> int:
    """Read within the limits and write the document; a reader that breaks is told as one line."""
    reader, sent, name = arguments if arguments is not None else sys.argv[1:4]
    limits = Limits(**json.loads(sent))
    path = Path(name)
    channel = os.dup(_OUTPUT)
    os.dup2(os.open(os.devnull, os.O_WRONLY), _OUTPUT)
    _confine(limits)
    document = _document(reader, path, limits)
    with os.fdopen(channel, "wb") as stream:
        stream.write(json.dumps(document).encode())
    return 0


def _confine(limits: Limits) -> None:
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_FSIZE, limits.text_bytes * 8),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 128),
    ):
        with contextlib.suppress(ValueError, OSError):  # a lower limit is already in force
            resource.setrlimit(kind, (most, most))


def _document(reader: str, path: Path, limits: Limits) -> dict[str, str]:
    shown = printable(path)
    try:
        _refuse_swollen(path, shown, limits)
        text = _function(reader)(path)
        if len(text.encode("utf-8", "surrogatepass")) > limits.text_bytes:
            raise _passed(shown, f"holds more than {limits.text_bytes} bytes of text")
    except TongbaoError as error:
        return {"message": error.message, "hint": error.hint}
    except MemoryError:
        told = f"reading it takes more than {limits.memory_bytes // 1024**2} MB of memory"
        return {"message": f"{shown}: {told}", "hint": "save it as .txt (UTF-8)"}
    except RecursionError:
        return {"message": f"{shown}: is nested too deeply", "hint": "save it as .txt (UTF-8)"}
    except Exception as error:  # noqa: BLE001 - any parser may break in any way on any bytes
        told = f"is damaged or of an unknown form ({type(error).__name__})"
        return {"message": f"{shown}: {told}", "hint": "open and save it again, or use .txt"}
    return {"text": text}


def _refuse_swollen(path: Path, shown: str, limits: Limits) -> None:
    """An archive (.docx) says how large it becomes; one that lies is stopped by the memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return
    size = sum(entry.file_size for entry in entries)
    if size > limits.unpacked_bytes or len(entries) > limits.unpacked_files:
        raise _passed(
            shown,
            f"unpacks to {size} bytes in {len(entries)} files; at most {limits.unpacked_bytes} in"
            f" {limits.unpacked_files} are read",
        )
    if any(entry.flag_bits & 1 for entry in entries):
        raise _passed(shown, "is encrypted")


def _function(reader: str) -> Any:
    if not _NAME.fullmatch(reader):
        raise NoticeError(f"no reader {reader[:80]!r}; expected module:function")
    module, _, name = reader.partition(":")
    return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    sys.exit(main())
