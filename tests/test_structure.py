"""Every form of numbering that offices use, each on an invented notice, read off the whole text."""

import pytest

from index.notice import Notice, parse
from index.passages import cut
from index.tables import rows_in

OPENING = "按照县委部署,县委第一巡察组对某水务局开展了巡察。现将整改情况予以公布。"
CLOSING = ("欢迎监督。联系电话:0000-1234567。", "某水务局", "2025年3月1日")


def read(*lines: str, end: str = "\n") -> Notice:
    return parse(end.join((OPENING, *lines, *CLOSING)), "n")


def shape(notice: Notice) -> list[tuple[str, int]]:
    return [(f.title, len(f.measures)) for f in notice.findings]


def quotes(notice: Notice) -> dict[str, str]:
    return {passage.id: passage.text for passage in cut(notice)}


TWO = [("管网漏损偏高", 2), ("抄表不及时", 2)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("一是", "二是"),
        ("一要", "二要"),
        ("(1)", "(2)"),
        ("（1）", "（2）"),
        ("1)", "2)"),
        ("１）", "２）"),
        ("①", "②"),
        ("⑴", "⑵"),
        ("(一)", "(二)"),
        ("（一）", "（二）"),
        ("1.", "2."),
        ("1、", "2、"),
        ("首先,", "其次,"),
        ("其一,", "其二,"),
        ("第一,", "第二,"),
        ("措施一:", "措施二:"),
    ],
)
@pytest.mark.parametrize("joint", ["", "\n"])
def test_measures_are_cut_whatever_numbers_them(first: str, second: str, joint: str) -> None:
    notice = read(
        "一、整改落实情况",
        "1.管网漏损偏高。",
        f"整改情况:{joint}{first}更换管道。{joint}{second}安装水表。",
        "2.抄表不及时。",
        f"整改情况:{joint}{first}增加人员。{joint}{second}远程抄表。",
    )
    assert shape(notice) == TWO
    assert quotes(notice)["1.1"] == f"{first}更换管道。"
    assert quotes(notice)["2.2"] == f"{second}远程抄表。"


def test_a_measure_that_begins_with_a_date_is_told_from_a_decimal() -> None:
    notice = read("1.漏损。", "整改情况:1.10月8日换管。2.投入1.5万元。3.2024年验收。", "2.乙不够。")
    assert [m.order for m in notice.findings[0].measures] == [1, 2, 3]
    assert quotes(notice)["1.1"] == "1.10月8日换管。"


def test_measures_of_prose_leave_the_finding_whole() -> None:
    notice = read("1.漏损偏高。", "整改情况:更换管道3公里。安装水表。", "2.乙不够。", "整改:已改。")
    assert shape(notice) == [("漏损偏高", 0), ("乙不够", 0)]
    assert quotes(notice)["1"].endswith("安装水表。")


@pytest.mark.parametrize("numbers", [("1", "2", "3"), ("1", "2", "1")])
def test_groups_hold_findings_whether_their_numbers_go_on_or_start_anew(
    numbers: tuple[str, str, str],
) -> None:
    notice = read(
        "一、整改落实情况",
        "(一)供水方面",
        f"{numbers[0]}.管网漏损偏高。",
        "整改情况:一是更换管道。二是安装水表。",
        f"{numbers[1]}.抄表不及时。",
        "整改情况:一是增加人员。二是远程抄表。",
        "(二)服务方面",
        f"{numbers[2]}.热线难打通。",
        "整改情况:已增加座席。",
    )
    assert shape(notice) == [*TWO, ("热线难打通", 0)]
    assert [f.number for f in notice.findings] == [1, 2, 3]
    assert "(二)服务方面" not in "".join(quotes(notice).values())


def test_three_levels_are_told_by_what_the_titles_say() -> None:
    notice = read(
        "(一)供水方面",
        "1.管网漏损偏高",
        "1)更换管道3公里。",
        "2)安装水表90只。",
        "(二)服务方面",
        "1.抄表不及时",
        "1)增加人员。",
        "2)推行远程抄表。",
    )
    assert shape(notice) == TWO


def test_groups_may_be_the_findings_and_figures_their_measures() -> None:
    notice = read(
        "一、整改落实情况",
        "(一)管网漏损偏高",
        "1.更换管道3公里。",
        "2.安装水表90只。",
        "(二)抄表不及时",
        "1.增加人员。",
        "2.推行远程抄表。",
    )
    assert shape(notice) == TWO
    assert quotes(notice)["2.1"] == "1.增加人员。"


def test_sections_may_be_the_findings_and_figures_their_measures() -> None:
    notice = read(
        "一、关于管网漏损偏高问题的整改情况",
        "1.更换管道3公里。",
        "2.安装水表90只。",
        "二、关于抄表不及时问题的整改情况",
        "1.增加人员。",
        "2.推行远程抄表。",
        "三、下一步打算",
        "1.巩固成果。",
    )
    assert [len(f.measures) for f in notice.findings] == [2, 2]
    assert quotes(notice)["next.1"] == "1.巩固成果。"


def test_the_same_numbering_may_stand_for_findings_and_for_their_measures() -> None:
    notice = read(
        "1.管网漏损偏高。",
        "整改情况:",
        "1.更换管道。",
        "2.安装水表。",
        "2.抄表不及时。",
        "整改情况:",
        "1.增加人员。",
        "2.远程抄表。",
    )
    assert shape(notice) == TWO


def test_two_possible_readings_are_named_with_the_reason() -> None:
    notice = read(
        "根据反馈,共指出2个问题。",
        "一、整改落实情况",
        "(一)存在管网漏损偏高问题",
        "1.未更换的管道已更换。",
        "2.未安装的水表已安装。",
        "(二)存在抄表不及时问题",
        "1.不足的人员已补充。",
        "2.远程抄表缺口已补齐。",
    )
    assert [len(f.measures) for f in notice.findings] == [2, 2]
    assert notice.reading.startswith("findings are (一) (2), not 1. (4): ")
    assert "the notice announces 2 problems" in notice.reading


def test_one_possible_reading_is_not_spoken_of(small_notice: Notice) -> None:
    assert small_notice.reading == ""


@pytest.mark.parametrize(
    "heads",
    [("问题一:", "问题二:"), ("问题1:", "问题2:"), ("问题1、", "问题2、"), ("问题:", "问题:"),
     ("1.问题1:", "2.问题2:"), ("【问题】", "【问题】"), ("【问题一】", "【问题二】")],
)  # fmt: skip
def test_pairs_of_problem_and_remedy_are_findings(heads: tuple[str, str]) -> None:
    notice = read(
        f"{heads[0]}管网漏损偏高。",
        "整改情况:一是更换管道。二是安装水表。",
        f"{heads[1]}抄表不及时。",
        "整改情况:一是增加人员。二是远程抄表。",
    )
    assert shape(notice) == TWO
    assert [f.number for f in notice.findings] == [1, 2]


@pytest.mark.parametrize("mark", ["{}:", "【{}】", "**{}**:", "【{}】:"])
def test_bold_or_bracketed_labels_are_labels(mark: str) -> None:
    notice = read(
        f"{mark.format('问题')}管网漏损偏高",
        f"{mark.format('整改措施')}一是更换管道。二是安装水表。",
        f"{mark.format('完成情况')}已完成",
        f"{mark.format('问题')}抄表不及时",
        f"{mark.format('整改措施')}一是增加人员。二是远程抄表。",
        f"{mark.format('完成情况')}长期坚持",
    )
    assert shape(notice) == TWO
    assert [f.status and f.status.kind for f in notice.findings] == ["done", "long_term"]
    assert quotes(notice)["1.2"] == "二是安装水表。"


def test_the_rows_of_a_table_are_findings() -> None:
    notice = read(
        "一、整改落实情况",
        "序号\t反馈问题\t整改措施\t责任单位\t完成情况",
        "1\t管网漏损偏高\t一是更换管道。二是安装水表。\t工程股\t已完成",
        "2\t抄表不及时\t一是增加人员。\n二是远程抄表。\t营业股\t正在推进",
        "二、下一步打算",
        "继续努力。",
    )
    assert shape(notice) == TWO
    assert quotes(notice)["1.2"] == "二是安装水表。"
    assert quotes(notice)["2.2"] == "二是远程抄表。"
    assert [f.status and f.status.kind for f in notice.findings] == ["done", "under_way"]
    assert quotes(notice)["next.1"] == "继续努力。"


def test_a_table_within_a_measure_makes_no_findings() -> None:
    notice = read(
        "1.网点不足。",
        "整改情况:一是公布网点:",
        "网点　地址　时间",
        "城关　人民路　周一",
        "二是延时服务。",
        "2.乙不够。",
    )
    assert shape(notice) == [("网点不足", 2), ("乙不够", 0)]
    assert rows_in([]) == []
    assert quotes(notice)["1.1"].endswith("城关　人民路　周一")


@pytest.mark.parametrize(
    ("printed", "kind"),
    [
        ("已完成", "done"),
        ("已完成整改。", "done"),
        ("完成", "done"),
        ("已全部完成", "done"),
        ("已办结", "done"),
        ("已整改到位,并长期坚持", "done"),
        ("基本完成", "under_way"),
        ("正在推进，计划2026年3月底前完成", "under_way"),
        ("未完成", "under_way"),
        ("按序时进度推进", "under_way"),
        ("长期坚持", "long_term"),
        ("持续推进", "long_term"),
        ("需长期整改", "long_term"),
    ],
)
def test_a_printed_state_is_kept_with_its_words(printed: str, kind: str) -> None:
    notice = read(
        "1.管网漏损偏高。",
        f"完成情况:{printed}",
        "整改情况:一是更换管道。二是安装水表。",
        "2.抄表不及时。",
        "整改情况:一是增加人员。二是远程抄表。",
    )
    status = notice.findings[0].status
    assert status is not None
    assert (status.kind, notice.text[status.start : status.end]) == (kind, printed)
    assert notice.findings[1].status is None
    assert shape(notice) == TWO


@pytest.mark.parametrize(
    "lines",
    [
        ("1.管网漏损偏高。(已完成)", "整改情况:一是更换管道。二是安装水表。"),
        ("1.管网漏损偏高【已完成】", "整改情况:一是更换管道。二是安装水表。"),
        ("1.管网漏损偏高。", "整改情况:一是更换管道。二是安装水表。", "完成情况:已完成"),
        ("1.管网漏损偏高。", "整改情况:该问题已完成整改。一是更换管道。二是安装水表。"),
        ("1.管网漏损偏高。", "该问题已完成整改。一是更换管道。二是安装水表。"),
        ("1.管网漏损偏高。", "整改状态:已完成", "责任单位:工程股", "一是更换管道。二是安装水表。"),
    ],
)
def test_a_state_may_stand_in_several_places(lines: tuple[str, ...]) -> None:
    notice = read(*lines, "2.抄表不及时。", "一是增加人员。二是远程抄表。")
    assert shape(notice) == TWO
    assert [f.status and f.status.kind for f in notice.findings] == ["done", None]
    assert quotes(notice)["1.2"] == "二是安装水表。"


def test_totals_above_the_findings_are_a_paragraph() -> None:
    notice = read(
        "一、整改落实情况",
        "截至目前,已完成12项,正在推进3项。",
        "1.管网漏损偏高。",
        "整改情况:一是更换管道。二是安装水表。",
        "2.抄表不及时。",
        "完成情况:已完成3项制度修订,其余正在推进。",
        "整改情况:一是增加人员。二是远程抄表。",
    )
    assert [f.title for f in notice.findings] == ["管网漏损偏高", "抄表不及时"]
    assert [f.status and f.status.kind for f in notice.findings] == [None, "under_way"]
    assert quotes(notice)["p1"] == "截至目前,已完成12项,正在推进3项。"


@pytest.mark.parametrize(
    "title",
    ["管网漏损偏高。", "管网漏损偏高", "管网漏损偏高:", "管网漏损偏高,", "管网漏损偏高 "],
)
def test_a_title_may_run_into_the_first_measure(title: str) -> None:
    notice = read(
        f"1.{title}一是更换管道。二是安装水表。", "2.抄表不及时。一是增加人员。二是远程抄表。"
    )
    assert [f.title.rstrip(",") for f in notice.findings] == ["管网漏损偏高", "抄表不及时"]
    assert quotes(notice)["1.1"] == "一是更换管道。"


def test_a_paragraph_after_the_last_measure_belongs_to_it() -> None:
    notice = read(
        "1.管网漏损偏高。",
        "整改情况:一是更换管道。二是安装水表。",
        "下一步,将继续巡查。",
        "2.抄表不及时。",
        "整改情况:一是增加人员。二是远程抄表。",
    )
    assert shape(notice) == TWO
    assert quotes(notice)["1.2"].endswith("下一步,将继续巡查。")


def test_lines_about_who_answers_and_until_when_are_no_part_of_a_measure() -> None:
    notice = read(
        "1.管网漏损偏高。",
        "责任领导:某某",
        "整改时限:2025年6月底",
        "整改情况:一是更换管道。二是安装水表。",
        "责任单位:工程股",
        "2.抄表不及时。",
    )
    assert quotes(notice)["1.2"] == "二是安装水表。"
    assert "责任领导:某某" in quotes(notice)["1"]
    assert quotes(notice)["1"].endswith("责任单位:工程股")


ONE_LINE = (
    "一、整改落实情况(一)供水方面1.管网漏损偏高。整改情况:一是更换管道。二是安装水表。(二)服务方面"
    "1.抄表不及时。整改情况:一是增加人员。二是远程抄表。二、下一步打算1.巩固成果。2.举一反三。"
)


@pytest.mark.parametrize(
    "text",
    [
        ONE_LINE,
        ONE_LINE.replace("一是", "(1)").replace("二是", "(2)"),
        ONE_LINE.replace("一是", "1.").replace("二是", "2."),
        ONE_LINE.replace(",", "，").replace(":", "：").replace("(", "（").replace(")", "）"),
    ],
)
def test_a_notice_on_one_line_is_read_with_its_groups(text: str) -> None:
    notice = read(text, end="")
    assert shape(notice) == TWO
    assert [s.id for s in notice.sections] == ["preface", "next.1", "next.2", "contact"]


@pytest.mark.parametrize(
    "heading", ["一、整改工作组织情况", "第一部分 整改工作组织情况", "(一)整改工作组织情况"]
)
def test_an_organisation_section_has_passages_of_its_own(heading: str) -> None:
    after = heading.replace("一", "二", 1).replace("组织", "落实")
    notice = read(
        heading,
        "局党组高度重视。",
        "成立领导小组。",
        after,
        "1.管网漏损偏高。",
        "整改情况:已改。",
        "2.抄表不及时。",
        "整改情况:已改。",
    )
    assert quotes(notice)["section.1"] == "局党组高度重视。"
    assert quotes(notice)["section.2"] == "成立领导小组。"
    assert [f.number for f in notice.findings] == [1, 2]


def test_a_section_about_a_defect_of_responsibility_is_a_finding() -> None:
    notice = read(
        "一、主体责任落实不到位",
        "一是开会。二是检查。",
        "二、组织生活不规范",
        "一是培训。二是通报。",
    )
    assert shape(notice) == [("主体责任落实不到位", 2), ("组织生活不规范", 2)]
