"""The index on disk: texts, facts, curated files and vectors, written whole or not at all.

    <data>/index/current            the name of the build in use
    <data>/index/builds/<name>/     manifest.json, notices.json, rows.json, vectors.faiss

A build is written to a temporary folder, flushed, renamed, and only then named in
``current``, all of it under a lock; its name is the SHA-256 of its manifest, so equal input gives equal bytes.
Every file is checked against the manifest on load: FAISS itself reads flipped bits silently.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from index.builds import held, sweep
from index.encoder import Encoder
from index.errors import IndexStoreError
from index.notice import Notice, parse
from index.passages import Passage, cut
from index.profile import Profile, from_words
from index.vocabulary import Gap, Phrasing, Synonym, Vocabulary
from index.windows import windows

SCHEMA = 2
_REBUILD = "run: python -m index build"


@dataclass(frozen=True, slots=True)
class Source:
    """A notice with what is curated for it. ``digest`` covers the file and all beside it."""

    notice: Notice
    vocabulary: Vocabulary
    profile: Profile
    path: str
    digest: str


@dataclass(frozen=True, slots=True)
class Row:
    """What one vector stands for: a passage, a window of one, a phrasing or a gap.

    ``position`` counts within the notice: passages as ``cut`` gives them, phrasings and
    gaps as in the vocabulary. A window carries the position of its passage.
    """

    notice_id: str
    kind: str
    position: int


@dataclass(frozen=True, slots=True)
class Index:
    """A loaded index. ``rows[i]`` says what row ``i`` of ``vectors`` stands for."""

    sources: tuple[Source, ...]
    passages: tuple[Passage, ...]
    rows: tuple[Row, ...]
    vectors: Any
    encoder_name: str
    encoder_fingerprint: str
    dimensions: int
    name: str

    def similarities(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosine of a unit query with every row, float32 (rows,), in row order."""
        total = len(self.rows)
        if not total:
            return np.zeros(0, dtype=np.float32)
        # A range that takes in every row: unlike the k best it need not be sorted.
        _, scores, places = self.vectors.range_search(query.reshape(1, -1), -2.0)
        found = np.zeros(total, dtype=np.float32)
        found[places] = scores
        return found


def rows_of(source: Source) -> tuple[list[Row], list[str]]:
    """The rows of one notice and the texts to embed for them, in the same order."""
    rows: list[Row] = []
    texts: list[str] = []
    name = source.notice.id
    for position, passage in enumerate(cut(source.notice)):
        rows.append(Row(name, "passage", position))
        texts.append(passage.search_text)
        if not passage.finest:
            continue
        for start, end in windows(passage.text):
            rows.append(Row(name, "window", position))
            texts.append(f"{passage.title}。{passage.text[start:end]}")
    for kind, questions in (
        ("phrasing", [p.question for p in source.vocabulary.phrasings]),
        ("gap", [g.question for g in source.vocabulary.gaps]),
    ):
        rows.extend(Row(name, kind, position) for position in range(len(questions)))
        texts.extend(questions)
    return rows, texts


def _rows_digest(sources: Sequence[Source]) -> str:
    """SHA-256 over what every row stands for: another parser or cut gives another."""
    return _sha256(_json([rows_of(source)[1] for source in sources]))


def build(sources: Sequence[Source], encoder: Encoder, folder: Path) -> str:
    """Embed everything and write a build; returns its name. Nothing changes on failure."""
    rows: list[Row] = []
    vectors = faiss.IndexFlatIP(encoder.dimensions)
    for source in sources:
        own, texts = rows_of(source)
        roles = ["query" if row.kind in ("phrasing", "gap") else "passage" for row in own]
        for role in ("passage", "query"):
            chosen = [text for text, r in zip(texts, roles, strict=True) if r == role]
            rows.extend(row for row, r in zip(own, roles, strict=True) if r == role)
            if chosen:
                vectors.add(_unit(encoder.encode(chosen, role=role)))
    files = {
        "notices.json": _json([_source_json(source) for source in sources]),
        "rows.json": _json([[row.notice_id, row.kind, row.position] for row in rows]),
        "vectors.faiss": faiss.serialize_index(vectors).tobytes(),
    }
    manifest = _json(
        {
            "schema": SCHEMA,
            "encoder": {
                "name": encoder.name,
                "fingerprint": encoder.fingerprint,
                "dimensions": encoder.dimensions,
            },
            "notices": {
                s.notice.id: {"sha256": s.notice.sha256, "digest": s.digest, "path": s.path}
                for s in sources
            },
            "counts": {
                kind: sum(row.kind == kind for row in rows)
                for kind in ("passage", "window", "phrasing", "gap")
            },
            "rows": _rows_digest(sources),
            "files": {name: _sha256(content) for name, content in files.items()},
        }
    )
    name = _sha256(manifest)[:16]
    _write(folder, name, files | {"manifest.json": manifest})
    return name


def _write(folder: Path, name: str, files: dict[str, bytes]) -> None:
    builds = folder / "builds"
    try:
        builds.mkdir(parents=True, exist_ok=True)
        with held(folder):
            if not _is_intact(builds / name, files):
                _write_build(builds, name, files)
            _point_to(folder, name)
            (folder / "pinned").unlink(missing_ok=True)
            sweep(builds, name)
    except OSError as error:
        raise IndexStoreError(
            f"the index cannot be written to {folder}: {error.strerror}",
            hint="check space and permissions, or set TONGBAO_DATA",
        ) from error


def _point_to(folder: Path, name: str) -> None:
    pointer = folder / f".current-{os.getpid()}"
    try:
        _write_synced(pointer, f"{name}\n".encode())
        pointer.replace(folder / "current")
    finally:
        pointer.unlink(missing_ok=True)
    _sync_folder(folder)


def _is_intact(build: Path, files: dict[str, bytes]) -> bool:
    paths = {name: build / name for name in files}
    return all(path.is_file() and path.read_bytes() == files[n] for n, path in paths.items())


def _write_build(builds: Path, name: str, files: dict[str, bytes]) -> None:
    temporary = Path(tempfile.mkdtemp(prefix=".building-", dir=builds))
    try:
        for file_name, content in files.items():
            _write_synced(temporary / file_name, content)
        temporary.chmod(0o755)
        _sync_folder(temporary)
        if (builds / name).exists():  # damaged, or it would have been kept
            (builds / name).rename(tempfile.mkdtemp(prefix=".damaged-", dir=builds))
        temporary.rename(builds / name)
        _sync_folder(builds)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of the build in use, with its ``name``.

    Raises:
        IndexStoreError: there is none, it was altered, or it is of another schema.
    """
    pointer = folder / "current"
    if not pointer.is_file():
        raise IndexStoreError(f"no index in {folder}", hint=_REBUILD)
    name = _read(pointer).decode("utf-8", "replace").strip()
    if not re.fullmatch(r"[0-9a-f]{16}", name):
        raise IndexStoreError(f"{pointer} names no build but {name[:40]!r}", hint=_REBUILD)
    path = folder / "builds" / name / "manifest.json"
    if not path.is_file():
        raise IndexStoreError(f"the index in {folder} is torn: no build {name!r}", hint=_REBUILD)
    content = _read(path)
    if _sha256(content)[:16] != name:
        raise IndexStoreError(f"{path} was altered after it was built", hint=_REBUILD)
    manifest: dict[str, Any] = json.loads(content)
    if manifest.get("schema") != SCHEMA:
        raise IndexStoreError(
            f"the index has schema {manifest.get('schema')!r}; this program writes {SCHEMA}",
            hint=_REBUILD,
        )
    return manifest | {"name": name}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise IndexStoreError(
            f"{path} cannot be read: {error.strerror}", hint=f"check its permissions, or {_REBUILD}"
        ) from error


def load(folder: Path, encoder: Encoder) -> Index:
    """Read the build in use and check it; once more when another took its place meanwhile.

    Raises:
        IndexStoreError: missing, torn, altered, or made with another encoder or version.
    """
    while True:
        pointed = _pointed(folder)
        try:
            return _load(folder, encoder)
        except IndexStoreError:
            if pointed == _pointed(folder):
                raise


def _pointed(folder: Path) -> bytes:
    try:
        return (folder / "current").read_bytes()
    except OSError:
        return b""


def _load(folder: Path, encoder: Encoder) -> Index:
    manifest = read_manifest(folder)
    made_with = manifest["encoder"]
    if (made_with["fingerprint"], made_with["dimensions"]) != (
        encoder.fingerprint,
        encoder.dimensions,
    ):
        raise IndexStoreError(
            f"the index holds vectors of {made_with['name']} ({made_with['dimensions']} dimensions);"
            f" the encoder in use is {encoder.name} ({encoder.dimensions})",
            hint=_REBUILD,
        )
    build_folder = folder / "builds" / manifest["name"]
    contents: dict[str, bytes] = {}
    for name, digest in manifest["files"].items():
        path = build_folder / name
        contents[name] = _read(path) if path.is_file() else b""
        if _sha256(contents[name]) != digest:
            raise IndexStoreError(f"{path} is missing or was altered", hint=_REBUILD)
    sources = tuple(_source(record) for record in json.loads(contents["notices.json"]))
    if manifest["rows"] != _rows_digest(sources):
        raise IndexStoreError(
            "the index was built by a version that cuts passages otherwise", hint=_REBUILD
        )
    # For one question at a time a second thread costs more than it saves.
    faiss.omp_set_num_threads(1)
    return Index(
        sources=sources,
        passages=tuple(passage for source in sources for passage in cut(source.notice)),
        rows=tuple(Row(*row) for row in json.loads(contents["rows.json"])),
        vectors=faiss.deserialize_index(np.frombuffer(contents["vectors.faiss"], dtype=np.uint8)),
        encoder_name=made_with["name"],
        encoder_fingerprint=made_with["fingerprint"],
        dimensions=made_with["dimensions"],
        name=manifest["name"],
    )


def _source_json(source: Source) -> dict[str, Any]:
    return {
        "id": source.notice.id,
        "path": source.path,
        "digest": source.digest,
        "text": source.notice.text,
        "vocabulary": asdict(source.vocabulary),
        "profile": asdict(source.profile),
    }


def _source(record: dict[str, Any]) -> Source:
    words = record["vocabulary"]
    notice = parse(record["text"], record["id"])
    return Source(
        notice=notice,
        vocabulary=Vocabulary(
            synonyms=tuple(
                Synonym(s["word"], tuple(s["terms"]), s["kind"], s["lang"])
                for s in words["synonyms"]
            ),
            phrasings=tuple(Phrasing(**p) for p in words["phrasings"]),
            gaps=tuple(Gap(**(g | {"show": tuple(g["show"])})) for g in words["gaps"]),
            terms=tuple(words["terms"]),
            abbreviations=tuple((short, full) for short, full in words["abbreviations"]),
        ),
        profile=from_words(record["profile"], notice, where=record["path"]),
        path=record["path"],
        digest=record["digest"],
    )


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.ascontiguousarray(vectors / np.where(norms > 0, norms, 1), dtype=np.float32)


def _json(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
