"""What a notice states in a form that can be counted: figures, dates, 《documents》, places, organisations.

Each fact is a span of the text. Extracted from the structure, never from a search, so a
list of facts is complete by construction.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.notice import Notice, half_width

FactKind = Literal["date", "figure", "document", "place", "organisation"]

_CHINESE_COUNT = "一二两三四五六七八九十百"
_UNITS = (
    "万人次|人次|台次|万元|亿元|元|分钟|小时|个月|㎡|平方米|公里|余户|余人|余幅|余篇|余份|余台次|余人次|多份|多项|多人"
    "|户|人|家|个|条|件|起|次|期|份|场|名|篇|幅|批|项|届|号|楼|层|天|年|岁|月|日|处|块|组|种|张|部|条|类|%"
)
_DAY = rf"(?:3[01]|[12]\d|0?[1-9])(?:日|号|(?!\d|{_UNITS}|[余多万亿.、至—-]))"
_YEAR_MONTH_DAY = re.compile(
    rf"(?<!\d)(?:(?P<year>\d{{4}})年)?(?P<month>1[0-2]|0?[1-9])月(?:份|以来|底|初)?(?P<day>{_DAY})?"
    rf"(?:(?:至|到|-|—)(?:(?P<year2>\d{{4}})年)?(?:(?P<month2>1[0-2]|0?[1-9])月)?(?P<day2>{_DAY}))?"
)
_YEAR = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d{2})(?=(?:[、至—-]\d{4})*年(?!\d{1,2}月))年?")
_RECURRING = re.compile(
    r"每(?:个)?(?:月|季度|年|天|周)(?:\d{1,2}日|[上中下]旬|底|下午|上午|初)?前?"
)
_FIGURE = re.compile(
    rf"(?<![\d.])\d+(?:\.\d+)?(?:[-—]\d+)?(?:万|亿)?(?:余|多)?\s?(?:{_UNITS}|)(?![\d.]\d)"
)
_SPOKEN_FIGURE = re.compile(
    rf"(?<![第{_CHINESE_COUNT}])[二两三四五六七八九十百]+(?:{_UNITS})(?<!届)(?!是)"
)
_DOCUMENT = re.compile(r"《[^《》\n]*(?:《[^《》\n]*》[^《》\n]*)*》")
_DISTRICTS = (
    "魏都区",
    "建安区",
    "东城区",
    "禹州市",
    "长葛市",
    "鄢陵县",
    "襄城县",
    "许昌市",
    "河南省",
)
_VILLAGE = re.compile(
    r"(?<=[县区市、及的和对在])[\u4e00-\u9fff]{2}(?:镇|乡|社区|街道)(?:[\u4e00-\u9fff]{2}村)?"
)
_NOT_A_PLACE = re.compile(
    r"^(?:城乡|各|该|全|本|农|乡镇|下社|入社|推进|心、|对应|相关|依托|乡[(])|乡村$"
)
_ORGANISATION = re.compile(
    rf"(?:中共)?(?:{'|'.join(_DISTRICTS)}|驻局|省|市|县|区|局)?"
    r"(?:委第[一二三四五六七八九十]+巡[察视]组|委网信办|委组织部|委宣传部|纪委|直工委|殡仪馆|殡仪服务中心"
    r"|康复医院|精神康复福利中心|社会福利院|福利院|儿童福利院|救助管理站|民政局党组|民政局|民政厅|民政部(?!门)"
    r"|机关党委|机关纪委|纪检监察组|纪检组|财政局|审计局|公安局|市场监管局|县政府|区政府|市政府|政府(?=发|向))"
    r"|市场监管|残联|人社|公安|消防|住建"
    r"|上海凤寰|许昌安泰|许昌日报|许昌时刻|河南许昌民政|小许讲救助|学习强国"
)

_AS_PRINTED: dict[FactKind, re.Pattern[str]] = {
    "document": _DOCUMENT,
    "organisation": _ORGANISATION,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated fact; ``value`` is normalised for filters, offsets are into ``Notice.text``.

    ``value``: a date as ``2024-11-05`` or ``2024-11`` or ``2024``, ``/`` between both ends of
    a range; everything else as printed.
    """

    kind: FactKind
    value: str
    start: int
    end: int


def extract(notice: Notice) -> tuple[Fact, ...]:
    """Every fact of a notice in reading order."""
    flat = half_width(notice.text)
    dates = list(_dates(flat, notice.issued))
    facts = [*dates, *_figures(flat, dates), *_places(flat)]
    for kind, pattern in _AS_PRINTED.items():
        facts += [
            Fact(kind, notice.text[m.start() : m.end()], m.start(), m.end())
            for m in pattern.finditer(flat)
        ]
    return tuple(sorted(facts, key=lambda fact: (fact.start, fact.end, fact.kind)))


def _figures(flat: str, dates: Sequence[Fact]) -> Iterator[Fact]:
    taken = bytearray(len(flat))
    for fact in dates:
        taken[fact.start : fact.end] = b"\1" * (fact.end - fact.start)
    for pattern in (_FIGURE, _SPOKEN_FIGURE):
        for match in pattern.finditer(flat):
            value = match.group().rstrip()
            if any(taken[match.start() : match.end()]) or _numbering(flat, match.start()):
                continue
            yield Fact("figure", value, match.start(), match.start() + len(value))


def _numbering(flat: str, place: int) -> bool:
    """A finding's or step's own number is not a figure of the notice."""
    line_start = max(flat.rfind("\n", 0, place), flat.rfind("\r", 0, place)) + 1
    alone = not flat[line_start:place].strip()
    return alone and bool(re.match(r"\d{1,3}[.、]+(?!\d)", flat[place : place + 6]))


def _dates(flat: str, issued: str) -> Iterator[Fact]:
    for match in _YEAR_MONTH_DAY.finditer(flat):
        first = _iso(match["year"], match["month"], match["day"], issued)
        last = ""
        if match["day2"]:
            year = match["year2"] or (first[:4] if match["year"] or issued else None)
            month = match["month2"] or match["month"]
            last = _iso(year, month, match["day2"], "")
            if year and last < first and not match["year2"]:
                last = _iso(str(int(year) + 1), month, match["day2"], "")
        yield Fact("date", f"{first}/{last}" if last else first, match.start(), match.end())
    for match in _YEAR.finditer(flat):
        yield Fact("date", match["year"], match.start(), match.end())
    for match in _RECURRING.finditer(flat):
        yield Fact("date", match.group(), match.start(), match.end())


def _iso(year: str | None, month: str, day: str | None, issued: str) -> str:
    """A date without a year is the last such day before the notice was issued."""
    rest = f"{int(month):02d}" + (f"-{int(day.rstrip('日号')):02d}" if day else "")
    if year or not issued:
        return "-".join(filter(None, (year, rest)))
    later = rest > issued[5 : 5 + len(rest)]
    return f"{int(issued[:4]) - later:04d}-{rest}"


def _places(flat: str) -> Iterator[Fact]:
    for district in _DISTRICTS:
        for match in re.finditer(district, flat):
            yield Fact("place", district, match.start(), match.end())
    for match in _VILLAGE.finditer(flat):
        if not _NOT_A_PLACE.search(match.group()):
            yield Fact("place", match.group(), match.start(), match.end())
