"""One evaluation: a question set, the assistant that is asked, and the report of its answers."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant import Assistant
from eval.metrics import RESAMPLES, score, unproved_quotes
from eval.questions import Question, TimedAnswer
from eval.report import Report
from eval.variants import of_notices
from index.errors import TongbaoError
from index.settings import Settings

PLAIN = "without its curated files"
Asking = Callable[[Assistant], Iterable[TimedAnswer]]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Question files about one notice; ``notice`` None is the index of the settings."""

    questions: tuple[Path, ...]
    notice: Path | None = None


_FOLDER = Path(__file__).parent / "questions"
# The project's own: the shipped notice, and a notice made up for this with nothing beside it.
OWN = {
    "shipped": QuestionSet((_FOLDER / "xuchang-mzj-2024.jsonl",)),
    "constructed": QuestionSet(
        (_FOLDER / "huaijiang-jtj-constructed.jsonl",), _FOLDER / "huaijiang-jtj-constructed.txt"
    ),
}


def loaded(chosen: QuestionSet, settings: Settings) -> Assistant:
    """The assistant that a question set is for, with the reader of the settings.

    Raises:
        TongbaoError: the index or the notice is not usable.
    """
    if chosen.notice is None:
        return Assistant.load(settings)
    return of_notices([chosen.notice], settings)


def check_gold(questions: Iterable[Question], assistant: Assistant) -> None:
    """Refuse questions about another notice than the one that is asked.

    Raises:
        TongbaoError: names the first question with a gold passage that is not there.
    """
    known = {full.rpartition("/")[2] for full in assistant.passages} | set(assistant.passages)
    for question in questions:
        strange = next((gold for gold in question.gold if gold not in known), None)
        if strange is not None:
            raise TongbaoError(
                f"question {question.id}: gold {strange}; no such passage in "
                f"{', '.join(assistant.notices)}",
                hint="name the notice that the questions are about: --notice FILE",
            )


def measured(
    assistant: Assistant,
    questions: Sequence[Question],
    names: tuple[str, ...],
    asking: Asking,
    *,
    index: str = "",
    resamples: int = RESAMPLES,
) -> Report:
    """Ask every question and report on the answers.

    Raises:
        TongbaoError: the assistant refused a question; the message names its id.
    """
    assistant.ask(questions[0].question)  # the first question pays for what is loaded late
    timed = tuple(asking(assistant))
    answers = [one.answer for one in timed]
    texts = {name: notice.text for name, notice in assistant.notices.items()}
    unproved, quotes = unproved_quotes(answers, texts)
    return Report(
        sources=names,
        notices=tuple({answer.notice.id: answer.notice for answer in answers}.values()),
        scores=score(questions, answers, resamples=resamples),
        latencies_ms=tuple(one.latency_ms for one in timed),
        unproved=unproved,
        quotes=quotes,
        index=index,
    )
