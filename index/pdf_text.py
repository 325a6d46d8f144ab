"""The text of a .pdf file: its lines joined to paragraphs, without what every page repeats.

Running headers and footers stand at the same edge of many pages and differ in figures only;
page numbers stand alone at the edge. A sentence that goes on over a page is one again.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.lines import folded
from index.markers import opener

_PAGE_NUMBER = re.compile(
    r"[-—–－·]*\s*\d{1,4}\s*[-—–－·]*|第\s*\d+\s*页(\s*[,，/]?\s*共\s*\d+\s*页)?|\d+\s*/\s*\d+"
)
_NUMBER_SHAPE = re.compile(
    r"[-—–－]\s*\d{1,4}\s*[-—–－]|第\s*\d+\s*页(\s*[,，/]?\s*共\s*\d+\s*页)?"
)
# Headers and footers are sought among so many lines at each edge of a page.
_EDGE = 2
_LONGEST_HEADER = 60
_LABEL_END = ("。", ":", "：")


def joined_pages(pages: Sequence[Sequence[str]]) -> str:
    """One text of the lines of every page."""
    kept = [[line.rstrip() for line in page if line.strip()] for page in pages]
    running = _running(kept)
    lines = [line for page in kept for line in _without_edges(page, running)]
    return joined(lines)


def _running(pages: Sequence[Sequence[str]]) -> frozenset[str]:
    """The shapes of lines that stand at the same edge of half of the pages: odd and even differ."""
    seen = Counter(
        shape for page in pages for shape in {_shape(page[at], at) for at in _edges(page)}
    )
    needed = max(2, len(pages) // 2)
    return frozenset(shape for shape, count in seen.items() if count >= needed)


def _edges(page: Sequence[str]) -> Iterator[int]:
    """Places of the lines at both edges: 0, 1 … from above, -1, -2 … from below."""
    yield from (at for at in range(min(_EDGE, len(page))) if len(page[at]) <= _LONGEST_HEADER)
    yield from (
        -at for at in range(1, min(_EDGE, len(page)) + 1) if len(page[-at]) <= _LONGEST_HEADER
    )


def _shape(line: str, at: int) -> str:
    words = "".join(re.sub(r"\d+", "#", line).split())
    return f"{'above' if at >= 0 else 'below'} {words}"


def _without_edges(page: Sequence[str], running: frozenset[str]) -> list[str]:
    dropped = {at % len(page) for at in _edges(page) if _shape(page[at], at) in running}
    for at in (0, len(page) - 1):
        if page and _PAGE_NUMBER.fullmatch(page[at].strip()):
            dropped.add(at)
    for at in list(dropped):  # a page number beside a running line
        for beside in (at - 1, at + 1):
            if 0 <= beside < len(page) and _PAGE_NUMBER.fullmatch(page[beside].strip()):
                dropped.add(beside)
    return [
        line
        for at, line in enumerate(page)
        if at not in dropped and not _NUMBER_SHAPE.fullmatch(line.strip())
    ]


def joined(lines: Sequence[str]) -> str:
    """PDF lines end at the margin: such a line is joined to the next, if that opens no item.

    The margin is where at least three lines end; a sentence that ends there stays apart.
    """
    widths = [_columns(line) for line in lines]
    margin = max(widths, default=0) - 6
    if sum(width >= margin for width in widths) < 3:
        return "\n".join(lines)
    found = list(lines[:1])
    for (before, line), width in zip(pairwise(lines), widths, strict=False):
        broken = width >= margin and not before.endswith(_LABEL_END)
        if broken and not _opens(line):
            found[-1] += line.lstrip()
        else:
            found.append(line)
    return "\n".join(found)


def _opens(line: str) -> bool:
    marker = opener(folded(line.lstrip()))
    return marker is not None and marker.kind in ("item", "section", "group", "problem")


def _columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in line)
