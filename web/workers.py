"""Several processes that share one index and one address: forked after the index was loaded.

What is read only (vectors, the encoder's table) stays in memory once, whatever their number. Each
answers from its own copy of everything else; the counts of ``limits.py`` are shared by a table
that was mapped before the fork.
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

_QUICK_S = 5.0
_QUICK_DEATHS = 5
_GRACE_S = 10.0


def serve(count: int, run: Callable[[], None]) -> int:
    """Run ``run`` in ``count`` processes until told to end; one that dies is started again.

    Returns 0 after SIGTERM or SIGINT, 1 when they die as soon as they are started.
    """
    gc.collect()
    gc.freeze()  # what is collected is written to, and what is written to is no longer shared
    ending = False

    def end(_: int, __: FrameType | None) -> None:
        nonlocal ending
        ending = True
        _tell(children, signal.SIGTERM)

    children: dict[int, float] = {}
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    for _ in range(count):
        children[_started(run)] = time.monotonic()
    quick = 0
    while children and not ending:
        child = _ended(block=True)
        if child not in children:
            continue
        quick = quick + 1 if time.monotonic() - children.pop(child) < _QUICK_S else 0
        if quick >= _QUICK_DEATHS:
            print("error: the workers end as soon as they are started", file=sys.stderr)  # noqa: T201 - the parent has no log
            _tell(children, signal.SIGTERM)
            break
        if not ending:
            children[_started(run)] = time.monotonic()
    _gone(children)
    return 0 if ending else 1


def _started(run: Callable[[], None]) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        run()
        status = 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _ended(*, block: bool) -> int:
    """The process that ended; 0 when none did (yet)."""
    try:
        return os.waitpid(-1, 0 if block else os.WNOHANG)[0]
    except (ChildProcessError, InterruptedError):
        return 0


def _gone(children: dict[int, float]) -> None:
    """Waits for the rest, and ends who does not go."""
    due = time.monotonic() + _GRACE_S
    while children and time.monotonic() < due:
        if child := _ended(block=False):
            children.pop(child, None)
        else:
            time.sleep(0.05)
    _tell(children, signal.SIGKILL)


def _tell(children: dict[int, float], number: signal.Signals) -> None:
    for child in list(children):
        try:
            os.kill(child, number)
        except ProcessLookupError:
            children.pop(child, None)
