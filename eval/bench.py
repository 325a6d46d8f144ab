"""Retrieval benchmarks of a data folder: BM25, dense and fused search, for any model named.

A question counts as answered by its own paragraph only; NTREX asks each sentence for its
translation. Dense search takes the best window of a passage. Results go to stdout as a table
and to a JSON file, so that anybody can compare models on one machine.
"""

import argparse
import gzip
import json
import math
import re
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assistant.lexical import LexicalIndex
from assistant.reading import FOLDER, Reader
from assistant.words import HAN, Words, matching_form
from eval import reading
from eval.fusion import fuse
from index.encoder import Encoder, load_encoder
from index.errors import TongbaoError
from index.windows import windows

DENSE_WEIGHT = 0.3  # of 0.2 to 0.5, by hit@1 on CMRC2018, DRCD and XQuAD zh→zh (LOG.md)
_CUTOFF = 10
_UNIT = re.compile(rf"[{HAN}]|[^\W_{HAN}]+")
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Task:
    """Questions, passages and the place of each question's one right passage."""

    name: str
    questions: tuple[str, ...]
    passages: tuple[str, ...]
    right: tuple[int, ...]
    windowed: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """One method on one task; the three figures lie in [0, 1]."""

    task: str
    method: str
    hit_1: float
    hit_10: float
    ndcg_10: float
    questions: int


def read_tasks(folder: Path) -> list[Task]:
    """The tasks whose files are in ``folder`` or in its ``benchmarks``.

    Raises:
        TongbaoError: neither holds a benchmark file.
    """
    folder = _folder(folder)
    tasks = [*_reading(folder, "cmrc2018"), *_reading(folder, "drcd"), *_xquad(folder)]
    tasks += _ntrex(folder)
    if not tasks:
        raise TongbaoError(
            f"no benchmark in {folder}; expected eval_*.jsonl.gz",
            hint="name the folder with those files: python -m eval bench DATA",
        )
    return tasks


def _rows(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def _reading(folder: Path, name: str) -> list[Task]:
    rows = _rows(folder / f"eval_{name}_dev.jsonl.gz")
    places: dict[str, int] = {}
    passages: list[str] = []
    for row in rows:
        if row["pid"] not in places:
            places[row["pid"]] = len(passages)
            passages.append(row["p"])
    right = tuple(places[row["pid"]] for row in rows)
    return [Task(name, tuple(row["q"] for row in rows), tuple(passages), right)] if rows else []


def _xquad(folder: Path) -> list[Task]:
    paragraphs = _rows(folder / "eval_xquad_paragraphs.jsonl.gz")
    asked = _rows(folder / "eval_xquad_questions.jsonl.gz")
    if not paragraphs or not asked:
        return []
    places = {row["pid"]: place for place, row in enumerate(paragraphs)}
    right = tuple(places[row["pid"]] for row in asked)
    first = ("zh", "en")
    languages = [*first, *sorted(code for code in asked[0]["q"] if code not in first)]
    ways = [(code, "zh") for code in languages] + [("zh", "en")]
    return [
        Task(
            f"xquad {source}→{target}",
            tuple(row["q"][source] for row in asked),
            tuple(row["text"][target] for row in paragraphs),
            right,
        )
        for source, target in ways
    ]


def _ntrex(folder: Path) -> list[Task]:
    rows = _rows(folder / "eval_bitext_ntrex128.jsonl.gz")
    languages = [key for key in rows[0] if key not in ("id", "zh")] if rows else []
    right = tuple(range(len(rows)))
    passages = tuple(row["zh"] for row in rows)
    return [
        Task(f"ntrex {code}→zh", tuple(row[code] for row in rows), passages, right, windowed=False)
        for code in languages
    ]


def score(task: str, method: str, scores: Scores, right: Sequence[int]) -> Result:
    """Metrics of a score matrix (questions, passages); ties count against the right passage."""
    place = np.asarray(right)
    own = scores[np.arange(len(place)), place][:, None]
    ranks = (scores > own).sum(axis=1) + (scores == own).sum(axis=1) - 1
    gains = [1 / math.log2(rank + 2) if rank < _CUTOFF else 0.0 for rank in ranks]
    return Result(
        task,
        method,
        hit_1=float((ranks == 0).mean()),
        hit_10=float((ranks < _CUTOFF).mean()),
        ndcg_10=float(np.mean(gains)),
        questions=len(place),
    )


def dense_scores(
    encoder: Encoder, task: Task, cache: dict[tuple[str, ...], tuple[Scores, NDArray[np.intp]]]
) -> Scores:
    """Cosine of every question with the best window of every passage."""
    if task.passages not in cache:
        texts: list[str] = []
        starts: list[int] = []
        for passage in task.passages:
            starts.append(len(texts))
            spans = windows(passage) if task.windowed else []
            texts += [passage, *(passage[begin:end] for begin, end in spans)]
        cache[task.passages] = encoder.encode(texts, role="passage"), np.array(starts)
    vectors, starts_of = cache[task.passages]
    every = encoder.encode(task.questions, role="query") @ vectors.T
    return np.asarray(np.maximum.reduceat(every, starts_of, axis=1), dtype=np.float32)


class Lexical:
    """BM25 score matrices and coverages, each collection indexed once.

    Two fields are added up, words with bigrams and single characters: together they beat
    either alone on every Chinese collection (LOG.md).
    """

    def __init__(self) -> None:
        self._words = Words()
        self._indexes: dict[tuple[str, ...], tuple[LexicalIndex, LexicalIndex]] = {}

    def scores(self, task: Task) -> tuple[Scores, NDArray[np.float64]]:
        """(questions, passages) scores and each question's coverage."""
        if task.passages not in self._indexes:
            self._indexes[task.passages] = (
                LexicalIndex([self._tokens(passage) for passage in task.passages]),
                LexicalIndex([_units(passage) for passage in task.passages]),
            )
        words, units = self._indexes[task.passages]
        coverage = np.array([units.coverage(_units(question)) for question in task.questions])
        found = [
            words.scores(self._tokens(question)) + units.scores(_units(question))
            for question in task.questions
        ]
        return np.stack(found), coverage

    def _tokens(self, text: str) -> list[str]:
        """Words of any length and bigrams: words of one character matter in long texts."""
        bigrams = (token for token in self._words.tokens(text) if token.endswith("_"))
        return [*self._words.words(text), *bigrams]


def _units(text: str) -> list[str]:
    """Single Chinese characters and whole other words; coverage is taken over these."""
    return _UNIT.findall(matching_form(text))


def run(
    data_folder: Path,
    models: Sequence[str | None],
    *,
    report: Callable[[str], None] = lambda line: None,
) -> list[Result]:
    """Every task with BM25, and with each model alone and fused; None is the shipped model."""
    tasks = read_tasks(data_folder)
    encoders = [load_encoder(model) for model in models]
    lexical, results = Lexical(), list[Result]()
    caches: list[dict[tuple[str, ...], tuple[Scores, NDArray[np.intp]]]] = [{} for _ in encoders]
    for task in tasks:
        begun = time.monotonic()
        words, coverage = lexical.scores(task)
        results.append(score(task.name, "bm25", words, task.right))
        for encoder, cache in zip(encoders, caches, strict=True):
            dense = dense_scores(encoder, task, cache)
            results.append(score(task.name, f"dense {encoder.name}", dense, task.right))
            fused = np.stack(
                [
                    fuse(words[row], dense[row], coverage=coverage[row], dense_weight=DENSE_WEIGHT)
                    for row in range(len(task.questions))
                ]
            )
            results.append(score(task.name, f"fused {encoder.name}", fused, task.right))
        report(f"{task.name}: {time.monotonic() - begun:.1f} s")
    return results


def table(results: Sequence[Result]) -> str:
    """Aligned lines, one a task and method."""
    lines = [f"{'task':<16}{'method':<36}{'hit@1':>8}{'hit@10':>8}{'nDCG@10':>9}{'n':>7}"]
    lines += [
        f"{r.task:<16}{r.method:<36}{r.hit_1:>8.3f}{r.hit_10:>8.3f}{r.ndcg_10:>9.3f}{r.questions:>7}"
        for r in results
    ]
    return "\n".join(lines)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command line of ``python -m eval bench``."""
    parser.add_argument("data", type=Path, help="data folder (or its benchmarks folder)")
    parser.add_argument(
        "--model",
        action="append",
        metavar="NAME",
        help="a sentence-transformers name or folder, more than once to compare; "
        "default: the shipped model",
    )
    parser.add_argument(
        "--reader",
        action="append",
        type=Path,
        metavar="FOLDER",
        help="a reader's folder, more than once to compare; default: the shipped reader",
    )
    parser.add_argument(
        "--reading",
        type=int,
        default=400,
        metavar="N",
        help="questions of each reading set, evenly spread; 0 leaves reading out (default: 400)",
    )
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where results go")


def main(args: argparse.Namespace) -> int:
    """Prints the table and writes the JSON file; the exit status."""
    models: list[str | None] = list(args.model) if args.model else [None]
    results = run(args.data, models, report=lambda line: print(line, file=sys.stderr))
    print(table(results))
    read: list[reading.Figures] = []
    for folder in (args.reader or [FOLDER]) if args.reading else []:
        read += list(reading.measured(Reader(folder), _folder(args.data), args.reading))
    if read:
        print(reading.table(read))
    records = [asdict(result) for result in results] + [asdict(one) for one in read]
    args.json.write_text(json.dumps(records, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0


def _folder(data: Path) -> Path:
    """The folder with the benchmark files: the one given, or its ``benchmarks``."""
    return data / "benchmarks" if (data / "benchmarks").is_dir() else data
