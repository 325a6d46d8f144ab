"""Normalisation keeps one character for one; tokens of every script; the same cut every time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.words import Words, matching_form, simplified, traditional, visible

ROOT = Path(__file__).parent.parent
UNTAUGHT = Words()


@pytest.fixture(scope="module")
def words() -> Words:
    return Words(["高龄津贴", "殡仪馆"])


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("Ｆ３７．２", "f37.2"),
        ("殯儀館", "殡仪馆"),
        ("ＡＢＣ，？", "abc,?"),
        ("㎡", "㎡"),
        ("ABC", "abc"),
        ("", ""),
    ],
)
def test_the_matching_form_is_narrow_lower_case_and_simplified(text: str, form: str) -> None:
    assert matching_form(text) == form


@given(st.text(max_size=60))
def test_the_matching_form_has_as_many_characters_as_the_text(text: str) -> None:
    assert len(matching_form(text)) == len(text)


def test_both_kinds_of_characters_turn_into_each_other() -> None:
    assert simplified("高齡津貼") == "高龄津贴"
    assert traditional("高龄津贴") == "高齡津貼"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("火\u200b化\ufeff", "火化"),
        ("\u202e火化\u2066", "火化"),
        ("火\x00化\n手续", "火 化 手续"),
        ("\u061c\u3164\u115f", ""),
        ("火\U000e0041化", "火化"),
        ("  火化\u3000手续 ", "火化 手续"),
        ("👨‍👩‍👧", "👨👩👧"),
    ],
)
def test_what_nobody_sees_is_not_there(typed: str, shown: str) -> None:
    assert visible(typed) == shown


@given(st.text(max_size=60))
def test_making_visible_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def test_a_term_is_kept_whole_and_gives_bigrams_too(words: Words) -> None:
    tokens = words.tokens("高龄津贴")
    assert "高龄津贴" in tokens
    assert tokens[-3:] == ("高龄_", "龄津_", "津贴_")


def test_every_script_gives_tokens(words: Words) -> None:
    assert words.tokens("cremation 火") == ("cremation", "crema~", "火")
    assert words.tokens("かそう") == ("かそ_", "そう_")
    assert words.tokens("화장장") == ("화장_", "장장_")
    assert words.tokens("7.132 70%") == ("7.132", "70")


def test_nothing_to_cut_gives_no_tokens(words: Words) -> None:
    assert words.tokens("") == words.tokens("😀,。") == ()
    assert words.words("") == []


def test_the_frequency_of_an_unknown_word_is_nought(words: Words) -> None:
    assert words.frequency("的") > 1000
    assert words.frequency("宾仪") == 0


@given(st.text(max_size=40))
@settings(deadline=None)  # the first cut reads the dictionary
def test_words_lose_no_chinese_character(text: str) -> None:
    han = [c for c in matching_form(text) if "\u3400" <= c <= "\u4dbf" or "\u4e00" <= c <= "\u9fff"]
    assert "".join(w for w in UNTAUGHT.words(text) if "\u3400" <= w[0] <= "\u9fff") == "".join(han)


def test_the_cut_does_not_hang_on_the_order_of_the_terms() -> None:
    code = (
        "from assistant.words import Words\n"
        "terms = {'基本生活', '困难群众', '群众基本生活保障', '生活保障资金', '保障资金', '众基'}\n"
        "words = Words(terms)\n"
        "print(words.words('困难群众基本生活保障资金'), sorted(words._segmenter.FREQ[t] for t in terms))"
    )
    seen = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(seen) == 1
