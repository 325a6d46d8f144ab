"""``python -m eval``: scores question files, with a notice's curated files and without them."""

import argparse
import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from assistant import Assistant
from eval.questions import Question, TimedAnswer, ask_all, read_questions
from eval.report import short_table, table, write
from eval.runs import OWN, PLAIN, Asking, QuestionSet, check_gold, loaded, measured
from eval.variants import is_curated, plain
from index.errors import TongbaoError
from index.settings import Settings

JOBS = {
    "bench": "eval.bench",
    "fit": "eval.fit",
    "ablate": "eval.ablation",
    "baseline": "eval.baseline",
    "emergency": "eval.emergency",
    "figures": "eval.figures",
    "forms": "eval.forms",
    "golds": "eval.golds",
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
        description="Score question files: a table on stdout, report.json and report.html; then "
        "the same questions on the same notice without its curated files.",
        epilog=f"Other jobs, each with its own --help: {', '.join(JOBS)}.",
    )
    parser.add_argument(
        "questions", nargs="*", type=Path, metavar="QUESTIONS",
        help="question files, JSON Lines (default: the project's own, on the shipped notice and "
        "on a constructed one)",
    )  # fmt: skip
    parser.add_argument(
        "--notice", type=Path, metavar="FILE",
        help="ask about the notice in this file (default: the index of the settings)",
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
    if arguments.questions:
        chosen = [QuestionSet(tuple(arguments.questions), arguments.notice)]
    elif arguments.notice:
        raise TongbaoError(
            f"no questions seen for {arguments.notice}; expected a question file",
            hint=f"python -m eval --notice {arguments.notice} QUESTIONS",
        )
    else:
        chosen = list(OWN.values())
    unproved = [one for asked in chosen for one in _scored(asked, arguments)]
    if unproved:
        raise TongbaoError(f"{len(unproved)} quotes are not at their offsets: {unproved[0]} first")
    return 0


def _scored(chosen: QuestionSet, arguments: argparse.Namespace) -> tuple[str, ...]:
    """Print and write the reports of one set; ids of quotes that are not at their offsets."""
    questions = read_questions(chosen.questions)
    assistant = loaded(chosen, Settings.from_environment())
    check_gold(questions, assistant)
    names = tuple(map(str, chosen.questions))
    stem = "report" if chosen.notice is None else f"report-{chosen.notice.stem}"
    whole = measured(assistant, questions, names, _asking(questions, arguments.folds))
    print(table(whole))
    written = [*write(whole, arguments.out, stem)]
    if is_curated(assistant) and not arguments.folds:
        bare = measured(plain(assistant), questions, names, _asking(questions), index=PLAIN)
        print(f"\n{short_table(bare)}")
        written += write(bare, arguments.out, f"{stem}-plain")
    print(f"wrote {', '.join(map(str, written))}", file=sys.stderr)
    print()
    return whole.unproved


def _asking(questions: Sequence[Question], folds: int = 0) -> Asking:
    def asking(assistant: Assistant) -> Iterable[TimedAnswer]:
        if folds:
            from eval.cross import cross_validated  # needs scikit-learn, a test extra

            return cross_validated(assistant, questions, folds=folds)
        return _with_progress(ask_all(assistant, questions), len(questions))

    return asking


def _with_progress(answers: Iterable[TimedAnswer], total: int) -> Iterator[TimedAnswer]:
    for done, answer in enumerate(answers, start=1):
        if sys.stderr.isatty():
            print(f"\rasked {done} of {total}", end="", file=sys.stderr, flush=True)
        yield answer
    print(f"\rasked {total} questions", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
