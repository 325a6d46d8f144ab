"""The fitted parameters, all in one file; ``python -m eval fit`` writes it."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.estimate import FEATURES, Estimator
from assistant.judge import Judge
from assistant.wording import Wording

FILE = Path(__file__).parent / "fitted.json"


@dataclass(frozen=True, slots=True)
class Weights:
    """``ranker`` is float32 (len(search.FEATURES),)."""

    ranker: NDArray[np.float32]
    judge: Judge
    estimator: Estimator


@dataclass(frozen=True, slots=True)
class Fitted:
    """``curated`` serves a notice with phrasings, ``plain`` one without."""

    curated: Weights
    plain: Weights
    wording: Wording


def read(path: Path = FILE) -> Fitted:
    """Read the parameters; the shipped file once per process."""
    return _read(path)


@cache
def _read(path: Path) -> Fitted:
    return from_record(json.loads(path.read_text("utf-8")))


def from_record(record: dict[str, Any]) -> Fitted:
    """The parameters of the file's JSON object."""
    joined = record.get("estimate", {})

    def weights(side: str) -> Weights:
        part, estimate = record[side], joined.get(side) or _unfitted()
        judge = Judge(np.array(part["judge"]["weights"]), np.array(part["judge"]["bias"]))
        estimator = Estimator(np.array(estimate["weights"]), np.array(estimate["bias"]))
        return Weights(np.array(part["ranker"], dtype=np.float32), judge, estimator)

    wording = record["wording"]
    return Fitted(
        curated=weights("curated"),
        plain=weights("plain"),
        wording=Wording(wording["table"], wording["bias"]),
    )


def _unfitted() -> dict[str, Any]:
    """The judge's word alone."""
    weights = np.zeros((3, len(FEATURES)))
    weights[:, :3] = np.eye(3)
    return {"weights": weights, "bias": np.zeros(3)}
