"""Who may see the desk and the staff pages: sign in, sign out, sessions, forged-form protection.

A session is a random key in a signed HttpOnly cookie; the database holds only its digest.
Every form carries a token bound to the session, every JSON request the same in ``x-csrf``.
"""

import hashlib
import hmac
import os
import secrets
import threading
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, Depends, Form, HTTPException, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from web.memory import AnyMemory, memory_of
from web.memory.models import now
from web.memory.records import User
from web.pages import render

SESSION_COOKIE = "tongbao_session"
FORM_COOKIE = "tongbao_form"
SESSION_HOURS = 12
FAILURES_ALLOWED = 5
LOCKED_MINUTES = 15
_SECONDS = SESSION_HOURS * 3600
_HASHER = PasswordHasher()
# A hash takes 64 MiB: no more than two at a time, however many ask.
_VERIFYING = threading.BoundedSemaphore(2)

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in request: who, and the token its forms and JSON requests must carry."""

    user: User
    csrf: str
    key: str


def operator(request: Request) -> Visit:
    """Anyone signed in; a page sends others to the login, a JSON route answers 401."""
    visit = current_visit(request)
    if visit is None:
        raise _login_needed(request)
    return visit


def staff(request: Request) -> Visit:
    """Someone signed in whose role is staff."""
    visit = operator(request)
    if visit.user.role != "staff":
        raise HTTPException(
            403, {"code": "not_staff", "message": "该账号只能使用话务台，不能使用工作人员页面"}
        )
    return visit


def checked_operator(request: Request, visit: Annotated[Visit, Depends(operator)]) -> Visit:
    """A JSON request of someone signed in, sent by our own page."""
    _check(request.headers.get("x-csrf", ""), visit)
    return visit


def checked_staff(
    visit: Annotated[Visit, Depends(staff)], csrf: Annotated[str, Form()] = ""
) -> Visit:
    """A form of staff, sent by our own page."""
    _check(csrf, visit)
    return visit


def _check(sent: str, visit: Visit) -> None:
    if not hmac.compare_digest(sent.encode(), visit.csrf.encode()):
        raise HTTPException(
            403, {"code": "csrf", "message": "页面已过期，请刷新后再试", "hint": "刷新页面"}
        )


def current_visit(request: Request) -> Visit | None:
    """Whoever the session cookie names, if the session is still there."""
    key = _unsigned(request, SESSION_COOKIE)
    if key is None:
        return None
    user = memory_of(request).session_user(_digest(key))
    return Visit(user, _token(request, key), key) if user else None


@router.get("/login")
def login_page(request: Request, next: str = "/desk") -> Response:  # noqa: A002
    """The form, in Chinese."""
    return _form(request, next)


@router.post("/login")
def sign_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
    next: Annotated[str, Form(max_length=300)] = "/desk",  # noqa: A002
) -> Response:
    """A session, or the form again saying why not; unknown names fail exactly like known ones."""
    memory = memory_of(request)
    nonce = _unsigned(request, FORM_COOKIE)
    if nonce is None or not hmac.compare_digest(_token(request, nonce).encode(), csrf.encode()):
        return _form(request, next, "登录页面已过期，请再试一次。", status=403)
    if not memory.stores:
        return _form(request, next, "本服务没有开启存储，不能登录。", status=503)
    name_key = hmac.new(_secret(request), name.casefold().encode(), hashlib.sha256).hexdigest()
    if memory.failures(name_key, now() - timedelta(minutes=LOCKED_MINUTES)) >= FAILURES_ALLOWED:
        told = f"输错次数太多，请 {LOCKED_MINUTES} 分钟后再试。"
        return _form(request, next, told, status=429)
    user = memory.user(name)
    if not _verified(user, password) or user is None:
        memory.record_failure(name_key)
        return _form(request, next, "用户名或密码不对。", status=401)
    memory.clear_failures(name_key)
    return _signed_in(request, memory, user, next)


@router.post("/logout")
def sign_out(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
    """End this session, here and in the database."""
    visit = current_visit(request)
    response = RedirectResponse("/login", 303)
    if visit:
        _check(csrf, visit)
        memory = memory_of(request)
        memory.end_session(_digest(visit.key))
        memory.audit(visit.user.name, "signed out")
    response.delete_cookie(SESSION_COOKIE)
    return response


def _signed_in(request: Request, memory: AnyMemory, user: User, target: str) -> Response:
    key = secrets.token_urlsafe(32)
    memory.start_session(user, _digest(key), now() + timedelta(hours=SESSION_HOURS))
    memory.audit(user.name, "signed in")
    response = RedirectResponse(_own_address(target), 303)
    _set_cookie(request, response, SESSION_COOKIE, key)
    response.delete_cookie(FORM_COOKIE)
    return response


def _form(request: Request, target: str, problem: str = "", *, status: int = 200) -> Response:
    nonce = _unsigned(request, FORM_COOKIE) or secrets.token_urlsafe(16)
    response = render(
        request,
        "login.html",
        status=status,
        language="zh-Hans",
        languages=(),
        csrf=_token(request, nonce),
        next=_own_address(target),
        problem=problem,
        can_store=memory_of(request).stores,
    )
    response.headers["cache-control"] = "no-store"
    _set_cookie(request, response, FORM_COOKIE, nonce)
    return response


def _own_address(target: str) -> str:
    """Only paths of this server: nothing that a browser reads as another host."""
    plain = target.startswith("/") and not target.startswith(("//", "/\\")) and target.isprintable()
    return target if plain and "\\" not in target else "/desk"


def _login_needed(request: Request) -> HTTPException:
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return HTTPException(303, headers={"location": f"/login?next={request.url.path}"})
    return HTTPException(
        401, {"code": "login_needed", "message": "登录已过期，请重新登录", "hint": "/login"}
    )


def _verified(user: User | None, password: str) -> bool:
    """Takes the same time whether the name is known or not."""
    expected = user.password_hash if user else _unknown_hash()
    try:
        with _VERIFYING:
            return _HASHER.verify(expected, password) and user is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _unknown_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def _set_cookie(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        name,
        _serializer(request).dumps(value, salt=name),
        max_age=_SECONDS,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _unsigned(request: Request, name: str) -> str | None:
    try:
        value: Any = _serializer(request).loads(
            request.cookies.get(name, ""), max_age=_SECONDS, salt=name
        )
    except BadSignature:
        return None
    return value if isinstance(value, str) else None


def _token(request: Request, key: str) -> str:
    return hmac.new(_secret(request), f"csrf:{key}".encode(), hashlib.sha256).hexdigest()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _serializer(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(request))


def _secret(request: Request) -> bytes:
    if not memory_of(request).stores:
        return _passing_secret()
    return kept_secret(request.app.state.settings.data)


@lru_cache(maxsize=1)
def _passing_secret() -> bytes:
    return secrets.token_bytes(32)


@lru_cache(maxsize=8)
def kept_secret(folder: Path) -> bytes:
    """The key that signs sessions: made once, readable by its owner alone."""
    path = folder / "session.key"
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(32))
        os.link(draft, path)  # unlike a rename it never replaces the key of another process
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
    return path.read_bytes()
