"""Dates: one type for a stretch of days, and the readers of what is printed and what is asked.

"In November 2024" means the same in a list, in the API's filter and on the staff's page:
``falls_in`` decides. Nothing here knows today's date: what is said without a year, or as 今年
and 去年, is read against the day the notice was issued.
"""

import calendar
import re
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal

from index.chinese import sentences

Grain = Literal["year", "month", "day"]
Bound = Literal["", "since", "until"]

# Where neither a question nor a notice tells the year, both stand in the same one.
SOME_YEAR = 2000
_DIGITS = "零一二三四五六七八九"
_VALUE = re.compile(r"(?:(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?|(\d{2})(?:-(\d{2}))?)")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Days from ``first`` to ``last``, both included."""

    first: date
    last: date

    def overlaps(self, other: "Interval") -> bool:
        return self.first <= other.last and other.first <= self.last

    def within(self, other: "Interval") -> bool:
        return other.first <= self.first and self.last <= other.last

    def moved(self, years: int) -> "Interval":
        """The same days in another year (29 February becomes the 28th)."""
        return Interval(_moved(self.first, years), _moved(self.last, years))


@dataclass(frozen=True, slots=True)
class Dated:
    """A date named in a text. ``any_year`` says that the year was not; ``bound`` that the
    stretch goes on from there (以来) or ends there (截至).
    """

    start: int
    end: int
    interval: Interval
    grain: Grain
    bound: Bound = ""
    any_year: bool = False


def day(year: int, month: int = 0, number: int = 0) -> Interval | None:
    """A year, a month or a day as an interval; None when the calendar has no such day."""
    try:
        if number:
            return Interval(date(year, month, number), date(year, month, number))
        first = date(year, month or 1, 1)
        month = month or 12
        return Interval(first, date(year, month, calendar.monthrange(year, month)[1]))
    except (ValueError, calendar.IllegalMonthError):
        return None


def of_value(value: str) -> tuple[Interval, Grain] | None:
    """A fact's date (``2024``, ``2024-11``, ``2024-11-05/2024-11-06``); None when it recurs.

    A date printed without a year stands in ``SOME_YEAR``.
    """
    ends = [_value_end(part) for part in value.split("/")]
    first, last = ends[0], ends[-1]
    if first is None or last is None:
        return None
    if last[0].last < first[0].first:
        last = (last[0].moved(1), last[1])  # 12-05/01-03
    return Interval(first[0].first, last[0].last), first[1]


def _value_end(text: str) -> tuple[Interval, Grain] | None:
    match = _VALUE.fullmatch(text)
    if not match:
        return None
    year = int(match[1] or SOME_YEAR)
    month, number = int(match[2] or match[4] or 0), int(match[3] or match[5] or 0)
    found = day(year, month, number)
    return (found, "day" if number else "month" if month else "year") if found else None


def falls_in(value: str, asked: Interval, *, any_year: bool = False) -> bool:
    """Whether a date of the notice falls into the days asked for: whether it overlaps them.

    A month or a year printed without days says no more than it prints: it falls in only
    when the days asked for hold all of it (2024年 is no date in November).
    """
    read = of_value(value)
    if read is None:
        return False
    stated, grain = read
    years = range(stated.first.year, stated.last.year + 1) if any_year else (asked.first.year,)
    if not any_year and stated.first.year == SOME_YEAR != asked.first.year:
        stated = stated.moved(asked.first.year - SOME_YEAR)
    for year in years:
        wanted = asked.moved(year - asked.first.year)
        if stated.overlaps(wanted) if grain == "day" else stated.within(wanted):
            return True
    return False


def printed(text: str, issued: str = "") -> tuple[Dated, ...]:
    """Every date printed in a text, in order; ``issued`` is the notice's ``2024-12-31`` or blank.

    A date without a year takes that of an earlier date in its sentence, else it is the last
    such day before the notice was issued. 2024年9月以来 is September, marked ``since``.
    """
    found: list[Dated] = []
    for start, end in sentences(text):
        found += _read(text[start:end], issued, start)
    return tuple(found)


def asked(text: str, issued: str = "") -> tuple[Dated, ...]:
    """Every stretch of time a question names: 去年十一月, 9月到11月, 国庆那会儿, Nov 2024.

    What goes on from a date (8月以来) reaches to the day of issue, what ends at one begins
    with the calendar.
    """
    read = _read(text, issued, 0, asking=True)
    if any(found.grain != "year" for found in read):
        read = [found for found in read if found.grain != "year" or found.bound]
    return tuple(_opened(found, issued) for found in read)


def filtered(date_from: str | None, date_to: str | None) -> Interval:
    """The days between two filter values (``2024``, ``2024-11``, ``2024-11-05``), both included.

    An end that is missing, or is no date, is open.
    """
    first, last = of_value(date_from or ""), of_value(date_to or "")
    return Interval(first[0].first if first else date.min, last[0].last if last else date.max)


def _opened(found: Dated, issued: str) -> Dated:
    if found.bound == "since":
        last = _issue_day(issued) if issued else date.max
        interval = Interval(found.interval.first, max(last, found.interval.last))
    elif found.bound == "until":
        interval = Interval(date.min, found.interval.first - timedelta(days=1))
    else:
        return found
    return Dated(found.start, found.end, interval, "day", found.bound)


def _moved(moment: date, years: int) -> date:
    year = min(max(moment.year + years, date.min.year), date.max.year)
    try:
        return moment.replace(year=year)
    except ValueError:
        return moment.replace(year=year, day=28)


def _issue_day(issued: str) -> date:
    try:
        return date.fromisoformat(issued)
    except ValueError:
        return date(SOME_YEAR, 12, 31)


# Reading: a year, a month and a day, each in digits or in words, with what stands around them.


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads(resources.files("index").joinpath("calendar.toml").read_text("utf-8"))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    words = _words()
    number = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
    relative = "|".join([*words["years"], *words["lost_years"]])
    parts = "|".join(words["parts"])
    to = "|".join(map(re.escape, words["marks"]["to"]))
    year = rf"(?:20\d{{2}}年|二[〇零][〇零一二三四五六七八九]{{2}}年|2\d年(?=\d)|{relative})"
    # A day in words needs its 日: 10月一共几次 is no 10月1日, 9月21举行 is the 21st.
    days = rf"(?:{number}[日号]|\d{{1,2}}(?![\d一二三四五六七八九十余多万个人名家次件户项%.、点条起批]))"
    chinese = re.compile(
        rf"(?<!\d)(?P<year>{year})?(?:的)?(?<![\d一二三四五六七八九十])(?P<month>{number})月(?:份|的)?(?P<part>{parts})?(?P<day>{days})?"
        rf"(?:(?:{to})(?P<year2>{year})?(?:(?P<month2>{number})月(?:份)?)?(?P<day2>{days})?)?"
    )
    season = re.compile(rf"(?P<year>{year})?(?:的)?(?P<season>{'|'.join(words['seasons'])})")
    feasts = "|".join([*words["feasts"], *words["lunar"]])
    around = "|".join(words["around"]["words"])
    feast = re.compile(rf"(?P<year>{year})?(?P<feast>{feasts})节?(?:{around})")
    alone = re.compile(
        rf"(?<!\d)(?P<year>{year})|(?<!\d)(?P<bare>20\d{{2}})(?=(?:[、至到—-]20\d{{2}})*年)"
    )
    iso = re.compile(
        r"(?<![\d.])(?P<year>20\d{2})[-/.](?P<month>1[0-2]|0?[1-9])(?:[-/.](?P<day>3[01]|[12]\d|0?[1-9]))?(?![\d.])"
    )
    names = r"january|february|march|april|may|june|july|august|september|october|november|december"
    english = re.compile(
        r"\b(?:(?P<before>\d{1,2})(?:st|nd|rd|th)?\s{1,2}(?:of\s)?)?"
        rf"(?P<name>{names}|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
        r"(?!\w)(?:\s{1,2}(?P<after>\d{1,2})(?:st|nd|rd|th)?(?!\d))?(?:,?\s{1,2}(?P<year>20\d{2}))?",
        re.IGNORECASE,
    )
    return chinese, season, feast, iso, english, alone


_Reader = Callable[[re.Match[str], str, int], tuple[Interval, Grain, bool] | None]


def _read(text: str, issued: str, offset: int, *, asking: bool = False) -> list[Dated]:
    taken = bytearray(len(text) + 1)
    found: list[Dated] = []
    readers: tuple[_Reader, ...] = (_chinese, _season, _feast, _iso, _english, _alone)
    years = _years(text, issued)
    for pattern, reader in zip(_patterns(), readers, strict=True):
        if not asking and reader in (_feast, _season):
            continue
        for match in pattern.finditer(text):
            if any(taken[match.start() : match.end()]):
                continue
            read = reader(match, issued, _nearest(years, match.start(), asking=asking))
            if read is None:
                continue
            taken[match.start() : match.end()] = b"\1" * (match.end() - match.start())
            bound = _bound(text, match.start(), match.end())
            found.append(
                Dated(
                    offset + match.start(), offset + match.end(), read[0], read[1], bound, read[2]
                )
            )
    return sorted(found, key=lambda dated: dated.start)


def _bound(text: str, start: int, end: int) -> Bound:
    marks = _words()["marks"]
    if text.startswith(tuple(marks["since"]), end):
        return "since"
    if text.startswith(tuple(marks["until"]), end):
        return "until"
    return ""


def _years(text: str, issued: str) -> list[tuple[int, int]]:
    """Where a text names years, and which."""
    named = (
        (m.start(), _year(m["year"] or m["bare"], issued)) for m in _patterns()[-1].finditer(text)
    )
    return [(start, year) for start, year in named if year]


def _nearest(years: list[tuple[int, int]], place: int, *, asking: bool) -> int:
    """The year last named before a place; of a question else the first one; 0 when none is."""
    before = bisect_left(years, (place, 0))
    if before:
        return years[before - 1][1]
    return years[0][1] if asking and years else 0


def _year(spelled: str | None, issued: str) -> int:
    if not spelled:
        return 0
    words = _words()
    reference = _issue_day(issued)
    if spelled in words["years"]:
        return reference.year + int(words["years"][spelled]) if issued else 0
    if spelled in words["lost_years"]:
        later = reference + timedelta(days=1)
        return later.year + int(words["lost_years"][spelled]) if issued else 0
    digits = spelled.rstrip("年").replace("〇", "零")
    if digits.isdecimal():
        return int(digits) if len(digits) == 4 else 2000 + int(digits)
    return int("".join(str(_DIGITS.index(character)) for character in digits))


def _number(spelled: str | None) -> int:
    """``11``, ``十一``, ``二十一`` as a number; 0 when it is none."""
    if not spelled:
        return 0
    spelled = spelled.rstrip("日号")
    if spelled.isdecimal():
        return int(spelled)
    tens, ten, ones = spelled.partition("十")
    if not ten:
        return _DIGITS.find(spelled) if len(spelled) == 1 else 0
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (_DIGITS.find(tens) if tens else 1) * 10 + (_DIGITS.find(ones) if ones else 0)


def _before_issue(month: int, number: int, issued: str) -> int:
    """The year of the last such day before the notice was issued."""
    if not issued:
        return SOME_YEAR
    reference = _issue_day(issued)
    return reference.year - ((month, number) > (reference.month, reference.day if number else 0))


def _chinese(match: re.Match[str], issued: str, near: int) -> tuple[Interval, Grain, bool] | None:
    month, number = _number(match["month"]), _number(match["day"])
    told = _year(match["year"], issued) or near
    year = told or _before_issue(month, number, issued)
    first = day(year, month, number)
    if first is None:
        return None
    if match["part"] and not number:
        begin, end = _words()["parts"][match["part"]]
        last_day = min(end, first.last.day)
        return (
            Interval(first.first.replace(day=begin), first.first.replace(day=last_day)),
            "day",
            not told,
        )
    last = _range_end(match, issued, year, month)
    if last is None:
        return first, "day" if number else "month", not told
    if last.last < first.first:
        last = last.moved(1)
    return Interval(first.first, last.last), "day" if number else "month", not told


def _range_end(match: re.Match[str], issued: str, year: int, month: int) -> Interval | None:
    """The end of 7月2日至8月21日, 11月5日至6日 and 9月到11月; None when there is no range."""
    month2, day2 = _number(match["month2"]), _number(match["day2"])
    if day2 and not (month2 or match["day"]):
        return None
    if not (month2 or day2):
        return None
    return day(_year(match["year2"], issued) or year, month2 or month, day2)


def _season(match: re.Match[str], issued: str, near: int) -> tuple[Interval, Grain, bool] | None:
    year = _year(match["year"], issued) or near or _issue_day(issued).year
    first, last = _words()["seasons"][match["season"]]
    begins, ends = day(year, first), day(year, last)
    return (Interval(begins.first, ends.last), "day", False) if begins and ends else None


def _feast(match: re.Match[str], issued: str, near: int) -> tuple[Interval, Grain, bool] | None:
    name, words = match["feast"], _words()
    year = _year(match["year"], issued) or near or _issue_day(issued).year
    if name in words["feasts"]:
        first, last = (date.fromisoformat(f"{year}-{end}") for end in words["feasts"][name])
        return Interval(first, last), "day", False
    begins = words["lunar"][name].get(str(year))
    if begins is None:
        return None
    first = date.fromisoformat(f"{year}-{begins}")
    return Interval(first, first + timedelta(days=words["lunar"][name]["days"] - 1)), "day", False


def _iso(match: re.Match[str], issued: str, near: int) -> tuple[Interval, Grain, bool] | None:
    found = day(int(match["year"]), int(match["month"]), int(match["day"] or 0))
    return (found, "day" if match["day"] else "month", False) if found else None


def _english(match: re.Match[str], issued: str, near: int) -> tuple[Interval, Grain, bool] | None:
    name, number = match["name"].lower(), int(match["before"] or match["after"] or 0)
    if name in ("may", "march") and not (number or match["year"]):  # words of their own
        return None
    month = int(_words()["months"][name[:3]])
    told = int(match["year"] or 0) or near
    found = day(told or _before_issue(month, number, issued), month, number)
    return (found, "day" if number else "month", not told) if found else None


def _alone(match: re.Match[str], issued: str, near: int) -> tuple[Interval, Grain, bool] | None:
    year = _year(match["year"] or match["bare"], issued)
    found = day(year) if year else None
    return (found, "year", False) if found else None


def words_of(interval: Interval) -> str:
    """An interval as people write it: 2024年11月, 2024年11月5日, 2024年9月21日至10月1日."""
    first, last = interval.first, interval.last
    if first == date.min or last == date.max:
        return f"{_day_words(last)}以前" if first == date.min else f"{_day_words(first)}以来"
    if interval == day(first.year):
        return f"{first.year}年"
    if interval == day(first.year, first.month):
        return f"{first.year}年{first.month}月"
    if first == last:
        return _day_words(first)
    if first.day == 1 and interval.last == _month_end(last):
        year = f"{last.year}年" if last.year != first.year else ""
        return f"{first.year}年{first.month}月至{year}{last.month}月"
    later = f"{last.month}月{last.day}日" if last.year == first.year else _day_words(last)
    return f"{_day_words(first)}至{later}"


def _day_words(moment: date) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _month_end(moment: date) -> date:
    return moment.replace(day=calendar.monthrange(moment.year, moment.month)[1])


def months(interval: Interval) -> Iterator[str]:
    """Every month an interval touches, as ``2024-11``."""
    year, month = interval.first.year, interval.first.month
    while (year, month) <= (interval.last.year, interval.last.month):
        yield f"{year:04d}-{month:02d}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
