"""How a question is worded, as evidence of whether it can be answered.

A linear model over character one- and two-grams (TF-IDF, sublinear, unit length), fitted
on the curated questions: 多少钱, 怎么申请, 名单 weigh against, 什么时候印发 for.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def grams(text: str) -> list[str]:
    """Character one- and two-grams, blanks folded to one."""
    text = " ".join(text.split())
    return list(text) + [text[i : i + 2] for i in range(len(text) - 1)]


class Wording:
    """``table`` maps a gram to its IDF followed by one weight a class."""

    def __init__(self, table: Mapping[str, Sequence[float]], bias: Sequence[float]) -> None:
        self._table = {gram: np.array(row) for gram, row in table.items()}
        self._bias = np.array(bias)

    def scores(self, text: str) -> NDArray[np.float64]:
        """Centred log-probabilities of the judge's classes, float64 (classes,)."""
        total = np.zeros(len(self._bias))
        length = 0.0
        for gram, count in Counter(grams(text)).items():
            row = self._table.get(gram)
            if row is not None:
                weight = (1.0 + math.log(count)) * row[0]
                total += weight * row[1:]
                length += weight * weight
        scores = total / math.sqrt(length or 1.0) + self._bias
        logs: NDArray[np.float64] = scores - np.logaddexp.reduce(scores)
        centred: NDArray[np.float64] = logs - logs.mean()
        return centred
