"""One structured line an event on stderr: JSON for a collector, ``key=value`` on a terminal.

A line says what happened, on which route, under which request id. It never holds a question,
a body, an address of a caller, nor an exception's own words where those may quote the sender.
"""

import logging
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

import structlog
from asgi_correlation_id import correlation_id
from structlog.typing import EventDict

_FRAMES = 8
_ORDER = ("timestamp", "level", "logger", "event", "request_id")


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> None:
    """Make our handler the only one; whatever put another at the root before loses it."""
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(terminal=stream.isatty()))
    handler.setLevel(level)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("tongbao").setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def _formatter(*, terminal: bool) -> logging.Formatter:
    last: Any = (
        structlog.processors.LogfmtRenderer(key_order=_ORDER, drop_missing=True)
        if terminal
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _request_id,
        _failure,
    ]
    ours = structlog.stdlib.ProcessorFormatter
    return ours(
        foreign_pre_chain=shared,
        processors=[ours.remove_processors_meta, _one_line, last],
        keep_exc_info=True,
    )


def _request_id(_: Any, __: str, event: EventDict) -> EventDict:
    if identifier := correlation_id.get():
        event["request_id"] = identifier
    return event


def _failure(_: Any, __: str, event: EventDict) -> EventDict:
    """An exception as its type and the places it passed, never as its locals or source lines."""
    record: logging.LogRecord = event["_record"]
    if record.exc_info and record.exc_info[1]:
        error, trace = record.exc_info[1], record.exc_info[2]
        event["error"] = type(error).__name__
        event["where"] = places(trace)
        if told := harmless_words(error):
            event["told"] = told
    event.pop("exc_info", None)
    record.exc_info = record.exc_text = None
    return event


def _one_line(_: Any, __: str, event: EventDict) -> EventDict:
    event["event"] = " ".join(str(event.get("event", "")).split())[:300]
    return event


def places(trace: TracebackType | None) -> str:
    """The innermost frames, outermost first: ``web/api.py:46 ask < assistant/door.py:32 …``."""
    frames: Iterable[traceback.FrameSummary] = traceback.extract_tb(trace)[-_FRAMES:]
    return " > ".join(
        f"{'/'.join(Path(frame.filename).parts[-2:])}:{frame.lineno} {frame.name}"
        for frame in frames
    )


def harmless_words(error: BaseException) -> str:
    """What the machine said (disk, database), which quotes no sender; blank for anything else."""
    machine = getattr(error, "orig", None) or error
    if isinstance(machine, OSError):
        return (machine.strerror or "")[:200]
    if type(machine).__module__ == "sqlite3":
        return str(machine).partition("\n")[0][:200]
    return ""
