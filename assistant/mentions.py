"""Figures, periods, dates and places that a text mentions, in any spelling, with where they stand.

A mention is a value that can be compared with another of its class: 百分之七十, 七成 and 70% are
one value, 半年 is six months, 9月 agrees with 2024年9月19日. Works on the matching form of a text
(``assistant.words.matching_form``), whose offsets are those of the text itself.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import inf
from typing import Any, Literal

from assistant.signs import signs as tables

Kind = Literal["figure", "date", "place", "organisation"]
Comparison = Literal["same", "other", "unknown"]

_DIGIT = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_POWER = {"十": 10, "百": 100, "千": 1000}
_HAN_NUMBER = "[零〇一二两三四五六七八九十百千]"
_ENGLISH_NUMBERS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20},
    **{"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80},
    **{"ninety": 90, "hundred": 100},
}
_SPELLED = rf"\b(?:{'|'.join(_ENGLISH_NUMBERS)})\b"
_NUMBER = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?|{_HAN_NUMBER}+(?:点[零一二三四五六七八九]+)?"
_MULTIPLE = {"": 1, "万": 10_000, "亿": 100_000_000, "百万": 1_000_000, "千万": 10_000_000}
_LEAST = re.compile(
    r"(?:不低于|不少于|至少|(?<!不)(?:超过?|多于|大于)|(?<!超)过了?|at least|more than)\s*$"
)
_MOST = re.compile(
    r"(?:不超过|不高于|不多于|最多|至多|不到|不足|(?<!不)(?:低于|少于)|at most|less than)\s*$"
)
_OR_MORE = re.compile(r"\s?(?:以上|及以上|or more)")
_OR_LESS = re.compile(r"\s?(?:以下|以内|及以下|之内|or less)")
_ABOUT_BEFORE = re.compile(r"(?:约|大约|将近|近|快|大概|差不多|估摸|about|nearly)\s*$")
_ABOUT_AFTER = re.compile(r"(?:左右|上下|快了|来着)")
_SHARE = re.compile(
    rf"百分之(?P<hundredth>{_NUMBER})|(?P<tenth>[一二两三四五六七八九\d])成(?P<half>半)?(?![员立为果本年])"
    r"|(?P<equal>一半|半数|对半)"
)
_HALF = re.compile(r"半(?P<of>年|个月|小时|个小时|个钟头|天)")
_AND_HALF = re.compile(r"(?:个)?半")
_LONG_NUMBER = re.compile(r"(?<![\d.])(?:0\d{2,3}-?\d{7,8}|0000-?\d{7}|1\d{10})(?!\d)")
_EVERY = re.compile(
    r"每(?:个)?(?P<each>季度|季|半年|学期|星期|礼拜|年|月|周|天|日)|(?P<twice>年年|月月|天天|周周)"
    r"|(?P<once>一年|一个?月|一个?季度|一周|一个?星期|一个?礼拜|一天|半年)(?=\w{0,4}?[一1](?:次|回|趟))"
)
_MONTH_DAY = re.compile(
    r"(?<!\d)(?:(?P<year>(?:19|20)?\d{2}|[二一][零〇九][零〇一二三四五六七八九]{2})年)?"
    r"(?P<month>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?:份)?"
    r"(?:(?P<day>3[01]|[12]\d|0?[1-9]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])(?:日|号|(?=举)))?"
)
_DAY = re.compile(
    r"(?<![\d.第路街巷道])(?<!提前)(?<!超过)(?<!期前)(?P<day>3[01]|[12]\d|0?[1-9]|二十[一二三四五六七八九]?|三十一?|十[一二三四五六七八九]?|[一二三四五六七八九])"
    r"(?:号(?!楼|线|院|令|文|码)|日(?!内|起?内|间|常))"
)
_YEAR = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d{2})(?=年|[、至—-](?:19|20)\d{2}年|\s|[a-z]|$)年?|(?<!\d)(?P<short>2\d)年(?=底|初|度|春|清明|以来|全年|[上下]半年)"
)
_ISO = re.compile(
    r"(?<!\d)(20\d{2})[-/.](1[0-2]|0?[1-9])(?:[-/.](3[01]|[12]\d|0?[1-9]))?(?![\d.万亿元%户人个])"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ENGLISH = re.compile(
    r"\b(?:(?P<before>\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?)?(?P<name>january|february|march|april|may|june"
    r"|july|august|september|october|november|december)\b(?:\s+(?P<after>\d{1,2})(?:st|nd|rd|th)?(?!\d))?(?:,?\s+(?P<year>20\d{2}))?"
)
_CLOCK = re.compile(
    r"(?P<half>上午|早上|早晨|中午|下午|晚上|夜里|晚间|傍晚|晚)?(?<![\d.:])(?:(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?![\d:])"
    r"|(?P<spoken>[01]?\d|2[0-4]|十[一二]?|二十[一二三四]?|[一二两三四五六七八九])(?:点(?!\d|[一二三四五六七八九]\D|名|位)|时(?![间候期长限常]))(?P<past>半)?)"
)
_PLACE = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2})(?P<level>省|县(?!级)|区(?![划别域块分])|市(?![场面价值容级里]|民(?!政))|镇(?!级)|乡(?![村镇级])|村(?![级民])|社区|街道)"
)
_LEVELS = {"省": 0, "县": 1, "区": 1, "市": 1, "镇": 2, "乡": 2, "街道": 2, "村": 3, "社区": 3}
# Characters that end a word before a place's name, and kinds of place that are no name.
_NO_NAME = re.compile(
    "^[的了在是和与及或各全本这那个每我你他们该某几两向对由从给把被于以将为已未不没位级辖啥么俺恁咱跟去来让叫找问管也都就还很]"
    "|[的了在是和与个这那其辖被去来给让问看听说讲县市区镇乡村据述供促导照调合织求过到上下中内外里出入进往送搬转拉专]$|农|社$|^(?:城乡|行政|自然|街道|老城|城市|小城|照料|服务)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One value in a text.

    ``unit`` is the class inside which values compare; ``value`` is (low, high) of a figure,
    (year, month, day) of a date with 0 for what is not said, empty for a place. ``bounded``:
    said as a bound (不低于500元). ``name`` is the text as it stands there.
    """

    kind: Kind
    unit: str
    value: tuple[float, ...]
    start: int
    end: int
    name: str
    bounded: bool = False


def signs() -> dict[str, Any]:
    """The words by language, read once."""
    return tables("premises")


def mentions(text: str) -> tuple[Mention, ...]:
    """Every figure, period and date of a text in matching form, in order, none inside another."""
    taken = bytearray(len(text))
    found: list[Mention] = []
    for finder in (_long_numbers, _clocks, _dates, _periods, _shares, _figures):
        for mention in finder(text):
            if not any(taken[mention.start : mention.end]):
                taken[mention.start : mention.end] = b"\1" * (mention.end - mention.start)
                found.append(mention)
    return tuple(sorted(found, key=lambda mention: mention.start))


def places(text: str) -> tuple[Mention, ...]:
    """Places named with their level (鄢陵县, 石固镇): two characters and the level, in order."""
    found, start = [], 0
    while match := _PLACE.search(text, start):
        start = match.start() + 1
        if _NO_NAME.search(match["name"]):
            continue
        level = str(_LEVELS[match["level"]])
        found.append(Mention("place", level, (), match.start(), match.end(), match[0]))
        start = match.end()
    return tuple(found)


def compare(asked: Mention, printed: Mention) -> Comparison:
    """Whether two mentions are of one value; ``unknown`` when they do not compare."""
    if asked.kind != printed.kind:
        return "unknown"
    if asked.kind == "date" and asked.unit == printed.unit == "date":
        return _same_date(asked.value, printed.value)
    if asked.kind == "figure" and not _comparable(asked.unit, printed.unit):
        return "unknown"
    if asked.kind == "figure":
        return _same_figure(asked, printed)
    if asked.unit != printed.unit:
        return "unknown"
    if asked.kind == "place":
        return "same" if asked.name[:2] == printed.name[:2] else "other"  # 禹州 is 禹州市
    return "same" if asked.value == printed.value else "other"


def _comparable(one: str, other: str) -> bool:
    """A bare number and 个 may stand for any count."""
    return one == other or "" in (one, other) or "piece" in (one, other)


def _same_figure(asked: Mention, printed: Mention) -> Comparison:
    if asked.value == printed.value:
        return "same"
    if all(-inf < m.value[0] < m.value[1] < inf for m in (asked, printed)):
        return _same_range(asked.value, printed.value)
    if asked.bounded and printed.bounded:
        same = _ends(asked) & _ends(printed)
        return "same" if same else "other"
    if asked.value[0] <= printed.value[1] and printed.value[0] <= asked.value[1]:
        if not printed.bounded or _ends(printed) & _ends(asked):
            return "same"
        return "unknown"  # 800 is not less than 500, and not what is printed either
    return "other"


def _same_range(one: tuple[float, ...], other: tuple[float, ...]) -> Comparison:
    """60至79岁 is not 60至99岁, though they overlap; 七十多 is 70余."""
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return "same" if shared > 0.6 * (max(one[1], other[1]) - min(one[0], other[0])) else "other"


def _ends(mention: Mention) -> set[float]:
    return {value for value in mention.value if abs(value) != inf}


def _same_date(asked: tuple[float, ...], printed: tuple[float, ...]) -> Comparison:
    both = [(a, p) for a, p in zip(asked, printed, strict=True) if a and p]
    if any(a != p for a, p in both):
        return "other"
    return "same" if both else "unknown"


def number(spelled: str) -> float:
    """``1,600``, ``三十七``, ``一千五`` (1500), ``二点五``, ``fifteen`` as a number."""
    if spelled in _ENGLISH_NUMBERS:
        return float(_ENGLISH_NUMBERS[spelled])
    if spelled[0].isdecimal():
        return float(spelled.replace(",", ""))
    whole, _, after = spelled.partition("点")
    decimals = "".join(str(_DIGIT[c]) for c in after)
    return _integer(whole) + (float("0." + decimals) if decimals else 0)


def _integer(spelled: str) -> float:
    if len(spelled) > 1 and all(c in _DIGIT for c in spelled):
        return float("".join(str(_DIGIT[c]) for c in spelled))
    total, digit, unit = 0, 0, 1
    for place, character in enumerate(spelled):
        if character in _POWER:
            unit = _POWER[character]
            total += (digit or (1 if place == 0 or spelled[place - 1] in "零〇" else 0)) * unit
            digit = 0
        else:
            digit = _DIGIT[character]
            if character in "零〇":
                unit = 10
    return float(total + digit * (unit // 10 if unit >= 100 else 1))  # 一千五 is 1500


def _dates(text: str) -> Iterator[Mention]:
    for match in _MONTH_DAY.finditer(text):
        value = (_year(match["year"] or ""), number(match["month"]), number(match["day"] or "0"))
        yield _date(match, value)
    for match in _ISO.finditer(text):
        yield _date(match, (float(match[1]), float(match[2]), float(match[3] or 0)))
    for match in _ENGLISH.finditer(text):
        day = float(match["before"] or match["after"] or 0)
        if match["name"] not in ("may", "march") or day or match["year"]:
            month = _MONTHS.index(match["name"][:3]) + 1.0
            yield _date(match, (float(match["year"] or 0), month, day))
    for match in _DAY.finditer(text):
        yield _date(match, (0.0, 0.0, number(match["day"])))
    for match in _YEAR.finditer(text):
        yield _date(match, (_year(match["year"] or match["short"]), 0.0, 0.0))


def _date(match: re.Match[str], value: tuple[float, ...]) -> Mention:
    return Mention("date", "date", value, match.start(), match.end(), match[0])


def _year(spelled: str) -> float:
    year = number(spelled) if spelled else 0.0
    return year + 2000 if 0 < year < 100 else year


def _clocks(text: str) -> Iterator[Mention]:
    """9:30, 22时, 晚上八点半 as minutes of the day."""
    for match in _CLOCK.finditer(text):
        hour = number(match["hour"] or match["spoken"])
        late = match["half"] and match["half"] not in ("上午", "早上", "早晨", "中午")
        minutes = 60 * (hour + 12 if late and hour < 12 else hour) + 30 * bool(match["past"])
        value = minutes + float(match["minute"] or 0)
        yield Mention("figure", "clock", (value, value), match.start(), match.end(), match[0])


def _periods(text: str) -> Iterator[Mention]:
    days = signs()["periods"]["days"]
    for match in _EVERY.finditer(text):
        spelled = match["each"] or (match["twice"] or "")[:1] or match["once"].removeprefix("一")
        value = (float(days[spelled.removeprefix("个")]),)
        yield Mention("date", "every", value, match.start(), match.end(), match[0])


def _shares(text: str) -> Iterator[Mention]:
    for match in _SHARE.finditer(text):
        if match["hundredth"]:
            value = number("100" if match["hundredth"] == "百" else match["hundredth"])
        elif match["tenth"]:
            value = number(match["tenth"]) * 10 + (5 if match["half"] else 0)
        else:
            value = 50.0
        yield _figure(text, match.start(), match.end(), "percent", (value, value))
    units = _unit_table()
    for match in _HALF.finditer(text):
        unit, factor = units[match["of"]]
        value = factor / 2
        yield _figure(text, match.start(), match.end(), unit, (value, value))


def _long_numbers(text: str) -> Iterator[Mention]:
    for match in _LONG_NUMBER.finditer(text):
        value = float(match[0].replace("-", ""))
        yield Mention("figure", "digits", (value, value), match.start(), match.end(), match[0])


@cache
def _unit_table() -> dict[str, tuple[str, float]]:
    return {
        word: (unit, float(factor))
        for unit, words in signs()["units"].items()
        for word, factor in words.items()
    }


@cache
def _figure_pattern() -> re.Pattern[str]:
    units = sorted(_unit_table(), key=len, reverse=True)
    spelled = "|".join(map(_spelled_unit, units))
    return re.compile(
        rf"(?<![\d.])(?P<nth>第)?(?P<low>{_NUMBER}|{_SPELLED})(?:(?:-|—|~|至|到)(?P<high>\d+(?:\.\d+)?))?(?P<times>百万|千万|万|亿)?(?:(?<=[万亿])(?P<tail>[零一二三四五六七八九][零一二三四五六七八九百千十]*))?"
        rf"(?P<more>[余多来])?(?P<times2>万|亿)?\s?(?P<unit>{spelled}|)"
    )


# A counter that the table does not know is a class of its own (4艘, 9路).
_OTHER_UNIT = re.compile(
    "[艘路本亩度级剂栋幢支架颗棵头只匹袋箱瓶桶套节课门床枚片面根株束双列站例站吨盏册班倍]"
)


def _spelled_unit(unit: str) -> str:
    """A unit as a pattern; 对 of 二十六万对吧 is none."""
    latin = unit.isascii() and unit.isalpha()
    return re.escape(unit) + (r"\b" if latin else "(?![吧不吗头呗?])" if unit == "对" else "")


# One of something is seldom a figure (一个, 一起, 一个月多少钱), one yuan is.
_MEASURED = frozenset(("percent", "money", "age", "session"))


def _figures(text: str) -> Iterator[Mention]:
    for match in _figure_pattern().finditer(text):
        unit, factor = _unit_table().get(match["unit"], ("", 1.0))
        if match["nth"]:
            yield from _ordinal(text, match, unit)
            continue
        if not unit and (found := _OTHER_UNIT.match(text, match.end())):
            unit = found[0] if match["low"][0].isdecimal() else ""
        if _is_no_figure(text, match, unit):
            continue
        if not unit and re.fullmatch(r"\d{5,}", match["low"]):
            unit = "digits"
        scale = _MULTIPLE[match["times"] or match["times2"] or ""] * factor
        first, last = _vague(match["low"])
        low = first * scale
        high = (number(match["high"]) if match["high"] else last) * scale
        if match["tail"]:
            low = high = low + _tail(match["tail"], _MULTIPLE[match["times"]]) * factor
        end = match.end()
        if match["more"]:
            high = low + (scale / 10 if match["tail"] else _last_place(first) * scale)
        elif unit in ("month", "minute") and (half := _AND_HALF.match(text, end)):
            low, end = low + factor / 2, half.end()
            high = low
        while text[end - 1].isspace():
            end -= 1
        yield _figure(text, match.start(), end, unit, (low, high))


def _tail(spelled: str, times: float) -> float:
    """What follows 万: 一万八 is 18000, 一万零五 is 10005."""
    return number(spelled) * (times / 10 if len(spelled) == 1 else 1)


def _is_no_figure(text: str, match: re.Match[str], unit: str) -> bool:
    """一个, 九 alone, 三是, 几十, the 1 of C1 and the 9 of 9路 assert nothing."""
    spelled, before = match["low"], text[max(0, match.start() - 1) : match.start()]
    if before and (before.isascii() and before.isalpha()):
        return True
    if before and before in "几数好" and not spelled[0].isdecimal():
        return True
    if unit or match["times"]:
        single = spelled == "一" and not match["times"] and unit not in _MEASURED
        return single and not _AND_HALF.match(text, match.end())
    return len(spelled) < 2 or text[match.end() : match.end() + 1] == "是"


def _vague(spelled: str) -> tuple[float, float]:
    """三五 and 七八 are between the two, 百十 is a hundred or somewhat more."""
    if len(spelled) == 2 and all(c in "一二两三四五六七八九" for c in spelled):
        return float(_DIGIT[spelled[0]]), float(_DIGIT[spelled[1]])
    if spelled == "百十":
        return 100.0, 200.0
    return number(spelled), number(spelled)


def _ordinal(text: str, match: re.Match[str], unit: str) -> Iterator[Mention]:
    """第十届, 第六巡察组; 第三项 points into the notice and asserts nothing."""
    if unit not in ("item", "piece"):
        value = number(match["low"])
        kind = f"nth {unit or text[match.end() : match.end() + 2]}"
        yield Mention("figure", kind, (value, value), match.start(), match.end(), match[0])


def _figure(text: str, start: int, end: int, unit: str, value: tuple[float, float]) -> Mention:
    """A figure with the bound or the margin that stands around it."""
    before, after = text[max(0, start - 8) : start], text[end : end + 6]
    low, high = value
    bounded = True
    if _MOST.search(before) or _OR_LESS.match(after):
        low = -inf
    elif _LEAST.search(before) or _OR_MORE.match(after):
        high = inf
    else:
        bounded = False
        if _ABOUT_BEFORE.search(before) or _ABOUT_AFTER.match(after):
            low, high = low * 0.9, high * 1.1
    return Mention("figure", unit, (low, high), start, end, text[start:end], bounded)


def _last_place(value: float) -> float:
    """What one step of the last digit said is: 10 for 70, 1000 for 3000, 1 for 26."""
    step = 1.0
    while value and value % (step * 10) == 0 and step * 10 <= value:
        step *= 10
    return step
