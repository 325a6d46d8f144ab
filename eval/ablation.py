"""What each part is worth: ``python -m eval ablate QUESTIONS``.

Every variant answers the same questions with one part taken away and nothing refitted,
but for a notice without phrasings, which has parameters of its own.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from assistant import Assistant
from assistant.typos import Mender
from eval.metrics import Scores, score
from eval.questions import Question, ask_all, read_questions
from index import store
from index.encoder import Encoder, load_encoder
from index.settings import Settings
from index.vocabulary import Vocabulary

SHOWN = (
    ("single Chinese answered", "finding@1"),
    ("single Chinese answered", "finding@3"),
    ("residents", "finding@1"),
    ("follow-ups", "finding@1"),
    ("English", "finding@3"),
    ("other languages", "finding@3"),
    ("all", "status"),
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
    encoder = load_encoder(settings.encoder)
    whole = store.load(settings.index_folder, encoder)
    yield "everything", Assistant(whole, encoder)
    yield "without synonyms", _rebuilt(whole, encoder, synonyms=())
    yield "without phrasings", _rebuilt(whole, encoder, phrasings=())
    yield "without gaps", _rebuilt(whole, encoder, gaps=())
    yield "without any curated file", _rebuilt(whole, encoder, synonyms=(), phrasings=(), gaps=())
    yield "without dense search", _rebuilt(whole, Silent(whole.dimensions))
    unmended = Assistant(whole, encoder)
    unmended.reader.understanding.mender = Mender((), frozenset(), unmended.words)
    yield "without typo mending", unmended


def bare(settings: Settings) -> Assistant:
    """An assistant over the same notices with no curated file at all."""
    encoder = load_encoder(settings.encoder)
    whole = store.load(settings.index_folder, encoder)
    return _rebuilt(whole, encoder, synonyms=(), phrasings=(), gaps=())


def _rebuilt(whole: store.Index, encoder: Encoder, **changes: tuple[()]) -> Assistant:
    """An assistant over the same notices with parts of their curated files taken away."""
    sources = [
        replace(source, vocabulary=_changed(source.vocabulary, changes)) for source in whole.sources
    ]
    with tempfile.TemporaryDirectory() as folder:
        store.build(sources, encoder, Path(folder))
        return Assistant(store.load(Path(folder), encoder), encoder)


def _changed(vocabulary: Vocabulary, changes: dict[str, tuple[()]]) -> Vocabulary:
    return replace(vocabulary, **changes)
