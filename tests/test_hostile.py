"""What nobody should send: each a refusal of the fitting kind, never a failure of the server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as many
from hypothesis import strategies as st
from starlette.websockets import WebSocketDisconnect

from index.settings import Settings
from tests.serving import NOTICE, shared_assistant, shared_server
from web.app import create_app
from web.guard import ADDRESS_LIMIT, HEADER_LIMIT
from web.memory import Memory

BIG = 10**30


@pytest.fixture(scope="module")
def rooms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, str]]:
    """Someone of the staff, signed in, and the token of their forms."""
    settings = Settings(data=Path(tmp_path_factory.mktemp("rooms")))
    memory = Memory(settings.database_url)
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    memory.add_user("王芳", quick.hash("correct horse"), "staff")
    app = create_app(shared_assistant(), settings, memory=memory, chat=False)
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        page = client.get("/login").text
        form = {"name": "王芳", "password": "correct horse", "csrf": token(page), "next": "/desk"}
        desk = client.post("/login", data=form)
        assert desk.status_code == 200
        yield client, token(desk.text)
    memory.close()


def token(page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize("host", ["[", "[::1", "a b", "a/b", "a@b", "127.0.0.1:99999999", "\xe9"])
def test_a_host_that_is_no_name_is_400(rooms: tuple[TestClient, str], host: str) -> None:
    for path in ("/healthz", "/plain", "/v1/models"):
        reply = rooms[0].get(path, headers=[(b"host", host.encode("latin-1"))])
        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "host_invalid")


@pytest.mark.parametrize(
    "origin", ["http://[", "http://[::1", "null", "http://127.0.0.1:8", "\xe9"]
)
def test_an_origin_that_is_no_place_is_403(rooms: tuple[TestClient, str], origin: str) -> None:
    headers: Any = {"origin": origin.encode("latin-1")}
    assert rooms[0].post("/api/ask", json={"question": "x"}, headers=headers).status_code == 403


@pytest.mark.parametrize("path", ["/", "/mcp", "/gradio_api/queue/data", "/nothing"])
def test_a_websocket_is_refused(rooms: tuple[TestClient, str], path: str) -> None:
    with pytest.raises(WebSocketDisconnect), rooms[0].websocket_connect(path):
        pass


def test_a_websocket_gets_403_from_the_real_server() -> None:
    headers = {
        "connection": "upgrade",
        "upgrade": "websocket",
        "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
        "sec-websocket-version": "13",
    }
    assert httpx2.get(shared_server() + "/", headers=headers).status_code == 403


def test_what_is_larger_than_its_limit_is_named(rooms: tuple[TestClient, str]) -> None:
    client, _ = rooms
    long = client.get("/api/search?q=" + "a" * ADDRESS_LIMIT)
    assert (long.status_code, long.json()["error"]["code"]) == (414, "address_too_long")
    wide = client.get("/healthz", headers={"x-a": "a" * HEADER_LIMIT})
    assert (wide.status_code, wide.json()["error"]["code"]) == (431, "headers_too_large")
    many_headers = client.get("/healthz", headers={f"x-{n}": "a" for n in range(90)})
    assert many_headers.status_code == 431


@pytest.mark.parametrize("name", ["a" * 256, "a" * 3000, "%00", "..%2f..%2fetc%2fpasswd", "a%5c.."])
def test_no_name_of_a_file_is_more_than_not_found(rooms: tuple[TestClient, str], name: str) -> None:
    for path in (f"/ui/{name}", f"/ui/{name}.css", f"/assets/{name}", f"/notice/{name}"):
        assert rooms[0].get(path).status_code == 404, path


@pytest.mark.parametrize(
    ("path", "form"),
    [
        ("/plain", "question=a&" * 200),
        ("/plain", "earlier=a&" * 2000),
        ("/login", "csrf=a&" * 2000),
        ("/login", "name=%00&name=%ff&csrf=%ed%a0%80"),
        ("/logout", "csrf=a&csrf=b"),
    ],
)
def test_a_field_sent_again_and_again_is_refused(
    rooms: tuple[TestClient, str], path: str, form: str
) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert 400 <= rooms[0].post(path, content=form, headers=headers).status_code < 500


@pytest.mark.parametrize(
    "body",
    [
        b'{"question": NaN, "helpful": true, "query": NaN, "text": NaN, "messages": NaN}',
        b'{"question": "\\ud800", "helpful": true, "query": "\\ud800", "text": "\\ud800",'
        b' "messages": [{"role": "user", "content": "\\ud800"}], "missing": true}',
        b'{"question": "x", "helpful": true, "note": "\\udfff", "query": "x", "missing": true,'
        b' "passage": "\\udfff", "text": "\\ud800 x", "outcome": "answered", "searches": ["\\ud800"],'
        b' "messages": [{"role": "user", "content": [{"type": "text", "text": "\\ud800"}]}]}',
        b'{"question": ' + b"9" * 5000 + b"}",
        b'{"a": ' * 5000,
        b"[Infinity, -Infinity]",
    ],
    ids=range(6),
)
@pytest.mark.parametrize(
    "path",
    ["/api/ask", "/api/feedback", "/api/verify", "/v1/chat/completions", "/desk/find",
     "/desk/mark", "/desk/call/1/end", "/mcp"],
)  # fmt: skip
def test_what_is_no_text_and_no_number_is_refused(
    rooms: tuple[TestClient, str], path: str, body: bytes
) -> None:
    client, csrf = rooms
    headers = {
        "content-type": "application/json",
        "accept": "application/json, text/event-stream",
        "x-csrf": csrf,
    }
    expected = range(200, 500) if b'"question": "x"' in body or path == "/mcp" else range(400, 500)
    assert client.post(path, content=body, headers=headers).status_code in expected


@pytest.mark.parametrize("number", [BIG, 2**31, 2**63, 0, -1, "²", "1e9", "%00"])
def test_a_number_out_of_range_is_nobody_s(
    rooms: tuple[TestClient, str], number: int | str
) -> None:
    client, csrf = rooms
    ended = client.post(
        f"/desk/call/{number}/end", json={"outcome": "answered"}, headers={"x-csrf": csrf}
    )
    decided = client.post(f"/staff/words/{number}", data={"csrf": csrf, "decision": "rejected"})
    assert (ended.status_code, decided.status_code) == (422, 422)
    board = {"csrf": csrf, "items": f"{number},²,{BIG}", "status": "planned"}
    assert client.post("/staff/board", data=board).status_code == 200
    assert client.get(f"/staff?month_from={number}").status_code in (200, 422)
    assert client.get(f"/notice/{NOTICE}?mark={number}-{number}").status_code == 200


addresses = st.sampled_from(
    ["/", "/plain", "/api/ask", "/api/search", "/api/verify", "/api/feedback", "/desk", "/desk/find",
     "/desk/mark", "/desk/call", "/desk/call/1/end", "/staff", "/staff/board", "/staff/words",
     "/staff/words/1", "/staff/verify", "/staff/log", "/staff/glance", "/staff/export.csv", "/login",
     "/v1/models", "/v1/models/x", "/v1/chat/completions", f"/notice/{NOTICE}", "/docs", "/metrics",
     f"/api/notices/{NOTICE}/findings", f"/api/passages/{NOTICE}/37.2", "/openapi.json"]
)  # fmt: skip
names = st.sampled_from(
    ["question", "history", "query", "q", "limit", "text", "helpful", "note", "outcome", "missing",
     "passage", "csrf", "items", "status", "kind", "act", "word", "terms", "decision", "messages",
     "mark", "place", "date_from", "month_from", "lang", "stream", "next", "name", "password"]
)  # fmt: skip
odd = st.sampled_from(
    ["", "\0", "\ufeff", "<b>", "'; --", "%", "²", "-1", "1" * 400, "🀄", "a\r\nb"]
)
values = st.text(max_size=12) | odd


@many(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"]),
    path=addresses,
    sent=st.dictionaries(names, values | st.lists(values, max_size=3), max_size=4),
    query=st.dictionaries(names, values, max_size=3),
    form=st.booleans(),
)
def test_no_request_whatsoever_makes_the_server_fail(
    rooms: tuple[TestClient, str],
    method: str,
    path: str,
    sent: dict[str, Any],
    query: dict[str, str],
    form: bool,
) -> None:
    client, csrf = rooms
    document: dict[str, Any] = {"csrf": csrf} | sent
    encoded = {"data": document} if form else {"content": json.dumps(document)}
    kind = {} if form else {"content-type": "application/json"}
    query = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    reply = client.request(
        method, path, params=query, headers={"x-csrf": csrf} | kind, follow_redirects=False, **encoded
    )  # fmt: skip
    assert reply.status_code < 500, (method, path, sent, query, reply.text[:300])
