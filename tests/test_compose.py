"""Openings: whole clauses of a cited quote, never a title, a marker, or half of anything."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant import compose
from assistant.answer import Answer, Citation
from assistant.compose import LONGEST_OPENING, answering_span, fitting, guard, whole_clauses
from assistant.reading import PassageReading
from index.chinese import clauses, without_marker
from index.notice import Notice
from index.passages import Passage, cut
from tests.serving import shared_assistant

MEASURE = "二是优化办理流程,落实窗口服务制度,办理手续时间已由15分钟简化为5分钟,显著降低其负担;"
PAIRS = ("《》", "“”", "()", "（）", "【】")
MARKER = re.compile(r"[一二三四五六七八九十]{1,3}是|\d{1,3}[.、]|[(（]\d")


def holding(*words: str) -> Callable[[str], float]:
    """The share of some words that a text holds."""
    return lambda text: sum(word in text for word in words) / len(words)


def by_chance(seed: int) -> Callable[[str], float]:
    """A weight for every text, the same each time."""
    return lambda text: random.Random(f"{seed}{text}").random()


def said(text: str, span: tuple[int, int]) -> str:
    return text[span[0] : span[1]]


# -- which clauses ----------------------------------------------------------------------------


def test_the_clause_with_the_asked_words_and_kind_answers() -> None:
    span = answering_span(MEASURE, holding("办理手续", "时间"), frozenset({"duration"}))
    assert "办理手续时间已由15分钟简化为5分钟" in said(MEASURE, span)


def test_the_clause_the_reader_points_at_answers() -> None:
    place = MEASURE.index("落实窗口")
    tokens = tuple((i, i + 1, 1.0) for i in range(place, place + 6))
    reading = PassageReading(0.9, 0.0, 0.0, 0.1, tokens)
    span = answering_span(MEASURE, holding("无"), frozenset(), reading)
    assert "落实窗口服务制度" in said(MEASURE, span)


def test_a_span_within_a_clause_grows_to_the_whole_of_it() -> None:
    start = MEASURE.index("15分钟")
    assert said(MEASURE, whole_clauses(MEASURE, (start, start + 4))) == (
        "办理手续时间已由15分钟简化为5分钟"
    )


def test_a_span_over_two_clauses_takes_both() -> None:
    start, end = MEASURE.index("制度"), MEASURE.index("手续时间")
    assert said(MEASURE, whole_clauses(MEASURE, (start, end))) == (
        "落实窗口服务制度,办理手续时间已由15分钟简化为5分钟"
    )


# -- too long -----------------------------------------------------------------------------------


def test_what_is_too_long_ends_at_its_last_pause() -> None:
    text = "甲" * 50 + "、" + "乙" * 20 + "、" + "丙" * 40
    assert said(text, fitting(text, (0, len(text)))) == "甲" * 50 + "、" + "乙" * 20


def test_a_pause_within_a_pair_of_marks_is_no_place_to_end() -> None:
    text = "甲" * 40 + "、印发《" + "乙" * 20 + "、" + "丙" * 20 + "》的通知"
    assert said(text, fitting(text, (0, len(text)))) == "甲" * 40


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("甲" * 78 + "1234万元", "甲" * 78),
        ("甲" * 75 + "《乙乙乙乙乙乙》", "甲" * 75),
        ("甲" * 100, "甲" * 80),
    ],
)
def test_without_a_pause_no_figure_and_no_pair_is_cut(text: str, kept: str) -> None:
    assert said(text, fitting(text, (0, len(text)))) == kept


# -- over everything ---------------------------------------------------------------------------


def ends_of_clauses(text: str) -> tuple[set[int], set[int]]:
    spans = [without_marker(text, clause) for clause in clauses(text)]
    return {start for start, _ in spans}, {end for _, end in spans}


@pytest.mark.parametrize("seed", range(3))
def test_any_weights_open_any_passage_with_whole_clauses(real_notice: Notice, seed: int) -> None:
    for passage in cut(real_notice):
        start, end = answering_span(passage.text, by_chance(seed), frozenset({"count"}))
        stretch = passage.text[start:end]
        starts, ends = ends_of_clauses(passage.text)
        assert 0 < len(stretch) <= LONGEST_OPENING, passage.id
        assert start in starts, (passage.id, stretch)
        assert end in ends or passage.text[end] in ",、;:。", (passage.id, stretch)
        assert not MARKER.match(stretch), (passage.id, stretch)
        assert guard(stretch, [as_citation(passage)]), (passage.id, stretch)
        if all(passage.text.count(p[0]) == passage.text.count(p[1]) for p in PAIRS):
            assert all(stretch.count(p[0]) == stretch.count(p[1]) for p in PAIRS), passage.id


def as_citation(passage: Passage) -> Citation:
    return Citation(passage.id, passage.label, passage.text, passage.start, passage.end)


@given(st.text("甲乙5元,。;:、《》“”()一是\n", max_size=200), st.integers(0, 9))
def test_any_text_opens_with_a_stretch_of_it_that_can_be_heard(text: str, seed: int) -> None:
    start, end = answering_span(text, by_chance(seed), frozenset())
    assert 0 <= start <= end <= len(text)
    assert end - start <= LONGEST_OPENING or not clauses(text)


# -- the guard ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("办理手续时间已由15分钟简化为5分钟", True),
        ("办理手续时间已由15分钟简化为3分钟", False),
        ("5分钟简化为5分钟", False),
        ("办理手续时间已由1", False),
        ("落实窗口服务制度。显著降低其负担", True),
    ],
)
def test_a_claim_stands_in_a_quote_with_nothing_cut(claim: str, holds: bool) -> None:
    assert guard(claim, [Citation("n/37.2", "", MEASURE, 0, len(MEASURE))]) is holds


def test_words_of_a_question_are_shortened_with_a_sign_of_it() -> None:
    assert compose.shortened("公墓", 4) == "公墓"
    assert compose.shortened("公墓安葬工作", 4) == "公墓安…"


# -- through the assistant ----------------------------------------------------------------------

QUESTIONS = (
    "火化手续现在要多久",
    "安葬费有减免吗",
    "低保几号发",
    "适老化改造做了多少户",
    "巡察组啥时候来的",
    "第一议题学习了几次",
    "第37项",
    "37.2",
    "安葬费涨了多少",
    "第40项是什么",
    "怎么投诉你们",
    "How long does cremation take now?",
)


def titles() -> set[str]:
    return {p.title for p in shared_assistant().passages.values() if p.title}


def claims(answer: Answer) -> str:
    """The longest stretch of the opening that stands in a cited quote."""
    opening = answer.opening
    stretches = (opening[a:b] for a in range(len(opening)) for b in range(len(opening), a + 3, -1))
    quotes = [citation.quote for citation in answer.citations]
    return max((s for s in stretches if any(s in q for q in quotes)), key=len, default="").rstrip(
        "。;"
    )


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_text_begins_with_the_opening_and_the_opening_can_be_heard(question: str) -> None:
    answer = shared_assistant().ask(question)
    assert answer.text.startswith(answer.opening)
    claim = claims(answer)
    assert len(claim) <= LONGEST_OPENING
    assert claim not in titles()
    if answer.status == "answered":
        assert len(claim) >= 4
        assert answer.opening in {f"通报写明：{claim}。", f"The notice states: {claim}"}


def test_an_answer_never_says_that_nothing_is_stated_above_the_figure_asked_for() -> None:
    answer = shared_assistant().ask("火化手续现在要多久")
    assert answer.status == "answered"
    assert "由15分钟简化为5分钟" in answer.opening
