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


@dataclass(frozen=True, slots=True)
class Fitted:
    """``curated`` serves a notice with phrasings, ``plain`` one without."""

    curated: Weights
    plain: Weights
    wording: Wording
    estimator: Estimator


def read(path: Path = FILE) -> Fitted:
    """Read the parameters; the shipped file once per process."""
    return _read(path)


@cache
def _read(path: Path) -> Fitted:
    return from_record(json.loads(path.read_text("utf-8")))


def from_record(record: dict[str, Any]) -> Fitted:
    """The parameters of the file's JSON object."""

    def weights(part: dict[str, Any]) -> Weights:
        judge = Judge(np.array(part["judge"]["weights"]), np.array(part["judge"]["bias"]))
        return Weights(np.array(part["ranker"], dtype=np.float32), judge)

    wording = record["wording"]
    joined = record.get("estimate") or _unfitted()
    return Fitted(
        curated=weights(record["curated"]),
        plain=weights(record["plain"]),
        wording=Wording(wording["table"], wording["bias"]),
        estimator=Estimator(np.array(joined["weights"]), np.array(joined["bias"])),
    )


def _unfitted() -> dict[str, Any]:
    """The judge's word alone."""
    weights = np.zeros((3, len(FEATURES)))
    weights[:, :3] = np.eye(3)
    return {"weights": weights, "bias": np.zeros(3)}
