"""What each part is worth: ``python -m eval ablate QUESTIONS``.

Every variant answers the same questions with one part taken away and nothing refitted,
but for a notice without phrasings, which has parameters of its own.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant
from assistant.typos import Mender
from eval.metrics import Scores, score
from eval.questions import Question, ask_all, read_questions
from eval.variants import changed, plain, without
from index.settings import Settings

SHOWN = (
    ("single Chinese answered", "finding@1"),
    ("single Chinese answered", "finding@3"),
    ("residents", "finding@1"),
    ("follow-ups", "finding@1"),
    ("English", "finding@3"),
    ("other languages", "finding@3"),
    ("all", "status"),
    ("all", "opening"),
    ("all", "harm"),
    ("all", "denied"),
    ("all", "AUROC"),
)


class Silent:
    """An encoder that tells nothing: every vector is the same."""

    name = "none"
    fingerprint = "none"

    def __init__(self, dimensions: int) -> None:
        self.dimensions = dimensions

    def encode(
        self, texts: Sequence[str], *, role: Literal["query", "passage"]
    ) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        vectors[:, 0] = 1.0
        return vectors


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("questions", nargs="+", type=Path, help="question files (contract form)")


def main(arguments: argparse.Namespace) -> int:
    questions = read_questions(arguments.questions)
    print("| variant | " + " | ".join(f"{row}: {metric}" for row, metric in SHOWN) + " |")
    print("|---" * (len(SHOWN) + 1) + "|")
    for name, assistant in variants(Settings.from_environment()):
        print(f"answering: {name}", file=sys.stderr)
        found = _scores(assistant, questions)
        cells = " | ".join(f"{found.value(metric, row):.2f}" for row, metric in SHOWN)
        print(f"| {name} | {cells} |", flush=True)
    return 0


def _scores(assistant: Assistant, questions: tuple[Question, ...]) -> Scores:
    return score(questions, [t.answer for t in ask_all(assistant, questions)], resamples=0)


def variants(settings: Settings) -> Iterator[tuple[str, Assistant]]:
    """The whole, then the whole without one part at a time."""
    whole = Assistant.load(settings)
    encoder = whole.retriever.encoder
    yield "everything", whole
    for name in ("synonyms", "phrasings", "gaps"):
        yield f"without {name}", changed(whole, without(name))
    yield "without any curated file", plain(whole)
    yield "without dense search", changed(whole, lambda source: source, Silent(encoder.dimensions))
    unmended = Assistant(whole.index, encoder, reader=whole.reader)
    unmended.ranker.understanding.mender = Mender((), frozenset(), unmended.words)
    yield "without typo mending", unmended
    if whole.reader is not None:
        yield "without the reader", Assistant(whole.index, encoder)
