"""Curated files beside a notice: what people call things, how they ask, what is not said.

Plain text that staff can edit. None of it is ever quoted; a notice without them works.

    synonyms.tsv     word, terms (``|`` between), kind, lang
    phrasings.jsonl  {"id": "37.2", "lang": "zh", "who": "resident", "question": "…"}
    gaps.jsonl       {"status": …, "reason": …, "show": ["27.1"], "lang": …, "question": "…"}
    terms.txt        the notice's terms, kept whole when words are cut
    abbreviations.tsv  short, long
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import VocabularyError

FILES = ("synonyms.tsv", "phrasings.jsonl", "gaps.jsonl", "terms.txt", "abbreviations.tsv")
STATUSES = ("not_stated", "out_of_scope")


@dataclass(frozen=True, slots=True)
class Synonym:
    """What people say, and the notice's own terms it stands for."""

    word: str
    terms: tuple[str, ...]
    kind: str
    lang: str


@dataclass(frozen=True, slots=True)
class Phrasing:
    """A question that the passage ``id`` answers."""

    id: str
    question: str
    lang: str
    who: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A question the notice does not answer, and the passages to show (none if out of scope)."""

    question: str
    status: str
    reason: str
    show: tuple[str, ...]
    lang: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything curated for one notice; all empty when there is nothing."""

    synonyms: tuple[Synonym, ...] = ()
    phrasings: tuple[Phrasing, ...] = ()
    gaps: tuple[Gap, ...] = ()
    terms: tuple[str, ...] = ()
    abbreviations: tuple[tuple[str, str], ...] = ()

    def with_more(self, other: "Vocabulary") -> "Vocabulary":
        return Vocabulary(
            self.synonyms + other.synonyms,
            self.phrasings + other.phrasings,
            self.gaps + other.gaps,
            self.terms + other.terms,
            self.abbreviations + other.abbreviations,
        )


def load(folder: Path, passage_ids: frozenset[str], *, stem: str = "") -> Vocabulary:
    """Read the curated files of a folder; ``stem`` precedes each file name (``2023.``).

    Raises:
        VocabularyError: names file, line, what was seen and what was expected.
    """

    def rows(name: str) -> Iterator[tuple[str, str]]:
        path = folder / f"{stem}{name}"
        if not path.is_file():
            return
        try:
            text = path.read_text("utf-8-sig")
        except UnicodeDecodeError as error:
            raise VocabularyError(f"{path} is not UTF-8", hint="save it as UTF-8") from error
        for number, line in enumerate(text.split("\n"), start=1):
            if line.strip() and not line.startswith("#"):
                yield f"{path}:{number}", line.rstrip("\r")

    return Vocabulary(
        synonyms=tuple(
            _synonym(where, line) for where, line in rows("synonyms.tsv") if line[:5] != "word\t"
        ),
        phrasings=tuple(
            _phrasing(where, line, passage_ids) for where, line in rows("phrasings.jsonl")
        ),
        gaps=tuple(_gap(where, line, passage_ids) for where, line in rows("gaps.jsonl")),
        terms=tuple(line.strip() for _, line in rows("terms.txt")),
        abbreviations=tuple(_pair(where, line) for where, line in rows("abbreviations.tsv")),
    )


def _pair(where: str, line: str) -> tuple[str, str]:
    cells = line.split("\t")
    if len(cells) != 2 or not all(cell.strip() for cell in cells):
        raise VocabularyError(f"{where}: saw {line!r}; expected short<TAB>long")
    return cells[0].strip(), cells[1].strip()


def _synonym(where: str, line: str) -> Synonym:
    cells = [cell.strip() for cell in line.split("\t")]
    terms = tuple(t.strip() for t in cells[1].split("|") if t.strip()) if len(cells) == 4 else ()
    if not cells[0] or not terms:
        raise VocabularyError(f"{where}: saw {line!r}; expected word<TAB>terms<TAB>kind<TAB>lang")
    return Synonym(cells[0], terms, cells[2], cells[3])


def _record(where: str, line: str, needed: tuple[str, ...]) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        raise VocabularyError(f"{where}: not JSON ({error.msg})") from error
    if not isinstance(record, dict) or any(not _is_words(record.get(n)) for n in needed):
        raise VocabularyError(f"{where}: expected an object with the texts {', '.join(needed)}")
    if any("\ud800" <= c <= "\udfff" for name in needed for c in record[name]):
        raise VocabularyError(f"{where}: a lone surrogate, which is no character")
    return record


def _is_words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _known(where: str, identifier: str, passage_ids: frozenset[str]) -> str:
    if identifier not in passage_ids:
        raise VocabularyError(f"{where}: the notice has no passage {identifier!r}")
    return identifier


def _phrasing(where: str, line: str, passage_ids: frozenset[str]) -> Phrasing:
    record = _record(where, line, ("id", "question", "lang"))
    return Phrasing(
        id=_known(where, record["id"], passage_ids),
        question=record["question"],
        lang=record["lang"],
        who=str(record.get("who", "")),
    )


def _gap(where: str, line: str, passage_ids: frozenset[str]) -> Gap:
    record = _record(where, line, ("question", "status", "reason", "lang"))
    if record["status"] not in STATUSES:
        raise VocabularyError(
            f"{where}: status {record['status']!r}; expected one of {', '.join(STATUSES)}"
        )
    show = record.get("show") or []
    if not isinstance(show, list):
        raise VocabularyError(f"{where}: show is {show!r}; expected a list of passage ids")
    return Gap(
        question=record["question"],
        status=record["status"],
        reason=record["reason"],
        show=tuple(_known(where, str(i), passage_ids) for i in show),
        lang=record["lang"],
    )
