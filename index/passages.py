"""Cuts a notice into the passages that are searched and cited.

The text that is quoted is a span of the notice; the text that is embedded (title and
passage together) is kept apart and never leaves the program as a quote.
"""

from dataclasses import dataclass
from typing import Literal

from index.lines import folded
from index.markers import opener
from index.notice import Finding, Measure, Notice, Section

Kind = Literal["measure", "finding", "section"]


@dataclass(frozen=True, slots=True)
class Passage:
    """One citable stretch. ``id`` is the short id (``37.2``); offsets as in ``Notice.text``.

    ``finest`` is False for a whole finding that also has measures of its own.
    """

    notice_id: str
    id: str
    kind: Kind
    group: str
    label: str
    title: str
    start: int
    end: int
    text: str
    finest: bool

    @property
    def full_id(self) -> str:
        return f"{self.notice_id}/{self.id}"

    @property
    def search_text(self) -> str:
        """What is embedded: the title of the finding, then the passage."""
        return f"{self.title}。{self.text}" if self.kind == "measure" else self.text


def cut(notice: Notice) -> tuple[Passage, ...]:
    """Every passage in reading order; a whole finding stands before its measures."""
    passages = [_section_passage(notice, section) for section in notice.sections]
    for finding in notice.findings:
        passages += _finding_passages(notice, finding)
    return tuple(sorted(passages, key=lambda passage: (passage.start, -passage.end)))


def _section_passage(notice: Notice, section: Section) -> Passage:
    return Passage(
        notice_id=notice.id,
        id=section.id,
        kind="section",
        group=section.id,
        label=section.title or section.id,
        title=section.title,
        start=section.start,
        end=section.end,
        text=notice.text[section.start : section.end],
        finest=True,
    )


def _finding_passages(notice: Notice, finding: Finding) -> list[Passage]:
    label = f"第{finding.number}项 {finding.title}"
    whole = Passage(
        notice_id=notice.id,
        id=finding.id,
        kind="finding",
        group=finding.id,
        label=label,
        title=finding.title,
        start=finding.start,
        end=finding.end,
        text=notice.text[finding.start : finding.end],
        finest=not finding.measures,
    )
    return [whole] + [
        Passage(
            notice_id=notice.id,
            id=measure.id,
            kind="measure",
            group=finding.id,
            label=f"{label} · {_marker(notice, measure)}",
            title=finding.title,
            start=measure.start,
            end=measure.end,
            text=notice.text[measure.start : measure.end],
            finest=True,
        )
        for measure in finding.measures
    ]


def _marker(notice: Notice, measure: Measure) -> str:
    """The printed marker in half width, without the mark after it: 二是, (2), ②."""
    flat = folded(notice.text[measure.start : measure.end])
    marker = opener(flat)
    return flat[marker.start : marker.end].rstrip(".、:") if marker else str(measure.order)
