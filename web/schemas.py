"""The JSON that programs send and receive; the only place where pydantic describes data."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, Field, StrictStr
from pydantic_core import PydanticCustomError


def _writable(value: str) -> str:
    """Lone surrogates are no text: nothing could echo or store them."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("not_text", "holds lone surrogates, which are no text") from error
    return value


Text = Annotated[StrictStr, AfterValidator(_writable)]
Language = Literal["zh-Hans", "zh-Hant", "en"]


class AskRequest(BaseModel):
    """A question; ``history`` holds the earlier questions of the same person, oldest first."""

    question: Text = Field(examples=["火化手续现在要多久"])
    history: list[Annotated[Text, Field(max_length=1000)]] = Field(default_factory=list)
    language: Language | None = Field(
        default=None,
        description="language of the sentence around the quotes; default: the question's",
    )


class CitationDocument(BaseModel):
    """A quotation; offsets are code points into the notice's text."""

    id: str
    label: str
    quote: str
    start: int
    end: int
    highlights: list[tuple[int, int]]
    score: float


class NoticeReferenceDocument(BaseModel):
    id: str
    title: str
    issued: str
    sha256: str


class AnswerDocument(BaseModel):
    """One answer."""

    question: str
    understood_as: str
    status: Literal["answered", "not_stated", "out_of_scope"]
    reason: str | None
    text: str
    citations: list[CitationDocument]
    confidence: Annotated[float, Field(ge=0, le=1)]
    suggestions: list[str]
    notice: NoticeReferenceDocument
    timings_ms: dict[str, float]
    why: dict[str, Any] | None = Field(default=None, description="only with explain=1")


class SearchDocument(BaseModel):
    query: str
    results: list[CitationDocument]


class SpanDocument(BaseModel):
    id: str
    kind: Literal["measure", "finding", "section"]
    label: str
    start: int
    end: int


class PassageDocument(SpanDocument):
    """One passage, word for word."""

    notice: NoticeReferenceDocument
    title: str
    text: str


class NoticeDocument(NoticeReferenceDocument):
    issuer: str
    findings: int
    characters: int
    oddities: list[dict[str, Any]]


class WholeNoticeDocument(NoticeDocument):
    text: str
    passages: list[SpanDocument]


class NoticesDocument(BaseModel):
    notices: list[NoticeDocument]


class FactDocument(BaseModel):
    """Something stated that can be filtered by; ``value`` is normalised, offsets are not."""

    kind: Literal["date", "figure", "document", "place", "organisation", "status"]
    value: str
    text: str
    start: int
    end: int


class MeasureDocument(BaseModel):
    id: str
    order: int
    start: int
    end: int
    text: str


class FindingDocument(BaseModel):
    id: str
    number: int
    title: str
    start: int
    body_start: int
    end: int
    text: str
    measures: list[MeasureDocument]
    facts: list[FactDocument]
    matches: list[tuple[int, int]] = Field(description="where the filters hold")


class FindingsDocument(BaseModel):
    notice: NoticeReferenceDocument
    total: int
    count: int
    findings: list[FindingDocument]


class ErrorDetail(BaseModel):
    code: str
    message: str
    hint: str


class ErrorDocument(BaseModel):
    """Every refusal."""

    error: ErrorDetail
