"""Facts worked by hand, complete for the real notice where they can be counted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import profile
from index.extraction import FactKind, extract
from index.notice import Notice, parse
from tests.conftest import SHIPPED


def values(text: str, kind: FactKind, *, issued: str = "2025年1月15日") -> list[str]:
    notice = parse(f"{text}\n某局\n{issued}", "n")
    return [fact.value for fact in extract(notice) if fact.kind == kind and fact.end <= len(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024年10月8日印发", ["2024-10-08"]),
        ("2024年9月21举行", ["2024-09-21"]),
        ("2024年7月2日至8月21日", ["2024-07-02/2024-08-21"]),
        ("11月27日至28日检查", ["2024-11-27/2024-11-28"]),
        ("2023年12月5日至1月10日", ["2023-12-05/2024-01-10"]),
        ("2023年12月5日至2024年1月10日", ["2023-12-05/2024-01-10"]),
        ("2024年9月以来", ["2024-09"]),
        ("11月份建立台账", ["2024-11"]),
        ("1月10日召开", ["2025-01-10"]),
        ("1月20日召开", ["2024-01-20"]),
        ("2021、2023年2名干部", ["2021", "2023"]),
        ("自2021年以来", ["2021"]),
        ("2024年9月20余人参加", ["2024-09"]),
        ("每月5日前上传", ["每月5日前"]),
        ("每季度一次", ["每季度"]),
        ("２０２４年１０月８日", ["2024-10-08"]),
        ("13月45日", []),
        ("历时3个月", []),
    ],
)
def test_dates_are_normalised(text: str, expected: list[str]) -> None:
    assert values(text, "date") == expected


def test_a_date_without_a_year_stays_so_when_nothing_tells_the_year() -> None:
    notice = parse("11月27日至28日检查,12月5日至1月3日复查。", "n")
    assert [f.value for f in extract(notice)] == ["11-27/11-28", "12-05/01-03"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("由15分钟简化为5分钟", ["15分钟", "5分钟"]),
        ("129.7万元运营补贴", ["129.7万元"]),
        ("7.132万元已追回", ["7.132万元"]),
        ("8.3万人次", ["8.3万人次"]),
        ("5000余人次", ["5000余人次"]),
        ("达到70%", ["70%"]),
        ("约1100㎡土地", ["1100㎡"]),
        ("典型案例 11起", ["11起"]),
        ("1-2个基层支部", ["1-2个"]),
        ("三个月的集中整改", ["三个月"]),
        ("党的二十届三中全会", []),
        ("第十届生态安葬", []),
        ("1.甲不够。", []),
        ("\u3000\u30001.甲不够。", []),
        ("12.乙。整改了3次", ["3次"]),
        ("2024年9月20余人参加", ["20余人"]),
    ],
)
def test_figures_keep_their_unit(text: str, expected: list[str]) -> None:
    assert values(text, "figure") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("修订《督办函》和《办法(试行)》", ["《督办函》", "《办法(试行)》"]),
        ("印发《关于印发<制度>的通知》", ["《关于印发<制度>的通知》"]),
        ("印发《关于印发《制度》的通知》", ["《关于印发《制度》的通知》"]),
        ("《关于印发《制度》的通知", ["《制度》"]),
        ("印发《办法（试行）》", ["《办法（试行）》"]),
    ],
)
def test_documents_are_named_as_printed(text: str, expected: list[str]) -> None:
    assert values(text, "document") == expected


def test_facts_of_the_real_notice_are_complete(real_notice: Notice) -> None:
    facts = extract(real_notice, profile.load(SHIPPED, real_notice))
    documents = [fact for fact in facts if fact.kind == "document"]
    assert len(documents) == real_notice.text.count("《") == 37
    finding = real_notice.finding(37)
    assert finding is not None
    inside = [f for f in facts if finding.start <= f.start < finding.end]
    assert [f.value for f in inside if f.kind == "figure"] == ["15分钟", "5分钟"]
    assert {f.value for f in facts if f.kind == "place"} >= {
        *("魏都区", "建安区", "东城区", "禹州市", "长葛市", "鄢陵县", "襄城县"),
        *("马栏镇", "南郑社区", "张潘镇", "石固镇", "颍阳镇", "陈曹乡许田村"),
    }


def test_a_printed_state_of_completion_is_a_fact_of_its_finding() -> None:
    lines = ("1.甲不够。", "完成情况:已完成", "整改情况:已改。", "2.乙不够。", "完成情况:长期坚持")
    facts = extract(parse("\n".join(lines), "n"))
    assert [f.value for f in facts if f.kind == "status"] == ["done", "long_term"]


def test_no_number_of_a_real_finding_is_a_figure(real_notice: Notice) -> None:
    starts = {finding.start for finding in real_notice.findings}
    assert not [f for f in extract(real_notice) if f.kind == "figure" and f.start in starts]


PIECES = st.sampled_from(
    [
        "2024年",
        "12月",
        "31日",
        "至",
        "5",
        "万元",
        "三个",
        "《",
        "》",
        "<",
        "许昌市",
        "民政局",
        "每月",
        "\n",
        "1.",
        "、",
    ]
)


@given(st.one_of(st.lists(PIECES, min_size=1, max_size=20).map("".join), st.text(min_size=1)))
@settings(max_examples=150, deadline=None)
def test_any_fact_lies_inside_the_text_in_order(text: str) -> None:
    notice = parse(f"甲{text}", "n")
    facts = extract(notice)
    assert list(facts) == sorted(facts, key=lambda fact: (fact.start, fact.end, fact.kind))
    for fact in facts:
        assert 0 <= fact.start < fact.end <= len(notice.text)
        assert fact.value
        if fact.kind in ("document", "organisation"):
            assert notice.text[fact.start : fact.end] == fact.value
