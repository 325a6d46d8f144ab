"""Lists and counts over the notice, worked by hand, and the questions that ask for none."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from assistant import list_asks
from assistant.lists import Catalogue, Listing, catalogue, listed, measures
from assistant.signs import signs
from assistant.understand import Understanding
from assistant.words import Words
from index import store
from index.extraction import extract


@dataclass(frozen=True)
class Subject:
    name: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class StandInProfile:
    area: str = "许昌市"
    areas: tuple[str, ...] = ("魏都区",)
    organisations: tuple[str, ...] = ("市场监管",)
    subjects: tuple[Subject, ...] = (
        Subject("养老服务", ("养老", "老年", "日间照料", "助餐", "适老", "高龄")),
        Subject("殡葬", ("殡葬", "殡仪", "火化", "公墓", "安葬", "棺木")),
        Subject("资金与财务", ("资金", "财务", "公务卡", "资产")),
    )


PROFILE = StandInProfile()


@pytest.fixture(scope="module")
def known(real_index: store.Index) -> Catalogue:
    notice = real_index.sources[0].notice
    terms = set(real_index.sources[0].vocabulary.terms)
    return catalogue(real_index.passages, {notice.id: extract(notice)}, terms)


@pytest.fixture(scope="module")
def understanding(real_index: store.Index) -> Understanding:
    vocabulary = real_index.sources[0].vocabulary
    words = Words(vocabulary.terms)
    text = real_index.sources[0].notice.text
    return Understanding(vocabulary.synonyms, vocabulary.terms, words, [text])


@pytest.fixture(scope="module")
def ask(known: Catalogue, understanding: Understanding) -> Callable[[str], Listing | None]:
    return lambda question: listed(understanding.of(question), known, PROFILE)


def ids(listing: Listing | None, known: Catalogue) -> str:
    return " ".join(known.passages[row].id for row in listing.rows) if listing else ""


NOVEMBER = "6.1 6.3 16.1 16.2 17.4 22.1 27.7 32.3 33.1"
MONTHLY = "3.2 8.2 9.3 13 19.1 27.2 27.3 38.4 39.4"


@pytest.mark.parametrize(
    ("question", "kind", "expected"),
    [
        ("把十一月的整改都列出来", "date", NOVEMBER),
        ("去年11月采取了哪些动作", "date", NOVEMBER),
        ("List everything done in November 2024", "date", NOVEMBER),
        ("10月份都干了些啥", "date", "10.3 22.1 27.7 36.3"),
        ("11月下旬有哪些工作", "date", "6.3 22.1 32.3"),
        ("9月19日发生了什么", "date", "preface"),
        ("每天都要做的有哪几条", "frequency", "17.1 17.2 37.3"),
        ("哪些工作是每月做的", "frequency", MONTHLY),
        ("襄城出现在哪几条", "place", "14 26.3"),
        ("建安区的整改有哪些", "place", "14 24.4 26.3"),
        ("跟市场监管局有关的列一下", "organisation", "8.4 22.2"),
        ("哪些整改跟公安有关", "organisation", "22.2 23.2"),
        ("修订过的制度有哪些", "document", "4.3"),
        ("出台了哪些制度", "document", "4.1 4.3 17.3 28 31.1 39.4"),
        ("《督办函》在哪条提到", "document", "16.2"),
        ("哪几处写了干部队伍建设调研报告", "document", "1.1 34.2 39.1"),
        ("标题里有“干部”的是哪几项", "title", "1 34 35 39"),
        ("殡葬方面有哪几项", "subject", "12.1 20 22 37 38"),
        ("对党员干部作出处理的有哪些", "action", "6.3 18.4 19.1 35.1"),
        ("没有分点、只有一段话的是哪几项", "structure", "7 13 14 28 29 30"),
        ("提到微信公众号的有哪几条", "term", "6.2 17.2 27.4"),
        ("带“专题调研”的措施列一下", "term", "1.1 34.2 39.1"),
        ("火化手续办理繁琐有哪些措施", "measures", "37.1 37.2 37.3 37.4"),
        ("第38项都做了什么", "measures", "38.1 38.2 38.3 38.4"),
        ("公墓安葬效率低是怎么整改的", "measures", "38.1 38.2 38.3 38.4"),
        ("日间照料这块给了哪些数字", "figure", "10.1 10.2 10.5"),
    ],
)
def test_a_list_is_complete_precise_and_in_order(
    ask: Callable[[str], Listing | None],
    known: Catalogue,
    question: str,
    kind: str,
    expected: str,
) -> None:
    listing = ask(question)
    assert ids(listing, known) == expected
    assert listing
    assert listing.kind == kind
    assert listing.criterion
    assert list(listing.rows) == sorted(set(listing.rows))


@pytest.mark.parametrize(
    "question",
    [
        *("20家机构具体是哪些", "包括哪些内容", "哪些人能领高龄津贴", "全部关门了是吗"),
        *("老人昏迷了哪些救助站能管", "四步法具体是哪几步", "火化要带哪些证件", "养老院都有哪些"),
        *("所有日间照料中心都正常运转了吗", "跟哪些部门比对信息", "新增了几家星级养老机构"),
        *("哪几个县区没发护理费", "移交的5条线索查实了几条", "人事上的制度新改了多少项"),
        *("建立健全的10项制度名称列一下", "开展了几次督导检查", "救助点在哪条路上"),
        *("魏都区的适老化怎么整改的", "火化多久", "How often are cemetery staff trained?"),
    ],
)
def test_a_question_about_one_thing_asks_no_list(
    ask: Callable[[str], Listing | None], question: str
) -> None:
    assert ask(question) is None


def test_a_name_that_begins_like_the_frame_is_shown_whole(
    ask: Callable[[str], Listing | None], known: Catalogue
) -> None:
    listing = ask("上海凤寰在哪几条提到")
    assert listing
    assert listing.criterion == "上海凤寰"
    assert ids(listing, known) == "10.1"


@pytest.mark.parametrize(
    ("question", "counted"),
    [("提到残联的有几条", True), ("民政厅提了几次", True), ("哪几处提到残联", False)],
)
def test_a_count_says_so(
    ask: Callable[[str], Listing | None], question: str, counted: bool
) -> None:
    listing = ask(question)
    assert listing
    assert listing.counted is counted


@pytest.mark.parametrize(
    ("question", "earlier", "expected"),
    [
        ("其中魏都区的", "16.2 24.2 37.1", "16.2 24.2"),
        ("哪些是10月的", "10.3 22.1 16.1", "10.3 22.1"),
        ("殡葬有关的呢", "12.1 20 8", "12.1 20"),
        ("11月的呢", "37.1", ""),
    ],
)
def test_a_list_that_follows_works_within_the_earlier_one(
    known: Catalogue, understanding: Understanding, question: str, earlier: str, expected: str
) -> None:
    rows = [row for row, p in enumerate(known.passages) if p.id in earlier.split()]
    found = listed(understanding.of(question), known, PROFILE, within=rows)
    assert ids(found, known) == expected


def test_the_facts_that_make_a_list_lie_in_its_passages(
    ask: Callable[[str], Listing | None], known: Catalogue
) -> None:
    listing = ask("11月开展了哪些工作")
    assert listing
    assert [fact.value for fact in listing.facts][:2] == [
        "2024-11-05/2024-11-06",
        "2024-11-27/2024-11-28",
    ]
    spans = [(known.passages[row].start, known.passages[row].end) for row in listing.rows]
    assert all(any(s <= f.start < e for s, e in spans) for f in listing.facts)


def test_the_measures_of_a_finding_in_one_piece_are_the_finding(known: Catalogue) -> None:
    assert [known.passages[row].id for row in measures(known, "13")] == ["13"]
    assert [known.passages[row].id for row in measures(known, "22")] == ["22.1", "22.2"]
    assert measures(known, "99") == ()


def test_without_a_profile_lists_go_by_the_notice_alone(
    known: Catalogue, understanding: Understanding
) -> None:
    found = listed(understanding.of("标题里带养老的有几项"), known)
    assert ids(found, known) == "8 9 16"


def pieces(table: object) -> list[str]:
    if isinstance(table, dict):
        return [piece for value in table.values() for piece in pieces(value)]
    return [piece for piece in table if isinstance(piece, str)] if isinstance(table, list) else []


@pytest.mark.parametrize("name", ["lists", "overview"])
def test_every_sign_is_quick_on_five_thousand_characters(name: str) -> None:
    hostile = ("哪些" * 2500, "一" * 5000, "在" * 5000, " " * 5000, "列全部的提到" * 800)
    for piece in pieces(signs(name)):
        pattern = re.compile(piece)
        begun = time.process_time()
        for text in hostile:
            pattern.search(text)
        assert time.process_time() - begun < 0.5, piece


def test_words_of_the_frame_go_from_both_ends() -> None:
    assert list_asks.freed_of_edges("跟鄢陵有关的") == "鄢陵"
    assert list_asks.freed_of_edges("整改里点到建安区的都是") == "建安区"
    assert list_asks.freed_of_edges("的了在") == ""
