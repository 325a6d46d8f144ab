"""Who may see the desk and the staff pages: sign in, sign out, sessions, forged-form protection.

A session is a random key in a signed HttpOnly cookie; the database holds only its digest.
Every form carries a token bound to the session, every JSON request the same in ``x-csrf``.

Guesses are counted before anything is verified, and answered ever more slowly, by name and by
source. A browser that somebody signed in with before counts on its own, so that nobody can shut
another out by guessing at their name.
Source: OWASP, Blocking Brute Force Attacks, device cookies.
"""

import hashlib
import hmac
import logging
import math
import os
import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from pathlib import Path
from typing import Annotated, Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import APIRouter, Depends, Form, HTTPException, Request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.responses import RedirectResponse, Response

from index.errors import SettingsError
from web.memory import SHORTEST_PASSWORD, AnyMemory, memory_of
from web.memory.models import now
from web.memory.records import Bucket, User
from web.pages import render
from web.pools import Pools, on

SESSION_COOKIE = "tongbao_session"
FORM_COOKIE = "tongbao_form"
SESSION_HOURS = 12
FREE_GUESSES = 5
FREE_FOR_ALL = 20
KEY_BYTES = 32
DEVICE_COOKIE = "tongbao_device"
_SECONDS = SESSION_HOURS * 3600
_DEVICE_SECONDS = 180 * 24 * 3600
_HASHER = PasswordHasher()
_LOG = logging.getLogger("tongbao.web")

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in request: who, and the token its forms and JSON requests must carry."""

    user: User
    csrf: str
    key: str


async def operator(request: Request) -> Visit:
    """Anyone signed in; a page sends others to the login, a JSON route answers 401."""
    visit = await current_visit(request)
    if visit is None:
        raise _login_needed(request)
    return visit


async def staff(request: Request) -> Visit:
    """Someone signed in whose role is staff."""
    visit = await operator(request)
    if visit.user.role != "staff":
        raise HTTPException(
            403, {"code": "not_staff", "message": "该账号只能使用话务台，不能使用工作人员页面"}
        )
    return visit


async def checked_operator(request: Request, visit: Annotated[Visit, Depends(operator)]) -> Visit:
    """A JSON request of someone signed in, sent by our own page."""
    check_token(request.headers.get("x-csrf", ""), visit)
    return visit


async def checked_staff(
    visit: Annotated[Visit, Depends(staff)], csrf: Annotated[str, Form()] = ""
) -> Visit:
    """A form of staff, sent by our own page."""
    check_token(csrf, visit)
    return visit


def check_token(sent: str, visit: Visit) -> None:
    """Refuse a form that our own page did not send."""
    if not hmac.compare_digest(sent.encode(), visit.csrf.encode()):
        raise HTTPException(
            403, {"code": "csrf", "message": "页面已过期，请刷新后再试", "hint": "刷新页面"}
        )


async def current_visit(request: Request) -> Visit | None:
    """Whoever the session cookie names, if the session is still there."""
    key = _unsigned(request, SESSION_COOKIE)
    if key is None:
        return None
    pools: Pools = request.app.state.pools
    user = await pools.memory.run(partial(memory_of(request).session_user, digest(key)))
    return Visit(user, _token(request, key), key) if user else None


@router.get("/login")
async def login_page(request: Request, next: str = "/desk") -> Response:  # noqa: A002
    """The form, in Chinese."""
    return _form(request, next)


@router.post("/login")
async def sign_in(
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
    pools: Pools = request.app.state.pools
    buckets = _buckets(request, name)
    if wait := await pools.memory.run(partial(memory.take_attempt, buckets)):
        told = f"输错次数太多，请 {_in_words(wait)}后再试。"
        page = _form(request, next, told, status=429)
        page.headers["retry-after"] = str(math.ceil(wait))
        return page
    user = await pools.memory.run(partial(memory.user, name))
    verified = await pools.passwords.run(partial(matches, user, password))
    if not verified or user is None:
        return _form(request, next, "用户名或密码不对。", status=401)
    return await pools.memory.run(partial(_signed_in, request, memory, user, next, buckets))


def _buckets(request: Request, name: str) -> list[Bucket]:
    """What an attempt counts in: a known browser for itself, others by name, source and both."""
    device = _device(request, name)
    if device:
        return [Bucket(_key(request, "device", name, device), FREE_GUESSES)]
    source = request.scope.get("tongbao.client") or (request.client.host if request.client else "")
    return [
        Bucket(_key(request, "both", name, source), FREE_GUESSES),
        Bucket(_key(request, "name", name), FREE_FOR_ALL),
        Bucket(_key(request, "source", source), FREE_FOR_ALL),
    ]


def _key(request: Request, *parts: str) -> str:
    """A password typed into the wrong field, or an address, cannot be read from it."""
    joined = "\0".join(part.casefold() for part in parts).encode("utf-8", "replace")
    return hmac.new(_secret(request), joined, hashlib.sha256).hexdigest()


def _device(request: Request, name: str) -> str:
    """The mark of a browser that ``name`` signed in with before; blank for any other."""
    whose, _, mark = (_unsigned(request, DEVICE_COOKIE, _DEVICE_SECONDS) or "").partition(":")
    return mark if hmac.compare_digest(whose, _key(request, "owner", name)) else ""


def _in_words(seconds: float) -> str:
    return f"{math.ceil(seconds)} 秒" if seconds <= 90 else f"{math.ceil(seconds / 60)} 分钟"


@router.post("/logout")
async def sign_out(request: Request, csrf: Annotated[str, Form()] = "") -> Response:
    """End this session, here and in the database."""
    visit = await current_visit(request)
    if visit:
        check_token(csrf, visit)
        await request.app.state.pools.memory.run(partial(_end, memory_of(request), visit))
    response = RedirectResponse("/login", 303)
    response.delete_cookie(SESSION_COOKIE)
    return response


def _end(memory: AnyMemory, visit: Visit) -> None:
    memory.end_session(digest(visit.key))
    memory.audit(visit.user.name, "signed out")


@router.get("/password")
@on("memory")
def password_page(request: Request, visit: Annotated[Visit, Depends(operator)]) -> Response:
    """Change one's own password, and see where one is signed in."""
    return _password_form(request, visit)


@router.post("/password")
async def change_password(
    request: Request,
    visit: Annotated[Visit, Depends(operator)],
    current: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
    again: Annotated[str, Form(max_length=1000)] = "",
    csrf: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """A new password, which ends every session but this one; or the form again, saying why not."""
    check_token(csrf, visit)
    pools: Pools = request.app.state.pools
    memory = memory_of(request)
    buckets = [Bucket(_key(request, "change", visit.user.name), FREE_GUESSES)]
    problem, status = "", 422
    if new != again:
        problem = "两次输入的新密码不一样。"
    elif len(new) < SHORTEST_PASSWORD:
        problem = f"新密码至少 {SHORTEST_PASSWORD} 个字符。"
    elif wait := await pools.memory.run(partial(memory.take_attempt, buckets)):
        problem, status = f"输错次数太多，请 {_in_words(wait)}后再试。", 429
    elif not await pools.passwords.run(partial(matches, visit.user, current)):
        problem, status = "现在的密码不对。", 401
    if problem:
        form = partial(_password_form, request, visit, problem, status=status)
        return await pools.memory.run(form)
    hashed = await pools.passwords.run(partial(_HASHER.hash, new))
    return await pools.memory.run(partial(_changed, request, memory, visit, hashed, buckets))


def _changed(
    request: Request, memory: AnyMemory, visit: Visit, hashed: str, buckets: list[Bucket]
) -> Response:
    memory.set_password(visit.user.name, hashed)
    memory.clear_attempts([bucket.key for bucket in buckets])
    memory.audit(visit.user.name, "password changed", visit.user.name)
    key = secrets.token_urlsafe(32)
    memory.start_session(visit.user, digest(key), now() + timedelta(hours=SESSION_HOURS))
    response = RedirectResponse("/password?changed=1", 303)
    _set_cookie(request, response, SESSION_COOKIE, key)
    return response


def _password_form(
    request: Request, visit: Visit, problem: str = "", *, status: int = 200
) -> Response:
    response = render(
        request, "password.html", status=status, language="zh-Hans", languages=(), visit=visit,
        room="password", problem=problem, told="changed" in request.query_params,
        sessions=memory_of(request).open_sessions(visit.user.name), mine=digest(visit.key),
    )  # fmt: skip
    response.headers["cache-control"] = "no-store"
    return response


def _signed_in(
    request: Request, memory: AnyMemory, user: User, target: str, buckets: list[Bucket]
) -> Response:
    key = secrets.token_urlsafe(32)
    memory.clear_attempts([bucket.key for bucket in buckets if bucket.free == FREE_GUESSES])
    memory.start_session(user, digest(key), now() + timedelta(hours=SESSION_HOURS))
    memory.audit(user.name, "signed in")
    response = RedirectResponse(_own_address(target), 303)
    _set_cookie(request, response, SESSION_COOKIE, key)
    mark = _device(request, user.name) or secrets.token_urlsafe(8)
    owner = _key(request, "owner", user.name)
    _set_cookie(request, response, DEVICE_COOKIE, f"{owner}:{mark}", _DEVICE_SECONDS)
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


def matches(user: User | None, password: str) -> bool:
    """Takes the same time whether the name is known or not."""
    expected = user.password_hash if user else _unknown_hash()
    try:
        return _HASHER.verify(expected, password) and user is not None
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _unknown_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(16))


def _set_cookie(
    request: Request, response: Response, name: str, value: str, seconds: int = _SECONDS
) -> None:
    response.set_cookie(
        name,
        _serializer(request).dumps(value, salt=name),
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _unsigned(request: Request, name: str, seconds: int = _SECONDS) -> str | None:
    try:
        value: Any = _serializer(request).loads(
            request.cookies.get(name, ""), max_age=seconds, salt=name
        )
    except BadSignature:
        return None
    return value if isinstance(value, str) else None


def _token(request: Request, key: str) -> str:
    return hmac.new(_secret(request), f"csrf:{key}".encode(), hashlib.sha256).hexdigest()


def digest(key: str) -> str:
    """What the database keeps of a session's key."""
    return hashlib.sha256(key.encode()).hexdigest()


def _serializer(request: Request) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(_secret(request))


def _secret(request: Request) -> bytes:
    if not memory_of(request).stores:
        return _passing_secret()
    try:
        return kept_secret(request.app.state.settings.data)
    except OSError as error:
        _LOG.warning("sessions end with this process", extra={"told": error.strerror})
        return _passing_secret()


@lru_cache(maxsize=1)
def _passing_secret() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


@lru_cache(maxsize=8)
def kept_secret(folder: Path) -> bytes:
    """The key that signs sessions: made once, readable by its owner alone.

    Raises:
        OSError: it can be neither read nor made.
        SettingsError: it is shorter than a key must be.
    """
    path = folder / "session.key"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) < KEY_BYTES:
        raise SettingsError(
            f"{path} holds {len(key)} bytes; expected {KEY_BYTES} of them",
            hint=f"delete it: a new one is made, and everybody signs in again: rm {path}",
        )
    return key


def _make_key(path: Path) -> None:
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        os.link(draft, path)  # unlike a rename it never replaces the key of another process
    except FileExistsError:
        pass
    finally:
        draft.unlink(missing_ok=True)
