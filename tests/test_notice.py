"""The structure of the small and of the shipped notice, worked by hand; and of any text."""

import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.errors import NoticeError
from index.notice import Finding, Measure, Notice, Section, parse
from index.passages import cut

Quotes = Callable[[Notice, str], str]

WITHOUT_MEASURES = [7, 13, 14, 28, 29, 30]


def finding_of(notice: Notice, number: int) -> Finding:
    finding = notice.finding(number)
    assert finding is not None
    return finding


def test_small_notice_has_three_findings_with_their_measures(small_notice: Notice) -> None:
    titles = [(f.number, f.title, len(f.measures)) for f in small_notice.findings]
    assert titles == [
        (1, "开放时间偏短", 3),
        (2, "古籍保护经费未落实", 0),
        (3, "流动书车进村次数少", 2),
    ]


def test_a_measure_holds_its_marker_and_ends_before_the_next(
    small_notice: Notice, quotes: Quotes
) -> None:
    assert quotes(small_notice, "1.1") == "一是延长开放时间。自2023年7月1日起,每天开放12小时。"
    assert quotes(small_notice, "1.2") == "二是增设自习座位80个,全部免费;"
    assert quotes(small_notice, "1.3") == "三是每周五闭馆检修。"


def test_a_finding_holds_its_number_title_and_body(small_notice: Notice, quotes: Quotes) -> None:
    finding = finding_of(small_notice, 2)
    assert quotes(small_notice, "2").startswith("2.古籍保护经费未落实。\n整改情况:已向")
    assert small_notice.text[finding.body_start :].startswith("已向县财政局")


def test_preface_next_steps_and_contact_are_sections(small_notice: Notice, quotes: Quotes) -> None:
    assert [s.id for s in small_notice.sections] == ["preface", "next.1", "next.2", "contact"]
    assert quotes(small_notice, "preface").endswith("现将巡察整改情况予以公布。")
    assert quotes(small_notice, "next.2") == "2.完善制度。修订《借阅管理办法》。"
    assert quotes(small_notice, "contact").startswith("欢迎广大读者")
    assert quotes(small_notice, "contact").endswith("2023年9月30日")


def test_title_issuer_and_date_come_from_the_notice(small_notice: Notice) -> None:
    assert small_notice.title == "中共青山县图书馆支部委员会 巡察整改情况"
    assert small_notice.issuer == "中共青山县图书馆支部委员会"
    assert small_notice.issued == "2023-09-30"


def test_a_number_no_finding_has_gives_none(small_notice: Notice) -> None:
    assert small_notice.finding(4) is None


def test_real_notice_has_39_findings_and_107_measures_in_33(real_notice: Notice) -> None:
    measured = [f for f in real_notice.findings if f.measures]
    assert [f.number for f in real_notice.findings] == list(range(1, 40))
    assert (sum(len(f.measures) for f in measured), len(measured)) == (107, 33)
    assert [f.number for f in real_notice.findings if not f.measures] == WITHOUT_MEASURES


def test_real_notice_has_118_finest_passages(real_notice: Notice) -> None:
    passages = cut(real_notice)
    assert sum(passage.finest for passage in passages) == 118
    assert len(passages) == 118 + 33
    assert [s.id for s in real_notice.sections] == [
        "preface",
        "next.1",
        "next.2",
        "next.3",
        "contact",
    ]


@pytest.mark.parametrize(
    ("identifier", "part"),
    [
        ("37.2", "由15分钟简化为5分钟"),
        ("38.1", "一是减免安葬费,大大地提高了安葬率。"),
        ("27.7", "2000多份"),
        ("13", "每月10日前将资金足额发放"),
        ("contact", "0374-2965034"),
        ("preface", "现将巡察整改情况予以公布"),
        ("next.3", "3.务求整改实效"),
    ],
)
def test_real_passages_hold_the_words_they_are_known_by(
    real_notice: Notice, quotes: Quotes, identifier: str, part: str
) -> None:
    assert part in quotes(real_notice, identifier)


def test_real_measure_38_1_stands_alone(real_notice: Notice, quotes: Quotes) -> None:
    assert quotes(real_notice, "38.1") == "一是减免安葬费,大大地提高了安葬率。"


def test_oddities_of_the_real_notice_are_reported_and_left(real_notice: Notice) -> None:
    assert [(o.line, o.what) for o in real_notice.oddities] == [
        (12, "doubled mark after the number: 5..跟进学习习近平总书"),
        (67, "unbalanced “”: 整改情况:一是要求各支部如实填写…"),
        (79, "date without 日: 9月21举行"),
    ]
    assert "5..跟进" in real_notice.text
    assert finding_of(real_notice, 5).title == "跟进学习习近平总书记重要讲话、指示精神不及时"


def test_real_masthead(real_notice: Notice, real_text: str) -> None:
    assert real_notice.text is real_text
    assert real_notice.issuer == "中共许昌市民政局党组"
    assert real_notice.issued == "2024-12-31"
    assert real_notice.title == "中共许昌市民政局党组 巡察整改情况"


def test_a_measure_after_an_unbalanced_quotation_mark_is_found(real_notice: Notice) -> None:
    assert len(finding_of(real_notice, 32).measures) == 3


@pytest.mark.parametrize("identifier", ["", "A", "a b", "-a", "a_b", "通报", "a--b"])
def test_a_malformed_id_is_refused(identifier: str) -> None:
    with pytest.raises(NoticeError, match="expected lower-case"):
        parse("1.甲。", identifier)


@pytest.mark.parametrize("text", ["", " \n\t\r\n\u3000\ufeff"])
def test_a_blank_text_is_refused(text: str) -> None:
    with pytest.raises(NoticeError, match="holds no text"):
        parse(text, "a")


# Any text: what the genre is built of, shuffled, and plain noise.
PIECES = st.sampled_from(
    [
        "根据市委统一部署,现将整改情况予以公布。",
        "一、整改落实情况",
        "二、整改组织情况",
        "二、关于制度执行问题的整改情况",
        "三、下一步工作打算",
        "(一)党的建设方面",
        "(二)完善制度。",
        "1.甲不到位。",
        "2、乙不够。",
        "3..丙。",
        "１．丁。",
        "9.戊。",
        "问题1:己。",
        "整改情况:",
        "整改:一是开会。二是发文;三是检查。",
        "完成情况:已完成",
        "一是",
        "。二是",
        "“一是甲;二是乙”",
        "2024年9月21举行",
        "2024年12月31日",
        "7.132万元",
        "欢迎社会各界监督。",
        "联系电话:0374-1234567",
        "\n",
        "\r\n",
        "\r",
        "\u3000",
        " ",
        "\x85",
        "\u2028",
    ]
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=40).map("".join),
    st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("\n".join),
    st.text(max_size=200),
)


def spans_of(notice: Notice) -> list[Finding | Section]:
    return sorted([*notice.findings, *notice.sections], key=lambda span: span.start)


@given(TEXTS)
@example("1.\n2.甲。")
@example("一、关于甲问题的整改情况")
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_with_ordered_spans_inside_it(text: str) -> None:
    try:
        notice = parse(text, "n")
    except NoticeError:
        assert not text.strip("\ufeff\u200b").strip()
        return
    end = 0
    for span in spans_of(notice):
        assert end <= span.start < span.end <= len(text)
        end = span.end
    for finding in notice.findings:
        assert finding.start <= finding.body_start <= finding.end
        measured: list[Measure] = list(finding.measures)
        assert [m.order for m in measured] == list(range(1, len(measured) + 1))
        for before, after in pairwise(measured):
            assert before.end <= after.start
        if measured:
            assert finding.body_start <= measured[0].start
            assert measured[-1].end == finding.end
    assert all(1 <= o.line <= text.count("\n") + text.count("\r") + 1 for o in notice.oddities)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_passage_is_word_for_word_at_its_offsets(text: str) -> None:
    try:
        passages = cut(parse(text, "n"))
    except NoticeError:
        return
    assert len({passage.id for passage in passages}) == len(passages)
    for passage in passages:
        assert text[passage.start : passage.end] == passage.text
        assert passage.text.strip() == passage.text
        assert passage.label.strip()


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_nothing_but_headings_and_what_precedes_the_notice_is_outside_all_passages(
    text: str,
) -> None:
    try:
        notice = parse(text, "n")
    except NoticeError:
        return
    covered = bytearray(len(text))
    for span in spans_of(notice):
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    first = spans_of(notice)[0].start
    left = "".join(
        character if not covered[place] else "\n"
        for place, character in enumerate(text)
        if place >= first
    )
    for piece in left.splitlines():
        words = re.sub(r"^[\s\ufeff\u200b]+|[\s\ufeff\u200b]+$", "", piece)
        assert not words or (words[0] in "一二三四五六七八九十(（" and len(words) <= 60)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_reading_twice_gives_the_same(text: str) -> None:
    try:
        assert parse(text, "n") == parse(text, "n")
    except NoticeError:
        return
