"""Passages: what is quoted is cut from the notice, what is embedded is kept apart."""

from index.notice import Notice, parse
from index.passages import Passage, cut


def by_id(notice: Notice) -> dict[str, Passage]:
    return {passage.id: passage for passage in cut(notice)}


def test_passages_come_in_reading_order_a_finding_before_its_measures(
    small_notice: Notice,
) -> None:
    assert [passage.id for passage in cut(small_notice)] == [
        "preface",
        *("1", "1.1", "1.2", "1.3"),
        "2",
        *("3", "3.1", "3.2"),
        *("next.1", "next.2"),
        "contact",
    ]


def test_a_finding_is_finest_only_without_measures(small_notice: Notice) -> None:
    assert [p.id for p in cut(small_notice) if not p.finest] == ["1", "3"]


def test_a_measure_is_embedded_under_the_title_of_its_finding(small_notice: Notice) -> None:
    measure = by_id(small_notice)["3.2"]
    assert measure.text == "二是公开路线。路线图在门户网站公布。"
    assert measure.search_text == "流动书车进村次数少。二是公开路线。路线图在门户网站公布。"


def test_a_finding_is_embedded_as_it_is_printed(small_notice: Notice) -> None:
    finding = by_id(small_notice)["2"]
    assert finding.search_text == finding.text


def test_labels_name_finding_and_measure(small_notice: Notice) -> None:
    passages = by_id(small_notice)
    assert passages["3"].label == "第3项 流动书车进村次数少"
    assert passages["3.2"].label == "第3项 流动书车进村次数少 · 二是"
    assert passages["next.1"].label == "下一步工作安排 · 1.巩固成果"
    assert passages["contact"].label == "联系方式与落款"


def test_ids_are_full_with_the_notice_and_group_by_finding(small_notice: Notice) -> None:
    passage = by_id(small_notice)["1.3"]
    assert (passage.full_id, passage.group, passage.kind) == ("qingshan-2023/1.3", "1", "measure")


def test_every_quote_of_the_real_notice_is_at_its_offsets(real_notice: Notice) -> None:
    for passage in cut(real_notice):
        assert real_notice.text[passage.start : passage.end] == passage.text


def test_measures_of_the_real_notice_fill_their_findings(real_notice: Notice) -> None:
    passages = by_id(real_notice)
    for finding in filter(lambda finding: finding.measures, real_notice.findings):
        parts = [passages[measure.id] for measure in finding.measures]
        assert parts[0].start == finding.body_start
        assert parts[-1].end == finding.end
        assert [p.end for p in parts[:-1]] == [p.start for p in parts[1:]]
        assert [p.text[:2] for p in parts] == [f"{o}是" for o in "一二三四五六七"[: len(parts)]]


def test_paragraphs_of_an_unstructured_notice_are_passages() -> None:
    passages = cut(parse("某局公告\n今天休息。", "n"))
    assert [(p.id, p.label, p.text, p.finest) for p in passages] == [
        ("p1", "p1", "某局公告", True),
        ("p2", "p2", "今天休息。", True),
    ]
