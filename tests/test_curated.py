"""Every question written down beside the notice, asked literally, finds itself."""

from dataclasses import dataclass

import pytest

from assistant import Assistant, decide
from assistant.case import MessageCase
from assistant.emergency import is_emergency
from assistant.search import Retriever
from tests.serving import shared_assistant


@dataclass(frozen=True)
class Line:
    question: str
    status: str
    passages: tuple[str, ...]


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return shared_assistant()


@pytest.fixture(scope="module")
def lines(assistant: Assistant) -> list[Line]:
    retriever = assistant.retriever
    phrased = [
        Line(p.question, "answered", _passages(retriever, owner))
        for p, owner in zip(retriever.phrasings, retriever.owners, strict=True)
    ]
    return phrased + [Line(gap.question, gap.status, ()) for gap in retriever.gaps]


def _passages(retriever: Retriever, owner: int) -> tuple[str, ...]:
    """The passage of a line, or the measures of its whole finding."""
    passage = retriever.passages[owner]
    if passage.finest:
        return (passage.full_id,)
    return tuple(
        p.full_id
        for p in retriever.passages
        if p.kind == "measure" and (p.notice_id, p.group) == (passage.notice_id, passage.group)
    )


def _disagree(rows: tuple[int, ...], lines: list[Line]) -> bool:
    return len({lines[row].status for row in rows}) > 1


def test_every_line_asked_literally_gets_its_status_and_its_passage(
    assistant: Assistant, lines: list[Line]
) -> None:
    assert len(lines) == 7756
    retriever = assistant.retriever
    lost = []
    for row, line in enumerate(lines):
        known = retriever.known_questions(line.question)
        assert row in known, line.question
        if _disagree(known, lines) or is_emergency(line.question):
            continue
        decision = decide.decide(MessageCase(line.question, None, assistant.engine))
        first = [retriever.passages[r].full_id for r in decision.rows]
        shown = first[: max(decide.SHOWN, len(line.passages))]
        if decision.status != line.status or not set(line.passages) <= set(shown):
            lost.append((line, decision.rule, decision.status, shown))
    assert lost == []


@pytest.mark.parametrize(
    ("typed", "rule"),
    [
        ("怎么投诉你们?", "curated"),
        ("怎么投诉你们", "curated"),
        ("怎么投诉你们？！", "curated"),
        ("怎麼投訴你們", "curated"),
    ],
)
def test_marks_width_and_traditional_characters_make_no_other_question(
    assistant: Assistant, typed: str, rule: str
) -> None:
    answer = assistant.ask(typed)
    assert (answer.rule, answer.status) == (rule, "answered")
    assert answer.citations[0].id.endswith("/contact")


def test_a_line_with_the_letters_of_two_shows_the_passages_of_both(assistant: Assistant) -> None:
    cited = [c.id.rpartition("/")[2] for c in assistant.ask("任免表 更新").citations]
    assert cited[:2] == ["1.2", "39.2"]


def test_what_has_no_letters_is_no_line(assistant: Assistant) -> None:
    assert assistant.retriever.known_questions("?! …") == ()


def test_after_another_question_a_leaning_message_is_no_line(assistant: Assistant) -> None:
    question = assistant.retriever.phrasings[0].question
    case = MessageCase(question, None, assistant.engine)
    assert decide.decide(case).rule == "curated"
    assert assistant.ask("第二条", ["火化手续现在要多久"]).rule == "item"
