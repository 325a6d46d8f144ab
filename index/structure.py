"""The structure of a notice's body: sections, findings and their measures, each a span.

Which lines are findings is told by ``index/outline.py``; here they become spans. A line that
fits no rule becomes a paragraph: nothing is dropped.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.cues import (
    BODY_LABEL,
    IN_BRACKETS,
    StatusKind,
    kept_beside,
    labelled,
    state_span,
    status_of,
    told_first,
)
from index.lines import HEADING_LENGTH, Line, folded, half_width
from index.markers import measures_in, opener
from index.outline import Node, choose, holds_next_steps, nest, tells_of_organisation
from index.tables import Row, rows_in

# Measures that are figures or brackets begin this early in a body, or they are a list within it.
_MEASURES_BEGIN_WITHIN = 160
# A title that runs into its first measure does so within a title's length.
_TITLE_LENGTH = 80
_ENDS = "。.:;："


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the notice that is neither finding nor measure; ``id`` as in citations."""

    id: str
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One 一是/二是 … of a finding, its own marker included. ``order`` counts from 1."""

    finding: int
    order: int
    start: int
    end: int

    @property
    def id(self) -> str:
        return f"{self.finding}.{self.order}"


@dataclass(frozen=True, slots=True)
class Status:
    """What the notice prints of a finding's completion; the span is of the printed words."""

    kind: StatusKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One inspection finding; ``start`` is its printed number, ``body_start`` its body.

    ``title`` is as printed, without the final full stop. ``measures`` may be empty, and
    ``status`` is None where the notice prints none.
    """

    number: int
    title: str
    start: int
    body_start: int
    end: int
    measures: tuple[Measure, ...]
    status: Status | None = None

    @property
    def id(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True)
class Structure:
    """Findings as printed, every other line as a section, and why they were read so."""

    findings: list[Finding]
    sections: list[Section]
    why: str


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Lines [start:end) that belong together, and the top heading they stand under."""

    start: int
    end: int
    heading: str = ""


def structure(text: str, lines: Sequence[Line]) -> Structure:
    """Read the lines of a body."""
    nodes = nest(lines)
    rows = rows_in(lines)
    if rows:
        return _of_rows(text, lines, nodes, rows)
    following = [node for node in nodes if holds_next_steps(lines, node)]
    organising = [
        node
        for node in nodes
        if node not in following and tells_of_organisation(lines, nodes, node)
    ]
    apart = {id(node) for node in (*following, *organising)}
    reading = choose(lines, nodes, lambda node: id(node) in apart)
    findings = [
        _finding(text, node.marker.number or count, lines[node.line].start, lines[node.end - 1].end)
        for count, node in enumerate(reading.findings, start=1)
    ]
    taken = [_Stretch(node.line, node.end) for node in reading.findings]
    sections = [
        *_next_steps(text, lines, nodes, following),
        *_organisation(lines, organising),
    ]
    taken += [_Stretch(node.line, node.end) for node in (*following, *organising)]
    sections += _left_over(lines, nodes, taken, findings)
    return Structure(findings, _in_order(sections), reading.why)


def _in_order(sections: Sequence[Section]) -> list[Section]:
    return sorted(sections, key=lambda section: section.start)


def _of_rows(
    text: str, lines: Sequence[Line], nodes: Sequence[Node], rows: Sequence[Row]
) -> Structure:
    """A table of problems, measures and states: every row is a finding."""
    following = [node for node in nodes if holds_next_steps(lines, node)]
    findings = [_row_finding(text, row) for row in rows]
    taken = [_Stretch(row.line, row.end_line) for row in rows]
    taken += [_Stretch(node.line, node.end) for node in following]
    sections = list(_next_steps(text, lines, nodes, following))
    sections += _left_over(lines, nodes, taken, findings)
    return Structure(findings, _in_order(sections), "")


# What is no finding


def _next_steps(
    text: str, lines: Sequence[Line], nodes: Sequence[Node], following: Sequence[Node]
) -> Iterator[Section]:
    count = 0
    for node in following:
        name = re.split(r"[、.)]", lines[node.line].flat, maxsplit=1)[-1].strip()
        for item in _steps(nodes, node):
            count += 1
            start, end = lines[item.start].start, lines[item.end - 1].end
            step = re.split(r"[。:;]", half_width(text[start:end]), maxsplit=1)[0]
            yield Section(f"next.{count}", f"{name[:40]} · {step[:40]}", start, end)


def _steps(nodes: Sequence[Node], node: Node) -> list[_Stretch]:
    """The numbered steps of a section, else each of its lines, else the heading alone."""
    numbered = [n for n in nodes if node.line < n.line < node.end and n.depth == node.depth + 1]
    first = numbered[0].line if numbered else node.end
    loose = [_Stretch(at, at + 1) for at in range(node.line + 1, first)]
    steps = [*loose, *(_Stretch(n.line, n.end) for n in numbered)]
    return steps or [_Stretch(node.line, node.line + 1)]


def _organisation(lines: Sequence[Line], organising: Sequence[Node]) -> Iterator[Section]:
    count = 0
    for node in organising:
        heading = lines[node.line].flat
        alone = node.end == node.line + 1 or len(heading) > HEADING_LENGTH
        for line in lines[node.line + (not alone) : node.end]:
            count += 1
            yield Section(f"section.{count}", heading[:HEADING_LENGTH], line.start, line.end)


def _left_over(
    lines: Sequence[Line],
    nodes: Sequence[Node],
    taken: Sequence[_Stretch],
    findings: Sequence[Finding],
) -> Iterator[Section]:
    """Lines of no finding, step or organisation section: the preface, then paragraphs.

    A heading is left out when something stands under it.
    """
    held = {at for stretch in taken for at in range(stretch.start, stretch.end)}
    heads = {
        node.line: node
        for node in nodes
        if node.kind in ("part", "section", "group") and node.line not in held
    }
    holding = {at for at, node in heads.items() if any(at < t.start < node.end for t in taken)} | {
        at for at, node in heads.items() if node.depth == 0 and node.end > at + 1
    }
    first = min((*(t.start for t in taken), *holding), default=len(lines))
    if first and findings:
        yield Section("preface", "通报开头", lines[0].start, lines[first - 1].end)
    count = 0
    for at in range(first if findings else 0, len(lines)):
        if at in held or (at in holding and len(lines[at].flat) <= HEADING_LENGTH):
            continue
        count += 1
        yield Section(f"p{count}", _heading_over(lines, heads, at), lines[at].start, lines[at].end)


def _heading_over(lines: Sequence[Line], heads: dict[int, Node], at: int) -> str:
    over = [h for h, node in heads.items() if node.depth == 0 and h <= at < node.end]
    return lines[over[-1]].flat if over else ""


# Findings


def _finding(text: str, number: int, start: int, end: int) -> Finding:
    flat = folded(text[start:end]).replace("\r", "\n")
    title, body = _title_and_body(flat)
    return Finding(
        number=number,
        title=_bare(text[start + title[0] : start + title[1]]),
        start=start,
        body_start=start + body,
        end=end,
        measures=tuple(_measures(text, number, start + body, end)),
        status=_status(flat, start, title, body),
    )


def _bare(title: str) -> str:
    words = IN_BRACKETS.sub(lambda m: "" if status_of(folded(m["value"])) else m[0], folded(title))
    return title[: len(words)].strip().strip("*#_").strip().strip("】]").rstrip(_ENDS).strip()


def _title_and_body(flat: str) -> tuple[tuple[int, int], int]:
    """The span of the title, and where the body begins: after a label, else after the title."""
    start = _after_marker(flat)
    line_end = flat.find("\n", start)
    line_end = len(flat) if line_end < 0 else line_end
    label = BODY_LABEL.search(flat, start)
    if label and label.start() < line_end:
        part_of_title = flat[label.start() - 1] == "的"
        end = label.end() - 1 if part_of_title else label.start()
        return (start, end), _after_blanks(flat, label.end())
    if ran := _runs_into(flat, start, line_end):
        return (start, ran), ran
    end = line_end
    stop = flat.find("。", start, line_end)
    alone = line_end < len(flat)
    heads_label = alone and _kept_lines_to_label(flat, line_end + 1) is not None
    is_long = line_end > HEADING_LENGTH or not alone
    if 0 <= stop < line_end - 1 and is_long and not heads_label:
        end = stop
    return (start, end), _body_after(flat, min(end + 1, len(flat)))


def _after_marker(flat: str) -> int:
    """Where a title begins: after its number and after 问题1: behind it."""
    marker = opener(flat.split("\n", 1)[0])
    place = marker.end if marker else 0
    inner = re.compile(r"\s*问题\d*[:、]\s*").match(flat, place)
    if inner and (marker is None or marker.kind != "problem"):
        place = inner.end()
    return _after_blanks(flat, place)


def _after_blanks(flat: str, place: int) -> int:
    while place < len(flat) and (flat[place].isspace() or flat[place] in "*"):
        place += 1
    return place


def _runs_into(flat: str, start: int, line_end: int) -> int | None:
    """Where the first measure begins when it does so within the title's own sentence."""
    rest = flat[start:]
    found = measures_in(rest, within=_TITLE_LENGTH, free=True)
    if not found or not 4 <= found[0].start <= _TITLE_LENGTH:
        return None
    place = start + found[0].start
    return place if place < line_end and "。" not in flat[start:place] else None


def _kept_lines_to_label(flat: str, place: int) -> int | None:
    """Past lines such as 完成情况:已完成, where a label stands; None when none does."""
    for line_start, line in _lines_from(flat, place):
        if labelled(line):
            return line_start
        if not kept_beside(line):
            return None
    return None


def _body_after(flat: str, place: int) -> int:
    """Where a body begins: past lines kept beside it and past a label that follows them."""
    body = _after_blanks(flat, place)
    for line_start, line in _lines_from(flat, body):
        if labelled(line):
            label = BODY_LABEL.match(flat, line_start)
            colon = flat.find(":", line_start)
            return _after_blanks(flat, label.end() if label else colon + 1)
        if not kept_beside(line):
            return line_start
        body = line_start + len(line)
    return body


def _lines_from(flat: str, place: int) -> Iterator[tuple[int, str]]:
    """Each line from a place on that is not blank, with where its words begin."""
    for match in re.finditer(r"[^\n]+", flat[place:]):
        words = match.group().strip()
        if words:
            yield place + match.start() + match.group().index(words), words


def _status(flat: str, start: int, title: tuple[int, int], body: int) -> Status | None:
    """The printed state: on a line of its own, in brackets after the title, or told at once."""
    spans = [
        (at + state[0], at + state[1])
        for at, line in _lines_from(flat, 0)
        if (state := state_span(line))
    ]
    if bracket := IN_BRACKETS.search(flat[: title[1]]):
        spans.append(bracket.span("value"))
    if told := told_first(flat[body : body + 60]):
        spans.append((body + told[0], body + told[1]))
    for begin, end in spans:
        if kind := status_of(flat[begin:end]):
            return Status(kind, start + begin, start + end)
    return None


def _measures(text: str, finding: int, start: int, end: int) -> Iterator[Measure]:
    """Cut a body at its outermost series; lines kept beside the measures end the last one."""
    flat = folded(text[start:end]).replace("\r", "\n")
    stop = _without_kept_lines(flat)
    starts = [m.start for m in measures_in(flat[:stop], within=_MEASURES_BEGIN_WITHIN)]
    for order, place in enumerate(starts, start=1):
        until = starts[order] if order < len(starts) else stop
        yield Measure(finding, order, start + place, _rstrip(text, start + place, start + until))


def _without_kept_lines(flat: str) -> int:
    """Where a body ends when 完成情况:已完成 and the like at its end are left out."""
    stop = len(flat)
    for line_start, line in reversed(list(_lines_from(flat, 0))):
        if not kept_beside(line):
            break
        stop = line_start
    return stop


def _rstrip(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _row_finding(text: str, row: Row) -> Finding:
    status = None
    if row.state and (kind := status_of(folded(text[slice(*row.state)]))):
        status = Status(kind, *row.state)
    return Finding(
        number=row.number,
        title=_bare(text[slice(*row.problem)]),
        start=row.start,
        body_start=row.measures[0],
        end=row.end,
        measures=tuple(_measures(text, row.number, *row.measures)),
        status=status,
    )


def numbered_through(findings: list[Finding]) -> list[Finding]:
    """Numbers as printed when they are unique, else counted through in reading order."""
    if len({finding.number for finding in findings}) == len(findings):
        return findings
    return [
        replace(
            finding,
            number=count,
            measures=tuple(replace(measure, finding=count) for measure in finding.measures),
        )
        for count, finding in enumerate(findings, start=1)
    ]


def paragraphs(text: str, lines: Sequence[Line]) -> list[Section]:
    """Fallback: every line is a passage; its title is the heading path above it."""
    path = ["", ""]
    sections: list[Section] = []
    for line in lines:
        marker = opener(line.flat) if len(line.flat) <= HEADING_LENGTH else None
        if marker and marker.kind == "section":
            path = [text[line.start : line.end], ""]
        elif marker and marker.kind == "group":
            path[1] = text[line.start : line.end]
        title = " · ".join(filter(None, path))
        sections.append(Section(f"p{len(sections) + 1}", title, line.start, line.end))
    return sections


def opens_an_item(flat: str) -> bool:
    """Whether a folded line begins with a numbering or the label of a body."""
    return opener(flat) is not None or labelled(flat)


def is_section_heading(flat: str) -> bool:
    """Whether a folded line begins with 一、 or its like."""
    marker = opener(flat)
    return marker is not None and marker.kind == "section"
