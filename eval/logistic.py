"""Logistic regression on standardised features, given back as weights on the raw ones."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]
_CONSTANT = 1e-6


def folded(
    model: Any, views: Matrix, classes: NDArray[np.int64], sample: Matrix | None = None
) -> tuple[Matrix, Matrix]:
    """Fit a scikit-learn model; weights (classes, features) and bias (classes,) for raw views."""
    mean, deviation = views.mean(0), views.std(0)
    deviation = np.where(deviation < _CONSTANT, 1.0, deviation)
    model.fit((views - mean) / deviation, classes, sample_weight=sample)
    weight: Matrix = model.coef_ / deviation
    bias: Matrix = model.intercept_ - weight @ mean
    return weight, bias


def rounded(values: Matrix) -> Any:
    """Nested lists of the values with five decimals, for JSON."""
    return np.round(values, 5).tolist()
