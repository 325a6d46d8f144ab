"""Fits the ranker, the wording model and the judge; ``python -m eval fit QUESTIONS``.

``--estimate QUESTIONS`` fits the estimator that joins the judge with the reader, and nothing
else (see ``estimating``). The ranker learns from the curated questions, each asked with itself and its like (same
passage, same kind of asker) left out; the judge from them, each with itself left out, and,
weighted, from the question file. ``python -m eval --folds N`` reports it cross-validated.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant, fitted, judge, search, wording
from assistant.understand import Understood
from eval import estimating
from eval.logistic import folded, rounded
from eval.questions import Question, read_questions
from index.vocabulary import Gap, Phrasing

QUESTION_WEIGHT = 25.0
PRIOR = (0.55, 0.25, 0.20)
LEAST_GRAM_COUNT = 4
Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Curated:
    """The curated questions as the retriever sees them: ``evidence`` each without itself,
    ``strict`` the features (passages, FEATURES) of the answerable ones without their like.
    """

    understood: list[Understood]
    evidence: list[search.Evidence]
    strict: list[NDArray[np.float32]]
    owners: NDArray[np.int64]
    classes: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Side:
    """A ranker and the judge's view of the curated questions through it."""

    ranker: NDArray[np.float32]
    views: Matrix
    curated: bool


@dataclass(frozen=True, slots=True)
class Base:
    """What does not depend on the question file."""

    sides: dict[str, Side]
    wording: dict[str, Any]
    classes: NDArray[np.int64]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("questions", nargs="*", type=Path, help="question files (contract form)")
    parser.add_argument("--out", type=Path, default=fitted.FILE, help="where the parameters go")
    parser.add_argument(
        "--estimate", nargs="+", metavar="[NOTICE:]QUESTIONS",
        help="fit the estimator alone on these files, each on the index of the settings or on a "
        "notice file of its own; the other parameters stay",
    )  # fmt: skip


def main(arguments: argparse.Namespace) -> int:
    if arguments.estimate:
        return _estimate(arguments.estimate, arguments.out)
    assistant = Assistant.load()
    questions = read_questions(arguments.questions) if arguments.questions else []
    parameters = fit(base(assistant), assistant, questions)
    write(with_estimate(parameters, arguments.out), arguments.out)
    print(f"wrote {arguments.out}; {len(questions)} questions besides the curated ones")
    return 0


def _estimate(named: Sequence[str], out: Path) -> int:
    joined, cross_validated = estimating.fit(named)
    print(estimating.table(cross_validated))
    record = json.loads((out if out.is_file() else fitted.FILE).read_text("utf-8"))
    write(record | {"estimate": record.get("estimate", {}) | joined}, out)
    print(f"wrote {out}; the estimator is fitted on {cross_validated[0].questions} questions")
    return 0


def with_estimate(parameters: dict[str, Any], path: Path = fitted.FILE) -> dict[str, Any]:
    """The parameters with the estimator of a file that is there already, if it has one."""
    known = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return parameters | ({"estimate": known["estimate"]} if "estimate" in known else {})


def write(parameters: dict[str, Any], path: Path) -> None:
    path.write_text(json.dumps(parameters, ensure_ascii=False, indent=None), "utf-8")


def base(assistant: Assistant) -> Base:
    """Fit what the curated questions alone decide."""
    known = _curated(assistant)
    table, held_out = _wording([u.replaced for u in known.understood], known.classes)
    sides = {}
    for name, columns in (("curated", search.FEATURES), ("plain", _PLAIN)):
        ranker = _ranker(known, columns)
        views = [
            _view(assistant, u, e, ranker, scores, curated=name == "curated")
            for u, e, scores in zip(known.understood, known.evidence, held_out, strict=True)
        ]
        sides[name] = Side(ranker, np.stack(views), name == "curated")
    return Base(sides, table, known.classes)


_PLAIN = ("lexical_text", "lexical_title", "dense_text", "states_what_is_asked", "whole_finding")


def _ranker(known: Curated, columns: Sequence[str]) -> NDArray[np.float32]:
    """Ranker weights over the named features, 0 for the others."""
    places = [search.FEATURES.index(name) for name in columns]
    features = np.stack([features[:, places] for features in known.strict])
    ranker = np.zeros(len(search.FEATURES), dtype=np.float32)
    ranker[places] = _softmax_weights(features, known.owners[known.owners >= 0])
    return ranker


def fit(known: Base, assistant: Assistant, questions: Sequence[Question]) -> dict[str, Any]:
    """All parameters, the judges fitted on the curated questions and a question file."""
    model = wording.Wording(known.wording["table"], known.wording["bias"])
    single = [q for q in questions if not q.history and q.style not in estimating.DECIDED_BEFORE]
    classes = np.append(known.classes, [judge.CLASSES.index(q.expect) for q in single])
    sample = np.append(_sample_weights(known.classes), np.full(len(single), QUESTION_WEIGHT))
    record: dict[str, Any] = {"wording": known.wording}
    for name, side in known.sides.items():
        asked = [_asked_view(assistant, q.question, side, model) for q in single]
        weight, bias = _judge(np.vstack([side.views, *asked]), classes.astype(np.int64), sample)
        record[name] = {
            "ranker": [round(float(w), 4) for w in side.ranker],
            "judge": {"weights": rounded(weight), "bias": rounded(bias)},
        }
    return record


def _asked_view(assistant: Assistant, question: str, side: Side, model: wording.Wording) -> Matrix:
    understood = assistant.ranker.understanding.of(judge.without_instructions(question))
    evidence = assistant.retriever.evidence(understood)
    scores = model.scores(understood.replaced)
    return _view(assistant, understood, evidence, side.ranker, scores, curated=side.curated)


def _curated(assistant: Assistant) -> Curated:
    retriever, understanding = assistant.retriever, assistant.ranker.understanding
    alike: dict[tuple[int, str], list[int]] = {}
    for row, phrasing in enumerate(retriever.phrasings):
        alike.setdefault((retriever.owners[row], _kind(phrasing.who, phrasing.lang)), []).append(
            row
        )
    lines: list[Phrasing | Gap] = [*retriever.phrasings, *retriever.gaps]
    understood, evidence, strict = [], [], []
    for row, line in enumerate(lines):
        if row % 500 == 0:
            print(f"\r{row} of {len(lines)} curated questions", end="", file=sys.stderr)
        understood.append(understanding.of(line.question))
        evidence.append(retriever.evidence(understood[-1], without=[row]))
        if isinstance(line, Phrasing):
            left_out = alike[retriever.owners[row], _kind(line.who, line.lang)]
            strict.append(retriever.evidence(understood[-1], without=left_out).features)
    print(file=sys.stderr)
    owners = [*retriever.owners, *(-1 for _ in retriever.gaps)]
    classes = [0] * len(retriever.phrasings) + [
        judge.CLASSES.index(g.status) for g in retriever.gaps
    ]
    return Curated(understood, evidence, strict, np.array(owners), np.array(classes))


def _kind(who: str, lang: str) -> str:
    """Who asks and in what language: lines of one kind are each other's likeness."""
    return f"{who}/{lang}"


def _view(
    assistant: Assistant,
    understood: Understood,
    evidence: search.Evidence,
    ranker: NDArray[np.float32],
    wording_scores: Matrix,
    *,
    curated: bool,
) -> Matrix:
    scores = evidence.features @ ranker
    raised = np.exp(scores - scores.max())
    ranking = (raised / raised.sum()).astype(np.float32)
    ranker_in_use = assistant.ranker
    view = judge.features(
        understood,
        evidence,
        ranking,
        assistant.retriever,
        ranker_in_use.places,
        ranker_in_use.own_words,
        wording_scores,
        curated=curated,
    )
    return view.astype(np.float64)


def _softmax_weights(
    features: NDArray[np.float32], owners: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Weights that make the owner of a question its likeliest passage (listwise softmax).

    Source: Cao et al., Learning to Rank: From Pairwise to Listwise Approach, 2007, eq. 4.
    """
    import torch

    data, target = torch.from_numpy(features), torch.from_numpy(owners)
    weights = torch.ones(features.shape[2], requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], lr=0.5, max_iter=200, tolerance_change=1e-7)

    def loss() -> Any:
        optimiser.zero_grad()
        value = torch.nn.functional.cross_entropy((data * weights).sum(-1), target)
        value = value + 1e-3 * (weights**2).sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    for _ in range(3):
        optimiser.step(loss)  # type: ignore[no-untyped-call]
    found: NDArray[np.float32] = weights.detach().numpy()
    return found


def _wording(texts: list[str], classes: NDArray[np.int64]) -> tuple[dict[str, Any], Matrix]:
    """The wording model's table, and every text's scores from a model that never saw it."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_predict

    vectorizer = TfidfVectorizer(
        analyzer=wording.grams, min_df=LEAST_GRAM_COUNT, sublinear_tf=True, norm="l2"
    )
    matrix = vectorizer.fit_transform(texts)
    model = LogisticRegression(C=3.0, max_iter=300, class_weight="balanced")
    logs = cross_val_predict(model, matrix, classes, cv=5, method="predict_log_proba")
    model.fit(matrix, classes)
    table = {
        gram: [round(float(vectorizer.idf_[column]), 3)]
        + [round(float(w), 3) for w in model.coef_[:, column]]
        for gram, column in sorted(vectorizer.vocabulary_.items())
    }
    return {"table": table, "bias": rounded(model.intercept_)}, logs - logs.mean(1, keepdims=True)


def _sample_weights(classes: NDArray[np.int64]) -> Matrix:
    """The curated questions weighted to the shares of statuses that people ask for."""
    counts = np.bincount(classes, minlength=len(PRIOR))
    share = np.array(PRIOR) * len(classes) / np.maximum(counts, 1)
    weights: Matrix = share[classes]
    return weights


def _judge(views: Matrix, classes: NDArray[np.int64], sample: Matrix) -> tuple[Matrix, Matrix]:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=0.02, max_iter=200, solver="newton-cholesky")
    return folded(model, views, classes, sample)
