"""Reads the structure of a rectification notice: preface, findings, measures, next steps, contact.

Everything is a span of code points into the untouched text; nothing is repaired. What is odd
(doubled dots, gaps, unbalanced marks, broken dates) is reported beside the structure.
A line that fits no rule becomes a paragraph; a notice that fits none is all paragraphs.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from index.errors import NoticeError
from index.lines import Line, half_width, lines_of
from index.masthead import closing_lines, masthead, opening_start
from index.runon import cut
from index.structure import (
    Finding,
    Measure,
    Section,
    Status,
    numbered_through,
    paragraphs,
    structure,
)

__all__ = ["Finding", "Measure", "Notice", "Oddity", "Section", "Status", "half_width", "parse"]

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PARAGRAPH = re.compile(r"p\d+")
_DOUBLED = re.compile(r"\d{1,3}(\.\.|、\.|\.、)")
_DAY_MISSING = re.compile(r"\d{1,2}月\d{1,2}(?![\d日号至\-—~、.余多万个人名家次件户项%])")
_PAIRS = (("“", "”"), ("《", "》"), ("‘", "’"), ("(", ")"), ("<", ">"))


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in the text a reader should know of; ``line`` counts from 1."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as read. Invariant: every span lies in ``text``, in reading order.

    ``reading`` says which lines were taken for findings and why, where two readings were
    possible; it is empty otherwise.
    """

    id: str
    text: str
    sha256: str
    title: str
    issued: str
    issuer: str
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    oddities: tuple[Oddity, ...]
    reading: str = ""

    @property
    def structured(self) -> bool:
        return bool(self.findings)

    def finding(self, number: int) -> Finding | None:
        return next((f for f in self.findings if f.number == number), None)


def parse(text: str, notice_id: str) -> Notice:
    """Read a notice.

    Raises:
        NoticeError: the id is malformed or the text is blank.
    """
    if not _ID.fullmatch(notice_id):
        raise NoticeError(
            f"notice id {notice_id!r}; expected lower-case letters, digits and hyphens"
        )
    lines = cut(text, lines_of(text))
    if not lines:
        raise NoticeError(f"notice {notice_id} holds no text", hint="check the file")
    first = opening_start(lines)
    body = lines[first:]
    tail, end = closing_lines(body)
    read = structure(text, body[:tail])
    printed, sections = read.findings, read.sections
    if not printed:
        sections = paragraphs(text, lines)
    elif body[tail:]:
        span = body[tail].start, body[end - 1].end
        sections.append(Section("contact", "联系方式与落款", *span))
        sections += _notes(sections, body[end:])
    findings = numbered_through(printed)
    title, issuer, issued = masthead(text, lines[:first], body[:end])
    return Notice(
        id=notice_id,
        text=text,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        title=title,
        issued=issued,
        issuer=issuer,
        findings=tuple(findings),
        sections=tuple(sections),
        oddities=(*_odd_lines(body), *_odd_numbers(lines, printed, findings)),
        reading=read.why,
    )


def _notes(sections: Sequence[Section], lines: Sequence[Line]) -> Iterator[Section]:
    """What stands below the signature: paragraphs, counted on."""
    taken = sum(bool(_PARAGRAPH.fullmatch(section.id)) for section in sections)
    for count, line in enumerate(lines, start=taken + 1):
        yield Section(f"p{count}", "附注", line.start, line.end)


def _odd_lines(lines: Sequence[Line]) -> Iterator[Oddity]:
    for line in lines:
        if _DOUBLED.match(line.flat):
            yield Oddity(line.number, f"doubled mark after the number: {line.flat[:12]}")
        for match in _DAY_MISSING.finditer(line.flat):
            shown = line.flat[match.start() : match.end() + 2]
            yield Oddity(line.number, f"date without 日: {shown}")
        for opening, closing in _PAIRS:
            if line.flat.count(opening) != line.flat.count(closing):
                yield Oddity(line.number, f"unbalanced {opening}{closing}: {line.flat[:16]}…")


def _odd_numbers(
    lines: Sequence[Line], printed: Sequence[Finding], findings: Sequence[Finding]
) -> Iterator[Oddity]:
    numbers = {line.start: line.number for line in lines}
    recounted = "; counted through" if printed != findings else ""
    for before, after in pairwise(printed):
        if after.number != before.number + 1:
            what = f"numbering goes from {before.number} to {after.number}{recounted}"
            yield Oddity(numbers[after.start], what)
