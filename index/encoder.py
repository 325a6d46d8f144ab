"""Turns texts into unit vectors, with the model that travels with the project or any other.

The shipped model is static: a table of rows and a tokenizer. It is read here with
safetensors, tokenizers and numpy alone, so that asking costs no torch import; the vectors
are those of ``SentenceTransformer(folder).encode``. Every other sentence-transformers model
goes through that package, which is imported in this file only and only when needed.

Nothing is downloaded unless a hub name was asked for, and no model stands in for another.
"""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from index.errors import EncoderError

SHIPPED_FOLDER = Path(__file__).parent / "model"
SHIPPED_DIGEST = Path(__file__).parent / "model.sha256"
Role = Literal["query", "passage"]

_BATCH = 2048
_STATIC_MODULES = ("StaticEmbedding", "Normalize")
# Prompts under which sentence-transformers models file what they want before a text.
_PROMPT_NAMES = {"query": ("query",), "passage": ("document", "passage", "corpus")}
# Models whose prefixes stand in their model card only.
_CARD_PREFIXES = {"e5-": {"query": "query: ", "passage": "passage: "}}
_log = logging.getLogger(__name__)


class Encoder(Protocol):
    """An embedding model. ``fingerprint`` tells whether vectors on disk are of its making."""

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """float32 (texts, dimensions), unit rows; a text without letters or digits gets zeros."""
        ...


def load_encoder(name: str | None = None) -> Encoder:
    """The shipped model, or the folder or hub name given (``intfloat/multilingual-e5-small``).

    Raises:
        EncoderError: the model is not on this machine and cannot be fetched, or is damaged.
    """
    folder = SHIPPED_FOLDER if name is None else Path(name)
    if folder.is_dir():
        if _is_static(folder):
            encoder = StaticEncoder(folder, name="shipped" if name is None else str(name))
            if name is None:
                _refuse_altered(encoder.fingerprint)
            return encoder
        return SentenceTransformerEncoder(str(folder))
    if name is None or name.startswith((".", "/", "~")) or len(Path(name).parts) > 2:
        raise EncoderError(
            f"no embedding model in the folder {folder}; expected a sentence-transformers folder",
            hint="unset TONGBAO_ENCODER to use the model that travels with the project"
            if name
            else "python -m index.training --data DATA --out index/model",
        )
    return SentenceTransformerEncoder(name)


def _refuse_altered(fingerprint: str) -> None:
    """A model that was written over by half still loads, and answers from noise.

    Raises:
        EncoderError: the shipped model is not the one whose digest stands beside it.
    """
    pinned = SHIPPED_DIGEST.read_text("ascii").strip() if SHIPPED_DIGEST.is_file() else "none"
    if fingerprint != pinned:
        raise EncoderError(
            f"the embedding model in {SHIPPED_FOLDER} has the digest {fingerprint[:16]}…;"
            f" expected {pinned[:16]}…",
            hint="restore it: git checkout index/model index/model.sha256; after a training of"
            f" your own: echo {fingerprint} > {SHIPPED_DIGEST}",
        )


class StaticEncoder:
    """A table of word rows: a text's vector is the mean of the rows of its tokens."""

    def __init__(self, folder: Path, *, name: str) -> None:
        self.name = name
        self._folder = folder
        try:
            inner = folder / str(_modules(folder)[0]["path"])
            self._tokenizer = Tokenizer.from_file(str(inner / "tokenizer.json"))
            self._rows, self._scales = read_table(inner / "model.safetensors")
            self._prompts = _read_prompts(folder)
        except Exception as error:  # tokenizers raises bare Exception
            raise EncoderError(
                f"the embedding model in {folder} cannot be read: {error}",
                hint="restore the folder, for the shipped model: git checkout index/model",
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self.dimensions = int(self._rows.shape[1])

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 over the names and bytes of the folder's files, its model card left out."""
        return _folder_digest(self._folder)

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """float32 (texts, dimensions), unit rows; a text without letters or digits gets zeros."""
        prompt = self._prompts.get(role, "")
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for start in range(0, len(texts), _BATCH):
            batch = [prompt + text for text in texts[start : start + _BATCH]]
            encodings = self._tokenizer.encode_batch_fast(batch, add_special_tokens=False)
            self._fill(vectors[start : start + _BATCH], [encoding.ids for encoding in encodings])
        return vectors

    def _fill(self, vectors: NDArray[np.float32], token_ids: Sequence[Sequence[int]]) -> None:
        filled = [place for place, ids in enumerate(token_ids) if ids]
        if not filled:
            return
        flat = np.fromiter((i for place in filled for i in token_ids[place]), dtype=np.int64)
        lengths = np.array([len(token_ids[place]) for place in filled])
        rows = self._rows[flat].astype(np.float32)
        if self._scales is not None:
            rows *= self._scales[flat, None]
        means = np.add.reduceat(rows, np.concatenate(([0], np.cumsum(lengths[:-1]))), axis=0)
        means /= lengths[:, None]
        vectors[filled] = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)


class SentenceTransformerEncoder:
    """Any sentence-transformers model, with the prompts its configuration gives each role."""

    def __init__(self, name: str) -> None:
        _log.info("loading embedding model %s", name)
        try:
            from sentence_transformers import SentenceTransformer

            self._model = SentenceTransformer(name)
        except Exception as error:  # hub, files and model code raise anything
            reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
            raise EncoderError(
                f"embedding model {name!r} is not on this machine and could not be loaded: {reason}",
                hint="check the name and the network, give a folder, or unset TONGBAO_ENCODER",
            ) from error
        self.name = name
        self.dimensions = int(self._model.get_embedding_dimension() or 0)
        self._prompts = _role_prompts(self._model.prompts, name)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the folder's files, or of name and revision for a model from a hub."""
        if Path(self.name).is_dir():
            return _folder_digest(Path(self.name))
        config = getattr(getattr(self._model[0], "auto_model", None), "config", None)
        revision = getattr(config, "_commit_hash", None) or "unknown"
        return hashlib.sha256(f"{self.name}@{revision}".encode()).hexdigest()

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """float32 (texts, dimensions), unit rows; progress on stderr for long lists."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        vectors = self._model.encode(
            list(texts),
            prompt=self._prompts.get(role) or None,
            batch_size=64,
            show_progress_bar=len(texts) > 256,
            normalize_embeddings=True,
            convert_to_numpy=True,
        )
        return np.asarray(vectors, dtype=np.float32)


def _modules(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
    return found


def _is_static(folder: Path) -> bool:
    """Whether the folder is a static table alone, at most followed by a normalisation."""
    try:
        kinds = [str(module["type"]).rsplit(".", 1)[-1] for module in _modules(folder)]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return kinds[:1] == ["StaticEmbedding"] and kinds in (
        list(_STATIC_MODULES[:1]),
        list(_STATIC_MODULES),
    )


def read_table(path: Path) -> tuple[NDArray[Any], NDArray[np.float32] | None]:
    """Rows (tokens, dimensions) as stored and each row's factor, if the file has factors.

    Layouts: ``embedding.weight`` of sentence-transformers; ``embeddings`` with ``mapping``
    (token to row) and ``weights`` (factor of a token) of model2vec.
    """
    tensors = load_file(path)
    if "embedding.weight" in tensors:
        return tensors["embedding.weight"], None
    rows = tensors["embeddings"]
    if "mapping" in tensors:
        rows = rows[tensors["mapping"]]
    scales = tensors.get("weights")
    return rows, None if scales is None else scales.astype(np.float32)


def _read_prompts(folder: Path) -> dict[str, str]:
    path = folder / "config_sentence_transformers.json"
    config = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return _role_prompts(config.get("prompts") or {}, str(folder))


def _role_prompts(prompts: Mapping[str, str | None], name: str) -> dict[str, str]:
    """What to put before a text of each role."""
    found = {
        role: next((found for key in keys if (found := prompts.get(key))), "")
        for role, keys in _PROMPT_NAMES.items()
    }
    if not any(found.values()):
        for part, prefixes in _CARD_PREFIXES.items():
            if part in name.lower() and "instruct" not in name.lower():
                return dict(prefixes)
    return found


def _folder_digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in _model_files(folder):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _model_files(folder: Path) -> Iterator[Path]:
    paths: Iterable[Path] = (path for path in folder.rglob("*") if path.is_file())
    yield from sorted(path for path in paths if path.suffix.lower() != ".md")
