"""``/api``: the assistant for programs.

The engine works in threads of its own, so that the event loop can always refuse, and say that
it is alive.
"""

import json
from collections.abc import Iterator
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import JSONResponse, Response, StreamingResponse

from assistant.answer import Answer, NoticeReference, citation_json
from index.errors import NotFoundError, QuestionError
from index.extraction import Fact
from index.notice import Finding, Notice
from index.passages import Passage
from web import schemas
from web.findings import Filters, Found, find
from web.loaded import LoadedAssistant, asked, remember

_REFUSALS: dict[int | str, dict[str, Any]] = {
    code: {"model": schemas.ErrorDocument} for code in (400, 404, 413, 422, 503)
}
_DATE = r"^\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?$"
_LISTED = 300

router = APIRouter(prefix="/api", responses=_REFUSALS)

Filter = Annotated[str | None, Query(max_length=_LISTED)]
DateFilter = Annotated[str | None, Query(pattern=_DATE, examples=["2024-11"])]
Flag = Annotated[bool, Query()]


@router.post("/ask", tags=["questions"], responses={200: {"model": schemas.AnswerDocument}})
async def ask(
    body: schemas.AskRequest,
    request: Request,
    explain: Flag = False,
    stream: Flag = False,
) -> Response:
    """One answer with its quotes; ``stream=1`` sends status, citations and text as events."""
    answer = await asked(
        request.app.state, body.question, body.history, explain=explain, language=body.language
    )
    kept = BackgroundTask(remember, request.app.state, "api", answer)
    if stream:
        return StreamingResponse(
            events(answer),
            media_type="text/event-stream",
            headers={"cache-control": "no-store", "x-accel-buffering": "no"},
            background=kept,
        )
    return JSONResponse(answer.to_json(), background=kept)


def events(answer: Answer) -> Iterator[str]:
    """Server-sent events: ``status``, ``citations``, ``text``, then the whole ``answer``."""
    document = answer.to_json()
    head = ("status", "reason", "confidence", "understood_as", "notice")
    yield _event("status", {name: document[name] for name in head})
    yield _event("citations", document["citations"])
    yield _event("text", {"text": document["text"], "suggestions": document["suggestions"]})
    yield _event("answer", document)


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


@router.get("/search", tags=["questions"], responses={200: {"model": schemas.SearchDocument}})
async def search(
    request: Request,
    assistant: LoadedAssistant,
    q: Annotated[str, Query(max_length=_LISTED, examples=["gaolingjintie"])],
    limit: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Response:
    """Ranked passages for typing along; pinyin and initials are understood. Blank finds nothing."""
    _text(q, "q")
    search = partial(assistant.search, q, limit)
    results = await request.app.state.pools.engine.run(search) if q.strip() else ()
    return JSONResponse({"query": q, "results": [citation_json(hit) for hit in results]})


@router.get("/notices", tags=["notice"], responses={200: {"model": schemas.NoticesDocument}})
async def notices(assistant: LoadedAssistant) -> Response:
    """The notices that are loaded."""
    return JSONResponse(
        {"notices": [_notice_json(notice) for notice in assistant.notices.values()]}
    )


@router.get(
    "/notices/{notice}", tags=["notice"], responses={200: {"model": schemas.WholeNoticeDocument}}
)
async def whole_notice(notice: str, assistant: LoadedAssistant) -> Response:
    """The whole text, with the span of every passage."""
    found = notice_named(assistant.notices, notice)
    passages = [p for p in assistant.passages.values() if p.notice_id == found.id]
    document = _notice_json(found) | {
        "text": found.text,
        "passages": [_span_json(passage) for passage in passages],
    }
    return JSONResponse(document)


@router.get(
    "/notices/{notice}/findings",
    tags=["notice"],
    responses={200: {"model": schemas.FindingsDocument}},
)
async def findings(
    notice: str,
    assistant: LoadedAssistant,
    text: Filter = None,
    place: Filter = None,
    organisation: Filter = None,
    document: Filter = None,
    date_from: DateFilter = None,
    date_to: DateFilter = None,
) -> Response:
    """Every finding that meets every filter, from the structure: complete, never a top-k."""
    found_notice = notice_named(assistant.notices, notice)
    filters = Filters(text, place, organisation, document, date_from, date_to)
    found = find(found_notice, assistant.facts[found_notice.id], filters)
    return JSONResponse(
        {
            "notice": reference_json(assistant.reference(found_notice.id)),
            "total": len(found_notice.findings),
            "count": len(found),
            "findings": [finding_json(found_notice, each) for each in found],
        }
    )


@router.get(
    "/notices/{notice}/findings/{number}",
    tags=["notice"],
    responses={200: {"model": schemas.FindingDocument}},
)
async def finding(notice: str, number: str, assistant: LoadedAssistant) -> Response:
    """One finding with its measures and facts."""
    found_notice = notice_named(assistant.notices, notice)
    facts = assistant.facts[found_notice.id]
    for each in find(found_notice, facts, Filters()):
        if each.finding.id == number:
            return JSONResponse(finding_json(found_notice, each))
    raise NotFoundError(
        f"{found_notice.id} has no finding {number[:40]!r}",
        hint=f"it has {len(found_notice.findings)} findings",
    )


@router.get(
    "/passages/{notice}/{id}",
    tags=["notice"],
    responses={200: {"model": schemas.PassageDocument}},
)
async def passage(notice: str, id: str, assistant: LoadedAssistant) -> Response:  # noqa: A002
    """One passage, word for word, with its offsets."""
    notice_named(assistant.notices, notice)
    found = assistant.passage(f"{notice}/{id}")
    reference = reference_json(assistant.reference(notice))
    extra = {"notice": reference, "title": found.title, "text": found.text}
    return JSONResponse(_span_json(found) | extra)


def notice_named(notices: dict[str, Notice], name: str) -> Notice:
    """A loaded notice by id.

    Raises:
        NotFoundError: names those that are loaded.
    """
    if name not in notices:
        raise NotFoundError(f"no notice {name[:80]!r}", hint=f"loaded: {', '.join(notices)}")
    return notices[name]


def reference_json(reference: NoticeReference) -> dict[str, Any]:
    return {
        "id": reference.id,
        "title": reference.title,
        "issued": reference.issued,
        "sha256": reference.sha256,
    }


def finding_json(notice: Notice, found: Found) -> dict[str, Any]:
    """A finding with measures, facts and where the filters hold."""
    finding = found.finding
    return {
        "id": f"{notice.id}/{finding.id}",
        "number": finding.number,
        "title": finding.title,
        "start": finding.start,
        "body_start": finding.body_start,
        "end": finding.end,
        "text": notice.text[finding.start : finding.end],
        "measures": _measures_json(notice, finding),
        "facts": [_fact_json(notice, fact) for fact in found.facts],
        "matches": [list(span) for span in found.matches],
    }


def _measures_json(notice: Notice, finding: Finding) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{notice.id}/{measure.id}",
            "order": measure.order,
            "start": measure.start,
            "end": measure.end,
            "text": notice.text[measure.start : measure.end],
        }
        for measure in finding.measures
    ]


def _fact_json(notice: Notice, fact: Fact) -> dict[str, Any]:
    return {
        "kind": fact.kind,
        "value": fact.value,
        "text": notice.text[fact.start : fact.end],
        "start": fact.start,
        "end": fact.end,
    }


def _notice_json(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.id,
        "title": notice.title,
        "issued": notice.issued,
        "sha256": notice.sha256,
        "issuer": notice.issuer,
        "findings": len(notice.findings),
        "characters": len(notice.text),
        "oddities": [{"line": odd.line, "what": odd.what} for odd in notice.oddities],
    }


def _span_json(passage: Passage) -> dict[str, Any]:
    return {
        "id": passage.full_id,
        "kind": passage.kind,
        "label": passage.label,
        "start": passage.start,
        "end": passage.end,
    }


def _text(value: str, name: str) -> None:
    """Refuse lone surrogates, which no reply can echo.

    Raises:
        QuestionError: the value is not text.
    """
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise QuestionError(f"{name} is not text", code="question_not_text") from error
