"""Complete lists out of a notice's structure: every finding that meets every filter."""

from collections.abc import Sequence
from dataclasses import dataclass

from assistant.words import matching_form
from index.dates import falls_in, filtered
from index.extraction import Fact
from index.notice import Finding, Notice

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a finding must hold; None asks for nothing.

    ``date_from`` and ``date_to`` are ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD`` and both inclusive;
    ``index.dates.falls_in`` says when a printed date meets them.
    """

    text: str | None = None
    place: str | None = None
    organisation: str | None = None
    document: str | None = None
    date_from: str | None = None
    date_to: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding that meets the filters; ``matches`` are where, in reading order."""

    finding: Finding
    facts: tuple[Fact, ...]
    matches: tuple[Span, ...]


def find(notice: Notice, facts: Sequence[Fact], filters: Filters) -> list[Found]:
    """In reading order; all findings when no filter is set."""
    folded = matching_form(notice.text)
    found = []
    for finding in notice.findings:
        inside = tuple(f for f in facts if finding.start <= f.start < finding.end)
        matches = _matches(folded, finding, inside, filters)
        if matches is not None:
            found.append(Found(finding, inside, tuple(sorted(set(matches)))))
    return found


def _matches(
    folded: str, finding: Finding, facts: Sequence[Fact], filters: Filters
) -> list[Span] | None:
    """Where every filter holds; None when one of them does not."""
    found: list[Span] = []
    for word in matching_form(filters.text or "").split():
        spans = _occurrences(folded, word, finding.start, finding.end)
        if not spans:
            return None
        found += spans
    for kind in ("place", "organisation", "document"):
        wanted = getattr(filters, kind)
        if wanted and wanted.strip():
            part = matching_form(wanted.strip())
            spans = [
                (f.start, f.end) for f in facts if f.kind == kind and part in matching_form(f.value)
            ]
            if not spans:
                return None
            found += spans
    if filters.date_from or filters.date_to:
        wanted_days = filtered(filters.date_from, filters.date_to)
        spans = [
            (f.start, f.end) for f in facts if f.kind == "date" and falls_in(f.value, wanted_days)
        ]
        if not spans:
            return None
        found += spans
    return found


def _occurrences(folded: str, word: str, start: int, end: int) -> list[Span]:
    spans = []
    place = folded.find(word, start, end)
    while place >= 0:
        spans.append((place, place + len(word)))
        place = folded.find(word, place + len(word), end)
    return spans
