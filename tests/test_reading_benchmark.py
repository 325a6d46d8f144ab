"""The reading benchmark: overlap over characters, best window, answerable against neighbour."""

from collections.abc import Sequence
from typing import cast

import pytest

from assistant.reading import PassageReading, ReadablePassage, Reader
from eval.reading import Asked, figures, overlap


class KnowingReader:
    """Holds 甲 for the answer wherever it stands."""

    def read(
        self, question: str, passages: Sequence[ReadablePassage]
    ) -> tuple[PassageReading, ...]:
        return tuple(self._one(passage.text) for passage in passages)

    @staticmethod
    def _one(text: str) -> PassageReading:
        place = text.find("甲")
        if place < 0:
            return PassageReading(0.1, 0.9, 0.0, 0.0, (), (0, 1), 0.2)
        return PassageReading(0.9, 0.1, 0.0, 0.0, (), (place, place + 1), 0.8)


@pytest.mark.parametrize(
    ("said", "answer", "expected"),
    [("5分钟", "5分钟。", 1.0), ("由15分钟", "15分钟", 8 / 9), ("镇", "县", 0.0), ("", "县", 0.0)],
)
def test_overlap_is_f1_over_characters_without_marks(
    said: str, answer: str, expected: float
) -> None:
    assert overlap(said, answer) == pytest.approx(expected)


def test_the_window_that_holds_the_answer_is_taken_and_the_neighbour_is_told_apart() -> None:
    paragraph = "乙说了很多。" * 40 + "答案是甲。"
    asked = [Asked("谁", paragraph, ("甲",), "丙丁。"), Asked("谁", "甲。", ("甲乙",), "戊。")]
    found = figures("own", cast(Reader, KnowingReader()), asked)
    assert (found.count, found.exact, found.auroc) == (2, 0.5, 1.0)
    assert found.f1 == pytest.approx((1 + 2 / 3) / 2)
