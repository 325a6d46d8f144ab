"""What leaves the assistant: an Answer with its Citations, and the proof of its quotes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from index.notice import Notice

Status = Literal["answered", "not_stated", "out_of_scope"]
Span = tuple[int, int]

# The reasons an Answer may carry; a curated line with another says only that it is so.
REASONS = frozenset(
    [
        "amount_not_stated",
        "place_not_stated",
        "phone_not_stated",
        "time_not_stated",
        "count_not_stated",
        "name_not_stated",
        "document_not_stated",
        "reason_not_stated",
        "result_not_stated",
        "personal_data",
        "false_premise",
        "opinion",
        "greeting",
        "emergency",
        "other_topic",
        "other_place",
        "instruction",
        "empty",
        "too_long",
    ]
)


class UnprovenQuoteError(AssertionError):
    """A quote that is not at its offsets: a defect of the program, never of a question."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A stretch of the notice word for word; offsets are code points into ``Notice.text``."""

    id: str
    label: str
    quote: str
    start: int
    end: int
    highlights: tuple[Span, ...] = ()
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class NoticeReference:
    """Which notice an answer speaks of."""

    id: str
    title: str
    issued: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply; see the status values in ``Status``. ``citations`` are best first, ``text``
    begins with ``opening``, and ``rule`` names what decided (see ``decide``).
    """

    question: str
    understood_as: str
    status: Status
    reason: str | None
    opening: str
    text: str
    citations: tuple[Citation, ...]
    confidence: float
    suggestions: tuple[str, ...]
    notice: NoticeReference
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    why: Mapping[str, Any] | None = None
    id: str | None = None
    rule: str = ""

    def to_json(self) -> dict[str, Any]:
        """The promised JSON form: ``id`` and ``why`` are absent when there are none."""
        document: dict[str, Any] = {"id": self.id} if self.id is not None else {}
        document |= {
            "question": self.question,
            "understood_as": self.understood_as,
            "status": self.status,
            "reason": self.reason,
            "opening": self.opening,
            "text": self.text,
            "citations": [citation_json(citation) for citation in self.citations],
            "confidence": self.confidence,
            "suggestions": list(self.suggestions),
            "notice": {
                "id": self.notice.id,
                "title": self.notice.title,
                "issued": self.notice.issued,
                "sha256": self.notice.sha256,
            },
            "timings_ms": dict(self.timings_ms),
        }
        if self.why is not None:
            document["why"] = dict(self.why)
        return document

    def with_id(self, identifier: str) -> "Answer":
        return replace(self, id=identifier)


def citation_json(citation: Citation) -> dict[str, Any]:
    """One citation as the contract's JSON object."""
    return {
        "id": citation.id,
        "label": citation.label,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
        "highlights": [list(span) for span in citation.highlights],
        "score": citation.score,
    }


def prove(citations: tuple[Citation, ...], notices: Mapping[str, Notice]) -> None:
    """Check every quote against the notice it claims to come from.

    Raises:
        UnprovenQuoteError: a quote or highlight is not at its offsets.
    """
    for citation in citations:
        notice = notices.get(citation.id.split("/", 1)[0])
        if notice is None:
            raise UnprovenQuoteError(f"{citation.id}: no such notice")
        text = notice.text
        held = 0 <= citation.start < citation.end <= len(text)
        if not held or text[citation.start : citation.end] != citation.quote:
            raise UnprovenQuoteError(f"{citation.id}: quote is not at its offsets")
        for start, end in citation.highlights:
            if not citation.start <= start < end <= citation.end:
                raise UnprovenQuoteError(f"{citation.id}: highlight outside the quote")
