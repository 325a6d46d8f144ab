"""The forms job: every form of the shipped notice is read whole, and the comparison can fail."""

from dataclasses import replace

import pytest

from eval import forms, golds
from index.notice import Notice, parse
from index.passages import cut
from tests.conftest import SHIPPED


@pytest.fixture(scope="module")
def taken_apart() -> forms.Base:
    """A part of the shipped notice: every form is tried on the whole by the job itself."""
    notice = parse(SHIPPED.read_text("utf-8"), "shipped")
    whole = forms.base(notice)
    return replace(whole, items=whole.items[6:18])


@pytest.mark.parametrize("name", forms.styles())
def test_a_form_is_read_whole(name: str, taken_apart: forms.Base) -> None:
    found = forms.outcome(name, taken_apart, forms.styles()[name])
    assert (found.findings, found.measures) == (found.findings_there, found.measures_there)
    assert (found.changed, found.left_out) == (0, 0)


def test_the_first_form_is_the_notice_as_it_is_printed(real_notice: Notice) -> None:
    printed = forms.printed(forms.base(real_notice), forms.Style())
    found = parse(printed, "form")
    assert [f.title for f in found.findings] == [f.title for f in real_notice.findings]


def test_a_swallowed_line_and_a_lost_measure_are_seen(taken_apart: forms.Base) -> None:
    swallowed = forms.outcome("x", taken_apart, forms.Style(after=lambda _: ("又一段话。",)))
    assert swallowed.changed > 0
    lost = forms.outcome("x", taken_apart, forms.Style(mark=lambda _: ""))
    assert (lost.measures, lost.measures_there > 0) == (0, True)


def test_the_table_ends_with_how_many_forms_are_whole() -> None:
    one = forms.Outcome("a", 1, 1, 2, 2, 0, 0, "")
    lines = forms.table([one, replace(one, form="b", measures=1)]).splitlines()
    assert lines[2] == "| a | 1 / 1 | 2 / 2 | 0 | 0 |"
    assert lines[-1].startswith("| whole: 1 of 2 |")


def test_gold_ids_without_a_passage_or_its_words_are_named(small_notice: Notice) -> None:
    passages = {passage.id: passage.text for passage in cut(small_notice)}
    questions = [
        {"id": "a", "gold": ["1.2"], "span": "自习座位80个"},
        {"id": "b", "gold": ["1.9"], "span": ""},
        {"id": "c", "gold": ["1.1"], "span": "自习座位80个"},
    ]
    assert golds.misfits(passages, questions) == [
        "b: no passage 1.9",
        "c: 1.1 hold no '自习座位80个'",
    ]
