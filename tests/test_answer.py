"""The Answer's JSON form, and the proof of its quotes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from assistant.answer import Answer, Citation, NoticeReference, UnprovenQuoteError, prove
from index.notice import Notice

NAME = "qingshan-2023"


@pytest.fixture
def citation(small_notice: Notice) -> Citation:
    start = small_notice.text.index("二是增设")
    end = small_notice.text.index(";", start) + 1
    quote = small_notice.text[start:end]
    return Citation(f"{NAME}/1.2", "第1项", quote, start, end, ((start + 4, start + 8),), 0.5)


@pytest.fixture
def answer(citation: Citation, small_notice: Notice) -> Answer:
    reference = NoticeReference(NAME, "公告", "2023-09-30", small_notice.sha256)
    return Answer(
        question="座位有多少",
        understood_as="座位有多少",
        status="answered",
        reason=None,
        opening="通报写明：增设自习座位80个。",
        text="通报写明：增设自习座位80个。\n【第1项】二是增设自习座位80个,全部免费;",
        citations=(citation,),
        confidence=0.9,
        suggestions=("几点开门?",),
        notice=reference,
        timings_ms={"total": 1.0},
    )


def test_the_json_form_has_the_promised_fields_in_order(answer: Answer) -> None:
    document = answer.to_json()
    assert list(document) == [
        *("question", "understood_as", "status", "reason", "opening", "text", "citations"),
        *("confidence", "suggestions", "notice", "timings_ms"),
    ]
    assert list(document["citations"][0]) == [
        *("id", "label", "quote", "start", "end", "highlights", "score"),
    ]
    assert list(document["notice"]) == ["id", "title", "issued", "sha256"]
    assert json.loads(json.dumps(document)) == document


def test_an_id_comes_first_and_why_last(answer: Answer) -> None:
    document = replace(answer.with_id("a017"), why={"terms": []}).to_json()
    assert (next(iter(document)), document["id"]) == ("id", "a017")
    assert list(document)[-1] == "why"


def test_a_quote_at_its_offsets_is_proved(citation: Citation, small_notice: Notice) -> None:
    prove((citation,), {NAME: small_notice})
    prove((), {})


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "二是增设自习座位90个,全部免费;"},
        {"quote": ""},
        {"start": -1},
        {"id": "elsewhere/1.2"},
        {"highlights": ((0, 3),)},
        {"highlights": ((10**6, 10**6 + 1),)},
    ],
)
def test_a_quote_that_is_not_there_is_refused(
    citation: Citation, small_notice: Notice, change: dict[str, Any]
) -> None:
    with pytest.raises(UnprovenQuoteError):
        prove((replace(citation, **change),), {NAME: small_notice})


def test_offsets_counted_from_the_end_prove_nothing(
    citation: Citation, small_notice: Notice
) -> None:
    size = len(small_notice.text)
    behind = replace(citation, start=citation.start - size, end=citation.end - size, highlights=())
    assert small_notice.text[behind.start : behind.end] == behind.quote
    with pytest.raises(UnprovenQuoteError, match="not at its offsets"):
        prove((behind,), {NAME: small_notice})


def test_an_empty_highlight_is_refused(citation: Citation, small_notice: Notice) -> None:
    empty = replace(citation, highlights=((citation.start, citation.start),))
    with pytest.raises(UnprovenQuoteError, match="outside the quote"):
        prove((empty,), {NAME: small_notice})
