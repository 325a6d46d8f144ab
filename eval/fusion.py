"""Joins the scores of lexical and dense search: a weighted sum of standardised scores.

Ranks are not used: they throw away by how much a passage leads, and lost every trial
(index/training/LOG.md).
"""

import numpy as np
from numpy.typing import NDArray

# Below the first share of coverage lexical scores are noise (a question in another language
# shares only digits and names with the collection); from the second on they count in full.
# Fitted on XQuAD in ten languages with coverage taken over characters (LOG.md).
_SILENT, _FULL = 0.5, 0.8


def fuse(
    lexical: NDArray[np.float32],
    dense: NDArray[np.float32],
    *,
    coverage: float,
    dense_weight: float,
) -> NDArray[np.float32]:
    """One score a passage, float32 (passages,), higher is closer; the scale is of one question.

    ``coverage`` is the share of the question's IDF mass that the collection covers, [0, 1];
    taken over single Chinese characters and other words it tells another language from rare
    words. ``dense_weight`` is the dense part's share at full coverage, [0, 1].
    """
    if lexical.shape != dense.shape:
        raise ValueError(f"{lexical.shape} lexical scores for {dense.shape} dense ones")
    heard = min(1.0, max(0.0, (coverage - _SILENT) / (_FULL - _SILENT)))
    lexical_weight = (1.0 - dense_weight) * heard
    total = lexical_weight * standardised(lexical) + (1.0 - lexical_weight) * standardised(dense)
    return np.asarray(total, dtype=np.float32)


def standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scores with mean 0 and deviation 1; zeros when all are equal."""
    if scores.size == 0:
        return scores.astype(np.float32)
    deviation = float(scores.std())
    if deviation < 1e-9:
        return np.zeros_like(scores, dtype=np.float32)
    return np.asarray((scores - scores.mean()) / deviation, dtype=np.float32)
