"""The reader: windows, readings put back to their passages, and what is said without a model."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading import PassageReading, ReadablePassage, Reader, windows
from index.errors import EncoderError

FILES = ("model.onnx", "tokenizer.json", "config.json")


# -- windows --------------------------------------------------------------------------------


def test_short_sentences_share_a_window_and_long_ones_stand_alone() -> None:
    text = "一是甲乙。二是丙丁。" + "长" * 12 + "。"
    assert windows(text, longest=10) == [(0, 10), (10, 23)]


def test_a_text_that_fits_is_one_window_and_a_blank_one_has_none() -> None:
    assert windows("一是甲。二是乙。") == [(0, 8)]
    assert windows(" \n") == []


@settings(deadline=None)
@given(st.text("甲乙。;,\n", max_size=80))
def test_windows_are_in_order_and_hold_every_character_but_blanks(text: str) -> None:
    found = windows(text, longest=9)
    assert found == sorted(found)
    assert all(a < b for a, b in found)
    assert "".join(text[a:b] for a, b in found).replace("\n", "") == text.replace("\n", "")


# -- without a model ------------------------------------------------------------------------


def test_a_folder_without_a_model_is_named_with_what_mends_it(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", "utf-8")
    with pytest.raises(EncoderError, match=r"no model\.onnx, tokenizer\.json") as caught:
        Reader(tmp_path)
    assert "TONGBAO_READER=none" in str(caught.value.hint)


def test_a_model_that_cannot_be_loaded_is_told_to_whoever_reads(tmp_path: Path) -> None:
    reader = unloadable(tmp_path)
    with pytest.raises(EncoderError, match="cannot be loaded"):
        reader.read("问", [ReadablePassage("", "甲。")])
    assert not reader.ready


def unloadable(folder: Path) -> Reader:
    for name in FILES:
        (folder / name).write_text(json.dumps({"temperature": 1.0}), "utf-8")
    reader = Reader(folder)
    reader._thread.join()
    return reader


# -- with a model of four lines ---------------------------------------------------------------


@dataclass
class Encoding:
    """Question and passage, one token a character, a mark of its own between them."""

    question: str
    passage: str

    @property
    def ids(self) -> list[int]:
        return [ord(c) for c in f"{self.question}|{self.passage}"]

    @property
    def sequence_ids(self) -> list[int | None]:
        return [0] * len(self.question) + [None] + [1] * len(self.passage)

    @property
    def offsets(self) -> list[tuple[int, int]]:
        own = [(i, i + 1) for i in range(len(self.question))]
        return [*own, (0, 0), *((i, i + 1) for i in range(len(self.passage)))]


class Tokenizer:
    def encode_batch(self, pairs: Sequence[tuple[str, str]]) -> list[Encoding]:
        return [Encoding(*pair) for pair in pairs]


class Session:
    """States where the digit five stands, and points at it."""

    def run(self, _: None, feed: dict[str, Any]) -> tuple[Any, Any]:
        ids = feed["input_ids"]
        relation = np.full((len(ids), 4), -4.0, dtype=np.float32)
        for row, has in enumerate((ids == ord("5")).any(axis=1)):
            relation[row, 0 if has else 3] = 4.0
        span = np.where(ids == ord("5"), 9.0, -9.0).astype(np.float32)
        return relation, np.stack([span, span], axis=2)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    loaded = unloadable(tmp_path)
    loaded._tokenizer, loaded._session = Tokenizer(), Session()
    return loaded


def test_one_reading_a_passage_in_their_order_with_its_answer_pointed_at(reader: Reader) -> None:
    none, some = reader.read(
        "要多久", [ReadablePassage("", "一是甲。"), ReadablePassage("手续", "二是5分钟。")]
    )
    assert none.unrelated > 0.99
    assert some.states > 0.99
    assert some.states + some.lacks + some.contradicts + some.unrelated == pytest.approx(
        1, abs=1e-4
    )
    assert some.span == (2, 3)
    assert some.held(2, 3) > 0.99 > some.held(4, 6)


def test_the_title_is_read_and_never_pointed_at(reader: Reader) -> None:
    [titled] = reader.read("要多久", [ReadablePassage("5项", "二是分钟。")])
    assert titled.states > 0.99
    assert all(0 <= start < end <= 5 for start, end, _ in titled.tokens)


def test_of_a_long_passage_the_window_that_states_it_counts(reader: Reader) -> None:
    text = "甲" * 170 + "。" + "乙" * 20 + "5分钟。"
    [found] = reader.read("要多久", [ReadablePassage("", text)])
    assert found.states > 0.99
    start, end = found.span
    assert text[start:end] == "5"


def test_nothing_to_read_gives_nothing(reader: Reader) -> None:
    assert reader.read("问", []) == ()


def test_a_stretch_without_tokens_holds_nothing() -> None:
    assert PassageReading(1.0, 0.0, 0.0, 0.0).held(0, 5) == 0.0
