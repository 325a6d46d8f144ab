"""``python -m assistant``: one answer, a conversation, or a batch on the terminal."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from assistant import Answer, Assistant
from index.errors import QuestionError, TongbaoError
from index.settings import Settings

_MARKS = {"answered": "✔ 通报写明", "not_stated": "○ 通报没有写", "out_of_scope": "✘ 不在通报范围"}


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m assistant", description=__doc__)
    parser.add_argument("question", nargs="?", help="a question; none starts a conversation")
    parser.add_argument("--json", action="store_true", help="print the Answer as JSON")
    parser.add_argument("--explain", action="store_true", help="add why to the JSON")
    parser.add_argument("--batch", type=Path, metavar="IN", help="JSON Lines of questions")
    parser.add_argument("--out", type=Path, metavar="OUT", help="where the batch's Answers go")
    options = parser.parse_args(arguments)
    if options.out and not options.batch:
        parser.error("--out goes with --batch")
    if options.batch and options.question is not None:
        parser.error("give a question or --batch, not both")
    try:
        return _run(options)
    except TongbaoError as error:
        print(f"error: {error.one_line()}", file=sys.stderr)
    except BrokenPipeError:  # whoever read stopped reading, as ``head`` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left goes nowhere
        return 1
    except OSError as error:
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
    except UnicodeDecodeError as error:
        print(f"error: {options.batch or 'input'} is not UTF-8: {error.reason}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def _run(options: argparse.Namespace) -> int:
    lines = options.batch.read_text("utf-8-sig").split("\n") if options.batch else []
    assistant = Assistant.load(Settings.from_environment())
    if options.batch:
        return _batch(assistant, lines, options.out, explain=options.explain)
    if options.question is not None:
        answer = assistant.ask(options.question, explain=options.explain)
        print(_json(answer.to_json()) if options.json or options.explain else readable(answer))
        return 0
    return _conversation(assistant, as_json=options.json, explain=options.explain)


def _json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def readable(answer: Answer) -> str:
    """An Answer for a terminal: verdict, opening, quotes with their labels and ids."""
    lines = [f"{_MARKS[answer.status]}  {answer.text.splitlines()[0]}"]
    if answer.understood_as != answer.question:
        lines.append(f"  理解为:{answer.understood_as}")
    for citation in answer.citations:
        lines += ["", f"  【{citation.label}】 {citation.id}", f"  {citation.quote}"]
    if answer.suggestions:
        lines += ["", "  可以问:"] + [f"    {question}" for question in answer.suggestions]
    lines += ["", f"  出处:{answer.notice.title},{answer.notice.issued}"]
    return "\n".join(lines)


def _conversation(assistant: Assistant, *, as_json: bool, explain: bool) -> int:
    """Asks and answers until the end of input; history is what was asked before."""
    history: list[str] = []
    prompt = "问> " if sys.stdin.isatty() else ""
    while True:
        try:
            line = input(prompt)
        except EOFError:
            return 0
        if not line.strip():
            continue
        try:
            answer = assistant.ask(line, history[-100:], explain=explain)
        except TongbaoError as error:
            print(f"error: {error.one_line()}", file=sys.stderr)
            continue
        history.append(line)
        shown = _json(answer.to_json()) if as_json or explain else readable(answer) + "\n"
        print(shown, flush=True)


def _batch(assistant: Assistant, lines: Sequence[str], out: Path | None, *, explain: bool) -> int:
    """One Answer a line, in order; a bad line becomes an error record and the run goes on."""
    results = _answers(assistant, lines, explain=explain)
    if out is None:
        bad = _write(results, sys.stdout.write)
    else:
        with out.open("w", encoding="utf-8") as stream:
            bad = _write(results, stream.write)
    if bad:
        asked = sum(bool(line.strip()) for line in lines)
        print(f"error: {bad} of {asked} lines could not be answered", file=sys.stderr)
    return 1 if bad else 0


def _write(results: Iterable[dict[str, Any]], write: Callable[[str], object]) -> int:
    bad = 0
    for result in results:
        bad += "error" in result
        write(_json(result) + "\n")
    return bad


def _answers(
    assistant: Assistant, lines: Sequence[str], *, explain: bool
) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        identifier: Any = f"line {number}"
        try:
            record = _record(line, number)
            identifier = record.get("id", identifier)
            history = record.get("history")
            answer = assistant.ask(
                record["question"], [] if history is None else history, explain=explain
            )
            yield answer.with_id(identifier).to_json() if "id" in record else answer.to_json()
        except TongbaoError as error:
            yield {"id": identifier, "error": error.one_line()}


def _record(line: str, number: int) -> dict[str, Any]:
    """One line of a batch.

    Raises:
        QuestionError: it is not a JSON object with a question, or its id cannot be echoed.
    """
    try:
        record = json.loads(line)
        _json(record).encode("utf-8")
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or type(error).__name__
        raise QuestionError(f"line {number} is not JSON: {reason}") from error
    if not isinstance(record, dict):
        raise QuestionError(f"line {number} holds {type(record).__name__}; expected an object")
    if "question" not in record:
        raise QuestionError(f"line {number} has no question", hint='expected {"question": "…"}')
    return record


if __name__ == "__main__":
    sys.exit(main())
