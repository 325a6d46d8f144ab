"""What numbers the parts of a notice: 一、 (一) 1. (1) 1) ① 一是 一要 首先 其一 第一, 问题一: 措施一:

Which of them marks findings and which measures is not told here but by the whole text
(``index/outline.py``). Everything is matched against folded text, whose offsets are the text's.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "part", "section", "group", "item", "bracket", "half", "circle",
    "is", "must", "first", "that", "ordinal", "step", "problem",
]  # fmt: skip

_DIGITS = "一二三四五六七八九"
ORDINALS: tuple[str, ...] = (
    *_DIGITS,
    *(
        (_DIGITS[tens - 1] if tens > 1 else "") + "十" + units
        for tens in range(1, 10)
        for units in ("", *_DIGITS)
    ),
)
_HAN = f"(?:[{_DIGITS}]?十[{_DIGITS}]?|[{_DIGITS}])"
_IN_TURN = ("首先", "其次", "再次|再者|然后", "最后")
_PATTERNS: dict[Kind, str] = {
    "part": rf"第({_HAN})(?:部分|章)[、:.\s]*",
    "section": rf"({_HAN})[、.](?!{_HAN}[、.])",
    "group": rf"\(({_HAN})\)[、.]?|([㈠-㈩])",
    # 1.10月23日 begins with a date, 1.5万元 is a figure.
    "item": r"(?<![\d.])(\d{1,3})[.、]+(?!\d(?!\d?月|\d{3}年))|([⒈-⒛])",
    "bracket": r"\((\d{1,2})\)[、.]?|([⑴-⒇])",
    "half": r"(?<![(\d.])(\d{1,2})\)[、.]?",
    "circle": r"([①-⑳])[、.]?",
    "is": rf"({_HAN})是",
    "must": rf"({_HAN})要(?!求)",
    "first": rf"({'|'.join(_IN_TURN)})(?=[,是要、])",
    "that": rf"其({_HAN})(?=[,、是])",
    "ordinal": rf"第({_HAN})(?=[,、是])",
    "step": rf"(?:整改)?措施({_HAN}|\d{{1,2}})[:、.]",
    "problem": (
        rf"(?:反馈|存在|具体|主要)?问题\(?({_HAN}|\d{{1,3}})\)?(?:[】\]*]*[:、.]|[】\]*]+|(?=\s))"
        r"|(?:反馈|存在)?问题()(?:[】\]*]+:?|:)"
    ),
}
_COMPILED = {kind: re.compile(pattern) for kind, pattern in _PATTERNS.items()}
# A bold mark, a bullet or an opening bracket may stand before what opens a line.
_DECORATION = re.compile(r"[*#_◆◇●○■□▲★•▪【\[\s]*")
_AS_NUMBER = {"㈠": 0x321F, "⒈": 0x2487, "⑴": 0x2473, "①": 0x245F}
_BOUNDARY = "。;:!?,"
_HARD_BOUNDARY = "。;:!?"
_SPOKEN: tuple[Kind, ...] = ("is", "must", "first", "that", "ordinal")
# In the order they are tried at the start of a line: 第一部分 before 第一, (1) before 1).
_MEASURING: tuple[Kind, ...] = (
    *_SPOKEN, "group", "bracket", "circle", "half", "item", "step",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marker:
    """One numbering: ``number`` counts from 1, 0 where none is printed (问题:)."""

    kind: Kind
    number: int
    start: int
    end: int


def opener(flat: str) -> Marker | None:
    """What opens a line, if anything does; offsets are into the line."""
    place = _skip(flat)
    for kind, pattern in _COMPILED.items():
        if match := pattern.match(flat, place):
            return Marker(kind, _number(kind, match), match.start(), match.end())
    return None


def _skip(flat: str) -> int:
    match = _DECORATION.match(flat)
    return match.end() if match else 0


def inline(flat: str, kinds: Sequence[Kind]) -> Iterator[Marker]:
    """Every marker of these kinds in a text, in order, whatever stands before it."""
    found = [
        Marker(kind, _number(kind, match), match.start(), match.end())
        for kind in kinds
        for match in _COMPILED[kind].finditer(flat)
    ]
    yield from sorted(found, key=lambda marker: (marker.start, -marker.end))


def chain(flat: str, kind: Kind, *, free: bool = False) -> list[Marker]:
    """The markers of one kind that follow 1, 2, 3 … in unbroken order; [] when there is no 1.

    ``free``: the first needs no mark before it (a title that runs into the first measure).
    """
    found: list[Marker] = []
    for marker in inline(flat, (kind,)):
        expected = found[-1].number + 1 if found else 1
        last = kind == "first" and found and marker.number > expected
        if (marker.number == expected or last) and (
            _stands_alone(flat, marker) or (free and not found and _is_outside(flat, marker))
        ):
            found.append(marker)
    return found


def measures_in(flat: str, *, within: int, free: bool = False) -> list[Marker]:
    """The outermost series of measures in a body: the one that begins first, at least two long.

    Spoken series (一是, 首先) may begin anywhere; figures and brackets, which also list things
    in running text, only among the first ``within`` characters.
    """
    chains = []
    for kind in _MEASURING:
        found = chain(flat, kind, free=free)
        if len(found) > 1 and (kind in _SPOKEN or found[0].start <= within):
            chains.append(found)
    return min(chains, key=lambda found: found[0].start, default=[])


def _stands_alone(flat: str, marker: Marker) -> bool:
    """After a mark or a blank, and not inside a quotation, which may count 一是, 二是 itself."""
    if marker.start == 0:
        return True
    before = flat[marker.start - 1]
    marks = _HARD_BOUNDARY if marker.kind == "item" else _BOUNDARY
    if not (before in marks or before.isspace() or before in "*】]"):
        return False
    return _is_outside(flat, marker)


def _is_outside(flat: str, marker: Marker) -> bool:
    place = marker.start
    opened = flat.rfind("“", 0, place) > flat.rfind("”", 0, place)
    closing, opening = flat.find("”", place), flat.find("“", place)
    return not (opened and closing >= 0 and (opening < 0 or closing < opening))


def _number(kind: Kind, match: re.Match[str]) -> int:
    printed = next((group for group in match.groups() if group), "")
    if not printed:
        return 0
    if printed.isascii():
        return int(printed)
    if kind == "first":
        return 1 + next(at for at, words in enumerate(_IN_TURN) if printed in words)
    if printed in ORDINALS:
        return ORDINALS.index(printed) + 1
    base = max(value for first, value in _AS_NUMBER.items() if first <= printed)
    return ord(printed) - base
