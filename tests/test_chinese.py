"""The one splitter: full and half width, nothing cut inside a pair of marks or a figure."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.chinese import clauses, sentences, without_marker


def _texts(text: str, spans: list[tuple[int, int]]) -> list[str]:
    return [text[start:end] for start, end in spans]


def test_full_and_half_width_marks_end_a_sentence_alike() -> None:
    text = "一是减免安葬费,提高安葬率;二是公开。三是宣传！好?"
    assert _texts(text, sentences(text)) == [
        "一是减免安葬费,提高安葬率;",
        "二是公开。",
        "三是宣传！",
        "好?",
    ]


def test_a_clause_ends_at_commas_and_colons_of_both_widths() -> None:
    text = "整改情况:督促发放，每月8日前,复核。"
    assert _texts(text, clauses(text)) == ["整改情况:", "督促发放，", "每月8日前,", "复核。"]


@pytest.mark.parametrize(
    "text", ["印发《办法;细则,一》后", "共1,234元", "9:30开门", "写“好,很好”了"]
)
def test_nothing_is_cut_inside_a_pair_of_marks_or_a_figure(text: str) -> None:
    assert _texts(text, clauses(text)) == [text]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("一是减免安葬费,", "减免安葬费"),
        ("十一是公开。", "公开"),
        ("1.干部队伍;", "干部队伍"),
        ("（三）宣传。", "宣传"),
        ("①宣传", "宣传"),
        ("统一是好的。", "统一是好的"),
        ("2024年9月。", "2024年9月"),
    ],
)
def test_a_marker_and_the_last_mark_are_left_out(text: str, kept: str) -> None:
    start, end = without_marker(text, (0, len(text)))
    assert text[start:end] == kept


@settings(deadline=None)
@given(st.text(alphabet="一是,，;；。:《》“”()12. \n好a", max_size=60))
def test_no_character_but_blanks_is_lost_and_spans_stand_in_order(text: str) -> None:
    spans = clauses(text)
    assert all(a < b for a, b in spans)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(spans))
    kept = "".join(_texts(text, spans))
    assert "".join(kept.split()) == "".join(text.split())
