"""Resolves a question within its conversation and ranks the passages for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from assistant import followup, judge
from assistant.fitted import Fitted
from assistant.search import Evidence, Retriever
from assistant.understand import Understanding, Understood
from assistant.words import Words

CONTEXT_MARKED = 3.0
CONTEXT_UNMARKED = 1.0
REFERENCE_BONUS = 6.0
KNOWN_ELSEWHERE = 0.85


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it was finally read.

    ``ranking`` is a probability per passage; ``verdict`` the judge's three. ``skip`` holds
    rows already shown (还有吗); ``inherited`` says the subject came from earlier questions.
    """

    understood: Understood
    evidence: Evidence
    ranking: NDArray[np.float32]
    verdict: NDArray[np.float64]
    inherited: bool
    same_time: bool
    skip: tuple[int, ...]
    measure: int


class Reader:
    """Reads questions, alone or with what was asked before."""

    def __init__(
        self,
        retriever: Retriever,
        understanding: Understanding,
        words: Words,
        fitted: Fitted,
        own_words: Sequence[str],
    ) -> None:
        self.retriever = retriever
        self.understanding = understanding
        self._words = words
        self._wording = fitted.wording
        self.places = judge.read_places()
        self.own_words = tuple(own_words)
        self._curated = bool(retriever.phrasings)
        self._weights = fitted.curated if self._curated else fitted.plain
        self._remembered = lru_cache(maxsize=512)(self._read_history)

    @property
    def ranker(self) -> NDArray[np.float32]:
        """The ranker's weights in use, float32 (len(search.FEATURES),)."""
        return self._weights.ranker

    def read(self, question: str, history: Sequence[str]) -> Reading:
        """Read a question after the earlier ones, oldest first."""
        earlier = self._remembered(tuple(history)) if history else None
        return self._read(question, earlier)

    def _read_history(self, history: tuple[str, ...]) -> Reading:
        earlier = self._remembered(history[:-1]) if len(history) > 1 else None
        return self._read(history[-1], earlier)

    def _read(self, question: str, earlier: Reading | None) -> Reading:
        current = self.understanding.of(judge.without_instructions(question))
        alone = self._reading(current)
        if earlier is not None and self._is_ordinal(current, earlier):
            return replace(earlier, inherited=True, measure=current.ordinal, skip=())
        if earlier is None or current.reference:
            return alone
        lead = followup.lead(current)
        if lead.more:
            shown = (*earlier.skip, *_top(earlier.ranking, 3))
            return replace(earlier, skip=shown, measure=0)
        if self._leans(alone, lead):
            about = followup.topic(earlier.understood)
            together = followup.joined(earlier.understood, current, about)
            context = CONTEXT_MARKED if lead.marked else CONTEXT_UNMARKED
            reading = self._reading(together, earlier, context)
            seen = _top(earlier.ranking, 1) if lead.same_time and "还" in current.text else ()
            return replace(reading, inherited=True, same_time=lead.same_time, skip=seen)
        if not lead.may:
            return alone
        return self._reading(current, earlier, CONTEXT_UNMARKED, alone.evidence)

    def _leans(self, alone: Reading, lead: followup.Lead) -> bool:
        """Whether a question needs its history: it says so, or it means too little alone."""
        answered, _, elsewhere = alone.verdict
        if elsewhere > 0.6 and (lead.switch or self._known_elsewhere(alone)):
            return False
        if lead.marked:
            return bool(answered < 0.9 or alone.ranking.max() < 0.8)
        return bool(lead.may and (answered < 0.5 or alone.ranking.max() < 0.35))

    def _known_elsewhere(self, alone: Reading) -> bool:
        """Whether a question is clearly about something else, not just too short to tell."""
        elsewhere = self.retriever.row_classes[2]
        together = alone.evidence.lexical_rows + alone.evidence.dense_rows
        nearest = float(together[elsewhere].max()) if elsewhere.any() else 0.0
        text = alone.understood.text
        return nearest > KNOWN_ELSEWHERE or bool(
            judge.TASK.search(text) or judge.GREETING.match(text)
        )

    def _is_ordinal(self, current: Understood, earlier: Reading) -> bool:
        """第二条呢: a measure of the finding spoken of, if it has that many."""
        best = self.retriever.passages[int(earlier.ranking.argmax())]
        count = sum(p.group == best.group and p.kind == "measure" for p in self.retriever.passages)
        return 0 < current.ordinal <= max(count, 1)

    def _reading(
        self,
        understood: Understood,
        earlier: Reading | None = None,
        context: float = 0.0,
        evidence: Evidence | None = None,
    ) -> Reading:
        evidence = evidence or self.retriever.evidence(understood)
        scores = evidence.features @ self._weights.ranker
        if earlier is not None:
            scores = scores + context * self._finding_share(earlier.ranking)
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
        return Reading(
            understood=understood,
            evidence=evidence,
            ranking=ranking,
            verdict=self._weights.judge.probabilities(view),
            inherited=False,
            same_time=False,
            skip=(),
            measure=0,
        )

    def _finding_share(self, ranking: NDArray[np.float32]) -> NDArray[np.float32]:
        totals = np.bincount(self.retriever.finding_of, weights=ranking)
        share: NDArray[np.float32] = totals[self.retriever.finding_of].astype(np.float32)
        return share

    def _referred(self, finding: int, measure: int) -> NDArray[np.float32]:
        wanted = {str(finding)} if not measure else {f"{finding}.{measure}"}
        return np.array(
            [
                1.0 if p.id in wanted else 0.7 if p.group == str(finding) else 0.0
                for p in self.retriever.passages
            ],
            dtype=np.float32,
        )


def _top(ranking: NDArray[np.float32], count: int) -> tuple[int, ...]:
    return tuple(int(row) for row in np.argsort(-ranking, kind="stable")[:count])
