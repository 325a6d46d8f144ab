"""Fusion: standardised scores, and silence of the words when they say nothing."""

import numpy as np
import pytest

from eval.fusion import fuse, standardised

LEXICAL = np.array([3.0, 0.0, 0.0], dtype=np.float32)
DENSE = np.array([0.1, 0.2, 0.6], dtype=np.float32)


def test_standardised_scores_have_mean_nought_and_deviation_one() -> None:
    assert standardised(np.array([1.0, 3.0], dtype=np.float32)).tolist() == [-1.0, 1.0]


def test_equal_scores_say_nothing() -> None:
    assert standardised(np.full(3, 7.0, dtype=np.float32)).tolist() == [0.0, 0.0, 0.0]
    assert standardised(np.zeros(0, dtype=np.float32)).tolist() == []


def test_the_sum_is_weighted_by_hand_worked_values() -> None:
    lexical = np.array([1.0, 3.0], dtype=np.float32)  # standardised: -1, 1
    dense = np.array([4.0, 2.0], dtype=np.float32)  # standardised: 1, -1
    fused = fuse(lexical, dense, coverage=1.0, dense_weight=0.25)
    assert fused.tolist() == pytest.approx([-0.75 + 0.25, 0.75 - 0.25])


def test_the_lexical_leader_wins_when_the_words_are_known() -> None:
    assert int(fuse(LEXICAL, DENSE, coverage=1.0, dense_weight=0.3).argmax()) == 0


def test_a_question_whose_words_are_unknown_is_ranked_by_the_dense_scores_alone() -> None:
    fused = fuse(LEXICAL, DENSE, coverage=0.0, dense_weight=0.3)
    assert fused.tolist() == pytest.approx(standardised(DENSE).tolist())


def test_the_lexical_part_grows_with_coverage() -> None:
    leads = [
        float(fuse(LEXICAL, DENSE, coverage=c, dense_weight=0.3)[0]) for c in np.linspace(0, 1, 11)
    ]
    assert leads == sorted(leads)


def test_scores_of_different_collections_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(3,\) lexical scores for \(2,\) dense"):
        fuse(LEXICAL, DENSE[:2], coverage=1.0, dense_weight=0.5)
