"""Other notices of the genre: invented texts, each built as one kind of published notice is."""

import pytest

from index.notice import Notice, parse
from index.passages import Passage, cut

OPENING = (
    "按照省委统一部署,2023年5月至7月,省委第三巡视组对某学院开展了巡视。现将整改进展情况予以公布。"
)


def read(*lines: str, end: str = "\n") -> Notice:
    return parse(end.join(lines) + end, "n")


def titles(notice: Notice) -> list[str]:
    return [f"{finding.number} {finding.title}" for finding in notice.findings]


def passages(notice: Notice) -> dict[str, Passage]:
    return {passage.id: passage for passage in cut(notice)}


def measures(notice: Notice, number: int) -> list[str]:
    return [p.text for p in cut(notice) if p.kind == "measure" and p.group == str(number)]


def test_navigation_before_the_opening_is_dropped_and_the_title_kept() -> None:
    notice = read(
        "首页 > 政务公开 > 通知公告",
        "中共某学院委员会关于巡视整改进展情况的通报",
        "来源:某学院 发布日期:2023-11-02 浏览次数:18",
        OPENING,
        "一、整改落实情况",
        "1.课时不足。",
        "整改情况:已增加课时。",
    )
    assert notice.title == "中共某学院委员会关于巡视整改进展情况的通报"
    assert notice.issued == "2023-11-02"
    assert passages(notice)["preface"].text == OPENING
    assert titles(notice) == ["1 课时不足"]


def test_the_title_is_found_when_no_opening_sentence_marks_the_start() -> None:
    notice = read("关于巡察整改情况的通报", "某镇召开会议。", "1.甲。", "整改:已改。")
    assert notice.title == "关于巡察整改情况的通报"
    assert titles(notice) == ["1 甲"]
    assert passages(notice)["preface"].text.endswith("某镇召开会议。")


def test_a_sentence_like_an_opening_inside_a_finding_drops_nothing() -> None:
    notice = read(
        "某镇通报整改情况如下。", "一、整改落实情况", "1.甲。", "按照市委部署开展了工作。", "2.乙。"
    )
    assert titles(notice) == ["1 甲", "2 乙"]
    assert passages(notice)["preface"].text == "某镇通报整改情况如下。"


@pytest.mark.parametrize(
    "label",
    [
        "整改情况:",
        "整改:",
        "整改落实情况:",
        "整改措施:",
        "整改进展:",
        "整改成效：",
        "整改完成情况:",
        "整改情况如下:",
        "",
    ],
)
def test_every_label_of_the_body_is_left_out_of_it(label: str) -> None:
    notice = read(OPENING, "一、整改落实情况", "1.甲不够。", f"{label}一是学习。二是检查。")
    finding = notice.findings[0]
    assert finding.title == "甲不够"
    assert notice.text[finding.body_start : finding.end] == "一是学习。二是检查。"
    assert measures(notice, 1) == ["一是学习。", "二是检查。"]


def test_title_label_and_body_may_share_a_line() -> None:
    notice = read(OPENING, "一、整改落实情况", "1.甲不够。整改情况:一是学习。二是检查。", "2.乙。")
    assert titles(notice) == ["1 甲不够", "2 乙"]
    assert measures(notice, 1) == ["一是学习。", "二是检查。"]


def test_a_label_inside_the_body_does_not_end_the_title() -> None:
    notice = read(OPENING, "一、整改落实情况", "1.甲。", "一是公布整改情况:每月一次。二是检查。")
    assert notice.findings[0].title == "甲"
    assert len(measures(notice, 1)) == 2


def test_titles_about_a_problem_keep_the_words_of_the_remedy() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "1.关于制度不全问题的整改情况:一是建章。二是立制。",
        "2.关于落实不力的问题。",
        "整改:一是督促。二是检查。",
    )
    assert titles(notice) == ["1 关于制度不全问题的整改情况", "2 关于落实不力的问题"]
    assert [len(f.measures) for f in notice.findings] == [2, 2]


def test_group_headings_between_findings_belong_to_none() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "(一)理论学习方面",
        "1.学习不深入。",
        "整改:一是集中学习。二是交流研讨。",
        "(二)作风建设方面",
        "2.调研不够。",
        "整改:已调研6次。",
    )
    assert titles(notice) == ["1 学习不深入", "2 调研不够"]
    assert measures(notice, 1)[-1] == "二是交流研讨。"
    assert all("作风建设方面" not in p.text for p in cut(notice))


def test_bracketed_measures_are_cut_and_the_last_is_no_group_heading() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "1.台账不全。",
        "整改情况:",
        "(一)补齐台账。",
        "(二)专人负责。",
        "2.公示不及时。",
        "整改情况:已公示。",
    )
    assert measures(notice, 1) == ["(一)补齐台账。", "(二)专人负责。"]
    assert passages(notice)["1.2"].label == "第1项 台账不全 · (二)"
    assert titles(notice) == ["1 台账不全", "2 公示不及时"]


def test_the_outer_of_two_nested_series_is_cut() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "1.甲。",
        "整改:(一)建制度。一是起草。二是印发。三是宣讲。(二)抓落实。",
    )
    assert measures(notice, 1) == ["(一)建制度。一是起草。二是印发。三是宣讲。", "(二)抓落实。"]


def test_a_series_inside_a_quotation_is_not_cut() -> None:
    notice = read(
        OPENING, "一、整改落实情况", "1.甲。", "整改:一是落实“一是查账;二是查人。”要求。二是通报。"
    )
    assert measures(notice, 1) == ["一是落实“一是查账;二是查人。”要求。", "二是通报。"]


def test_unified_is_no_first_measure_and_a_lone_first_is_none() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "1.甲。",
        "整改:统一是前提。一是开会。",
        "2.乙。",
        "整改:办结。",
    )
    assert measures(notice, 1) == []


def test_findings_may_be_the_sections_themselves() -> None:
    notice = read(
        OPENING,
        "一、关于学费收取不规范问题的整改情况",
        "一是清退多收费用3.2万元。二是公示标准。",
        "二、关于后续监管不到位问题的整改情况",
        "已建立台账。",
    )
    assert titles(notice) == [
        "1 关于学费收取不规范问题的整改情况",
        "2 关于后续监管不到位问题的整改情况",
    ]
    assert len(measures(notice, 1)) == 2


def test_findings_may_be_the_groups_when_nothing_is_numbered() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "(一)关于食堂管理的问题",
        "一是换厨师。二是查库存。",
        "(二)关于宿舍管理的问题",
        "已增加宿管。",
    )
    assert titles(notice) == ["1 关于食堂管理的问题", "2 关于宿舍管理的问题"]
    assert len(measures(notice, 1)) == 2


def test_unnumbered_problems_are_counted() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "问题:账目不清。",
        "整改情况:一是对账。二是培训。",
        "问题:库存不实。",
        "整改情况:已盘点。",
    )
    assert titles(notice) == ["1 账目不清", "2 库存不实"]
    assert len(measures(notice, 1)) == 2


def test_a_numbered_problem_head_is_no_part_of_the_title() -> None:
    notice = read(OPENING, "一、整改落实情况", "1.问题1:账目不清。", "整改:已对账。")
    assert titles(notice) == ["1 账目不清"]


def test_a_status_line_between_title_and_label_hides_no_measure() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "1.账目不清。",
        "完成情况:已完成",
        "整改情况:一是对账。二是培训。",
    )
    finding = notice.findings[0]
    assert finding.title == "账目不清"
    assert notice.text[finding.body_start : finding.end] == "一是对账。二是培训。"
    assert "完成情况:已完成" in passages(notice)["1"].text


RUN_ON = (
    OPENING
    + "一、整改落实情况1.课时不足。整改情况:一是增课。二是聘师。2.教材陈旧。整改情况:已更新120册。"
    "3.设备闲置。整改情况:一是盘点;二是共享。二、下一步工作安排1.巩固成果。持续用力。2.举一反三。建章立制。"
    "欢迎师生监督。联系电话:0371-7654321。中共某学院委员会2023年12月8日"
)


@pytest.mark.parametrize("text", [RUN_ON, RUN_ON.replace("。", "。 "), "学院网站\n" + RUN_ON])
def test_a_page_that_lost_its_line_breaks_is_cut_all_the_same(text: str) -> None:
    notice = parse(text, "n")
    assert titles(notice) == ["1 课时不足", "2 教材陈旧", "3 设备闲置"]
    assert [len(f.measures) for f in notice.findings] == [2, 0, 2]
    assert [s.id for s in notice.sections] == ["preface", "next.1", "next.2", "contact"]
    assert passages(notice)["contact"].text.startswith("欢迎师生监督")
    assert notice.issued == "2023-12-08"
    assert notice.issuer == "中共某学院委员会"


@pytest.mark.parametrize("joint", ["", " ", "\u3000\u3000"])
def test_the_real_notice_without_its_line_breaks_has_the_same_structure(
    real_text: str, real_notice: Notice, joint: str
) -> None:
    notice = parse(real_text.replace("\n", joint), "n")
    assert titles(notice) == titles(real_notice)
    assert [len(f.measures) for f in notice.findings] == [
        len(f.measures) for f in real_notice.findings
    ]
    assert [s.id for s in notice.sections] == [s.id for s in real_notice.sections]
    assert (notice.issuer, notice.issued) == (real_notice.issuer, real_notice.issued)


def test_an_inline_list_in_one_body_is_not_taken_for_findings() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "1.甲。",
        "整改:已完成。1.修订。2.印发。3.宣讲。",
        "2.乙。",
        "整改:已完成。",
    )
    assert titles(notice) == ["1 甲", "2 乙"]


def test_a_gap_in_the_numbering_is_kept_and_reported_with_its_line() -> None:
    notice = read(OPENING, "一、整改落实情况", "1.甲。", "整改:改。", "4.丁。", "整改:改。")
    assert titles(notice) == ["1 甲", "4 丁"]
    assert [(o.line, o.what) for o in notice.oddities] == [(5, "numbering goes from 1 to 4")]


def test_numbers_that_restart_are_counted_through_and_reported() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "(一)政治方面",
        "1.甲。",
        "整改:一是改。二是查。",
        "2.乙。",
        "(二)作风方面",
        "1.丙。",
        "整改:一是改。二是查。",
    )
    assert titles(notice) == ["1 甲", "2 乙", "3 丙"]
    assert [m.id for f in notice.findings for m in f.measures] == ["1.1", "1.2", "3.1", "3.2"]
    assert [(o.line, o.what) for o in notice.oddities] == [
        (8, "numbering goes from 2 to 1; counted through")
    ]


def test_section_numbers_may_jump() -> None:
    notice = read(
        OPENING, "一、整改落实情况", "1.甲。", "整改:改。", "三、下一步打算", "1.学。", "2.查。"
    )
    assert titles(notice) == ["1 甲"]
    assert [s.id for s in notice.sections] == ["preface", "next.1", "next.2"]


@pytest.mark.parametrize(
    "line", ["2024年12月31日前完成。", "7.132万元已追回。", "2024.9月完成。", "12.5%的账目有误。"]
)
def test_dates_and_amounts_at_a_line_start_open_no_finding(line: str) -> None:
    notice = read(OPENING, "一、整改落实情况", "1.甲。", "整改:已改。", line, "2.乙。", "整改:改。")
    assert titles(notice) == ["1 甲", "2 乙"]
    assert passages(notice)["1"].text.endswith(line)


def test_full_width_marks_count_as_their_half_width_forms() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "（一）政治方面",
        "１．甲不够。",
        "整改情况：一是学；二是查！三是改。",
        "２、乙不够。",
        "整改情况：（一）学。（二）查。",
    )
    assert titles(notice) == ["1 甲不够", "2 乙不够"]
    assert measures(notice, 1) == ["一是学；", "二是查！", "三是改。"]
    assert measures(notice, 2) == ["（一）学。", "（二）查。"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n\n", "\n\u3000\u3000"])
def test_every_line_end_gives_the_same_structure(small_text: str, end: str) -> None:
    notice = parse(small_text.replace("\n", end), "n")
    assert titles(notice) == ["1 开放时间偏短", "2 古籍保护经费未落实", "3 流动书车进村次数少"]
    assert [len(f.measures) for f in notice.findings] == [3, 0, 2]
    assert [s.id for s in notice.sections] == ["preface", "next.1", "next.2", "contact"]
    assert notice.issued == "2023-09-30"


def test_a_byte_order_mark_left_in_the_text_shifts_no_offset(small_text: str) -> None:
    plain, marked = parse(small_text, "n"), parse("\ufeff" + small_text, "n")
    assert [f.start + 1 for f in plain.findings] == [f.start for f in marked.findings]
    assert marked.sections[0].start == 1


def test_a_mirror_page_in_traditional_characters_is_read_alike() -> None:
    notice = read(
        "關於巡察整改情況的通報",
        "根據縣委統一部署,縣委巡察組開展了巡察。現將整改情況予以公佈。",
        "一、壓實整改責任",
        "成立領導小組。",
        "二、整改落實情況",
        "1.關於檔案管理的問題。",
        "整改情況:一是補檔。二是上鎖。",
        "三、下一步工作安排",
        "1.鞏固。",
        "歡迎群眾監督。聯繫電話:0370-7654321",
        "2023年9月30日",
    )
    assert notice.title == "關於巡察整改情況的通報"
    assert titles(notice) == ["1 關於檔案管理的問題"]
    assert measures(notice, 1) == ["一是補檔。", "二是上鎖。"]
    assert [s.id for s in notice.sections] == ["preface", "section.1", "next.1", "contact"]


@pytest.mark.parametrize(
    "heading",
    [
        "一、整改工作组织情况",
        "一、提高政治站位,强化责任担当",
        "一、切实扛起整改主体责任",
        "一、基本情况",
        "一、整改组织落实情况",
    ],
)
def test_the_organisation_section_holds_no_findings_and_is_not_dropped(heading: str) -> None:
    notice = read(
        OPENING,
        heading,
        "(一)加强领导。成立专班。",
        "1.召开会议。传达精神。",
        "2.制定方案。细化任务。",
        "二、巡视反馈问题整改落实情况",
        "1.甲。",
        "整改:已改。",
    )
    assert titles(notice) == ["1 甲"]
    assert [passages(notice)[i].text for i in ("section.1", "section.2", "section.3")] == [
        "(一)加强领导。成立专班。",
        "1.召开会议。传达精神。",
        "2.制定方案。细化任务。",
    ]
    assert passages(notice)["section.1"].title == heading


def test_a_section_that_fits_no_rule_is_kept_as_paragraphs() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "总体良好。",
        "1.甲。",
        "整改:改。",
        "二、有关说明",
        "另行公布。",
    )
    assert [p.text for p in cut(notice) if p.id.startswith("p")][1:] == ["总体良好。", "另行公布。"]


def test_a_notice_without_sections_keeps_what_stands_before_its_first_finding() -> None:
    notice = read(OPENING, "现逐项说明。", "1.甲。", "整改:改。", "2.乙。", "整改:改。")
    assert passages(notice)["preface"].text == f"{OPENING}\n现逐项说明。"
    assert titles(notice) == ["1 甲", "2 乙"]


def test_a_notice_that_fits_no_rule_becomes_paragraphs_under_their_headings() -> None:
    notice = read(
        "某局公开信",
        "一、总体情况",
        "我们开展了自查。",
        "(一)账目方面",
        "账目清楚。",
        "二、结语",
        "感谢支持。",
    )
    assert not notice.structured
    assert [(p.text, p.title) for p in cut(notice)] == [
        ("某局公开信", ""),
        ("一、总体情况", "一、总体情况"),
        ("我们开展了自查。", "一、总体情况"),
        ("(一)账目方面", "一、总体情况 · (一)账目方面"),
        ("账目清楚。", "一、总体情况 · (一)账目方面"),
        ("二、结语", "二、结语"),
        ("感谢支持。", "二、结语"),
    ]


def test_contact_lines_one_under_another_are_one_passage() -> None:
    notice = read(
        OPENING,
        "一、整改落实情况",
        "1.甲。",
        "整改:已改。",
        "欢迎广大师生对整改情况进行监督。",
        "联系电话:0371-7654321",
        "邮政编码:450000",
        "电子邮箱:jw@example.cn",
        "中共某学院委员会  2023年12月8日",
    )
    contact = passages(notice)["contact"].text
    assert contact.startswith("欢迎广大师生")
    assert contact.endswith("2023年12月8日")
    assert passages(notice)["1"].text == "1.甲。\n整改:已改。"
    assert (notice.issuer, notice.issued) == ("中共某学院委员会", "2023-12-08")


def test_a_hotline_inside_the_last_finding_is_no_contact() -> None:
    body = "整改:一是公布监督电话0371-7654321。二是设举报信箱。"
    notice = read(OPENING, "一、整改落实情况", "1.甲。", body, "中共某学院委员会", "2023年12月8日")
    assert passages(notice)["1"].text.endswith("二是设举报信箱。")
    assert passages(notice)["contact"].text == "中共某学院委员会\n2023年12月8日"


def test_a_signature_date_in_chinese_numerals_is_read() -> None:
    notice = read(OPENING, "1.甲。", "整改:改。", "中共某学院委员会", "二〇二三年十二月三十一日")
    assert (notice.issuer, notice.issued) == ("中共某学院委员会", "2023-12-31")


def test_a_day_that_does_not_exist_is_no_date_of_issue() -> None:
    notice = read(OPENING, "1.甲。", "整改:改。", "中共某学院委员会", "2023年2月30日")
    assert notice.issued == ""
