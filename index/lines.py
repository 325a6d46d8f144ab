"""The lines of a notice as spans, and the form of its characters that rules are matched against.

A page that lost its line breaks is one long line; it is cut where its sections and numbered
items follow in order. The text itself is never touched.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

ORDINALS = (*"一二三四五六七八九十", *(f"十{digit}" for digit in "一二三四五六七八九"), "二十")

_TO_HALF_WIDTH = {0x3000: 0x20} | {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_TO_SIMPLIFIED = str.maketrans(
    "據關於問題況組織責任擔當領導統歡監聯繫係電話舉報郵編碼將開佈進後實結時牽頭單態狀號遷",
    "据关于问题况组织责任担当领导统欢监联系系电话举报邮编码将开布进后实结时牵头单态状号迁",
)
_FOLDS = _TO_HALF_WIDTH | _TO_SIMPLIFIED
_BLANK = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\u200b\ufeff"
_SENTENCE_END = "。;!?"
_MARK = re.compile(
    r"(?P<section>[一二三四五六七八九十]{1,3})、"
    r"|(?P<group>\([一二三四五六七八九十]{1,3}\))(?=[^。;!?]{2,40}?\d{1,3}[.、]+(?!\d))"
    r"|(?<!\d)(?P<item>\d{1,3})[.、]+(?!\d)(?=\s*\S)"
    r"|(?P<closing>欢迎.{0,40}监督)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end and outer blanks; ``flat`` is it folded.

    ``number`` counts the printed lines from 1; pieces of one printed line share it.
    """

    number: int
    start: int
    end: int
    flat: str


def half_width(text: str) -> str:
    """Full-width ASCII variants and the ideographic space as half-width, one to one."""
    return text.translate(_TO_HALF_WIDTH)


def folded(text: str) -> str:
    """Half width, and simplified where a rule needs it; as many characters as ``text`` has."""
    return text.translate(_FOLDS)


def lines_of(text: str) -> list[Line]:
    """The lines that are not blank, a run-on page cut into the lines it once had."""
    printed = [
        line
        for number, match in enumerate(re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", text), start=1)
        if (line := _line(text, number, *match.span()))
    ]
    whole = sum(line.end - line.start for line in printed)
    return [
        piece
        for line in printed
        for piece in (_pieces(text, line) if 2 * len(line.flat) > whole else [line])
    ]


def _line(text: str, number: int, start: int, end: int) -> Line | None:
    raw = text[start:end]
    stripped = raw.strip(_BLANK)
    if not stripped:
        return None
    start += raw.index(stripped)
    return Line(number, start, start + len(stripped), folded(stripped))


def _pieces(text: str, line: Line) -> list[Line]:
    marks = list(_marks(line.flat))
    if sum(kind == "item" for _, kind in marks) < 3:
        return [line]
    places = sorted({line.start, *(line.start + place for place, _ in marks), line.end})
    pieces = (_line(text, line.number, *span) for span in pairwise(places))
    return [piece for piece in pieces if piece]


def _marks(flat: str) -> Iterator[tuple[int, str]]:
    """Where sections, groups, items and the closing words begin, if in order after a sentence.

    An item may also follow a heading, which has no full stop.
    """
    section, item, heading = 0, 0, -1
    for match in _MARK.finditer(flat):
        kind, place = match.lastgroup or "", match.start()
        before = flat[max(0, place - 20) : place].rstrip()[-1:] or "。"
        titled = heading >= 0 and place - heading <= 60 and "。" not in flat[heading:place]
        if before not in _SENTENCE_END and not (kind == "item" and titled):
            continue
        if kind == "item":
            if int(match["item"]) != item + 1 and not (titled and int(match["item"]) == 1):
                continue
            item, heading = int(match["item"]), -1
        elif kind == "section":
            if match["section"] not in ORDINALS[section : section + 1]:
                continue
            section, heading = section + 1, place
        elif kind == "group":
            heading = place
        yield place, kind
