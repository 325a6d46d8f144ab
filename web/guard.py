"""What every request passes first: host, origin, sizes, and the headers of replies.

Also the last to see an error nobody expected: the reply keeps its headers, the log gets one line.
Plain ASGI: a wrapper that buffers would hold back streamed answers.
"""

import json
import logging
import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from asgi_correlation_id import correlation_id
from fastapi import HTTPException, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.errors import error_document, refusal

BODY_LIMIT = 1024 * 1024
HEADER_LIMIT = 16 * 1024
HEADERS_LIMIT = 64
ADDRESS_LIMIT = 4096
_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))

_CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; connect-src 'self';"
    " object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self';"
)
# Only the chat: its front end carries its configuration in inline scripts, which get the nonce
# of their reply; core-*.js of gradio compiles the code of events (AsyncFunction), and its
# components (Svelte) put their styles into the page as they are drawn.
CHAT_POLICY = (
    _CONTENT_POLICY + " script-src 'self' 'nonce-{nonce}' 'unsafe-eval';"
    " style-src 'self' 'unsafe-inline'; worker-src 'self' blob:"
)
PAGE_POLICY = _CONTENT_POLICY + " script-src 'self'; style-src 'self'"
_HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
}
_HOST = re.compile(r"(?:[a-z0-9._\-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?", re.IGNORECASE | re.ASCII)
_LOG = logging.getLogger("tongbao.web")


class Guard:
    """Refuses foreign hosts, foreign origins, WebSockets, and what is larger than its limit.

    ``allowed_hosts`` empty means any Host header is served.
    """

    def __init__(self, app: ASGIApp, *, allowed_hosts: Sequence[str] = ()) -> None:
        self._app = app
        self._allowed = frozenset(host.lower() for host in allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        sent = _with_headers(noted, scope)
        headers = Headers(scope=scope)
        if refused := _too_large(scope) or self._refuse(scope["method"], headers):
            await _reply(sent, *refused)
            return
        try:
            await self._app(scope, _limited(receive), sent)
        except Exception as error:  # noqa: BLE001 - the edge: a sender never sees a trace
            route = getattr(scope.get("route"), "path", None) or "other"
            _LOG.error("failed", exc_info=error, extra={"method": scope["method"], "route": route})
            if started:  # half a reply cannot be taken back: the connection is closed
                raise TornError from None
            await _failed(scope)(scope, receive, sent)

    def _refuse(self, method: str, headers: Headers) -> tuple[int, str, str] | None:
        host = headers.get("host", "")
        if host and not _HOST.fullmatch(host):
            return 400, "host_invalid", f"the Host header is {host[:100]!r}; expected a name"
        if self._allowed and _name(host) not in self._allowed:
            return 400, "foreign_host", f"this server does not answer for host {host[:100]!r}"
        origin = headers.get("origin")
        if method not in _SAFE and origin and _place(origin) != host.lower():
            return 403, "foreign_origin", f"requests from {origin[:100]!r} are not taken"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            return 413, "body_too_large", f"the body is larger than {BODY_LIMIT} bytes"
        return None


class TornError(Exception):
    """A reply that failed after it had begun; the log has said why."""


def _too_large(scope: Scope) -> tuple[int, str, str] | None:
    address = len(scope.get("raw_path") or scope["path"]) + len(scope["query_string"])
    if address > ADDRESS_LIMIT:
        return 414, "address_too_long", f"the address is longer than {ADDRESS_LIMIT} characters"
    sizes = [len(name) + len(value) for name, value in scope["headers"]]
    if len(sizes) > HEADERS_LIMIT or sum(sizes) > HEADER_LIMIT:
        told = f"more than {HEADERS_LIMIT} headers or {HEADER_LIMIT} bytes of them"
        return 431, "headers_too_large", told
    return None


def _failed(scope: Scope) -> Response:
    """The sender gets one line, with the name under which the log has more."""
    told = f"ask again; the log says why, under request {correlation_id.get() or 'unknown'}"
    document = error_document("internal", "this server failed on the request", told)
    return refusal(Request(scope), 500, document)


def _name(host: str) -> str:
    """Host header without its port."""
    return (urlsplit(f"//{host}").hostname or "").lower() if host.isascii() else ""


def _place(origin: str) -> str:
    """Host and port of an Origin header; blank where it has none that can be read."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


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


def _with_headers(send: Send, scope: Scope) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            nonce = scope.get("tongbao.nonce")
            headers["content-security-policy"] = (
                CHAT_POLICY.format(nonce=nonce) if nonce else PAGE_POLICY
            )
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return sent


async def _reply(send: Send, status: int, code: str, message: str) -> None:
    body = json.dumps(error_document(code, message, "see /docs"), ensure_ascii=False).encode()
    length = str(len(body)).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", length)]
    if status in (413, 431):
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
