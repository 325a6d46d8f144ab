"""Numbers, dates and references worked by hand, and the traps that look like them."""

import time

import cn2an  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.numbers import (
    AskedDate,
    asked_dates,
    bare_ordinal,
    figures,
    finding_reference,
    integer,
    measure_reference,
    section_reference,
)
from assistant.words import matching_form
from index.notice import Notice
from index.passages import cut


@pytest.mark.parametrize(
    ("spelled", "value"),
    [("37", 37), ("三十七", 37), ("两", 2), ("十", 10), ("一百零一", 101), ("〇", 0), ("百百", 0)],
)
def test_a_number_is_read_in_both_spellings(spelled: str, value: int) -> None:
    assert integer(spelled) == value


@given(st.text("零〇一二两三四五六七八九十百0123456789²٣", min_size=1, max_size=8))
def test_no_spelling_breaks_the_reading(spelled: str) -> None:
    assert integer(spelled) >= 0


@pytest.mark.parametrize(
    ("question", "reference"),
    [
        ("第三十七条第二点", (37, 2)),
        ("第37条第二点", (37, 2)),
        ("第37项的二是", (37, 2)),
        ("第 5 项", (5, 0)),
        ("第三十七个问题讲的啥", (37, 0)),
        ("第十二大问题", (12, 0)),
        ("f37.2", (37, 2)),
        ("F37", (37, 0)),
        ("37.2", (37, 2)),
        ("请看37.2", (37, 2)),
        ("37", (37, 0)),
        ("问题37", (37, 0)),
        ("问题37.2", (37, 2)),
        ("finding 12 measure 3", (12, 3)),
        ("item #5", (5, 0)),
    ],
)
def test_a_finding_is_named_by_number(question: str, reference: tuple[int, int]) -> None:
    assert finding_reference(question) == reference


FINDING_FORMS = (
    *("第{n}项", "第{N}项", "第{n}条", "No. {n}", "finding {n}", "item {n}", "问题{n}", "{n}"),
    *("第{N}个问题", "{n}项", "#{n}", "第{n}项有哪些措施", "{n}项讲的啥", "problem {n}"),
)
MEASURE_FORMS = (
    *("{n}.{m}", "第{n}项第{M}点", "第{N}项第{M}点", "{n}项{m}", "{n}-{m}", "第{n}条第{m}款"),
    *("{N}点{M}", "item {n}.{m}", "第{n}项 · {M}是", "问题{n}.{m}", "finding {n}, measure {m}"),
    *("measure {m} of finding {n}", "第{n}项({M})", "{n}({m})", "第{n}个问题的第{M}条", "{n}·{m}"),
    *(
        "{n}.{m}说的啥",
        "请看{n}.{m}",
        "第{n}项第{m}条措施",
        "#{n}.{m}",
        "F{n}.{m}",
        "第{n}项的{M}是",
    ),
)


def test_every_form_resolves_for_every_passage_of_the_notice(real_notice: Notice) -> None:
    for passage in cut(real_notice):
        if not passage.group.isdigit():
            assert section_reference(passage.id) == passage.id
            continue
        number, _, measure = passage.id.partition(".")
        spelled = {"n": number, "N": cn2an.an2cn(number).removeprefix("一十"), "m": measure}
        spelled["N"] = ("十" if cn2an.an2cn(number).startswith("一十") else "") + spelled["N"]
        spelled["M"] = cn2an.an2cn(measure) if measure else ""
        for form in MEASURE_FORMS if measure else FINDING_FORMS:
            typed = matching_form(form.format(**spelled))
            assert finding_reference(typed) == (int(number), int(measure or 0)), typed


@pytest.mark.parametrize("text", ["37.2", "contact us", "next.12", "prefaces", ""])
def test_only_the_id_of_a_section_names_it(text: str) -> None:
    assert section_reference(text) == ""


@pytest.mark.parametrize(
    "question",
    [
        *("37.2元", "2024.9", "2024-9", "37人", "37%", "11-5号", "1-2个支部", "0374-2965034"),
        *(
            "42项人事制度分别是哪些单位的",
            "5条线索查实了几条",
            "1922-2房间",
            "三点二十到",
            "八点半",
        ),
        *("问题一直没改", "问题十分严重", "number 120", "Building No. 1", "第37届", "9-21", "9.21"),
        "37.2万元是什么",
        "体温37.2",
        "37.2度",
        "2.5元",
        "37.25",
        "12345",
        "110",
        "整改3个月",
        "整改2024年",
        "解决群众问题100个",
        "各类问题50多项",
        "整改20条",
        "殡葬管理条例第十二条怎么规定的",
        "《办法》第三条",
        "民政法第9条",
        "第一议题",
        "第十届生态安葬",
        "11月份",
        "1.2.3",
        "第条",
        "casino 5",
        "9" * 300,
    ],
)
def test_a_quantity_a_phone_number_or_an_article_of_law_names_no_finding(question: str) -> None:
    assert finding_reference(question) is None


@pytest.mark.parametrize(
    ("question", "ordinal"),
    [
        ("第二条呢", 2),
        ("那第二条呢?", 2),
        ("第2点", 2),
        ("第三个措施是什么", 3),
        ("第37条呢", 0),
        ("第二条养老的呢", 0),
        ("第二", 2),
    ],
)
def test_a_bare_ordinal_is_nothing_but_an_ordinal(question: str, ordinal: int) -> None:
    assert bare_ordinal(question) == ordinal


@pytest.mark.parametrize(
    ("text", "measure"), [("第二点", 2), ("三是什么", 3), ("第2个方面", 2), ("", 0), ("二十", 0)]
)
def test_a_measure_is_named_by_its_order(text: str, measure: int) -> None:
    assert measure_reference(text) == measure


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("11月份开展了哪些活动", [(0, 11, 0)]),
        ("十一月开展了哪些活动", [(0, 11, 0)]),
        ("二〇二四年十一月五号", [(2024, 11, 5)]),
        ("二零二四年", [(2024, 0, 0)]),
        ("2025年清明", [(2025, 0, 0)]),
        ("24年11月", [(2024, 11, 0)]),
        ("2024-11-05", [(2024, 11, 5)]),
        ("2024.9.21搞了啥", [(2024, 9, 21)]),
        ("9月21举行了什么", [(0, 9, 21)]),
        ("9月20余人", [(0, 9, 0)]),
        ("10月一共几次", [(0, 10, 0)]),
        ("11月和12月", [(0, 11, 0), (0, 12, 0)]),
        ("2023年12月到2024年1月", [(2023, 12, 0), (2024, 1, 0)]),
        ("November 2024", [(2024, 11, 0)]),
        ("on 5 November", [(0, 11, 5)]),
        ("Nov. 5", [(0, 11, 5)]),
        ("may i ask", []),
        ("octopus", []),
        ("11个月", []),
        ("每月5日前", []),
        ("13月", []),
        ("12345", []),
    ],
)
def test_dates_are_read_in_every_spelling(question: str, dates: list[tuple[int, int, int]]) -> None:
    assert asked_dates(question) == tuple(AskedDate(*date) for date in dates)


@pytest.mark.parametrize(
    ("asked", "fact", "covered"),
    [
        ((0, 11, 0), "2024-11-05", True),
        ((0, 11, 0), "2024-11", True),
        ((0, 11, 0), "2024", False),
        ((0, 11, 5), "2024-11", False),
        ((2023, 11, 0), "2024-11-05", False),
        ((2024, 0, 0), "2024-11", True),
        ((0, 11, 28), "2024-11-27/2024-11-28", True),
        ((0, 11, 29), "2024-11-27/2024-11-28", False),
        ((0, 11, 0), "11-27/11-28", True),
        ((0, 8, 15), "2024-07-02/2024-08-21", True),
        ((0, 1, 0), "2023-12-05/2024-01-10", True),
        ((2024, 1, 5), "2023-12-05/2024-01-10", True),
        ((2023, 1, 5), "2023-12-05/2024-01-10", False),
        ((0, 1, 2), "12-05/01-03", True),
        ((0, 5, 0), "每月5日前", False),
    ],
)
def test_a_fact_falls_in_the_date_asked_for(
    asked: tuple[int, int, int], fact: str, covered: bool
) -> None:
    assert AskedDate(*asked).covers(fact) is covered


def test_figures_are_every_number_in_digits() -> None:
    assert figures("由15分钟简化为5分钟,7.132万元,第三") == {"15", "5", "7.132"}


HOSTILE = ("9" * 300, "第" * 300, "一" * 300, "11月" * 100, "2024年" * 60, "37." * 100, " " * 300)


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_read_quickly(text: str) -> None:
    begun = time.process_time()
    finding_reference(text), bare_ordinal(text), asked_dates(text), measure_reference(text)
    assert time.process_time() - begun < 0.2


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    reference = finding_reference(text)
    assert reference is None or reference[0] > 0
    assert 0 <= bare_ordinal(text) <= 9
    assert all(0 <= date.month <= 12 and 0 <= date.day <= 31 for date in asked_dates(text))
