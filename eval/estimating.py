"""Fits ``assistant.estimate.Estimator``, which joins the judge with the reader.

Every question of a file is taken as the assistant takes it, with the state its history left;
the estimator learns from what the judge and the reader say of the way of taking it that was
chosen. A judge that was fitted on the same questions knows too much: fit it on others.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant, door, estimate, judge
from assistant.case import MessageCase
from eval.logistic import Matrix, folded, rounded
from eval.questions import Question, read_questions
from eval.variants import is_curated, of_notices, plain
from index.errors import TongbaoError
from index.settings import Settings

# What the deciding table settles before it asks for the estimate.
DECIDED_BEFORE = frozenset({"emergency", "word", "list", "aggregate"})
FOLDS = 10
STRENGTH = 0.1  # inverse regularisation
Classes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one way of estimating gets; shares in [0, 1], NaN where no question applies."""

    name: str
    questions: int
    status: float
    harm: float
    denied: float


def fit(named: Sequence[str]) -> tuple[dict[str, Any], list[Outcome]]:
    """The estimators' JSON by side and their cross-validated outcomes, each before that of the
    judge alone.

    ``named`` are question files, each as QUESTIONS or NOTICE:QUESTIONS. What is asked of a notice
    with curated files is asked of it without them too, for the side ``plain``.

    Raises:
        TongbaoError: a file is not usable, or there is no reader to learn from.
    """
    settings = Settings.from_environment()
    own = Assistant.load(settings)
    if own.reader is None:
        raise TongbaoError(
            "the estimator joins judge and reader, and there is no reader",
            hint="unset TONGBAO_READER or name a folder with a reader",
        )
    views: dict[str, list[Matrix]] = {"curated": [], "plain": []}
    classes: dict[str, list[int]] = {"curated": [], "plain": []}
    for name in named:
        notice, _, path = name.rpartition(":")
        assistant = of_notices([Path(notice)], settings) if notice else own
        asked = {"plain": assistant}
        if is_curated(assistant):
            asked = {"curated": assistant, "plain": plain(assistant)}
        for side, one in asked.items():
            for question in usable(read_questions([Path(path)])):
                views[side].append(view(one, question))
                classes[side].append(judge.CLASSES.index(question.expect))
    joined, outcomes = {}, []
    for side, seen in views.items():
        if seen:
            found, told = fitted_on(np.stack(seen), np.array(classes[side], dtype=np.int64))
            joined[side] = found
            outcomes += [replace(one, name=f"{side}: {one.name}") for one in told]
    return joined, outcomes


def usable(questions: Iterable[Question]) -> list[Question]:
    """The questions that come as far as the estimate."""
    return [q for q in questions if q.style not in DECIDED_BEFORE and q.question.strip()]


def view(assistant: Assistant, question: Question) -> Matrix:
    """What the estimator sees of a question, float64 (len(estimate.FEATURES),)."""
    earlier = door.checked_history(question.history)
    state = assistant._remembered(earlier) if earlier else None
    case = MessageCase(door.checked_question(question.question), state, assistant.engine)
    return estimate.view(case.chosen.ranked.verdict, case.chosen.read)


def fitted_on(views: Matrix, classes: Classes) -> tuple[dict[str, Any], list[Outcome]]:
    """See ``fit``; ``views`` is (questions, len(estimate.FEATURES))."""
    weights, bias = folded(_model(), views, classes)
    joined = {"weights": rounded(weights), "bias": rounded(bias)}
    held_out = outcome(f"joined, {FOLDS} folds", _held_out(views, classes), classes)
    return joined, [held_out, outcome("judge alone", views[:, :3].argmax(1), classes)]


def _model() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=STRENGTH, max_iter=500)


def _held_out(views: Matrix, classes: Classes) -> NDArray[np.intp]:
    """The likeliest class of each question by an estimator that never saw it."""
    from sklearn.model_selection import StratifiedKFold

    found = np.zeros(len(classes), dtype=np.intp)
    for seen, unseen in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(views, classes):
        weights, bias = folded(_model(), views[seen], classes[seen])
        found[unseen] = (views[unseen] @ weights.T + bias).argmax(1)
    return found


def outcome(name: str, got: NDArray[np.intp], classes: Classes) -> Outcome:
    """The shares of right statuses, of harm and of denials."""
    answered, not_stated = (classes == judge.CLASSES.index(s) for s in ("answered", "not_stated"))

    def share(values: NDArray[np.bool_]) -> float:
        return float(values.mean()) if len(values) else float("nan")

    return Outcome(
        name=name,
        questions=len(classes),
        status=share(got == classes),
        harm=share(got[not_stated] == 0),
        denied=share(got[answered] != 0),
    )


def table(outcomes: Iterable[Outcome]) -> str:
    """Aligned lines, one a way of estimating."""
    lines = [f"{'estimate':<28}{'n':>5}{'status':>8}{'harm':>8}{'denied':>8}"]
    lines += [
        f"{o.name:<28}{o.questions:>5}{o.status:>8.3f}{o.harm:>8.3f}{o.denied:>8.3f}"
        for o in outcomes
    ]
    return "\n".join(lines)
