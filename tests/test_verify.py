"""A pasted text against the notice: word for word, or the characters that differ."""

import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.verify import MAX_LENGTH, Verification, verify
from index.chinese import worded
from index.errors import QuestionError
from index.notice import Notice, parse
from index.passages import cut
from tests.conftest import SHIPPED
from tests.serving import shared_assistant, shared_settings
from web.app import create_app


def held(notice: Notice, text: str) -> tuple[Verification, ...]:
    return verify(text, {notice.id: notice}, cut(notice))


def test_a_sentence_of_the_notice_is_verbatim_with_its_place(small_notice: Notice) -> None:
    [one] = held(small_notice, "二是增设自习座位80个,全部免费;")
    assert one.verdict == "verbatim"
    [place] = one.places
    assert place.id == "qingshan-2023/1.2"
    assert place.label == "第1项 开放时间偏短 · 二是"
    assert small_notice.text[place.start : place.end] == one.sentence


def test_every_place_of_a_repeated_sentence_is_named(real_notice: Notice) -> None:
    [one] = held(real_notice, "一是开展干部队伍建设专题调研。")
    assert [place.id for place in one.places] == ["xuchang-mzj-2024/1.1", "xuchang-mzj-2024/39.1"]


def test_other_punctuation_is_the_same_words_and_still_told(small_notice: Notice) -> None:
    [one] = held(small_notice, "二是增设自习座位８０个，全部免费。")
    assert (one.verdict, one.quote) == ("same_words", "二是增设自习座位80个,全部免费;")
    assert [(d.written, d.printed) for d in one.differences] == [
        ("８０", "80"),
        ("，", ","),
        ("。", ";"),
    ]
    assert one.figures == ()


def test_a_changed_figure_is_flagged_with_the_printed_one(real_notice: Notice) -> None:
    text = "草稿:办理手续时间已由15分钟简化为3分钟,显著降低其负担;"
    [one] = held(real_notice, text)
    assert one.verdict == "differs"
    assert [place.id for place in one.places] == ["xuchang-mzj-2024/37.2"]
    assert [(f.written, f.printed) for f in one.figures] == [("3分钟", "5分钟")]
    [figure] = one.figures
    assert text[figure.written_start : figure.written_end] == "3分钟"


@pytest.mark.parametrize(
    ("text", "written", "printed"),
    [
        ("我市农村低保标准提高至每人每月不低于600元。", "600元", "500元"),
        ("2025年清明节已预约安葬八十余户。", "八十余户", "70余户"),
    ],
)
def test_figures_are_compared_whole(
    text: str, written: str, printed: str, real_notice: Notice
) -> None:
    [one] = held(real_notice, text)
    assert [(f.written, f.printed) for f in one.figures] == [(written, printed)]


def test_a_sentence_that_is_nowhere_is_not_found_and_its_figures_are_unproved(
    small_notice: Notice,
) -> None:
    [one] = held(small_notice, "今天气温33度适合游泳。")
    assert one.verdict == "not_found"
    assert [figure.printed for figure in one.figures] == [None]


def test_both_sides_of_a_difference_point_at_their_characters(real_notice: Notice) -> None:
    text = "第一句无关。全市低保标准每人不低于500元。"
    for one in held(real_notice, text):
        assert text[one.start : one.end] == one.sentence
        for d in one.differences:
            assert text[d.written_start : d.written_end] == d.written
            assert real_notice.text[d.printed_start : d.printed_end] == d.printed


def test_the_notice_holds_against_itself_word_for_word(real_notice: Notice) -> None:
    assert {one.verdict for one in held(real_notice, real_notice.text)} == {"verbatim"}


@given(st.text(max_size=200))
def test_any_text_is_cut_into_spans_in_order(text: str) -> None:
    spans = worded(text)
    assert spans == sorted(spans)
    assert all(text[start:end].strip() == text[start:end] != "" for start, end in spans)


@settings(deadline=None, max_examples=30)
@given(st.text("火化手续0123。，;分钟\n“”", max_size=60))
def test_any_text_gets_quotes_that_stand_in_the_notice(text: str) -> None:
    notice = parse(SHIPPED.read_text("utf-8"), "xuchang-mzj-2024")
    for one in held(notice, text):
        for place in one.places:
            assert notice.text[place.start : place.end]
        assert one.quote in notice.text


def test_text_without_words_holds_nothing(small_notice: Notice) -> None:
    assert held(small_notice, "  \n。。。!") == ()


def test_a_text_too_long_is_refused(small_notice: Notice) -> None:
    with pytest.raises(QuestionError, match="at most 20000") as caught:
        held(small_notice, "火" * (MAX_LENGTH + 1))
    assert caught.value.code == "text_too_long"
    with pytest.raises(QuestionError, match="500 sentences"):
        held(small_notice, "火化。" * 501)


def test_the_api_gives_one_record_a_sentence_and_the_counts() -> None:
    client = TestClient(create_app(shared_assistant(), shared_settings(), chat=False))
    text = "一是减免安葬费,大大地提高了安葬率。办理手续时间已由15分钟简化为3分钟,显著降低其负担;"
    document = client.post("/api/verify", json={"text": text}).json()
    assert document["counts"] == {"verbatim": 1, "same_words": 0, "differs": 1, "not_found": 0}
    first, second = document["sentences"]
    assert first["places"][0]["id"] == "xuchang-mzj-2024/38.1"
    assert second["figures"][0] == {
        "written": "3分钟",
        "written_start": text.index("3分钟"),
        "written_end": text.index("3分钟") + 3,
        "printed": "5分钟",
    }


@pytest.mark.parametrize("body", ['{"text": 5}', "{}", '{"text": "\\ud800"}'])
def test_the_api_refuses_what_is_not_text(body: str) -> None:
    client = TestClient(create_app(shared_assistant(), shared_settings(), chat=False))
    reply = client.post("/api/verify", content=body, headers={"content-type": "application/json"})
    assert reply.status_code == 422
    assert set(reply.json()["error"]) == {"code", "message", "hint"}
