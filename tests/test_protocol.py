"""Patience has an end: connections that send nothing, too slowly, too much, or never read."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.serving import shared_assistant, shared_settings
from web import protocol
from web.app import create_app
from web.running import running

SOON_S = 8.0  # generous: the limits below are a tenth of it


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name in ("HEADERS_S", "BODY_S", "WHOLE_S"):
        monkeypatch.setattr(protocol, name, 0.6)
    monkeypatch.setattr(protocol, "IDLE_S", 1)
    app = create_app(shared_assistant(), shared_settings(), chat=False)
    with running(app) as address:
        yield address


def connected(server: str) -> socket.socket:
    address = urlsplit(server)
    return socket.create_connection((str(address.hostname), address.port or 0), timeout=SOON_S)


def all_of(opened: socket.socket) -> bytes:
    """What comes until the other side closes."""
    pieces = []
    try:
        while piece := opened.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass
    return b"".join(pieces)


def send_slowly(opened: socket.socket, request: bytes) -> None:
    """A connection that was torn down is noticed by the second thing sent at the latest."""
    for _ in range(5):
        opened.sendall(request)
        time.sleep(0.1)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: 127.0.0.1\r\n",
        b"POST /api/ask HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n{",
        b"POST /api/ask HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n",
    ],
    ids=["nothing", "blank", "half the headers", "half the body", "half the pieces"],
)
def test_a_request_that_does_not_come_is_given_up(server: str, sent: bytes) -> None:
    begun = time.monotonic()
    with connected(server) as opened:
        opened.sendall(sent)
        reply = all_of(opened)
    assert time.monotonic() - begun < SOON_S
    assert reply.startswith(b"HTTP/1.1 408 ")
    assert b'"code": "timeout"' in reply


def test_one_letter_at_a_time_does_not_buy_more_time(server: str) -> None:
    begun = time.monotonic()
    with connected(server) as opened:
        try:
            for letter in b"GET /healthz HTTP/1.1\r\nx-slow: " + b"a" * 400:
                opened.sendall(bytes([letter]))
                time.sleep(0.05)
        except (BrokenPipeError, ConnectionResetError):
            pass
    assert time.monotonic() - begun < SOON_S


def test_fifty_slow_sockets_are_gone_soon_and_others_are_served_meanwhile(server: str) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(server)) for _ in range(50)]
        for opened in slow:
            opened.sendall(b"POST /api/ask HTTP/1.1\r\nhost: a\r\ncontent-length: 50\r\n\r\n")
        assert httpx2.get(server + "/healthz", timeout=SOON_S).status_code == 200
        begun = time.monotonic()
        assert {all_of(opened)[:12] for opened in slow} == {b"HTTP/1.1 408"}
        assert time.monotonic() - begun < SOON_S


def test_headers_without_end_are_431(server: str) -> None:
    with connected(server) as opened:
        try:
            opened.sendall(b"GET / HTTP/1.1\r\nhost: a\r\nx: " + b"a" * 400_000)
        except (BrokenPipeError, ConnectionResetError):
            return
        assert all_of(opened)[:12] in (b"HTTP/1.1 431", b"")


def test_whoever_never_reads_the_reply_is_let_go(server: str) -> None:
    with connected(server) as opened:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        request = b"GET /api/notices/xuchang-mzj-2024 HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n"
        opened.sendall(request * 200)
        time.sleep(2.5)
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            send_slowly(opened, request)


def test_what_is_no_http_is_told_so_in_the_promised_form(server: str) -> None:
    with connected(server) as opened:
        opened.sendall(b"\x16\x03\x01 garbage\r\n\r\n")
        reply = all_of(opened)
    assert reply.startswith(b"HTTP/1.1 400 ")
    assert b'"code": "not_http"' in reply


def test_more_connections_than_are_served_are_told_so(
    server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "CONNECTIONS", 3)
    monkeypatch.setattr(protocol, "HEADERS_S", SOON_S)
    with ExitStack() as stack:
        for _ in range(3):
            stack.enter_context(connected(server))
        time.sleep(0.2)
        with connected(server) as opened:
            reply = all_of(opened)
    assert reply.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after" in reply


def test_a_kept_connection_serves_several_requests(server: str) -> None:
    with httpx2.Client(base_url=server) as client:
        for _ in range(3):
            assert client.get("/healthz").status_code == 200
            time.sleep(0.4)
