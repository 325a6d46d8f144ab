"""Cuts a page that lost its line breaks into the lines it once had; the text stays untouched.

Such a page is one line that holds most of the text, or several findings. It is cut where a
numbering follows in order after the end of a sentence or after a heading.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.cues import BODY_LABEL
from index.lines import HEADING_LENGTH, Line, piece
from index.markers import Kind, Marker, inline

_CUT_AT: tuple[Kind, ...] = ("part", "section", "group", "item", "bracket", "problem")
_HEADINGS = ("part", "section", "group")
_CLOSING = re.compile(r"欢迎.{0,40}监督")
_BOUNDARY = "。;!?:"
_FEWEST = 3


def cut(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines, each run-on one replaced by its pieces."""
    whole = sum(line.end - line.start for line in lines)
    return [
        part
        for line in lines
        for part in (_pieces(text, line) if _runs_on(line, whole) else [line])
    ]


def _runs_on(line: Line, whole: int) -> bool:
    return 2 * len(line.flat) > whole or len(BODY_LABEL.findall(line.flat)) > 1


def _pieces(text: str, line: Line) -> list[Line]:
    marks = list(_marks(line.flat))
    if len(marks) < _FEWEST:
        return [line]
    places = sorted({line.start, *(line.start + place for place in marks), line.end})
    pieces = (piece(text, line.number, *span) for span in pairwise(places))
    return [found for found in pieces if found]


def _marks(flat: str) -> Iterator[int]:
    """Where numberings and the closing words begin, if in order after a sentence or heading."""
    open_numbers: dict[Kind, list[int]] = {kind: [] for kind in _CUT_AT}
    before: Marker | None = None
    for marker in inline(flat, _CUT_AT):
        titled = before is not None and before.kind in _HEADINGS and _touches(flat, before, marker)
        if not (titled or _after_a_sentence(flat, marker.start)):
            continue
        if not _in_order(open_numbers, marker):
            continue
        before = marker
        yield marker.start
    yield from (match.start() for match in _CLOSING.finditer(flat) if match.start())


def _touches(flat: str, before: Marker, marker: Marker) -> bool:
    """Whether only the words of a heading stand between two markers."""
    between = flat[before.end : marker.start]
    return len(between) <= HEADING_LENGTH and "。" not in between


def _after_a_sentence(flat: str, place: int) -> bool:
    return (flat[max(0, place - 20) : place].rstrip()[-1:] or "。") in _BOUNDARY


def _in_order(open_numbers: dict[Kind, list[int]], marker: Marker) -> bool:
    """Whether a number goes on with one of the series begun, or begins one; notes it if so."""
    series = open_numbers[marker.kind]
    for depth in range(len(series) - 1, -1, -1):
        if marker.number in (0, series[depth] + 1):
            series[depth:] = [marker.number]
            break
    else:
        if marker.number > 1:
            return False
        series.append(marker.number)
    if marker.kind in ("part", "section"):
        open_numbers["group"], open_numbers["item"] = [], open_numbers["item"][:1]
    return True
