"""Writes the table as a sentence-transformers folder: int8 rows, one factor a row.

sentence-transformers reads ``embeddings`` times ``weights`` (model2vec's layout) back into
float32, so eight bits on disk cost no float16 arithmetic at run time.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

_STATIC = "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding"
_NORMALIZE = "sentence_transformers.base.modules.normalize.Normalize"


def quantised(rows: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Each row as whole numbers in [-127, 127] and the factor that restores it."""
    factors = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127
    return np.rint(rows / factors[:, None]).astype(np.int8), factors.astype(np.float32)


def write_folder(rows: NDArray[np.float32], tokenizer_file: Path, out: Path) -> None:
    """A folder that ``SentenceTransformer(out)`` and ``index.encoder`` both load."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "1_Normalize").mkdir(exist_ok=True)
    shutil.copyfile(tokenizer_file, out / "tokenizer.json")
    embeddings, factors = quantised(rows)
    save_file({"embeddings": embeddings, "weights": factors}, out / "model.safetensors")
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": _STATIC},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": _NORMALIZE},
    ]
    config = {
        "model_type": "SentenceTransformer",
        "prompts": {"query": "", "document": ""},
        "default_prompt_name": None,
        "similarity_fn_name": "cosine",
    }
    normalize = {
        "module_input_name": "sentence_embedding",
        "module_output_name": "sentence_embedding",
    }
    for path, content in (
        (out / "modules.json", modules),
        (out / "config_sentence_transformers.json", config),
        (out / "1_Normalize" / "config.json", normalize),
    ):
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    for path in out.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
