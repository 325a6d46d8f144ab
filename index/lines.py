"""The lines of a notice as spans, and the form of its characters that rules are matched against.

The text itself is never touched.
"""

import re
from dataclasses import dataclass

_TO_HALF_WIDTH = {0x3000: 0x20} | {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_TO_SIMPLIFIED = str.maketrans(
    "據關於問題況組織責任擔當領導統歡監聯繫係電話舉報郵編碼將開佈進後實結時牽頭單態狀號遷辦處長體項條個該銷續階時",
    "据关于问题况组织责任担当领导统欢监联系系电话举报邮编码将开布进后实结时牵头单态状号迁办处长体项条个该销续阶时",
)
_FOLDS = _TO_HALF_WIDTH | _TO_SIMPLIFIED
_BLANK = "".join(c for c in map(chr, range(0x3001)) if c.isspace()) + "\u200b\ufeff"
# A longer line is no heading.
HEADING_LENGTH = 60


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
    """The printed lines that are not blank."""
    return [
        line
        for number, match in enumerate(re.finditer(r"[^\r\n]*(?:\r\n|\r|\n|\Z)", text), start=1)
        if (line := piece(text, number, *match.span()))
    ]


def piece(text: str, number: int, start: int, end: int) -> Line | None:
    """A stretch of a printed line without its outer blanks; None when nothing else is there."""
    raw = text[start:end]
    stripped = raw.strip(_BLANK)
    if not stripped:
        return None
    start += raw.index(stripped)
    return Line(number, start, start + len(stripped), folded(stripped))
