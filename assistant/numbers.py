"""Numbers, dates and references to findings, in every spelling people use."""

import re
from dataclasses import dataclass

import cn2an  # type: ignore[import-untyped]

_CHINESE = "零〇一二两三四五六七八九十百"
_NUMBER = rf"(?:\d{{1,3}}|[{_CHINESE}]{{1,5}})"
# A counter after a number makes it a quantity (问题100个, 整改3个月), not a finding's number.
_QUANTITY = (
    r"(?:\s*(?:[.\d%万亿千百余多个条项件处起次户人家名岁元块年月日号天周分小时秒米公倍度折位]"
    r"|million|billion|thousand|percent|yuan|years|months|days))"
)
_ENGLISH_ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
_ENGLISH_ORDINAL = re.compile(
    rf"\b({'|'.join(_ENGLISH_ORDINALS)}) (?:finding|problem|issue|item)\b"
)
_FINDING = re.compile(
    # 条例第三条 is an article of a law
    rf"(?<![法例定则章程典约》])第\s*(?P<item>{_NUMBER})\s*(?:项|条|个问题|大?问题)"
    rf"|(?:问题|整改|条目|编号|\b(?:finding|item|no\.))\s*#?\s*(?P<named>\d{{1,3}})(?:\.(?P<part>\d))?(?!{_QUANTITY})"
    rf"|(?<![a-z\d])f\s*(?P<letter>\d{{1,3}})(?:\.(?P<letter_part>\d))?(?!\d)"
    # 37.2 by itself, but neither 37.2万元 nor 体温37.2
    rf"|(?:^|(?<=[\s,;:、(看说问讲查是和跟与]))(?P<whole>\d{{1,2}})\.(?P<whole_part>\d)(?!{_QUANTITY})"
    r"|^(?P<alone>\d{1,2})[?。!]*$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    rf"第\s*({_NUMBER})\s*(?:点|小点|步|个措施|项措施|条措施|个方面|款|招|小项)|([一二三四五六七])是"
    r"|\b(?:measure|point)\s*(\d)",
    re.IGNORECASE,
)
_BARE_ORDINAL = re.compile(
    rf"^(?:那|那么|再说说|说说|看看|请?问?)?第\s*({_NUMBER})\s*(?:个|条|项|点|步|款|种|样)?(?:措施)?(?:呢|呐|是啥|是什么|说的啥|怎么说|讲的什么)?[?。!]*$"
)
_MOST_MEASURES = 9
_YEAR = re.compile(r"(?<!\d)(?:(20\d{2})|二[〇零]([一二三四五六七八九〇零]{2})|(2\d)(?=年\d))年")
_MONTH = re.compile(
    r"(?<!\d)(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?"
    rf"(?:(?P<day>3[01]|[12]\d|0?[1-9]|[{_CHINESE}]{{1,3}})[日号]"
    rf"|(?P<bare_day>3[01]|[12]\d|0?[1-9])(?![\d至到、-]|{_QUANTITY}))?"  # 9月21举行
)
_ISO = re.compile(r"(?<!\d)(20\d{2})[-/.](1[0-2]|0?[1-9])(?:[-/.](3[01]|[12]\d|0?[1-9]))?(?![\d.])")
_ENGLISH_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_ENGLISH = re.compile(
    r"\b(?:(?P<before>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?"
    r"(?P<name>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
    r"(?!\w)(?:\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?P<year>20\d{2}))?",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class AskedDate:
    """A date someone asks about; 0 where it is not said."""

    year: int
    month: int
    day: int

    def covers(self, value: str) -> bool:
        """Whether a fact's date (``2024-11-05``, ``2024-11``, or a range with ``/``) falls in it."""
        ends = [_parts(end) for end in value.split("/")]
        if None in ends:
            return False
        low, high = ends[0] or (0, 0, 0), ends[-1] or (0, 0, 0)
        if self.year and low[0] and not low[0] <= self.year <= high[0]:
            return False
        if not self.month:
            return bool(low[0] or not self.year) and not self.day
        if not low[1] or (self.day and not low[2]):
            return False
        return any(self._within(year, low, high) for year in range(low[0], high[0] + 1))

    def _within(self, year: int, low: tuple[int, int, int], high: tuple[int, int, int]) -> bool:
        if self.year and year and year != self.year:
            return False
        kept = 3 if self.day else 2
        asked, later = (year, self.month, self.day), (year, self.month + 12, self.day)
        if high >= low:
            return low[:kept] <= asked[:kept] <= high[:kept]
        high = (high[0], high[1] + 12, high[2])  # 12-05/01-03, the years not printed
        return any(low[:kept] <= date[:kept] <= high[:kept] for date in (asked, later))


def _parts(end: str) -> tuple[int, int, int] | None:
    """Year, month and day of one end of a fact's date; None when it recurs (每月5日前)."""
    if not re.fullmatch(r"\d{4}(-\d{2}){0,2}|\d{2}(-\d{2})?", end):
        return None
    numbers = [int(part) for part in end.split("-")]
    if len(end.split("-")[0]) == 2:
        numbers.insert(0, 0)
    year, month, day = (*numbers, 0, 0)[:3]
    return year, month, day


def integer(spelled: str) -> int:
    """``37``, ``三十七``, ``两`` as an integer; 0 when it is none."""
    if spelled.isdecimal():
        return int(spelled)
    try:
        return int(cn2an.cn2an(spelled.replace("〇", "零"), "smart"))
    except (ValueError, LookupError):  # 一百一一: what is no number breaks cn2an as it will
        return 0


def finding_reference(text: str) -> tuple[int, int] | None:
    """Finding and measure number named in a question; measure 0 for the whole finding."""
    match = _FINDING.search(text)
    if not match:
        spelled = _ENGLISH_ORDINAL.search(text)
        return (_ENGLISH_ORDINALS.index(spelled[1]) + 1, 0) if spelled else None
    found = {name: value for name, value in match.groupdict().items() if value}
    part = next((found[name] for name in found if name.endswith("part")), "")
    number = integer(next(iter(found.values())))
    measure = int(part) if part else measure_reference(text[match.end() :])
    return (number, measure) if number else None


def measure_reference(text: str) -> int:
    """The measure named (第二点, 二是), 0 when there is none."""
    match = _MEASURE.search(text)
    return integer(match[1] or match[2] or match[3]) if match else 0


def bare_ordinal(text: str) -> int:
    """The ordinal of a question that is nothing else (第二条呢), 0 otherwise.

    第三十七条呢 is none: no finding has so many measures.
    """
    match = _BARE_ORDINAL.match(text)
    number = integer(match[1]) if match else 0
    return number if number <= _MOST_MEASURES else 0


def asked_dates(text: str) -> tuple[AskedDate, ...]:
    """Months and days named in a question, each with the nearest year before it."""
    years = [(match.start(), _year(match)) for match in _YEAR.finditer(text)]
    found = [
        (match.start(), AskedDate(_year_before(years, match.start()), *_month_and_day(match)))
        for match in _MONTH.finditer(text)
    ]
    found += [
        (match.start(), AskedDate(int(match[1]), int(match[2]), int(match[3] or 0)))
        for match in _ISO.finditer(text)
    ]
    found += [
        (match.start(), date) for match in _ENGLISH.finditer(text) if (date := _english(match))
    ]
    dates = tuple(dict.fromkeys(date for _, date in sorted(found, key=lambda item: item[0])))
    return dates or tuple(AskedDate(year, 0, 0) for _, year in years[:1])


def _year(match: re.Match[str]) -> int:
    if match[2]:
        return 2000 + int("".join(str(integer(character)) for character in match[2]))
    return int(match[1]) if match[1] else 2000 + int(match[3])


def _year_before(years: list[tuple[int, int]], place: int) -> int:
    """The nearest year before a place, else the first one, else 0."""
    earlier = [year for start, year in years if start < place]
    return earlier[-1] if earlier else years[0][1] if years else 0


def _month_and_day(match: re.Match[str]) -> tuple[int, int]:
    return integer(match["month"]), integer(match["day"] or match["bare_day"] or "零")


def _english(match: re.Match[str]) -> AskedDate | None:
    name = match["name"].lower()
    day = int(match["before"] or match["after"] or 0)
    if name in ("may", "march") and not (day or match["year"]):  # words of their own
        return None
    return AskedDate(int(match["year"] or 0), _ENGLISH_MONTHS.index(name[:3]) + 1, day)


def figures(text: str) -> frozenset[str]:
    """Every number written with digits."""
    return frozenset(_FIGURE.findall(text))
