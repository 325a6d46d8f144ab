"""What every request passes first: host, origin, size of the body, and the headers of replies.

Plain ASGI: a wrapper that buffers would hold back streamed answers.
"""

import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import error_document

BODY_LIMIT = 1024 * 1024
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))

_CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; font-src 'self' data:;"
    " connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self';"
)
# The chat's front end carries its configuration in inline scripts and compiles event code.
CHAT_POLICY = (
    _CONTENT_POLICY + " script-src 'self' 'unsafe-inline' 'unsafe-eval'; worker-src 'self' blob:"
)
PAGE_POLICY = _CONTENT_POLICY + " script-src 'self'"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
}


class Guard:
    """Refuses foreign hosts, foreign origins and bodies over ``BODY_LIMIT``.

    ``allowed_hosts`` empty means any Host header is served.
    """

    def __init__(self, app: ASGIApp, *, allowed_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._allowed = frozenset(host.lower() for host in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        sent = _with_headers(send, scope["path"])
        headers = Headers(scope=scope)
        if refused := self._refuse(scope["method"], headers):
            await _reply(sent, *refused)
            return
        await self._app(scope, _limited(receive), sent)

    def _refuse(self, method: str, headers: Headers) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if self._allowed and _name(host) not in self._allowed:
            return 400, "foreign_host", f"this server does not answer for host {host[:100]!r}"
        origin = headers.get("origin")
        if method not in _SAFE and origin and urlsplit(origin).netloc.lower() != host.lower():
            return 403, "foreign_origin", f"requests from {origin[:100]!r} are not taken"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return 413, "body_too_large", f"the body is larger than {BODY_LIMIT} bytes"
        return None


def _name(host: str) -> str:
    """Host header without its port."""
    return (urlsplit(f"//{host}").hostname or "").lower() if host.isascii() else ""


def _limited(receive: Receive) -> Receive:
    """Counts a body that comes in pieces and stops at the limit, without keeping any."""
    taken = 0

    async def counted() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > BODY_LIMIT:
            raise HTTPException(413)
        return message

    return counted


def _with_headers(send: Send, path: str) -> Send:
    policy = CHAT_POLICY if path == "/" else PAGE_POLICY

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["content-security-policy"] = policy
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return sent


async def _reply(send: Send, status: int, code: str, message: str) -> None:
    body = json.dumps(error_document(code, message, "see /docs"), ensure_ascii=False).encode()
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    if status == 413:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
