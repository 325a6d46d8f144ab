"""Numbers, dates and references to findings, in every spelling people use."""

import re
from dataclasses import dataclass

import cn2an  # type: ignore[import-untyped]

from index import dates

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
# Forms that only stand alone or at the front: 37-2 within a sentence may be a range of numbers.
_ENDS = r"(?=$|[?。!.,,、:;\s]|说|讲|写|咋|怎|呢|里|这|那|的(?:第|措施|整改|内容|原文|是))"
_FRONT = r"^(?:请?(?:看|说|查|讲|念|问)(?:一?下|说|看|讲)?|那|就|通报)?\s?"
_FINDING = re.compile(
    # 条例第三条 is an article of a law
    rf"(?<![法例定则章程典约》])第\s*(?P<item>{_NUMBER})\s*(?:项|条|个问题|大?问题|号)"
    rf"|(?:问题|整改|条目|编号|^[#№]|^no\.?|\b(?:finding|item|problem|issue))\s*(?:#|no\.?|number)?\s*"
    rf"(?P<named>\d{{1,3}}|[{_CHINESE}]{{2,5}})(?:[.-](?P<part>\d))?(?!{_QUANTITY})"
    rf"|(?<![a-z\d])f\s*(?P<letter>\d{{1,3}})(?:\.(?P<letter_part>\d))?(?!\d)"
    # 37.2 by itself, but neither 37.2万元 nor 体温37.2
    rf"|(?:^|(?<=[\s,;:、(看说问讲查念下是和跟与]))(?P<whole>\d{{1,2}})\.(?P<whole_part>\d)(?!{_QUANTITY})"
    rf"|{_FRONT}(?P<dashed>\d{{1,2}})\s?[-—－_·/]\s?(?P<dashed_part>[1-9])(?!{_QUANTITY}|[-/]){_ENDS}"
    rf"|{_FRONT}(?P<spelled>[{_CHINESE}]{{1,4}})点(?P<spelled_part>[一二三四五六七八九])(?!{_QUANTITY}|刻){_ENDS}"
    rf"|{_FRONT}(?P<bare>\d{{1,3}})\s?(?:项|条)(?:的|之)?(?P<bare_part>[1-9一二三四五六七八九])(?!{_QUANTITY}){_ENDS}"
    rf"|{_FRONT}(?P<counted>\d{{1,3}})\s?(?:项|条|号问题|号项|个问题)(?=$|[?。!.,,、:;(]|说|讲|写|咋|怎|呢|里|第|的(?:第|措施|整改|内容|原文))"
    rf"|{_FRONT}(?P<closed>\d{{1,2}})\s?(?=\(\s?{_NUMBER}\s?\))"
    r"|^(?P<alone>\d{1,2})[?。!]*$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    rf"第\s*({_NUMBER})\s*(?:点|小点|步|个措施|项措施|条措施|个方面|款|招|小项|条|项)|([一二三四五六七八九])是"
    r"|\b(?:measure|point|part)\s*(\d)",
    re.IGNORECASE,
)
# Right after a finding: 第37项(二), 第37项2.
_FOLLOWING = re.compile(
    rf"^\s?(?:\(\s?({_NUMBER})\s?\)|[·.,-]?\s?([1-9一二三四五六七八九])[.、]?$)"
)
_ENGLISH_MEASURE = re.compile(r"\b(?:measure|point|part) (\d) of\b", re.IGNORECASE)
_SECTION = re.compile(r"(?:preface|contact|next\.[1-9])", re.IGNORECASE)
_BARE_ORDINAL = re.compile(
    rf"^(?:那|那么|再说说|说说|看看|请?问?)?第\s*({_NUMBER})\s*(?:个|条|项|点|步|款|种|样)?(?:措施)?(?:呢|呐|是啥|是什么|说的啥|怎么说|讲的什么)?[?。!]*$"
)
_MOST_MEASURES = 9
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class AskedDate:
    """A date someone asks about; 0 where it is not said."""

    year: int
    month: int
    day: int

    def covers(self, value: str) -> bool:
        """Whether a fact's date (``2024-11-05``, ``2024-11``, or a range with ``/``) falls in it."""
        days = dates.day(self.year or dates.SOME_YEAR, self.month, self.day)
        return days is not None and dates.falls_in(value, days, any_year=not self.year)


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
    rest = text[match.end() :]
    following = _FOLLOWING.match(rest)
    if not part and following:
        part = following[1] or following[2]
    measure = integer(part) if part else measure_reference(rest)
    if not measure and (before := _ENGLISH_MEASURE.search(text[: match.start()])):
        measure = int(before[1])  # measure 2 of finding 37
    return (number, measure) if number else None


def section_reference(text: str) -> str:
    """The id of a section typed as it is (``preface``, ``next.2``, ``contact``), blank else."""
    typed = text.strip()
    return typed.lower() if _SECTION.fullmatch(typed) else ""


def measure_reference(text: str) -> int:
    """The measure named (第二点, 二是), 0 when there is none."""
    match = _MEASURE.search(text)
    return integer(next(filter(None, match.groups()))) if match else 0


def bare_ordinal(text: str) -> int:
    """The ordinal of a question that is nothing else (第二条呢), 0 otherwise.

    第三十七条呢 is none: no finding has so many measures.
    """
    match = _BARE_ORDINAL.match(text)
    number = integer(match[1]) if match else 0
    return number if number <= _MOST_MEASURES else 0


def asked_dates(text: str) -> tuple[AskedDate, ...]:
    """Months and days named in a question, in order; of a stretch both its ends."""
    found = [ended for named in dates.asked(text) for ended in _ends(named)]
    return tuple(dict.fromkeys(found))


def _ends(named: dates.Dated) -> list[AskedDate]:
    moments = (named.interval.first, named.interval.last)
    kept = {"year": 1, "month": 2, "day": 3}[named.grain]
    parts = [(0 if named.any_year else m.year, m.month, m.day)[:kept] for m in moments]
    return [AskedDate(*(*part, 0, 0)[:3]) for part in parts]


def figures(text: str) -> frozenset[str]:
    """Every number written with digits."""
    return frozenset(_FIGURE.findall(text))
