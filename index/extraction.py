"""What a notice states in a form that can be counted: figures, dates, 《documents》, places, organisations.

Each fact is a span of the text. Extracted from the structure, never from a search, so a
list of facts is complete by construction. Places and organisations are those of the notice's
profile, and bodies of a general shape besides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.gazetteer import name_spans, organisation_spans, without_overlaps
from index.notice import Notice, half_width
from index.profile import Profile, read_off

FactKind = Literal["date", "figure", "document", "place", "organisation", "status"]

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


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated fact; ``value`` is normalised for filters, offsets are into ``Notice.text``.

    ``value``: a date as ``2024-11-05`` or ``2024-11`` or ``2024``, ``/`` between both ends of
    a range; a state of completion as ``done``, ``under_way`` or ``long_term``; everything
    else as printed.
    """

    kind: FactKind
    value: str
    start: int
    end: int


def extract(notice: Notice, profile: Profile | None = None) -> tuple[Fact, ...]:
    """Every fact of a notice in reading order; without a profile it is read off the notice."""
    profile = profile or read_off(notice)
    flat = half_width(notice.text)
    dates = list(_dates(flat, notice.issued))
    facts = [*dates, *_figures(flat, dates), *_states(notice)]
    spans: dict[FactKind, Iterable[tuple[int, int]]] = {
        "document": (match.span() for match in _DOCUMENT.finditer(flat)),
        "place": name_spans(flat, profile.areas),
        "organisation": without_overlaps(
            (
                *organisation_spans(flat, profile.areas),
                *name_spans(flat, profile.organisations),
            )
        ),
    }
    for kind, found in spans.items():
        facts += [Fact(kind, notice.text[start:end], start, end) for start, end in found]
    return tuple(sorted(facts, key=lambda fact: (fact.start, fact.end, fact.kind)))


def _states(notice: Notice) -> Iterator[Fact]:
    for finding in notice.findings:
        if state := finding.status:
            yield Fact("status", state.kind, state.start, state.end)


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
