"""Tables of findings: 序号 / 问题 / 措施 / 责任 / 状态, a row a line, its cells between tabs.

A row whose cells hold several lines goes on until the next row begins or all its cells are there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from index.cues import cells_of, columns_of
from index.lines import Line

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """One row: spans of its cells in the text, and which lines it takes up."""

    number: int
    line: int
    end_line: int
    start: int
    end: int
    problem: Span
    measures: Span
    state: Span | None


@dataclass(frozen=True, slots=True)
class _Heading:
    cells: int
    problem: int
    measures: int
    state: int | None


def rows_in(lines: Sequence[Line]) -> list[Row]:
    """The rows of every table whose heading names problem and measures; [] without one."""
    heading: _Heading | None = None
    rows: list[Row] = []
    at = 0
    while at < len(lines):
        if found := _heading(lines[at]):
            heading = found
        elif heading:
            end = _row_end(lines, at, heading)
            if row := _row(lines, at, end, heading, len(rows) + 1):
                rows.append(row)
                at = end
                continue
            heading = None
        at += 1
    return rows


def _row_end(lines: Sequence[Line], at: int, heading: _Heading) -> int:
    """Past the last line with cells of a row; the next row's number ends it too."""
    end = at + 1
    for place in range(at + 1, len(lines)):
        if len(_cells(lines, at, end)) >= heading.cells or _number(lines[place]) is not None:
            break
        if len(cells_of(lines[place].flat)) > 1:
            end = place + 1
    return end


def _row(lines: Sequence[Line], at: int, end: int, heading: _Heading, count: int) -> Row | None:
    cells = _cells(lines, at, end)
    begins = len(cells_of(lines[at].flat)) == heading.cells or _number(lines[at]) is not None
    if not begins or len(cells) <= max(heading.problem, heading.measures):
        return None
    has_state = heading.state is not None and heading.state < len(cells)
    return Row(
        number=_number(lines[at]) or count,
        line=at,
        end_line=end,
        start=lines[at].start,
        end=lines[end - 1].end,
        problem=cells[heading.problem],
        measures=cells[heading.measures],
        state=cells[heading.state] if heading.state is not None and has_state else None,
    )


def _cells(lines: Sequence[Line], at: int, end: int) -> list[Span]:
    """Spans in the text of the cells of a row that takes up lines[at:end]."""
    found: list[Span] = []
    for line in lines[at:end]:
        own = [(line.start + start, line.start + stop) for start, stop in cells_of(line.flat)]
        if found and own and line is not lines[at]:
            # The first cell of a further line goes on with the last one begun.
            found[-1] = (found[-1][0], own[0][1])
            own = own[1:]
        found += own
    return found


def _number(line: Line) -> int | None:
    """The number in the first of several cells."""
    cells = cells_of(line.flat)
    if len(cells) < 2:
        return None
    first = line.flat[slice(*cells[0])].rstrip(".、")
    return int(first) if first.isascii() and first.isdigit() and len(first) < 4 else None


def _heading(line: Line) -> _Heading | None:
    cells = [line.flat[start:end] for start, end in cells_of(line.flat)]
    columns = columns_of(cells) if len(cells) > 1 else None
    return _Heading(len(cells), *columns) if columns else None
