"""The door in front of Gradio: four addresses of its many, and two plain strings.

Gradio takes file records where text is expected, fetches addresses it is handed, keeps
queues and uploads, and answers functions by number. None of that reaches it: a question is
read and checked here, and what is passed on is a body of our own with nothing of the sender's
in it but the two strings.
"""

import json
import re
import secrets
import time
from typing import Any

from fastapi import HTTPException, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web import languages
from web.pages import language_of, render

ASK = "/gradio_api/run/ask"
# Twenty earlier questions of 300 characters, the longest question and room for their escapes.
LONGEST_BODY = 64 * 1024
_FILES = re.compile(r"/theme\.css|/assets/[A-Za-z0-9_.\-]{1,100}")
_HEAD_PARTS = re.compile(
    r"<script(?: [^>]*)?>.*?</script>|<link rel=\"stylesheet\"[^>]*>", re.DOTALL
)
_RESIZER = "iframeResizer"
_SHOWN = 4


class Door:
    """Lets through to Gradio what our page uses; everything else is refused as promised."""

    def __init__(self, gradio_app: ASGIApp, questions: dict[str, list[str]]) -> None:
        self._gradio = gradio_app
        self._questions = questions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path, method = scope["path"], scope["method"]
        reading = method in ("GET", "HEAD")
        if path == "/" and reading:
            response = await self._page(Request(scope, receive), receive)
            await response(scope, receive, send)
        elif path == ASK and method == "POST":
            await self._ask(scope, receive, send)
        elif reading and _FILES.fullmatch(path):
            await self._gradio(_bare(scope, path), receive, send)
        else:
            raise HTTPException(405 if path == ASK or path == "/" or _known(scope) else 404)

    async def _ask(self, scope: Scope, receive: Receive, send: Send) -> None:
        question, conversation = two_strings(await _body(receive))
        body = json.dumps({"data": [question, conversation]}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
        ]
        sent = False

        async def received() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        async with scope["app"].state.pools.chat.entered():
            await self._gradio(_bare(scope, ASK, headers), received, send)

    async def _page(self, request: Request, receive: Receive) -> Response:
        """Gradio's scripts and configuration, carried over into our own page."""
        language = language_of(request)
        nonce = request.scope["tongbao.nonce"] = secrets.token_urlsafe(16)
        texts = {code: dict(languages.texts(code)) for code in languages.LANGUAGES}
        return render(
            request,
            "chat.html",
            language=language,
            gradio_head=_head_parts(await self._gradio_page(request.scope, receive), nonce),
            examples=_turned(self._questions),
            texts=texts,
        )

    async def _gradio_page(self, scope: Scope, receive: Receive) -> str:
        body: list[bytes] = []

        async def keep(message: Message) -> None:
            body.append(message.get("body", b""))

        plain = _bare(scope, "/")
        plain["method"] = "GET"
        await self._gradio(plain, receive, keep)
        return b"".join(body).decode()


def two_strings(body: bytes) -> tuple[str, str]:
    """What the page sends, ``{"data": ["…", "…"]}``, and nothing else.

    Raises:
        HTTPException: 422, the body is of another form.
    """
    try:
        sent: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise _other_form("no JSON") from None
    if not isinstance(sent, dict) or set(sent) != {"data"}:
        raise _other_form("other fields than data")
    data = sent["data"]
    if not isinstance(data, list) or len(data) != 2:
        raise _other_form("data that is no list of two")
    for text in data:
        if not isinstance(text, str):
            raise _other_form(f"data with {type(text).__name__}")
        if not text.isascii() and text != text.encode("utf-8", "replace").decode():
            raise _other_form("lone surrogates, which are no text")
    return data[0], data[1]


def _other_form(seen: str) -> HTTPException:
    return HTTPException(
        422,
        {
            "code": "body_invalid",
            "message": f"the chat sent {seen}; expected two strings in data",
            "hint": "reload the page; programs use /api/ask",
        },
    )


async def _body(receive: Receive) -> bytes:
    """The whole body, or 422 as soon as it is longer than a conversation can be."""
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _other_form("half a body")
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > LONGEST_BODY:
            raise _other_form(f"more than {LONGEST_BODY} bytes")
        if not message.get("more_body", False):
            return b"".join(pieces)


def _bare(scope: Scope, path: str, headers: list[tuple[bytes, bytes]] | None = None) -> Scope:
    """The request without its query and its headers, of which Gradio would believe too many."""
    kept = [(name, value) for name, value in scope["headers"] if name == b"host"]
    return dict(scope) | {
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": kept + (headers or []),
    }


def _turned(questions: dict[str, list[str]]) -> dict[str, list[str]]:
    """Other examples first every minute, so that a regular visitor sees them all."""
    minute = int(time.time() // 60)
    return {
        code: [some[(minute * _SHOWN + place) % len(some)] for place in range(len(some))]
        for code, some in questions.items()
    }


def _head_parts(html: str, nonce: str) -> str:
    """Style sheet and scripts of Gradio's head, without its cards for social networks."""
    head = html.partition("</head>")[0]
    parts = [part for part in _HEAD_PARTS.findall(head) if _RESIZER + ".contentWindow" not in part]
    if not any("gradio_config" in part for part in parts):
        raise RuntimeError("gradio's page has changed: no configuration found in its head")
    return "\n".join(part.replace("<script", f'<script nonce="{nonce}"', 1) for part in parts)


def _known(scope: Scope) -> bool:
    """Whether the address exists for another method."""
    routes = scope["app"].router.routes
    return any(route.matches(scope)[0] is Match.PARTIAL for route in routes)
