"""Windows: offsets of overlapping runs of sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.chinese import worded
from index.windows import windows


def cut(text: str, longest: int = 2) -> list[str]:
    return [text[begin:end] for begin, end in windows(text, longest=longest)]


def test_chinese_sentences_stand_alone_and_in_overlapping_pairs() -> None:
    assert cut("甲一。乙二！丙三？") == [
        "甲一。",
        "乙二！",
        "丙三？",
        "甲一。乙二！",
        "乙二！丙三？",
    ]


def test_the_whole_text_is_no_window_of_itself() -> None:
    assert windows("甲一") == []
    assert windows("") == []
    assert cut("甲一。乙二。") == ["甲一。", "乙二。"]


def test_longer_runs_are_made_when_asked() -> None:
    assert cut("甲。乙。丙。丁。", longest=3)[-2:] == ["甲。乙。丙。", "乙。丙。丁。"]


def test_a_latin_full_stop_ends_a_sentence_only_before_a_blank() -> None:
    assert cut("It grew 3.5 percent. Prices fell.", longest=1) == [
        "It grew 3.5 percent.",
        "Prices fell.",
    ]


def test_closing_quotes_belong_to_their_sentence() -> None:
    assert cut("他说:“好。”散会。", longest=1) == ["他说:“好。”", "散会。"]


def test_line_breaks_end_sentences_and_bare_marks_are_none() -> None:
    assert cut("标题\n\n一、内容;二、其他\n……\n末尾", longest=1) == [
        "标题",
        "一、内容;",
        "二、其他",
        "末尾",
    ]


def test_a_window_of_no_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="got 0"):
        windows("甲。乙。丙。", longest=0)


@given(st.text(alphabet="甲乙a1。！?. \n”", max_size=60), st.integers(1, 4))
def test_windows_are_distinct_spans_that_hold_every_sentence(text: str, longest: int) -> None:
    spans = worded(text)
    found = windows(text, longest=longest)
    assert all(0 <= begin < end <= len(text) for begin, end in found)
    assert len(set(found)) == len(found)
    assert set(found) >= (set(spans) if len(spans) > 1 else set())
    assert (spans[0][0], spans[-1][1]) not in found if spans else found == []
