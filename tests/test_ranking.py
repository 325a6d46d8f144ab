"""Ranking: a probability a passage, raised by a reference and by what was spoken of."""

import numpy as np
import pytest

from assistant import Assistant, fitted
from assistant.ranking import Ranked, Ranker


@pytest.fixture
def ranker(small_assistant: Assistant) -> Ranker:
    return small_assistant.ranker


def rank(ranker: Ranker, question: str) -> Ranked:
    return ranker.rank(ranker.understanding.of(question))


def ids(ranker: Ranker, ranked: Ranked, count: int = 3) -> list[str]:
    return [ranker.retriever.passages[row].id for row in ranked.order(count)]


def test_the_ranking_is_a_probability_over_all_passages(ranker: Ranker) -> None:
    ranked = rank(ranker, "自习座位有多少个")
    assert ranked.ranking.shape == (len(ranker.retriever.passages),)
    assert float(ranked.ranking.sum()) == pytest.approx(1.0, abs=1e-5)
    assert float(ranked.verdict.sum()) == pytest.approx(1.0)


def test_the_passage_that_holds_the_words_comes_first(ranker: Ranker) -> None:
    ranked = rank(ranker, "增设自习座位")
    assert ids(ranker, ranked, 1) == ["1.2"]
    assert ranked.best == ranked.order(1)[0]


def test_equal_passages_keep_their_order() -> None:
    ranked = Ranked.__new__(Ranked)
    object.__setattr__(ranked, "ranking", np.array([0.2, 0.4, 0.2, 0.2], dtype=np.float32))
    assert ranked.order(4) == [1, 0, 2, 3]
    assert ranked.order(2) == [1, 0]


@pytest.mark.parametrize(("asked", "first"), [("第3项第一点", "3.1"), ("3.2", "3.2")])
def test_a_reference_raises_its_passage(ranker: Ranker, asked: str, first: str) -> None:
    assert ids(ranker, rank(ranker, asked), 1) == [first]


def test_what_was_spoken_of_gains_by_its_context(ranker: Ranker) -> None:
    topic = rank(ranker, "古籍保护经费").ranking
    understood = ranker.understanding.of("多少")
    finding = [p.group == "2" for p in ranker.retriever.passages]
    without = ranker.rank(understood).ranking[finding].sum()
    with_it = ranker.rank(understood, topic, 3.0).ranking[finding].sum()
    assert with_it > without


def test_without_curated_lines_the_plain_weights_serve(ranker: Ranker) -> None:
    assert np.array_equal(ranker.weights, fitted.read().plain.ranker)


def test_the_same_question_is_ranked_the_same(ranker: Ranker) -> None:
    one, two = rank(ranker, "流动书车"), rank(ranker, "流动书车")
    assert np.array_equal(one.ranking, two.ranking)
    assert np.array_equal(one.verdict, two.verdict)
