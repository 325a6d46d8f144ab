"""How well a reader reads: exact match and F1 of its spans, and whether it sees what is missing.

Sets: CMRC2018 dev, XQuAD in Chinese, and English questions on Chinese paragraphs. Each question
is asked of its own paragraph and of a neighbour of the same set that lacks the answer.

Source: Rajpurkar et al., SQuAD, 2016, section 6.1 (EM and F1; here over characters).
"""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.reading import PassageReading, ReadablePassage, Reader, windows


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, its paragraph, its answers, and a paragraph that lacks them."""

    question: str
    paragraph: str
    answers: tuple[str, ...]
    neighbour: str


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares in [0, 1] over ``count`` questions of a set."""

    task: str
    count: int
    exact: float
    f1: float
    auroc: float


def measured(reader: Reader, folder: Path, most: int) -> Iterator[Figures]:
    """The figures of every reading set in a folder, over at most so many questions each."""
    for name, asked in read_sets(folder, most):
        yield figures(name, reader, asked)


def table(found: Iterable[Figures]) -> str:
    """Aligned lines, one a set."""
    lines = [f"{'reading':<16}{'n':>6}{'EM':>8}{'F1':>8}{'AUROC':>8}"]
    lines += [
        f"{one.task:<16}{one.count:>6}{one.exact:>8.3f}{one.f1:>8.3f}{one.auroc:>8.3f}"
        for one in found
    ]
    return "\n".join(lines)


def figures(name: str, reader: Reader, asked: Sequence[Asked]) -> Figures:
    """EM, F1 and the AUROC of P(states), own paragraph against neighbour."""
    exact = f1 = 0.0
    own, others = [], []
    for one in asked:
        told, span = _best(reader, one.question, one.paragraph)
        said = one.paragraph[span[0] : span[1]]
        exact += max(_bare(said) == _bare(answer) for answer in one.answers)
        f1 += max(overlap(said, answer) for answer in one.answers)
        own.append(told)
        others.append(_best(reader, one.question, one.neighbour)[0])
    wins = sum((a > b) + 0.5 * (a == b) for a in own for b in others)
    count = len(asked)
    return Figures(name, count, exact / count, f1 / count, wins / max(1, len(own) * len(others)))


def _best(reader: Reader, question: str, paragraph: str) -> tuple[float, tuple[int, int]]:
    """P(states) of the best window of a paragraph, and the likeliest span in it."""
    spans = windows(paragraph)
    read = reader.read(question, [ReadablePassage("", paragraph[a:b]) for a, b in spans])
    best: tuple[float, PassageReading, int] | None = None
    for reading, (start, _) in zip(read, spans, strict=True):
        share = reading.states * reading.span_share
        if best is None or share > best[0]:
            best = share, reading, start
    if best is None:
        return 0.0, (0, 0)
    _, reading, start = best
    return max(r.states for r in read), (reading.span[0] + start, reading.span[1] + start)


def _bare(text: str) -> str:
    return re.sub(r"\W", "", text.lower())


def overlap(said: str, answer: str) -> float:
    """F1 over characters, marks left out; 0 when nothing is shared."""
    a, b = _bare(said), _bare(answer)
    shared = sum((Counter(a) & Counter(b)).values())
    return 2 * shared / (len(a) + len(b)) if shared else 0.0


def read_sets(folder: Path, most: int) -> Iterator[tuple[str, list[Asked]]]:
    """The sets of a benchmarks' folder, at most so many questions of each, evenly spread."""
    cmrc = folder / "eval_cmrc2018_dev.jsonl.gz"
    if cmrc.is_file():
        yield "CMRC2018 dev", _spread(_cmrc(cmrc), most)
    questions = folder / "eval_xquad_questions.jsonl.gz"
    paragraphs = folder / "eval_xquad_paragraphs.jsonl.gz"
    if questions.is_file() and paragraphs.is_file():
        yield "XQuAD zh", _spread(_xquad(questions, paragraphs, "zh"), most)
        yield "XQuAD en→zh", _spread(_xquad(questions, paragraphs, "en"), most)


def _spread(asked: list[Asked], most: int) -> list[Asked]:
    step = max(1, len(asked) // most)
    return asked[::step][:most]


def _rows(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _cmrc(path: Path) -> list[Asked]:
    found = _rows(path)
    return [
        Asked(row["q"], row["p"], tuple(row["a"]), _neighbour(found, place, row["a"]))
        for place, row in enumerate(found)
    ]


def _neighbour(found: Sequence[dict[str, Any]], place: int, answers: Sequence[str]) -> str:
    """The next paragraph of the set that holds none of the answers."""
    for step in range(1, len(found)):
        other = found[(place + step) % len(found)]
        if other["pid"] != found[place]["pid"] and not any(a in other["p"] for a in answers):
            return str(other["p"])
    return ""


def _xquad(questions: Path, paragraphs: Path, language: str) -> list[Asked]:
    """Questions of a language on the Chinese paragraphs, with the Chinese answers."""
    texts = {row["pid"]: row["text"]["zh"] for row in _rows(paragraphs)}
    rows = [
        {"q": r["q"][language], "p": texts[r["pid"]], "pid": r["pid"], "a": [r["a"]["zh"]]}
        for r in _rows(questions)
        if "zh" in r.get("a", {})
    ]
    return [
        Asked(row["q"], row["p"], tuple(row["a"]), _neighbour(rows, place, row["a"]))
        for place, row in enumerate(rows)
    ]
