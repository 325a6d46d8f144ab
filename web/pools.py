"""Threads of their own for each kind of work, so that none can take those of another.

What would have to wait too long is refused at once: under a flood a server that queues answers
everybody late, one that sheds answers most people in time.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial, wraps
from typing import Any, Literal, TypeVar

from index.errors import TongbaoError

Result = TypeVar("Result")
Kind = Literal["engine", "memory", "passwords", "drafts"]


class BusyError(TongbaoError):
    """More work is waiting than can be done in time."""

    code = "busy"

    def __init__(self, kind: str) -> None:
        super().__init__(
            f"more {kind} work is waiting than can be done in time", hint="ask again in a second"
        )
        self.kind = kind
        self.retry_after_s = 1


class Pool:
    """Bounded: ``threads`` at work, ``waiting`` in line, nobody longer than ``patience_s``."""

    def __init__(self, kind: str, *, threads: int, waiting: int, patience_s: float) -> None:
        self.kind = kind
        self._room = threads + waiting
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(threads, f"tongbao-{kind}")
        self._patience_s = patience_s

    async def run(self, work: Callable[[], Result]) -> Result:
        """What ``work`` returns, done in a thread of this pool.

        Raises:
            BusyError: the line is full, or the turn came too late.
        """
        with self._lock:
            if self._room <= 0:
                raise BusyError(self.kind)
            self._room -= 1
        due = time.monotonic() + self._patience_s
        future = self._threads.submit(self._in_time, work, due)
        future.add_done_callback(self._left)
        return await asyncio.wrap_future(future)

    def _left(self, _: Any) -> None:
        with self._lock:
            self._room += 1

    def _in_time(self, work: Callable[[], Result], due: float) -> Result:
        if time.monotonic() > due:
            raise BusyError(self.kind)
        return work()

    def close(self) -> None:
        """Let what runs finish; what waits is dropped."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Gate:
    """Lets a few in at a time; who would wait too long is refused. For work of the event loop."""

    def __init__(self, kind: str, *, inside: int, waiting: int, patience_s: float) -> None:
        self.kind = kind
        self._free = asyncio.Semaphore(inside)
        self._room = inside + waiting
        self._patience_s = patience_s

    @asynccontextmanager
    async def entered(self) -> AsyncIterator[None]:
        """Holds a place while the block runs.

        Raises:
            BusyError: the line is full, or the turn came too late.
        """
        if self._room <= 0:
            raise BusyError(self.kind)
        self._room -= 1
        try:
            try:
                await asyncio.wait_for(self._free.acquire(), self._patience_s)
            except TimeoutError:
                raise BusyError(self.kind) from None
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._room += 1


class Pools:
    """Those of one application."""

    def __init__(self) -> None:
        # Two cores; a burst of two hundred residents is answered in time, a thousand are not.
        self.engine = Pool("engine", threads=2, waiting=254, patience_s=2.5)
        # What gradio does around an answer takes as long as the answer, on the event loop.
        self.chat = Gate("chat", inside=8, waiting=248, patience_s=2.0)
        self.memory = Pool("memory", threads=4, waiting=60, patience_s=2.0)
        # A hash takes 64 MiB and tenths of a second.
        self.passwords = Pool("passwords", threads=2, waiting=10, patience_s=3.0)
        # Whole drafts, and indexes in the making: seconds.
        self.drafts = Pool("drafts", threads=1, waiting=4, patience_s=10.0)

    def close(self) -> None:
        for pool in (self.engine, self.memory, self.passwords, self.drafts):
            pool.close()


def on(
    kind: Kind,
) -> Callable[[Callable[..., Result]], Callable[..., Coroutine[Any, Any, Result]]]:
    """Make a plain route, which must take ``request``, run in a pool of its application."""

    def pooled(route: Callable[..., Result]) -> Callable[..., Coroutine[Any, Any, Result]]:
        @wraps(route)
        async def run(**sent: Any) -> Result:
            pool: Pool = getattr(sent["request"].app.state.pools, kind)
            return await pool.run(partial(route, **sent))

        return run

    return pooled
