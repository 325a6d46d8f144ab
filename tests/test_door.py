"""What may be asked at all; everything else is named with what mends it."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.door import (
    LONGEST_HISTORY,
    LONGEST_QUESTION,
    USED_HISTORY,
    checked_history,
    checked_question,
)
from index.errors import QuestionError


@pytest.mark.parametrize(
    ("question", "code", "says"),
    [
        (None, "question_not_text", "NoneType"),
        (37, "question_not_text", "int"),
        (["火化"], "question_not_text", "list"),
        (b"x", "question_not_text", "bytes"),
        ("\ud800火化", "question_not_text", "surrogate"),
        ("", "question_empty", "blank"),
        (" \t\u3000\n", "question_empty", "blank"),
        ("\u200b\ufeff\u202e\u2066", "question_empty", "blank"),
        ("\u3164", "question_empty", "blank"),
        ("\x00\x07", "question_empty", "blank"),
        ("问" * 301, "question_too_long", "301 characters"),
        ("问" * 5000, "question_too_long", "5000 characters"),
        ("问" + "\u200b" * 9000, "question_too_long", "9001 characters"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(question: object, code: str, says: str) -> None:
    with pytest.raises(QuestionError, match=says) as caught:
        checked_question(question)
    assert caught.value.code == code
    assert caught.value.hint


def test_the_longest_question_passes_and_invisible_characters_do_not_count() -> None:
    assert checked_question("问" * LONGEST_QUESTION) == "问" * LONGEST_QUESTION
    assert checked_question("\u200b" * 500 + "火化\u202e") == "火化"


def test_ten_megabytes_are_refused_at_once() -> None:
    begun = time.process_time()
    with pytest.raises(QuestionError, match="10485760 characters"):
        checked_question("问" * 10_485_760)
    assert time.process_time() - begun < 0.5


@pytest.mark.parametrize(
    ("history", "says"),
    [
        ("火化", "str"),
        (None, "NoneType"),
        ({"a": 1}, "dict"),
        (7, "int"),
        ([1], "int"),
        ([1, *["问"] * 20], "int"),
        (["\udfff"], "half a surrogate pair"),
        (["问"] * 10_000, "10000 entries"),
        (b"ab", "int"),
    ],
)
def test_a_history_that_is_none_is_refused_by_name(history: object, says: str) -> None:
    with pytest.raises(QuestionError, match=says) as caught:
        checked_history(history)
    assert caught.value.code == "history_invalid"


def test_the_latest_questions_of_a_history_are_kept_in_order() -> None:
    many = [f"问{number}" for number in range(LONGEST_HISTORY)]
    assert checked_history(many) == tuple(many[-USED_HISTORY:])
    assert checked_history(["火化", " ", "\u200b"]) == ("火化",)
    assert checked_history(()) == ()
    assert checked_history(["问" * 5000]) == ("问" * LONGEST_QUESTION,)


@given(st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text())))
def test_a_question_passes_clean_or_is_refused(question: Any) -> None:
    shown = code = ""
    try:
        shown = checked_question(question)
    except QuestionError as error:
        code = error.code
    assert code.startswith("question_") or 0 < len(shown) <= LONGEST_QUESTION
    assert code or shown == checked_question(shown)
