"""How much one client and all together may ask for; over it 429 or 503, and when to come back.

A client is an address (of IPv6 the first 64 bits), kept in memory for a minute and nowhere else.
A proxy's word for the client's address is taken only from proxies that were named.
"""

import asyncio
import hashlib
import ipaddress
import logging
import math
import mmap
import re
import secrets
import struct
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import SettingsError
from web.chat_door import ASK
from web.errors import error_document, refusal
from web.metrics import Metrics

REQUEST_S = 30.0
AT_ONCE = 400
_SLOTS = 65_536
_PROBES = 8
_SLOT = struct.Struct("Qd")
_MARK = struct.Struct("Q")
_RATE = re.compile(r"(\d{1,6})/(second|minute|hour)")
_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_ALWAYS = ("/healthz", "/readyz", "/metrics")
_FORWARDED = ("x-forwarded-for", "forwarded", "x-real-ip")
_LOG = logging.getLogger("tongbao.web")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True, slots=True)
class Rate:
    """``count`` a ``seconds``; the whole count may come at once."""

    count: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> "Rate":
        """From ``15/minute``.

        Raises:
            SettingsError: it is written otherwise.
        """
        found = _RATE.fullmatch(text.strip())
        if not found or not int(found[1]):
            raise SettingsError(f"the rate {text[:40]!r}; expected one such as 15/minute")
        return cls(int(found[1]), _SECONDS[found[2]])


RATES: Mapping[str, Rate] = {
    "resident": Rate(15, 60),  # questions in the chat and on /plain
    "program": Rate(60, 60),  # questions by programs: /api/ask, /v1, /mcp, drafts to verify
    "typing": Rate(240, 60),  # /api/search, once a letter
    "feedback": Rate(10, 60),
    "login": Rate(10, 60),
    "room": Rate(600, 60),  # desk and staff pages: an office behind one address
    "page": Rate(600, 60),  # everything else
    "local": Rate(6000, 60),  # programs on this machine, in place of all of the above
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a server allows. ``proxies`` are the networks whose forwarding headers are believed."""

    rates: Mapping[str, Rate] = field(default_factory=lambda: dict(RATES))
    proxies: tuple[Network, ...] = ()
    at_once: int = AT_ONCE
    request_s: float = REQUEST_S

    @classmethod
    def read(cls, rates: Iterable[str] = (), proxies: Iterable[str] = ()) -> "Limits":
        """From ``resident=15/minute`` and addresses or networks, as on the command line.

        Raises:
            SettingsError: a class that does not exist, a rate or an address of another form.
        """
        chosen = dict(RATES)
        for one in rates:
            name, _, rate = one.partition("=")
            if name not in RATES:
                raise SettingsError(
                    f"the limit {one[:40]!r}; expected CLASS=RATE, CLASS one of {', '.join(RATES)}"
                )
            chosen[name] = Rate.read(rate)
        try:
            named = tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)
        except ValueError as error:
            raise SettingsError(f"the proxy: {error}; expected an address or a network") from error
        return replace(cls(), rates=chosen, proxies=named)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``left`` of the rate; ``after_s`` is 0 when allowed, else when to come back."""

    rate: Rate
    left: int
    after_s: float


class Counter:
    """The generic cell rate algorithm: one time a client, in a table of a fixed size.

    The table is mapped memory, which processes forked later share. Where it is full the client
    whose count ends first is forgotten, never one counted for another.
    Source: ATM Forum Traffic Management 4.0, GCRA (virtual scheduling). Written here because the
    ready one starts a thread and looks at every client again every 10 ms.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, *, slots: int = _SLOTS) -> None:
        self._clock = clock
        self._slots = slots
        self._table = mmap.mmap(-1, slots * _SLOT.size)
        self._salt = secrets.token_bytes(16)

    def take(self, name: str, client: str, rate: Rate) -> Verdict:
        """One more of ``client``; nothing is counted when it is refused."""
        now, step = self._clock(), rate.seconds / rate.count
        whose = f"{name}\0{client}".encode("utf-8", "replace")
        [mark] = _MARK.unpack(hashlib.blake2b(whose, digest_size=8, key=self._salt).digest())
        place, full_at = self._found(mark)
        after = max(full_at, now) + step
        over = after - now - rate.seconds
        if over > 1e-9:
            return Verdict(rate, 0, over)
        _SLOT.pack_into(self._table, place, mark, after)
        return Verdict(rate, int((rate.seconds - (after - now)) / step + 1e-9), 0.0)

    def _found(self, mark: int) -> tuple[int, float]:
        """Where a client's time stands, and the time; else the place to put it, and 0."""
        chosen, earliest = 0, math.inf
        for step in range(_PROBES):
            place = (mark + step) % self._slots * _SLOT.size
            whose, full_at = _SLOT.unpack_from(self._table, place)
            if whose == mark:
                return place, full_at
            if full_at < earliest:
                chosen, earliest = place, full_at
        return chosen, 0.0


class Limited:
    """Sheds what is over a limit before any work is done for it."""

    def __init__(
        self, app: ASGIApp, *, limits: Limits, metrics: Metrics, counter: Counter | None = None
    ) -> None:
        self._app = app
        self._limits = limits
        self._metrics = metrics
        self._counter = counter or Counter()
        self._inside = 0
        self._warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ALWAYS:
            await self._app(scope, receive, send)
            return
        client, name = self._client(scope)
        scope["tongbao.client"] = client
        verdict = self._counter.take(name, client, self._limits.rates[name])
        if verdict.after_s:
            self._metrics.limited(name)
            await self._refuse(scope, receive, send, verdict)
        elif self._inside >= self._limits.at_once:
            self._metrics.limited("at_once")
            await _reply(scope, receive, send, 503, "busy", "more requests than can be served", 1)
        else:
            await self._timed(scope, receive, _telling(send, verdict))

    async def _refuse(self, scope: Scope, receive: Receive, send: Send, verdict: Verdict) -> None:
        rate = verdict.rate
        told = f"more than {rate.count} in {rate.seconds} seconds from one address"
        after = math.ceil(verdict.after_s)
        await _reply(scope, receive, _telling(send, verdict), 429, "too_many", told, after)

    async def _timed(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        self._inside += 1
        try:
            async with asyncio.timeout(self._limits.request_s):
                await self._app(scope, receive, noted)
        except TimeoutError:
            self._metrics.limited("request_time")
            if not started:
                told = f"this took longer than {self._limits.request_s:.0f} seconds"
                await _reply(scope, receive, send, 503, "timeout", told, 5)
        finally:
            self._inside -= 1

    def _client(self, scope: Scope) -> tuple[str, str]:
        """Whose request it is, and the class it counts in."""
        headers = Headers(scope=scope)
        peer = _address(scope["client"][0] if scope.get("client") else "")
        forwarded = any(name in headers for name in _FORWARDED)
        if peer is None:
            return "unknown", _class(scope)
        if peer.is_loopback and not forwarded:
            return _key(peer), "local"
        if self._trusted(peer):
            if headers.get("x-forwarded-proto") in ("http", "https"):
                scope["scheme"] = headers["x-forwarded-proto"]
            return _key(self._forwarded(headers, peer)), _class(scope)
        if forwarded and not self._warned:
            self._warned = True
            _LOG.warning("a proxy that was not named with --proxy: its clients count as one")
        return _key(peer), _class(scope)

    def _trusted(self, address: Address) -> bool:
        return any(address in network for network in self._limits.proxies)

    def _forwarded(self, headers: Headers, peer: Address) -> Address:
        """The last address that no named proxy has: what stands before it anyone may have sent."""
        sent = ",".join(headers.getlist("x-forwarded-for")).split(",")
        for text in reversed(sent[-20:]):
            address = _address(text.strip())
            if address is None:
                break
            peer = address
            if not self._trusted(address):
                break
        return peer


def _class(scope: Scope) -> str:
    """Which rate a request counts against."""
    path, writing = scope["path"], scope["method"] == "POST"
    if path == ASK or (path == "/plain" and (writing or b"question=" in scope["query_string"])):
        return "resident"
    if path in ("/api/ask", "/api/verify", "/v1/chat/completions", "/mcp"):
        return "program"
    if path == "/api/search":
        return "typing"
    if path == "/api/feedback":
        return "feedback"
    if path == "/login" and writing:
        return "login"
    return "room" if path.startswith(("/desk", "/staff")) else "page"


def _address(text: str) -> Address | None:
    if text.count(":") == 1:  # IPv4 with a port
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, ipaddress.IPv6Address) else found


def _key(address: Address) -> str:
    """One household has 2^64 addresses of IPv6."""
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, 64), strict=False).network_address)
    return str(address)


def _telling(send: Send, verdict: Verdict) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["ratelimit-limit"] = str(verdict.rate.count)
            headers["ratelimit-remaining"] = str(verdict.left)
            headers["ratelimit-reset"] = str(math.ceil(verdict.after_s or verdict.rate.seconds))
        await send(message)

    return sent


async def _reply(
    scope: Scope, receive: Receive, send: Send, status: int, code: str, told: str, after_s: int
) -> None:
    document = error_document(code, told, f"come back in {after_s} seconds")
    headers = {"retry-after": str(after_s)}
    await refusal(Request(scope), status, document, headers)(scope, receive, send)
