"""Fits what tells an emergency and reports it; ``python -m eval emergency [QUESTIONS]``.

The lines in ``eval/emergencies`` (written for this, by kind) and the curated questions of
the notice teach. The report is for kinds held out whole (a sixth of the kinds at a time),
then, for question files, of the parameters that were written: a line counts as an emergency
if its ``reason`` says so.
"""

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant import emergency
from assistant.matching import plain, scripts

LINES = Path(__file__).parent / "emergencies"
NOTICES = Path(__file__).parent.parent / "index" / "notices"
CURATED = "curated"
FOLDS = 6
NEAR_WEIGHT = 2.0  # a line that only sounds like an emergency, against a curated question
SIGNS_STRENGTH = 1.0  # inverse regularisation of each voice
STRETCHES_STRENGTH = 30.0
LEAST_DANGERS, LEAST_OTHERS = 2, 2  # lines a feature must stand in, of either class
THRESHOLD = -1.2
_DECIMALS = 3
Matrix = Any  # scipy.sparse matrices have no types
Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Line:
    """A message, whether it is an emergency, and the kind that is held out together."""

    text: str
    danger: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Voice:
    """A linear model over named features: log-odds it starts from and per feature."""

    start: float
    weights: Vector


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("questions", nargs="*", type=Path, help="question files, JSON Lines")
    parser.add_argument("--out", type=Path, default=emergency.WEIGHTS, help="where weights go")
    parser.add_argument("--dry", action="store_true", help="report only, write nothing")
    parser.add_argument("--mistakes", action="store_true", help="print the lines held-out lost")


def main(arguments: argparse.Namespace) -> int:
    lines = [*written_lines(), *curated_lines()]
    scores = held_out(lines)
    _report_kinds(lines, scores)
    if arguments.mistakes:
        _print_mistakes(lines, scores)
    if not arguments.dry:
        write(fit(lines), arguments.out)
    for path in arguments.questions:
        _report_file(path)
    return 0


def written_lines(folder: Path = LINES) -> Iterator[Line]:
    """The lines of every ``*.yes.txt`` and ``*.no.txt``; "## " begins a kind."""
    for path in sorted(folder.glob("*.txt")):
        danger = path.name.endswith(".yes.txt")
        kind = ""
        for text in path.read_text("utf-8").splitlines():
            if text.startswith("## "):
                kind = f"{'yes' if danger else 'no'} {text[3:]}"
            elif text:
                yield Line(text, danger, kind)


def curated_lines(folder: Path = NOTICES) -> Iterator[Line]:
    """The curated questions of every notice."""
    for path in sorted([*folder.glob("*/phrasings.jsonl"), *folder.glob("*/gaps.jsonl")]):
        yield from (Line(text, danger, CURATED) for text, danger in _questions(path))


def held_out(lines: Sequence[Line]) -> Vector:
    """Log-odds of each line from voices that saw nothing of its fold; kinds stay together."""
    generator = np.random.default_rng(1)
    kinds = sorted({line.kind for line in lines})
    fold_of = dict(zip(kinds, generator.permutation(len(kinds)) % FOLDS, strict=True))
    scattered = generator.integers(0, FOLDS, len(lines))
    folds = np.array(
        [
            part if line.kind == CURATED else fold_of[line.kind]
            for line, part in zip(lines, scattered, strict=True)
        ]
    )
    signs, _ = _sign_matrix(lines)
    stretches, _, _ = _stretch_matrix(lines)
    scores = np.zeros(len(lines))
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        for matrix, strength, only in (
            (signs, SIGNS_STRENGTH, slice(None)),
            (stretches, STRETCHES_STRENGTH, _chinese(stretches)),
        ):
            rows = np.zeros(len(lines), dtype=bool)
            rows[only] = True
            voice = _fit_voice(matrix, lines, seen[rows[seen]], strength)
            told = unseen[rows[unseen]]
            scores[told] += matrix[told] @ voice.weights + voice.start
    return scores


def fit(lines: Sequence[Line]) -> dict[str, Any]:
    """The parameters ``assistant.emergency`` reads."""
    signs, names = _sign_matrix(lines)
    stretches, texts, rarities = _stretch_matrix(lines)
    everything = np.arange(len(lines))
    by_sign = _fit_voice(signs, lines, everything, SIGNS_STRENGTH)
    by_stretch = _fit_voice(stretches, lines, _chinese(stretches), STRETCHES_STRENGTH)
    return {
        "threshold": THRESHOLD,
        "signs_start": round(by_sign.start, _DECIMALS),
        "signs": {
            name: round(float(weight), _DECIMALS)
            for name, weight in zip(names, by_sign.weights, strict=True)
        },
        "stretches_start": round(by_stretch.start, _DECIMALS),
        "stretches": [
            [text, round(float(rarity), _DECIMALS), round(float(weight), _DECIMALS)]
            for text, rarity, weight in zip(texts, rarities, by_stretch.weights, strict=True)
        ],
    }


def write(parameters: dict[str, Any], path: Path) -> None:
    """One stretch a line, so that a change shows as few lines."""
    stretches = ",\n".join(json.dumps(s, ensure_ascii=False) for s in parameters["stretches"])
    rest = json.dumps({**parameters, "stretches": []}, ensure_ascii=False, indent=0)
    path.write_text(
        rest.replace('"stretches": []', f'"stretches": [\n{stretches}\n]') + "\n", "utf-8"
    )


def _questions(path: Path) -> Iterator[tuple[str, bool]]:
    for text in path.read_text("utf-8").splitlines():
        if text.strip():
            line = json.loads(text)
            yield str(line["question"]), line.get("reason") == "emergency"


def _sign_matrix(lines: Sequence[Line]) -> tuple[Matrix, list[str]]:
    return _matrix(lines, emergency.sign_features)


def _stretch_matrix(lines: Sequence[Line]) -> tuple[Matrix, list[str], Vector]:
    """Rows of length 1 over the stretches' rarities, the stretches, and the rarities."""
    from scipy import sparse
    from sklearn.preprocessing import normalize

    matrix, texts = _matrix(lines, lambda text: set(emergency.stretches(text)))
    rarities = np.log(matrix.shape[0] / (1.0 + np.asarray(matrix.sum(axis=0)).ravel()))
    return normalize(matrix @ sparse.diags(rarities)).tocsr(), texts, rarities


def _matrix(
    lines: Sequence[Line], features: Callable[[str], Iterable[str]]
) -> tuple[Matrix, list[str]]:
    """0 or 1 for each line and each feature that enough lines share; features in order."""
    from sklearn.feature_extraction import DictVectorizer

    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(dict.fromkeys(features(plain(x.text)), 1.0) for x in lines)
    danger = np.array([line.danger for line in lines])
    near = np.array([line.kind != CURATED for line in lines]) & ~danger
    dangers, others = (
        np.asarray(matrix[np.flatnonzero(rows)].sum(axis=0)).ravel() for rows in (danger, near)
    )
    kept = np.flatnonzero((dangers >= LEAST_DANGERS) | (others >= LEAST_OTHERS))
    names = vectorizer.get_feature_names_out()
    return matrix[:, kept].tocsr(), [str(names[place]) for place in kept]


def _chinese(stretches: Matrix) -> NDArray[np.int64]:
    """Rows that have stretches at all."""
    return np.flatnonzero(np.diff(stretches.indptr)).astype(np.int64)


def _fit_voice(
    matrix: Matrix, lines: Sequence[Line], rows: NDArray[np.int64], strength: float
) -> Voice:
    from sklearn.linear_model import LogisticRegression

    danger = np.array([line.danger for line in lines])
    near = np.array([line.kind != CURATED for line in lines]) & ~danger
    model = LogisticRegression(C=strength, solver="liblinear", max_iter=1000, random_state=0)
    weight = np.where(near, NEAR_WEIGHT, 1.0)
    model.fit(matrix[rows], danger[rows], sample_weight=weight[rows])
    return Voice(float(model.intercept_[0]), model.coef_[0])


def _report_kinds(lines: Sequence[Line], scores: Vector) -> None:
    parts: dict[str, Callable[[Line], bool]] = {
        "emergencies, Chinese": lambda x: x.danger and not _foreign(x),
        "emergencies, other languages": lambda x: x.danger and _foreign(x),
        "near misses, Chinese": lambda x: not x.danger and x.kind != CURATED and not _foreign(x),
        "near misses, other languages": lambda x: (
            not x.danger and x.kind != CURATED and _foreign(x)
        ),
        "curated questions": lambda x: not x.danger and x.kind == CURATED,
    }
    for threshold in (THRESHOLD - 1.0, THRESHOLD - 0.5, THRESHOLD, THRESHOLD + 0.5):
        print(f"kinds held out, threshold {threshold:+.1f}")
        for name, belongs in parts.items():
            rows = np.array([belongs(line) for line in lines])
            called = int((scores[rows] > threshold).sum())
            print(f"  {name}: called in {called} of {rows.sum()} ({called / rows.sum():.4f})")


def _foreign(line: Line) -> bool:
    return "han" not in scripts(plain(line.text))


def _print_mistakes(lines: Sequence[Line], scores: Vector) -> None:
    for place in np.argsort(scores):
        line = lines[place]
        if (scores[place] > THRESHOLD) != line.danger:
            print(f"{scores[place]:+.1f}\t{line.kind}\t{line.text}")


def _report_file(path: Path) -> None:
    called = [(danger, emergency.is_emergency(text)) for text, danger in _questions(path)]
    dangers = [said for danger, said in called if danger]
    others = [said for danger, said in called if not danger]
    print(
        f"{path}: {sum(dangers)} of {len(dangers)} emergencies, "
        f"{sum(others)} false alarms in {len(others)} others"
    )
