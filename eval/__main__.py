"""``python -m eval``: scores question files; ``bench``, ``fit`` and ``ablate`` are their own jobs."""

import argparse
import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eval.metrics import score, unproved_quotes
from eval.questions import TimedAnswer, ask_all, read_questions
from eval.report import Report, table, write
from index.errors import TongbaoError
from index.settings import Settings

DEFAULT_QUESTIONS = Path("../shared/questions/dev.jsonl")
JOBS = {
    "bench": "eval.bench",
    "fit": "eval.fit",
    "ablate": "eval.ablation",
    "baseline": "eval.baseline",
    "emergency": "eval.emergency",
}


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0 fine, 1 failed; wrong usage leaves through argparse with 2."""
    try:
        if arguments and arguments[0] in JOBS:
            return _job(arguments[0], arguments[1:])
        return _evaluate(_parser().parse_args(arguments))
    except TongbaoError as error:
        print(error.one_line(), file=sys.stderr)
        return 1


def _job(name: str, arguments: Sequence[str]) -> int:
    module = importlib.import_module(JOBS[name])
    parser = argparse.ArgumentParser(prog=f"python -m eval {name}", description=module.__doc__)
    module.add_arguments(parser)
    return int(module.main(parser.parse_args(arguments)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval",
        description="Score question files: a table on stdout, report.json and report.html.",
        epilog=f"Other jobs, each with its own --help: {', '.join(JOBS)}.",
    )
    parser.add_argument(
        "questions", nargs="*", type=Path, default=[DEFAULT_QUESTIONS], metavar="QUESTIONS",
        help=f"question files, JSON Lines (default: {DEFAULT_QUESTIONS})",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, default=Path(), metavar="FOLDER",
        help="where the reports go (default: the working folder)",
    )  # fmt: skip
    parser.add_argument(
        "--folds", type=int, default=0, metavar="N",
        help="cross-validate: the judge that answers a fold was fitted without it",
    )  # fmt: skip
    return parser


def _evaluate(arguments: argparse.Namespace) -> int:
    questions = read_questions(arguments.questions)
    from assistant import Assistant  # slow to import: a bad question file is told at once

    assistant = Assistant.load(Settings.from_environment())
    assistant.ask(questions[0].question)  # the first question pays for what is loaded late
    if arguments.folds:
        from eval.cross import cross_validated  # needs scikit-learn, a test extra

        timed = tuple(cross_validated(assistant, questions, folds=arguments.folds))
    else:
        timed = tuple(_with_progress(ask_all(assistant, questions), len(questions)))
    answers = [one.answer for one in timed]
    texts = {name: notice.text for name, notice in assistant.notices.items()}
    unproved, quotes = unproved_quotes(answers, texts)
    report = Report(
        sources=tuple(str(path) for path in arguments.questions),
        notices=tuple({answer.notice.id: answer.notice for answer in answers}.values()),
        scores=score(questions, answers),
        latencies_ms=tuple(one.latency_ms for one in timed),
        unproved=unproved,
        quotes=quotes,
    )
    print(table(report))
    written = write(report, arguments.out)
    print(f"wrote {' and '.join(map(str, written))}", file=sys.stderr)
    if unproved:
        raise TongbaoError(f"{len(unproved)} quotes are not at their offsets: {unproved[0]} first")
    return 0


def _with_progress(answers: Iterable[TimedAnswer], total: int) -> Iterator[TimedAnswer]:
    for done, answer in enumerate(answers, start=1):
        if sys.stderr.isatty():
            print(f"\rasked {done} of {total}", end="", file=sys.stderr, flush=True)
        yield answer
    print(f"\rasked {total} questions", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
