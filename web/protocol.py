"""HTTP as uvicorn speaks it, with an end to everything: time for headers, body, reply, and idling.

Without it a connection that sends nothing, one letter a minute, or never reads its answer is
held for ever, and headers of any size are kept.
"""

import asyncio
import resource
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEADERS_S = 10.0
BODY_S = 20.0
WHOLE_S = 60.0
IDLE_S = 5
CONNECTIONS = 2000
_HEAD_BYTES = 64 * 1024
_REFUSAL = (
    b"HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
    b"retry-after: 5\r\nconnection: close\r\n\r\n%s"
)


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, whose patience ends."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._due: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > CONNECTIONS:
            self._refuse(b"503 Service Unavailable", b"busy", b"more connections than are served")
        else:
            self._allow(HEADERS_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        if self._due is None:
            self._allow(HEADERS_S)
        self._head_bytes += len(data) if self._in_head else 0
        super().data_received(data)
        if self._in_head and self._head_bytes > _HEAD_BYTES:
            told = b"the headers are larger than this server reads"
            self._refuse(b"431 Request Header Fields Too Large", b"headers_too_large", told)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._head_bytes = True, 0
        if self._due is None:
            self._allow(HEADERS_S)

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._allow(BODY_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._allow(WHOLE_S)
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.pipeline or self.transport.is_closing() or self.transport.get_write_buffer_size():
            self._allow(WHOLE_S)  # until what was written has been read
        else:
            self._stop()

    def timeout_keep_alive_handler(self) -> None:
        """Idle for too long; with something unread left, closing alone would wait for ever."""
        super().timeout_keep_alive_handler()
        self._allow(IDLE_S)

    def send_400_response(self, msg: str) -> None:
        self._refuse(b"400 Bad Request", b"not_http", b"this is no HTTP request")

    def _allow(self, seconds: float) -> None:
        self._stop()
        self._due = self.loop.call_later(seconds, self._over)

    def _stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _over(self) -> None:
        self._due = None
        answering = self.cycle is not None and self.cycle.response_started
        if self.transport.is_closing() or answering:
            self.transport.abort()
        else:
            self._refuse(b"408 Request Timeout", b"timeout", b"the request did not come in time")

    def _refuse(self, status: bytes, code: bytes, told: bytes) -> None:
        """For a sender with whom there is no request to answer (yet)."""
        document = b'{"error": {"code": "%s", "message": "%s", "hint": "ask again"}}' % (code, told)
        self.transport.write(_REFUSAL % (status, len(document), document))
        self.transport.close()
        self._allow(IDLE_S)


def config(app: Any, **settings: Any) -> uvicorn.Config:
    """How every server of ours is run; ``settings`` are uvicorn's own.

    uvicorn's trust in forwarding headers is switched off: ``web/limits.py`` says whom to trust.
    """
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        proxy_headers=False,
        access_log=False,
        server_header=False,
        log_config=None,
        timeout_keep_alive=IDLE_S,
        **settings,
    )


def allow_files() -> None:
    """A connection is an open file: as many as this process may have at all."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 500
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
