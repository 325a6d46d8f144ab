"""``/notice/<id>``: the whole notice as one page, every passage with its anchor.

Word for word: the text of the page's article is the text of the notice, with nothing but
line breaks added. Works without a script; ``?mark=120-128`` marks characters.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from markupsafe import Markup
from starlette.responses import Response

from index.notice import Finding, Notice
from index.passages import Passage
from web.api import notice_named
from web.loaded import LoadedAssistant
from web.pages import render
from web.turns import marked

Span = tuple[int, int]
_MARK = re.compile(r"(\d{1,7})-(\d{1,7})")
_MARKS = 64

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the notice. ``id`` is empty for what is no passage (headings, labels)."""

    id: str
    label: str
    html: Markup
    kind: Literal["heading", "title", "body", "text"]


@dataclass(frozen=True, slots=True)
class Block:
    """A finding, a section, or what stands between them."""

    id: str
    label: str
    parts: tuple[Part, ...]


@router.get("/notice/{notice}")
async def page(
    notice: str,
    request: Request,
    assistant: LoadedAssistant,
    mark: Annotated[str, Query(max_length=2000)] = "",
    bare: bool = False,
) -> Response:
    """The page; ``bare`` leaves out head and foot, for the panel beside the chat."""
    found = notice_named(assistant.notices, notice)
    spans = _spans(mark, len(found.text))
    passages = [p for p in assistant.passages.values() if p.notice_id == found.id]
    return render(
        request,
        "notice.html",
        blocks=list(blocks(found, passages, spans)),
        marked=bool(spans),
        bare=bare,
    )


def _spans(mark: str, length: int) -> list[Span]:
    """The spans of a ``mark`` parameter that lie in the text; anything else is passed over."""
    found = [(int(start), int(end)) for start, end in _MARK.findall(mark)[:_MARKS]]
    return [(start, end) for start, end in found if start < end <= length]


def blocks(notice: Notice, passages: Sequence[Passage], spans: Sequence[Span]) -> Iterator[Block]:
    """The whole text in reading order; the parts of all blocks cover every character once."""
    findings = {finding.id: finding for finding in notice.findings}
    labels = {passage.id: passage.label for passage in passages}
    place = 0
    for passage in (p for p in passages if p.kind != "measure"):
        yield from _between(notice, place, passage.start, spans)
        if passage.id in findings:
            parts = _finding_parts(notice, findings[passage.id], labels, spans)
        else:
            parts = _lines(notice, passage.id, passage.label, passage.start, passage.end, spans)
        yield Block(passage.id, passage.label, tuple(parts))
        place = max(place, passage.end)
    yield from _between(notice, place, len(notice.text), spans)


def _between(notice: Notice, start: int, end: int, spans: Sequence[Span]) -> Iterator[Block]:
    for match in re.finditer(r"[^\r\n]+", notice.text[start:end]):
        if match.group().strip():
            html = _html(notice, start + match.start(), start + match.end(), spans)
            yield Block("", "", (Part("", "", html, "heading"),))


def _finding_parts(
    notice: Notice, finding: Finding, labels: dict[str, str], spans: Sequence[Span]
) -> Iterator[Part]:
    title_end = notice.text.find("\n", finding.start, finding.body_start)
    title_end = title_end if title_end >= 0 else finding.body_start
    label = labels[finding.id]
    yield Part("", label, _html(notice, finding.start, title_end, spans), "title")
    lead_end = finding.measures[0].start if finding.measures else finding.body_start
    if notice.text[title_end:lead_end].strip():
        yield Part("", "", _html(notice, title_end, lead_end, spans), "text")
    if not finding.measures:
        yield Part("", "", _html(notice, finding.body_start, finding.end, spans), "body")
    for measure in finding.measures:
        html = _html(notice, measure.start, measure.end, spans)
        yield Part(measure.id, labels[measure.id], html, "body")
    last = finding.measures[-1].end if finding.measures else finding.end
    if notice.text[last : finding.end].strip():
        yield Part("", "", _html(notice, last, finding.end, spans), "text")


def _lines(
    notice: Notice, identifier: str, label: str, start: int, end: int, spans: Sequence[Span]
) -> Iterator[Part]:
    for match in re.finditer(r"[^\r\n]+", notice.text[start:end]):
        html = _html(notice, start + match.start(), start + match.end(), spans)
        yield Part("", label, html, "body")


def _html(notice: Notice, start: int, end: int, spans: Sequence[Span]) -> Markup:
    inside = [(max(a, start), min(b, end)) for a, b in spans if a < end and b > start]
    return marked(notice.text[start:end], inside, start)
