"""Reads the training data: which files make a group, how often a group is drawn, its rows.

``weights.tsv`` beside this file is the one table of data-set weights. Nothing of the
benchmarks or of the questions may pass: ``Excluded`` drops what equals one of their texts.
"""

import gzip
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "weights.tsv"
EVERYDAY = Path(__file__).parent / "everyday.tsv"
_LETTERS = re.compile(r"[\W_]+")
_FIELDS = (("q", "p"), ("en", "zh"), ("a", "b"), ("title", "text"))
_MAX_CHARACTERS = 320


@dataclass(frozen=True, slots=True)
class Group:
    """Files drawn together: a batch holds rows of one group only.

    ``kind``: pair (two texts that mean the same or ask and answer), cloze (single texts, a
    span of which must find the rest), paragraph (aligned sentences in document order, one of
    which must find the translations around it). ``cap`` bounds the rows of each file.
    """

    name: str
    kind: str
    files: tuple[str, ...]
    weight: float
    cap: int


def read_groups(table: Path = TABLE) -> list[Group]:
    """The table's groups, in its order."""
    groups = []
    for line in table.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            name, kind, files, weight, cap = line.split("\t")[:5]
            groups.append(Group(name, kind, tuple(files.split()), float(weight), int(cap)))
    return groups


def matching_key(text: str) -> str:
    """What two copies of one sentence share: letters and digits in lower case."""
    return _LETTERS.sub("", text.lower())


class Excluded:
    """The texts that must never be trained on, as a set of matching keys."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._keys: set[int] = set()
        for folder in folders:
            for path in sorted(folder.glob("*.jsonl*")):
                for row in _json_lines(path):
                    self._keys.update(hash(matching_key(t)) for t in _strings(row))
        self._keys.discard(hash(""))

    def __contains__(self, text: str) -> bool:
        return hash(matching_key(text)) in self._keys


def _strings(value: Any) -> Iterator[str]:
    """Every text of ten characters or more inside a JSON value, whole and sentence by sentence."""
    if isinstance(value, str):
        parts = [value, *re.split(r"(?<=[。！？!?])|(?<=\.)\s", value)]
        yield from (part for part in parts if len(part) >= 10)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


@dataclass(frozen=True, slots=True)
class Row:
    """Two texts and their languages; for kind cloze the first text is empty."""

    first: str
    second: str
    first_language: str
    second_language: str


def rows(group: Group, folders: Sequence[Path], excluded: Excluded) -> Iterator[Row]:
    """The group's rows, file after file, each file thinned evenly to the cap."""
    for path in files_of(group, folders):
        lines = list(_pairs(path))
        step = max(1.0, len(lines) / group.cap) if group.kind != "paragraph" else 1.0
        for number in range(min(len(lines), group.cap)):
            first, second, *languages = lines[int(number * step)]
            if first in excluded or second in excluded:
                continue
            shown = "" if group.kind == "cloze" else first[:_MAX_CHARACTERS]
            yield Row(shown, second[:_MAX_CHARACTERS], *languages)


def files_of(group: Group, folders: Sequence[Path]) -> list[Path]:
    """The files whose names are, or begin with, the names of the group."""
    found: list[Path] = []
    for name in group.files:
        if name == "everyday":
            found.append(EVERYDAY)
        for folder in folders:
            exact = folder / f"{name}.jsonl.gz"
            found += [exact] if exact.exists() else sorted(folder.glob(f"{name}_*.jsonl.gz"))
    return found


def _pairs(path: Path) -> Iterator[tuple[str, str, str, str]]:
    if path.suffix == ".tsv":
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                first, second = line.split("\t")[:2]
                yield first, second, "zh", "zh"
        return
    for row in _json_lines(path):
        for one, other in _FIELDS:
            if one in row and other in row:
                languages = row.get("la", "en" if one == "en" else "zh"), row.get("lb", "zh")
                if row[one] and row[other]:
                    yield row[one], row[other], *languages
                break


def _json_lines(path: Path) -> Iterator[dict[str, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
