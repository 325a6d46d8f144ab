"""Retrieval alone, without curated files and without the judge: ``python -m eval baseline``.

BM25, dense search and their fusion over the passages of the notice, scored on the answered
single questions of a question file: what a notice nobody has curated would get.
"""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant
from assistant.search import FEATURES, Evidence
from eval.fusion import fuse
from eval.metrics import LIST_STYLES, finding_of
from eval.questions import Question, read_questions
from eval.variants import plain
from index.settings import Settings

DENSE_WEIGHT = 0.5
Scorer = Callable[[Evidence], NDArray[np.float32]]
GROUPS: dict[str, Callable[[Question], bool]] = {
    "Chinese": lambda q: q.lang in ("zh", "zh-Hant") and q.style not in LIST_STYLES,
    "residents, Chinese": lambda q: q.who == "resident" and q.lang == "zh",
    "English": lambda q: q.lang == "en",
    "other languages": lambda q: q.lang not in ("zh", "zh-Hant", "en"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("questions", nargs="+", type=Path, help="question files (contract form)")


def main(arguments: argparse.Namespace) -> int:
    assistant = plain(Assistant.load(Settings.from_environment()))
    questions = [
        q for q in read_questions(arguments.questions) if q.expect == "answered" and not q.history
    ]
    print("| search | " + " | ".join(f"{g}: finding@1 / @3" for g in GROUPS) + " |")
    print("|---" * (len(GROUPS) + 1) + "|")
    for name, scorer in scorers(assistant).items():
        cells = [
            _cell(assistant, [q for q in questions if of(q)], scorer) for of in GROUPS.values()
        ]
        print(f"| {name} | {' | '.join(cells)} |")
    return 0


def scorers(assistant: Assistant) -> dict[str, Scorer]:
    """The ways of scoring passages that are compared."""
    text, title, dense = (
        FEATURES.index(n) for n in ("lexical_text", "lexical_title", "dense_text")
    )
    ranker = assistant.ranker.weights

    def lexical(evidence: Evidence) -> NDArray[np.float32]:
        return evidence.features[:, text] + 0.25 * evidence.features[:, title]

    return {
        "BM25": lexical,
        "dense": lambda evidence: evidence.features[:, dense],
        "weighted sum": lambda evidence: fuse(
            lexical(evidence),
            evidence.features[:, dense],
            coverage=evidence.known,
            dense_weight=DENSE_WEIGHT,
        ),
        "fitted ranker": lambda evidence: evidence.features @ ranker,
    }


def _cell(assistant: Assistant, questions: Sequence[Question], scorer: Scorer) -> str:
    hits = np.array([_hits(assistant, question, scorer) for question in questions], dtype=float)
    first, third = hits.mean(0) if len(hits) else (np.nan, np.nan)
    return f"{first:.2f} / {third:.2f} (n {len(hits)})"


def _hits(assistant: Assistant, question: Question, scorer: Scorer) -> tuple[bool, bool]:
    retriever = assistant.retriever
    evidence = retriever.evidence(assistant.ranker.understanding.of(question.question))
    order = np.argsort(-scorer(evidence), kind="stable")
    found = list(dict.fromkeys(finding_of(retriever.passages[row].id) for row in order[:40]))
    gold = {finding_of(identifier) for identifier in question.gold}
    return found[0] in gold, bool(gold & set(found[:3]))
