"""One calibrated estimate: without a reader the judge's, with one both together."""

import math

import numpy as np
import pytest

from assistant import fitted
from assistant.estimate import FEATURES, READING_WEIGHT, Estimate, Estimator, view
from assistant.reading import PassageReading

VERDICT = np.array([0.7, 0.2, 0.1])
STATES = PassageReading(states=0.9, lacks=0.05, contradicts=0.03, unrelated=0.02)
AGAINST = PassageReading(states=0.2, lacks=0.0, contradicts=0.8, unrelated=0.0)
NEITHER = PassageReading(states=0.1, lacks=0.2, contradicts=0.1, unrelated=0.6)


def judge_alone() -> Estimator:
    weights = np.zeros((3, len(FEATURES)))
    weights[:, :3] = np.eye(3)
    return Estimator(weights, np.zeros(3))


def test_without_anything_read_the_judge_has_the_word() -> None:
    assert judge_alone().estimate(VERDICT, {}) == Estimate(0.7, 0.2, 0.1, 0.0)


def test_weights_on_the_judge_alone_give_his_verdict_back() -> None:
    # softmax of log(v + 0.001): 0.701, 0.201 and 0.101 over 1.003
    found = judge_alone().estimate(VERDICT, {4: STATES})
    assert (found.answered, found.not_stated, found.elsewhere) == (0.6989, 0.2004, 0.1007)


def test_a_passage_that_states_it_raises_the_answer_where_it_weighs() -> None:
    weights = np.zeros((3, len(FEATURES)))
    weights[:, :3] = np.eye(3)
    weights[0, FEATURES.index("states")] = 1.0
    estimator = Estimator(weights, np.zeros(3))
    high = estimator.estimate(VERDICT, {4: STATES}).answered
    assert high > estimator.estimate(VERDICT, {4: NEITHER}).answered


def test_a_premise_is_contradicted_unless_a_passage_states_it() -> None:
    estimator = judge_alone()
    assert estimator.estimate(VERDICT, {4: AGAINST}).contradicted == pytest.approx(0.8 * 0.8)
    both = estimator.estimate(VERDICT, {4: STATES, 5: AGAINST}).contradicted
    assert both == pytest.approx(0.8 * 0.1)


def test_the_view_is_of_the_best_passage_and_of_the_first() -> None:
    seen = dict(zip(FEATURES, view(VERDICT, {4: NEITHER, 5: STATES}), strict=True))
    assert seen["judge_answered"] == pytest.approx(math.log(0.701))
    assert seen["states"] == pytest.approx(math.log(0.9 / 0.1))
    assert seen["states_first"] == pytest.approx(math.log(0.1 / 0.9))
    assert seen["related"] == pytest.approx(math.log(0.98 / 0.02))


def test_certainty_stays_finite() -> None:
    sure = PassageReading(states=1.0, lacks=0.0, contradicts=0.0, unrelated=0.0)
    assert np.isfinite(view(np.array([1.0, 0.0, 0.0]), {0: sure})).all()


def test_passages_are_ordered_by_ranking_and_reading_together() -> None:
    ranking = np.array([0.5, 0.5, 0.5], dtype=np.float32)
    rank = judge_alone().rank
    read = {0: NEITHER, 1: STATES, 2: AGAINST}
    assert sorted(range(3), key=lambda row: -rank(ranking, read, row)) == [1, 2, 0]
    unread = rank(ranking, {}, 0)
    assert unread == pytest.approx(math.log(0.501) + READING_WEIGHT * math.log(0.001))
    assert unread < rank(ranking, read, 0)


def test_the_fitted_estimator_gives_probabilities() -> None:
    found = fitted.read().curated.estimator.estimate(VERDICT, {4: STATES, 5: NEITHER})
    assert found.answered + found.not_stated + found.elsewhere == pytest.approx(1.0, abs=2e-4)
