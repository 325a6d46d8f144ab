"""Stretches of days, read from what is printed and what is asked, each worked by hand."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index import dates
from index.extraction import extract
from index.notice import Notice

ISSUED = "2024-12-31"


def spans(found: tuple[dates.Dated, ...]) -> list[str]:
    return [f"{dated.interval.first}/{dated.interval.last}" for dated in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年7月2日至8月21日", ["2024-07-02/2024-08-21"]),
        ("11月5日至6日", ["2024-11-05/2024-11-06"]),
        ("2024年9月以来", ["2024-09-01/2024-09-30"]),
        ("9月19日", ["2024-09-19/2024-09-19"]),
        ("2024年", ["2024-01-01/2024-12-31"]),
        ("截至2024年12月", ["2024-12-01/2024-12-31"]),
        ("2023年12月5日至1月10日", ["2023-12-05/2024-01-10"]),
        ("9月21举行", ["2024-09-21/2024-09-21"]),
        ("9月20余人", ["2024-09-01/2024-09-30"]),
        ("2023年8月上线,11月复查", ["2023-08-01/2023-08-31", "2023-11-01/2023-11-30"]),
        ("2023年8月上线。11月复查", ["2023-08-01/2023-08-31", "2024-11-01/2024-11-30"]),
        ("每月5日前", []),
        ("10月一共几次", ["2024-10-01/2024-10-31"]),
        ("11个月", []),
        ("2月30日", []),
        ("国庆那会儿", []),
    ],
)
def test_a_printed_date_is_the_days_it_names(text: str, expected: list[str]) -> None:
    assert spans(dates.printed(text, ISSUED)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("11月份", ["2024-11-01/2024-11-30"]),
        ("去年十一月", ["2024-11-01/2024-11-30"]),
        ("今年", ["2024-01-01/2024-12-31"]),
        ("国庆那会儿", ["2024-10-01/2024-10-07"]),
        ("春节期间", ["2024-02-09/2024-02-16"]),
        ("清明节祭祀", []),
        ("2024-11", ["2024-11-01/2024-11-30"]),
        ("Nov 2024", ["2024-11-01/2024-11-30"]),
        ("November 2024", ["2024-11-01/2024-11-30"]),
        ("9月到11月", ["2024-09-01/2024-11-30"]),
        ("10月底", ["2024-10-21/2024-10-31"]),
        ("下半年", ["2024-07-01/2024-12-31"]),
        ("11月以来", ["2024-11-01/2024-12-31"]),
        ("二〇二四年十一月五号", ["2024-11-05/2024-11-05"]),
        ("24年11月", ["2024-11-01/2024-11-30"]),
        ("may i ask", []),
        ("13月", []),
    ],
)
def test_an_asked_date_is_read_against_the_day_of_issue(text: str, expected: list[str]) -> None:
    assert spans(dates.asked(text, ISSUED)) == expected


def test_last_year_is_counted_from_the_reader_who_comes_after_the_notice() -> None:
    assert spans(dates.asked("去年", "2025-11-18")) == ["2024-01-01/2024-12-31"]
    assert spans(dates.asked("去年", "2024-12-31")) == ["2024-01-01/2024-12-31"]


@pytest.mark.parametrize(
    ("value", "asked", "falls"),
    [
        ("2024-11-05", "2024年11月", True),
        ("2024-11", "2024年11月", True),
        ("2024", "2024年11月", False),  # a year says nothing of a month
        ("2024", "2024年", True),
        ("2024-11", "2024年11月5日", False),  # a month says nothing of a day
        ("2024-11-27/2024-12-02", "2024年12月", True),
        ("2024-09-19/2024-12-19", "2024年10月", True),
        ("2023-11-05", "2024年11月", False),
        ("2023-11-05", "11月", True),  # asked without a year: of any
        ("11-27/11-28", "11月", True),
        ("12-05/01-03", "1月2日", True),
        ("每月5日前", "11月", False),
    ],
)
def test_a_date_falls_into_the_days_it_overlaps(value: str, asked: str, falls: bool) -> None:
    (named,) = dates.asked(asked, ISSUED)
    assert dates.falls_in(value, named.interval, any_year=named.any_year) is falls


def test_a_filter_is_open_where_nothing_is_set() -> None:
    assert dates.filtered("2024-11", "2024-11") == dates.day(2024, 11)
    assert dates.filtered(None, "2024").last == date(2024, 12, 31)
    assert dates.filtered("2024-11-05", None) == dates.Interval(date(2024, 11, 5), date.max)
    assert dates.filtered("soon", "") == dates.Interval(date.min, date.max)


def test_intervals_lie_within_and_overlap() -> None:
    november, fifth = dates.day(2024, 11), dates.day(2024, 11, 5)
    assert november
    assert fifth
    assert fifth.within(november)
    assert not november.within(fifth)
    assert november.overlaps(fifth)
    assert dates.day(2024, 2, 30) is None
    assert dates.day(2024, 2) == dates.Interval(date(2024, 2, 1), date(2024, 2, 29))


def test_what_the_notice_prints_reads_the_same_both_ways(real_notice: Notice) -> None:
    read = {(d.start, d.end): d for d in dates.printed(real_notice.text, real_notice.issued)}
    for fact in extract(real_notice):
        value = dates.of_value(fact.value) if fact.kind == "date" else None
        if value is None:
            continue
        near = [d for (start, end), d in read.items() if start < fact.end and fact.start < end]
        assert [d.interval for d in near] == [value[0]], fact


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2024年11月", "2024年11月"),
        ("11月5日至6日", "2024年11月5日至11月6日"),
        ("9月到11月", "2024年9月至11月"),
        ("2024年", "2024年"),
    ],
)
def test_an_interval_is_shown_as_people_write_it(text: str, words: str) -> None:
    assert dates.words_of(dates.asked(text, ISSUED)[0].interval) == words


HOSTILE = [
    "11月" * 1700,
    "2024年" * 1000,
    "十" * 5000,
    "9" * 5000,
    "去年" * 2500,
    "1月1日至" * 1000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_five_thousand_characters_are_read_quickly(text: str) -> None:
    begun = time.process_time()
    dates.asked(text, ISSUED)
    assert time.process_time() - begun < 0.5


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    for dated in (*dates.asked(text, ISSUED), *dates.printed(text)):
        assert 0 <= dated.start < dated.end <= len(text)
        assert dated.interval.first <= dated.interval.last
