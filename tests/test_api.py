"""The HTTP contract, through the application without a chat; a real server where bytes count."""

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import IndexStoreError
from index.settings import Settings
from tests.serving import NOTICE, QUESTION, shared_assistant, shared_server, shared_settings
from web.app import create_app
from web.guard import BODY_LIMIT

LOCAL = "http://127.0.0.1"
ANSWER_FIELDS = {
    "question",
    "understood_as",
    "status",
    "reason",
    "opening",
    "text",
    "citations",
    "confidence",
    "suggestions",
    "notice",
    "timings_ms",
}


@pytest.fixture(scope="module")
def api() -> Iterator[TestClient]:
    app = create_app(
        shared_assistant(), shared_settings(), chat=False, allowed_hosts=("127.0.0.1",)
    )
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def unready() -> Iterator[TestClient]:
    error = IndexStoreError("no index in var/index", hint="run: python -m index build")
    app = create_app(None, Settings(), unavailable=error, chat=False)
    with TestClient(app, base_url=LOCAL, raise_server_exceptions=False) as client:
        yield client


def error_of(reply: Any) -> dict[str, str]:
    document = reply.json()
    assert set(document) == {"error"}
    assert set(document["error"]) == {"code", "message", "hint"}
    assert "Traceback" not in reply.text
    return dict(document["error"])


# Answers


def test_ask_gives_the_promised_fields_and_quotes_at_their_offsets(api: TestClient) -> None:
    answer = api.post("/api/ask", json={"question": QUESTION}).json()
    assert set(answer) == ANSWER_FIELDS
    assert answer["status"] == "answered"
    assert answer["citations"][0]["id"] == f"{NOTICE}/37.2"
    assert "由15分钟简化为5分钟" in answer["citations"][0]["quote"]
    text = api.get(f"/api/notices/{NOTICE}").json()["text"]
    for citation in answer["citations"]:
        assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_why_comes_only_when_asked_for(api: TestClient) -> None:
    assert "why" not in api.post("/api/ask", json={"question": QUESTION}).json()
    assert "why" in api.post("/api/ask?explain=1", json={"question": QUESTION}).json()


def test_the_frame_speaks_the_language_that_was_asked_for(api: TestClient) -> None:
    body = {"question": QUESTION, "language": "en"}
    assert "notice" in api.post("/api/ask", json=body).json()["text"]


def test_a_stream_sends_status_then_citations_then_text_then_the_whole(api: TestClient) -> None:
    reply = api.post("/api/ask?stream=1", json={"question": QUESTION})
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [block.split("\n") for block in reply.text.strip().split("\n\n")]
    assert [name for name, _ in events] == [
        "event: status",
        "event: citations",
        "event: text",
        "event: answer",
    ]
    data = [json.loads(line.removeprefix("data: ")) for _, line in events]
    assert data[0]["status"] == data[3]["status"] == "answered"
    assert data[1] == data[3]["citations"]
    assert data[2]["text"] == data[3]["text"]


def test_a_stream_refuses_like_any_other_request(api: TestClient) -> None:
    reply = api.post("/api/ask?stream=1", json={"question": " "})
    assert reply.status_code == 422
    assert error_of(reply)["code"] == "question_empty"


def test_search_ranks_passages_and_understands_pinyin(api: TestClient) -> None:
    found = api.get("/api/search", params={"q": "gaolingjintie", "limit": 3}).json()
    assert found["query"] == "gaolingjintie"
    assert 0 < len(found["results"]) <= 3
    assert any("高龄津贴" in hit["quote"] for hit in found["results"])
    scores = [hit["score"] for hit in found["results"]]
    assert scores == sorted(scores, reverse=True)


def test_a_blank_search_finds_nothing(api: TestClient) -> None:
    assert api.get("/api/search", params={"q": "  "}).json()["results"] == []


# Refusals


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "body_not_json"),
        (b"", 422, "field_missing"),
        (b"[]", 422, "body_invalid"),
        (b"{}", 422, "field_missing"),
        (b'{"question": 5}', 422, "question_not_text"),
        (b'{"question": null}', 422, "question_not_text"),
        (b'{"question": ["a"]}', 422, "question_not_text"),
        (b'{"question": ""}', 422, "question_empty"),
        (b'{"question": " \\u200b\\n"}', 422, "question_empty"),
        (b'{"question": "\\ud800"}', 422, "question_not_text"),
        (json.dumps({"question": "问" * 301}).encode(), 422, "question_too_long"),
        (b'{"question": "x", "history": "y"}', 422, "history_invalid"),
        (b'{"question": "x", "history": [5]}', 422, "history_invalid"),
        (b'{"question": "x", "history": ["\\udc00"]}', 422, "history_invalid"),
        (json.dumps({"question": "x", "history": ["y"] * 201}).encode(), 422, "history_invalid"),
        (json.dumps({"question": "x", "history": ["y"] * 10000}).encode(), 422, "history_invalid"),
        (json.dumps({"question": "x", "history": ["问" * 5000]}).encode(), 422, "history_invalid"),
        (b'{"question": "x", "language": "fr"}', 422, "language_invalid"),
        (b"[" * 100_000, 400, "body_not_json"),
        (b"\xff\xfe", 400, "body_not_json"),
    ],
)
def test_a_wrong_question_is_refused_by_name(
    api: TestClient, body: bytes, status: int, code: str
) -> None:
    headers = {"content-type": "application/json"}
    reply = api.post("/api/ask", content=body, headers=headers)
    assert (reply.status_code, error_of(reply)["code"]) == (status, code)


def test_invisible_characters_are_stripped_not_refused(api: TestClient) -> None:
    reply = api.post("/api/ask", json={"question": "\u202e火化\u200b手续现在\x00要多久\ufeff"})
    assert reply.status_code == 200
    assert reply.json()["citations"][0]["id"] == f"{NOTICE}/37.2"


def test_a_body_that_does_not_say_it_is_json_is_refused(api: TestClient) -> None:
    reply = api.post("/api/ask", content=b'{"question": "x"}', headers={"content-type": "a/b"})
    assert (reply.status_code, error_of(reply)["code"]) == (415, "body_not_json")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/ask", 405, "method_not_allowed"),
        ("DELETE", "/api/notices", 405, "method_not_allowed"),
        ("GET", "/api/nothing", 404, "not_found"),
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/api/notices/nothing", 404, "not_found"),
        ("GET", "/api/notices/nothing/findings", 404, "not_found"),
        ("GET", f"/api/notices/{NOTICE}/findings/40", 404, "not_found"),
        ("GET", f"/api/notices/{NOTICE}/findings/x", 404, "not_found"),
        ("GET", f"/api/passages/{NOTICE}/37.9", 404, "not_found"),
        ("GET", "/api/passages/nothing/37.2", 404, "not_found"),
        ("GET", "/api/search", 422, "field_missing"),
        ("GET", "/api/search?q=a&limit=0", 422, "limit_invalid"),
        ("GET", "/api/search?q=a&limit=a", 422, "limit_invalid"),
        ("GET", "/api/search?q=" + "a" * 301, 422, "q_invalid"),
        ("GET", f"/api/notices/{NOTICE}/findings?date_from=2024-13", 422, "date_from_invalid"),
        ("GET", "/ui/nothing.css", 404, "not_found"),
        ("GET", "/notice/nothing", 404, "not_found"),
        ("GET", "/v1/models/other", 404, "not_found"),
    ],
)
def test_every_other_refusal_has_the_same_form(
    api: TestClient, method: str, path: str, status: int, code: str
) -> None:
    reply = api.request(method, path)
    assert (reply.status_code, error_of(reply)["code"]) == (status, code)


def test_a_browser_gets_a_page_instead(api: TestClient) -> None:
    reply = api.get("/nothing", headers={"accept": "text/html"})
    assert reply.status_code == 404
    assert "没有这个页面" in reply.text


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    body=json_values
    | st.fixed_dictionaries({"question": json_values | st.text(max_size=320)})
    | st.fixed_dictionaries({"question": st.text(max_size=20), "history": json_values})
)
def test_no_json_whatsoever_breaks_the_door(api: TestClient, body: Any) -> None:
    content = json.dumps(body).encode()
    reply = api.post("/api/ask", content=content, headers={"content-type": "application/json"})
    assert reply.status_code in (200, 400, 422)
    if reply.status_code != 200:
        error_of(reply)


# The guard


@pytest.mark.parametrize("chunked", [False, True])
def test_ten_megabytes_are_refused_without_being_kept(chunked: bool) -> None:
    address = urlsplit(shared_server())
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=20)
    piece = b"a" * 65536
    headers = {"content-type": "application/json"}
    if not chunked:
        headers["content-length"] = str(len(piece) * 160)
    connection.putrequest("POST", "/api/ask")
    for name, value in (headers | ({"transfer-encoding": "chunked"} if chunked else {})).items():
        connection.putheader(name, value)
    connection.endheaders()
    try:
        for _ in range(BODY_LIMIT // len(piece) + 2 if chunked else 0):
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
    except (BrokenPipeError, ConnectionResetError):
        pass
    reply = connection.getresponse()
    assert reply.status == 413
    assert json.loads(reply.read())["error"]["code"] == "body_too_large"
    connection.close()


def test_a_foreign_host_is_not_answered(api: TestClient) -> None:
    reply = api.get("/healthz", headers={"host": "evil.example"})
    assert (reply.status_code, error_of(reply)["code"]) == (400, "foreign_host")


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1.evil.example"])
def test_a_foreign_origin_may_not_post(api: TestClient, origin: str) -> None:
    reply = api.post("/api/ask", json={"question": QUESTION}, headers={"origin": origin})
    assert (reply.status_code, error_of(reply)["code"]) == (403, "foreign_origin")


def test_replies_carry_safe_headers_and_allow_no_other_site(api: TestClient) -> None:
    headers = api.get(f"/notice/{NOTICE}").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "http" not in headers["content-security-policy"]
    assert "access-control-allow-origin" not in headers


# Structure


def found_numbers(api: TestClient, **filters: str) -> list[int]:
    document = api.get(f"/api/notices/{NOTICE}/findings", params=filters).json()
    assert document["total"] == 39
    assert document["count"] == len(document["findings"])
    return [finding["number"] for finding in document["findings"]]


@pytest.mark.parametrize(
    ("filters", "numbers"),
    [
        ({}, list(range(1, 40))),
        ({"place": "鄢陵县"}, [12, 22]),
        ({"text": "人脸识别"}, [27]),
        ({"text": "人臉識別 许昌时刻"}, [27]),
        ({"document": "机关财务管理的规定"}, [28]),
        ({"document": "专项资金管理办法"}, [4, 31]),
        ({"organisation": "殡仪馆", "text": "自捡炉"}, [37]),
        ({"date_from": "2023-08", "date_to": "2023-08", "text": "津贴"}, [27]),
        ({"date_from": "2024-10-23", "date_to": "2024-10-23", "text": "棺木"}, [22]),
        ({"date_from": "2024-11", "date_to": "2024-11"}, [6, 16, 17, 22, 27, 32, 33]),
        ({"text": "没有这样的话"}, []),
    ],
)
def test_filters_list_every_finding_that_meets_them(
    api: TestClient, filters: dict[str, str], numbers: list[int]
) -> None:
    assert found_numbers(api, **filters) == numbers


def test_a_finding_says_where_the_filter_holds(api: TestClient) -> None:
    params = {"text": "人脸识别"}
    document = api.get(f"/api/notices/{NOTICE}/findings", params=params).json()
    text = api.get(f"/api/notices/{NOTICE}").json()["text"]
    matches = document["findings"][0]["matches"]
    assert matches
    assert {text[start:end] for start, end in matches} == {"人脸识别"}


def test_one_finding_has_its_measures_and_facts(api: TestClient) -> None:
    finding = api.get(f"/api/notices/{NOTICE}/findings/37").json()
    assert [measure["id"] for measure in finding["measures"]] == [
        f"{NOTICE}/37.{order}" for order in (1, 2, 3, 4)
    ]
    assert "5分钟" in {fact["text"] for fact in finding["facts"] if fact["kind"] == "figure"}


def test_a_notice_gives_its_text_and_the_span_of_every_passage(api: TestClient) -> None:
    document = api.get(f"/api/notices/{NOTICE}").json()
    assert document["findings"] == 39
    ids = [passage["id"] for passage in document["passages"]]
    assert len(ids) == len(set(ids)) == 118 + 33
    one = next(p for p in document["passages"] if p["id"] == f"{NOTICE}/37.2")
    passage = api.get(f"/api/passages/{NOTICE}/37.2").json()
    assert document["text"][one["start"] : one["end"]] == passage["text"]
    assert passage["text"].startswith("二是在逝者及承办人")
    listed = api.get("/api/notices").json()["notices"]
    assert [notice["id"] for notice in listed] == [NOTICE]


# Operation


def test_the_server_says_that_it_is_alive_and_ready(api: TestClient) -> None:
    assert api.get("/healthz").json() == {"status": "alive"}
    assert api.get("/readyz").json()["notices"] == [NOTICE]


@pytest.mark.parametrize("path", ["/readyz", "/api/notices", "/api/search?q=a"])
def test_without_an_index_it_names_the_command_that_mends_it(
    unready: TestClient, path: str
) -> None:
    reply = unready.get(path)
    assert (reply.status_code, error_of(reply)["code"]) == (503, "index_unusable")
    assert "python -m index build" in error_of(reply)["hint"]
    assert unready.get("/healthz").status_code == 200


def test_without_an_index_pages_say_so_in_chinese(unready: TestClient) -> None:
    reply = unready.get("/plain", headers={"accept": "text/html"})
    assert reply.status_code == 503
    assert "暂时答不了" in reply.text


def test_metrics_count_routes_and_answers_but_never_hold_a_question(api: TestClient) -> None:
    api.post("/api/ask", json={"question": QUESTION})
    api.get("/some/secret/address")
    text = api.get("/metrics").text
    assert 'tongbao_requests_total{route="/api/ask",status="200"}' in text
    assert 'tongbao_answers_total{door="api",reason="",status="answered"}' in text
    assert "tongbao_request_seconds_bucket" in text
    assert "火化" not in text
    assert "secret" not in text


def test_openapi_describes_what_is_promised_and_docs_show_it(api: TestClient) -> None:
    paths = api.get("/openapi.json").json()["paths"]
    for path in ("/api/ask", "/api/search", "/api/verify", "/api/feedback", "/readyz", "/metrics"):
        assert path in paths
    page = api.get("/docs")
    assert page.status_code == 200
    for path in paths:
        assert path in page.text
    assert "https://" not in page.text
