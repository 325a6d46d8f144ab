"""What the log says, what it never says, and the handlers that other packages would add."""

import io
import json
import logging
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from index.settings import Settings
from tests.serving import QUESTION, shared_assistant, shared_settings
from web import log
from web.app import create_app

PHONE = "13812345678"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What our handler writes; the handlers of the tests come back afterwards."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    written = io.StringIO()
    log.configure(written)
    yield written
    root.handlers[:] = before
    root.setLevel(level)


@pytest.fixture
def client() -> TestClient:
    app = create_app(shared_assistant(), shared_settings(), chat=False)

    @app.get("/breaks/{number}")
    def breaks(number: int) -> None:
        quoted = PHONE
        raise ValueError(f"about {quoted}")

    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_making_the_server_leaves_the_root_logger_without_another_handler() -> None:
    before = list(logging.getLogger().handlers)
    create_app(None, Settings(), chat=False)
    assert logging.getLogger().handlers == before


def test_an_unexpected_error_is_one_line_without_the_sender_s_words(
    client: TestClient, stream: io.StringIO
) -> None:
    reply = client.get("/breaks/7", headers={"user-agent": PHONE})
    failed = [line for line in lines(stream) if line["level"] == "error"]
    assert len(failed) == 1
    assert failed[0]["error"] == "ValueError"
    assert failed[0]["route"] == "/breaks/{number}"
    assert re.search(r"tests/test_log\.py:\d+ breaks", failed[0]["where"])
    assert PHONE not in stream.getvalue()
    assert len(stream.getvalue()) < 2000
    identifier = reply.headers["x-request-id"]
    assert failed[0]["request_id"] == identifier
    assert identifier in reply.json()["error"]["hint"]


def test_a_500_carries_the_headers_of_every_reply(client: TestClient) -> None:
    failed, fine = client.get("/breaks/7"), client.get("/healthz")
    assert failed.status_code == 500
    assert set(failed.json()["error"]) == {"code", "message", "hint"}
    for name in fine.headers.keys() - {"content-length", "x-request-id"}:
        assert failed.headers[name] == fine.headers[name]
    assert "content-security-policy" in failed.headers
    page = client.get("/breaks/7", headers={"accept": "text/html"})
    assert page.headers["x-frame-options"] == "SAMEORIGIN"


def test_every_reply_has_a_request_id_and_none_of_the_sender_s_making(client: TestClient) -> None:
    first, second = (client.get("/nothing", headers={"x-request-id": "<b>"}) for _ in range(2))
    assert first.headers["x-request-id"] != second.headers["x-request-id"] != "<b>"
    foreign = client.post("/api/ask", json={}, headers={"origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert foreign.headers["x-request-id"]


def test_a_request_is_one_line_with_its_route_and_neither_question_nor_address(
    client: TestClient, stream: io.StringIO
) -> None:
    client.post("/api/ask", json={"question": f"{QUESTION} {PHONE}"})
    client.get(f"/api/search?q={PHONE}")
    client.get(f"/some/{PHONE}")
    found = [line for line in lines(stream) if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in found] == [
        ("/api/ask", 200),
        ("/api/search", 200),
        ("other", 404),
    ]
    assert all(line["ms"] >= 0 and line["request_id"] for line in found)
    for secret in (PHONE, "火化", "testclient", "127.0.0.1"):
        assert secret not in stream.getvalue()


def test_on_a_terminal_a_line_is_key_and_value_and_still_one(stream: io.StringIO) -> None:
    written = Terminal()
    log.configure(written)
    logging.getLogger("tongbao.x").error("two\nlines", extra={"route": "/a b"})
    assert written.getvalue().count("\n") == 1
    assert 'event="two lines"' in written.getvalue()
    assert 'route="/a b"' in written.getvalue()


def test_what_the_machine_says_is_told_and_other_words_are_not() -> None:
    assert log.harmless_words(OSError(28, "No space left on device", PHONE)) == (
        "No space left on device"
    )
    assert log.harmless_words(ValueError(PHONE)) == ""
