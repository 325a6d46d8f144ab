"""Every refusal as the promised JSON, or as a page for a browser; never a stack trace.

``{"error": {"code": "question_too_long", "message": "…", "hint": "…"}}``
"""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from index.errors import NotFoundError, QuestionError, TongbaoError
from web.pages import render
from web.pools import BusyError

_PAGES_BELOW = ("/api/", "/v1/", "/mcp", "/gradio_api/", "/ui/")
_HTTP = {
    400: ("body_not_json", "the body is not JSON", "send JSON with content-type: application/json"),
    403: ("forbidden", "this request is not allowed", ""),
    404: ("not_found", "there is nothing at this address", "see /docs for what there is"),
    405: ("method_not_allowed", "this address does not take that method", "see /docs"),
    413: ("body_too_large", "the body is larger than this server reads", "send less"),
    415: ("body_not_json", "the body is not JSON", "send content-type: application/json"),
}


def error_document(code: str, message: str, hint: str = "") -> dict[str, Any]:
    """The promised JSON form of a refusal."""
    return {"error": {"code": code, "message": message, "hint": hint}}


def status_of(error: TongbaoError) -> int:
    """HTTP status: 404 unknown id, 422 a question of the wrong form, 503 not ready."""
    if isinstance(error, NotFoundError):
        return 404
    return 422 if isinstance(error, QuestionError) else 503


def install(app: FastAPI) -> None:
    """Answer what a route refuses; what nobody expected is the guard's."""
    app.exception_handler(TongbaoError)(_tongbao)
    app.exception_handler(RequestValidationError)(_validation)
    app.exception_handler(HTTPException)(_http)


def wants_page(request: Request) -> bool:
    """Whether a browser asks for something to look at."""
    accepted = "text/html" in request.headers.get("accept", "")
    return accepted and not request.scope["path"].startswith(_PAGES_BELOW)


def refusal(
    request: Request,
    status: int,
    document: dict[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Response:
    """JSON, unless a browser asked for a page."""
    if wants_page(request):
        page = render(request, "error.html", status=status, error=document["error"])
        page.headers.update(headers or {})
        return page
    return JSONResponse(document, status, headers=headers)


async def _tongbao(request: Request, error: TongbaoError) -> Response:
    document = error_document(error.code, _printable(error.message), _printable(error.hint))
    headers = {"retry-after": str(error.retry_after_s)} if isinstance(error, BusyError) else None
    return refusal(request, status_of(error), document, headers)


async def _http(request: Request, error: HTTPException) -> Response:
    code, message, hint = _HTTP.get(error.status_code, ("http_error", str(error.detail), ""))
    if isinstance(error.detail, dict) and "code" in error.detail:
        code, message = error.detail["code"], error.detail.get("message", message)
        hint = error.detail.get("hint", "")
    return refusal(request, error.status_code, error_document(code, message, hint), error.headers)


async def _validation(request: Request, error: RequestValidationError) -> Response:
    first = error.errors()[0]
    place = [str(part) for part in first["loc"]]
    if first["type"] == "json_invalid":
        return refusal(request, 400, error_document(*_HTTP[400]))
    if place[0] == "body" and "json" not in request.headers.get("content-type", ""):
        return refusal(request, 415, error_document(*_HTTP[415]))
    field = place[1] if len(place) > 1 else "body"
    code = {"question": "question_not_text", "history": "history_invalid"}.get(
        field, f"{field}_invalid"
    )
    if first["type"] == "missing":
        code = "field_missing"
    message = f"{'.'.join(place)}: {first['msg']}"
    return refusal(request, 422, error_document(code, _printable(message), "see /docs"))


def _printable(text: str) -> str:
    """Lone surrogates of the sender cannot be written as UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()[:500]
