"""Ranks the passages for a question, and holds what the ranking rests on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant import judge
from assistant.estimate import Estimator
from assistant.fitted import Fitted
from assistant.search import Evidence, Retriever
from assistant.understand import Understanding, Understood

REFERENCE_BONUS = 6.0


@dataclass(frozen=True, slots=True)
class Ranked:
    """A question compared with everything. ``ranking`` is a probability per passage, float32
    (passages,); ``verdict`` the judge's three, float64 (3,), in the order of ``judge.CLASSES``.
    """

    understood: Understood
    evidence: Evidence
    ranking: NDArray[np.float32]
    verdict: NDArray[np.float64]

    @property
    def best(self) -> int:
        """Row of the likeliest passage."""
        return int(self.ranking.argmax())

    def order(self, count: int) -> list[int]:
        """The likeliest rows, best first, ties by row."""
        return [int(row) for row in np.argsort(-self.ranking, kind="stable")[:count]]


class Ranker:
    """Ranks passages over one retriever."""

    def __init__(
        self,
        retriever: Retriever,
        understanding: Understanding,
        fitted: Fitted,
        own_words: Sequence[str],
    ) -> None:
        self.retriever = retriever
        self.understanding = understanding
        self._wording = fitted.wording
        self.places = judge.read_places()
        self.own_words = tuple(own_words)
        self._curated = bool(retriever.phrasings)
        self._weights = fitted.curated if self._curated else fitted.plain

    @property
    def weights(self) -> NDArray[np.float32]:
        """The ranker's weights in use, float32 (len(search.FEATURES),)."""
        return self._weights.ranker

    @property
    def estimator(self) -> Estimator:
        """The estimator in use: that of a notice with curated questions, or without."""
        return self._weights.estimator

    def rank(
        self, understood: Understood, topic: NDArray[np.float32] | None = None, context: float = 0.0
    ) -> Ranked:
        """Rank for a question; ``topic`` is the ranking of what was spoken of before, and
        ``context`` how much the finding it was about gains.
        """
        evidence = self.retriever.evidence(understood)
        scores = evidence.features @ self._weights.ranker
        if topic is not None:
            scores = scores + context * self._finding_share(topic)
        if understood.reference:
            scores = scores + REFERENCE_BONUS * self._referred(*understood.reference)
        raised = np.exp(scores - scores.max())
        ranking = (raised / raised.sum()).astype(np.float32)
        view = judge.features(
            understood,
            evidence,
            ranking,
            self.retriever,
            self.places,
            self.own_words,
            self._wording.scores(understood.replaced),
            curated=self._curated,
        )
        verdict = self._weights.judge.probabilities(view)
        return Ranked(understood, evidence, ranking, verdict)

    def _finding_share(self, ranking: NDArray[np.float32]) -> NDArray[np.float32]:
        totals = np.bincount(self.retriever.finding_of, weights=ranking)
        share: NDArray[np.float32] = totals[self.retriever.finding_of].astype(np.float32)
        return share

    def _referred(self, finding: int, measure: int) -> NDArray[np.float32]:
        wanted = f"{finding}.{measure}" if measure else str(finding)
        beside = 0.4 if measure else 0.7  # of the same finding
        return np.array(
            [
                1.0 if p.id == wanted else beside if p.group == str(finding) else 0.0
                for p in self.retriever.passages
            ],
            dtype=np.float32,
        )
