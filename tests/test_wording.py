"""The wording model: grams, and scores worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.wording import Wording, grams

MODEL = Wording({"钱": [2.0, -1.0, 1.0, 0.0]}, [0.0, 0.0, 0.0])


def test_grams_are_single_characters_and_pairs() -> None:
    assert grams("多少 钱") == ["多", "少", " ", "钱", "多少", "少 ", " 钱"]
    assert grams("a \n b") == ["a", " ", "b", "a ", " b"]
    assert grams("") == []


def test_scores_are_centred_log_probabilities() -> None:
    scores = MODEL.scores("钱")  # one gram of unit length: raw scores -1, 1, 0, centred already
    assert scores.tolist() == pytest.approx([-1.0, 1.0, 0.0])


def test_a_repeated_gram_counts_sublinearly_and_is_brought_to_unit_length() -> None:
    two = Wording({"钱": [1.0, 1.0, 0.0], "多": [1.0, 0.0, 1.0]}, [0.0, 0.0])
    twice = 1 + math.log(2)
    length = math.hypot(twice, 1)
    half = (twice - 1) / length / 2
    assert two.scores("钱多钱").tolist() == pytest.approx([half, -half])


def test_unknown_wording_leaves_the_bias() -> None:
    model = Wording({}, [1.0, 0.0, -1.0])
    assert model.scores("任何").tolist() == pytest.approx([1.0, 0.0, -1.0])


@given(st.text(max_size=80))
def test_scores_are_finite_and_sum_to_nought(text: str) -> None:
    scores = MODEL.scores(text)
    assert np.isfinite(scores).all()
    assert float(scores.sum()) == pytest.approx(0.0, abs=1e-9)
