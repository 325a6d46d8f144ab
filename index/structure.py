"""The structure of a notice's body: sections, findings and their measures, each a span.

A line that fits no rule becomes a paragraph: nothing is dropped.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from index.lines import ORDINALS, Line, folded, half_width

HAN_NUMBER = "一二三四五六七八九十"
HEADING_LENGTH = 60
_SECTION = re.compile(rf"([{HAN_NUMBER}]+)[、.]\s*(.*)")
_GROUP = re.compile(rf"\([{HAN_NUMBER}]+\)")
_NUMBERED = re.compile(r"(\d{1,3})[.、]+(?!\d)\s*(?=\S)")
_PROBLEM = re.compile(r"问题\d*:")
_ABOUT = re.compile(r"关于.+(问题|情况)")
_HEAD = re.compile(
    rf"(?:\d{{1,3}}[.、]+\s*|[{HAN_NUMBER}]+、\s*|\([{HAN_NUMBER}]+\)\s*)?(?:问题\d*:\s*)?"
)
_BODY_LABEL = re.compile(
    r"整改(?:落实|进展|完成|工作)?(?:情况|措施|成效|进展|结果)?(?:如下)?:|(?<![^\n])落实情况:"
)
_STATUS_LINE = re.compile(r"(完成情况|整改状态|整改时限|完成时限|责任领导|责任单位|牵头单位):")
_NEXT_STEPS = re.compile(r"下一步|下步|今后|后续")
_ORGANISATION = re.compile(r"组织|责任|担当|站位|领导|统领|基本情况")
_ORDINAL_MARKERS = tuple(f"{ordinal}是" for ordinal in ORDINALS)
_BRACKET_MARKERS = tuple(f"({ordinal})" for ordinal in ORDINALS)
_BOUNDARY = "。;:!?,"


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
class Finding:
    """One inspection finding; ``start`` is its printed number, ``body_start`` its body.

    ``title`` is as printed, without the final full stop. ``measures`` may be empty.
    """

    number: int
    title: str
    start: int
    body_start: int
    end: int
    measures: tuple[Measure, ...]

    @property
    def id(self) -> str:
        return str(self.number)


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines under one 一、 heading; those before the first have none."""

    head: Line | None
    lines: tuple[Line, ...]

    @property
    def heading(self) -> str:
        return self.head.flat if self.head else ""

    @property
    def holds_findings(self) -> bool:
        return not (self.holds_next_steps or _organisation(self.heading))

    @property
    def holds_next_steps(self) -> bool:
        return bool(_NEXT_STEPS.search(self.heading)) and not _ABOUT.search(self.heading)


def structure(text: str, lines: Sequence[Line]) -> tuple[list[Finding], list[Section]]:
    """Findings as printed, and every line that belongs to none of them as a section."""
    findings: list[Finding] = []
    sections: list[Section] = []
    for block in _blocks(lines):
        found: list[Finding] = []
        steps: list[Section] = []
        if block.holds_next_steps:
            taken = sum(section.id.startswith("next.") for section in sections)
            steps = list(_next_steps(text, block, taken))
        elif block.holds_findings:
            found = list(_findings(text, block, len(findings)))
        left = _left_over(block, [*found, *steps])
        if block.head is None and left:
            before = [line for line in left if not found or line.end <= found[0].start]
            if before:
                sections.append(_section("preface", "通报开头", before))
            left = left[len(before) :]
        taken = sum(section.id[:1] == "p" and section.id != "preface" for section in sections)
        for count, line in enumerate(left, start=taken + 1):
            sections.append(Section(f"p{count}", block.heading, line.start, line.end))
        findings += found
        sections += steps
    return findings, sorted(sections, key=lambda section: section.start)


def _blocks(lines: Sequence[Line]) -> Iterator[_Block]:
    """Lines grouped under their 一、 二、 headings, whose numbers rise but may jump."""
    head: Line | None = None
    block: list[Line] = []
    expected = 0
    for line in lines:
        match = _SECTION.match(line.flat)
        if match and match[1] in ORDINALS[expected : expected + 3]:
            if head or block:
                yield _Block(head, tuple(block))
            head, block = line, []
            expected = ORDINALS.index(match[1]) + 1
        else:
            block.append(line)
    if head or block:
        yield _Block(head, tuple(block))


def _left_over(block: _Block, spans: Sequence[Finding | Section]) -> list[Line]:
    """The lines of a block outside its spans, given in order; a heading only when it is all there is."""
    headings = {line.start for line in _group_headings(block.lines)} if spans else set()
    lines = list(block.lines)
    if block.head and (not lines or len(block.heading) > HEADING_LENGTH):
        lines.insert(0, block.head)
    starts = [span.start for span in spans]
    return [
        line
        for line in lines
        if line.start not in headings
        and not ((place := bisect_right(starts, line.start)) and line.end <= spans[place - 1].end)
    ]


def _organisation(heading: str) -> bool:
    if heading.endswith("落实情况") and "组织" not in heading:
        return False
    return bool(_ORGANISATION.search(heading)) and not _ABOUT.search(heading)


def _next_steps(text: str, block: _Block, taken: int) -> Iterator[Section]:
    items = _items(block.lines) or [[line] for line in block.lines]
    name = block.heading.split("、")[-1]
    for count, item in enumerate(items, start=taken + 1):
        step = re.split(r"[。:;]", half_width(text[item[0].start : item[0].end]), maxsplit=1)[0]
        yield _section(f"next.{count}", f"{name} · {step[:40]}", item)


def _items(lines: Sequence[Line]) -> list[list[Line]]:
    """The numbered items of a block, each with the lines under it; else its 问题: heads.

    Lines before the first item and headings of groups of items are left out.
    """
    for opens in (_NUMBERED.match, _PROBLEM.match, _titled_group):
        items: list[list[Line]] = []
        headings = {line.start for line in _group_headings(lines)}
        for line in lines:
            if opens(line.flat):
                items.append([line])
            elif items and line.start not in headings:
                items[-1].append(line)
        if items:
            return items
    return []


def _titled_group(flat: str) -> bool:
    return bool(_GROUP.match(flat) and _ABOUT.search(flat)) and len(flat) <= HEADING_LENGTH


def _group_headings(lines: Sequence[Line]) -> list[Line]:
    """The （一） lines that head a group of numbered items rather than open a measure.

    Such a line is one short sentence, a numbered item follows at once, and the item before it holds no
    other （一） line.
    """
    headings: list[Line] = []
    counted = 0
    for line, after in pairwise(lines):
        if _NUMBERED.match(line.flat):
            counted = 0
        elif _GROUP.match(line.flat):
            short = len(line.flat) <= HEADING_LENGTH and "。" not in line.flat[:-1]
            if short and not counted and _NUMBERED.match(after.flat):
                headings.append(line)
            counted += 1
    return headings


def _findings(text: str, block: _Block, taken: int) -> Iterator[Finding]:
    items = _items(block.lines)
    if not items and block.head and _ABOUT.search(block.heading):
        number = ORDINALS.index(_SECTION.sub(r"\1", block.heading)) + 1
        end = block.lines[-1].end if block.lines else block.head.end
        yield _finding(text, number, block.head.start, end)
        return
    for count, item in enumerate(items, start=taken + 1):
        match = _NUMBERED.match(item[0].flat)
        yield _finding(text, int(match[1]) if match else count, item[0].start, item[-1].end)


def _rstrip(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _finding(text: str, number: int, start: int, end: int) -> Finding:
    flat = folded(text[start:end]).replace("\r", "\n")
    head = _HEAD.match(flat)
    title_start = head.end() if head else 0
    title_end, body = _title_end(flat, title_start)
    while body < len(flat) and flat[body].isspace():
        body += 1
    return Finding(
        number=number,
        title=text[start + title_start : start + title_end].strip().rstrip("。.:;：；"),
        start=start,
        body_start=start + body,
        end=end,
        measures=tuple(_measures(text, number, start + body, end)),
    )


def _title_end(flat: str, start: int) -> tuple[int, int]:
    """Where the title ends and where the body begins: at the label, else after the first line."""
    line_end = flat.find("\n") if "\n" in flat else len(flat)
    label = _BODY_LABEL.search(flat, start)
    if label and label.start() < line_end:
        part_of_title = flat[label.start() - 1] == "的"
        return (label.end() - 1 if part_of_title else label.start()), label.end()
    if label and all(
        _STATUS_LINE.match(line.strip())
        for line in flat[line_end : label.start()].split("\n")
        if line.strip()
    ):
        return line_end, label.end()
    stop = flat.find("。", start, line_end)
    if stop >= 0 and (line_end > HEADING_LENGTH or line_end == len(flat)):
        line_end = stop
    return line_end, min(line_end + 1, len(flat))


_ORDINAL_MARKERS = tuple(f"{ordinal}是" for ordinal in ORDINALS)
_BRACKET_MARKERS = tuple(f"({ordinal})" for ordinal in ORDINALS)


def _measures(text: str, finding: int, start: int, end: int) -> Iterator[Measure]:
    """Cut a body at 一是, 二是 … (or （一）, （二） …), which must follow in unbroken order."""
    flat = folded(text[start:end])
    chains = [_chain(flat, _ORDINAL_MARKERS), _chain(flat, _BRACKET_MARKERS)]
    starts = min((chain for chain in chains if len(chain) > 1), default=[])
    for order, place in enumerate(starts, start=1):
        stop = starts[order] if order < len(starts) else len(flat)
        yield Measure(finding, order, start + place, _rstrip(text, start + place, start + stop))


def _chain(flat: str, markers: Sequence[str]) -> list[int]:
    starts: list[int] = []
    place = 0
    for marker in markers:
        place = flat.find(marker, place)
        while place > 0 and not _opens_a_measure(flat, place):
            place = flat.find(marker, place + 1)
        if place < 0:
            break
        starts.append(place)
        place += len(marker)
    return starts


def _opens_a_measure(flat: str, place: int) -> bool:
    """After a mark or a blank, and not inside a quotation, which may count 一是, 二是 itself."""
    if not (flat[place - 1] in _BOUNDARY or flat[place - 1].isspace()):
        return False
    opened = flat.rfind("“", 0, place) > flat.rfind("”", 0, place)
    closing, opening = flat.find("”", place), flat.find("“", place)
    return not (opened and closing >= 0 and (opening < 0 or closing < opening))


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
        if len(line.flat) <= HEADING_LENGTH:
            if _SECTION.match(line.flat):
                path = [text[line.start : line.end], ""]
            elif _GROUP.match(line.flat):
                path[1] = text[line.start : line.end]
        title = " · ".join(filter(None, path))
        sections.append(Section(f"p{len(sections) + 1}", title, line.start, line.end))
    return sections


def opens_an_item(flat: str) -> bool:
    openings = (_SECTION, _NUMBERED, _GROUP, _PROBLEM, _BODY_LABEL)
    return any(pattern.match(flat) for pattern in openings) or flat.startswith(_ORDINAL_MARKERS)


def _section(identifier: str, title: str, lines: Sequence[Line]) -> Section:
    return Section(identifier, title, lines[0].start, lines[-1].end)


def is_section_heading(flat: str) -> bool:
    """Whether a folded line begins with 一、 or its like."""
    return bool(_SECTION.match(flat))
