"""A server in a thread of this process, for screenshots and tests."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI

from web.protocol import config

_START_S = 60.0


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """The address of ``app``, served on a free loopback port until the block ends.

    Raises:
        TimeoutError: the server did not start within a minute.
    """
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    deadline = time.monotonic() + _START_S
    while not server.started:
        if time.monotonic() > deadline or not thread.is_alive():
            raise TimeoutError("the server did not start")
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=5)
