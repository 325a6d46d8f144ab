"""Reads question files (JSON Lines) and asks an assistant every question in them.

A line is one question with what is expected of it; ``history`` holds earlier user
questions, so a question with history is a follow-up. Unknown fields are ignored.
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from assistant.answer import Answer, Status
from index.errors import TongbaoError

STATUSES: tuple[Status, ...] = ("answered", "not_stated", "out_of_scope")
_WORDS = ("id", "who", "lang", "style", "question", "expect")
_LISTS = ("history", "gold", "must_contain")


class QuestionFileError(TongbaoError):
    """A question file is missing, or one of its lines is not a question."""

    code = "question_file_unusable"


@dataclass(frozen=True, slots=True)
class Question:
    """One question and the reply that is right; ``gold`` passage ids are best first, ``reason``
    is None where the file gives none.
    """

    id: str
    who: str
    lang: str
    style: str
    question: str
    expect: Status
    history: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    must_contain: tuple[str, ...] = ()
    note: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class TimedAnswer:
    """An answer and the wall-clock time ``ask`` took."""

    answer: Answer
    latency_ms: float


class Asked(Protocol):
    """Whatever replies to a question and the user questions before it."""

    def ask(self, question: str, history: Sequence[str] = ...) -> Answer: ...


def read_questions(paths: Iterable[Path]) -> tuple[Question, ...]:
    """All questions of the files, in order.

    Raises:
        QuestionFileError: names the file, the line and the field that is wrong.
    """
    questions: dict[str, Question] = {}
    for path in paths:
        for number, line in enumerate(_text(path).split("\n"), start=1):
            if not line.strip():
                continue
            where = f"{path}, line {number}"
            question = _question(line, where)
            if question.id in questions:
                raise _wrong(where, "id", f"{question.id!r} a second time", "ids that differ")
            questions[question.id] = question
    if not questions:
        raise QuestionFileError("no questions seen; expected one JSON object a line")
    return tuple(questions.values())


def ask_all(assistant: Asked, questions: Iterable[Question]) -> Iterator[TimedAnswer]:
    """Ask each question with its own history and nothing of the others.

    Raises:
        TongbaoError: the assistant refused a question; the message names its id.
    """
    for question in questions:
        started = time.perf_counter()
        try:
            answer = assistant.ask(question.question, history=list(question.history))
        except TongbaoError as error:
            raise TongbaoError(
                f"question {question.id}: {error.message}", hint=error.hint, code=error.code
            ) from error
        yield TimedAnswer(answer, (time.perf_counter() - started) * 1000)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise QuestionFileError(f"{path}: {error.strerror}; expected a question file") from error
    except UnicodeDecodeError as error:
        raise QuestionFileError(f"{path}: not UTF-8 at byte {error.start}") from error


def _question(line: str, where: str) -> Question:
    try:
        fields = json.loads(line)
    except ValueError as error:
        raise QuestionFileError(f"{where}: not JSON ({error}); expected one object") from error
    if not isinstance(fields, dict):
        raise QuestionFileError(f"{where}: seen {line[:40]}; expected one JSON object")
    words = {name: _word(fields, name, where) for name in _WORDS}
    lists = {name: _list(fields, name, where) for name in _LISTS}
    if words["expect"] not in STATUSES:
        raise _wrong(where, "expect", repr(words["expect"]), " | ".join(STATUSES))
    if words["expect"] == "answered" and not lists["gold"]:
        raise _wrong(where, "gold", "nothing", "the passages that answer")
    return Question(
        id=words["id"],
        who=words["who"],
        lang=words["lang"],
        style=words["style"],
        question=words["question"],
        expect=words["expect"],
        history=lists["history"],
        gold=lists["gold"],
        must_contain=lists["must_contain"],
        note=_word({"note": "", **fields}, "note", where),
        reason=None if fields.get("reason") is None else _word(fields, "reason", where),
    )


def _word(fields: dict[str, Any], name: str, where: str) -> str:
    value = fields.get(name)
    may_be_empty = name in ("question", "note")
    if not isinstance(value, str) or not (value or may_be_empty):
        raise _wrong(where, name, _seen(fields, name), "a string")
    return value


def _list(fields: dict[str, Any], name: str, where: str) -> tuple[str, ...]:
    value = fields.get(name)
    may_hold_empty = name == "history"
    if not isinstance(value, list) or not all(
        isinstance(item, str) and (item or may_hold_empty) for item in value
    ):
        raise _wrong(where, name, _seen(fields, name), "a list of strings")
    return tuple(value)


def _seen(fields: dict[str, Any], name: str) -> str:
    return repr(fields[name]) if name in fields else "no such field"


def _wrong(where: str, name: str, seen: str, expected: str) -> QuestionFileError:
    return QuestionFileError(f"{where}: field {name}: seen {seen}; expected {expected}")
