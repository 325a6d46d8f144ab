"""Cross-validated answers: ``python -m eval --folds 10``.

Each fold's questions are answered by an assistant whose judge was fitted without them.
"""

from collections.abc import Sequence

import numpy as np

from assistant import Assistant
from assistant.fitted import from_record
from eval import fit
from eval.questions import Question, TimedAnswer, ask_all


def cross_validated(
    assistant: Assistant, questions: Sequence[Question], *, folds: int = 10, seed: int = 0
) -> list[TimedAnswer]:
    """An Answer for every question, in order, each by a judge that never saw it."""
    known = fit.base(assistant)
    order = np.random.default_rng(seed).permutation(len(questions))
    answers: dict[int, TimedAnswer] = {}
    encoder = assistant.retriever.encoder
    for fold in range(folds):
        held_out = order[fold::folds].tolist()
        parameters = fit.fit(
            known, assistant, [q for i, q in enumerate(questions) if i not in held_out]
        )
        fitted = from_record(fit.with_estimate(parameters))
        own = Assistant(assistant.index, encoder, fitted, assistant.reader)
        own.ask(questions[0].question)
        answers |= zip(held_out, ask_all(own, [questions[i] for i in held_out]), strict=True)
    return [answers[place] for place in range(len(questions))]
