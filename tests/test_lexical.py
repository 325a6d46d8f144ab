"""BM25 worked by hand on three small documents."""

import math

import numpy as np
import pytest

from assistant.lexical import LexicalIndex

DOCUMENTS = (("火化", "手续"), ("公墓", "安葬", "火化"), ("低保",))
INDEX = LexicalIndex(DOCUMENTS)


def test_inverse_document_frequency_is_worked_by_hand() -> None:
    assert INDEX.idf("低保") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert INDEX.idf("火化") == pytest.approx(math.log(1 + 1.5 / 2.5))
    assert INDEX.idf("养老") > INDEX.idf("低保")


def test_scores_are_those_of_bm25() -> None:
    scores = INDEX.scores(["火化"])
    length, average = 2, 2.0
    expected = INDEX.idf("火化") / (1 + 1.2 * (1 - 0.6 + 0.6 * length / average))
    assert scores[0] == pytest.approx(expected, rel=1e-5)
    assert scores[0] > scores[1] > scores[2] == 0


def test_unknown_words_score_nothing() -> None:
    assert INDEX.scores(["养老"]).tolist() == [0, 0, 0]
    assert INDEX.scores([]).tolist() == [0, 0, 0]


def test_weights_scale_a_words_part() -> None:
    half = INDEX.scores(["低保"], [0.5])
    assert half.tolist() == pytest.approx((INDEX.scores(["低保"]) / 2).tolist())


def test_coverage_is_a_share_of_the_words_weight() -> None:
    assert INDEX.coverage(["火化", "手续"]) == 1.0
    assert INDEX.coverage(["养老"]) == INDEX.coverage([]) == 0.0
    assert 0 < INDEX.coverage(["火化", "养老"]) < 0.5
    assert INDEX.coverage(["火化", "火化"]) == 1.0


def test_a_collection_without_words_scores_nothing() -> None:
    empty = LexicalIndex([(), ()])
    assert empty.scores(["火化"]).tolist() == [0, 0]
    assert not empty.knows("火化")
    assert LexicalIndex([]).scores(["火化"]).shape == (0,)


def test_scores_are_single_precision() -> None:
    assert INDEX.scores(["火化"]).dtype == np.float32
