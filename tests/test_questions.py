"""Question files: what is read, what is refused and in which words."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.questions import Question, QuestionFileError, ask_all, read_questions
from index.errors import QuestionError, TongbaoError

LINE: dict[str, Any] = {
    "id": "t1",
    "who": "resident",
    "lang": "zh",
    "style": "plain",
    "history": ["第一问"],
    "question": "第二问",
    "expect": "answered",
    "gold": ["2.1", "2"],
    "must_contain": ["一是"],
    "note": "",
}


def write(folder: Path, *lines: str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def line(**changes: Any) -> str:
    fields = {**LINE, **changes}
    return json.dumps({k: v for k, v in fields.items() if v is not ...}, ensure_ascii=False)


def test_a_line_becomes_a_question_with_all_its_fields(tmp_path: Path) -> None:
    (question,) = read_questions([write(tmp_path, line())])
    assert question == Question(
        id="t1",
        who="resident",
        lang="zh",
        style="plain",
        question="第二问",
        expect="answered",
        history=("第一问",),
        gold=("2.1", "2"),
        must_contain=("一是",),
    )


def test_blank_lines_a_byte_order_mark_and_unknown_fields_do_no_harm(tmp_path: Path) -> None:
    path = write(tmp_path, "\ufeff" + line(), "", line(id="t2", colour="red", note=...))
    assert [question.id for question in read_questions([path])] == ["t1", "t2"]


def test_a_line_separator_inside_a_question_does_not_end_the_line(tmp_path: Path) -> None:
    path = write(tmp_path, line(question="上\u2028下\x85"))
    assert read_questions([path])[0].question == "上\u2028下\x85"


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ("{", r"line 2: not JSON"),
        ("[1]", r"line 2: seen \[1\]; expected one JSON object"),
        (line(id="t2", who=...), r"line 2: field who: seen no such field; expected a string"),
        (line(id="t2", question=7), r"line 2: field question: seen 7; expected a string"),
        (line(id=""), r"line 2: field id: seen ''; expected a string"),
        (line(id="t2", gold="2.1"), r"line 2: field gold: seen '2.1'; expected a list"),
        (line(id="t2", must_contain=[""]), r"line 2: field must_contain: seen \[''\]"),
        (line(id="t2", expect="yes"), r"field expect: seen 'yes'; expected answered \| not_stated"),
        (line(id="t2", gold=[]), r"line 2: field gold: seen nothing"),
        (line(id="t2", note=None), r"line 2: field note: seen None"),
        (line(), r"line 2: field id: seen 't1' a second time"),
    ],
)
def test_a_bad_line_is_refused_by_line_and_field(tmp_path: Path, bad: str, message: str) -> None:
    with pytest.raises(QuestionFileError, match=message):
        read_questions([write(tmp_path, line(), bad)])


def test_a_missing_an_empty_and_a_binary_file_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(QuestionFileError, match=r"nowhere\.jsonl: No such file"):
        read_questions([tmp_path / "nowhere.jsonl"])
    with pytest.raises(QuestionFileError, match="no questions seen"):
        read_questions([write(tmp_path, "")])
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"{\xff")
    with pytest.raises(QuestionFileError, match=r"binary\.jsonl: not UTF-8 at byte 1"):
        read_questions([binary])


class Recorder:
    """Remembers what it was asked; refuses one question."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str]]] = []

    def ask(self, question: str, history: Any = ()) -> Any:
        if question == "refused":
            raise QuestionError("seen nothing", hint="ask something")
        self.asked.append((question, list(history)))
        return None


def test_every_question_is_asked_with_its_own_history_only() -> None:
    first = Question("1", "staff", "zh", "plain", "甲", "out_of_scope")
    second = Question("2", "staff", "zh", "plain", "乙", "out_of_scope", history=("丙",))
    recorder = Recorder()
    timed = list(ask_all(recorder, [first, second, first]))
    assert recorder.asked == [("甲", []), ("乙", ["丙"]), ("甲", [])]
    assert all(one.latency_ms >= 0 for one in timed)


def test_a_refused_question_is_named() -> None:
    refused = Question("q9", "staff", "zh", "plain", "refused", "out_of_scope")
    with pytest.raises(TongbaoError, match="question q9: seen nothing"):
        list(ask_all(Recorder(), [refused]))
