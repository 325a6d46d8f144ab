"""The door in front of Gradio: its whole list of routes, and bodies that are no question."""

import json
import re
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from tests.serving import QUESTION, finished, shared_assistant, shared_server, shared_settings
from web.app import create_app
from web.chat_door import ASK, LONGEST_BODY, Door

FILE = {"path": "/dev/zero", "meta": {"_type": "gradio.FileData"}}
URL = {"path": "http://127.0.0.1:9/x", "url": "http://127.0.0.1:9/x", "meta": FILE["meta"]}
# What a route's parameters are filled with, one set a round.
FILLED = ("0", "predict", "ask", "../../etc/passwd", "/etc/passwd", "http://127.0.0.1:9/x")
BODIES: tuple[Any, ...] = (
    {"data": [FILE, "{}"]},
    {"data": [QUESTION, FILE]},
    {"data": [URL, URL]},
    {"data": ["a", "{}"], "fn_index": 0},
    {"data": ["a", "{}"], "session_hash": "x"},
    {"event_id": "x", "data": []},
    {"prompt": "x", "code": "x"},
    [],
    None,
)


class Spy:
    """Stands where Gradio stands and notes what would have reached it."""

    def __init__(self) -> None:
        self.reached: list[tuple[str, str, bytes, bytes]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive()).get("body", b"") if scope["method"] == "POST" else b""
        self.reached.append((scope["method"], scope["path"], scope["query_string"], body))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})


def every_route(router: Any) -> Iterator[Route]:
    """Those of included routers too, which newer versions of fastapi keep folded."""
    for route in router.routes:
        if isinstance(route, Route):
            yield route
        elif hasattr(route, "original_router"):
            yield from every_route(route.original_router)


@cache
def chat_door() -> tuple[TestClient, Door, list[Route]]:
    """A server whose Gradio is a spy, and the list of routes of the Gradio it would have."""

    async def made() -> Any:
        return create_app(shared_assistant(), shared_settings())

    app = finished(made)
    mount = app.router.routes[-1]
    assert isinstance(mount, Mount)
    assert isinstance(mount.app, Door)
    gradio_app: Any = mount.app._gradio
    routes = list(every_route(gradio_app.router))
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    return client, mount.app, routes


@pytest.fixture
def spied(monkeypatch: pytest.MonkeyPatch) -> tuple[TestClient, Spy]:
    client, door, _ = chat_door()
    spy = Spy()
    monkeypatch.setattr(door, "_gradio", spy)
    return client, spy


def flattened(routes: list[Any]) -> list[tuple[str, str]]:
    return sorted({(m, route.path) for route in routes for m in route.methods or ()})


def test_of_gradio_s_whole_list_of_routes_only_what_the_page_uses_is_reached(
    spied: tuple[TestClient, Spy],
) -> None:
    client, spy = spied
    routes = flattened(chat_door()[2])
    assert len(routes) > 60
    for method, pattern in routes:
        if pattern == "/":
            continue
        for filled in FILLED:
            path = re.sub(r"\{[^}]*\}", filled, pattern)
            for body in BODIES if method == "POST" else (None,):
                reply = client.request(method, path, json=body)
                assert reply.status_code in (200, 403, 404, 405, 413, 415, 422), path
    allowed = re.compile(r"/theme\.css|/assets/[\w.\-]+|/")
    outside = [one for one in spy.reached if not allowed.fullmatch(one[1]) or one[0] == "POST"]
    assert outside == []


@pytest.mark.parametrize("body", BODIES, ids=repr)
def test_a_body_of_another_form_is_422_before_gradio_sees_it(
    spied: tuple[TestClient, Spy], body: Any
) -> None:
    client, spy = spied
    reply = client.post(ASK, json=body)
    assert (reply.status_code, reply.json()["error"]["code"]) == (422, "body_invalid")
    assert spy.reached == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[" * 60_000,
        b'{"data": ["a", NaN]}',
        b'{"data": ["\\ud800", "{}"]}',
        b'{"data": ["a", "' + b"x" * LONGEST_BODY + b'"]}',
        b"\xff\xfe",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_bytes_that_are_no_question_are_422(spied: tuple[TestClient, Spy], body: bytes) -> None:
    client, spy = spied
    reply = client.post(ASK, content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 422
    assert spy.reached == []


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.just(FILE),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@settings(max_examples=100, deadline=None)
@given(body=values | st.fixed_dictionaries({"data": values | st.lists(values, max_size=3)}))
def test_gradio_never_gets_anything_but_two_strings(body: Any) -> None:
    client, door, _ = chat_door()
    spy, gradio = Spy(), door._gradio
    door._gradio = spy
    try:
        reply = client.post(ASK, json=body)
    finally:
        door._gradio = gradio
    assert reply.status_code in (200, 422)
    for _, _, _, passed in spy.reached:
        document = json.loads(passed)
        assert set(document) == {"data"}
        assert [type(one) for one in document["data"]] == [str, str]


def test_neither_a_query_nor_a_forwarding_header_reaches_gradio(
    spied: tuple[TestClient, Spy],
) -> None:
    client, spy = spied
    client.get("/theme.css?deep_link=x", headers={"x-forwarded-host": "evil.example"})
    assert [one[:3] for one in spy.reached] == [("GET", "/theme.css", b"")]


def test_a_file_record_in_place_of_text_leaves_the_server_as_it_was() -> None:
    server = shared_server()
    with httpx2.Client(base_url=server, timeout=10) as client:
        begun = time.monotonic()
        for data in ([FILE, FILE], [URL, URL], [{**FILE, "path": "/etc/passwd"}, "{}"]):
            assert client.post(ASK, json={"data": data}).status_code == 422
        assert client.get("/healthz").status_code == 200
        assert time.monotonic() - begun < 5
        carried = json.dumps({"number": 3, "question": QUESTION, "history": []})
        reply = client.post(ASK, json={"data": [QUESTION, carried]}).json()
    assert 'data-number="3"' in reply["data"][0]
    assert "由15分钟简化为5分钟" in re.sub(r"</?mark>", "", reply["data"][0])


def test_the_page_is_whole_with_its_files_and_an_asset_name_of_any_length_is_404() -> None:
    with httpx2.Client(base_url=shared_server(), timeout=30) as client:
        page = client.get("/?deep_link=../../x&__theme=dark")
        assert page.status_code == 200
        found = re.findall(r'(?:src|href)="\.?(/?(?:assets|theme)[^"]*)"', page.text)
        assert found
        for address in found:
            assert client.get("/" + address.lstrip("/")).status_code == 200, address
        assert client.get("/assets/" + "a" * 300 + ".js").status_code == 404
        assert client.get("/assets/%2e%2e/%2e%2e/etc/passwd").status_code == 404
