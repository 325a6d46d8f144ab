"""Decides whether the notice states what is asked: answered, not stated, or out of scope.

Retrieval scores alone cannot tell (see eval/LOG.md). What can: nearness to curated
questions that have an answer against those that have none, the kind of thing asked for
against what the passage states, words nobody knows, other places, altered figures,
invented titles. A multinomial logistic regression over these explainable features gives
calibrated probabilities; its weights are in fitted.json.
"""

import re
from collections.abc import Collection, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import numbers, slots
from assistant.answer import Status
from assistant.search import Evidence, Retriever
from assistant.signs import sign
from assistant.understand import Understood
from index.passages import Passage

CLASSES: tuple[Status, ...] = ("answered", "not_stated", "out_of_scope")
_CURATED_FEATURES = 13
_NEIGHBOURS = 12
_SHARPNESS = 12.0

_DOCUMENT = re.compile(r"《([^》]{2,60})》?")

FEATURES = (
    "lexical_answerable", "lexical_not_stated", "lexical_elsewhere",
    "dense_answerable", "dense_not_stated", "dense_elsewhere",
    "share_answerable", "share_not_stated", "share_elsewhere",
    "finding_lexical_answerable", "finding_dense_answerable",
    "finding_lexical_not_stated", "finding_dense_not_stated",
    "rank_probability", "rank_finding", "text_lexical", "text_dense",
    "sentence", "sentence_states", "sentence_lacks", "known", "familiar", "other_place", "strange_figure", "strange_title",
    "wording_answered", "wording_not_stated", "wording_elsewhere",
    "instruction", "task", "greeting", "personal", "questioning", "foreign", "brevity",
    *(f"asks_{slot}" for slot in slots.SLOTS),
    *(f"asks_{slot}_unstated" for slot in slots.SLOTS),
)  # fmt: skip


def read_places(path: Path = Path(__file__).parent / "places.txt") -> frozenset[str]:
    """Places outside the notice's area."""
    lines = path.read_text("utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def elsewhere(text: str, places: Collection[str], own_words: Sequence[str]) -> bool:
    """Whether a question names a place outside the notice's area.

    Names of the notice that contain a place (上海凤寰) do not count as that place.
    """
    for word in own_words:
        text = text.replace(word, " ")
    return any(place in text for place in places)


def without_instructions(question: str) -> str:
    """A question freed of clauses that instruct the assistant; unchanged if nothing would stay."""
    if not sign("instruction").search(question.lower()):
        return question
    clauses = [c for c in re.split(r"[,，。;；!！\n]", question) if c.strip()]
    kept = [
        c
        for c in clauses
        if not (sign("instruction").search(c.lower()) or sign("dictated").match(c.strip()))
    ]
    kept = [
        re.sub(r"^(然后|接着|之后|再|并|最后)+(请)?(告诉我|回答|说说)?", "", c.strip())
        for c in kept
    ]
    return ",".join(c for c in kept if c) if sum(map(len, kept)) >= 5 else question


def features(
    understood: Understood,
    evidence: Evidence,
    probabilities: NDArray[np.float32],
    retriever: Retriever,
    places: Collection[str],
    own_words: Sequence[str],
    wording: NDArray[np.float64],
    *,
    curated: bool = True,
) -> NDArray[np.float32]:
    """The judge's view of a question, float32 (len(FEATURES),).

    ``curated`` False leaves out all that rests on curated questions.
    """
    best = int(probabilities.argmax())
    passages = retriever.passages
    group = retriever.finding_of == retriever.finding_of[best]
    near = [0.0] * _CURATED_FEATURES
    if curated:
        near = _neighbourhood(evidence, retriever) + _in_finding(evidence, retriever, best)
    shown = _finding_text(passages, group)
    text = understood.text
    strange = [
        elsewhere(text, places, own_words),
        _strange_figure(understood, shown),
        _strange_title(text, passages),
    ]
    flags = [
        sign("instruction").search(text) is not None,
        sign("task").search(text) is not None,
        sign("greeting").search(text) is not None,
        sign("personal").search(text) is not None,
        sign("questioning").search(text) is not None,
        understood.language not in ("zh-Hans", "zh-Hant"),
    ]
    asked = [slot in understood.slots for slot in slots.SLOTS]
    unstated = [
        is_asked and not slots.stated(slot, passages[best].text)
        for slot, is_asked in zip(slots.SLOTS, asked, strict=True)
    ]
    scores = [
        float(probabilities[best]),
        float(probabilities[group].sum()),
        float(evidence.features[:, 0].max()),
        float(evidence.features[:, 4].max()),
        *_sentence(understood, retriever, best),
        evidence.known,
        evidence.familiar if curated else evidence.known,
    ]
    brevity = 1.0 / max(2, len(text))
    return np.array(
        [*near, *scores, *strange, *wording, *flags, brevity, *asked, *unstated], dtype=np.float32
    )


def _neighbourhood(evidence: Evidence, retriever: Retriever) -> list[float]:
    """Best similarity per class, lexical and dense, and the classes' shares of the nearest rows."""
    masks = retriever.row_classes
    found = [
        _largest(rows, m) for rows in (evidence.lexical_rows, evidence.dense_rows) for m in masks
    ]
    together = evidence.lexical_rows + evidence.dense_rows
    if not len(together):
        return [*found, 0.0, 0.0, 0.0]
    nearest = np.argpartition(-together, min(_NEIGHBOURS, len(together)) - 1)[:_NEIGHBOURS]
    weight = np.exp(_SHARPNESS * (together[nearest] - together[nearest].max()))
    shares = [float(weight[mask[nearest]].sum() / weight.sum()) for mask in masks]
    return [*found, *shares]


def _in_finding(evidence: Evidence, retriever: Retriever, best: int) -> list[float]:
    """Best similarity to the curated questions of the best passage's own finding, per kind."""
    finding = retriever.finding_of[best]
    answerable, gaps = retriever.rows_of_finding(int(finding))
    pairs = [
        (rows, kind)
        for kind in (answerable, gaps)
        for rows in (evidence.lexical_rows, evidence.dense_rows)
    ]
    return [float(rows[kind].max()) if len(kind) else 0.0 for rows, kind in pairs]


def _sentence(understood: Understood, retriever: Retriever, best: int) -> list[float]:
    """How much of the question the best passage's best sentence holds; whether that sentence
    states what is asked, or lacks it.
    """
    share, sentence = retriever.best_sentence(understood, best)
    pointed = understood.slots & slots.POINTED
    states = any(slots.stated(slot, sentence) for slot in pointed)
    return [share, share * (bool(pointed) and states), float(bool(pointed) and not states)]


def _largest(values: NDArray[np.float32], mask: NDArray[np.bool_]) -> float:
    return float(values[mask].max()) if mask.any() else 0.0


def _finding_text(passages: Sequence[Passage], group: NDArray[np.bool_]) -> str:
    return "\n".join(passages[int(row)].text for row in np.flatnonzero(group))


def _strange_figure(understood: Understood, shown: str) -> bool:
    """A figure in the question that the finding it is about does not print."""
    asked = {f for f in numbers.figures(understood.text) if len(f) > 1}
    if understood.reference:
        asked -= {str(understood.reference[0])}
    return bool(asked - numbers.figures(shown))


def _strange_title(text: str, passages: Sequence[Passage]) -> bool:
    """A 《title》 in the question that no passage prints."""
    titles = [match.strip() for match in _DOCUMENT.findall(text)]
    return any(not any(title in passage.text for passage in passages) for title in titles)


class Judge:
    """The fitted classifier. ``weights`` is (3, len(FEATURES)), ``bias`` (3,)."""

    def __init__(self, weights: NDArray[np.float64], bias: NDArray[np.float64]) -> None:
        self._weights = weights
        self._bias = bias

    def probabilities(self, view: NDArray[np.float32]) -> NDArray[np.float64]:
        """Of the three classes, in the order of ``CLASSES``."""
        scores = self._weights @ view + self._bias
        raised = np.exp(scores - scores.max())
        shares: NDArray[np.float64] = raised / raised.sum()
        return shares
