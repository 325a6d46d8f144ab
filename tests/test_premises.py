"""What a question asserts against what is printed: each kind by hand, then every value of a notice."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import assistant.mentions
import assistant.premises
from assistant.premises import Premise, check
from assistant.words import matching_form
from index import chinese, vocabulary
from index.extraction import extract
from index.notice import Notice, parse
from index.passages import Passage, cut
from tests.conftest import SHIPPED

PASSAGE = """\
二是优化办理流程。阅览证办理时间由30分钟简化为10分钟,工本费由20元降至5元。\
青山县图书馆分馆已于2023年5月投入运行,夜间开放率达到60%。古籍修复12册,其中善本3册。\
石桥镇分馆尚未开工。读者证免费办理,不再收取押金。\
对40处流动书站已完成检修31处,其余正在检修。问题线索移交县审计局。\
可到馆领取或者由馆员送书上门。每月5日前公布书目,每月20日前送书到村。"""


def asked(question: str, passage: str = PASSAGE, context: str = "") -> Premise:
    return check(matching_form(question), passage, context=context)


@pytest.mark.parametrize(
    ("question", "kind", "printed"),
    [
        ("夜间开放率已经百分之百了吧", "figure", "夜间开放率达到60%"),
        ("夜间开放率有九成吗", "figure", "夜间开放率达到60%"),
        ("办阅览证现在还得30分钟,是吧", "figure", "由30分钟简化为10分钟"),
        ("古籍修复了善本12册对吧", "figure", "其中善本3册"),
        ("图书馆分馆是2024年5月投入运行的吧", "date", "已于2023年5月投入运行"),
        ("书目是每月15号前公布,没错吧", "date", "每月5日前公布书目"),
        ("书目每年公布一次对不对", "date", "每月5日前公布书目"),
        ("白云县图书馆分馆投入运行了吧", "place", "青山县图书馆分馆"),
        ("线索是移交给县公安局了吧", "organisation", "问题线索移交县审计局"),
        ("阅览证工本费怎么涨了这么多", "direction", "工本费由20元降至5元"),
        ("工本费从5元涨到20元了吧", "direction", "工本费由20元降至5元"),
        ("40处流动书站全部检修完了吧", "scope", "已完成检修31处"),
        ("送书是不是只能到馆领取,是吧", "scope", "或者由馆员送书上门"),
        ("石桥镇分馆早就开工了吧", "aspect", "石桥镇分馆尚未开工"),
        ("办读者证还要收费,对吧", "negation", "读者证免费办理"),
        ("听说先送书到村,然后公布书目", "order", "每月5日前公布书目"),
    ],
)
def test_a_false_premise_is_denied_with_what_is_printed(
    question: str, kind: str, printed: str
) -> None:
    premise = asked(question)
    assert (premise.verdict, premise.kind) == ("denied", kind)
    assert premise.printed is not None
    assert printed in PASSAGE[slice(*premise.printed)]
    assert premise.asserted in matching_form(question)


@pytest.mark.parametrize(
    "question",
    [
        "夜间开放率达到六成了吧",
        "办阅览证的时间简化为10分钟了,是不是",
        "阅览证办理时间由30分钟变成10分钟了吧",
        "青山县图书馆分馆是2023年5月投入运行的吧",
        "工本费从20块降到5块了吗",
        "问题线索移交给县审计局了,对吧",
        "石桥镇分馆还没开工,是吧",
        "40处流动书站检修了31处,对吗",
    ],
)
def test_a_true_premise_is_confirmed(question: str) -> None:
    assert asked(question).verdict == "confirmed"


@pytest.mark.parametrize(
    "question",
    [
        "办阅览证要多久",
        "工本费多少钱",
        "读者证收不收押金",
        "分馆在哪",
        "阅览室有空调吗",
        "图书馆有没有停车场",
        "如果借了90天还没还会不会罚款",
        "我妈七十五了能办读者证吗",
        "我家孩子毕业四年了还能办吗",
        "以前办阅览证要30分钟吧",
        "白云县有图书馆吗",
        "几十册古籍是谁修的",
    ],
)
def test_a_question_that_asserts_nothing_printed_stays_open(question: str) -> None:
    assert asked(question).verdict in ("open", "confirmed")
    assert asked(question).verdict == "open" or "以前" in question


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("The card now takes 30 minutes, right?", "denied"),
        ("Does the card take ten minutes now?", "confirmed"),
        ("Is it true that the night opening rate is 100 percent?", "denied"),
        ("The branch opened in May 2023, correct?", "confirmed"),
        ("How many reading rooms are open in 2024?", "open"),
    ],
)
def test_figures_and_dates_are_compared_in_english(question: str, verdict: str) -> None:
    assert asked(question).verdict == verdict


def test_another_language_is_denied_a_date_only_where_one_is_printed() -> None:
    question = "The branch opened in May 2024, correct?"
    assert asked(question, "分馆已于2023年5月投入运行。").kind == "date"
    assert asked(question, "分馆已于2023年5月投入运行,9月1日扩建。").verdict == "open"


def test_a_place_named_without_its_level_is_known_from_the_context_or_the_gazetteer() -> None:
    question = "白云分馆投入运行了吗"
    passage = "青山县分馆已于2023年5月投入运行。"
    assert check(question, passage).verdict == "open"
    assert check(question, passage, context="白云县的项目").kind == "place"
    assert check(question, passage, gazetteer=["白云县"]).kind == "place"


def test_a_place_that_is_merely_not_mentioned_is_not_denied() -> None:
    passage = "全县新增自习座位80个,全部免费。"
    assert check("白云县的自习座位免费吗", passage).verdict == "open"


def test_full_and_half_width_passages_are_read_alike() -> None:
    half = "办理时间由30分钟简化为10分钟,已于5月公布。"
    full = "办理时间由３０分钟简化为１０分钟，已于５月公布。"
    for passage in (half, full):
        premise = check("办理时间现在要30分钟吧", passage)
        assert premise.verdict == "denied"
        assert premise.printed == (0, 16)


def test_what_a_title_says_is_no_measure() -> None:
    passage = "1.开放时间未延长。\n整改情况:已延长开放时间。"
    assert check("开放时间已经延长了吧", passage).verdict != "denied"


# Every value that a notice prints.


@dataclass(frozen=True)
class Printed:
    """One value of a notice: the sentence with it, the same with another, and its passage."""

    kind: str
    value: str
    true: str
    false: str
    passage: Passage
    start: int
    end: int


_TAGS = ("吗?", "是不是", "对吧?")


def _values_of(notice: Notice) -> Iterator[Printed]:
    facts = [f for f in extract(notice) if f.kind in ("figure", "date", "place")]
    own = sorted({fact.value for fact in facts if fact.kind == "place"})
    for fact in facts:
        holding = [p for p in cut(notice) if p.start <= fact.start and fact.end <= p.end]
        passage = min(holding, key=lambda p: p.end - p.start)
        sentence = _sentence(passage, fact.start, fact.end)
        value = notice.text[fact.start : fact.end]
        if sentence is None or not (other := _another(fact.kind, value, own)):
            continue
        start, end = (passage.start + place for place in sentence)
        true = notice.text[start:end]
        false = notice.text[start : fact.start] + other + notice.text[fact.end : end]
        at = fact.start - passage.start
        yield Printed(fact.kind, value, true, false, passage, at, at + len(value))


def _sentence(passage: Passage, start: int, end: int) -> tuple[int, int] | None:
    for sentence in chinese.sentences(passage.text):
        if sentence[0] <= start - passage.start and end - passage.start <= sentence[1]:
            return chinese.without_marker(passage.text, sentence)
    return None


def _another(kind: str, value: str, own: list[str]) -> str:
    """The value altered: another place of its level, the last number of a date, the first digits."""
    if kind == "place":
        return next((p for p in own if p[2:] == value[2:] and p != value), "北" + value[1:])
    if re.fullmatch(r"[\d-]{5,}", value):
        return value[:-1] + str((int(value[-1]) + 3) % 10)
    numbers = list(re.finditer(r"\d+(?:\.\d+)?", value))
    if not numbers:
        return _another_in_words(value)
    number = numbers[-1 if kind == "date" else 0]
    if kind == "date":
        day = int(number[0])
        month = value[number.end() : number.end() + 1] == "月"
        other = str(day % 12 + 1 if month else day + 1 if day < 9 or 9 < day < 28 else day - 1)
    else:
        other = f"{float(number[0]) * 1.5 + 3:.{1 if '.' in number[0] else 0}f}"
    return value[: number.start()] + other + value[number.end() :]


def _another_in_words(value: str) -> str:
    digits = "一二三四五六七八九"
    for place, character in enumerate(value):
        if character in digits:
            other = digits[(digits.index(character) + 3) % 9]
            return value[:place] + other + value[place + 1 :]
    for period, other in (("每月", "每年"), ("每天", "每周")):
        if period in value:
            return value.replace(period, other)
    return ""


@pytest.fixture(scope="module")
def shipped() -> Notice:
    return parse(SHIPPED.read_text("utf-8"), "shipped")


@pytest.mark.parametrize("kind", ["figure", "date", "place"])
@pytest.mark.parametrize("tag", _TAGS)
def test_every_printed_value_is_confirmed_and_another_in_its_stead_denied(
    kind: str, tag: str, shipped: Notice, small_text: str
) -> None:
    wrong: list[str] = []
    seen = 0
    for notice in (shipped, parse(small_text, "small")):
        for one in _values_of(notice):
            if one.kind != kind:
                continue
            seen += 1
            text = one.passage.text
            if asked(one.true + tag, text).verdict != "confirmed":
                wrong.append(f"not confirmed: {one.value} in {one.true}")
            premise = asked(one.false + tag, text)
            start, end = premise.printed or (0, 0)
            as_kind = premise.kind == kind or (kind == "figure" and premise.kind == "date")
            if (
                premise.verdict != "denied"
                or not as_kind
                or not start <= one.start < one.end <= end
            ):
                wrong.append(f"not denied: {one.value} altered in {one.false} ({premise})")
    assert seen > 40
    assert wrong == []


def test_of_the_curated_questions_hardly_any_is_denied(shipped: Notice) -> None:
    passages = {passage.id: passage for passage in cut(shipped)}
    phrasings = vocabulary.load(SHIPPED.parent, frozenset(passages)).phrasings
    denied = [
        phrasing.question
        for phrasing in phrasings
        if asked(phrasing.question, passages[phrasing.id].text).verdict == "denied"
    ]
    assert len(denied) < 0.002 * len(phrasings), denied


# What must hold for any text.


@given(
    st.text(
        "开放时间由从30分钟简化为至10是不是吗吧对第年月日全部已没有不先再,。;:?% \n县图书馆",
        max_size=60,
    ),
    st.text(
        "开放时间由从30分钟简化为至10是不是吗吧对第年月日全部已没有不先再,。;:?% \n县图书馆",
        max_size=90,
    ),
)
def test_no_text_breaks_the_check_and_printed_is_inside_the_passage(
    question: str, passage: str
) -> None:
    premise = check(question, passage)
    assert premise == check(question, passage)
    if premise.verdict == "open":
        assert premise == Premise("open")
    else:
        start, end = premise.printed or (-1, -1)
        assert 0 <= start < end <= len(passage)
        assert premise.kind


def test_a_passage_without_words_leaves_everything_open() -> None:
    assert check("真的有5个吗", " \n") == Premise("open")


_HOSTILE = [
    "1" * 5000,
    "一" * 5000,
    "不是" * 2500,
    "早" * 5000,
    "先" * 5000,
    "由1" * 2500,
    "第一" * 2500,
    "a " * 2500,
    " " * 5000,
    "的是" * 2500,
    "年月日" * 1666,
    "10日前" * 1250,
    "没有不" * 1666,
    "每" * 5000,
    "县区市" * 1666,
    "1.1:1-" * 833,
]


def _patterns() -> list[re.Pattern[str]]:
    path = Path(assistant.mentions.__file__).parent / "signs" / "premises.toml"
    found = [
        value
        for module in (assistant.mentions, assistant.premises)
        for value in vars(module).values()
        if isinstance(value, re.Pattern)
    ]
    return found + [re.compile(sign) for sign in _strings(tomllib.loads(path.read_text("utf-8")))]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _strings(inner)


def test_no_pattern_backtracks_on_five_thousand_characters() -> None:
    slow = []
    for pattern in _patterns():
        for text in _HOSTILE:
            begun = process_time()
            for _ in pattern.finditer(text):
                pass
            if process_time() - begun > 0.1:
                slow.append((pattern.pattern[:60], text[:6]))
    assert slow == []
