"""The kill switch: ``python -m web pause --reason …`` stops the answers, not the server.

A file in the data folder says so; the server looks at it once a second. Residents get a page
with the reason and the telephone number, programs 503; the notice itself, the staff's rooms and
what a supervisor asks stay.
"""

import json
import time
from datetime import UTC, datetime
from pathlib import Path

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from index.errors import SettingsError
from index.settings import Settings
from web.errors import error_document, wants_page
from web.pages import render

LONGEST_REASON = 200
_LOOK_AGAIN_S = 1.0
_STOPPED = ("/api/ask", "/api/search", "/api/verify", "/v1/chat/completions", "/mcp", "/plain", "/")
_STOPPED_BELOW = ("/gradio_api/", "/desk/find")


class Switch:
    """Whether answers are stopped; ``reason()`` is blank when they are not."""

    def __init__(self, settings: Settings) -> None:
        self._path = switch_file(settings)
        self._looked = -_LOOK_AGAIN_S
        self._reason = ""

    def reason(self) -> str:
        if time.monotonic() - self._looked >= _LOOK_AGAIN_S:
            self._looked = time.monotonic()
            self._reason = _read(self._path)
        return self._reason


class Paused:
    """Answers for the doors that are stopped."""

    def __init__(self, app: ASGIApp, *, switch: Switch) -> None:
        self._app = app
        self._switch = switch

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reason = self._switch.reason() if scope["type"] == "http" else ""
        if not reason or not _stopped(scope["path"]):
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        headers = {"retry-after": "600", "cache-control": "no-store"}
        if wants_page(request):
            page = render(request, "paused.html", status=503, reason=reason)
            page.headers.update(headers)
            await page(scope, receive, send)
            return
        document = error_document("paused", f"answers are stopped: {reason}", "ask by telephone")
        await JSONResponse(document, 503, headers=headers)(scope, receive, send)


def switch_file(settings: Settings) -> Path:
    return settings.data / "paused.json"


def pause(settings: Settings, reason: str) -> str:
    """Stop the answers; says so in one line.

    Raises:
        SettingsError: no reason, one that is too long, or the data folder cannot be written to.
    """
    reason = " ".join(reason.split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise SettingsError(
            f"the reason has {len(reason)} characters; expected 1 to {LONGEST_REASON}",
            hint='python -m web pause --reason "系统维护，17:00 恢复"',
        )
    path = switch_file(settings)
    since = datetime.now(UTC).isoformat(timespec="seconds")
    draft = path.with_suffix(".draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(
            json.dumps({"reason": reason, "since": since}, ensure_ascii=False), "utf-8"
        )
        draft.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}") from error
    return f"paused: {reason}; every server of this data folder follows within a second"


def resume(settings: Settings) -> str:
    """Let answers be given again."""
    path = switch_file(settings)
    if not path.exists():
        return "nothing was paused"
    path.unlink(missing_ok=True)
    return "resumed"


def _read(path: Path) -> str:
    """The reason; a file that is there but cannot be read still stops the answers."""
    try:
        return str(json.loads(path.read_text("utf-8"))["reason"])[:LONGEST_REASON]
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError):
        return "暂停服务"


def _stopped(path: str) -> bool:
    return path in _STOPPED or path.startswith(_STOPPED_BELOW)
