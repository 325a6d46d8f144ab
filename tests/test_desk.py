"""What the desk's server says: the line to read out, the hits, the ticket."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from assistant.answer import Answer, Citation, NoticeReference, Status
from index.notice import Notice
from tests.rooms import PASSWORD, add_people
from tests.serving import NOTICE, shared_assistant, shared_settings
from web.aloud import LONGEST, aloud, quoted, spoken_place
from web.app import create_app
from web.desk import _hits, ticket
from web.memory import Memory, open_memory

PHONE = "0374-2965034"


def answer(text: str, status: Status, reason: str | None = None) -> Answer:
    reference = NoticeReference("n", "", "", "")
    return Answer("问", "问", status, reason, text, text, (), 0.1, (), reference)


def cited(notice: Notice, identifier: str, *words: str) -> Citation:
    passage = shared_assistant().passages[f"{notice.id}/{identifier}"]
    starts = [notice.text.index(word, passage.start) for word in words]
    spans = tuple((start, start + len(word)) for start, word in zip(starts, words, strict=True))
    return Citation(passage.full_id, passage.label, passage.text, passage.start, passage.end, spans)


@pytest.fixture(scope="module")
def memory() -> Iterator[Memory]:
    opened = open_memory(shared_settings())
    add_people(opened)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def desk(memory: Memory) -> TestClient:
    app = create_app(shared_assistant(), shared_settings(), memory=memory, chat=False)
    client = TestClient(app, headers={"accept": "text/html"})
    csrf = re.search(r'name="csrf" value="(\w+)"', client.get("/login").text)
    assert csrf
    form = {"name": "接线员", "password": PASSWORD, "next": "/desk", "csrf": csrf[1]}
    page = client.post("/login", data=form)
    found = re.search(r'data-csrf="(\w+)"', page.text)
    assert found
    client.headers["x-csrf"] = found[1]
    return client


def find(desk: TestClient, query: str) -> dict[str, Any]:
    reply = desk.post("/desk/find", json={"query": query})
    assert reply.status_code == 200
    return dict(reply.json())


def test_the_line_quotes_the_clauses_that_answer_and_names_the_finding(
    real_notice: Notice,
) -> None:
    said = quoted(cited(real_notice, "37.2", "15分钟简化为5分钟"))
    assert said.startswith("通报第37项写明：")
    assert "办理手续时间已由15分钟简化为5分钟" in said
    assert len(said) <= LONGEST


def test_a_line_is_never_longer_than_a_breath_and_quotes_word_for_word() -> None:
    for passage in shared_assistant().passages.values():
        span = ((passage.start + 5, min(passage.start + 15, passage.end)),)
        hit = Citation(
            passage.full_id, passage.label, passage.text, passage.start, passage.end, span
        )
        said = quoted(hit)
        assert len(said) <= LONGEST
        assert said.partition("写明：")[2].removesuffix("。") in passage.text


@pytest.mark.parametrize(
    ("identifier", "place"),
    [
        ("n/37.2", "通报第37项"),
        ("n/13", "通报第13项"),
        ("n/preface", "通报开头"),
        ("n/next.2", "通报的下一步安排"),
        ("n/contact", "通报末尾"),
    ],
)
def test_places_are_spoken_as_people_count(identifier: str, place: str) -> None:
    assert spoken_place(identifier) == place


def test_where_the_notice_is_silent_the_line_says_so_and_whom_to_ask() -> None:
    silent = answer("通报没有写金额。", "not_stated", "amount_not_stated")
    assert aloud(silent, PHONE) == f"通报没有写金额。可打通报上的电话{PHONE}询问。"
    assert aloud(silent, None) == "通报没有写金额。"
    assert aloud(answer("长" * 61, "not_stated"), None) == "通报没有写这一点。"
    assert aloud(answer("不在通报里。", "out_of_scope"), PHONE) == "不在通报里。"
    assert aloud(answer("打120。" + "长" * 60, "out_of_scope", "emergency"), PHONE) == "打120。"


def test_a_ticket_holds_quote_finding_measure_title_and_date(real_notice: Notice) -> None:
    hit = cited(real_notice, "38.1")
    assert ticket(hit, real_notice) == (
        "“一是减免安葬费,大大地提高了安葬率。”\n"
        "——第38项 公墓安葬工作效率低·一是｜中共许昌市民政局党组 巡察整改情况｜2024-12-31"
    )


@pytest.mark.parametrize("typed", ["gaolingjintie", "gljt"])
def test_pinyin_and_initials_find_the_passages_and_a_line(desk: TestClient, typed: str) -> None:
    found = find(desk, typed)
    assert found["status"] == "near"
    assert {"27.1", "27.2"} <= {hit["short"] for hit in found["hits"]}
    assert "高龄津贴" in found["aloud"]


@pytest.mark.parametrize("typed", ["火化", "公墓", "高龄津贴", "日间照料"])
def test_a_fragment_that_stands_in_the_notice_is_never_called_absent(
    desk: TestClient, typed: str
) -> None:
    found = find(desk, typed)
    assert found["status"] != "out_of_scope"
    first = found["hits"][0]
    assert typed in first["label"] + first["quote"]
    assert 0 < len(found["aloud"]) <= LONGEST


def test_every_hit_is_word_for_word_and_stands_once(desk: TestClient, real_notice: Notice) -> None:
    hits = find(desk, "火化手续要多久")["hits"]
    assert hits
    assert len({hit["id"] for hit in hits}) == len(hits) <= 9
    for hit in hits:
        assert real_notice.text[hit["start"] : hit["end"]] == hit["quote"]
        assert hit["href"].startswith(f"/notice/{NOTICE}")
        assert hit["quote"] in hit["ticket"]


def test_nonsense_finds_nothing_and_a_blank_asks_nothing(desk: TestClient) -> None:
    nonsense = find(desk, "zzqx")
    assert (nonsense["status"], nonsense["hits"]) == ("out_of_scope", [])
    assert find(desk, "  ") | {"ms": 0} == {
        "status": "blank",
        "reason": None,
        "aloud": "",
        "hits": [],
        "ms": 0,
    }


@pytest.mark.parametrize("query", ["\ud800", "\0", "'\"><script>", "%" * 300])
def test_odd_input_breaks_nothing(desk: TestClient, query: str) -> None:
    reply = desk.post(
        "/desk/find",
        content=json.dumps({"query": query}),
        headers={"content-type": "application/json"},
    )
    assert reply.status_code in (200, 422)


def test_a_call_ends_with_its_outcome_and_a_marked_passage_reaches_the_board(
    desk: TestClient, memory: Memory
) -> None:
    call = desk.post("/desk/call").json()["call"]
    body = {"outcome": "not_stated", "note": "问单价13812345678", "searches": ["火化多少钱"]}
    assert desk.post(f"/desk/call/{call}/end", json=body).status_code == 200
    assert desk.post("/desk/call/99999/end", json=body).status_code == 404
    assert desk.post(f"/desk/call/{call}/end", json=body | {"outcome": "x"}).status_code == 422
    mark = {"query": "火化", "passage": f"{NOTICE}/37.2", "missing": False, "note": "旧"}
    assert desk.post("/desk/mark", json=mark).status_code == 201
    assert desk.post("/desk/mark", json=mark | {"passage": "99.9"}).status_code == 404
    items = {(item.kind, item.question, item.passage) for item in memory.board()}
    assert {
        ("call_not_stated", "问单价〔电话〕", ""),
        ("passage_wrong", "火化", "37.2"),
    } <= items


def test_an_emergency_on_the_desk_is_the_numbers_and_no_passage() -> None:
    given = shared_assistant().ask("老人倒在地上喊不应了快来人")
    assert given.reason == "emergency"
    found = shared_assistant().search("老人倒在地上喊不应了快来人")
    assert _hits(given, found, given.question) == []
    assert "120" in aloud(given, "0374-2965034")
    assert "0374-2965034" not in aloud(given, "0374-2965034")
