"""Tables of findings: 序号 / 问题 / 措施 / 责任 / 状态, a row a line, its cells between tabs.

A row whose cells hold several lines goes on until the next row begins.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.cues import cells_of, columns_of
from index.lines import Line
from index.markers import opener

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
    starts: list[tuple[int, _Heading]] = []
    ends: list[int] = []
    for at, line in enumerate(lines):
        if found := _heading(line):
            heading = found
            ends.append(at)
        elif heading and len(cells_of(line.flat)) == heading.cells:
            starts.append((at, heading))
        elif heading and starts and _leaves(line, lines[starts[-1][0]]):
            heading = None
            ends.append(at)
    ends.append(len(lines))
    begun = [at for at, _ in starts]
    return list(_rows(lines, starts, sorted({*begun, *ends})))


def _rows(
    lines: Sequence[Line], starts: Sequence[tuple[int, _Heading]], bounds: Sequence[int]
) -> Iterator[Row]:
    for count, (at, heading) in enumerate(starts, start=1):
        end = next(bound for bound in bounds if bound > at)
        cells = [(lines[at].start + a, lines[at].start + b) for a, b in cells_of(lines[at].flat)]
        first = lines[at].flat[: cells[0][1] - lines[at].start].strip(" .、")
        yield Row(
            number=int(first) if first.isascii() and first.isdigit() else count,
            line=at,
            end_line=end,
            start=lines[at].start,
            end=lines[end - 1].end,
            problem=cells[heading.problem],
            measures=cells[heading.measures],
            state=None if heading.state is None else cells[heading.state],
        )


def _heading(line: Line) -> _Heading | None:
    cells = [line.flat[start:end] for start, end in cells_of(line.flat)]
    columns = columns_of(cells) if len(cells) > 1 else None
    return _Heading(len(cells), *columns) if columns else None


def _leaves(line: Line, row: Line) -> bool:
    """Whether a line stands after the table: it has one cell and opens a section, or signs."""
    if len(cells_of(line.flat)) > 1:
        return False
    marker = opener(line.flat)
    return (marker is not None and marker.kind in ("part", "section")) or len(row.flat) > 0
