"""Windows: offsets of overlapping runs of sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.windows import sentence_spans, windows


def cut(text: str, sentences: int = 2) -> list[str]:
    return [text[begin:end] for begin, end in windows(text, sentences=sentences)]


def test_chinese_sentences_overlap_by_all_but_one() -> None:
    assert cut("甲一。乙二！丙三？丁四。") == ["甲一。乙二！", "乙二！丙三？", "丙三？丁四。"]


def test_a_text_of_one_window_has_none() -> None:
    assert windows("甲一。乙二。") == []
    assert windows("甲一") == []
    assert windows("") == []


def test_three_sentences_make_a_window_when_asked() -> None:
    assert cut("甲。乙。丙。丁。", sentences=3) == ["甲。乙。丙。", "乙。丙。丁。"]


def test_a_latin_full_stop_ends_a_sentence_only_before_a_blank() -> None:
    assert cut("It grew 3.5 percent. Prices fell. Wages rose.") == [
        "It grew 3.5 percent. Prices fell.",
        "Prices fell. Wages rose.",
    ]


def test_closing_quotes_belong_to_their_sentence() -> None:
    assert cut("他说:“好。”大家笑了。散会。") == ["他说:“好。”大家笑了。", "大家笑了。散会。"]


def test_line_breaks_end_sentences_and_bare_marks_are_none() -> None:
    assert cut("标题\n\n一、内容;二、其他\n……\n末尾") == [
        "标题\n\n一、内容;",
        "一、内容;二、其他",
        "二、其他\n……\n末尾",
    ]


def test_a_window_of_no_sentences_is_refused() -> None:
    with pytest.raises(ValueError, match="got 0"):
        windows("甲。乙。丙。", sentences=0)


@given(st.text(alphabet="甲乙a1。！?. \n”", max_size=60), st.integers(1, 4))
def test_windows_are_ordered_spans_that_hold_every_sentence(text: str, sentences: int) -> None:
    spans = sentence_spans(text)
    found = windows(text, sentences=sentences)
    assert all(0 <= begin < end <= len(text) for begin, end in found)
    assert found == sorted(found)
    if found:
        assert len(found) == len(spans) - sentences + 1
        for begin, end in spans:
            assert any(b <= begin and end <= e for b, e in found)
    else:
        assert len(spans) <= sentences
