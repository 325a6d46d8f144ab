"""The project's own question sets: every line is about what its notice really prints."""

import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from eval.questions import Question, read_questions
from eval.runs import OWN
from index import sources
from index.notice import Notice, parse
from index.passages import Passage, cut
from index.readers import read

CURATED = [
    path.with_name(name)
    for path in sources.shipped_files()
    for name in ("phrasings.jsonl", "gaps.jsonl")
]
REASONS = {
    *(f"{what}_not_stated" for what in ("amount", "place", "phone", "time", "count", "name")),
    *("document_not_stated", "reason_not_stated", "result_not_stated", "personal_data"),
    *("false_premise", "opinion", "greeting", "emergency", "other_topic", "other_place"),
    *("instruction", "empty", "too_long"),
}


def questions_of(name: str) -> tuple[Question, ...]:
    return read_questions(OWN[name].questions)


def passages_of(name: str) -> tuple[Notice, dict[str, Passage]]:
    path = OWN[name].notice or sources.shipped_files()[0]
    notice = parse(read(path), sources.notice_id(path))
    return notice, {passage.id: passage for passage in cut(notice)}


def bare(text: str) -> str:
    """A question without marks, blanks and capitals."""
    return "".join(character for character in text.lower() if character.isalnum())


@pytest.mark.parametrize("name", OWN)
def test_every_gold_passage_is_one_of_the_notice_and_stands_at_its_offsets(name: str) -> None:
    notice, passages = passages_of(name)
    for question in questions_of(name):
        for gold in question.gold:
            passage = passages[gold]
            assert notice.text[passage.start : passage.end] == passage.text


@pytest.mark.parametrize("name", OWN)
def test_every_string_to_be_shown_is_printed_in_a_gold_passage(name: str) -> None:
    _, passages = passages_of(name)
    for question in questions_of(name):
        printed = [passages[gold].text for gold in question.gold]
        for wanted in question.must_contain:
            assert any(wanted in text for text in printed), f"{question.id}: {wanted}"


@pytest.mark.parametrize("name", OWN)
def test_whatever_is_not_answered_says_why_and_what_is_answered_does_not(name: str) -> None:
    for question in questions_of(name):
        assert question.reason in ({None} if question.expect == "answered" else REASONS)
        assert bool(question.gold) == (question.expect != "out_of_scope"), question.id


@pytest.mark.parametrize("name", OWN)
def test_every_style_is_asked_and_premises_are_true_and_false(name: str) -> None:
    styles = Counter(question.style for question in questions_of(name))
    assert set(styles) == {
        *("opening", "near", "premise", "follow", "word", "list", "chat"),
        *("emergency", "emergency_not"),
    }
    premises = {q.expect for q in questions_of(name) if q.style == "premise"}
    assert premises == {"answered", "not_stated"}
    assert all(q.history for q in questions_of(name) if q.style == "follow")


def test_no_question_is_asked_twice_or_stands_in_a_curated_file() -> None:
    asked = [question for name in OWN for question in questions_of(name)]
    assert len({question.id for question in asked}) == len(asked)
    assert not repeated((*map(bare, q.history), bare(q.question)) for q in asked)
    curated = {bare(line["question"]) for path in CURATED for line in lines(path)}
    assert not {q.question for q in asked if not q.history and bare(q.question) in curated}


def repeated(values: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [value for value, count in Counter(values).items() if count > 1]


def lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
