"""One calibrated estimate of whether the notice states what is asked.

Without a reader it is the judge's. With one, a multinomial logistic regression joins the
judge's three probabilities with what the reader says of the passages that were read; its few
weights are in fitted.json (``python -m eval fit``).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.reading import PassageReading

FEATURES = (
    "judge_answered", "judge_not_stated", "judge_elsewhere",
    "states", "lacks", "contradicts", "related", "states_first", "contradicts_first",
)  # fmt: skip
_LEAST = 1e-3
READING_WEIGHT = 0.7  # of log P(states) beside the log of the ranking's share


@dataclass(frozen=True, slots=True)
class Estimate:
    """Probabilities of the three statuses, and that the premise is printed otherwise, [0, 1]."""

    answered: float
    not_stated: float
    elsewhere: float
    contradicted: float


class Estimator:
    """``weights`` is (3, len(FEATURES)), ``bias`` (3,)."""

    def __init__(self, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        self._weights = weights
        self._bias = bias

    def estimate(
        self, verdict: NDArray[np.float64], read: Mapping[int, PassageReading]
    ) -> Estimate:
        """The estimate for a question with the judge's verdict and what was read, best first."""
        if not read:
            answered, not_stated, elsewhere = (float(v) for v in verdict)
            return Estimate(answered, not_stated, elsewhere, 0.0)
        scores = self._weights @ view(verdict, read) + self._bias
        raised = np.exp(scores - scores.max())
        shares = raised / raised.sum()
        answered, not_stated, elsewhere = (round(float(share), 4) for share in shares)
        return Estimate(answered, not_stated, elsewhere, _contradicted(read))

    @staticmethod
    def rank(ranking: NDArray[np.float32], read: Mapping[int, PassageReading], row: int) -> float:
        """By what passages are ordered once some are read; higher is better."""
        share = float(np.log(ranking[row] + _LEAST))
        if row not in read:
            return share + READING_WEIGHT * float(np.log(_LEAST))
        said = max(read[row].states, read[row].contradicts)
        return share + READING_WEIGHT * float(np.log(said + _LEAST))


def _contradicted(read: Mapping[int, PassageReading]) -> float:
    """P(contradicts) of the passage that is most about the question, unless one states it."""
    states = max(r.states for r in read.values())
    return max(r.contradicts for r in read.values()) * (1.0 - states)


def view(verdict: NDArray[np.float64], read: Mapping[int, PassageReading]) -> NDArray[np.float64]:
    """The estimator's view of a question, float64 (len(FEATURES),)."""
    first = read[next(iter(read))]
    best = max(read.values(), key=lambda r: r.states)
    return np.array(
        [
            *np.log(verdict + _LEAST),
            _logit(best.states),
            _logit(max(r.lacks for r in read.values())),
            _logit(max(r.contradicts for r in read.values())),
            _logit(1.0 - min(r.unrelated for r in read.values())),
            _logit(first.states),
            _logit(first.contradicts),
        ]
    )


def _logit(probability: float) -> float:
    kept = min(max(probability, _LEAST), 1.0 - _LEAST)
    return float(np.log(kept / (1.0 - kept)))
